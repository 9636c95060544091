"""The law as a whole: checked, looked up, printed."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

import pytest

from counterfoil.core.errors import SettingsFault
from counterfoil.gate import Element, check_law, copy_law, explain_element, table_page
from counterfoil.gate.library import LawReport, laws_of, routes_of
from tests.cli.desk import command
from tests.gate.world import LIBRARY, ROOT, changed, every_route
from tests.world.faults import expect_fault

PAGE = ROOT / "docs" / "formats" / "law-elements.md"


@cache
def _committed() -> LawReport:
    """The report of the law as it is committed, for tests that only look at it."""
    return check_law(LIBRARY, LIBRARY)


@pytest.fixture
def library(tmp_path: Path) -> Path:
    return Path(shutil.copytree(LIBRARY, tmp_path / "law"))


@pytest.fixture
def few(library: Path) -> Path:
    """The library with the sentences about names alone, for what every sentence is treated alike in."""
    for path in (library / "cases").rglob("*.yaml"):
        if not path.name.startswith("base") and path.name != "name.yaml":
            path.unlink()
    return library


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.whole
def test_a_check_counts_what_it_established() -> None:
    told = command("law", "check", "--json")
    assert (told.code, told.json["broken"], told.json["agreements"]) == (
        0,
        [],
        ["sandbox-routes", "sandbox", "treasury-dhs-2025"],
    )
    assert told.json["elements"] == len(
        {element.id for law in every_route() for element in law.elements}
    )
    assert told.json["sentences"] == _committed().sentences > 200


@pytest.mark.whole
def test_a_check_says_in_words_what_it_counted(few: Path) -> None:
    told = command("law", "check", "--library", few)
    assert told.out.startswith("OK: 3 agreements, 3 routes, 6 statutes")


@pytest.mark.whole
def test_a_sentence_that_fails_is_exit_5_and_named(few: Path) -> None:
    _replace(few / "cases" / "name.yaml", "finds: {i2-name-given: not_shown}", "finds: {}")
    told = command("law", "check", "--library", few, "--json")
    assert (told.code, told.error) == (5, "law_sentence_fails")
    assert "cases/name: i2-name-given" in told.json["error"]["place"]
    assert (
        "admitted; the law finds refused for i2-name-given (not shown)"
        in command("law", "check", "--library", few).err
    )


@pytest.mark.whole
def test_a_quote_that_no_longer_matches_its_digest_is_exit_1_and_named(library: Path) -> None:
    _replace(library / "statutes" / "us-26-6103-i-2.yaml", "quote: in writing", "quote: in print")
    told = command("law", "check", "--library", library, "--json")
    assert (told.code, told.error) == (1, "law_quote_digest")


@pytest.mark.whole
def test_an_office_is_checked_by_its_own_law(tmp_path: Path) -> None:
    office = tmp_path / "office"
    assert command("office", "create", office, "--sandbox").code == 0
    _replace(office / "law" / "common" / "every-route.yaml", "range_years: 3", "range_years: 30")
    told = command("law", "check", "--office", office, "--json")
    assert (told.code, told.error) == (5, "law_sentence_fails")


@pytest.mark.whole
def test_an_office_and_a_library_at_once_are_a_wrong_call(library: Path) -> None:
    told = command("law", "check", "--office", library, "--library", library, "--json")
    assert (told.code, told.error) == (2, "law_place_twice")


@pytest.mark.whole
@pytest.mark.parametrize("name", ["i2-period-definite", "period_vague"])
def test_an_element_is_explained_by_its_id_or_its_code(name: str) -> None:
    page = explain_element(LIBRARY, LIBRARY, name)
    assert page is not None
    assert (page.file, page.entries[0].id) == ("statutes/us-26-6103-i-2.yaml", "i2-period-definite")
    assert len(page.sentences) >= 4
    words = command("law", "explain", name).out
    for part in (
        page.entries[0].citation,
        page.entries[0].quote or "",
        page.entries[0].cure,
        "2025-01-01",
        "because all years",
    ):
        assert part in words


@pytest.mark.whole
def test_an_unknown_element_is_a_wrong_call() -> None:
    told = command("law", "explain", "i2-nothing", "--json")
    assert (told.code, told.error) == (2, "element_unknown")


def test_the_page_of_elements_is_what_the_law_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == table_page(routes_of(LIBRARY))


@pytest.mark.whole
def test_the_table_is_printed_as_the_page() -> None:
    assert command("law", "table").out == PAGE.read_text(encoding="utf-8")
    listed = command("law", "table", "--json").json["elements"]
    assert [each["id"] for each in listed] == list(
        {element.id: 0 for law in routes_of(LIBRARY) for element in law.elements}
    )


# -- the same without the command line -------------------------------------------------------------


def _elements() -> dict[tuple[str, str], Element]:
    return {
        (each.id, str(each.in_force.first)): each for law in every_route() for each in law.elements
    }


def test_a_report_counts_each_route_statute_and_element_once(few: Path) -> None:
    sentences = check_law(few, few).sentences
    _replace(few / "cases" / "name.yaml", "finds: {i2-name-given: not_shown}", "finds: {}")
    report = check_law(few, few)
    laws = [*laws_of(few)]
    broken = report.broken
    assert report == LawReport(
        agreements=("sandbox-routes", "sandbox", "treasury-dhs-2025"),
        routes=3,
        statutes=6,
        elements=len({name for name, _ in _elements()}),
        entries=len(_elements()),
        quotes=sum(each.quote is not None for each in _elements().values()),
        sentences=sentences,
        digests=tuple(law.digest for law in laws),
        broken=broken,
    )
    assert broken
    assert {(each.file, each.element) for each in broken} == {("name", "i2-name-given")}


def test_an_element_of_two_entries_is_one_element(few: Path) -> None:
    path = few / "statutes" / "us-26-6103-i-2.yaml"
    text = path.read_text(encoding="utf-8")
    start = text.index("  - id: i2-use-certified")
    ended = text[start:].replace("in_force: *since", "in_force: {from: 2025-01-01, to: 2034-12-31}")
    begun = text[start:].replace("in_force: *since", "in_force: {from: 2035-01-01, to: null}")
    path.write_text(text[:start] + ended + begun, encoding="utf-8")
    before, after = _committed(), check_law(few, few)
    assert (after.elements, after.entries, after.quotes) == (
        before.elements,
        before.entries + 1,
        before.quotes + 1,
    )
    page = explain_element(few, few, "use_not_certified")
    assert page is not None
    assert [each.in_force.first.year for each in page.entries] == [2025, 2035]


def test_an_office_has_its_one_agreement_and_takes_the_librarys_sentences(tmp_path: Path) -> None:
    office = tmp_path / "law"
    law = copy_law(LIBRARY, LIBRARY / "agreements" / "sandbox.yaml", office)
    assert laws_of(office) == [law]
    report = check_law(office, LIBRARY)
    assert (report.agreements, report.routes, report.digests, report.broken) == (
        ("sandbox",),
        1,
        (law.digest,),
        (),
    )
    assert report.sentences == _committed().sentences


def test_p10_a_directory_without_an_agreement_refuses(library: Path) -> None:
    shutil.rmtree(library / "agreements")
    with expect_fault(SettingsFault, "law_unreadable", "law/agreement.yaml"):
        laws_of(library)


@pytest.mark.parametrize(
    ("name", "file", "element"),
    [
        ("i2-period-definite", "statutes/us-26-6103-i-2.yaml", "i2-period-definite"),
        ("period_vague", "statutes/us-26-6103-i-2.yaml", "i2-period-definite"),
        ("investigation-own", "routes/written-request.yaml", "investigation-own"),
        ("c-consent-recent", "routes/consent.yaml", "c-consent-recent"),
        ("guard-attempts", "common/every-route.yaml", "guard-attempts"),
    ],
)
def test_a_page_of_an_element_names_its_file_and_holds_the_sentences_about_it_alone(
    name: str, file: str, element: str
) -> None:
    page = explain_element(LIBRARY, LIBRARY, name)
    assert page is not None
    assert (page.file, [each.id for each in page.entries]) == (file, [element])
    assert {each.element for each in page.sentences} == {element}
    assert len(page.sentences) >= 4


def test_what_no_law_holds_has_no_page() -> None:
    assert explain_element(LIBRARY, LIBRARY, "i2-nothing") is None


def test_each_route_stands_once_in_the_order_of_the_agreements() -> None:
    assert [law.route.id for law in routes_of(LIBRARY)] == [
        "written-request",
        "court-order",
        "consent",
    ]


def test_a_bar_in_a_cell_breaks_no_table() -> None:
    law = routes_of(LIBRARY)[2]
    element = changed(
        law.common.elements[0],
        cure="This | that",
        in_force=changed(law.common.elements[0].in_force, last=None),
    )
    page = table_page([changed(law, common=changed(law.common, elements=(element,)))])
    assert page.count("| This \\| that |\n") == 1
    assert (
        f"| `{element.id}` | {element.citation} | {element.in_force.first} to no end | "
        f"`{element.code}` | " in page
    )


def test_the_end_of_an_entry_is_on_the_page() -> None:
    law = routes_of(LIBRARY)[2]
    span = changed(law.route.elements[0].in_force, last=law.route.elements[0].in_force.first)
    ended = changed(law.route.elements[0], in_force=span)
    page = table_page([changed(law, route=changed(law.route, elements=(ended,)))])
    assert f"| {span.first} to {span.first} |" in page
