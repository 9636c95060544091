"""In Chromium: what the pages of the requester and of the inspector are for is done with the keyboard
alone and without a script. That axe finds nothing on any page is for test_every_page.py."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from counterfoil.api.dispatch import Dispatch
from counterfoil.api.gateway import Gateway, GatewaySettings
from counterfoil.api.limits import RateLimits
from counterfoil.core.values import Role
from counterfoil.exchange.mailbox import Mailbox
from counterfoil.web.console import ConsoleSettings, office_site
from counterfoil.web.requester.pages import RequesterPages
from tests.api.doors import ITEM, OTHER, Lines
from tests.ledger.office import KEY
from tests.web.serving import served
from tests.web.sites import officers_of_each_role
from tests.web.test_inspector_pages import MARISOL, newest_batch
from tests.web.test_requester_pages import SEALED
from tests.world.acts import inform_persons
from tests.world.browsers import chromium
from tests.world.office import World, closing

pytestmark = pytest.mark.browser
ANSWERED = "1" * 32


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class Place:
    """Where the office's and the gateway's pages are reached, and what they are of."""

    def __init__(self, office: str, gateway: str, world: World, officers: dict[Role, str]) -> None:
        self.office, self.gateway, self.world, self.officers = office, gateway, world, officers
        self.batch = newest_batch(world)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, world_template: Path) -> Iterator[Place]:
    folder, ports, log = tmp_path_factory.mktemp("browser"), [free_port(), free_port()], Lines()
    office, gateway = (f"http://127.0.0.1:{port}" for port in ports)
    made = GatewaySettings(folder / "mailbox", folder / "public", str(KEY), most_bytes=50_000)
    mailbox = Mailbox(made.mailbox)
    mailbox.make()
    mailbox.receipt(OTHER).write_bytes(b"a.b.c")
    mailbox.receipt(ANSWERED).write_bytes(b"a.b.c")
    mailbox.answer(ANSWERED).write_bytes(b"sealed")
    door = Gateway(made, log)
    with closing(World(folder, template=world_template)) as world:
        world.answer()
        inform_persons(world, newest_batch(world))
        world.now += timedelta(days=2)
        officers = officers_of_each_role(world)
        site = office_site(
            Dispatch(world.office, log), ConsoleSettings(office), log, rate=RateLimits(1e6, 10**6)
        )
        with (
            served(site.app(), ports[0]),
            served(door.app(RequesterPages(door).routes()), ports[1]),
        ):
            yield Place(office, gateway, world, officers)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


def opened(browser: Browser, **more: Any) -> Page:
    context: BrowserContext = browser.new_context(bypass_csp=True, **more)
    page = context.new_page()
    page.set_default_timeout(60_000)
    return page


def sign_in(page: Page, place: Place, role: Role) -> None:
    page.goto(f"{place.office}/sign-in")
    page.click(f"label:has-text('{place.officers[role]}, ')")
    page.locator("main button").click()
    page.wait_for_url(f"{place.office}/")


def ask(page: Page, place: Place, view: str) -> None:
    page.goto(f"{place.office}/accounting")
    for name, value in MARISOL.items():
        page.fill(f"#{name}", value)
    page.click(f"label[for=view-{view}]")
    page.locator("main form button").last.click()
    page.wait_for_selector("text=is entered in the ledger")


def test_an_item_is_handed_over_and_looked_up_without_a_script(
    browser: Browser, place: Place, tmp_path: Path
) -> None:
    page = opened(browser, java_script_enabled=False)
    item = tmp_path / f"{ITEM}.item"
    item.write_bytes(SEALED)
    page.goto(place.gateway)
    page.set_input_files("#file", item)
    page.click("text=Hand it over")
    assert page.url == f"{place.gateway}/items/{ITEM}"
    page.goto(f"{place.gateway}/?lang=es")
    page.fill("#item", ANSWERED)
    page.click("text=Buscarlo")
    assert page.url == f"{place.gateway}/items/{ANSWERED}?lang=es"
    with page.expect_download() as got:
        page.click("text=La respuesta sellada")
    assert got.value.suggested_filename == f"{ANSWERED}.answer"
    assert got.value.path().read_bytes() == b"sealed"
    item.write_bytes(b"request_id\nq1\n")
    page.goto(place.gateway)
    page.set_input_files("#file", item)
    page.click("text=Hand it over")
    assert "upload_form" in page.content()
    page.context.close()


def test_an_inspector_reads_an_entry_with_the_keyboard_alone(
    browser: Browser, place: Place
) -> None:
    """From the first page to what was checked for the newest entry: tab, and enter."""
    page = opened(browser, java_script_enabled=False)
    sign_in(page, place, Role.INSPECTOR)
    for wanted in ("Ledger", "Entry "):
        page.keyboard.press("Tab")
        assert page.locator(":focus").inner_text() == "Skip to the text"
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.locator(":focus").inner_text().startswith(wanted):
                break
        with page.expect_navigation():
            page.keyboard.press("Enter")
    assert page.locator("h2").first.inner_text() == "What was checked for it"
    page.context.close()
