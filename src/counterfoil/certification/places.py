"""The places of a source from which decoys are drawn: ZIPs, similar streets, and who was where.

Each collector reads the source's addresses once and needs a few megabytes, whatever the source's
size. Texts are remembered as bits under checksums (`BloomSet`). A new text may be taken for one
that was met (one in thirty after a million); a text that was met is never taken for new. So a home
is sometimes not counted, and a row sometimes not asked about: there are fewer decoys, never wrong
ones.

    ZIPs      A ZIP is drawn if it has `LEAST_ZIP_HOMES` homes and one in `LEAST_ZIP_SHARE` of its
              city's. That is twice what makes a ZIP a known place of the register, because homes
              are counted here as they are written.
    streets   Two streets of one ZIP are similar if they could be taken for each other: another
              suffix or directional, or spelled alike, so that one tolerant key
              (normalize/address_keys.py) leads to both. A street is drawn if the register knows it
              as a place of its own: it has `LEAST_STREET_HOMES` house numbers, and one for every
              `LEAST_STREET_SHARE` of any line that only adds to it (N OAK ST adds to OAK). What is
              asked about is then a real other street, and the answer about a namesake there is no.
              At most `_WRITINGS` different writings of a street in a ZIP are kept in memory.
    presence  Whether a person may be at an address in a period.
"""

from __future__ import annotations

import re
from typing import Final
from zlib import crc32

from counterfoil.core.values import Address, AddressForm, AddressKind, Sensitive
from counterfoil.normalize import address_keys, normalize_address

_BITS: Final = 1 << 25


class BloomSet:
    """A set of checksums of 32 bits in 4 MB, whatever their number; see the module."""

    __slots__ = ("_bits",)

    def __init__(self) -> None:
        self._bits = bytearray(_BITS >> 3)

    def add(self, checksum: int) -> bool:
        """Add it; return whether it is new."""
        at, bit = checksum % _BITS >> 3, 1 << (checksum & 7)
        if self._bits[at] & bit:
            return False
        self._bits[at] |= bit
        return True

    def holds(self, checksum: int) -> bool:
        """Whether it was met, or one that looks like it."""
        return bool(self._bits[checksum % _BITS >> 3] & 1 << (checksum & 7))


def checksum_of(*texts: str) -> int:
    """The checksum of several texts; letter case does not count."""
    return crc32("\x00".join(texts).upper().encode("utf-8", "surrogatepass"))


LEAST_STREET_HOMES: Final = 3
LEAST_STREET_SHARE: Final = 8
_WRITINGS: Final = 500_000
_LINE: Final = re.compile(r"([0-9]{1,9})\s+(\S.*)", re.ASCII)
_ANY_NUMBER: Final = "1"
_OWN_KEYS: Final = frozenset({"exact", "place"})

Parts = tuple[str, str, str, str]
"""Predirectional, name, suffix, postdirectional."""


class SimilarStreets(Sensitive, frozen=True, gc=False):
    """Streets that have similar ones.

    places: for each writing of a street, in capitals, and ZIP: the number of the street, and a unit
    that is written in the line. By number: others, the streets similar to it; written, how it is
    written.
    """

    places: dict[tuple[str, str], tuple[int, str]]
    others: dict[int, tuple[int, ...]]
    written: dict[int, str]

    def find(self, line1: str, zip5: str) -> tuple[str, str, tuple[int, ...]] | None:
        """(house number, unit inside the line, similar streets); None where there are none."""
        cut = _LINE.fullmatch(line1)
        place = self.places.get((cut[2].upper(), zip5)) if cut else None
        return (cut[1], place[1], self.others[place[0]]) if cut and place else None


class StreetCollector:
    """Collects the streets of a source, line by line."""

    def __init__(self) -> None:
        self._places: dict[tuple[str, str], tuple[int, str]] = {}
        self._ids: dict[tuple[Parts, str], int] = {}
        self._forms: list[AddressForm] = []
        self._homes: list[int] = []
        self._met = BloomSet()

    def note(self, line1: str, city: str, state: str, zip5: str) -> None:
        """One row's address. An address that is no street with a house number is ignored."""
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
        if place[0] >= 0 and self._met.add(crc32(b"%d|%d" % (place[0], int(number)))):
            self._homes[place[0]] += 1

    def finish(self) -> SimilarStreets:
        """The streets that have similar ones."""
        known = self._known()
        met: dict[str, list[int]] = {}
        for at in known:
            for address_key in address_keys(self._forms[at]):
                if address_key.tolerance not in _OWN_KEYS:
                    met.setdefault(address_key.key, []).append(at)
        found: dict[int, set[int]] = {}
        for group in met.values():
            for at in group if len(group) > 1 else ():
                found.setdefault(at, set()).update(group)
        others = {at: tuple(sorted(group - {at})) for at, group in found.items()}
        places = {writing: place for writing, place in self._places.items() if place[0] in others}
        return SimilarStreets(places, others, {at: _text(self._forms[at]) for at in others})

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
        return homes >= LEAST_STREET_HOMES and homes * LEAST_STREET_SHARE >= most

    def _read(self, street: str, city: str, state: str, zip5: str) -> tuple[int, str]:
        """(number of the street, unit written behind it); -1 for what is no street."""
        form = normalize_address(Address(f"{_ANY_NUMBER} {street}", "", city, state, zip5))
        if (
            form.kind is not AddressKind.STREET
            or form.number != _ANY_NUMBER
            or not form.street
            or form.urbanization
        ):
            return -1, ""
        at = self._ids.setdefault((_parts(form), form.zip5), len(self._forms))
        if at == len(self._forms):
            bare = normalize_address(Address(f"{_ANY_NUMBER} {_text(form)}", "", city, state, zip5))
            self._forms.append(bare)
            self._homes.append(0)
        return at, form.unit


def _parts(form: AddressForm) -> Parts:
    return form.predirectional, form.street, form.suffix, form.postdirectional


def _text(form: AddressForm) -> str:
    return " ".join(filter(None, _parts(form)))


def _says_more(one: Parts, two: Parts) -> bool:
    """Whether `one` only adds a suffix or directionals to `two`."""
    return one != two and all(has in ("", more) for has, more in zip(two, one, strict=True))


LEAST_ZIP_HOMES: Final = 6
LEAST_ZIP_SHARE: Final = 128
"""A ZIP is drawn if it has so many of its city's homes, and one in so many: twice what makes it
known to a register, since homes are counted here as they are written."""
_CITIES: Final = 50_000
_ELSEWHERE: Final = 4096
_PERIODS: Final = 16

City = tuple[str, str]
"""City and state, in capitals."""
Place = tuple[str, str, str]
"""City, state, ZIP."""


class Presence:
    """Whether a person may be in the source at an address in a period: 4 MB for each of 16 periods
    at most."""

    def __init__(self) -> None:
        self._met: dict[str, BloomSet] = {}

    def note(self, person: int, period: str) -> None:
        """One row. person: `checksum_of` tax number, address lines and ZIP."""
        bits = self._met.get(period)
        if bits is None and len(self._met) < _PERIODS:
            bits = self._met[period] = BloomSet()
        if bits is not None:
            bits.add(person)

    def may_hold(self, person: int, period: str) -> bool:
        """False only where no row says so."""
        bits = self._met.get(period)
        return bits is not None and bits.holds(person)


class CityZips(Sensitive, frozen=True, gc=False):
    """ZIPs by city, and such places of the whole source, at most 4,096."""

    of_city: dict[City, tuple[str, ...]]
    everywhere: tuple[Place, ...]

    def knows(self, city: str, state: str, zip5: str) -> bool:
        """Whether it is a place of its own."""
        return zip5 in self.of_city.get((city.upper(), state.upper()), ())

    def others(self, city: str, state: str, zip5: str) -> tuple[str, ...]:
        """The city's other ZIPs."""
        return tuple(
            [
                found
                for found in self.of_city.get((city.upper(), state.upper()), ())
                if found != zip5
            ]
        )


class ZipCollector:
    """Counts homes by city and ZIP."""

    def __init__(self) -> None:
        self._homes: dict[City, dict[str, int]] = {}
        self._met = BloomSet()

    def note(self, line1: str, city: str, state: str, zip5: str) -> None:
        """One row's address: a house counts once, however many units it has."""
        if not self._met.add(checksum_of(line1, zip5)):
            return
        named = (city.upper(), state.upper())
        homes = self._homes.get(named)
        if homes is None:
            if len(self._homes) >= _CITIES:
                return
            homes = self._homes[named] = {}
        homes[zip5] = homes.get(zip5, 0) + 1

    def finish(self) -> CityZips:
        """The ZIPs that are places of their own."""
        found: dict[City, tuple[str, ...]] = {}
        for city, homes in self._homes.items():
            least = max(LEAST_ZIP_HOMES, sum(homes.values()) / LEAST_ZIP_SHARE)
            found[city] = tuple(zip5 for zip5, count in homes.items() if count >= least)
        everywhere = [(*city, zip5) for city, zips in found.items() for zip5 in zips]
        step = -(-len(everywhere) // _ELSEWHERE) or 1
        return CityZips(found, tuple(everywhere[::step]))
