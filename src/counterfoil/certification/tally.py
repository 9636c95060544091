"""The counts of one certification, by kind of decoy, and of the register's own people, asked as
they are held. Counts are only ever added.

Scores are counted in half bits, rounded down, of confirmations only. What was not confirmed at the
weights' own threshold is not confirmed at a higher one, and what was confirmed is confirmed at a
higher one exactly if its score reaches it. Levels are the names of levels of the evidence table, in
a row, never a value.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from counterfoil.certification.decoys import KINDS
from counterfoil.core.values import Match

PROXY: Final = "proxy"
LEVELS_KEPT: Final = 400
NOT_CONFIRMED: Final = -1_000
"""Below every score in half bits."""


class Count(msgspec.Struct):
    """One kind: visits made, decoys asked, those that were none after all; different rows asked
    about in this pass, and in the fullest before it; confirmations by half bits and by levels, and
    rows of each pass by the highest of their confirmations. All of them wrong, but those of the
    proxy, which are right."""

    visits: int = 0
    asked: int = 0
    none_after_all: int = 0
    rows: int = 0
    rows_before: int = 0
    confirmed: dict[str, int] = msgspec.field(default_factory=dict[str, int])
    rows_confirmed: dict[str, int] = msgspec.field(default_factory=dict[str, int])
    levels: dict[str, int] = msgspec.field(default_factory=dict[str, int])

    def take(self, match: Match, *, with_levels: bool) -> None:
        """Count one question's outcome."""
        self.asked += 1
        if match.confirmed:
            _add(self.confirmed, str(half_bits(match.score_bits)))
            if with_levels:
                _add(self.levels, levels_of(match))

    def take_row(self, score: int) -> None:
        """Count one row that was asked about, and the highest score at which it was confirmed."""
        self.rows += 1
        if score > NOT_CONFIRMED:
            _add(self.rows_confirmed, str(score))

    def add(self, other: Count) -> None:
        """Add the counts of a later chunk. A list of levels that fills up counts the rest as
        `others`."""
        self.visits += other.visits
        self.asked += other.asked
        self.none_after_all += other.none_after_all
        self.rows += other.rows
        for score, count in other.confirmed.items():
            _add(self.confirmed, score, count)
        for score, count in other.rows_confirmed.items():
            _add(self.rows_confirmed, score, count)
        for levels, count in sorted(other.levels.items()):
            known = levels in self.levels or len(self.levels) < LEVELS_KEPT
            _add(self.levels, levels if known else "others", count)

    def new_pass(self) -> None:
        """Another pass over the source begins: a row that is met again is no new one."""
        self.rows, self.rows_before = 0, self.most_rows

    @property
    def most_rows(self) -> int:
        """Different rows that were asked about, at least."""
        return max(self.rows, self.rows_before)

    def rows_confirmed_from(self, threshold_half_bits: int) -> int:
        """Rows that a threshold leaves confirmed, each once for every pass: too many, not too
        few."""
        return sum(
            count
            for score, count in self.rows_confirmed.items()
            if int(score) >= threshold_half_bits
        )

    def confirmed_from(self, threshold_half_bits: int) -> int:
        """Confirmations that a threshold leaves."""
        return sum(
            count for score, count in self.confirmed.items() if int(score) >= threshold_half_bits
        )


Tally = dict[str, Count]
"""By kind of decoy, and `PROXY`: the row's own question with its person left in, whose true answer
is yes."""


def new_tally() -> Tally:
    """Nothing counted."""
    return {name: Count() for name in (*KINDS, PROXY)}


def add(total: Tally, part: Tally) -> None:
    """Add `part` to `total`."""
    for name, count in part.items():
        total[name].add(count)


def half_bits(score_bits: float) -> int:
    """A score in half bits, rounded down."""
    return int(score_bits * 2 // 1)


def levels_of(match: Match) -> str:
    """The levels that the best resident reached, without those that say nothing."""
    levels = [f"{line.feature}.{line.level}" for line in match.evidence]
    return " ".join(level for level in levels if not level.endswith((".missing", ".few", ".none")))


def plain(tally: Tally) -> dict[str, Any]:
    """As whole numbers and texts, for canonical JSON. Inverse of `read_plain`."""
    return msgspec.to_builtins(tally)


def read_plain(form: Mapping[str, Any]) -> Tally:
    """Inverse of `plain`. Raises msgspec.ValidationError."""
    return new_tally() | msgspec.convert(form, dict[str, Count])


def _add(counts: Counter[str] | dict[str, int], name: str, more: int = 1) -> None:
    counts[name] = counts.get(name, 0) + more
