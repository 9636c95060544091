"""The decision: this person, or somebody else who lives there.

Only residents of one of the periods that the question names are looked at; others are as if they
were not there, for confirming and for the margin alike. Each is scored against the alternative
that it is another resident of the same address; a contradiction ends its score. The best resident
is confirmed if its score reaches the threshold, every resident within the margin of it is evidently
the same person under another entry, and the evidence meets the requirements. Nobody at all, no
period in common, and two candidates give the same: not confirmed.

Sums are whole hundredths of a bit, and ties are broken by evidence alone: the order of residents
cannot matter.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from msgspec.structs import replace

from counterfoil.core.values import Comparison, Grant, Match, Residents
from counterfoil.matching.evidence import Line, Scored, evidence_of, is_same_person, score_of
from counterfoil.matching.names import OTHER_GIVEN, given_level, stranger_to
from counterfoil.matching.requirements import unmet_by
from counterfoil.matching.table import FATAL, MATCH_VERSION, OUT_OF_REACH, WITHOUT_REQUIREMENTS
from counterfoil.matching.thresholds import Thresholds, own_thresholds, threshold_for
from counterfoil.matching.weights import UNIT, Weights
from counterfoil.normalize import FORMS_VERSION

READABLE_VERSIONS: Final = (
    *(MATCH_VERSION, "match-8", "match-7", "match-6"),
    *("match-5", "match-4", "match-3", "match-2"),
)
"""Versions that this one can decide as, its own first."""
_FORMS: Final = {
    MATCH_VERSION: FORMS_VERSION,
    "match-8": "forms-6",
    "match-7": "forms-5",
    "match-6": "forms-4",
    "match-5": "forms-3",
}


def forms_read_by(version: str) -> str:
    """The version of the normal forms that this version of the match rules reads."""
    return _FORMS.get(version, "forms-2")


def as_version(weights: Weights, version: str) -> Weights:
    """The weights by which a readable version decides."""
    return replace(weights, version=version)


def decide(
    grant: Grant, residents: Residents, weights: Weights, thresholds: Thresholds | None = None
) -> Match:
    """Compare the person asked about with the residents that the address keys opened. Pure.

    `thresholds` are by scope, where certificates set them; None for the weights' own."""
    candidates, stranger = _candidates(grant, residents, weights)
    request = grant.request
    if not candidates:
        lines = ((stranger, FATAL),) if stranger else ()
        score = score_of(lines) / UNIT
        return Match(request.request_id, request.row, False, score, 0.0, _shown(lines))
    best = candidates[0] if len(candidates) == 1 else max(candidates, key=_by_evidence)
    score, lines, _ = best
    margin = _margin(best, candidates, weights)
    limits = thresholds or own_thresholds(weights)
    threshold = threshold_for(grant, lines, limits, weights.version)
    confirmed = is_enough(score, margin, lines, weights, threshold)
    if (
        confirmed
        and weights.version != WITHOUT_REQUIREMENTS
        and (unmet := unmet_by(grant, best[2], lines, weights))
    ):
        lines += unmet
        score, confirmed = score_of(lines), False
    return Match(
        request.request_id, request.row, confirmed, score / UNIT, margin / UNIT, _shown(lines)
    )


def _candidates(grant: Grant, residents: Residents, weights: Weights) -> tuple[list[Scored], str]:
    """The residents whose given name may be the one asked about, scored; and the level that left
    out the last of the others, "" if it left out nobody."""
    periods = frozenset(grant.periods)
    is_stranger = stranger_to(grant.name)
    candidates: list[Scored] = []
    stranger = ""
    for index, resident in enumerate(residents.residents):
        if periods.isdisjoint(resident.periods):
            continue
        is_other = is_stranger(resident.name)
        given = OTHER_GIVEN if is_other else given_level(grant.name, resident.name, weights)
        if weights.levels[given] <= FATAL:
            stranger = given
        else:
            lines = evidence_of(grant, residents, index, given, weights)
            candidates.append((score_of(lines), lines, resident))
    return candidates, stranger


def is_enough(
    score: int, margin: int, lines: tuple[Line, ...], weights: Weights, threshold: int
) -> bool:
    """Whether threshold and margin are reached and no line is a contradiction, whatever the others
    say."""
    if score < threshold or margin < round(weights.margin_bits * UNIT):
        return False
    return min([line[1] for line in lines]) > FATAL


def explain(
    grant: Grant, residents: Residents, weights: Weights
) -> tuple[tuple[Comparison, ...], ...]:
    """Every line of evidence of every resident, in their order: for the holder's eyes. It has
    levels, never values."""
    levels = [given_level(grant.name, each.name, weights) for each in residents.residents]
    return tuple(
        _shown(evidence_of(grant, residents, index, given, weights))
        for index, given in enumerate(levels)
    )


def _by_evidence(scored: Scored) -> tuple[int, tuple[Line, ...]]:
    return scored[:2]


def _margin(best: Scored, candidates: list[Scored], weights: Weights) -> int:
    """Hundredths of a bit between the best and the first resident who is not evidently the same
    person.

    All residents within reach must be the same person pairwise, so that one entry cannot make two
    people one."""
    if len(candidates) == 1:
        return best[0] - FATAL
    same = [best[2]]
    others = [each for each in candidates if each[2] is not best[2]]
    for score, _, resident in sorted(others, key=_by_evidence, reverse=True):
        if score < OUT_OF_REACH or not all(is_same_person(one, resident, weights) for one in same):
            return best[0] - score
        same.append(resident)
    return best[0] - FATAL


@lru_cache(maxsize=16384)
def _shown(lines: tuple[Line, ...]) -> tuple[Comparison, ...]:
    parts = ((level.partition("."), weight) for level, weight in lines)
    return tuple(Comparison(level[0], level[2], weight / UNIT) for level, weight in parts)
