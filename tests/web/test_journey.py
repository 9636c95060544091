"""In Chromium, with an OpenID provider and security keys: two officers sign in, look at the sample,
review and release. Without JavaScript everything works but the touch of the key."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from counterfoil import client as at_the_office
from counterfoil.api.dispatch import Dispatch
from counterfoil.batches.batch import ChunkKind
from counterfoil.batches.store import find_batch
from counterfoil.client.registration import Registrations
from counterfoil.core.values import Role
from counterfoil.web.console import ConsoleSettings, office_site
from counterfoil.web.signing_in.openid import OpenIdSettings
from tests.api.doors import Lines
from tests.controls.sampling.test_service import ask_for
from tests.web.provider import CLIENT, SECRET, Provider, on_loopback
from tests.web.sites import UNBOUND
from tests.world.acts import order, person_file
from tests.world.browsers import chromium, keep_picture
from tests.world.office import World, closing

pytestmark = [pytest.mark.browser, pytest.mark.slow]
REGISTER = """async (options) => {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  return JSON.stringify((await navigator.credentials.create({publicKey})).toJSON());
}"""


class Office:
    """An office whose pages are served on this machine, and the browser of each officer."""

    def __init__(self, world: World, url: str, browser: Browser) -> None:
        self.world, self.url, self.browser = world, url, browser
        self.seen: set[str] = set()

    def officer(self, name: str, role: Role = Role.DISCLOSURE) -> Page:
        """A browser of an officer with a security key of their own, enrolled and signed in."""
        context = self.browser.new_context()
        page = context.new_page()
        with_a_key(context, page)
        page.set_default_timeout(20_000)
        page.goto(f"{self.url}/sign-in")
        office = self.world.office
        registrations = Registrations(office)
        begun = registrations.begin(name)
        registrations.add(begun.id, page.evaluate(REGISTER, begun.options))
        officer = registrations.end(begun.id).officer
        assert officer is not None
        at_the_office.enroll_key(office, officer, role)
        self.sign_in(page, name)
        return page

    def sign_in(self, page: Page, name: str) -> None:
        page.goto(self.url)
        self.look(page, "signed-out")
        page.get_by_role("button", name="Sign in").click()
        self.look(page, "sign-in")
        page.get_by_role("link", name=re.compile("Sign in at")).click()
        page.get_by_label("Account").fill(name)
        page.get_by_role("button", name="Go on").click()
        page.get_by_role("button", name="Sign out").wait_for()

    def look(self, page: Page, name: str) -> None:
        """A picture, once. What axe finds is for test_every_page.py."""
        if name not in self.seen:
            self.seen.add(name)
            keep_picture(page, f"console-{name}")


def with_a_key(context: BrowserContext, page: Page) -> None:
    """A virtual authenticator: a USB key that verifies its user."""
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "usb",
                "hasResidentKey": False,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


@pytest.fixture
def office(tmp_path: Path, world_template: Path, browser: Browser) -> Iterator[Office]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://localhost:{port}"
    (tmp_path / "secret").write_text(SECRET)
    with closing(World(tmp_path, template=world_template)) as world:
        ask_for(world.path, 2)
        world.amend(
            "sandbox: true\n", f"sandbox: true\npages: {{rp: localhost, origins: ['{url}']}}\n"
        )
        provider = Provider("", lambda: world.now.timestamp())
        with on_loopback(provider.app()) as issuer:
            provider.issuer = issuer
            openid = OpenIdSettings(issuer, CLIENT, tmp_path / "secret", "officer")
            log: Any = Lines()
            dispatch = Dispatch(world.office, log)
            site = office_site(dispatch, ConsoleSettings(url, openid), log, rate=UNBOUND)
            with on_loopback(site.app(), port):
                yield Office(world, url, browser)
                assert [each for each in log if each["event"] == "failed"] == []


def look_through(office: Office, page: Page, conclusion: str = "I agree") -> int:
    """Go through the sample; how many rows there were."""
    page.get_by_role("link", name="Look at the sample").click()
    office.look(page, "sample")
    page.get_by_role("button", name="Show the first row").click()
    rows = 0
    while page.get_by_role("button", name="Keep it and go on").count():
        office.look(page, "sample-row")
        page.get_by_text(conclusion, exact=True).click()
        with page.expect_navigation():  # the next row, before it is looked for
            page.get_by_role("button", name="Keep it and go on").click()
        rows += 1
    office.look(page, "sample-done")
    return rows


def test_two_officers_release_a_batch_with_their_security_keys(office: Office) -> None:
    batch = office.world.receive(office.world.requests())
    at_the_office.determine(office.world.office, batch)
    first, second = office.officer("m-okafor"), office.officer("r-santos")
    office.look(first, "inbox")
    first.get_by_role("link", name=batch).click()
    office.look(first, "batch")
    assert look_through(office, first) == 4
    first.get_by_role("button", name="Sign what you found").click()
    office.look(first, "sign")
    assert re.fullmatch("([A-Z2-7]{4}-){3}[A-Z2-7]{4}", first.locator(".cf-code").inner_text())
    first.get_by_role("button", name="Sign with your security key").click()
    first.get_by_text("The review is entered").wait_for()
    second.goto(office.url)
    second.get_by_role("link", name=batch).click()
    assert look_through(office, second) == 4
    second.get_by_role("button", name="Release the batch").click()
    second.get_by_role("button", name="Sign with your security key").click()
    second.get_by_text("The batch is released").wait_for()
    office.look(second, "batch-released")
    first.goto(f"{office.url}/batches/{batch}")
    first.get_by_role("button", name="Show the rows").click()
    office.look(first, "rows")
    first.get_by_role("button", name=re.compile("Explain")).first.click()
    office.look(first, "request")
    first.get_by_role("button", name=re.compile("Show the values")).click()
    office.look(first, "request-values")
    for path in ("/nothing", "/sign-out", "/to-sign", "/session"):
        first.goto(f"{office.url}{path}")
        office.look(first, f"page{path.replace('/', '-')}")
    assert office.world.kinds().count("release") == 1


def answers_of(world: World, batch: str) -> dict[str, str]:
    """What was answered to each request."""
    with world.office.store.reading() as connection:
        session = world.office.batch_session(connection, find_batch(connection, batch))
        rows = b"".join(session.read_all(ChunkKind.ANSWER)).decode().splitlines()
    return {row["request_id"]: row["answer"] for row in map(json.loads, rows)}


def by_key(page: Page, said: str) -> None:
    """Sign what is shown with the officer's security key; what the next page says."""
    page.get_by_role("button", name="Sign with your security key").click()
    page.get_by_text(said).first.wait_for()


def by_two(office: Office, first: Page, second: Page) -> None:
    """What the first is shown is signed by both."""
    by_key(first, "You have signed")
    second.goto(f"{office.url}/to-sign")
    second.get_by_role("button", name="Look at it and sign").click()
    by_key(second, "It is done, and entered.")


def review(office: Office, page: Page, batch: str) -> None:
    page.goto(f"{office.url}/batches/{batch}")
    look_through(office, page)
    page.get_by_role("button", name="Sign what you found").click()
    by_key(page, "The review is entered")


def test_a_hold_and_a_suspension_in_the_middle_then_release_recall_and_a_full_check(
    office: Office,
) -> None:
    """Six officers of three roles, each with a key of their own: who is held after the review is
    confirmed to nobody, nothing leaves while the office is suspended, and the inspector's check
    holds at the end."""
    world = office.world
    batch = world.receive(world.requests())
    at_the_office.determine(world.office, batch)
    first, second = office.officer("m-okafor"), office.officer("r-santos")
    holds = [office.officer(name, Role.HOLDS) for name in ("h-lindqvist", "h-moreau")]
    inspector = office.officer("i-petrov", Role.INSPECTOR)
    review(office, first, batch)

    held, other = holds
    held.goto(f"{office.url}/holds")
    held.get_by_label("File of the person").set_input_files(person_file(world, tin="900-00-1001"))
    held.get_by_role("button", name="Hold").click()
    by_two(office, held, other)
    second.goto(f"{office.url}/batches/{batch}")
    assert second.get_by_role("button", name="Release the batch").count() == 0
    at_the_office.determine(world.office, batch)
    review(office, first, batch)

    first.goto(f"{office.url}/stops")
    first.get_by_label("Order (a file)").first.set_input_files(order(world))
    first.get_by_role("button", name="Suspend").click()
    by_key(first, "The suspension is entered and in force")
    second.goto(f"{office.url}/batches/{batch}")
    assert second.get_by_role("link", name="Look at the sample").count() == 0
    assert second.get_by_role("button", name="Release the batch").count() == 0
    first.goto(f"{office.url}/stops")
    first.get_by_label("Order (a file)").last.set_input_files(order(world, "made up: go on"))
    first.get_by_role("button", name="Lift a suspension").click()
    by_two(office, first, second)

    review(office, second, batch)  # what was reviewed before a suspension is reviewed again
    first.goto(f"{office.url}/batches/{batch}/sample")  # which they have looked at
    first.get_by_role("button", name="Release the batch").click()
    by_key(first, "The batch is released")
    told = answers_of(world, batch)
    assert told["q1"] == "not_confirmed"
    assert "confirmed" in told.values()

    first.goto(f"{office.url}/recalls")
    first.get_by_label("Batch").fill(batch)
    first.get_by_label("Document (a file)").set_input_files(order(world, "made up: recall"))
    first.get_by_role("button", name="Recall", exact=True).click()
    by_two(office, first, second)
    assert world.kinds().count("recall") == 1

    inspector.goto(f"{office.url}/checks")
    inspector.get_by_role("button", name="Begin the full check").click()
    while inspector.get_by_role("link", name="Look again").count():
        inspector.get_by_role("link", name="Look again").click()
    inspector.get_by_text("It holds").first.wait_for()
    inspector.goto(f"{office.url}/ledger?kind=release")
    assert batch in inspector.inner_text("main")


def test_without_javascript_all_but_the_key_works(office: Office) -> None:
    batch = office.world.receive(office.world.requests())
    at_the_office.determine(office.world.office, batch)
    page = office.browser.new_context(java_script_enabled=False).new_page()
    page.goto(office.url)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name=re.compile("Sign in at")).click()
    page.get_by_label("Account").fill("officer-a")
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("link", name=batch).click()
    page.get_by_role("link", name="Look at the sample").click()
    page.get_by_role("button", name="Show the first row").click()
    for _ in range(4):
        page.get_by_text("I agree", exact=True).click()
        page.get_by_role("button", name="Keep it and go on").click()
    page.get_by_role("button", name="Sign what you found").click()
    page.get_by_role("button", name="Sign as officer-a").click()
    assert "The review is entered" in page.inner_text("main")
    frame = page.frame_locator("iframe.cf-session")
    assert "your session ends at" in frame.locator("main").inner_text()
    frame.get_by_role("button", name="Stay signed in").click()
    page.get_by_role("button", name="Sign out").click()
    assert page.inner_text("h1") == "Sign in"
