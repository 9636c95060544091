"""Whom and which years a document reaches, read once a file. Pure.

    person   given and family name as folded words: spelling aside, they must be those of the
             document
    birth    a document that gives a date of birth reaches nobody of another, and nobody who gives
             none

A person whose name holds no letters is reached by no document. Years are read by the grammar of
taxable periods; a document with a period that cannot be read reaches no year at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from datetime import date

from counterfoil.core.values import Document, Person, Sensitive
from counterfoil.gate.checks.periods import read_periods
from counterfoil.gate.checks.words import fold_words
from counterfoil.gate.law.route import PeriodRules


class Scope(Sensitive, frozen=True, gc=False):
    """`people`: dates of birth by folded name, None among them where the document gives none;
    `years`: taxable years."""

    people: Mapping[str, Set[date | None]]
    years: frozenset[int]

    def names(self, key: str, born: date | None) -> bool:
        """Whether the document reaches the person of this key (`person_key`) and date of birth."""
        dates = self.people.get(key)
        return dates is not None and (None in dates or born in dates)


def read_scope(document: Document | None, rules: PeriodRules) -> Scope | None:
    """What a document reaches, or None where there is none."""
    if document is None:
        return None
    people: dict[str, set[date | None]] = {}
    for person in document.people:
        people.setdefault(person_key(person), set()).add(person.date_of_birth)
    people.pop("", None)
    periods = read_periods(document.periods, rules)
    return Scope(people, frozenset() if periods.vague else frozenset(periods.years))


def person_key(person: Person) -> str:
    """Given and family name as folded words; "" where one of them holds no letters."""
    given, family = fold_words(person.given_name), fold_words(person.family_name)
    return f"{given}|{family}" if given and family else ""
