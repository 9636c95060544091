"""The statistics of a certificate: the bound for k wrong of n, and the threshold that meets a
limit.

THE BOUND is the one-sided Clopper-Pearson bound. Its upper end u for k wrong answers in n is the
rate at which k or fewer wrong answers have probability 5 %:

    sum over i <= k of C(n, i) u^i (1 - u)^(n - i)  =  0.05        none wrong: u = 1 - 0.05^(1/n)

It is exact for every n and errs to the safe side. 300,000 decoys with none wrong give 9.986e-6;
3,000,000 give 9.986e-7. The sum is the regularized incomplete beta function I(1 - u; n - k, k + 1),
computed by Lentz's continued fraction (Abramowitz and Stegun 26.5.8), and u is found by bisection.
The relative error is under 1e-7, checked against exact fractions. A certificate holds whole numbers
only, so a bound is stated in parts of 10**12, rounded up.

THE THRESHOLD that is certified is one at which the bound of every kind of decoy is at or under the
limit. Thresholds are tried from the highest down, on the half-bit grid, and the last that still
meets the limit is taken. Confirmations only grow on the way down, so the first threshold that fails
ends the search. That is a fixed-sequence test, and the choice needs no correction: had the true
rate of a kind at the chosen threshold been above the limit, the bound would have been under the
limit with a probability of 5 % at most.

Everything here is pure.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence
from typing import Final

from counterfoil.answers.format import PARTS
from counterfoil.certification.decoys import KINDS
from counterfoil.certification.tally import PROXY, Tally
from counterfoil.core.values import Public

CONFIDENCE_PERCENT: Final = 95
_TAIL: Final = 1 - CONFIDENCE_PERCENT / 100
_TINY: Final = 1e-300
_STEPS: Final = 100_000


def upper_bound(wrong: int, asked: int, tail: float = _TAIL) -> float:
    """The bound, 0 to 1, of `wrong` in `asked`; 1 where nothing was asked. `tail` is the
    probability left above it.

    Counts that cannot be are a bug of the caller: ValueError.
    """
    if not 0 <= wrong <= asked:
        raise ValueError("of the questions asked, none to all are wrong")
    if wrong == asked:
        return 1.0
    if wrong == 0:
        return -math.expm1(math.log(tail) / asked)
    low, high = wrong / asked, 1.0
    while high - low > 1e-12 * high:
        middle = (low + high) / 2
        if at_most(wrong, asked, middle) > tail:
            low = middle
        else:
            high = middle
    return high


def parts(bound: float) -> int:
    """A bound as a whole number of parts of 10**12, rounded up."""
    return min(PARTS, math.ceil(bound * PARTS))


def at_most(wrong: int, asked: int, rate: float) -> float:
    """The probability of `wrong` or fewer wrong answers in `asked`, each wrong with probability
    `rate`."""
    if wrong >= asked or rate <= 0:
        return 1.0
    return 0.0 if rate >= 1 else incomplete_beta(1 - rate, asked - wrong, wrong + 1)


def incomplete_beta(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I(x; a, b) for 0 < x < 1 and a, b > 0."""
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(x, a, b) / a
    return 1 - front * _fraction(1 - x, b, a) / b


def _fraction(x: float, a: float, b: float) -> float:
    """Lentz's evaluation of the continued fraction; quick where x < (a + 1) / (a + b + 2)."""
    c, d = 1.0, 1 / _away(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, _STEPS):
        for step in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d, c = 1 / _away(1 + step * d), _away(1 + step / c)
            value *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return value


def _away(value: float) -> float:
    """`value`, kept from zero."""
    return value if abs(value) > _TINY else _TINY


HALF: Final = 50
"""Hundredths of a bit in half a bit."""
HIGHEST: Final = 2000


class KindPoint(Public, frozen=True, gc=False):
    """One kind at one threshold: decoys asked, wrong, and the bound in parts of 10**12."""

    kind: str
    asked: int
    wrong: int
    bound: int


class Point(Public, frozen=True, gc=False):
    """One threshold, in hundredths of a bit. `recalled` of `proxy` own questions are confirmed at
    it."""

    threshold: int
    kinds: tuple[KindPoint, ...]
    proxy: int
    recalled: int

    @property
    def worst(self) -> KindPoint:
        """The kind with the highest bound."""
        return max(self.kinds, key=lambda kind: kind.bound)

    @property
    def recall(self) -> float:
        """Share of the proxy's questions that are confirmed."""
        return self.recalled / max(1, self.proxy)


def point_at(tally: Tally, threshold: int, names: Iterable[str] | None = None) -> Point:
    """The counts of the kinds named, at a threshold on the half-bit grid."""
    least = threshold // HALF
    kinds = tuple(
        KindPoint(name, tally[name].asked, wrong, parts(upper_bound(wrong, tally[name].asked)))
        for name in (KINDS if names is None else names)
        for wrong in [tally[name].confirmed_from(least)]
    )
    return Point(threshold, kinds, tally[PROXY].asked, tally[PROXY].confirmed_from(least))


def curve(
    tally: Tally, own_threshold: int, names: Sequence[str] | None = None
) -> tuple[Point, ...]:
    """From the first threshold on the grid that is at or above the weights' own, up to
    `HIGHEST`."""
    first = -(-own_threshold // HALF) * HALF
    return tuple(point_at(tally, threshold, names) for threshold in range(first, HIGHEST + 1, HALF))


def lowest_meeting(points: Iterable[Point], limit: int) -> Point | None:
    """The lowest threshold from which on every kind meets `limit` (parts of 10**12). None where
    none does."""
    chosen: Point | None = None
    for point in sorted(points, key=lambda point: -point.threshold):
        if point.worst.bound > limit:
            break
        chosen = point
    return chosen


def curve_csv(points: Sequence[Point]) -> str:
    """One line for each threshold: bits, own people as held, then wrong and bound of each kind."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = [kind.kind for kind in points[0].kinds]
    named = [f"{name}_{what}" for name in names for what in ("asked", "wrong", "bound")]
    writer.writerow(["threshold_bits", "own_people_as_held", *named])
    for point in points:
        cells = [
            cell
            for kind in point.kinds
            for cell in (kind.asked, kind.wrong, f"{kind.bound / 1e12:.3e}")
        ]
        writer.writerow([f"{point.threshold / 100:.1f}", f"{point.recall:.6f}", *cells])
    return out.getvalue()
