"""Streets of the source that could be taken for each other: the same ZIP, another suffix or
directional, or spelled alike.

A street counts if the register knows it as a place of its own: `LEAST_HOMES` of its house numbers
are in the source, and one for `LEAST_OF_FULLER` of any line that only says more (N OAK ST beside
OAK). Two of them are alike if one tolerant door of forms (doors.py) leads to both. What is asked
about is then a real other street, and the answer about a namesake there is no.

Memory: one entry for each different writing of a street in a ZIP, at most `_WRITINGS`; writings
beyond are not drawn from.
"""

from __future__ import annotations

import re
from typing import Final
from zlib import crc32

from counterfoil.certification.seen import Seen
from counterfoil.core.values import Address, AddressForm, AddressKind, Sensitive
from counterfoil.normalize import address_keys, normalize_address

LEAST_HOMES: Final = 3
LEAST_OF_FULLER: Final = 8
_WRITINGS: Final = 500_000
_LINE: Final = re.compile(r"([0-9]{1,9})\s+(\S.*)", re.ASCII)
_STAND_IN: Final = "1"
_OWN_DOORS: Final = frozenset({"exact", "place"})

Parts = tuple[str, str, str, str]
"""Predirectional, name, suffix, postdirectional."""


class Alike(Sensitive, frozen=True, gc=False):
    """For each writing of a street, in capitals, and ZIP: the number of the street, and a unit that
    stands in the line. By its number, `others`: the streets like it; `written`: how it is
    written."""

    places: dict[tuple[str, str], tuple[int, str]]
    others: dict[int, tuple[int, ...]]
    written: dict[int, str]

    def find(self, line1: str, zip5: str) -> tuple[str, str, tuple[int, ...]] | None:
        """(house number, unit inside the line, streets like it); None where there are none."""
        cut = _LINE.fullmatch(line1)
        place = self.places.get((cut[2].upper(), zip5)) if cut else None
        return (cut[1], place[1], self.others[place[0]]) if cut and place else None


class Streets:
    """Collects the streets of a source, line by line."""

    def __init__(self) -> None:
        self._places: dict[tuple[str, str], tuple[int, str]] = {}
        self._ids: dict[tuple[Parts, str], int] = {}
        self._forms: list[AddressForm] = []
        self._homes: list[int] = []
        self._seen = Seen()

    def note(self, line1: str, city: str, state: str, zip5: str) -> None:
        """One row's address. What is no street with a house number is passed over."""
        cut = _LINE.fullmatch(line1)
        if cut is None:
            return
        number, street = cut.groups()
        writing = (street.upper(), zip5)
        place = self._places.get(writing)
        if place is None:
            if len(self._places) >= _WRITINGS:
                return
            place = self._places[writing] = self._read(street, city, state, zip5)
        if place[0] >= 0 and self._seen.add(crc32(b"%d|%d" % (place[0], int(number)))):
            self._homes[place[0]] += 1

    def finish(self) -> Alike:
        """The streets that have others like them."""
        known = self._known()
        met: dict[str, list[int]] = {}
        for at in known:
            for door in address_keys(self._forms[at]):
                if door.tolerance not in _OWN_DOORS:
                    met.setdefault(door.key, []).append(at)
        found: dict[int, set[int]] = {}
        for group in met.values():
            for at in group if len(group) > 1 else ():
                found.setdefault(at, set()).update(group)
        others = {at: tuple(sorted(group - {at})) for at, group in found.items()}
        places = {writing: place for writing, place in self._places.items() if place[0] in others}
        return Alike(places, others, {at: _text(self._forms[at]) for at in others})

    def _known(self) -> list[int]:
        lines: dict[tuple[str, str], list[int]] = {}
        for at, form in enumerate(self._forms):
            lines.setdefault((form.street, form.zip5), []).append(at)
        return sorted(at for group in lines.values() for at in group if self._is_known(at, group))

    def _is_known(self, at: int, group: list[int]) -> bool:
        homes, parts = self._homes[at], _parts(self._forms[at])
        most = max(
            (
                self._homes[other]
                for other in group
                if _says_more(_parts(self._forms[other]), parts)
            ),
            default=0,
        )
        return homes >= LEAST_HOMES and homes * LEAST_OF_FULLER >= most

    def _read(self, street: str, city: str, state: str, zip5: str) -> tuple[int, str]:
        """(number of the street, unit written behind it); -1 for what is no street."""
        form = normalize_address(Address(f"{_STAND_IN} {street}", "", city, state, zip5))
        if (
            form.kind is not AddressKind.STREET
            or form.number != _STAND_IN
            or not form.street
            or form.urbanization
        ):
            return -1, ""
        at = self._ids.setdefault((_parts(form), form.zip5), len(self._forms))
        if at == len(self._forms):
            bare = normalize_address(Address(f"{_STAND_IN} {_text(form)}", "", city, state, zip5))
            self._forms.append(bare)
            self._homes.append(0)
        return at, form.unit


def _parts(form: AddressForm) -> Parts:
    return form.predirectional, form.street, form.suffix, form.postdirectional


def _text(form: AddressForm) -> str:
    return " ".join(filter(None, _parts(form)))


def _says_more(one: Parts, two: Parts) -> bool:
    """Whether `one` is `two` with a suffix or directionals added."""
    return one != two and all(has in ("", more) for has, more in zip(two, one, strict=True))
