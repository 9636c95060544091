"""Which places the register knows as places of their own.

A tolerance forgives a slip of the pen. It must not lead from one street where people live to
another. So a build counts the homes of each line and ZIP, seals a bucket for each that is a known
place (normalize/address_keys.py has the table of their keys), and states in each reference of a
tolerant bucket whether the home that it leads to is at a known place. A question's tolerant key
leads on unless both places are known: the slip may be in the question or in the register's own row,
and neither is known before the other. Decision 0007.

THE TABLE OF COUNTS. Homes are exact buckets that were sealed; a house counts once however many
units it has.

| known place | homes | share                      | because                                   |
|-------------|-------|----------------------------|-------------------------------------------|
| known-line  | 3     | 1/8 of any line that only  | two homes can share a slip; a street      |
|             |       | adds to it                 | whose suffix many leave out is no second  |
|             |       |                            | street                                    |
| known-zip   | 3     | 1/256 of the homes of a    | the commonest wrong ZIP of the noisiest   |
|             |       | city                       | sample is 1 of 500                        |

A line adds to another of the same street name if it only adds suffix or directionals (N OAK ST adds
to OAK ST, and both add to OAK). Whole lines of one name (OAK ST, OAK CT) are not weighed against
each other: a court of three homes is a court.

Memory: the homes of one street name in one zone at a time (beyond 65,536 of them, the first decide
which lines are known), and the ZIPs of cities (beyond 262,144 pairs of both, the rarest are
forgotten and so not known). Everything else is in sorted files. All counts depend on the source and
the register key alone, never on the order of rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, groupby, islice
from operator import itemgetter
from typing import Final, Protocol

import msgspec

from counterfoil.core.values import Sensitive
from counterfoil.register.bucket import TAG_BYTES
from counterfoil.register.external_sort import ExternalSort
from counterfoil.register.loading import AddressLinks, Parts

LEAST_HOMES: Final = 3
LEAST_OF_FULLER: Final = 8
"""One home for so many of a line that says more."""
LEAST_OF_CITY: Final = 256
"""One home for so many of the city."""
HOMES_MAX: Final = 65_536
ZIPS_MAX: Final = 262_144

_FLAG: Final = (b"\x00", b"\x01")


class HomeOfLine(Protocol):
    """What is counted of a home."""

    @property
    def line(self) -> bytes:
        """What marks its line."""
        ...

    @property
    def parts(self) -> Parts:
        """Those of its line."""
        ...

    @property
    def number(self) -> str:
        """Its house number."""
        ...


class _Home(Sensitive, frozen=True, gc=False, array_like=True):
    """One sealed home, until it is settled which places are known.

    bucket: its tag and key. streets: tolerant buckets by which its line is reached. line: the
    bucket that marks the line. places: (tolerant bucket, bucket that marks its ZIP) for each city
    that its rows name.
    """

    bucket: bytes
    streets: tuple[bytes, ...]
    line: bytes
    parts: Parts
    number: str
    places: tuple[tuple[bytes, bytes], ...]


_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(_Home)


class KnownPlaces:
    """Homes go in while exact buckets are sealed; known places and references come out."""

    def __init__(self, homes: ExternalSort, buckets: ExternalSort) -> None:
        self.known_lines = self.known_zips = 0
        self._homes = homes
        self._known = buckets
        self._zips: Counter[tuple[bytes, bytes]] = Counter()
        self._cities: Counter[bytes] = Counter()

    @property
    def homes(self) -> int:
        """How many were added."""
        return self._homes.pairs

    def add(self, bucket: bytes, links_of_rows: Sequence[AddressLinks]) -> None:
        """Add a sealed home. bucket: its tag and key. links_of_rows: at least one. Raises
        StoreFault."""
        first = links_of_rows[0]
        cities = {(each.city, each.zip_mark) for each in links_of_rows if each.city}
        self._cities.update({city for city, _ in cities})
        self._zips.update(cities)
        if len(self._zips) > ZIPS_MAX:
            _forget_rarest(self._zips)
        places = sorted({(each.place, each.zip_mark) for each in links_of_rows if each.place})
        if first.streets or places:
            home = _Home(
                bucket, first.streets, first.line, first.parts, first.number, tuple(places)
            )
            self._homes.add(first.name or bucket[:TAG_BYTES], _ENCODER.encode(home))

    def settle(self, references: ExternalSort) -> Iterator[int]:
        """Settle which places are known, and add every reference to `references`; yields homes
        taken. Raises StoreFault."""
        known_zips = self._settle_zips()
        for _, group in groupby(self._homes.drain(), itemgetter(0)):
            homes = (_DECODER.decode(value) for _, value in group)
            first_homes = list(islice(homes, HOMES_MAX))
            known = known_lines(first_homes)
            self._seal_known(known)
            self.known_lines += len(known)
            for home in chain(first_homes, homes):
                _refer(references, home, home.line in known, known_zips)
                yield 1

    def _settle_zips(self) -> frozenset[bytes]:
        known = frozenset(
            bucket
            for (city, bucket), homes in self._zips.items()
            if homes >= LEAST_HOMES and homes * LEAST_OF_CITY >= self._cities[city]
        )
        self._seal_known(known)
        self.known_zips = len(known)
        return known

    def _seal_known(self, known: Iterable[bytes]) -> None:
        for bucket in sorted(known):
            self._known.add(bucket[:TAG_BYTES], bucket[TAG_BYTES:])


def known_lines(homes: Iterable[HomeOfLine]) -> frozenset[bytes]:
    """The buckets that mark the known lines among these homes of one street name in one zone."""
    numbers: dict[Parts, set[str]] = {}
    buckets: dict[Parts, bytes] = {}
    for home in homes:
        if home.line:
            numbers.setdefault(home.parts, set()).add(home.number)
            buckets[home.parts] = home.line
    counts = {parts: len(found) for parts, found in numbers.items()}
    return frozenset(buckets[parts] for parts in counts if _is_known(parts, counts))


def _is_known(parts: Parts, counts: Mapping[Parts, int]) -> bool:
    most = max((homes for other, homes in counts.items() if _says_more(other, parts)), default=0)
    return counts[parts] >= LEAST_HOMES and counts[parts] * LEAST_OF_FULLER >= most


def _says_more(one: Parts, two: Parts) -> bool:
    """Whether `one` only adds a suffix or directionals to `two`."""
    return one != two and all(has in ("", more) for has, more in zip(two, one, strict=True))


def _refer(
    references: ExternalSort, home: _Home, is_known: bool, known_zips: frozenset[bytes]
) -> None:
    reference = home.bucket + _FLAG[is_known]
    for street in home.streets:
        references.add(street[:TAG_BYTES], street[TAG_BYTES:] + reference)
    for place, bucket in home.places:
        references.add(
            place[:TAG_BYTES], place[TAG_BYTES:] + home.bucket + _FLAG[bucket in known_zips]
        )


def _forget_rarest(counts: Counter[tuple[bytes, bytes]]) -> None:
    """Leave at most half as many as are allowed: those with the most homes."""
    least = sorted(counts.values())[-ZIPS_MAX // 2]
    for key in [key for key, count in counts.items() if count <= least]:
        del counts[key]
