"""The phase of a build in which the register itself teaches the match rules, with no labels.

The learner is given by the caller and belongs to `matching`; this room knows only the shape below.
It is fed residents, and counts. What it makes of them goes into the manifest, and so holds integers
and levels and no name in clear. Persons come in no fixed order, so a learner counts and does not
sample.

    co_residents   called once for each exact bucket with all its residents (one or many), buckets
                   in order of tag
    same_person    called with pairs of residents under one tax number, from different taxable
                   periods: consecutive periods of a person, at most 8 pairs each. A number under
                   which one period shows more than four residents is shared, and teaches nothing.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator
from itertools import groupby, islice, pairwise
from operator import itemgetter
from typing import Any, Final, Protocol

import msgspec

from counterfoil.core.values import Resident
from counterfoil.register.external_sort import ExternalSort

PAIRS_MAX: Final = 8
_SHARED_RESIDENTS: Final = 4
_SEEN_MAX: Final = 256
_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(Resident)


class Learner(Protocol):
    """The learner of `matching`."""

    def same_person(self, earlier: Resident, later: Resident, /) -> None:
        """Two ways in which one person was written, in different periods."""
        ...

    def co_residents(self, residents: tuple[Resident, ...], /) -> None:
        """The residents of one bucket."""
        ...

    def merge(self, other: Any, /) -> None:
        """Add what another learner, a copy of this one as it began, counted of another part."""
        ...


class PersonSort:
    """Residents by tax number. The sort key on disk is a keyed hash under a key in memory only."""

    def __init__(self, residents_sort: ExternalSort, random: Callable[[int], bytes]) -> None:
        self._sort = residents_sort
        self._key = random(32)

    def add(self, residents: tuple[Resident, ...]) -> None:
        """Add those that have a tax number. Raises StoreFault."""
        for resident in residents:
            if resident.tin_hash:
                self._sort.add(
                    hmac.digest(self._key, resident.tin_hash, "sha256")[:16],
                    _ENCODER.encode(resident),
                )

    def pairs(self) -> Iterator[tuple[Resident, Resident]]:
        """Every pair that shows one person in two periods. Raises StoreFault."""
        for _, group in groupby(self._sort.drain(), itemgetter(0)):
            encoded = [value for _, value in islice(group, _SEEN_MAX)]
            if len(encoded) > 1 or len(_DECODER.decode(encoded[0]).periods) > 1:
                yield from islice(
                    person_pairs([_DECODER.decode(value) for value in sorted(encoded)]), PAIRS_MAX
                )


def person_pairs(entries: list[Resident]) -> Iterator[tuple[Resident, Resident]]:
    """Pairs over the consecutive periods of one tax number; none where it is shared."""
    by_period: dict[int, list[Resident]] = {}
    for resident in entries:
        for period in resident.periods:
            by_period.setdefault(period, []).append(resident)
    if any(len(residents) > _SHARED_RESIDENTS for residents in by_period.values()):
        return
    for earlier, later in pairwise(sorted(by_period)):
        yield by_period[earlier][0], by_period[later][0]
