"""The law says what the sentences of law/cases say."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from counterfoil.gate import Law
from counterfoil.gate.cases import CaseResult, PreparedSentence, prepare_sentences
from counterfoil.gate.checks.table import BATCH_CHECKS, REQUEST_CHECKS
from counterfoil.gate.law.demands import DEMANDS, demanded_of
from tests.gate.world import CASES, LIBRARY, every_route

POSED = prepare_sentences(LIBRARY, CASES)
DEFECTS = ("F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "F10", "F19", "F20", "F21")


@cache
def result_of(number: int) -> CaseResult:
    """What the gate found of a sentence: asked once, and not while tests are collected."""
    return POSED[number].run()


def results() -> list[CaseResult]:
    return [result_of(number) for number in range(len(POSED))]


def _named(posed: PreparedSentence) -> str:
    return f"{posed.file}:{posed.element}:{posed.sentence.because}"


def _elements() -> list[str]:
    return sorted({element.id for law in every_route() for element in law.elements})


@pytest.mark.parametrize("number", range(len(POSED)), ids=[_named(each) for each in POSED])
def test_the_law_says_what_the_sentence_says(number: int) -> None:
    result = result_of(number)
    assert result.found == result.expected


@pytest.mark.parametrize("element", _elements())
def test_an_element_has_four_sentences_of_which_one_refuses_and_one_admits(element: str) -> None:
    about = [result for result in results() if result.element == element]
    assert len(about) >= 4
    assert any(element in dict(result.found) for result in about)
    assert any(element not in dict(result.found) for result in about)


def test_no_sentence_is_written_twice() -> None:
    written = Counter((result.element, result.because) for result in results())
    assert [sentence for sentence, times in written.items() if times > 1] == []


@pytest.mark.parametrize("law", every_route(), ids=lambda law: law.route.id)
def test_a_route_has_an_element_for_each_check_of_its_kind_and_for_no_other(law: Law) -> None:
    assert {element.check for element in law.elements} == demanded_of(law.route.kind)
    assert len({element.check for element in law.elements}) == len(law.elements)


def test_every_check_of_the_table_is_of_some_route() -> None:
    assert [*DEMANDS] == [*BATCH_CHECKS, *REQUEST_CHECKS]
    assert all(DEMANDS.values())


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_reported_defect_is_refused_by_the_check_named_for_it(defect: str) -> None:
    reported = [result for result in results() if f"({defect})" in result.because]
    assert reported
    assert all(result.element in dict(result.found) for result in reported)
