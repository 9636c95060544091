"""The law says what the sentences of law/cases say."""

from __future__ import annotations

from collections import Counter

import pytest

from counterfoil.gate import Law
from counterfoil.gate.cases import PreparedSentence, prepare_sentences
from counterfoil.gate.checks.table import BATCH_CHECKS, REQUEST_CHECKS
from counterfoil.gate.law.demands import DEMANDS, demanded_of
from tests.gate.world import CASES, LIBRARY, every_route

POSED = prepare_sentences(LIBRARY, CASES)
RESULTS = [posed.run() for posed in POSED]
DEFECTS = ("F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "F10", "F19", "F20", "F21")


def _elements() -> list[str]:
    return sorted({element.id for law in every_route() for element in law.elements})


@pytest.mark.parametrize(
    "posed", POSED, ids=lambda each: f"{each.file}:{each.element}:{each.sentence.because}"
)
def test_the_law_says_what_the_sentence_says(posed: PreparedSentence) -> None:
    result = posed.run()
    assert result.found == result.expected


@pytest.mark.parametrize("element", _elements())
def test_an_element_has_four_sentences_of_which_one_refuses_and_one_admits(element: str) -> None:
    about = [result for result in RESULTS if result.element == element]
    assert len(about) >= 4
    assert any(element in dict(result.found) for result in about)
    assert any(element not in dict(result.found) for result in about)


def test_no_sentence_is_written_twice() -> None:
    written = Counter((result.element, result.because) for result in RESULTS)
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
    reported = [result for result in RESULTS if f"({defect})" in result.because]
    assert reported
    assert all(result.element in dict(result.found) for result in reported)
