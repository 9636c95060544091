"""Which threshold decides: by whether the question states a date of birth, and whether the best
resident's agrees in full.

    the question states   the best resident's date          threshold
    no date of birth      is not compared                   names
    a date of birth       dob.equal, _unsure, _unnamed      birth
    a date of birth       dob.missing, dob.near             undated: what is left is evidence by
                          name

Where thresholds come from: docs/formats/certificate.md; why these: docs/decisions/0008. Pure.
"""

from __future__ import annotations

from typing import Final

from counterfoil.core.values import Grant, Public
from counterfoil.matching.evidence import Line
from counterfoil.matching.weights import UNIT, Weights

NEVER: Final = 1_000_000
"""Out of reach of any evidence, in hundredths of a bit."""

_AGREEING: Final = frozenset({"dob.equal", "dob.equal_unsure", "dob.equal_unnamed"})


class Thresholds(Public, frozen=True, gc=False, kw_only=True):
    """Hundredths of a bit that the best resident must reach, by what the question states and what
    was compared."""

    birth: int
    names: int
    undated: int


def own_thresholds(weights: Weights) -> Thresholds:
    """What the weights themselves say, whatever is stated."""
    own = round(weights.threshold_bits * UNIT)
    return Thresholds(birth=own, names=own, undated=own)


def threshold_for(grant: Grant, lines: tuple[Line, ...], thresholds: Thresholds) -> int:
    """The threshold for this question against the resident whose lines of evidence these are."""
    if grant.request.person.date_of_birth is None:
        return thresholds.names
    agrees = any(level in _AGREEING for level, _ in lines)
    return thresholds.birth if agrees else thresholds.undated
