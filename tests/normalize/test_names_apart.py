"""The quick no agrees with the full comparison."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.normalize.name_similarity import OTHER, compare_words, familiar_forms, spellings
from counterfoil.normalize.names_apart import apart_from

LISTED = st.sampled_from(sorted(familiar_forms()) + sorted(spellings())).filter(
    lambda word: len(word) > 1
)
MADE_UP = st.text(alphabet="ABCDEHILNORSTVWZ", min_size=2, max_size=12)
WORDS = LISTED | MADE_UP


@st.composite
def slips(draw: st.DrawFn) -> tuple[str, str]:
    """A word, and what one to three edits make of it."""
    word = draw(WORDS)
    other = word
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(other)))
        put = draw(st.sampled_from(["", "A", "E", "H", "N", "PH", "RN", "CK", "Z"]))
        other = other[:at] + put + other[at + draw(st.integers(0, 1)) :]
    return word, other if len(other) > 1 else word


@given(st.tuples(WORDS, WORDS) | slips())
def test_a_name_that_is_apart_at_a_glance_is_another_name(pair: tuple[str, str]) -> None:
    one, two = pair
    if apart_from(one)(two):
        assert compare_words(one, two) == OTHER
    assert apart_from(one)(two) == apart_from(two)(one)


@given(WORDS)
def test_no_name_is_apart_from_itself(word: str) -> None:
    assert not apart_from(word)(word)


@pytest.mark.parametrize(
    ("one", "two"), [("MARTHA", "DONALD"), ("JOHN", "CHRISTOPHER"), ("KEVIN", "AMANDA")]
)
def test_names_far_apart_are_told_at_a_glance(one: str, two: str) -> None:
    assert apart_from(one)(two)
