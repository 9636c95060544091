"""A list as data: `law/lists/ID.yaml`, format `counterfoil-list-1`. What a check compares with a
closed list stands there, dated and with its source: Federal agencies, criminal statutes, district
courts, classes of deportable aliens.

    format: counterfoil-list-1
    id: criminal-statutes                  the file's own name
    title, source                          words for people: what is listed, and where it is from
    entries:
      - id: us-8-1253-a-1                  unique in the list; several entries of one id must not
                                           share a day
        title
        written_as                         every way to write it that is taken; the first is shown
        in_force: {from, to}               the days on which the entry is taken, both included
        below                              subdivisions that may be written after it; may be left
                                           out, and then there are none
        uslm, elements                     of a criminal statute: its identifier, and the statute
                                           file of its own elements, without which no agreement
                                           can designate it; may be left out
        sections, but_not                  of criminal statutes of one title, whose short form
                                           `written_as` is: sections and ranges ("841 to 865"), and
                                           those of them that are not of the entry; may be left out
        within                             of a bureau: the id of its department; may be left out

Which list a law reads is written in its common file under `rules.lists`. An unknown field and an
unknown version refuse.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Annotated, Literal

import msgspec

from counterfoil.core.values import Public
from counterfoil.gate.law.schema import Identifier, Span, Text, require


class ListEntry(Public, frozen=True, gc=False, forbid_unknown_fields=True):
    """One thing that is listed, over one span of days. See the module."""

    id: Identifier
    title: Text
    written_as: Annotated[tuple[Text, ...], msgspec.Meta(min_length=1)]
    in_force: Span
    below: tuple[Text, ...] = ()
    uslm: Text | None = None
    elements: Identifier | None = None
    sections: tuple[Text, ...] | msgspec.UnsetType = msgspec.UNSET
    but_not: tuple[Text, ...] | msgspec.UnsetType = msgspec.UNSET
    within: Identifier | msgspec.UnsetType = msgspec.UNSET

    @property
    def is_range(self) -> bool:
        """Whether the entry is of sections, and not of what `written_as` says."""
        return not isinstance(self.sections, msgspec.UnsetType)

    def spellings(self) -> Iterator[tuple[str, str]]:
        """Every way to write the entry or a subdivision of it, with that subdivision."""
        for written in self.written_as:
            for subdivision in ("", *self.below):
                yield f"{written}{subdivision}", subdivision


class LawList(Public, frozen=True, gc=False, forbid_unknown_fields=True):
    """One list file. `entries` are never empty."""

    format: Literal["counterfoil-list-1"]
    id: Identifier
    title: Text
    source: Text
    entries: Annotated[tuple[ListEntry, ...], msgspec.Meta(min_length=1)]


class ListNames(Public, frozen=True, gc=False, forbid_unknown_fields=True):
    """The lists that a law reads, by the ids of their files."""

    agencies: Identifier
    statutes: Identifier
    courts: Identifier
    classes: Identifier


class Lists(Public, frozen=True, gc=False):
    """The lists of `ListNames`, read."""

    agencies: LawList
    statutes: LawList
    courts: LawList
    classes: LawList


def check_list(found: LawList) -> None:
    """Entries of one id share no day, and none ends before it begins. Raises SettingsFault
    law_dates_order or law_dates_overlap."""
    place = f"lists/{found.id}.yaml"
    for entry in found.entries:
        span = entry.in_force
        require(
            span.last is None or span.first <= span.last,
            "law_dates_order",
            "the entry ends before it begins",
            f"{place}: {entry.id}",
            "Write from and to in that order.",
        )
    for one, other in combinations(found.entries, 2):
        require(
            one.id != other.id or not one.in_force.overlaps(other.in_force),
            "law_dates_overlap",
            "two entries of this id are in force on one day",
            f"{place}: {other.id}",
            "End the first the day before the second begins.",
        )
