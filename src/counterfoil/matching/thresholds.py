"""Which threshold decides: by whether the question states a date of birth, and whether the best
resident's agrees in full.

    the question states   the best resident's date          threshold
    no date of birth      is not compared                   names
    a date of birth       dob.equal and its kinds           birth
    a date of birth       dob.near                          birth, and a requirement that it fails
    a date of birth       dob.missing                       undated: what is left is evidence by
                          name, which cannot tell a father from his son

A date that stands for an unknown one (core/births.py) is none. What the question leaves out is
seen by who reads the answer, so the agreement decides what such a question is worth. What only the
register lacks must not be seen: `undated` is as much higher as makes it `not_confirmed`.

Where thresholds come from: docs/formats/certificate.md; why these: docs/decisions/0008. Pure.
"""

from __future__ import annotations

from typing import Final

from counterfoil.core.births import real_birth
from counterfoil.core.values import Grant, Public
from counterfoil.matching.evidence import Line
from counterfoil.matching.table import BY_FIRST_WORDS, UNDATED
from counterfoil.matching.weights import UNIT, Weights

NEVER: Final = 1_000_000
"""Out of reach of any evidence, in hundredths of a bit."""

_COMPARED: Final = frozenset(
    {"dob.equal", "dob.equal_form", "dob.equal_common", "dob.equal_unsure", "dob.equal_unnamed"}
)
_COMPARED_OR_NEAR: Final = _COMPARED | {"dob.near"}


class Thresholds(Public, frozen=True, gc=False, kw_only=True):
    """Hundredths of a bit that the best resident must reach, by what the question states and what
    was compared."""

    birth: int
    names: int
    undated: int


def own_thresholds(weights: Weights) -> Thresholds:
    """What the weights themselves say, whatever is stated."""
    own = round(weights.threshold_bits * UNIT)
    return Thresholds(birth=own, names=own, undated=undated(own, weights))


def undated(highest: int, weights: Weights) -> int:
    """The threshold where only the register lacks the date, `highest` being the higher of the other
    two."""
    return highest if weights.version in BY_FIRST_WORDS else min(NEVER, highest + UNDATED)


def threshold_for(
    grant: Grant, lines: tuple[Line, ...], thresholds: Thresholds, version: str
) -> int:
    """The threshold for this question against the resident whose lines of evidence these are."""
    born = grant.request.person.date_of_birth
    if born is None or (version not in BY_FIRST_WORDS and real_birth(born) is None):
        return thresholds.names
    stated = _COMPARED if version in BY_FIRST_WORDS else _COMPARED_OR_NEAR
    for level, _ in lines:
        if level in stated:
            return thresholds.birth
    return thresholds.undated
