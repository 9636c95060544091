"""How many wrong answers there may be, when k of n were seen: the one-sided Clopper-Pearson bound.
Pure.

The upper bound u of k wrong in n is the rate at which seeing k or fewer has probability 5 %:

    sum over i <= k of C(n, i) u^i (1 - u)^(n - i)  =  0.05        none wrong: u = 1 - 0.05^(1/n)

It is exact for every n and errs to the safe side. 300,000 decoys with none wrong give 9.986e-6;
3,000,000 give 9.986e-7. The sum is the regularised incomplete beta function I(1 - u; n - k, k + 1),
computed by Lentz's continued fraction (Abramowitz and Stegun 26.5.8), and u is found by bisection:
relative error under 1e-7, checked against exact fractions.

A certificate holds whole numbers only: `parts` is a bound in parts of 10**12, rounded up.
"""

from __future__ import annotations

import math
from typing import Final

from counterfoil.answers.format import PARTS

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
