"""How two words of a given name compare."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.normalize import name_similarity as alike

WORD = st.text(alphabet="ABCDEHIJMNORSTVY", min_size=1, max_size=9)


def pairs(text: str) -> list[tuple[str, str]]:
    return [(pair.split("/")[0], pair.split("/")[1]) for pair in text.split()]


@given(WORD, WORD)
def test_comparison_is_symmetric(one: str, two: str) -> None:
    assert alike.compare_words(one, two) == alike.compare_words(two, one)


@given(WORD.filter(lambda word: len(word) > 1))
def test_a_word_equals_itself(word: str) -> None:
    assert alike.compare_words(word, word) == alike.EQUAL


@pytest.mark.parametrize(
    ("one", "two"),
    pairs(
        "JON/JOAN MARIA/MARIO ANA/ANN CHRISTINA/CHRISTIAN FRANCIS/FRANCES ERIC/ERIN "
        "ALEXANDER/ALEXANDRA JUAN/JUANA"
    )
    + pairs("DANIEL/DANIELA ANGEL/ANGELA FLOYD/LLOYD AARON/ERIN TERRY/TERRI JULIO/JULIA"),
)
def test_two_names_that_differ_by_a_letter_are_two_names(one: str, two: str) -> None:
    assert alike.compare_words(one, two) == alike.OTHER


@pytest.mark.parametrize(
    ("one", "two"), [("ALEX", "ALEXIA"), ("ZAYL", "ZAYLIA"), ("MARTIN", "MARTINNE")]
)
def test_a_name_and_a_daughters_name_drawn_from_it_are_no_slips(one: str, two: str) -> None:
    drawn = {("ALEX", "ALEXIA"), ("ZAYL", "ZAYLIA")}
    assert (alike.compare_words(one, two) == alike.OTHER) == ((one, two) in drawn)


@pytest.mark.parametrize(
    ("one", "two"),
    pairs(
        "JOSE/PEPE GUADALUPE/LUPE FRANCISCO/PACO FRANCISCO/PANCHO IGNACIO/NACHO WILLIAM/BILL "
        "ELIZABETH/BETTY"
    )
    + pairs("JESUS/CHUY ROSARIO/CHAYO ENRIQUE/KIKE"),
)
def test_a_familiar_form_is_known_in_english_and_spanish(one: str, two: str) -> None:
    assert alike.compare_words(one, two) == alike.NICKNAME


@pytest.mark.parametrize(("one", "two"), [("PACO", "PANCHO"), ("BETO", "TITO")])
def test_two_familiar_forms_of_one_name_are_not_a_step_apart(one: str, two: str) -> None:
    assert alike.compare_words(one, two) == alike.OTHER


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("KATHERINE", "CATHERINE"),
        ("KRISTOFER", "CHRISTOPHER"),
        ("STEVEN", "STEPHEN"),
        ("MOHAMMED", "MUHAMMAD"),
    ],
)
def test_spellings_of_one_sound_are_variants(one: str, two: str) -> None:
    assert alike.compare_words(one, two) == alike.VARIANT


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("JOHN", "JOMN"),
        ("ROBERT", "RBOERT"),
        ("WILLIAM", "WILIAN"),
        ("MARK", "RNARK"),
        ("STEPHEN", "STEFHEN"),
        ("CLARA", "DARA"),
    ],
)
def test_slips_of_typing_scanning_and_hearing_are_near(one: str, two: str) -> None:
    assert alike.slip_apart(one, two)


@pytest.mark.parametrize(
    ("one", "two"), [("AL", "ED"), ("JO", "JA"), ("MARY", "JOHN"), ("ANTHONY", "ANDREW")]
)
def test_short_or_unlike_words_are_no_slips(one: str, two: str) -> None:
    assert not alike.slip_apart(one, two)


def test_an_initial_agrees_with_its_name_alone() -> None:
    assert alike.compare_words("J", "JOSE") == alike.INITIAL
    assert alike.compare_words("J", "J") == alike.INITIAL
    assert alike.compare_words("P", "JOSE") == alike.OTHER


def test_every_line_of_the_name_tables_is_words_of_a_to_z_without_a_repeat() -> None:
    for name, forms in [*alike.familiar_forms().items(), *alike.spellings().items()]:
        assert name.isascii() and name.isalpha() and name.isupper()
        assert name not in forms


LISTED = st.sampled_from(sorted(alike.familiar_forms()) + sorted(alike.spellings())).filter(
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
def test_a_name_that_is_surely_apart_is_another_name(pair: tuple[str, str]) -> None:
    one, two = pair
    if alike.apart_from(one)(two):
        assert alike.compare_words(one, two) == alike.OTHER
    assert alike.apart_from(one)(two) == alike.apart_from(two)(one)


@given(WORDS)
def test_no_name_is_apart_from_itself(word: str) -> None:
    assert not alike.apart_from(word)(word)


@pytest.mark.parametrize(
    ("one", "two"), [("MARTHA", "DONALD"), ("JOHN", "CHRISTOPHER"), ("KEVIN", "AMANDA")]
)
def test_names_far_apart_are_surely_apart(one: str, two: str) -> None:
    assert alike.apart_from(one)(two)
