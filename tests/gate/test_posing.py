"""Sentences about the law: what a sentence may suppose, and what is wrong with one that cannot be
put."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from counterfoil.core.errors import SettingsFault
from counterfoil.core.values import State
from counterfoil.gate.cases import CaseResult, prepare_sentences, run_cases
from tests.gate.world import CASES, LIBRARY
from tests.world.faults import expect_fault

GIVEN = "i2-name-given"


def _file(
    tmp_path: Path, *sentences: dict[str, object], element: str = GIVEN, **fields: object
) -> Path:
    """A folder of cases: the library's bases, and one file of these sentences."""
    cases = tmp_path / "cases"
    (cases / "part").mkdir(parents=True)
    for base in CASES.glob("base*.yaml"):
        shutil.copy(base, cases)
    stated = [
        {"because": f"made up {number}", "finds": {}} | sentence
        for number, sentence in enumerate(sentences)
    ]
    written = {
        "format": "counterfoil-cases-1",
        "title": "Made up",
        "cases": [{"element": element, "sentences": stated}],
    }
    (cases / "part" / "file.yaml").write_text(yaml.safe_dump(written | fields), encoding="utf-8")
    return cases


def _found(
    tmp_path: Path, sentence: dict[str, object], element: str = GIVEN, **fields: object
) -> dict[str, State]:
    [result] = run_cases(LIBRARY, _file(tmp_path, sentence, element=element, **fields))
    return dict(result.found)


def test_a_result_says_which_sentence_of_which_file_found_what(tmp_path: Path) -> None:
    holds = {"change": {"given_name": ""}, "finds": {GIVEN: "not_shown"}}
    results = run_cases(LIBRARY, _file(tmp_path, holds, {}, {"change": {"given_name": ""}}))
    refused = ((GIVEN, State.NOT_SHOWN),)
    assert results == [
        CaseResult("part/file", GIVEN, "made up 0", refused, refused),
        CaseResult("part/file", GIVEN, "made up 1", (), ()),
        CaseResult("part/file", GIVEN, "made up 2", (), refused),
    ]
    assert [result.agrees for result in results] == [True, True, False]


def test_a_sentence_is_posed_before_it_is_put(tmp_path: Path) -> None:
    [posed] = prepare_sentences(LIBRARY, _file(tmp_path, {}))
    assert (posed.file, posed.element, posed.path.name, posed.base.agreement) == (
        "part/file",
        GIVEN,
        "file.yaml",
        "sandbox",
    )
    assert posed.law.route.id == "written-request"
    assert posed.run().agrees


@pytest.mark.parametrize(
    ("sentence", "element", "found"),
    [
        ({"header": {"sent_on": "2025-08-08"}, "on": "2025-08-07"}, "sent-date-come", "not_met"),
        ({"header": {"requester": "Agency B"}}, "requester-party", "not_met"),
        ({"header": {"requester": ""}}, "requester-party", "not_shown"),
        ({"header": {"agreement": "other"}}, "agreement-named", "not_met"),
        ({"header": {"agreement": ""}}, "agreement-named", "not_shown"),
        ({"header": {"principal": "other"}}, "i2-principal-listed", "not_met"),
        ({"batch": {"rows": 100001}}, "batch-limit", "not_met"),
        ({"batch": {"same_reason": 21}}, "i2-reason-own", "not_met"),
        ({"batch": {"similar_reason": 100001}}, "i2-reason-own", "not_met"),
        ({"batch": {"people_in_investigation": 6}}, "investigation-own", "not_met"),
        ({"batch": {"attempts_on_person": 1001}}, "guard-attempts", "not_met"),
        ({"batch": {"addresses_of_person": 1001}}, "guard-addresses", "not_met"),
        ({"batch": {"people_at_address": 1001}}, "guard-people", "not_met"),
        ({"batch": {"same_request": 1001}}, "guard-replay", "not_met"),
        ({"past": {"attempts_on_person": 1000}}, "guard-attempts", "not_met"),
        ({"past": {"addresses_of_person": 1000}}, "guard-addresses", "not_met"),
        ({"past": {"people_at_address": 1000}}, "guard-people", "not_met"),
        ({"past": {"same_request": 1000}}, "guard-replay", "not_met"),
        ({"past": {"requests_today": 2000000}}, "guard-day", "not_met"),
        ({"past": {"requests_of_365_days": 100000000}}, "guard-year", "not_met"),
        ({"past": {"probes_days_ago": {1: 1000}}}, "guard-lockout", "not_met"),
    ],
)
def test_one_over_a_limit_is_found_and_at_the_limit_nothing_is(
    tmp_path: Path, sentence: dict[str, object], element: str, found: str
) -> None:
    assert _found(tmp_path / "over", sentence, element)[element] == found
    [(part, fields)] = [(name, value) for name, value in sentence.items() if name != "on"]
    less = {name: value - 1 if isinstance(value, int) else value for name, value in fields.items()}
    if part in ("batch", "past") and less != fields:
        assert _found(tmp_path / "at", {part: less}, element) == {}


def test_probes_are_counted_from_the_day_of_the_sentence(tmp_path: Path) -> None:
    for name, days, found in (("in", 1, {"guard-lockout": "not_met"}), ("out", 2, {})):
        sentence = {"on": "2025-09-01", "past": {"probes_days_ago": {days: 1000}}}
        assert _found(tmp_path / name, sentence, "guard-lockout") == found


def test_officers_of_the_file_and_of_history_are_counted_together(tmp_path: Path) -> None:
    base = yaml.safe_load((CASES / "base.yaml").read_text(encoding="utf-8"))
    officer = base["request"]["engaged_officers"].split("|")[0].strip()
    over = {"batch": {"officers": {officer: 200}}, "history": {officer: 51}}
    at = {"batch": {"officers": {officer: 200}}, "history": {officer: 50}}
    assert _found(tmp_path / "over", over, "i2-officers-caseload") == {
        "i2-officers-caseload": "not_met"
    }
    assert _found(tmp_path / "at", at, "i2-officers-caseload") == {}


def test_an_amended_agreement_and_a_repealed_statute_are_supposed_for_their_sentence_alone(
    tmp_path: Path,
) -> None:
    repealed = {
        "repeal": {"us-8-1253-a-1": "2025-03-01"},
        "change": {"removal_ground": "8 USC 1182"},
    }
    amended = {"amend": {"limits.same_reason": 1}, "batch": {"same_reason": 2}}
    cases = _file(
        tmp_path, repealed, amended, {"batch": {"same_reason": 2}}, element="i2-reason-own"
    )
    found = [dict(result.found) for result in run_cases(LIBRARY, cases)]
    assert found[0] == {"law-in-force": "not_met"}
    assert found[1] == {"i2-reason-own": "not_met"}
    assert found[2] == {}


def test_a_statute_is_in_force_on_the_last_day_that_a_sentence_gives_it(tmp_path: Path) -> None:
    sentence = {
        "on": "2025-03-01",
        "repeal": {"us-8-1253-a-1": "2025-03-01"},
        "change": {"removal_ground": "8 USC 1182"},
    }
    assert "removal-ground" in _found(tmp_path, sentence, "removal-ground")


def test_another_base_and_another_agreement_are_taken_by_name(tmp_path: Path) -> None:
    without = _found(tmp_path / "a", {"no_document": True}, "c-recipient", base="base-consent")
    assert without
    assert set(without.values()) == {"not_shown"}
    differing = _found(
        tmp_path / "b", {"document": {"recipient": "agency-b"}}, "c-recipient", base="base-consent"
    )
    assert differing == {"c-recipient": "not_met"}
    real = _found(tmp_path / "c", {"agreement": "treasury-dhs-2025"}, "requester-party")
    assert {"requester-party", "safeguards-current"} <= set(real)


def test_agreements_may_stand_in_a_folder_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "agreed").mkdir()
    text = (LIBRARY / "agreements" / "sandbox.yaml").read_text(encoding="utf-8")
    for name in ("sandbox", "sandbox-routes"):
        (tmp_path / "agreed" / f"{name}.yaml").write_text(
            text.replace("same_reason: 20", "same_reason: 2"), encoding="utf-8"
        )
    cases = _file(tmp_path, {"batch": {"same_reason": 3}}, element="i2-reason-own")
    [result] = run_cases(LIBRARY, cases, tmp_path / "agreed")
    assert dict(result.found) == {"i2-reason-own": "not_met"}


@pytest.mark.parametrize(
    ("sentence", "code", "place"),
    [
        ({"amend": {"limits.nothing": 3}}, "law_case_amend", "file.yaml: limits.nothing"),
        (
            {"amend": {"principals.9.key": "x", "title": "y"}},
            "law_case_amend",
            "file.yaml: principals.9.key, title",
        ),
        ({"amend": {"title.x": "y"}}, "law_case_amend", "file.yaml: title.x"),
        ({"amend": {"limits.same_reason": 0}}, "law_field", "part/file.yaml: $.limits.same_reason"),
        ({"change": {"first_name": "x"}}, "law_field", "part/file.yaml: $"),
        (
            {"document": {"digest": "x", "issued_on": "2025-01-01"}},
            "law_field",
            "part/file.yaml: $.digest",
        ),
    ],
)
def test_p10_a_sentence_that_cannot_be_put_names_its_file(
    tmp_path: Path, sentence: dict[str, object], code: str, place: str
) -> None:
    base = {"base": "base-consent", "element": "c-recipient"} if "document" in sentence else {}
    with expect_fault(SettingsFault, code, place):
        run_cases(LIBRARY, _file(tmp_path, sentence, **base))


def test_p10_a_sentence_about_no_element_of_the_law_refuses(tmp_path: Path) -> None:
    with expect_fault(SettingsFault, "law_case_element", "file.yaml: i2-nothing"):
        run_cases(LIBRARY, _file(tmp_path, {}, element="i2-nothing"))
