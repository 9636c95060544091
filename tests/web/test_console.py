"""In Chromium: one batch by two officers, with the clicks that docs/measurements/keystrokes.md
states; and the same review with the keyboard alone, without a script. That axe finds nothing on any
page is for test_every_page.py.

    PICTURES=docs/guides/pictures pytest tests/web/test_console.py -k one_batch

makes the pictures of the guide.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from counterfoil import client as at_the_office
from counterfoil.api.dispatch import Dispatch
from counterfoil.core.values import Role
from counterfoil.web.console import ConsoleSettings, office_site
from counterfoil.web.site import Site
from tests.api.doors import Lines
from tests.controls.sampling.test_service import ask_for
from tests.house.tree import ROOT
from tests.web.serving import served
from tests.web.sites import UNBOUND, officers_of_each_role
from tests.web.test_journey import with_a_key
from tests.world.browsers import chromium, keep_picture
from tests.world.office import World, closing
from tests.world.people import REQUESTS

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PAPER = {"name": "order.pdf", "mimeType": "application/pdf", "buffer": b"made up"}
MOST_TABS = 60
SECOND = REQUESTS[:3]


FOCUSED = """() => {
  const each = document.activeElement;
  return each === document.body ? '' : each.innerText || each.labels?.[0]?.innerText || '';
}"""


class Console:
    """An office of this process behind a port; its batch is determined and has a sample of two."""

    def __init__(self, world: World, url: str, site: Site, officers: dict[Role, str]) -> None:
        self.world, self.url, self.site, self.officers = world, url, site, officers
        self.batch = world.receive(world.requests())
        at_the_office.determine(world.office, self.batch)

    def opened(self, browser: Browser, officer: str = "officer-a", **more: Any) -> Page:
        page = browser.new_context(bypass_csp=True, **more).new_page()
        page.set_default_timeout(60_000)
        page.goto(f"{self.url}/sign-in")
        page.click(f"label:has-text('{officer}, ')")
        page.locator("main button").click()
        page.wait_for_url(f"{self.url}/")
        return page


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory, world_template: Path) -> Iterator[Console]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://localhost:{free.getsockname()[1]}"
    log: Any = Lines()
    with closing(World(tmp_path_factory.mktemp("console"), template=world_template)) as world:
        ask_for(world.path, 2)
        said = f"sandbox: true\npages: {{rp: localhost, origins: ['{url}']}}\n"
        world.amend("sandbox: true\n", said)
        officers = officers_of_each_role(world)
        site = office_site(Dispatch(world.office, log), ConsoleSettings(url), log, rate=UNBOUND)
        with served(site.app(), int(url.rpartition(":")[2])):
            yield Console(world, url, site, officers)


def test_a_new_officer_s_two_keys_are_registered_with_a_touch_each(
    browser: Browser, console: Console
) -> None:
    page = console.opened(browser)
    with_a_key(page.context, page)
    page.goto(f"{console.url}/officers")
    page.fill("#new-name", "m-okafor")
    page.click("text=Begin")
    page.click("text=Register the first key")
    page.wait_for_selector("text=Register the second key")
    page.click("text=Make do with one key")
    page.wait_for_selector("text=Registered, and not enrolled yet")
    assert "m-okafor" in page.inner_text("main")
    page.context.close()


class Hand:
    """One officer's mouse: it counts."""

    def __init__(self, page: Page) -> None:
        self.page, self.clicks = page, 0

    def click(self, wanted: str) -> None:
        self.clicks += 1
        self.page.click(wanted)

    def look_through(self, batch: str) -> None:
        self.click(f"a:has-text('{batch}')")
        keep_picture(self.page, "batch")
        self.click("text=Look at the sample")
        self.click("text=Show the first row")
        keep_picture(self.page, "sample-row")
        while self.page.locator("text=Keep it and go on").count():
            self.click("label:text-is('I agree')")
            with self.page.expect_navigation():  # the next row, before it is looked for
                self.click("text=Keep it and go on")


def test_one_batch_by_two_officers_takes_the_clicks_that_are_stated(
    browser: Browser, console: Console
) -> None:
    first, second = (Hand(console.opened(browser, name)) for name in ("officer-a", "officer-b"))
    begun = time.monotonic()
    keep_picture(first.page, "inbox")
    first.look_through(console.batch)
    first.click("text=Sign what you found")
    keep_picture(first.page, "sign")
    first.click("text=Sign as officer-a")
    first.page.wait_for_selector("text=The review is entered")
    second.page.goto(console.url)
    second.look_through(console.batch)
    second.click("text=Release the batch")
    second.click("text=Sign as officer-b")
    second.page.wait_for_selector("text=The batch is released")
    keep_picture(second.page, "released")
    seconds = time.monotonic() - begun
    print(f"clicks {first.clicks} and {second.clicks}, {seconds:.1f} s without reading")
    stated = (ROOT / "docs" / "measurements" / "keystrokes.md").read_text(encoding="utf-8")
    assert f"| {first.clicks} | {second.clicks} |" in stated
    assert console.world.kinds().count("release") == 1
    for hand in (first, second):
        hand.page.context.close()


def press(page: Page, wanted: str, key: str = "Enter") -> int:
    """Tab until what has the focus is so named, then press; how many keys that took."""
    for count in range(MOST_TABS):
        page.keyboard.press("Tab")
        name = page.evaluate(FOCUSED)
        if name.startswith(wanted):
            if key == "Enter":
                with page.expect_navigation():
                    page.keyboard.press(key)
            else:
                page.keyboard.press(key)
            return count + 2
    raise AssertionError(f"the keyboard does not come to {wanted!r}")


def test_a_batch_is_reviewed_with_the_keyboard_alone(browser: Browser, console: Console) -> None:
    batch = console.world.receive(console.world.requests(SECOND, "second.csv"))
    at_the_office.determine(console.world.office, batch)
    page = console.opened(browser)
    for wanted in (batch, "Look at the sample", "Show the first row"):
        press(page, wanted)
    while page.locator("text=Keep it and go on").count():
        press(page, "I agree", "Space")
        with page.expect_navigation():
            press(page, "Keep it and go on")
    for wanted in ("Sign what you found", "Sign as officer-a"):
        press(page, wanted)
    assert "The review is entered" in page.inner_text("main")
    page.context.close()
