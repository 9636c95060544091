"""A worker that reads the rows of a file before it is timed, so that the gate is measured without
reading.

`PrereadScreener` is the worker of `receive` with one method more: `read_before` reads a stretch and
keeps its requests; `count` and `judge` are then given its number in the place of its cells.
"""

from __future__ import annotations

from counterfoil import intake
from counterfoil.core.values import Reject, Request
from counterfoil.disclosure.screening import Screener


class _PrereadRows(intake.RowReader):
    """Rows by the number of their stretch."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[int, list[Request | Reject]] = {}

    def read(self, table: intake.Table | int) -> list[Request | Reject]:
        return self.rows[table] if isinstance(table, int) else super().read(table)


class PrereadScreener(Screener):
    """`Screener`, whose rows are read before."""

    def __init__(self, history_key: bytes) -> None:
        super().__init__(history_key)
        self._reader = self._rows = _PrereadRows()

    def read_before(self, number: int, table: intake.Table) -> int:
        """Read the rows of a stretch; how many there are."""
        self._rows.rows[number] = self._rows.read(table)
        return len(self._rows.rows[number])
