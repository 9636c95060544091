"""ZIPs of the source by city, and who was where in which period: in a few megabytes, whatever the
source's size."""

from __future__ import annotations

from typing import Final

from counterfoil.certification.seen import Seen, checksum_of
from counterfoil.core.values import Sensitive

LEAST_HOMES: Final = 6
LEAST_SHARE: Final = 128
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
        self._seen: dict[str, Seen] = {}

    def note(self, person: int, period: str) -> None:
        """One row. person: `checksum_of` tax number, address lines and ZIP."""
        seen = self._seen.get(period)
        if seen is None and len(self._seen) < _PERIODS:
            seen = self._seen[period] = Seen()
        if seen is not None:
            seen.add(person)

    def may_hold(self, person: int, period: str) -> bool:
        """False only where no row says so."""
        seen = self._seen.get(period)
        return seen is not None and seen.holds(person)


class Zips(Sensitive, frozen=True, gc=False):
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


class ZipCounter:
    """Counts homes by city and ZIP."""

    def __init__(self) -> None:
        self._homes: dict[City, dict[str, int]] = {}
        self._seen = Seen()

    def note(self, line1: str, city: str, state: str, zip5: str) -> None:
        """One row's address: a house counts once, however many units it has."""
        if not self._seen.add(checksum_of(line1, zip5)):
            return
        named = (city.upper(), state.upper())
        homes = self._homes.get(named)
        if homes is None:
            if len(self._homes) >= _CITIES:
                return
            homes = self._homes[named] = {}
        homes[zip5] = homes.get(zip5, 0) + 1

    def finish(self) -> Zips:
        """The ZIPs that are places of their own."""
        found: dict[City, tuple[str, ...]] = {}
        for city, homes in self._homes.items():
            least = max(LEAST_HOMES, sum(homes.values()) / LEAST_SHARE)
            found[city] = tuple(zip5 for zip5, count in homes.items() if count >= least)
        everywhere = [(*city, zip5) for city, zips in found.items() for zip5 in zips]
        step = -(-len(everywhere) // _ELSEWHERE) or 1
        return Zips(found, tuple(everywhere[::step]))
