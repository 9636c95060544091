"""The thinking of `receive`, apart from its order and its commits: read a stretch of a file, count it, put it before the law.

Pure, and the same wherever it is done: in this process, or in workers that each do some of the stretches (workers.py).
"""

from __future__ import annotations

from datetime import date

from counterfoil import chunks, intake
from counterfoil.gate import BatchFacts, Gate, History, Law
from counterfoil.gate.facts import Tally, tally
from counterfoil.gate.guards import Counts
from counterfoil.gate.marks import Marker, Marks
from counterfoil.model import Reject, Sensitive


class Counted(Sensitive, frozen=True, gc=False):
    """A stretch that was read and counted: how many rows, the rejects among them, and what they add to the facts."""

    rows: int
    rejects: list[Reject]
    tally: Tally


class Gating:
    """One worker's half of receiving one file: `count` the whole file, then `begin`, then `judge` the whole file."""

    def __init__(self, history_key: bytes) -> None:
        self._key = history_key
        self._marker = Marker(history_key)
        self._reader = intake.RowReader()
        self._gate: Gate | None = None

    def count(self, table: intake.Table) -> Counted:
        """First reading: what the guards must know of these rows before any row is decided."""
        rows = self._reader.read(table)
        return Counted(
            len(rows),
            [row for row in rows if isinstance(row, Reject)],
            tally(self._key, self._marker, rows),
        )

    def begin(self, law: Law, facts: BatchFacts, history: History, on: date) -> None:
        """What every row is judged by. Raises GateFault as `Gate`."""
        self._gate = Gate(law, facts, history, on)

    def judge(self, table: intake.Table, marks: Marks, past: Counts) -> chunks.Judged:
        """Second reading: the decision of each row. `marks` are of these rows, `past` is what was asked about them before."""
        if self._gate is None:
            raise AssertionError("judged before it was begun")
        return chunks.judge(self._reader.read(table), self._gate, marks, past)
