"""Every element has sentences that refuse and that admit, two of each at least, and a subject;
what no element holds has tests that exist."""

from __future__ import annotations

import ast
from collections import Counter
from functools import cache

import pytest
from scripts.law_subjects import SUBJECTS, subject_of

from counterfoil.gate.cases import prepare_sentences
from tests.gate.world import CASES, LIBRARY, ROOT, every_route
from tests.house.tree import syntax


@cache
def _counts() -> tuple[Counter[str], Counter[str]]:
    """How many sentences refuse, and admit, by each element."""
    refuse, admit = Counter[str](), Counter[str]()
    for prepared in prepare_sentences(LIBRARY, CASES):
        (refuse if prepared.sentence.finds else admit)[prepared.element] += 1
    return refuse, admit


def _elements() -> list[str]:
    return sorted({element.id for law in every_route() for element in law.elements})


def test_two_sentences_at_least_refuse_by_each_element_and_two_admit() -> None:
    refuse, admit = _counts()
    assert [each for each in _elements() if refuse[each] < 2 or admit[each] < 2] == []


def test_each_element_is_of_one_subject() -> None:
    assert [each for each in _elements() if subject_of(each) is None] == []
    named = Counter(each for subject in SUBJECTS for each in subject.elements)
    assert [each for each, times in named.items() if times > 1] == []


@pytest.mark.parametrize("test", [test for subject in SUBJECTS for test in subject.tests])
def test_what_no_element_holds_is_shown_by_a_test_that_exists(test: str) -> None:
    file, _, name = test.partition("::")
    assert name in {
        node.name for node in ast.walk(syntax(ROOT / file)) if isinstance(node, ast.FunctionDef)
    }
