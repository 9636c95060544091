"""Weights that the register teaches: no labels, counts only, whatever the order of feeding.

    m   two entries under one tax number (other years): how one person's name is written at
        different times
    u   residents of one bucket under different tax numbers: how co-residents agree by chance

A learned weight is log2(m / u), smoothed towards the table's default and kept between the table's
bounds. The smoothing adds, to the counts of m and of u, a hundred pairs that behave as the default
says. Pairs that teach the wrong thing are left out: two entries under different numbers whose name
agrees in all parts are mostly one person whose number was mistyped, and two under one number whose
given names differ are mostly spouses whose numbers were exchanged.

Given names are counted once a person and bucket, words of family names once a bucket. A name that
fewer than three people, or homes, bear leaves no trace.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from math import exp2, log2
from typing import Any, Final, final

from msgspec.structs import replace

from counterfoil.core.values import NameForm, Resident
from counterfoil.matching.evidence import birth_level, parts_of
from counterfoil.matching.names import given_level, is_in_use
from counterfoil.matching.table import LEAST_BEARERS, LEAST_SHARE_RARITY, LEVELS
from counterfoil.matching.weights import UNIT, Weights, default_weights, name_key

PRIOR_PAIRS: Final = 100
_TYPICAL_M: Final = 0.02
_MANY: Final = 30
"""Buckets of more people (jails, shelters, apartment houses without units) teach nothing about
households."""
_WEIGHED_BY_RARITY: Final = frozenset(
    {"given.equal", "given.variant", "given.nickname", "given.among"}
)
_SAME_NAME: Final = frozenset({"given.equal", "given.joined"})


@final
class Learner:
    """Counts while a register is built; `finish` gives the weights. It keeps counts only.

    `salt` is a random text (32 hex digits) that the build makes; it keys the names in the
    weights."""

    def __init__(self, salt: str = "") -> None:
        self._salt = salt
        self._bare = default_weights()
        self._given = Counter[str]()
        self._family = Counter[str]()
        self._slips = Counter[tuple[bool, str, str]]()
        self._same = Counter[str]()
        self._others = Counter[str]()
        self._totals = Counter[str]()

    def same_person(self, one: Resident, two: Resident) -> None:
        """Feed two entries under one tax number."""
        levels = self._levels(one, two)
        if levels[0] != "given.other":
            self._totals["same pairs"] += 1
            self._count(self._same, levels, one.name, two.name, is_same=True)

    def co_residents(self, residents: Sequence[Resident]) -> None:
        """Feed one bucket, whole and once: its people give frequencies, its pairs the chance of
        agreement."""
        people = _people(residents)
        self._totals["people"] += len(people)
        self._totals["homes"] += 1
        for word in {word for resident in people for word in resident.name.family}:
            self._family[word] += 1
        for resident in people:
            if resident.name.given:
                self._given[resident.name.given[0]] += 1
        if len(people) > _MANY:
            return
        for one, two in combinations(people, 2):
            levels = self._levels(one, two)
            is_same_name = (
                levels[0] in _SAME_NAME
                and levels[1] != "middle.differs"
                and levels[2] != "family.other"
            )
            if not is_same_name:
                self._totals["other pairs"] += 1
                self._count(self._others, levels, one.name, two.name, is_same=False)

    def merge(self, other: Learner) -> None:
        """Add the counts of another learner, as of a build in parts."""
        for counts, more in zip(self._counters(), other._counters(), strict=True):
            counts.update(more)

    def _counters(self) -> tuple[Counter[Any], ...]:
        return (self._given, self._family, self._slips, self._same, self._others, self._totals)

    def finish(self) -> Weights:
        """The weights. Those of the table where nothing was fed."""
        weights = replace(
            self._bare,
            given=_rarities(self._given, self._totals["people"], self._salt),
            family=_rarities(self._family, self._totals["homes"], self._salt),
            salt=self._salt,
            same_person_pairs=self._totals["same pairs"],
            co_resident_pairs=self._totals["other pairs"],
        )
        same, others = self._same.copy(), self._others.copy()
        self._settle_slips(weights, same, others)
        return replace(
            weights, levels={name: self._weight(name, same[name], others[name]) for name in LEVELS}
        )

    def _levels(self, one: Resident, two: Resident) -> tuple[str, str, str, str]:
        given = given_level(one.name, two.name, self._bare)
        middle, family = parts_of(one.name, two.name, given, self._bare)
        born, other = one.date_of_birth, two.date_of_birth
        # What an equal date is worth is learned as if the given names agreed in full.
        dob = birth_level(one.name, two.name, born, other, "given.equal", "middle.missing")
        return given, middle, family, dob

    def _count(
        self,
        counts: Counter[str],
        levels: tuple[str, ...],
        one: NameForm,
        two: NameForm,
        *,
        is_same: bool,
    ) -> None:
        for level in levels[1:]:
            counts[level] += 1
        if levels[0].startswith("given.near"):
            first, second = sorted((one.given[0], two.given[0]))
            self._slips[is_same, first, second] += 1
        else:
            counts[levels[0]] += 1

    def _settle_slips(self, weights: Weights, same: Counter[str], others: Counter[str]) -> None:
        """Count near given names as a slip or as two names in use, which is known only when all
        names are counted."""
        for (is_same, one, two), count in self._slips.items():
            in_use = is_in_use(one, weights) + is_in_use(two, weights)
            level = ("given.near_rare", "given.near", "given.other")[in_use]
            (same if is_same else others)[level] += count

    def _weight(self, name: str, same: int, others: int) -> int:
        level = LEVELS[name]
        if level.bounds is None:
            return level.default
        ratio = exp2(level.default / UNIT)
        same_pairs = self._totals["same pairs"] + PRIOR_PAIRS
        if name in _WEIGHED_BY_RARITY:  # what chance does is in the rarity of the name: m alone
            learned = (same + PRIOR_PAIRS * ratio) / same_pairs
        else:
            prior = max(_TYPICAL_M, min(0.9, _TYPICAL_M * ratio))
            m = (same + PRIOR_PAIRS * prior) / same_pairs
            other_pairs = self._totals["other pairs"] + PRIOR_PAIRS
            learned = m * other_pairs / (others + PRIOR_PAIRS * prior / ratio)
        least, most = level.bounds
        return min(most, max(least, round(UNIT * log2(learned))))


def _people(residents: Sequence[Resident]) -> list[Resident]:
    """One entry a tax number, and every entry without one, in an order that does not depend on the
    feeding."""
    if len(residents) == 1:
        return [*residents]
    ordered = sorted(residents, key=_order)
    by_number = {each.tin_hash: each for each in reversed(ordered) if each.tin_hash}
    return [each for each in ordered if not each.tin_hash or by_number[each.tin_hash] is each]


def _order(
    resident: Resident,
) -> tuple[bytes, tuple[str, ...], tuple[str, ...], tuple[str, ...], str, str]:
    name = resident.name
    return (
        resident.tin_hash,
        name.given,
        name.middle,
        name.family,
        str(resident.date_of_birth),
        resident.record_ref,
    )


def _rarities(counts: Counter[str], among: int, salt: str) -> dict[str, int]:
    """Rarity by key for every name in use, ordered by key."""
    found = {
        name_key(salt, name): round(-UNIT * log2(count / among))
        for name, count in counts.items()
        if count >= LEAST_BEARERS
        and len(name) > 1
        and count / among > exp2(-LEAST_SHARE_RARITY / UNIT)
    }
    return dict(sorted(found.items()))
