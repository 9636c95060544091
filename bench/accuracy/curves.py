"""Recall at k wrong confirmations. Pure.

A threshold confirms every question whose score reaches it. Recall at k is the highest share of the
true questions that any threshold confirms while it confirms at most k false ones. Questions of one
score stand or fall together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

NEVER = float("-inf")
"""The score of a question that no threshold confirms."""
WRONG = (0, 1, 2, 5, 10, 20, 50, 100)


class Scored(NamedTuple):
    """One question: its score, whether its answer is yes, and whether it is a full one."""

    score: float
    truth: bool
    full: bool


class Recall(NamedTuple):
    """Recall of all true questions, and of the full ones among them."""

    of_all: float
    of_full: float


def recall_at(scored: Sequence[Scored], wrong: int) -> Recall:
    """Recall at the lowest threshold that confirms at most `wrong` false questions."""
    confirmed: list[Scored] = []
    ranked = sorted(
        (each for each in scored if each.score > NEVER), key=attrgetter("score"), reverse=True
    )
    for _, tied in groupby(ranked, key=attrgetter("score")):
        group = list(tied)
        wrong -= sum(not each.truth for each in group)
        if wrong < 0:
            break
        confirmed += group
    return recall(confirmed, scored)


def recall(confirmed: Iterable[Scored], scored: Iterable[Scored]) -> Recall:
    """Recall of the questions `confirmed` among `scored`."""
    right = [each for each in confirmed if each.truth]
    true = [each for each in scored if each.truth]
    full = sum(each.full for each in true)
    return Recall(len(right) / max(1, len(true)), sum(each.full for each in right) / max(1, full))
