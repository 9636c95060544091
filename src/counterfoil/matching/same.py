"""Two entries that are evidently one person's, so that neither stands in the other's way. Pure and
symmetric."""

from __future__ import annotations

from typing import Final

from counterfoil.core.values import Resident
from counterfoil.matching.facts import dob_level
from counterfoil.matching.names import family_level, given_level, middle_level
from counterfoil.matching.weights import Weights

_AGREEING_MIDDLE: Final = frozenset({"middle.equal", "middle.initial"})


def is_same_person(one: Resident, two: Resident, weights: Weights) -> bool:
    """True for the same tax number; or for the same name and no contradiction, in periods that do
    not overlap.

    A given name counts as the same if it is a slip of the other and the middle names agree (KEVIN
    C, KECIN C).

    A person is held once a period: two entries of one period under different numbers are two
    people, however alike.
    """
    if one.tin_hash and one.tin_hash == two.tin_hash:
        return True
    if (
        not one.name.given
        or one.name.suffix != two.name.suffix
        or not set(one.periods).isdisjoint(two.periods)
    ):
        return False
    middle = middle_level(one.name, two.name)
    if one.name.given != two.name.given and not (
        middle in _AGREEING_MIDDLE and given_level(one.name, two.name, weights) == "given.near"
    ):
        return False
    return (
        middle != "middle.differs"
        and family_level(one.name, two.name, weights) != "family.other"
        and dob_level(one.date_of_birth, two.date_of_birth) != "dob.differs"
    )
