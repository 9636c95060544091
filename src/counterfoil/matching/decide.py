"""The decision: this person, or somebody else who lives there.

Only residents held for one of the periods that the question names are looked at; others are as if
they were not there, for confirming and for the margin alike. Each is scored against the alternative
that it is another resident of the same address; a contradiction ends its score. The best resident
is confirmed if its score reaches the threshold and every resident within the margin of it is
evidently the same person under another entry. Nobody at all, no period in common, and two
candidates give the same: not confirmed.

Sums are whole hundredths of a bit, and ties are broken by evidence alone: the order of residents
cannot matter.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from counterfoil.core.values import Comparison, Grant, Match, Residents
from counterfoil.matching.evidence import Line, Scored, evidence_of, score_of
from counterfoil.matching.names import OTHER_GIVEN, given_level, stranger_to
from counterfoil.matching.same import is_same_person
from counterfoil.matching.table import FATAL, OUT_OF_REACH
from counterfoil.matching.thresholds import Thresholds, own_thresholds, threshold_for
from counterfoil.matching.weights import UNIT, Weights

MATCH_VERSION: Final = "match-2"


def decide(
    grant: Grant, residents: Residents, weights: Weights, thresholds: Thresholds | None = None
) -> Match:
    """Compare the person asked about with the residents that the doors opened. Pure.

    thresholds: by scope, where certificates set them; None for the weights' own."""
    periods = frozenset(grant.periods)
    asked, levels = grant.name, weights.levels
    is_stranger = stranger_to(asked)
    candidates: list[Scored] = []
    stranger = ""
    for index, resident in enumerate(residents.residents):
        if periods.isdisjoint(resident.periods):
            continue
        if is_stranger(resident.name):
            stranger = OTHER_GIVEN
            continue
        given = given_level(asked, resident.name, weights)
        if levels[given] <= FATAL:
            stranger = given
        else:
            lines = evidence_of(grant, residents, index, given, weights)
            candidates.append((score_of(lines), lines, resident))
    request = grant.request
    if not candidates:
        lines = ((stranger, FATAL),) if stranger else ()
        return Match(
            request.request_id, request.row, False, score_of(lines) / UNIT, 0.0, _shown(lines)
        )
    best = candidates[0] if len(candidates) == 1 else max(candidates, key=_standing)
    score, lines, _ = best
    margin = _margin(best, candidates, weights)
    threshold = threshold_for(grant, lines, thresholds or own_thresholds(weights))
    confirmed = is_enough(score, margin, lines, weights, threshold)
    return Match(
        request.request_id, request.row, confirmed, score / UNIT, margin / UNIT, _shown(lines)
    )


def is_enough(
    score: int, margin: int, lines: tuple[Line, ...], weights: Weights, threshold: int
) -> bool:
    """True if threshold and margin are reached and no line is a contradiction, whatever the others
    say."""
    if score < threshold or margin < round(weights.margin_bits * UNIT):
        return False
    return min([line[1] for line in lines]) > FATAL


def explain(
    grant: Grant, residents: Residents, weights: Weights
) -> tuple[tuple[Comparison, ...], ...]:
    """Every line of evidence of every resident, in the order held: for the holder's eyes. Levels,
    never values."""
    return tuple(
        _shown(
            evidence_of(
                grant, residents, index, given_level(grant.name, resident.name, weights), weights
            )
        )
        for index, resident in enumerate(residents.residents)
    )


def _standing(scored: Scored) -> tuple[int, tuple[Line, ...]]:
    return scored[:2]


def _margin(best: Scored, candidates: list[Scored], weights: Weights) -> int:
    """Hundredths of a bit between the best and the first resident who is not evidently the same
    person.

    All residents within reach must be the same person pairwise, so that one entry cannot make two
    people one."""
    if len(candidates) > 1:
        same = [best[2]]
        for score, _, resident in sorted(candidates, key=_standing, reverse=True):
            if resident is best[2]:
                continue
            if score < OUT_OF_REACH or not all(
                is_same_person(one, resident, weights) for one in same
            ):
                return best[0] - score
            same.append(resident)
    return best[0] - FATAL


@lru_cache(maxsize=16384)
def _shown(lines: tuple[Line, ...]) -> tuple[Comparison, ...]:
    parts = ((level.partition("."), weight) for level, weight in lines)
    return tuple(Comparison(level[0], level[2], weight / UNIT) for level, weight in parts)
