"""A worker that holds the rows of a file before it is timed, so that the gate is measured without
reading.

`Held` is the worker of `receive` with one method more: `hold` reads a stretch and keeps its
requests; `count` and `judge` are then given its number in the place of its cells.
"""

from __future__ import annotations

from counterfoil import intake
from counterfoil.core.values import Reject, Request
from counterfoil.disclosure.screening import Screener


class _HeldRows(intake.RowReader):
    """Rows by the number of their stretch."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[int, list[Request | Reject]] = {}

    def read(self, table: intake.Table | int) -> list[Request | Reject]:
        return self.rows[table] if isinstance(table, int) else super().read(table)


class Held(Screener):
    """`Screener`, whose rows are read before."""

    def __init__(self, history_key: bytes) -> None:
        super().__init__(history_key)
        self._reader = self._held = _HeldRows()

    def hold(self, number: int, table: intake.Table) -> int:
        """Read the rows of a stretch; how many there are."""
        self._held.rows[number] = self._held.read(table)
        return len(self._held.rows[number])
