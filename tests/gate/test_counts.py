"""What is asked once for many requests."""

from __future__ import annotations

import pytest

from counterfoil.core.values import Finding, Person, State
from counterfoil.gate.checks import memo
from counterfoil.gate.checks.inputs import MET, NOT_MET, CheckInput, RequestReader
from counterfoil.gate.checks.memo import ALONE, PARTS, Part, SharedSteps
from counterfoil.gate.history.fingerprints import forms_of
from counterfoil.gate.history.uses import ONCE, Uses
from counterfoil.gate.law.purposes import Judged
from tests.gate.world import NO_HISTORY, ON, amended, changed, facts_of, sandbox

LAW = sandbox()


def _asked(**fields: object) -> CheckInput:
    request = changed(**fields)
    reader = RequestReader(LAW.terms.rules.periods, facts_of(request), NO_HISTORY, ON)
    return reader.read(request, forms_of([request])[0], ONCE)


def test_reasons_of_one_purpose_are_asked_about_together() -> None:
    purpose = PARTS[4].of(LAW.terms)
    told = _asked(reason="The lease names this door before the court.")
    other = _asked(reason="The lease in evidence names this door.")
    assert purpose(told) == purpose(other) == (True, True, True, True)
    civil = _asked(reason="To deport the tenant whom the lease names")
    judged = Judged(frozenset({"civil"}), is_told=True)
    assert purpose(civil) == (True, True, True, judged)


def test_a_name_that_may_be_of_two_is_asked_about_by_itself() -> None:
    named = PARTS[5].of(LAW.terms)
    assert named(_asked()) is True
    assert named(_asked(person=Person("Juan and Zelda", "", "Perez"))) is ALONE


def test_a_reason_of_another_provision_is_asked_about_by_itself() -> None:
    forfeiture = "Civil forfeiture of the house at the address on the deed, before the court"
    assert PARTS[4].of(LAW.terms)(_asked(reason=forfeiture)) is ALONE


def test_an_address_at_the_limit_shares_its_counts_and_one_beyond_it_is_read_by_itself() -> None:
    terms = amended({"limits.guards.people_at_address": 2}).terms
    counts = PARTS[7].of(terms)
    assert counts(changed(_asked(), uses=Uses(1, 1, 2, 1))) == Uses(1, 1, 2, 1)
    assert counts(changed(_asked(), uses=Uses(1, 1, 3, 1))) is ALONE


@pytest.mark.parametrize(
    ("things", "asked"), [("aaa", 1), ("abab", 2), ("abcabc", 4), ("--", 2)]
)  # two things are remembered, and "-" is shared with nobody
def test_a_check_is_asked_once_for_each_thing_that_is_remembered(
    monkeypatch: pytest.MonkeyPatch, things: str, asked: int
) -> None:
    calls: list[str] = []

    def check(one: CheckInput, terms: object) -> State:
        calls.append(one.reason)
        return NOT_MET if one.reason == "a" else MET

    monkeypatch.setattr("counterfoil.gate.checks.memo._REMEMBERED", 2)
    monkeypatch.setitem(memo.REQUEST_CHECKS, "use_is_certified", check)
    part = Part(
        lambda _: lambda one: ALONE if one.reason == "-" else one.reason,
        frozenset({"use_is_certified"}),
    )
    findings = [{state: Finding("e", state) for state in State}] * 8
    steps = SharedSteps(part, [(7, "use_is_certified"), (3, "name_is_given")], LAW.terms, findings)
    found: list[list[tuple[int, Finding]]] = [[] for _ in things]
    steps.add_failed([changed(_asked(), reason=thing) for thing in things], found)
    assert found == [[(7, Finding("e", NOT_MET))] if thing == "a" else [] for thing in things]
    assert len(calls) == asked
