"""An agreement has the form that the law asks for, and designates nothing but Federal criminal
statutes of the list, each with facts of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from counterfoil.core.errors import SettingsFault
from counterfoil.gate import copy_law, load_law
from tests.gate.world import LIBRARY
from tests.world.faults import assert_as_documented

AGREEMENT = "agreement.yaml"
CITATION = "citation: 8 USC 1253(a)(1)"
WRITTEN = "written_as: [8 U.S.C. 1253(a)(1), INA 243(a)(1)]"
REQUESTER = "requester: {id: agency-a, name: Agency A}"


@pytest.fixture
def office(tmp_path: Path) -> Path:
    copy_law(LIBRARY, LIBRARY / "agreements" / "sandbox.yaml", tmp_path / "law")
    return tmp_path / "law"


def _edit(office: Path, old: str, new: str, file: str = AGREEMENT) -> None:
    path = office / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def _refused(office: Path) -> SettingsFault:
    with pytest.raises(SettingsFault) as raised:
        load_law(office)
    assert_as_documented(raised.value)
    return raised.value


def test_an_agreement_of_the_old_form_is_refused_with_the_list_of_what_it_lacks(
    office: Path,
) -> None:
    _edit(office, "counterfoil-agreement-2", "counterfoil-agreement-1")
    _edit(office, "sandbox: true", "sandbox: false")
    _edit(office, "unsigned_accepted: true", "unsigned_accepted: false")
    _edit(office, "delegation: {allowed: false}", "delegation: {allowed: true}")
    _edit(office, CITATION, "citation: 26 USC 7201")
    fault = _refused(office)
    assert fault.code == "law_agreement_form"
    for lacking in (
        "format: counterfoil-agreement-2",
        "parties.requester.agency",
        "readings: delegation",
        "designated.0.citation",
    ):
        assert lacking in fault.message


@pytest.mark.parametrize(
    ("citation", "written", "code"),
    [
        ("26 USC 7201", "[26 U.S.C. 7201]", "law_designated_other"),
        ("8 USC 1229a", "[INA 240]", "law_designated_other"),
        ("8 USC 1324d", "[INA 274D]", "law_designated_other"),
        ("RCW 9A.56.030", "[RCW 9A.56.030]", "law_designated_other"),
        ("18 USC", "[title 18]", "law_designated_other"),
        ("8 USC 1253(a)(1)", "[26 USC 7201]", "law_designated_other"),
        ("8 USC 1253(a)(1)", "[8 USC 1326]", "law_designated_other"),
        ("8 USC 1253(a)(1)(E)", "[INA 243(a)(1)(E)]", "law_designated_other"),
        ("8 USC 1253(a)(1)(A)", "[INA 243(a)(1)]", "law_designated_other"),
        ("18 USC 1546(a)", "[18 U.S.C. 1546(a)]", "law_designated_bare"),
    ],
)
def test_no_other_statute_can_be_designated_however_it_is_written(
    office: Path, citation: str, written: str, code: str
) -> None:
    _edit(office, CITATION, f"citation: {citation}")
    _edit(office, WRITTEN, f"written_as: {written}")
    assert _refused(office).code == code


@pytest.mark.parametrize(
    ("citation", "written"),
    [
        ("8 USC 1253(a)(1)(A)", "[INA 243(a)(1)(A)]"),
        ("8 USC 1326", "[INA 276, 8 U.S.C. § 1326]"),
        ("8 USC 1326(a)", "[INA 276(a)]"),
    ],
)
def test_a_listed_statute_with_facts_of_its_own_can_be_designated(
    office: Path, citation: str, written: str
) -> None:
    _edit(office, CITATION, f"citation: {citation}")
    _edit(office, WRITTEN, f"written_as: {written}")
    assert load_law(office).terms.designated


def test_a_requester_outside_a_sandbox_is_of_the_list_of_agencies(office: Path) -> None:
    _edit(office, "sandbox: true", "sandbox: false")
    _edit(office, "unsigned_accepted: true", "unsigned_accepted: false")
    assert _refused(office).code == "law_agency_unknown"
    _edit(office, REQUESTER, "requester: {id: agency-a, name: Agency A, agency: justice}")
    assert load_law(office).terms.requester_agency == "justice"
    _edit(office, "agency: justice", "agency: washington-state-patrol")
    assert _refused(office).code == "law_agency_unknown"


@pytest.mark.parametrize(
    ("question", "reading"),
    [("delegation", "in-person"), ("delegation", "anything"), ("weather", "fair")],
)
def test_a_reading_is_of_a_question_that_is_open_and_is_not_the_one_that_counts(
    office: Path, question: str, reading: str
) -> None:
    papers = f'papers: "sha256:{"0" * 64}"'
    text = f"readings: [{{question: {question}, reading: {reading}, {papers}}}]\n"
    _edit(office, "openings_per_day: 1000000\n", f"openings_per_day: 1000000\n{text}")
    assert _refused(office).code == "law_reading_unknown"


def test_law_of_an_earlier_form_takes_no_agreement_of_the_present_one(office: Path) -> None:
    common = "common/every-route.yaml"
    _edit(office, "counterfoil-common-6", "counterfoil-common-2", common)
    assert _refused(office).code == "law_field"  # lists came with format 3
    text = (office / common).read_text(encoding="utf-8")
    (office / common).write_text(text[: text.index("  # The dated lists")], encoding="utf-8")
    assert _refused(office).code == "law_agreement_form"
    _edit(office, "counterfoil-agreement-2", "counterfoil-agreement-1")
    law = load_law(office)
    assert (law.terms.edition, law.lists) == (2, None)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("{from: 2025-01-01, to: null}", "{from: 2025-01-01, to: 2024-01-01}", "law_dates_order"),
        ("- id: us-8-1326\n", "- id: us-8-1253-a-1\n", "law_dates_overlap"),
        ("uslm:", "colour:", "law_field"),
        ("counterfoil-list-1", "counterfoil-list-9", "law_field"),
    ],
)
def test_a_list_with_a_fault_refuses(office: Path, old: str, new: str, code: str) -> None:
    _edit(office, old, new, "lists/criminal-statutes.yaml")
    assert _refused(office).code == code


def test_a_list_that_is_missing_refuses(office: Path) -> None:
    (office / "lists" / "district-courts.yaml").unlink()
    assert _refused(office).code == "law_missing"
