"""The normal form of a name."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.core.values import NameForm, Person
from counterfoil.normalize import normalize_name
from counterfoil.normalize.name_words import (
    DEGREES,
    GENERATION,
    JOINED_HEADS,
    PLACEHOLDER_FAMILY,
    PLACEHOLDER_GIVEN,
    TITLES,
)
from counterfoil.normalize.names import as_written_now, read_name_in_full

FIELD = st.text(max_size=40) | st.sampled_from(
    ["Jr", "III", "Mrs", "Baby boy", "O'Neil", "de la Peña", "\u202eabc", "\x00"]
)
WORDS_ALONE = [
    "",
    "Ann",
    "x",
    "NA",
    *sorted(
        {*DEGREES, *GENERATION, *JOINED_HEADS, *PLACEHOLDER_FAMILY, *PLACEHOLDER_GIVEN, *TITLES}
    ),
]
PERSON = st.builds(Person, given_name=FIELD, middle_name=FIELD, family_name=FIELD, suffix=FIELD)


def form(given: str = "", middle: str = "", family: str = "", suffix: str = "") -> NameForm:
    return normalize_name(
        Person(given_name=given, middle_name=middle, family_name=family, suffix=suffix)
    )


@given(PERSON)
def test_any_text_gives_words_of_a_to_z_and_a_known_suffix(person: Person) -> None:
    name = normalize_name(person)
    assert all(re.fullmatch("[A-Z]+", word) for word in name.given + name.middle + name.family)
    assert max(len(name.given), len(name.middle), len(name.family)) <= 6
    assert name.suffix in ("", "JR", "SR", "II", "III", "IV", "V", "VI")


@given(PERSON | st.builds(Person, *[st.sampled_from(WORDS_ALONE)] * 4))
def test_the_short_way_of_a_name_gives_the_form_of_the_full_reading(person: Person) -> None:
    assert normalize_name(person) == read_name_in_full(person)


@given(PERSON)
def test_letter_case_and_spacing_never_change_a_form(person: Person) -> None:
    def changed(text: str) -> str:
        return f"  {text.upper() if text.isascii() else text}  ".replace(" ", " \t")

    again = Person(
        given_name=changed(person.given_name),
        middle_name=changed(person.middle_name),
        family_name=changed(person.family_name),
        suffix=changed(person.suffix),
    )
    assert normalize_name(again) == normalize_name(person)


@given(PERSON)
def test_the_form_of_a_form_is_the_form(person: Person) -> None:
    name = normalize_name(person)
    again = form(" ".join(name.given), " ".join(name.middle), " ".join(name.family), name.suffix)
    if name.middle or len(name.given) < 2:
        assert again == name


@pytest.mark.parametrize(
    "text", ["x" * 10_000, "a " * 5_000, "\u0301" * 10_000, "-" * 10_000, "\ud800" * 10_000]
)
def test_a_field_of_ten_thousand_characters_is_read_in_bounded_time(text: str) -> None:
    started = time.process_time()
    form(text, text, text, text)
    assert time.process_time() - started < 0.1


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("Peña", ("PENA",)),
        ("Müller-Groß", ("MULLER", "GROSS")),
        ("Łukasz Sørensen", ("LUKASZ", "SORENSEN")),
        ("O'Brien", ("OBRIEN",)),
        ("O\u2019Brien", ("OBRIEN",)),
        ("O Brien", ("OBRIEN",)),
        ("Mc Donald", ("MCDONALD",)),
        ("D'Angelo", ("DANGELO",)),
        ("de la Cruz", ("DE", "LA", "CRUZ")),
        ("Garcia\u2013Lopez", ("GARCIA", "LOPEZ")),
        ("5mith", ("SMITH",)),
        ("J\x00ones", ("J", "ONES")),
        ("\u202eCohen", ("COHEN",)),
        ("כהן", ()),
        ("Smith M.D.", ("SMITH", "M", "D")),
        ("Smith MD", ("SMITH",)),
        ("Md", ("MD",)),
    ],
)
def test_a_family_name_folds_to_words(written: str, words: tuple[str, ...]) -> None:
    assert form("Ann", "", written).family == words


@pytest.mark.parametrize(
    "fields",
    [
        ("John", "", "Smith", "Jr."),
        ("John", "", "Smith, Jr", ""),
        ("John", "", "Jr Smith", ""),
        ("John Jr", "", "Smith", ""),
        ("John", "JR", "Smith", ""),
        ("John", "", "Smith", "Junior"),
    ],
)
def test_a_suffix_is_found_wherever_it_was_written(fields: tuple[str, str, str, str]) -> None:
    assert form(*fields) == NameForm(("JOHN",), (), ("SMITH",), "JR")


def test_the_suffix_field_wins_over_other_fields() -> None:
    assert form("John", "", "Smith Sr", "III").suffix == "III"


def test_a_closing_v_of_a_family_name_is_a_second_surname_and_no_suffix() -> None:
    assert form("Ana", "", "Garcia V.") == NameForm(("ANA",), (), ("GARCIA", "V"), "")


def test_titles_before_a_given_name_are_dropped() -> None:
    assert form("Dr. Sr Juan", "", "Perez").given == ("JUAN",)


def test_an_initial_that_closes_the_given_names_is_the_middle_name() -> None:
    assert form("John A", "", "Smith") == form("John", "A.", "Smith")


@pytest.mark.parametrize(
    "written",
    [
        "Mrs",
        "Mr.",
        "Baby",
        "Baby boy",
        "Child F",
        "Girl 2",
        "Unknown",
        "Lady of the house",
        "N/A",
        "na na",
        "FNU",
        "Son of",
    ],
)
def test_a_placeholder_names_nobody(written: str) -> None:
    assert form(written, "", "Smith").given == ()


@pytest.mark.parametrize(
    "written", ["Unknown", "No last name", "of the house", "Anonymous", "XXX", "De la casa"]
)
def test_a_placeholder_of_a_family_names_nobody(written: str) -> None:
    assert form("Ann", "", written).family == ()


@pytest.mark.parametrize(
    ("written", "word"), [("Son", "SON"), ("Lady", "LADY"), ("Nino", "NINO"), ("Man", "MAN")]
)
def test_a_given_name_in_use_is_no_placeholder_by_itself(written: str, word: str) -> None:
    assert form(written, "", "Nguyen").given == (word,)


@pytest.mark.parametrize("written", ["Child", "House", "Friend", "Son", "Na", "Man"])
def test_a_family_name_in_use_is_no_placeholder(written: str) -> None:
    assert form("Ann", "", written).family == (written.upper(),)


@given(PERSON)
def test_a_form_of_this_version_is_written_now_as_it_is(person: Person) -> None:
    name = normalize_name(person)
    assert as_written_now(name) == name


@pytest.mark.parametrize("word", [*WORDS_ALONE, "HSIAOMEI", "JEANLUC", "XIAOMEI", "Mary-Ann"])
def test_so_is_each_word_of_the_tables(word: str) -> None:
    for middle in ("", "HSIU", "B"):
        name = form(word, middle, "CHEN")
        assert as_written_now(name) == name
