"""A walk through every page of the office and of the gateway, and every state that a page has, in
this process: what each request was answered with, to be looked at by a browser without a server.

The walk is complete by construction: test_every_page.py compares what was rendered with the list of
pages and with the templates, so that a page or a template that nobody walks to fails a test.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from counterfoil import client as at_the_office
from counterfoil.api.dispatch import Dispatch
from counterfoil.api.gateway import Gateway, GatewaySettings
from counterfoil.api.limits import RateLimiter, RateLimits
from counterfoil.core.values import Role
from counterfoil.exchange.mailbox import Mailbox
from counterfoil.web.look import Look
from counterfoil.web.requester.pages import RequesterPages
from counterfoil.web.site import Site
from tests.accountability.inspection.test_sample import DAY, VKEY, ask, checkpoint
from tests.api.doors import OTHER, Client, Lines
from tests.controls.overrides.test_service import ASKED, HELD, PROSE, WAITING
from tests.controls.recall.desk import recall, receipt, register_principal, released
from tests.controls.sampling.test_service import reopened
from tests.controls.test_comparison import Ordered
from tests.ledger.office import KEY
from tests.web.sites import ORIGIN, OWN, Browser, Pages, officers_of_each_role, pages_of, upload
from tests.web.test_acts import second_signs
from tests.web.test_batch import look_through, sign
from tests.web.test_inspector_pages import MARISOL
from tests.world.acts import delay_notice, inform_persons
from tests.world.office import World, closing
from tests.world.people import REQUESTS, SOURCE

ANSWERED = "1" * 32
RP = "sandbox: true\npages: {rp: localhost, origins: ['http://localhost:1']}\n"


class Seen(NamedTuple):
    """One page as it was rendered. `page`: its name, "" for an error and a page of the gateway."""

    page: str
    template: str
    text: str

    @property
    def state(self) -> str:
        """What tells one state of a page from another: its headings, labels and buttons."""
        said = re.findall(
            r"<(?:h1|h2|label|legend|button|strong)[^>]*>(.*?)</", self.text, re.DOTALL
        )
        return f"{self.template} " + re.sub(r"\d+|b-[0-9a-f]+", "", "|".join(said))

    @property
    def structure(self) -> frozenset[str]:
        """What it is built of, whatever it says: elements with their classes and attributes."""
        tags = re.findall(r"<([a-z]+)([^>]*)>", self.text)
        return frozenset(
            " ".join([name, *re.findall(r'class="[^"]*"|type="[^"]*"|[a-z-]+(?==)', more)])
            for name, more in tags
        )


@contextmanager
def recorded() -> Iterator[list[Seen]]:
    """Keeps what is rendered meanwhile."""
    found: list[Seen] = []
    plain = Look.render

    def render(look: Look, template: str, language: str, told: Any) -> str:
        text = plain(look, template, language, told)
        name = getattr(told.get("page"), "name", "")
        found.append(Seen(name, template, text))
        return text

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Look, "render", render)
        yield found


def walk(folder: Path) -> tuple[list[Seen], Site]:
    """Every page and state, and the site of the office."""
    with recorded() as found:
        for name in ("office", "ordered", "gateway"):
            (folder / name).mkdir()
        with closing(World(folder / "office", (*SOURCE, HELD))) as world:
            world.amend("sandbox: true\n", RP)
            world.amend("retention_days:", "answer_within_hours: 24\nretention_days:")
            register_principal(world)
            reopened(world, 2)
            with pages_of(world) as pages:
                Walk(pages).through()
                site = pages.site
        with closing(Ordered(folder / "ordered")) as world, pages_of(world) as pages:
            browser = pages.browser("officer-a")
            browser.get(f"/batches/{world.batch}")
            browser.post(f"/batches/{world.batch}/document")
        _gateway(folder / "gateway")
    return found, site


def _gateway(folder: Path) -> None:
    made = GatewaySettings(folder / "mailbox", folder / "public", str(KEY), most_bytes=50_000)
    mailbox = Mailbox(made.mailbox)
    mailbox.make()
    for item in (OTHER, ANSWERED):
        mailbox.receipt(item).write_bytes(b"a.b.c")
    mailbox.answer(ANSWERED).write_bytes(b"sealed")
    door = Gateway(made, Lines())
    client = Client(door.app(RequesterPages(door).routes()), "http://gateway.test")
    for tail in ("", "?lang=es"):
        paths = ("/", "/why", f"/items/{OTHER}", f"/items/{ANSWERED}", f"/items/{'2' * 32}", "/x")
        for path in paths:
            client.get(path + tail)
        client.post(f"/find{tail}", content=b"item=x", headers=_form("http://gateway.test"))
        client.post(f"/find{tail}", content=b"item=x")
    client.close()


def _form(origin: str) -> dict[str, str]:
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    return {"Origin": origin, "Sec-Fetch-Site": "same-origin"} | kind


class Walk:
    """The office's pages, one after the other."""

    def __init__(self, pages: Pages) -> None:
        self.pages, self.world = pages, pages.world
        self.officers = officers_of_each_role(self.world)
        self.sign_in()

    def sign_in(self) -> None:
        """All of them anew: days may have passed."""
        self.first, self.second = self.pages.browser("officer-a"), self.pages.browser("officer-b")
        self.of = {role: self.pages.browser(name) for role, name in self.officers.items()}

    def through(self) -> None:
        self.standing()
        self.nobody()
        self.batches()
        self.controls()
        self.people()
        self.recalls()
        self.inspector()
        self.errors()

    def standing(self) -> None:
        for browser in (self.first, self.of[Role.INSPECTOR], self.of[Role.HOLDS]):
            for page in self.pages.site.pages.values():
                if page.show is not None and "{" not in page.path and page.name != "sign-in-back":
                    browser.get(page.path)

    def nobody(self) -> None:
        browser = self.pages.browser()
        for path in ("/sign-in", "/session", "/"):
            browser.get(path)
        self.world.now += timedelta(minutes=13)
        self.first.get("/session")
        self.sign_in()
        gone = self.pages.browser("officer-a")
        gone.post("/sign-out")
        gone.get("/sign-in")

    def batches(self) -> None:
        world, first, second = self.world, self.first, self.second
        waits = world.receive(world.requests(ASKED, "waits.csv"))
        path = f"/batches/{waits}"
        for browser in (first, self.of[Role.COUNSEL], self.of[Role.INSPECTOR]):
            browser.get(path)
        first.post(f"{path}/waiting", {"request_id": "q2"})
        said = {"request_id": "q2", "element": WAITING, "reason": PROSE}
        sign(first, first.post(f"{path}/override", said).text)
        second_signs(self.of[Role.COUNSEL])
        sign(first, first.post(f"{path}/claim").text)
        first.get(path)
        second.get(path)
        batch = world.receive(world.requests())
        at_the_office.determine(world.office, batch)
        path = f"/batches/{batch}"
        for outcome in ("", "confirmed", "refused", "rejected"):
            rows = first.post(f"{path}/rows", {"outcome": outcome}).text
            for asked in re.findall(r'name="request_id" value="([^"]+)"', rows)[:3]:
                for values in ("", "yes"):
                    first.post(f"{path}/request", {"request_id": asked, "values": values})
        first.get(path)
        first.get(f"{path}/sample")
        other = world.receive(world.requests(REQUESTS[:3], "other.csv"))
        at_the_office.determine(world.office, other)
        look_through(first, other, "no")
        first.post(f"/batches/{other}/review")
        look_through(first, batch)
        sign(first, first.post(f"{path}/review").text)
        second.get(path)
        look_through(second, batch)
        second.get(path)
        sign(second, second.post(f"{path}/release", {"form": "jsonl"}).text)
        for browser in (first, self.of[Role.INSPECTOR]):
            browser.get("/")
            browser.get(path)
        inform_persons(world, batch)
        self.batch = batch

    def controls(self) -> None:
        first, second, holds = self.first, self.second, self.of[Role.HOLDS]
        sign(first, upload(first, "/stops/suspend", [("scope", "office")], "order"))
        first.get("/stops")
        sign(first, upload(first, "/stops/resume", [("scope", "office")], "order"))
        for browser in (first, second, holds):
            browser.get("/to-sign")
        second_signs(second)
        first.post("/incidents/new", {"about": "copy-lost"})
        sign(first, first.post("/incidents/new", {"about": "copy-lost"}).text)
        first.get("/incidents")
        sign(first, first.post("/incidents/1/report").text)
        first.get("/incidents")
        sign(first, first.post("/incidents/1/close").text)
        day = self.world.now.date().isoformat()
        duty = [("about", "process-public"), ("since", day), ("batch", self.batch)]
        sign(first, upload(first, "/duties/new", duty, "document"))
        first.get("/incidents")
        waits = self.world.receive(self.world.requests(REQUESTS[:2], "notice.csv"))
        demand = [("over_rows", "0"), ("hours", "48"), ("to", "Inspector General (made up)")]
        sign(first, upload(first, "/notices/demands/new", demand, "order"))
        second_signs(second)
        first.get("/notices")
        first.post(f"/notices/{waits}")
        first.get("/standing")

    def people(self) -> None:
        first = self.first
        started = first.post("/officers/keys", {"name": "m-okafor"})
        first.get(started.headers["location"])
        first.post(started.headers["location"], {"credential": "{}"})
        first.post("/officers/officer-b/retire")
        first.get("/officers")

    def recalls(self) -> None:
        world = self.world
        notice = recall(world, released(world), ["q1"]).notice
        recall(world, released(world), ["q2"], text="made up: another")
        world.now += timedelta(days=7)
        self.sign_in()
        first = self.first
        for path in ("/recalls", "/recalls/1", "/", "/standing", "/incidents", "/retention"):
            first.get(path)
        self.of[Role.INSPECTOR].get("/recalls")
        signed = receipt(world, notice, onward=("Field office",))
        sign(first, upload(first, "/recalls/receipts", [], "receipt", "receipt.jws", signed))
        second_signs(self.second)
        first.get("/recalls/1")
        world.amend("answer_expiry_days: 90", "answer_expiry_days: 30")
        self.pages.site.dispatch.office = world.office  # as a service that was started anew
        first.get("/agreement/versions")
        world.receive(world.requests(REQUESTS[3:4], "amended.csv"))
        listed = first.get("/agreement/versions").text
        for each in re.findall(r'href="(/agreement/changes[^"]+)"', listed):
            first.get(each.replace("&amp;", "&"))

    def inspector(self) -> None:
        browser, world = self.of[Role.INSPECTOR], self.world
        for path in ("/ledger?kind=fork", f"/ledger?batch={self.batch}", "/ledger/7", "/ledger/0",
                     "/compare?first=2026-05-04&last=2026-05-05"):  # fmt: skip
            browser.get(path)
        for said in ({"kind": "check"}, {"what": "check"}, {}):
            browser.post("/checks", said)
        for number in range(1, 4):
            browser.get(f"/checks/{number}")
        browser.get("/checks")
        asked = {"batch": self.batch, "request": str(REQUESTS[0]["request_id"])}
        browser.post("/evidence", asked | {"residents": "shown"})
        made = ask(world, checkpoint(world))
        said = [("inspector", VKEY), ("first", str(DAY)), ("last", str(DAY)), ("rows", "2")]
        upload(browser, "/inspection", said, "nonce", "nonce", made.nonce)
        first = self.first
        for view in ("person", "all"):
            first.post("/accounting", MARISOL | {"view": view, "language": "en"})
        delay_notice(world, self.batch, date(2026, 12, 24))
        first.post("/accounting", MARISOL | {"view": "all", "language": "en"})
        for language in ("en", "es"):
            first.post("/accounting", MARISOL | {"view": "print", "language": language})

    def errors(self) -> None:
        """401 is walked by `nobody`."""
        first, site = self.first, self.pages.site
        self.of[Role.HOLDS].get("/accounting")
        first.post("/stops/suspend", {}, headers={"Origin": "http://evil.test"})
        first.get("/nothing")
        first.get("/sign-out")
        first.get("/batches/b-none")
        first.get("/recalls/99")
        first.get("/officers/keys/none")
        first.post("/sign-out", {"x": "x" * 70_000})
        first.post("/officers/new", {"vkey": "x"})
        first.post("/incidents/new", {"about": "x"})
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(site, "_rate", RateLimiter(RateLimits(0.001, 0)))
            first.get("/")
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(Dispatch, "ask", lambda *_: 1 / 0)
            first.get("/")


__all__ = ["ORIGIN", "OWN", "Browser", "Seen", "walk"]
