"""Taxable periods, and the people and years that a document reaches. Pure; nothing here raises.

How taxable periods are written, 26 USC 6103(i)(2)(B)(ii), is in folding.py; anything else is
vague. A range longer than `range_years`, more than `most_years` years in all, and a year before
`earliest_year` pass a limit of the agreement. The Code knows no such limits, so this is a finding
of its own; a law whose common file has format 1 or 2 finds such a period vague.

The scope of a document (a court's order or a consent) is read once a file:

    people   by the normal form of their name, which register and match use too: given and family
             words and suffix are the same, not alike (Juan Perez is not Juana, whom JUAN4 names).
             What the document states must be stated: a middle name, of which an initial is another,
             and a date of birth, each of which tells namesakes apart. Where it states none, it
             reaches whatever initial and date the request states, and no middle name in full: JOSE
             with FINA after it is read as JOSEFINA too. A suffix on one side only reaches nobody:
             it is there to tell father from son.
    years    by the grammar above; a document with a vague period reaches no year at all

A person who has no given or no family name in normal form is reached by no document.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from datetime import date

from counterfoil.core.values import Document, NameForm, Public, Sensitive
from counterfoil.gate.law.folding import fold_stated, spans_of
from counterfoil.gate.law.route import PeriodRules
from counterfoil.normalize import exact_name, normalize_name


class Periods(Public, frozen=True, gc=False):
    """`years` ascending, without repeats, of what passes no limit. `given`: something was stated.
    `vague`: part of it is no period. `beyond`: part of it passes a limit."""

    years: tuple[int, ...]
    given: bool
    vague: bool
    beyond: bool = False


def read_periods(texts: Sequence[str], rules: PeriodRules, edition: int = 0) -> Periods:
    """Read periods as sent. `edition`: of the law (demands.py). Never raises; what cannot be read
    is vague."""
    years: set[int] = set()
    vague = beyond = False
    for span in (span for text in texts for span in spans_of(text, edition)):
        vague = vague or not span
        if span and (span[0] < rules.earliest_year or len(span) > rules.range_years):
            beyond = True
        else:
            years.update(span)
    given = any(texts)
    return Periods(
        tuple(sorted(years)), given, given and vague, beyond or len(years) > rules.most_years
    )


class Scope(Sensitive, frozen=True, gc=False):
    """`people`: by key (`person_key`), the middle name and date of birth that the document gives,
    "" and None where it gives none; `years`: taxable years; `statute`: an order's, as stated;
    `capacity`: folded, of who signed a consent; `issued_on`: the document's date."""

    people: Mapping[str, Set[tuple[str, date | None]]]
    years: frozenset[int]
    statute: str
    capacity: str
    issued_on: date

    def names(self, name: NameForm, born: date | None) -> bool:
        """Whether the document reaches the person of this name and date of birth."""
        stated = self.people.get(person_key(name), ())
        middles, dates = {" ".join(name.middle)}, (None, born)
        if max(map(len, name.middle), default=0) <= 1:
            middles.add("")
        return any(middle in middles and day in dates for middle, day in stated)


def read_scope(document: Document | None, rules: PeriodRules, edition: int = 0) -> Scope | None:
    """What a document reaches, or None where there is none. `edition`: of the law."""
    if document is None:
        return None
    people: dict[str, set[tuple[str, date | None]]] = {}
    for person in document.people:
        name = normalize_name(person)
        stated = " ".join(name.middle), person.date_of_birth
        people.setdefault(person_key(name), set()).add(stated)
    people.pop("", None)
    periods = read_periods(document.periods, rules, edition)
    years = frozenset(() if periods.vague or periods.beyond else periods.years)
    return Scope(
        people, years, document.statute, fold_stated(document.capacity), document.issued_on
    )


def person_key(name: NameForm) -> str:
    """Given and family words and suffix; "" where a given or a family name is missing."""
    exact = exact_name(name)
    return f"{exact}|{name.suffix}" if exact else ""
