"""Whom and which years a document reaches: the people whom it names, and no year where one of its
periods cannot be read."""

from __future__ import annotations

from datetime import date

import pytest

from counterfoil.core.values import Document, Person
from counterfoil.gate.checks.periods import Scope, person_key, read_scope
from counterfoil.gate.law.route import PeriodRules
from counterfoil.normalize import normalize_name
from tests.gate.world import ON

RULES = PeriodRules(earliest_year=1990, range_years=3, most_years=6)
BORN, OTHER = date(1980, 2, 29), date(1981, 3, 1)


def _scope(*people: Person, periods: tuple[str, ...] = ("2023",)) -> Scope:
    scope = read_scope(Document("sha256:" + "a" * 64, ON, None, people, periods, ()), RULES)
    assert scope is not None
    return scope


def test_no_document_reaches_nothing() -> None:
    assert read_scope(None, RULES) is None


@pytest.mark.parametrize(
    ("periods", "years"),
    [
        (("2023",), {2023}),
        (("2020-2022", "2023"), {2020, 2021, 2022, 2023}),
        ((), set()),
        (("2023", "all years"), set()),
        (("1989", "2023"), set()),
    ],
)
def test_a_document_with_a_period_that_cannot_be_read_reaches_no_year(
    periods: tuple[str, ...], years: set[int]
) -> None:
    assert _scope(periods=periods).years == years


def _reaches(scope: Scope, given: str, family: str, middle: str = "", suffix: str = "") -> bool:
    return scope.names(normalize_name(Person(given, middle, family, suffix)), BORN)


def test_a_person_is_reached_by_name_and_by_the_birthday_that_the_document_gives() -> None:
    scope = _scope(Person("Ada", "May", "O'Quill", "", BORN), Person("Kim", "", "Vale"))
    ada = normalize_name(Person("ada", "MAY", "O Quill"))
    kim = normalize_name(Person("Kim", "", "Vale"))
    assert [scope.names(ada, born) for born in (BORN, OTHER, None)] == [True, False, False]
    assert [scope.names(kim, born) for born in (BORN, None)] == [True, True]
    assert not _reaches(scope, "Ada", "Vale", "May")
    assert not _reaches(scope, "", "")


def test_namesakes_are_reached_by_either_birthday() -> None:
    scope = _scope(Person("Ada", "", "Quill", "", BORN), Person("ADA", "", "quill", "", OTHER))
    ada = normalize_name(Person("Ada", "", "Quill"))
    assert [scope.names(ada, born) for born in (BORN, OTHER, None)] == [True, True, False]


@pytest.mark.parametrize(
    ("given", "family"),
    [
        ("JUAN ", "P\u00e9rez"),
        ("Ju\u00e1n", "PEREZ"),
        ("Ju\u200ban", "Per-\u00adez".replace("-", "")),
        ("Sr. Juan", "Perez"),
        ("Juan", "Per3z"),
    ],
)
def test_another_spelling_of_the_same_name_is_reached(given: str, family: str) -> None:
    assert _reaches(_scope(Person("Juan", "", "Perez")), given, family)


@pytest.mark.parametrize(
    ("given", "family"),
    [
        ("Juan4", "Perez"),
        ("Juana", "Perez"),
        ("Juanito", "Perez"),
        ("John", "Perez"),
        ("J", "Perez"),
        ("Juan", "Peres"),
        ("Juan", "Perez Ruiz"),
        ("Juan Luis", "Perez"),
        ("Perez", "Juan"),
        ("Juan", "P"),
        ("Juan", "Unknown"),
    ],
)
def test_a_name_that_is_only_alike_is_not_reached(given: str, family: str) -> None:
    assert not _reaches(_scope(Person("Juan", "", "Perez")), given, family)


def test_a_middle_name_that_the_document_gives_must_be_given() -> None:
    stated, silent = _scope(Person("Juan", "Luis", "Perez")), _scope(Person("Juan", "", "Perez"))
    middles = ("Luis", "LU\u00cdS", "L", "Leon", "")
    assert [_reaches(stated, "Juan", "Perez", middle) for middle in middles] == [
        True, True, False, False, False,
    ]  # fmt: skip
    assert [_reaches(silent, "Juan", "Perez", middle) for middle in middles] == [
        False, False, True, False, True,
    ]  # fmt: skip


def test_a_middle_name_that_makes_another_given_name_is_not_reached() -> None:
    scope = _scope(Person("Jose", "", "Perez"), Person("Mari", "", "Perez"))
    assert not _reaches(scope, "Jose", "Perez", "Fina")
    assert not _reaches(scope, "Mari", "Perez", "Ana")
    assert _reaches(scope, "Jose", "Perez", "F.")


def test_a_suffix_must_be_the_same_on_both_sides() -> None:
    junior, silent = _scope(Person("Juan", "", "Perez", "Jr")), _scope(Person("Juan", "", "Perez"))
    assert _reaches(junior, "Juan", "Perez Jr.")
    assert not _reaches(junior, "Juan", "Perez")
    assert not _reaches(junior, "Juan", "Perez", suffix="Sr")
    assert not _reaches(silent, "Juan", "Perez", suffix="Jr")


def test_a_name_without_letters_is_nobodys() -> None:
    nobody = [Person("", "", "Quill"), Person("Ada", "", "12"), Person()]
    assert [person_key(normalize_name(person)) for person in nobody] == ["", "", ""]
    assert dict(_scope(*nobody).people) == {}
