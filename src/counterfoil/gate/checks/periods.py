"""Taxable periods, and the people and years that a document reaches. Pure; nothing here raises.

The grammar of taxable periods, 26 USC 6103(i)(2)(B)(ii):

    period  =  year | year "-" year          2023, 2021-2023 (the first year not after the last)
    year    =  four digits

Anything else is vague: "all years", "2019-present", "since 2015", an empty item. A range longer
than `range_years`, more than `most_years` years in all, and a year before `earliest_year` are vague
too.

The scope of a document (a court's order or a consent) is read once a file:

    people   by given and family name as folded words, so that case and punctuation do not matter; a
             document that gives a date of birth reaches nobody of another date, and nobody who
             gives none
    years    by the grammar above; a document with a vague period reaches no year at all

A person whose given or family name has no letters is reached by no document.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from datetime import date
from typing import Final

from counterfoil.core.values import Document, Person, Public, Sensitive
from counterfoil.gate.law.folding import fold_words
from counterfoil.gate.law.route import PeriodRules

_PERIOD: Final = re.compile(r"([0-9]{4})(?:\s*-\s*([0-9]{4}))?\Z", re.ASCII)


class Periods(Public, frozen=True, gc=False):
    """`years` ascending, without repeats. `given`: something was stated. `vague`: part of it fits
    no rule."""

    years: tuple[int, ...]
    given: bool
    vague: bool


def read_periods(texts: Sequence[str], rules: PeriodRules) -> Periods:
    """Read periods as sent. Never raises; what cannot be read is vague."""
    years: set[int] = set()
    vague = False
    for text in texts:
        span = _span(text, rules)
        vague = vague or not span
        years.update(span)
    given = any(texts)
    return Periods(tuple(sorted(years)), given, given and (vague or len(years) > rules.most_years))


def _span(text: str, rules: PeriodRules) -> range:
    """The years of one item; empty where it is vague."""
    found = _PERIOD.match(text)
    if found is None:
        return range(0)
    first = int(found[1])
    last = int(found[2]) if found[2] else first
    if first < rules.earliest_year or last - first >= rules.range_years:
        return range(0)
    return range(first, last + 1)


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
    """Given and family name as folded words; "" where one of them has no letters."""
    given, family = fold_words(person.given_name), fold_words(person.family_name)
    return f"{given}|{family}" if given and family else ""
