"""Tables of any length to tables of one length, for whoever reads rows.

Every row of a file is in one table, as cells or as a reject, and rows are numbered without a gap: a
stretch is the rows between two row numbers. No cell is read here.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from counterfoil.core.values import Reject
from counterfoil.intake.columns import COLUMNS
from counterfoil.intake.rows import Table


def stretch(tables: Iterable[Table], size: int, skip: int = 0) -> Iterator[Table]:
    """The rows of `tables` in order, `size` rows a table, but for the last; the first `skip` rows
    are left out."""
    waiting, begins = _Waiting(), skip
    for table in tables:
        waiting.add(table)
        while waiting.last >= begins + size:
            yield waiting.take(begins, begins + size)
            begins += size
    if waiting.last > begins:
        yield waiting.take(begins, waiting.last)


class _Waiting:
    """Tables that are not passed on yet. `last` is the number of the last row."""

    def __init__(self) -> None:
        self._tables: list[Table] = []
        self.last = 0

    def add(self, table: Table) -> None:
        self._tables.append(table)
        self.last = max([self.last, *table.rows[-1:], *[each.row for each in table.rejects[-1:]]])

    def take(self, after: int, last: int) -> Table:
        """The rows after+1 .. last; rows before them are dropped, rows behind them are kept."""
        parts = [_part(table, after, last) for table in self._tables]
        rest = [_part(table, last, self.last) for table in self._tables]
        self._tables = [table for table in rest if table.rows or table.rejects]
        return _join([table for table in parts if table.rows or table.rejects])


def _part(table: Table, after: int, last: int) -> Table:
    """The rows after+1 .. last of a table."""
    start, stop = bisect_right(table.rows, after), bisect_right(table.rows, last)
    if (start, stop) == (0, len(table.rows)) and not table.rejects:
        return table
    faults = {
        position - start: fault
        for position, fault in table.faults.items()
        if start <= position < stop
    }
    rejects = [each for each in table.rejects if after < each.row <= last]
    return Table(
        [cells[start:stop] for cells in table.columns],
        table.rows[start:stop],
        rejects,
        faults,
        table.sheet_rows[start:stop],
    )


def _join(tables: Sequence[Table]) -> Table:
    """The tables as one, in order."""
    columns: list[list[str]] = [[] for _ in COLUMNS]
    rows: list[int] = []
    rejects: list[Reject] = []
    sheet_rows: list[int] = []
    faults: dict[int, tuple[str, str]] = {}
    for table in tables:
        faults |= {len(rows) + position: fault for position, fault in table.faults.items()}
        for column, cells in zip(columns, table.columns, strict=True):
            column.extend(cells)
        rows.extend(table.rows)
        rejects.extend(table.rejects)
        sheet_rows.extend(table.sheet_rows)
    return Table(columns, rows, rejects, faults, sheet_rows)
