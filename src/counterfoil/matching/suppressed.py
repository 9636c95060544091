"""The decision where somebody is held by 26 USC 6103(i)(6): as if they were not there, and nobody
confirmed by it. Pure.

    all     decided over every resident              rest    decided over those who are not held
    withheld = the held, and every entry that is evidently one of theirs (same.py)

    nobody is withheld                                                    -> all
    rest does not confirm                                                 -> rest
    rest confirms, and all confirms the same resident                     -> rest
    rest confirms, and all does not, or confirms somebody who is withheld -> what is decided where
    nobody lives

So whoever is withheld is never confirmed, and nobody is confirmed because somebody else was hidden.
What is kept shows no trace of the withheld: evidence, score and margin are those of the rest, or
those of an empty home.
"""

from __future__ import annotations

from collections.abc import Set
from typing import Final

from msgspec.structs import replace

from counterfoil.core.values import Grant, Match, Residents
from counterfoil.matching.decide import decide
from counterfoil.matching.same import is_same_person
from counterfoil.matching.thresholds import Thresholds
from counterfoil.matching.weights import Weights

CROWD: Final = "crowd"
"""The feature that says how many entries the home has (evidence.py)."""


def decide_suppressed(
    grant: Grant,
    residents: Residents,
    held: Set[int],
    weights: Weights,
    thresholds: Thresholds | None = None,
) -> Match:
    """As `decide`, with the residents at the places `held` withheld."""
    every = decide(grant, residents, weights, thresholds)
    if not held:
        return every
    people = residents.residents
    kept = [
        place
        for place, each in enumerate(people)
        if place not in held and not any(is_same_person(people[one], each, weights) for one in held)
    ]
    rest = decide(grant, _only(residents, kept), weights, thresholds)
    if not rest.confirmed or (every.confirmed and _of_same(every, rest)):
        return rest
    return decide(grant, _only(residents, []), weights, thresholds)


def _of_same(every: Match, rest: Match) -> bool:
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
