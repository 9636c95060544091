"""Cells to requests, a few hundred rows at a time and column by column.

    table -> IdReader: the ids, in the file's order
          -> RowReader: the other columns, in any process
          -> Request | Reject

Each column is read: stripped, its text checked, turned into a date or a list.

A row's reject is its first fault in the order of the columns. The work is laid out by columns
because one call over a column costs a tenth of a call a cell; nothing else follows from it.

Columns whose cells repeat (dates, officers, statutes, cities) are read once a file for each
different cell, as far as some tens of thousands are remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress
from operator import attrgetter
from typing import Any, Final

from counterfoil.core.births import real_birth
from counterfoil.core.values import Address, Person, Reject, RemovalOrder, Request
from counterfoil.intake.cells import (
    REQUEST_ID,
    is_plain,
    read_date,
    read_officers,
    read_periods,
    read_request_id,
    read_text,
    read_yes_no,
)
from counterfoil.intake.columns import COLUMNS, Column, ColumnKind
from counterfoil.intake.rejects import reject


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of a file, cut into cells. `columns` are in the order of COLUMNS, all as long as `rows`.

    `rows` are the data row numbers, ascending; `rejects` are rows that could not be cut into cells.
    `sheet_rows` are the rows' numbers as the sender's spreadsheet counts them, or empty.
    `faults`: what is known of a row before its columns are read, by position in the table: column
    and code.
    """

    columns: Sequence[Sequence[str]]
    rows: Sequence[int]
    rejects: Sequence[Reject] = ()
    faults: Mapping[int, tuple[str, str]] = field(default_factory=dict[int, tuple[str, str]])
    sheet_rows: Sequence[int] = ()

    def __reduce__(self) -> tuple[Callable[..., Table], tuple[Any, ...]]:
        """For another process: a column travels as one text, at half the cost of its cells."""
        columns = [_joined(cells) for cells in self.columns]
        return _unpack, (columns, self.rows, self.rejects, self.faults, self.sheet_rows)


_SEPARATOR: Final = "\x1f"
"""Separates the cells of a column that travels as one text; no cell that is allowed has it."""


def _joined(cells: Sequence[str]) -> str | Sequence[str]:
    """The cells as one text; the cells themselves where one has the separator in it or is the None
    of a faulty id, or where there are none."""
    try:
        text = _SEPARATOR.join(cells)
    except TypeError:
        return cells
    return text if cells and text.count(_SEPARATOR) == len(cells) - 1 else cells


def _unpack(columns: Sequence[str | Sequence[str]], *others: Any) -> Table:
    """A table that has traveled to another process: the inverse of `_joined`, column by column."""
    cells = [each.split(_SEPARATOR) if isinstance(each, str) else each for each in columns]
    return Table(cells, *others)


def without_blank_rows(table: Table) -> Table:
    """The table without the rows that have no cell with text in it, its rows numbered without a
    gap; `sheet_rows` keep the numbers that they had."""
    ids = table.columns[0]
    if all(ids) and "" not in map(str.strip, ids):
        return table
    kept = [any(cells[position].strip() for cells in table.columns) for position in range(len(ids))]
    first = table.rows[0]
    return Table(
        [list(compress(cells, kept)) for cells in table.columns],
        range(first, first + sum(kept)),
        sheet_rows=list(compress(table.sheet_rows, kept)),
    )


_Faults = dict[int, tuple[str, str]]
_Read = Callable[[str], Any]

_PARSERS: Final[dict[ColumnKind, _Read]] = {
    ColumnKind.ID: read_request_id,
    ColumnKind.DATE: read_date,
    ColumnKind.PERIODS: read_periods,
    ColumnKind.OFFICERS: read_officers,
    ColumnKind.YES_NO: read_yes_no,
}
_REMEMBERED: Final = 65_536
"""Cells of a column that are remembered when a table begins."""
_DISTINCT: Final = frozenset({ColumnKind.ID, ColumnKind.TEXT, ColumnKind.FREE_TEXT})


class IdReader:
    """Reads the ids of the tables of one file, in order. Remembers those it has met (`used`)."""

    def __init__(self, used: set[str]) -> None:
        self._used = used
        self._read = _reader(COLUMNS[0])

    def read(self, table: Table) -> Table:
        """The table with its ids read, and the faults of those that are missing, malformed or used
        before.

        An id is used by the first row that has it, even if that row is rejected for another column.
        """
        faults: _Faults = {}
        cells: Sequence[str] = table.columns[0]
        if not all(map(REQUEST_ID.fullmatch, cells)):
            cells = _read_each(COLUMNS[0], self._read, cells, faults)
        if len(set(cells)) < len(cells) or not self._used.isdisjoint(cells):
            for position, request_id in enumerate(cells):
                if request_id in self._used:
                    faults.setdefault(position, (COLUMNS[0].name, "duplicate_request_id"))
                elif position not in faults:
                    self._used.add(request_id)
        else:
            self._used.update(cells)
        columns = [cells, *table.columns[1:]]
        return Table(columns, table.rows, table.rejects, faults, table.sheet_rows)


class _Known(dict[str, Any]):
    """The cells of a column that were read. Raises ValueError for one with a fault, which is not
    remembered."""

    def __init__(self, read: _Read) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, cell: str) -> Any:
        value = self[cell] = self._read(cell)
        return value


class RowReader:
    """Reads tables of one file whose ids are read, in any order."""

    def __init__(self) -> None:
        self._readers = [_reader(column) for column in COLUMNS[1:]]
        self._known = {
            column.name: _Known(read)
            for column, read in zip(COLUMNS[1:], self._readers, strict=True)
        }

    def read(self, table: Table) -> list[Request | Reject]:
        """Return one Request or Reject for each row of the table, in the file's order."""
        faults: _Faults = dict(table.faults)
        columns: list[Sequence[Any]] = [table.columns[0]]
        columns += [
            self._column(column, read, cells, faults)
            for column, read, cells in zip(
                COLUMNS[1:], self._readers, table.columns[1:], strict=True
            )
        ]
        rows = table.rows
        if faults:
            good = [position not in faults for position in range(len(rows))]
            columns = [list(compress(cells, good)) for cells in columns]
            rows = list(compress(rows, good))
        requests: list[Request | Reject] = [*_build(columns, rows)]
        if not faults and not table.rejects:
            return requests
        rejects = [
            reject(
                table.rows[position],
                column,
                code,
                sheet_row=table.sheet_rows[position] if table.sheet_rows else 0,
                request_id=table.columns[0][position] or "",
            )
            for position, (column, code) in faults.items()
        ]
        return sorted([*requests, *rejects, *table.rejects], key=attrgetter("row"))

    def _column(
        self, column: Column, read: _Read, cells: Sequence[str], faults: _Faults
    ) -> Sequence[Any]:
        if column.kind not in _DISTINCT:
            known = self._known[column.name]
            if len(known) > _REMEMBERED:
                known.clear()
            try:
                return list(map(known.__getitem__, cells))
            except ValueError:
                pass
        elif is_plain(cells, column.limit):
            return cells
        return _read_each(column, read, cells, faults)


def to_requests(table: Table, used: set[str]) -> list[Request | Reject]:
    """Read one table. `used` holds the ids of the tables before it, and takes this one's."""
    return RowReader().read(IdReader(used).read(table))


def _reader(column: Column) -> _Read:
    """How one cell of this column is read. Raises ValueError with the code of the reject."""
    free, limit = column.kind is ColumnKind.FREE_TEXT, column.limit
    parse = _PARSERS.get(column.kind)

    def read(cell: str) -> Any:
        text = read_text(cell, limit, free=free)
        return text if parse is None else parse(text)

    if column.name == "date_of_birth":
        # A date that stands for an unknown one is none, for the law as for the matcher.
        return lambda cell: real_birth(read(cell))

    return read


def _read_each(column: Column, read: _Read, cells: Sequence[str], faults: _Faults) -> list[Any]:
    """Read cell by cell, and note the faults. The None in a faulty cell's place is not used."""
    values: list[Any] = []
    for position, cell in enumerate(cells):
        try:
            values.append(read(cell))
        except ValueError as fault:
            faults.setdefault(position, (column.name, str(fault)))
            values.append(None)
    return values


def _build(columns: Sequence[Sequence[Any]], rows: Sequence[int]) -> list[Request]:
    """COLUMNS in its order: 0 id, 1-6 person, 7-11 address, 12-16 the matter, 17-20 removal order,
    21-27 the rest."""
    persons = map(Person, *columns[1:7])
    addresses = map(Address, *columns[7:12])
    orders = map(RemovalOrder, *columns[17:21])
    parts = zip(
        columns[0], rows, persons, addresses, *columns[12:17], orders, *columns[21:], strict=True
    )
    return [Request(*part) for part in parts]
