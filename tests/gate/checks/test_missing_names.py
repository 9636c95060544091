"""A name that is written for a missing one is known, and no name that people have is taken for
one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.core.values import NameForm, Person
from counterfoil.gate.checks.missing_names import has_other_letters, is_anybody, is_missing
from counterfoil.normalize import normalize_name
from counterfoil.normalize.name_similarity import familiar_forms, spellings
from counterfoil.normalize.name_words import FAMILY_NAMES, PLACEHOLDER_GIVEN

GIVEN_NAMES = sorted({*familiar_forms(), *spellings()} - PLACEHOLDER_GIVEN)


def _form(given_name: str, family_name: str) -> NameForm:
    return normalize_name(Person(given_name, "", family_name))


def _is_missing(given_name: str, family_name: str) -> bool:
    return is_missing(given_name, family_name, _form(given_name, family_name))


PARTS = [
    "F N U", "f.n.u.", "L.N.U.", "T B D", "No Name", "No Given Name", "no family name", "xyz", "XYZ", "abc",
    "awaiting 2025", "awaiting", "to follow", "To Follow 3", "qwerty", "asdf", "zxcvb", "lkjh", "asdfjkl",
    "asdf jkl", "aaa", "bbbb", "lalala", "p3nding", "unkn0wn", "Not on file", "see attached", "see file",
    "same as above", "Un known", "to be determined", "name to follow", "not yet known", "name not given",
    "redacted", "The Defendant", "Defendant 1", "p\u0435nding", "un\u200bknown", "sin nombre", "Anonymous",
    "Name withheld", "lorem ipsum", "placeholder", "first name", "no last name", "none given", "qweqwe",
]  # fmt: skip


@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_says_that_there_is_none_is_missing_on_either_side(part: str) -> None:
    found = [_is_missing(part, "Quill"), _is_missing("Rosalind", part)]
    assert found == [True, True] or part == "sin nombre"


PAIRS = [
    ("First", "Last"), ("Given", "Family"), ("Last", "First"), ("Full", "Name"), ("Not", "Known"),
    ("To", "Follow"), ("Foo", "Bar"), ("Any", "Body"), ("No", "Body"), ("Test", "Case"), ("Blank", "Blank"),
    ("Sample", "Sample"), ("Null", "Null"), ("See", "File"), ("Joe", "Bloggs"), ("Name", "Not Given"),
    ("not yet", "known"), ("FIRST", "last"), ("f1rst", "last"),
]  # fmt: skip


@pytest.mark.parametrize(("given_name", "family_name"), PAIRS)
def test_a_pair_of_words_that_are_nobody_together_is_missing(
    given_name: str, family_name: str
) -> None:
    assert is_missing(
        given_name,
        family_name,
        NameForm(
            tuple(given_name.upper().replace("1", "I").split()),
            (),
            tuple(family_name.upper().split()),
        ),
    )


PEOPLE = [
    ("Best", "Young"), ("Will", "Young"), ("Nuno", "Will"), ("Xyza", "Cruz"), ("First", "Quill"),
    ("Rosa", "Last"), ("Rosa", "Given"), ("Rosa", "Family"), ("An", "No"), ("Be", "To"), ("Rosa", "Null"),
    ("Rosa", "Na"), ("Rosa", "Doe"), ("Wert", "Trew"), ("Will", "Blank"), ("See", "To"), ("Ana", "O"),
    ("Rosa", "Body"), ("Rosa", "Subject"), ("Rosa", "Sample"), ("Rosa", "File"), ("To", "No"), ("Y", "E"),
    ("", ""), ("Rosalind", ""), ("", "Quill"), ("Rosalind 2", "Quill 3"), ("J. R.", "Quill"), ("A B", "C D"),
]  # fmt: skip


@pytest.mark.parametrize(("given_name", "family_name"), PEOPLE)
def test_a_name_that_people_have_is_not_missing_though_its_words_are_words(
    given_name: str, family_name: str
) -> None:
    assert not _is_missing(given_name, family_name)
    assert not is_anybody(_form(given_name, family_name))


@given(st.sampled_from(GIVEN_NAMES), st.sampled_from(sorted(FAMILY_NAMES)))
def test_no_given_and_family_name_of_the_tables_are_missing(given_name: str, family: str) -> None:
    assert not _is_missing(given_name.title(), family.title())


def test_no_given_name_of_the_tables_is_missing() -> None:
    assert [name for name in GIVEN_NAMES if _is_missing(name, "Quill")] == []


@pytest.mark.parametrize("name", ["John Doe", "JANE DOE", "Jon Doe", "Richard Roe", "John Q Doe"])
def test_a_name_that_stands_for_anybody_is_known(name: str) -> None:
    given_name, _, family_name = name.rpartition(" ")
    assert is_anybody(_form(given_name, family_name))
    assert not _is_missing(given_name, family_name)


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_is_judged(given_name: str, family_name: str) -> None:
    assert _is_missing(given_name, family_name) in {True, False}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("\u041f\u0435\u0442\u0440\u043e\u0432", True),
        ("\u738b", True),
        ("Rosa \u0639\u0644\u064a", True),
        ("\u0141ukasz \u00d1u\u00f1ez", False),
        ("Quill", False),
        ("", False),
        ("\u2014 \u00b7", False),
        ("\uff32osa", False),
    ],
)
def test_a_word_without_a_latin_letter_is_known(text: str, found: bool) -> None:
    assert has_other_letters(text) is found
