"""Counts of one question, each for itself: of the file, of the past, of both together; and what is
asked once for many requests."""

from __future__ import annotations

import pytest

from counterfoil.core.values import Finding, State
from counterfoil.gate.checks import memo
from counterfoil.gate.checks.inputs import MET, NOT_MET, CheckInput, RequestReader
from counterfoil.gate.checks.memo import ALONE, PARTS, Part, SharedSteps
from counterfoil.gate.history.batch_counts import History, officer_load
from counterfoil.gate.history.counts import (
    NO_COUNTS,
    Counts,
    Question,
    Uses,
    read_question,
    uses_of,
)
from tests.gate.world import (
    KEY,
    NO_HISTORY,
    ON,
    REQUEST,
    amended,
    changed,
    facts_of,
    repeats_in,
    sandbox,
)

FORM = read_question(KEY, REQUEST).form
ONE = Question(FORM, 1, 2, 3)
LAW = sandbox()


@pytest.mark.parametrize(
    ("batch", "past", "uses"),
    [
        (NO_COUNTS, NO_COUNTS, Uses(1, 1, 1, 1)),
        (Counts({1: 2}), NO_COUNTS, Uses(2, 1, 1, 1)),
        (NO_COUNTS, Counts({1: 2}), Uses(3, 1, 1, 1)),
        (Counts(contents={3: 2}), Counts(contents={3: 4}), Uses(1, 1, 1, 6)),
        (NO_COUNTS, Counts(contents={3: 4}), Uses(1, 1, 1, 5)),
        (Counts(addresses={1: {2, 7}}), NO_COUNTS, Uses(1, 2, 1, 1)),
        (Counts(addresses={1: {8, 7}}), NO_COUNTS, Uses(1, 3, 1, 1)),
        (NO_COUNTS, Counts(people={2: {7, 8}}), Uses(1, 1, 3, 1)),
        (Counts(people={2: {1, 7}}), Counts(people={2: {7, 8}}), Uses(1, 1, 3, 1)),
        (Counts({1: 2}, {}, {2: {1, 7}}, {3: 2}), NO_COUNTS, Uses(2, 1, 2, 2)),
        (Counts({9: 9}, {9: {1, 2}}, {9: {1, 2}}, {9: 9}), NO_COUNTS, Uses(1, 1, 1, 1)),
    ],
)
def test_file_and_past_are_counted_together_and_the_question_itself_once(
    batch: Counts, past: Counts, uses: Uses
) -> None:
    assert uses_of(ONE, batch, past) == uses


@pytest.mark.parametrize(
    "absent", [Question(FORM, 0, 2, 3), Question(FORM, 1, 0, 3), Question(FORM, 1, 2, 0)]
)
def test_what_is_absent_counts_nobody(absent: Question) -> None:
    many = Counts({0: 9}, {0: {5, 6}, 1: {5, 6}}, {0: {5, 6}, 2: {5, 6}}, {0: 9})
    uses = uses_of(absent, many, many)
    assert uses.attempts == 1
    assert (uses.addresses, uses.people) == ((3, 3) if absent.person and absent.address else (1, 1))
    assert uses.contents == 1


def test_what_is_not_repeated_in_a_file_is_there_once() -> None:
    facts = facts_of(
        REQUEST,
        changed(row=2),
        changed(row=3, reason="Another matter", investigation_number="CR-2"),
    )
    assert [
        repeats_in(facts, reason=reason, investigation_number=number)
        for reason, number in ((REQUEST.reason, "CR-2"), ("Another matter", "CR-9"), ("No", "x"))
    ] == [(2, 2, 1), (1, 1, 1), (1, 1, 1)]
    assert repeats_in(facts_of(REQUEST), reason="x", investigation_number="x") == (1, 1, 1)
    assert facts.file_digest == "sha256:" + "0" * 64
    assert (officer_load("OFF-1", facts, NO_HISTORY), officer_load("OFF-9", facts, History())) == (
        3,
        0,
    )


def test_what_stands_once_in_a_file_is_read_as_once() -> None:
    asked = _asked()
    assert (asked.reason_uses, asked.similar_uses, asked.investigation_people, asked.uses) == (
        1,
        1,
        1,
        Uses(1, 1, 1, 1),
    )


# -- shared ----------------------------------------------------------------------------------------------


def _asked(**fields: object) -> CheckInput:
    request = changed(**fields)
    reader = RequestReader(LAW.terms.rules.periods, facts_of(request), NO_HISTORY, ON)
    return reader.read(request, read_question(KEY, request), NO_COUNTS)


def test_a_reason_with_a_word_of_a_barred_phrase_is_asked_about_by_itself() -> None:
    screened = PARTS[4].of
    assert screened(_asked(), LAW.terms) == ()
    assert screened(_asked(reason="To locate her"), LAW.terms) is ALONE


def test_an_address_at_the_limit_shares_its_counts_and_one_beyond_it_is_read_by_itself() -> None:
    terms = amended({"limits.guards.people_at_address": 2}).terms
    counts = PARTS[5].of
    assert counts(changed(_asked(), uses=Uses(1, 1, 2, 1)), terms) == (Uses(1, 1, 2, 1), 1, 1, 1)
    assert counts(changed(_asked(), uses=Uses(1, 1, 3, 1)), terms) is ALONE


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
        lambda one, _: ALONE if one.reason == "-" else one.reason, frozenset({"use_is_certified"})
    )
    findings = [{state: Finding("e", state) for state in State}] * 8
    steps = SharedSteps(part, [(7, "use_is_certified"), (3, "name_is_given")], LAW.terms, findings)
    found = [steps.failed(changed(_asked(), reason=thing)) for thing in things]
    assert found == [[(7, Finding("e", NOT_MET))] if thing == "a" else [] for thing in things]
    assert len(calls) == asked
