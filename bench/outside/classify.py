"""Two small classifiers in plain Python, and how far one separates two classes.

`stumps`: boosted decision stumps over features cut into bins (a threshold on one feature each).
`logistic`: logistic regression by stochastic gradient, on standardized features and their squares.
Both are trained on one half and tried on the other, and the other way round: the area under the
curve is the mean of the two, with its standard error (Hanley and McNeil 1982).
"""

from __future__ import annotations

import bisect
import math
import random
from collections.abc import Callable, Sequence
from typing import NamedTuple

Features = Sequence[float]
Score = Callable[[Features], float]
_BINS, _ROUNDS, _PACE = 24, 12, 0.5
_Z99 = 2.326


class Auc(NamedTuple):
    """Area under the curve on what was not trained on, and the upper bound at 99 %."""

    area: float
    bound: float


def area(first: Sequence[float], second: Sequence[float]) -> Auc:
    """How often a score of the second class exceeds one of the first; a tie counts half."""
    marked = sorted([(each, 0) for each in first] + [(each, 1) for each in second])
    ranks, at = 0.0, 0
    while at < len(marked):
        end = at
        while end < len(marked) and marked[end][0] == marked[at][0]:
            end += 1
        middle = (at + 1 + end) / 2
        ranks += middle * sum(label for _, label in marked[at:end])
        at = end
    n, m = len(second), len(first)
    found = (ranks - n * (n + 1) / 2) / (n * m)
    one, two = found / (2 - found), 2 * found * found / (1 + found)
    variance = (
        found * (1 - found) + (n - 1) * (one - found * found) + (m - 1) * (two - found * found)
    ) / (n * m)
    return Auc(found, found + _Z99 * math.sqrt(max(0.0, variance)))


def stumps(first: Sequence[Features], second: Sequence[Features]) -> Score:
    """Trained to tell the second class from the first: real AdaBoost over stumps."""
    rows = [*first, *second]
    labels = [-1] * len(first) + [1] * len(second)
    cuts = [_cuts([row[at] for row in rows]) for at in range(len(rows[0]))]
    binned = [[bisect.bisect_left(cuts[at], row[at]) for row in rows] for at in range(len(cuts))]
    weights = [1.0] * len(rows)
    chosen: list[tuple[int, float, list[float]]] = []
    for _ in range(_ROUNDS):
        best = min(
            (_try(column, labels, weights) for column in enumerate(binned) if cuts[column[0]]),
            default=None,
        )
        if best is None:
            break
        _, at, cut, low, high = best
        chosen.append((at, cuts[at][cut], [low, high]))
        column = binned[at]
        weights = [
            weight * math.exp(-label * (low if found <= cut else high))
            for weight, label, found in zip(weights, labels, column, strict=True)
        ]
    return lambda row: sum(sides[row[at] > cut] for at, cut, sides in chosen)


def _cuts(values: Sequence[float]) -> list[float]:
    ordered = sorted(values)
    picked = {ordered[len(ordered) * each // _BINS] for each in range(1, _BINS)} | {ordered[0]}
    return sorted(picked - {ordered[-1]})


def _try(
    column: tuple[int, list[int]], labels: Sequence[int], weights: Sequence[float]
) -> tuple[float, int, int, float, float]:
    at, bins = column
    most = max(bins)
    plus, minus = [1e-9] * (most + 1), [1e-9] * (most + 1)
    for found, label, weight in zip(bins, labels, weights, strict=True):
        (plus if label > 0 else minus)[found] += weight
    best = (math.inf, at, 0, 0.0, 0.0)
    low_plus = low_minus = 0.0
    all_plus, all_minus = sum(plus), sum(minus)
    for cut in range(most):
        low_plus, low_minus = low_plus + plus[cut], low_minus + minus[cut]
        high_plus, high_minus = all_plus - low_plus, all_minus - low_minus
        loss = math.sqrt(low_plus * low_minus) + math.sqrt(max(0.0, high_plus * high_minus))
        if loss < best[0]:
            sides = (
                _PACE * math.log(low_plus / low_minus),
                _PACE * math.log(max(high_plus, 1e-9) / max(high_minus, 1e-9)),
            )
            best = (loss, at, cut, *sides)
    return best


def logistic(first: Sequence[Features], second: Sequence[Features], seed: int = 1) -> Score:
    """Trained to tell the second class from the first."""
    rows = [*first, *second]
    means, spreads = _moments(rows)

    def shown(row: Features) -> list[float]:
        plain = [
            max(-6.0, min(6.0, (value - mean) / spread))
            for value, mean, spread in zip(row, means, spreads, strict=True)
        ]
        return [*plain, *(each * each - 1 for each in plain), 1.0]

    examples = [(shown(row), 0.0) for row in first] + [(shown(row), 1.0) for row in second]
    weights = [0.0] * len(examples[0][0])
    chance = random.Random(seed)
    for rate in (0.02, 0.005, 0.001):
        chance.shuffle(examples)
        for row, label in examples:
            score = sum(map(float.__mul__, weights, row))
            step = rate * (label - 1 / (1 + math.exp(-max(-30.0, min(30.0, score)))))
            weights = [weight + step * value for weight, value in zip(weights, row, strict=True)]
    return lambda row: sum(map(float.__mul__, weights, shown(row)))


def _moments(rows: Sequence[Features]) -> tuple[list[float], list[float]]:
    columns = list(zip(*rows, strict=True))
    means = [sum(each) / len(each) for each in columns]
    spreads = [
        math.sqrt(sum((value - mean) ** 2 for value in each) / len(each)) or 1.0
        for each, mean in zip(columns, means, strict=True)
    ]
    return means, spreads


def separate(first: Sequence[Features], second: Sequence[Features]) -> dict[str, Auc]:
    """Each classifier trained on every other observation of two classes, and tried on the rest;
    then trained on the rest."""
    found: dict[str, Auc] = {}
    for name, train in (("stumps", stumps), ("logistic", logistic)):
        halves: list[Auc] = []
        for half in (0, 1):
            score = train(first[half::2], second[half::2])
            rest = (each[1 - half :: 2] for each in (first, second))
            halves.append(area(*([score(row) for row in some] for some in rest)))
        middle = sum(each.area for each in halves) / 2
        margin = math.hypot(*(each.bound - each.area for each in halves)) / 2
        found[name] = Auc(middle, middle + margin)
    return found
