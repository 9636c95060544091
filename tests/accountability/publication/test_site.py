"""The public site: pages that read without a script, in two languages, whose links lead somewhere,
which obey nothing that stands in what they show, and which `ledger publish` writes."""

from __future__ import annotations

import ast
import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import msgspec
import pytest
from playwright.sync_api import Browser

from counterfoil import ledger
from counterfoil.accountability import publication
from counterfoil.accountability.publication import site, texts
from counterfoil.accountability.publication.counts import COLUMNS, Row, Table
from counterfoil.accountability.publication.facts import (
    EVENTS,
    Agreement,
    Clause,
    Event,
    SiteFacts,
    Statute,
)
from counterfoil.accountability.publication.samples import (
    PublishedCertificate,
    SampleCounter,
    Samples,
    SampleYear,
)
from counterfoil.accountability.publication.site import EVENT_TEXTS, PAGES, make_site
from counterfoil.core.errors import SettingsFault, StoreFault
from counterfoil.core.use_cases import SERVICE
from counterfoil.ledger import Entry, EntryKind
from counterfoil.ledger.clock import Clock, LatePublication
from counterfoil.requester.agreement import publish_file
from counterfoil.tlog import Checkpoint
from counterfoil.tlog.witness import Witness
from tests.accountability.publication.pages import Page, broken_links
from tests.accountability.publication.test_publication import settings
from tests.ledger.office import KEY, ORIGIN
from tests.ledger.test_verifier import HELD
from tests.tlog.loopback import court
from tests.world.browsers import chromium, keep_picture
from tests.world.office import World
from tests.world.people import REQUESTS, SOURCE
from tests.world.scan import found_in, tokens_of

MARKUP = (
    '"><script>document.title = "evil"</script><img src=x onerror="document.title=1">{{ 7*7 }}%(x)s'
)
DIGEST = "sha256:" + "ab" * 32
LEDGER_FILES = {"checkpoint"}


def facts(markup: str = "", **more: object) -> SiteFacts:
    """Facts that fill every part of every page. `markup` stands in each text that is free."""
    counts: dict[str, int | None] = dict.fromkeys(COLUMNS, 1234)
    hidden = counts | {"refused": None, "asked": None}
    rows = (Row("2026", None), Row("2026-05", None), Row("2026-04", hidden), Row("2025", hidden),
            Row("2025-12", counts))  # fmt: skip
    made = SiteFacts(
        origin=ORIGIN + markup,
        key=str(KEY),
        note=HELD.note() + markup,
        checkpoint=Checkpoint(ORIGIN, 1_234_567, bytes(32)),
        witnesses=((f"witness.example/w1{markup}", "2026-05-04T12:00:00Z"),),
        quorum=False,
        clock=Clock(
            3,
            "2026-04-01T00:00:00Z",
            "2026-05-04T12:00:00Z",
            (
                LatePublication(7, "2026-04-01T00:00:00Z", "2026-04-09T00:00:00Z", 24),
                LatePublication(9, "2026-05-04T12:00:00Z", "", 24),
            ),
        ),
        hours=24,
        statutes={"consent": Statute(f"Title{markup}", f"26 USC 6103(c){markup}")},
        tables=(
            Table(DIGEST, "consent", rows),
            Table(DIGEST, f"x{markup}", rows),
            Table("", "", ()),
        ),
        agreement=Agreement(
            DIGEST,
            (
                Clause(f"title{markup}", f"Words{markup}"),
                Clause("", None),
                Clause("list", [f"one{markup}", {"name": f"two{markup}", "none": None}, [], True]),
                Clause("none", None),
                Clause("no", False),
            ),
            {"holder": str(KEY), "requester": f"key{markup}"},
            b"{}",
        ),
        events=tuple(
            Event(at, kind, "2026-05-04T12:00:00Z", "opened" if kind == "incident" else "")
            for at, kind in enumerate(sorted(EVENTS))
        ),
        samples=Samples(
            (
                PublishedCertificate(5, DIGEST, "birth", "2026-05-04T12:00:00Z"),
                PublishedCertificate(6, DIGEST, f"x{markup}", "2026-05-04T12:00:00Z"),
            ),
            (SampleYear("2026", 1_012, 3),),
        ),
    )
    return msgspec.structs.replace(made, **more)


# -- the pages ---------------------------------------------------------------------------------


@pytest.mark.parametrize("markup", ["", MARKUP])
def test_every_page_is_whole_and_every_link_leads_somewhere(markup: str) -> None:
    files = make_site(facts(markup))
    for name, data in files.items():
        if name.endswith(".html"):
            assert Page(data.decode()).faults == [], name
    assert broken_links(files, LEDGER_FILES) == []
    assert len([name for name in files if name.endswith(".html")]) == 2 * len(PAGES) + 1


def test_what_a_page_shows_is_never_markup_and_no_template() -> None:
    for name, data in make_site(facts(MARKUP)).items():
        if name.endswith(".html") and name != "verify.html":
            page = Page(data.decode())
            assert page.scripts == 0 and "<img" not in data.decode()
            assert MARKUP in page.text and "49" not in page.title


def test_a_page_needs_no_script_and_no_other_host() -> None:
    for name, data in make_site(facts()).items():
        if not name.endswith(".html") or name == "verify.html":
            continue
        text = data.decode()
        hashed = site.inline_hash(text.partition("<style>")[2].partition("</style>")[0])
        policy = f"default-src 'none'; style-src '{hashed}'; base-uri 'none'; form-action 'none'"
        assert f'content="{policy}"' in text
        assert re.findall(r'(?:src|href|action)="(?:https?:)?//[^"]*"', text) == []
        assert len(data) < 150_000


def test_the_same_facts_make_the_same_bytes() -> None:
    assert make_site(facts()) == make_site(facts())


def test_pages_say_their_language_and_title_and_point_to_each_other() -> None:
    files = make_site(facts())
    titles = {name: Page(files[name].decode()).title for name in files if name.endswith(".html")}
    assert len(set(titles.values())) == len(titles)
    for name in PAGES:
        english, spanish = Page(files[name].decode()), Page(files[f"es/{name}"].decode())
        assert (english.lang, spanish.lang) == ("en", "es")
        assert f"es/{name}" in english.links and f"../{name}" in spanish.links


def test_counts_that_are_not_shown_are_on_no_page_and_in_no_file() -> None:
    files = make_site(facts())
    table = list(csv.DictReader(io.StringIO(files["counts.csv"].decode())))
    by_cell = {(each["route"], each["period"], each["column"]): each["count"] for each in table}
    assert by_cell["consent", "2025-12", "asked"] == "1234"
    assert by_cell["consent", "2026-04", "refused"] == ""
    assert ("consent", "2026-05", "asked") not in by_cell
    text = Page(files["counts.html"].decode()).text
    assert "1 to 9" in text and "not closed yet" in text and "1,234" in text
    assert "1\u202f234" in Page(files["es/counts.html"].decode()).text


def test_missed_promises_witnesses_and_hidden_clauses_are_told() -> None:
    files = {name: data.decode() for name, data in make_site(facts()).items()}
    told = Page(files["ledger.html"]).text
    assert "It came at 2026-04-09 00:00 UTC." in told and "It has not come." in told
    assert "NOT enough of the witnesses" in told
    assert "cosigned at 2026-05-04 12:00 UTC" in told
    agreed = Page(files["agreement.html"]).text
    assert "Shown are 4 of 5 clauses." in agreed and "Clause 2" in agreed
    alone = make_site(facts(quorum=None, witnesses=(), agreement=Agreement(DIGEST, (), {}, b"")))
    assert "asks no witnesses" in Page(alone["ledger.html"].decode()).text
    assert "is not published here" in Page(alone["agreement.html"].decode()).text
    assert "agreement.json" not in alone
    empty = make_site(facts(quorum=True, tables=(), clock=Clock(1, "x", "x", ()), events=()))
    assert "No request file has come yet." in Page(empty["counts.html"].decode()).text
    assert "Enough of the witnesses" in Page(empty["ledger.html"].decode()).text


def test_rows_that_officers_did_not_agree_with_are_told_beside_the_certificate() -> None:
    told = " ".join(Page(make_site(facts())["ledger.html"].decode()).text.split())
    assert "1,012 samples; rows with which an officer did not agree: 3" in told
    assert told.index("state a date of birth") < told.index("Samples looked at in 2026")
    counter = SampleCounter()
    for at, (year, disagreed) in enumerate([("2025", 0), ("2026", 2), ("2026", 1)]):
        fields: dict[str, str | int] = {"disagreed": disagreed}
        counter.add(at, Entry(EntryKind.SAMPLE, at + 1, f"{year}-01-01T00:00:00Z", fields))
    for at, scope in enumerate(["birth", "names", "birth"]):
        named: dict[str, str | int] = {"certificate": f"{DIGEST}{at}", "scope": scope}
        counter.add(at, Entry(EntryKind.CERTIFICATE, at + 1, "2026-01-01T00:00:00Z", named))
    found = counter.counted()
    assert found.years == (SampleYear("2026", 2, 3), SampleYear("2025", 1, 0))
    assert [each.index for each in found.certificates] == [2, 1]


def test_what_is_taken_along_has_the_digest_that_is_stated() -> None:
    files = make_site(facts())
    for download in site._downloads(facts()):
        assert f"{download.digest}</code>" in files["ledger.html"].decode()
        assert files[download.name] == download.data


@pytest.mark.parametrize("name", ["feed.xml", "es/feed.xml"])
def test_the_feed_is_atom_and_tells_every_kind_of_event(name: str) -> None:
    atom = "{http://www.w3.org/2005/Atom}"
    feed = ElementTree.fromstring(make_site(facts(MARKUP))[name])
    entries = feed.findall(f"{atom}entry")
    assert len(entries) == len(EVENTS)
    identities = [each.findtext(f"{atom}id") for each in [feed, *entries]]
    assert len(set(identities)) == len(identities)
    assert all(str(each).startswith("urn:uuid:") for each in identities)
    assert all(each.findtext(f"{atom}updated") == "2026-05-04T12:00:00Z" for each in entries)
    assert {each.split()[0] for each in EVENT_TEXTS} >= EVENTS


# -- the words ---------------------------------------------------------------------------------


def _texts() -> set[str]:
    """Every text that a template or the site's code says."""
    folder = Path(site.__file__).with_name("templates")
    found: set[str] = set()
    for path in folder.iterdir():
        source = path.read_text(encoding="utf-8")
        found |= set(re.findall(r'_\("([^"]+)"', source)) | set(re.findall(r"_\('([^']+)'", source))
    tree = ast.parse(Path(site.__file__).read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    downloads = [each for each in calls if getattr(each.func, "id", "") == "Download"]
    found |= {ast.literal_eval(each.args[1]) for each in downloads}
    return found | set(site.COLUMN_TEXTS.values()) | set(EVENT_TEXTS.values())


def test_every_text_is_translated_once_with_the_same_names_and_none_is_left_over() -> None:
    catalogue = texts.catalogue("es")
    assert set(catalogue) == _texts()
    for english, spanish in catalogue.items():
        assert sorted(texts.NAMES.findall(english)) == sorted(texts.NAMES.findall(spanish)), english
        assert spanish.strip() and english.endswith(".") == spanish.endswith("."), english


@pytest.mark.parametrize(
    "text",
    ['msgstr "x"', 'msgid "x"', 'msgid "x"\nmsgid "y"\nmsgstr "z"', "words", 'msgid "x" "y"',
     'msgid "x"\nmsgstr "y"\nmsgid "x"\nmsgstr "y"', 'msgid "x"\nmsgstr "y"\nmsgstr "y"'],
)  # fmt: skip
def test_a_catalogue_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        texts.read_catalogue(text)


def test_a_text_goes_on_over_lines_and_an_untranslated_one_stays_english() -> None:
    read = texts.read_catalogue('# note\nmsgid "a "\n"b"\nmsgstr "c\\n"\n"d"\n')
    assert read == {"a b": "c\nd"}
    assert texts.translator("es")("No such text") == "No such text"


# -- publishing --------------------------------------------------------------------------------


@pytest.fixture
def public(world: World) -> Path:
    """The folder of an office that publishes its agreement with one clause hidden."""
    world.amend("clause_salt: null", f"clause_salt: {'5f' * 32}")
    document = publish_file(world.path / "law" / "agreement.yaml", ["lists"], None)
    (world.path / "agreement.json").write_bytes(document)
    settings(world.path, 'publish_agreement = ""', 'publish_agreement = "agreement.json"')
    settings(world.path, 'publish_to = ""', 'publish_to = "public"')
    world.office.store.close()
    world.office = world.opened()
    return world.path / "public"


def test_publication_writes_the_site_of_what_it_published(world: World, public: Path) -> None:
    world.answer()
    world.now += timedelta(days=40)
    done = publication.publish(world.office, SERVICE, publication.PublishLedger())
    files = {
        path.relative_to(public).as_posix(): path.read_bytes()
        for path in public.rglob("*")
        if path.suffix in (".html", ".xml", ".csv", ".vkey", ".json")
    }
    assert len(files) == done.pages
    tiles = {path.relative_to(public).as_posix() for path in public.rglob("*") if path.is_file()}
    assert broken_links(files, tiles) == []
    assert f"{done.size} entries" in Page(files["index.html"].decode()).text
    agreed = Page(files["agreement.html"].decode()).text
    assert "hidden" in agreed and "sandbox" in agreed
    assert "custodial_places" not in agreed
    counted = Page(files["counts.html"].decode()).text
    assert "2026-05" in counted and "1 to 9" in counted and "26 USC 6103(i)(2)" in counted
    everything = b"\n".join(files.values())
    assert found_in(everything, tokens_of([*SOURCE, *REQUESTS])) == []
    assert ledger.check_export(public, world.office.holder_key).size == done.size
    assert all(path.stat().st_mode & 0o044 == 0o044 for path in public.rglob("*.html"))


def test_an_agreement_that_is_not_the_one_in_force_is_not_shown(world: World, public: Path) -> None:
    world.amend("answer_expiry_days: 90", "answer_expiry_days: 30")
    world.answer()
    publication.publish(world.office, SERVICE, publication.PublishLedger())
    text = (public / "agreement.html").read_text(encoding="utf-8")
    assert "is not published here" in text and not (public / "agreement.json").exists()


@pytest.mark.parametrize("content", [None, b"{}", b"\xff", b"x" * 1_000_001])
def test_a_published_agreement_that_cannot_be_read_is_named(
    world: World, public: Path, content: bytes | None
) -> None:
    path = world.path / "agreement.json"
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SettingsFault) as fault:
        publication.publish(world.office, SERVICE, publication.PublishLedger())
    assert (fault.value.code, fault.value.place) == ("publish_agreement", "agreement.json")
    assert (public / "checkpoint").exists()


def test_a_page_that_cannot_be_written_is_told_and_the_ledger_stands(
    world: World, public: Path
) -> None:
    public.mkdir()
    (public / "es").write_text("a file stands where the folder was to be")
    with pytest.raises(StoreFault) as fault:
        publication.publish(world.office, SERVICE, publication.PublishLedger())
    assert fault.value.code == "export_failed"
    assert ledger.check_export(public, world.office.holder_key).size


def test_witnesses_stand_on_the_page_with_their_times(
    world: World, public: Path, tmp_path: Path
) -> None:
    with court(world, tmp_path, w2=Witness) as witnesses:
        witnesses.adopt("any", 2)
        publication.publish(world.office, SERVICE, publication.PublishLedger())
    text = Page((public / "ledger.html").read_text(encoding="utf-8")).text
    assert "Enough of the witnesses" in text and "witness.example/w2" in text


# -- in a browser ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.mark.browser
def test_pages_are_read_without_a_script_on_narrow_screens_and_on_paper(
    browser: Browser, tmp_path: Path
) -> None:
    for name, data in make_site(facts(MARKUP)).items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 640})
    page = context.new_page()
    asked = set[str]()
    page.on("request", lambda request: asked.add(request.url))
    for name in (*PAGES, *(f"es/{each}" for each in PAGES)):
        page.goto((tmp_path / name).as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, name
        assert page.title() != "evil"
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        keep_picture(page, f"site-{name.replace('/', '-')[:-5]}-320")
        page.emulate_media(media="print")
        assert not page.is_visible("nav")
        page.emulate_media(media="screen")
    assert asked == {(tmp_path / name).as_uri() for name in PAGES} | {
        (tmp_path / "es" / name).as_uri() for name in PAGES
    }
    page.set_viewport_size({"width": 760, "height": 900})
    for name, data in make_site(facts()).items():
        (tmp_path / name).write_bytes(data)
    for name in PAGES:
        page.goto((tmp_path / name).as_uri())
        keep_picture(page, f"site-{name[:-5]}")
        keep_picture(
            page, f"site-{name[:-5]}-part", "table" if name == "counts.html" else "main dl"
        )
    context.close()


def test_the_published_agreement_is_json_that_a_stranger_checks(world: World, public: Path) -> None:
    world.answer()
    publication.publish(world.office, SERVICE, publication.PublishLedger())
    document = json.loads((public / "agreement.json").read_bytes())
    assert document["format"] == "counterfoil-publication-1"
    assert any("hidden" in clause for clause in document["clauses"])
