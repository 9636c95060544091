"""P10: law that cannot be used whole is not used at all, and the fault names file, field and
cure."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import msgspec
import pytest

from counterfoil.core.errors import SettingsFault
from counterfoil.core.values import Document, Header, State
from counterfoil.gate import copy_law, load_law, run_cases
from counterfoil.gate.checks.document import document_is_recent
from counterfoil.gate.checks.inputs import FileInput
from counterfoil.gate.history.batch_counts import History
from tests.gate.world import CASES, LIBRARY, every_route, sandbox
from tests.world.faults import assert_as_documented, expect_fault

STATUTE, REMOVAL, ROUTE = (
    "statutes/us-26-6103-i-2.yaml",
    "statutes/us-8-1253-a-1.yaml",
    "routes/written-request.yaml",
)
COMMON, CONSENT, ORDER = "common/every-route.yaml", "routes/consent.yaml", "routes/court-order.yaml"
_ORDER_LINES = (
    (Path(__file__).parents[3] / "law" / "routes" / "court-order.yaml").read_text().splitlines()
)
AGREEMENT = "agreement.yaml"
DOCUMENT = Document("sha256:" + "0" * 64, date(2025, 6, 1), None, (), (), ())
CHECKED_WORDS = {
    "the head of any Federal agency or the Inspector General thereof",
    "in writing",
    "the name and address of the taxpayer with respect to whom the requested return information "
    "relates",
    "the taxable period or periods to which such return information relates",
    "the statutory authority under which the proceeding or investigation described in "
    "subparagraph (A) is being conducted",
    "the specific reason or reasons why such disclosure is, or may be, relevant to such "
    "proceeding or investigation",
    "personally and directly engaged in",
    "solely for the use of such officers and employees",
    "to believe, based upon information believed to be reliable, that a specific criminal act "
    "has been committed",
    "is or may be relevant to a matter relating to the commission of such act",
    "exclusively for use in a Federal criminal investigation or proceeding concerning such act",
    "to the extent necessary as provided in such order",
    "the name of a person with respect to whom a return is filed",
    "such person or persons as the taxpayer may designate in a request for or consent to "
    "such disclosure",
    "a request for or consent to such disclosure",
    "the express purpose for which consent was granted",
    "the return of any taxpayer, or return information with respect to such taxpayer",
    "shall not use the information for any purpose other than the express purpose for which "
    "consent was granted and shall not disclose return information to any other person "
    "without the express permission of, or request by, the taxpayer",
    "Returns and return information shall be confidential, and except as authorized by this title",
    "any investigation which may result in such a proceeding",
    "any return or return information with respect to any specified taxable period or periods",
    "as a condition for receiving returns or return information",
    "exclusively for use in locating such individual",
    "may authorize an application to a Federal district court judge or magistrate judge for "
    "the order referred to in subparagraph (A)",
    "preparation for any judicial or administrative proceeding pertaining to the enforcement "
    "of a specifically designated Federal criminal statute (not involving tax "
    "administration)",
    "pursuant to and upon the grant of an ex parte order by a Federal district court judge "
    "or magistrate judge under subparagraph (B)",
    "solely for the use of such officers and employees in such preparation, investigation, "
    "or grand jury proceeding",
    "that a specific criminal act has been committed",
}
"""Words that were compared with the US Code's own XML. Add one here only after comparing it."""
COPIED_WORDS = {
    "in the case of the Department of Justice",
    "officers and employees of such agency",
    "officers and employees of any Federal agency who are personally and directly engaged in",
    "specifically designated Federal criminal statute (not involving tax administration)",
    "specifically designated Federal criminal statute or related civil forfeiture (not involving "
    "tax administration)",
    "pertaining to the case of a missing or exploited child",
    "ex parte order by a Federal district court judge or magistrate judge",
    "the information sought to be disclosed cannot reasonably be obtained, under the "
    "circumstances, from another source",
    "against whom a final order of removal is outstanding",
    "by reason of being a member of any of the classes described in section 1227(a) of this title",
    "willfully fails or refuses to depart from the United States within a period of 90 days from "
    "the date of the final order of removal under administrative processes, or if judicial review "
    "is had, then from the date of the final order of the court",
    "if judicial review is had, then from the date of the final order of the court",
    "willfully fails or refuses to depart from the United States",
    "willfully fails or refuses to make timely application in good faith for travel or other "
    "documents necessary to",
    "connives or conspires, or takes any other action, designed to prevent or hamper or with the "
    "purpose of preventing or hampering",
    "willfully fails or refuses to present himself or herself for removal at the time and place "
    "required by the Attorney General pursuant to such order",
    "It is not a violation of paragraph (1) to take any proper steps for the purpose of securing "
    "cancellation of or exemption from such order of removal",
    "has been denied admission, excluded, deported, or removed or has departed the United States "
    "while an order of exclusion, deportation, or removal is outstanding",
    "enters, attempts to enter, or is at any time found in, the United States",
}
"""Words that were compared, one by one, with a public copy of the Code, which each statute file
names; not with its XML."""


@pytest.fixture
def office(tmp_path: Path) -> Path:
    directory = tmp_path / "law"
    copy_law(LIBRARY, LIBRARY / "agreements" / "sandbox.yaml", directory)
    return directory


def _edit(office: Path, file: str, old: str, new: str) -> None:
    path = office / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def _without_list(name: str) -> tuple[str, str]:
    return rf"(?m)^( *){name}:(?:\n(?:\1  .*|\1 *#.*))+", rf"\1{name}: []"


FAULTS = {
    "an unknown field of a statute": (STATUTE, "title:", "colour: blue\ntitle:", "law_field", "$"),
    "an unknown field of an element": (
        STATUTE,
        "    code: name_missing",
        "    code: name_missing\n    weight: 3",
        "law_field",
        "elements",
    ),
    "an unknown field of an agreement": (
        AGREEMENT,
        "  same_reason: 20",
        "  same_reason: 20\n  burst: 9",
        "law_field",
        "limits",
    ),
    "a missing limit": (AGREEMENT, "  same_reason: 20\n", "", "law_field", "limits"),
    "a limit of zero": (
        AGREEMENT,
        "same_reason: 20",
        "same_reason: 0",
        "law_field",
        "limits.same_reason",
    ),
    "a limit that is a word": (
        AGREEMENT,
        "same_reason: 20",
        "same_reason: many",
        "law_field",
        "limits.same_reason",
    ),
    "a field written twice": (
        AGREEMENT,
        "sandbox: true",
        "sandbox: true\nsandbox: false",
        "law_duplicate_key",
        "line",
    ),
    "an unknown version": (
        STATUTE,
        "counterfoil-statute-1",
        "counterfoil-statute-9",
        "law_field",
        "format",
    ),
    "a date that does not exist": (
        AGREEMENT,
        "signed_on: 2025-01-01",
        "signed_on: 2025-02-30",
        "law_field",
        "signed_on",
    ),
    "a last day left out": (
        AGREEMENT,
        "in_force: {from: 2025-01-01, to: 2035-12-31}",
        "in_force: {from: 2025-01-01}",
        "law_field",
        "in_force",
    ),
    "broken YAML": (AGREEMENT, "parties:", "parties: [", "law_yaml", "line"),
    "a quote that differs from its digest": (
        STATUTE,
        "quote: in writing",
        "quote: in print",
        "law_quote_digest",
        "i2-in-writing: quote",
    ),
    "a quote without a digest": (
        REMOVAL,
        "quote: null",
        "quote: some words",
        "law_quote_digest",
        "investigation-after-order: digest",
    ),
    "a check that is not of the table": (
        STATUTE,
        "check: name_is_given",
        "check: name_is_nice",
        "law_check_unknown",
        "i2-name-given: check",
    ),
    "a code of two elements": (
        STATUTE,
        "code: name_placeholder",
        "code: name_missing",
        "law_code_twice",
        "i2-name-real: code",
    ),
    "an id that is not the file's name": (
        STATUTE,
        "id: us-26-6103-i-2",
        "id: us-26-6103-i-3",
        "law_id",
        "us-26-6103-i-2.yaml: id",
    ),
    "a statute that is not there": (
        ROUTE,
        "us-26-6103-p-4",
        "us-26-6103-p-5",
        "law_missing",
        "statutes",
    ),
    "a route that is not there": (
        AGREEMENT,
        "routes: [written-request]",
        "routes: [locating]",
        "law_missing",
        "routes",
    ),
    "a phrase without letters": (
        AGREEMENT,
        "    - homeless",
        '    - "???"',
        "law_phrase_empty",
        "placeholder_phrases",
    ),
    "a listed place without a number": (
        AGREEMENT,
        "500 Custody Loop",
        "Custody Loop",
        "law_place_incomplete",
        "custodial_places[0]",
    ),
}


ROUTE_FAULTS = {
    "a route listed twice": (
        AGREEMENT,
        "court-order, consent]",
        "consent, consent]",
        "law_route_twice",
        "routes",
    ),
    "an order's judges in a consent": (
        CONSENT,
        "judges: null",
        "judges: [district]",
        "law_rules_kind",
        "document.judges",
    ),
    "a court order without judges": (
        ORDER,
        next(each.strip() for each in _ORDER_LINES if each.startswith("    judges: [")),
        "judges: null",
        "law_rules_kind",
        "judges",
    ),
    "a written request with a document's rules": (
        ROUTE,
        "kind: written-request",
        "kind: consent",
        "law_check_other_kind",
        "check",
    ),
    "a consent of the wrong kind": (
        CONSENT,
        "kind: consent",
        "kind: court-order",
        "law_check_other_kind",
        "check",
    ),
    "an unknown kind": (CONSENT, "kind: consent", "kind: locating", "law_field", "kind"),
    "two windows on one day": (
        CONSENT,
        "    days:",
        "    days:\n      - {days: 60, in_force: {from: 2026-01-01, to: null}, source: made up}",
        "law_dates_overlap",
        "consent.yaml: rules.document.days",
    ),
    "a window of no days": (CONSENT, "days: 120", "days: 0", "law_field", "days"),
    "a common file that is not there": (
        CONSENT,
        "common: every-route",
        "common: no-route",
        "law_missing",
        "common",
    ),
    "another door without its identifier": (
        "statutes/us-26-6103-i-1.yaml",
        ", uslm: /us/usc/t26/s6103/i/5}",
        "}",
        "law_field",
        "door",
    ),
    "an element of an order that is deleted": (
        "statutes/us-26-6103-i-1.yaml",
        "check: order_finds_act",
        "check: order_finds_relevance",
        "law_check_unused",
        "routes/court-order.yaml",
    ),
}


@pytest.mark.parametrize("fault", ROUTE_FAULTS)
def test_p10_a_route_with_a_fault_refuses_whichever_route_is_asked(
    tmp_path: Path, fault: str
) -> None:
    directory = tmp_path / "law"
    copy_law(LIBRARY, LIBRARY / "agreements" / "sandbox-routes.yaml", directory)
    file, old, new, code, place = ROUTE_FAULTS[fault]
    _edit(directory, file, old, new)
    with pytest.raises(SettingsFault) as raised:
        load_law(directory)
    assert raised.value.code == code
    assert place in raised.value.place
    assert_as_documented(raised.value)


def test_the_days_of_a_document_change_on_a_date(tmp_path: Path) -> None:
    directory = tmp_path / "law"
    copy_law(LIBRARY, LIBRARY / "agreements" / "sandbox-routes.yaml", directory)
    old = "{days: 120, in_force: {from: 2025-01-01, to: null}"
    new = "{days: 60, in_force: {from: 2025-01-01, to: 2025-08-06}, source: made up}\n      - "
    _edit(directory, CONSENT, old, new + old.replace("2025-01-01", "2025-08-07"))
    terms = load_law(directory).for_route("consent").terms
    asked = Header("", "", "", date(2025, 7, 1), document=DOCUMENT)
    states = {
        day: document_is_recent(FileInput(asked, 1, (), History(), day), terms)
        for day in (date(2025, 8, 6), date(2025, 8, 7), date(2024, 12, 31))
    }
    assert list(states.values()) == [State.NOT_MET, State.MET, State.NOT_MET]


@pytest.mark.parametrize("fault", FAULTS)
def test_p10_a_law_file_with_a_fault_refuses_and_names_place_and_cure(
    office: Path, fault: str
) -> None:
    file, old, new, code, place = FAULTS[fault]
    _edit(office, file, old, new)
    with pytest.raises(SettingsFault) as raised:
        load_law(office)
    assert raised.value.code == code
    assert place in raised.value.place
    assert_as_documented(raised.value)


LISTS = {
    AGREEMENT: (
        "designated",
        "purposes",
        "placeholder_phrases",
        "custodial_places",
        "requester_offices",
        "principals",
        "use_limits",
    ),
    ROUTE: ("offices", "elements"),
    COMMON: (
        "placeholder_entries",
        "custodial_words",
        "general_phrases",
        "locating",
        "civil",
        "benefits",
        "voter_rolls",
        "other_purpose",
        "group_names",
        "elements",
    ),
    STATUTE: ("elements",),
}


@pytest.mark.parametrize(
    ("file", "name"), [(file, name) for file, names in LISTS.items() for name in names]
)
def test_p10_an_empty_list_refuses(office: Path, file: str, name: str) -> None:
    path = office / file
    text = path.read_text(encoding="utf-8")
    emptied, times = re.subn(*_without_list(name), text, count=1)
    assert times == 1
    path.write_text(emptied, encoding="utf-8")
    with pytest.raises(SettingsFault) as raised:
        load_law(office)
    assert raised.value.code == "law_field"
    assert "length >= 1" in raised.value.message


@pytest.mark.parametrize(
    ("file", "name"),
    [
        (AGREEMENT, "routes"),
        (ROUTE, "statutes"),
        (ROUTE, "written_as"),
        (ROUTE, "classes"),
        (ORDER, "judges"),
        (CONSENT, "items"),
        (COMMON, "nothing_stated"),
        (COMMON, "group_words"),
        (COMMON, "itin_groups"),
        (COMMON, "atin_groups"),
        (COMMON, "made_up_groups"),
    ],
)
def test_p10_an_empty_list_in_one_line_refuses(office: Path, file: str, name: str) -> None:
    path = office / file
    emptied, times = re.subn(
        rf"(?m)^( *){name}: \[.*\]$", rf"\1{name}: []", path.read_text(encoding="utf-8"), count=1
    )
    assert times == 1
    path.write_text(emptied, encoding="utf-8")
    with pytest.raises(SettingsFault, match="length >= 1"):
        load_law(office)


def test_p10_a_missing_file_refuses(office: Path) -> None:
    (office / AGREEMENT).unlink()
    with expect_fault(SettingsFault, "law_unreadable", "law/agreement.yaml"):
        load_law(office)


def test_p10_a_file_that_is_not_utf8_refuses(office: Path) -> None:
    (office / AGREEMENT).write_bytes(b"title: \xff\xfe")
    with pytest.raises(SettingsFault) as raised:
        load_law(office)
    assert raised.value.code == "law_unreadable"


def test_p10_an_empty_file_refuses(office: Path) -> None:
    (office / AGREEMENT).write_text("", encoding="utf-8")
    with pytest.raises(SettingsFault) as raised:
        load_law(office)
    assert raised.value.code == "law_field"


def test_p10_an_unsigned_file_is_accepted_in_a_sandbox_only(office: Path) -> None:
    _edit(office, AGREEMENT, "sandbox: true", "sandbox: false")
    with expect_fault(
        SettingsFault,
        "law_sandbox_only",
        "agreement sandbox: principals.sandbox-principal.unsigned_accepted",
    ):
        load_law(office)


def test_p10_a_principal_listed_twice_refuses(office: Path) -> None:
    path = office / AGREEMENT
    text = path.read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if "id: sandbox-principal" in line)
    path.write_text(text.replace(line, f"{line}\n{line}"), encoding="utf-8")
    with expect_fault(
        SettingsFault, "law_principal_twice", "agreement sandbox: principals.sandbox-principal"
    ):
        load_law(office)


def _second_entry(
    office: Path, first_last: str, second_first: str, *, check: str = "use_is_certified"
) -> None:
    """End the last element of the statute on one day and begin its second entry on another."""
    path = office / STATUTE
    text = path.read_text(encoding="utf-8")
    start = text.index("  - id: i2-use-certified")
    entry = text[start:]
    ended = entry.replace("in_force: *since", f"in_force: {{from: 2025-01-01, to: {first_last}}}")
    begun = entry.replace(
        "in_force: *since", f"in_force: {{from: {second_first}, to: null}}"
    ).replace("check: use_is_certified", f"check: {check}")
    path.write_text(text[:start] + ended + begun, encoding="utf-8")


def test_a_rule_changes_by_ending_one_entry_and_beginning_another(office: Path) -> None:
    _second_entry(office, "2025-06-30", "2025-07-01")
    law = load_law(office)
    entries = [element for element in law.elements if element.id == "i2-use-certified"]
    assert len(entries) == 2
    for element in entries:
        assert element in law.in_force(element.in_force.first)


@pytest.mark.parametrize(
    ("last", "first", "check", "code"),
    [
        ("2025-07-01", "2025-07-01", "use_is_certified", "law_dates_overlap"),
        ("2030-01-01", "2025-07-01", "use_is_certified", "law_dates_overlap"),
        ("2024-01-01", "2025-07-01", "use_is_certified", "law_dates_order"),
        ("2025-06-30", "2025-07-01", "name_is_given", "law_entry_differs"),
    ],
)
def test_p10_entries_that_disagree_refuse(
    office: Path, last: str, first: str, check: str, code: str
) -> None:
    _second_entry(office, last, first, check=check)
    with pytest.raises(SettingsFault) as raised:
        load_law(office)
    assert raised.value.code == code
    assert_as_documented(raised.value)


def test_p10_an_element_outside_its_statutes_dates_refuses(office: Path) -> None:
    _second_entry(office, "2025-06-30", "2025-07-01")
    _edit(
        office,
        STATUTE,
        "in_force: &since {from: 2025-01-01, to: null}",
        "in_force: {from: 2025-02-01, to: null}\n",
    )
    text = (
        (office / STATUTE)
        .read_text(encoding="utf-8")
        .replace("in_force: *since", "in_force: {from: 2025-02-01, to: null}")
    )
    (office / STATUTE).write_text(text, encoding="utf-8")
    with pytest.raises(SettingsFault) as raised:
        load_law(office)
    assert (raised.value.code, raised.value.place) == (
        "law_dates_outside",
        "element i2-use-certified: in_force",
    )


def test_p10_an_element_that_is_deleted_refuses(office: Path) -> None:
    path = office / STATUTE
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("  - id: i2-use-certified")], encoding="utf-8")
    with pytest.raises(SettingsFault) as raised:
        load_law(office)
    assert raised.value.code == "law_check_unused"
    assert "use_is_certified" in raised.value.message


def test_only_words_that_were_compared_with_the_code_are_quoted() -> None:
    quoted = {
        element.quote
        for law in every_route()
        for element in law.elements
        if element.quote is not None
    }
    assert quoted == CHECKED_WORDS | COPIED_WORDS


def test_an_element_of_title_26_a_route_or_the_common_file_without_a_quote_says_why() -> None:
    silent = [
        element.id
        for law in every_route()
        for statute in (*law.statutes, law.route, law.common)
        for element in statute.elements
        if element.quote is None and element.why is msgspec.UNSET
        if not statute.id.startswith("us-8-")
    ]
    assert silent == []


def test_every_statute_element_cites_the_code_by_identifier() -> None:
    assert [
        element.id
        for law in every_route()
        for statute in law.statutes
        for element in statute.elements
        if not (element.uslm or "").startswith("/us/usc/t") and not isinstance(element.why, str)
    ] == []


def test_the_digest_changes_with_one_character_of_law_and_not_with_a_comment(office: Path) -> None:
    before = load_law(office)
    _edit(office, AGREEMENT, "signed_on:", "# a comment\nsigned_on:")
    assert load_law(office).digest == before.digest
    _edit(office, AGREEMENT, "same_reason: 20", "same_reason: 21")
    after = load_law(office)
    assert after.digest != before.digest
    assert after.agreement_digest != before.agreement_digest
    _edit(office, STATUTE, "Give both names in letters.", "Give both names.")
    assert load_law(office).digest != after.digest
    assert load_law(office).agreement_digest == after.agreement_digest


def test_the_office_copy_is_the_librarys_law(office: Path) -> None:
    assert load_law(office) == sandbox()


def test_a_copy_never_writes_over_a_law_directory(office: Path) -> None:
    with expect_fault(SettingsFault, "law_not_copied", "law/law") as raised:
        copy_law(LIBRARY, LIBRARY / "agreements" / "sandbox.yaml", office)
    assert "(FileExistsError)" in raised.value.message


def test_codes_are_found_by_element() -> None:
    law = sandbox()
    assert law.code_of("i2-name-given") == "name_missing"
    with pytest.raises(ValueError, match="no such element"):
        law.code_of("i2-nothing")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('{given_name: ""}', '{first_name: ""}', "law_field"),
        ("element: i2-name-given", "element: i2-name-gone", "law_case_element"),
        ('change: {given_name: ""}', "amend: {limits.nothing: 3}", "law_case_amend"),
        ('change: {given_name: ""}', "amend: {principals.9.key: x}", "law_case_amend"),
        ('change: {given_name: ""}', "change: {date_of_birth: 2025-02-30}", "law_field"),
        ("finds: {i2-name-given: not_shown}", "finds: {i2-name-given: perhaps}", "law_field"),
    ],
)
def test_a_case_file_with_a_fault_refuses(tmp_path: Path, old: str, new: str, code: str) -> None:
    cases = tmp_path / "cases"
    cases.mkdir()
    shutil.copy(CASES / "base.yaml", cases)
    text = (CASES / "name.yaml").read_text(encoding="utf-8")
    assert old in text
    (cases / "name.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SettingsFault) as raised:
        run_cases(LIBRARY, cases)
    assert raised.value.code == code
    assert_as_documented(raised.value)


def test_a_sentence_that_the_law_does_not_bear_out_is_reported(tmp_path: Path) -> None:
    cases = tmp_path / "cases"
    cases.mkdir()
    shutil.copy(CASES / "base.yaml", cases)
    text = (
        (CASES / "name.yaml")
        .read_text(encoding="utf-8")
        .replace("finds: {i2-name-given: not_shown}", "finds: {}", 1)
    )
    (cases / "name.yaml").write_text(text, encoding="utf-8")
    broken = [result for result in run_cases(LIBRARY, cases) if not result.agrees]
    assert [(result.file, result.element) for result in broken] == [("name", "i2-name-given")]
