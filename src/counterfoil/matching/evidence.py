"""The lines of evidence of one resident: feature by feature, level and weight. Pure."""

from __future__ import annotations

from typing import Final

from counterfoil.core.values import Grant, Resident, Residents
from counterfoil.matching.facts import dob_level, suffix_level, tin_level
from counterfoil.matching.names import family_level, family_rarity, middle_level, rarity
from counterfoil.matching.table import FEW_BITS
from counterfoil.matching.weights import UNIT, Weights
from counterfoil.normalize import family_out_of_middle

Line = tuple[str, int]
"""Level and its weight in hundredths of a bit."""

Scored = tuple[int, tuple[Line, ...], Resident]
"""One resident's score in hundredths of a bit, its lines, and the resident."""

_BY_RARITY: Final = frozenset(
    {"given.equal", "given.joined", "given.variant", "given.nickname", "given.among"}
)
_AGREEING_FAMILY: Final = frozenset(
    {"family.equal", "family.joined", "family.reordered", "family.part", "family.near"}
)


def evidence_of(
    grant: Grant, residents: Residents, index: int, given: str, weights: Weights
) -> tuple[Line, ...]:
    """Lines of the resident at `index`, whose given name reached the level `given`."""
    resident = residents.residents[index]
    levels = weights.levels
    asked, held = family_out_of_middle(grant.name, resident.name)
    weight = levels[given]
    if given in _BY_RARITY:
        weight += _rarity(given, asked.given[0], held.given[0], weights)
    middle = "middle.missing" if given == "given.among" else middle_level(asked, held)
    if (
        given == "given.swapped" and middle == "middle.differs"
    ):  # a second family name stands where given names do
        middle = "middle.missing"
    family = family_level(asked, held, weights)
    suffix = suffix_level(asked.suffix, held.suffix)
    dob = dob_level(grant.request.person.date_of_birth, resident.date_of_birth, given)
    tin = tin_level(residents.asked_tin_hash, resident.tin_hash)
    crowd = _crowd(len(residents.residents))
    doors, tolerance = weights.doors, residents.tolerances[index]
    return (
        (given, weight),
        (middle, levels[middle]),
        (family, levels[family]),
        (suffix, levels[suffix]),
        (dob, levels[dob]),
        (tin, levels[tin]),
        ("door." + tolerance, doors[tolerance] if tolerance in doors else doors["*"]),
        ("crowd.many", _crowd_cost(crowd, family, asked.family, weights))
        if crowd
        else ("crowd.few", 0),
    )


def score_of(lines: tuple[Line, ...]) -> int:
    """Sum of the weights, in hundredths of a bit."""
    total = 0
    for line in lines:
        total += line[1]
    return total


def _crowd(entries: int) -> int:
    """How far many entries raise the chance of a coincidence: a bit for each doubling from 8 on, in
    hundredths."""
    return UNIT * max(0, entries.bit_length() - FEW_BITS)


def _crowd_cost(crowd: int, family: str, asked: tuple[str, ...], weights: Weights) -> int:
    """A family name that agrees pays the crowd, up to its rarity: in a crowd, unlike at home, few
    share it."""
    if family not in _AGREEING_FAMILY:
        return -crowd
    return -max(0, crowd - max(family_rarity(word, weights) for word in asked))


def _rarity(level: str, one: str, two: str, weights: Weights) -> int:
    """Of two names for one person, the rarer tells how unlikely the pair is by chance."""
    if level == "given.equal":
        return rarity(one, weights)
    return max(rarity(one, weights), rarity(two, weights))
