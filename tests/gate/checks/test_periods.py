"""Whom and which years a document reaches: the people whom it names, and no year where one of its
periods cannot be read."""

from __future__ import annotations

from datetime import date

import pytest

from counterfoil.core.values import Document, Person
from counterfoil.gate.checks.periods import Scope, person_key, read_scope
from counterfoil.gate.law.route import PeriodRules
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


def test_a_person_is_reached_by_name_and_by_the_birthday_that_the_document_gives() -> None:
    scope = _scope(Person("Ada", "May", "O'Quill", "", BORN), Person("Kim", "", "Vale"))
    ada, kim = "ada|o quill", "kim|vale"
    assert [scope.names(ada, born) for born in (BORN, OTHER, None)] == [True, False, False]
    assert [scope.names(kim, born) for born in (BORN, None)] == [True, True]
    assert not scope.names("ada|vale", BORN)
    assert not scope.names("", BORN)


def test_namesakes_are_reached_by_either_birthday() -> None:
    scope = _scope(Person("Ada", "", "Quill", "", BORN), Person("ADA", "", "quill", "", OTHER))
    assert dict(scope.people) == {"ada|quill": {BORN, OTHER}}
    assert [scope.names("ada|quill", born) for born in (BORN, OTHER, None)] == [True, True, False]


def test_a_name_without_letters_is_nobodys() -> None:
    nobody = [Person("", "", "Quill"), Person("Ada", "", "12"), Person()]
    assert [person_key(person) for person in nobody] == ["", "", ""]
    assert person_key(Person("Ada ", "x", "O'Quill", "Jr", BORN, "900-00-1234")) == "ada|o quill"
    assert dict(_scope(*nobody).people) == {}
