"""The law as a whole: checked, looked up, printed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from counterfoil.gate import check_law, explain_element, table_page
from counterfoil.gate.library import routes_of
from tests.cli.desk import command
from tests.gate.world import LIBRARY, ROOT, every_route

PAGE = ROOT / "docs" / "formats" / "law-elements.md"


@pytest.fixture
def library(tmp_path: Path) -> Path:
    return Path(shutil.copytree(LIBRARY, tmp_path / "law"))


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
    assert told.json["elements"] == len({element.id for law in every_route() for element in law.elements})
    assert told.json["sentences"] == check_law(LIBRARY, LIBRARY).sentences > 200
    assert command("law", "check").out.startswith("OK: 3 agreements, 3 routes, 5 statutes")


@pytest.mark.whole
def test_a_sentence_that_fails_is_exit_5_and_named(library: Path) -> None:
    _replace(library / "cases" / "name.yaml", "finds: {i2-name-given: not_shown}", "finds: {}")
    told = command("law", "check", "--library", library, "--json")
    assert (told.code, told.error) == (5, "law_sentence_fails")
    assert "cases/name: i2-name-given" in told.json["error"]["place"]
    assert (
        "admitted; the law finds refused for i2-name-given (not shown)"
        in command("law", "check", "--library", library).err
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
    assert command("law", "check", "--office", office, "--json").json["agreements"] == ["sandbox"]
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
