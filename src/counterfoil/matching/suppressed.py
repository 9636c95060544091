"""The decision where a resident is suppressed under 26 USC 6103(i)(6): as if they were not there,
and nobody is confirmed by their absence. Pure.

    all         decided over every resident
    rest        decided over those who are not suppressed
    suppressed  those whom a disclosure hold names, and every entry that is evidently one of theirs
                (`evidence.is_same_person`)

    nobody is suppressed                                  -> all
    rest does not confirm                                 -> rest
    rest confirms, and all confirms the same resident     -> rest
    rest confirms, and all does not, or confirms somebody
    who is suppressed                                     -> what is decided where nobody lives

So whoever is suppressed is never confirmed, and nobody is confirmed because somebody else was
hidden. What is kept shows no trace of the suppressed: evidence, score and margin are those of the
rest, or those of an empty home.
"""

from __future__ import annotations

from collections.abc import Set
from typing import Final

from msgspec.structs import replace

from counterfoil.core.values import Grant, Match, Residents
from counterfoil.matching.decide import decide
from counterfoil.matching.evidence import is_same_person
from counterfoil.matching.thresholds import Thresholds
from counterfoil.matching.weights import Weights

CROWD: Final = "crowd"
"""The feature that says how many entries the home has (evidence.py)."""


def decide_suppressed(
    grant: Grant,
    residents: Residents,
    suppressed: Set[int],
    weights: Weights,
    thresholds: Thresholds | None = None,
) -> Match:
    """As `decide`, with the residents at the places `suppressed` left out."""
    every = decide(grant, residents, weights, thresholds)
    if not suppressed:
        return every
    people = residents.residents
    kept = [
        place
        for place, each in enumerate(people)
        if place not in suppressed
        and not any(is_same_person(people[one], each, weights) for one in suppressed)
    ]
    rest = decide(grant, _only(residents, kept), weights, thresholds)
    if not rest.confirmed or (every.confirmed and _is_of_same(every, rest)):
        return rest
    return decide(grant, _only(residents, []), weights, thresholds)


def _is_of_same(every: Match, rest: Match) -> bool:
    """Whether two confirmations are of one resident. Of two with the same evidence neither is
    confirmed, unless they are one person.

    The line of the crowd is of the home, not of the resident: it is another where the home is
    smaller."""
    own = [[line for line in each.evidence if line.feature != CROWD] for each in (every, rest)]
    return own[0] == own[1]


def _only(residents: Residents, kept: list[int]) -> Residents:
    return replace(
        residents,
        residents=tuple([residents.residents[place] for place in kept]),
        tolerances=tuple([residents.tolerances[place] for place in kept]),
    )
