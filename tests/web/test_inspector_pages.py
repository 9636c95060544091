"""The inspector's pages and a person's accounting: what each role gets, cell by cell; nothing of a
person in an address, a title, a log line or a cache; a look at values is entered, and a list of the
ledger is not; two lines for one address do not tell a yes from a no; what is altered or hostile does
nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from counterfoil import client
from counterfoil.accountability.accounting.corrections import (
    CorrectRecord,
    correct_record,
    correct_record_statement,
)
from counterfoil.accountability.accounting.service import ANSWERED, SHOWN
from counterfoil.accountability.evidence import read_key
from counterfoil.accountability.evidence.replay import replay
from counterfoil.client.actions import ACTIONS
from counterfoil.core.use_cases import Upload
from counterfoil.core.values import Role
from counterfoil.ledger import EntryKind
from counterfoil.web.inspector import checks, evidence, ledger
from counterfoil.web.look import TEMPLATES, texts_of
from counterfoil.web.persons import accounting
from tests.accountability.accounting.test_service import person_file
from tests.accountability.publication.pages import Page as Read
from tests.web.sites import FORM, OWN, Browser, Pages, officers_of_each_role, pages_of, title_of
from tests.world.acts import add_hold, delay_notice, inform_persons, officer
from tests.world.acts import person_file as held_person
from tests.world.office import World, closing
from tests.world.people import REQUESTS, SOURCE, request
from tests.world.scan import found_in, tokens_of

OURS = (*ledger.PAGES, *checks.PAGES, *evidence.PAGES, *accounting.PAGES)
HOME = "1847 Heron Lake Road"
MARISOL = {
    "given_name": "Marisol",
    "family_name": "Quintanilla",
    "line1": HOME,
    "city": "Anytown",
    "state": "WA",
    "zip": "98101",
}
MARKUP = '"><script>document.title="evil"</script>{{ 11*10007 }}'
TOKENS = tokens_of([*SOURCE, *REQUESTS])


class Office:
    """An office that answered two files about Marisol: one yes, one no, and may tell of both."""

    def __init__(self, world: World, pages: Pages, officers: dict[Role, str], batch: str) -> None:
        self.world, self.pages, self.officers, self.batch = world, pages, officers, batch

    def browser(self, role: Role = Role.INSPECTOR) -> Browser:
        return self.pages.browser(self.officers[role])

    def looks(self) -> int:
        with self.world.office.store.reading() as connection:
            return self.world.office.ledger.counts(connection)[EntryKind.INSPECTION]

    def ask(self, role: Role, view: str, **more: str) -> Any:
        fields = MARISOL | {"view": view} | more
        return self.browser(role).post("/accounting", fields)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, world_template: Path) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("inspector")
    with closing(World(folder, template=world_template)) as world, pages_of(world) as pages:
        world.answer()
        batch = newest_batch(world)
        world.now += timedelta(days=2)
        yield Office(world, pages, officers_of_each_role(world), batch)


def newest_batch(world: World) -> str:
    return str([each["batch"] for each in world.entries() if each["kind"] == "batch"][-1])


def paths(office: Office) -> list[str]:
    """Every page and state that opens by an address."""
    days = "first=2026-05-04&last=2026-05-05"
    found = ["/ledger", "/ledger?kind=granted", f"/ledger?batch={office.batch}", "/ledger?kind=fork",
             "/ledger?before=20", "/ledger?after=3", "/ledger/5", "/ledger/0", "/checkpoints",
             "/compare", f"/compare?{days}", "/checks", "/evidence", "/accounting",
             "/accounting?lang=es"]  # fmt: skip
    return found


def wrong_paths() -> list[tuple[str, int]]:
    return [("/ledger/999999", 404), ("/ledger/x", 404), ("/ledger/-1", 404), ("/checks/9", 404),
            ("/checks/x", 404), ("/ledger?kind=nothing", 422), ("/ledger?batch=Marisol", 422),
            ("/ledger?before=x", 422), ("/compare?first=x&last=y", 422),
            ("/compare?first=2020-01-01&last=2026-05-05", 400), ("/evidence/key", 422),
            ("/checkpoints?size=x", 422), ("/ledger/5/../../etc/passwd", 404)]  # fmt: skip


# -- who gets what -----------------------------------------------------------------------------


def test_the_pages_are_for_disclosure_and_the_inspector() -> None:
    """tests/web/test_roles.py goes through every cell."""
    for page in OURS:
        assert {role for role in Role if page.permits(role)} == {Role.DISCLOSURE, Role.INSPECTOR}
        assert not page.permits(None)
    assert not [
        each for each in ACTIONS.values() if Role.INSPECTOR in each.roles and each.kind == "act"
    ]


def test_an_inspector_is_not_given_what_is_written_for_the_person(office: Office) -> None:
    before = office.looks()
    refused = office.ask(Role.INSPECTOR, "person")
    assert refused.status_code == 403 and "action_refused" in refused.text
    assert office.looks() == before
    assert "what the person may be shown" not in office.browser().get("/accounting").text


@pytest.mark.parametrize("path", ["/accounting", "/checks", "/evidence"])
def test_a_form_of_another_site_looks_at_nothing(office: Office, path: str) -> None:
    before, browser = office.looks(), office.browser(Role.DISCLOSURE)
    for headers in ({}, {"Origin": "https://evil.test"}, {"Sec-Fetch-Site": "cross-site"}):
        fields = MARISOL | {"view": "all", "what": "check"}
        assert browser.post(path, fields, headers=headers | FORM).status_code == 403
    assert office.looks() == before


# -- the ledger --------------------------------------------------------------------------------


def test_whoever_follows_the_links_sees_every_entry_once_and_each_has_its_page(
    office: Office,
) -> None:
    browser, path, seen = office.browser(), "/ledger", list[int]()
    before = office.looks()
    for _ in range(50):
        text = browser.get(path).text
        seen += map(int, re.findall(r'href="/ledger/(\d+)">Entry', text))
        older = re.search(r'href="([^"]*)" rel="next"', text)
        if older is None:
            break
        path = older[1].replace("&amp;", "&")
    assert seen == list(range(len(office.world.entries())))[::-1]
    entry = browser.get("/ledger/7").text
    assert "What was checked for it" in entry and entry.count("<li>") >= 6
    proof = browser.get("/ledger/7/proof")
    assert proof.text.startswith("c2sp.org/tlog-proof@v1")
    assert office.looks() == before


def test_a_check_is_begun_shows_how_far_it_is_and_ends(office: Office) -> None:
    browser = office.browser()
    begun = browser.post("/checks", {"what": "check"})
    assert begun.status_code == 303
    for _ in range(200):
        shown = browser.get(begun.headers["location"]).text
        if "Look again" not in shown:
            break
    assert "It holds" in shown and "numbered from 0 without a gap" in shown
    report = browser.post("/checks", {"what": "report", "year": "2026"})
    for _ in range(200):
        if "Look again" not in browser.get(report.headers["location"]).text:
            break
    file = browser.get(f"{report.headers['location']}/file")
    assert file.json()["year"] == 2026
    assert file.headers["Content-Disposition"].startswith("attachment")


def test_evidence_is_taken_once_entered_and_handed_out_as_two_files(office: Office) -> None:
    browser, before = office.browser(), office.looks()
    named = {"batch": office.batch, "request": REQUESTS[0]["request_id"], "residents": "shown"}
    taken = browser.post("/evidence", named)
    assert taken.status_code == 200 and office.looks() == before + 1
    bundle, key = (browser.get(f"/evidence/{each}") for each in ("bundle", "key"))
    assert bundle.headers["Cache-Control"] == key.headers["Cache-Control"] == "no-store"
    found = replay(bundle.content, read_key(key.content), office.world.office.holder_key)
    assert found.outcome == "confirmed"
    assert office.looks() == before + 1
    assert office.browser().get("/evidence/key").status_code == 422  # another session


# -- a person's accounting ---------------------------------------------------------------------


def test_each_look_at_a_person_is_entered_and_a_form_is_none(office: Office) -> None:
    before = office.looks()
    office.browser(Role.DISCLOSURE).get("/accounting")
    assert office.looks() == before
    for number, view in enumerate(("person", "all", "print"), 1):
        answer = office.ask(Role.DISCLOSURE, view, language="es")
        assert answer.status_code == 200, answer.text
        assert answer.headers["Cache-Control"] == "no-store"
        assert office.looks() == before + number


@pytest.fixture
def told(tmp_path: Path, world_template: Path) -> Iterator[Office]:
    """An office that may tell of its requests about Marisol."""
    with closing(World(tmp_path, template=world_template)) as world, pages_of(world) as pages:
        world.answer()
        inform_persons(world, newest_batch(world))
        yield Office(world, pages, officers_of_each_role(world), newest_batch(world))


def test_a_yes_and_a_no_at_one_address_are_put_into_the_same_words(told: Office) -> None:
    """The second question is a no because of a hold of 26 USC 6103(i)(6): every line but its own
    number is the same, on the page and in both printouts, so that nobody infers it."""
    world = told.world
    keys = [officer(world, f"holds-{letter}", Role.HOLDS) for letter in "ab"]
    add_hold(world, held_person(world, record_refs=["r1"]), *keys)
    again = request(31, "Marisol", "Quintanilla", HOME)
    answers = [world.answer([again], out="two.jsonl", name="two.csv")[0]["answer"]]
    inform_persons(world, newest_batch(world), "made up: inform again")
    assert answers == ["not_confirmed"]
    for more in ({"view": "person"}, {"view": "print", "language": "en"}):
        text = told.ask(Role.DISCLOSURE, **more).text
        sections = re.findall(r'<section class="cf-line">(.*?)</section>', text, re.DOTALL)
        assert len(sections) == 2
        assert len({re.sub(r">\d+\. ", ">", each) for each in sections}) == 1
        assert "not confirmed" not in text and ANSWERED[1:] in text
    spanish = told.ask(Role.DISCLOSURE, "print", language="es").text
    assert Read(spanish).lang == "es" and spanish.count("Se respondió a si la dirección") == 2


def test_what_is_delayed_is_told_to_the_office_and_not_to_the_person(told: Office) -> None:
    delay_notice(told.world, told.batch, date(2026, 12, 24))
    everything = told.ask(Role.INSPECTOR, "all").text
    assert "Nobody is told of it up to and with 2026-12-24." in everything
    assert "Outcome" in everything
    for view in ("person", "print"):
        text = told.ask(Role.DISCLOSURE, view, language="en").text
        assert "There is no request that you may be shown" in text
        assert "2026-12-24" not in text and "cf-line" not in text


def test_a_dispute_is_followed_by_its_number_and_tells_no_count(told: Office) -> None:
    world = told.world
    paper = world.directory / "dispute.txt"
    paper.write_text("made up dispute", encoding="utf-8")
    command = CorrectRecord(person_file(world), Upload(paper), date(2026, 5, 1), "disputed")
    done = client.act(
        world.office, correct_record_statement, correct_record, command, world.officer("a")
    )
    number = str(done.duty.number)
    text = told.ask(Role.DISCLOSURE, "print", language="en", dispute=number).text
    assert f"dispute number {number}" in text and "Not yet." in text
    assert "552a(d)(2)" in text
    unknown = told.ask(Role.DISCLOSURE, "person", dispute="99")
    assert unknown.status_code == 404 and "dispute_unknown" in unknown.text


@pytest.mark.parametrize("name", [*MARISOL, "tin", "suffix"])
def test_markup_in_a_field_is_shown_as_text(office: Office, name: str) -> None:
    for view in ("person", "all", "print"):
        answer = office.ask(Role.DISCLOSURE, view, language="en", **{name: MARKUP})
        assert answer.status_code in (200, 422)
        assert "<script" not in answer.text and "110077" not in answer.text


def test_a_form_that_is_not_whole_is_refused_without_what_was_sent(office: Office) -> None:
    before = office.looks()
    for more in (
        {"given_name": ""},
        {"date_of_birth": "31/12/1970"},
        {"view": "everything"},
        {"dispute": "one"},
        {"view": "print", "language": "xx"},
    ):
        answer = office.ask(Role.DISCLOSURE, **({"view": "all"} | more))
        assert answer.status_code == 422
        assert "Quintanilla" not in answer.text
    assert office.looks() <= before + 1


# -- P5: no value where it may not be ----------------------------------------------------------


def test_no_value_of_a_person_is_in_an_address_a_title_or_the_log(office: Office) -> None:
    answers = [office.browser(Role.DISCLOSURE).get(path) for path in paths(office)]
    answers += [office.ask(Role.DISCLOSURE, view, language="es") for view in accounting.VIEWS]
    for answer in answers:
        assert answer.status_code == 200
        assert found_in(f"{answer.request.url} {title_of(answer)}".encode(), TOKENS) == []
        assert answer.headers["Cache-Control"] == "no-store"
        links = " ".join(re.findall(r'(?:href|action)="([^"]*)"', answer.text))
        assert found_in(links.encode(), TOKENS) == []
    assert found_in(str(office.pages.log).encode(), TOKENS) == []


def test_what_is_wrong_in_an_address_is_refused_without_it(office: Office) -> None:
    browser = office.browser()
    for path, status in wrong_paths():
        answer = browser.get(path)
        assert answer.status_code == status, path
        assert "Marisol" not in answer.text


def test_pages_are_whole_small_and_need_no_script(office: Office) -> None:
    browser = office.browser(Role.DISCLOSURE)
    texts = [browser.get(path).text for path in paths(office)]
    texts += [office.ask(Role.DISCLOSURE, view, language="es").text for view in accounting.VIEWS]
    for text in texts:
        read = Read(text)
        ours = [
            each for each in read.faults if "closed" in each or "place" in each or "id " in each
        ]
        assert ours == [] and read.scripts == 0
        assert len(text.encode()) < 150_000


def test_every_text_of_the_accounting_has_its_spanish() -> None:
    files = [TEMPLATES / "base.html", *(TEMPLATES / "persons").glob("*.html")]
    found = "".join(each.read_text(encoding="utf-8") for each in files)
    used = set(re.findall(r'_\("((?:[^"\\]|\\.)*)"', found)) - {"by "}
    used |= {label for _, label in accounting.TEXTS}
    assert used - texts_of("es").keys() == set()
    assert set(SHOWN.values()) <= texts_of("es").keys()


def test_own_headers_are_those_of_a_browser() -> None:
    assert OWN["Sec-Fetch-Site"] == "same-origin"
