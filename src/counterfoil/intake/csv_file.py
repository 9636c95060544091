"""CSV, RFC 4180, strictly: docs/formats/request-file.md, "CSV".

    record = field *("," field)
    field = *(any but comma, quote, line end)  |  quote *(any but quote | two quotes) quote

The standard library's reader is not used: it accepts quotes inside unquoted fields, and its limit
of a field is a setting of the whole process. A well-formed record has an even number of quotes,
which is how a record that runs over lines finds its end. Blank lines, and records whose cells are
all blank, are passed over; a row's `sheet_row` counts them, and the line of names, as a spreadsheet
does: a record over several lines is one row there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import BinaryIO, Final

from counterfoil.core.errors import InputFault
from counterfoil.core.values import Reject
from counterfoil.intake.cells import REQUEST_ID
from counterfoil.intake.columns import COLUMNS, MAX_ROW_CHARACTERS, check_columns
from counterfoil.intake.lines import first_line, read_lines
from counterfoil.intake.rejects import reject
from counterfoil.intake.rows import Table

_BLANK: Final = ", \t"
"""What a row without text consists of."""


def read_csv(file: BinaryIO, name: str) -> Iterator[Table]:
    """Yield the file's rows, a block of lines at a time.

    Raises InputFault: `encoding_invalid`, `file_empty`, the codes of `check_columns`, `quote_open`.
    """
    blocks = read_lines(file, name)
    text, number, block = first_line(blocks, lambda line: not line, name)
    columns = _column_names(text)
    check_columns(columns, name)
    cutter = _Cutter(columns, number, name)
    for lines in chain([block], blocks):
        yield cutter.cut(lines)
    cutter.finish()


def split_record(record: str) -> list[str] | None:
    """The fields of one record that has an even number of quotes, or None if it breaks the
    rules."""
    if '"' not in record:
        return record.split(",")
    if record[0] == record[-1] == '"':
        fields = record[1:-1].split('","')
        if record.count('"') == 2 * len(fields):  # every field quoted and no quote inside: usual
            return fields
    # The pieces between quotes are outside, inside, outside, inside, ..., outside.
    first, *pieces = record.split('"')
    if len(pieces) == 2 and first.endswith(",") and pieces[1].startswith(","):  # one text, usual
        return [*first[:-1].split(","), pieces[0], *pieces[1][1:].split(",")]
    fields = first.split(",")
    if fields[-1]:
        return None  # text before an opening quote
    for index in range(0, len(pieces), 2):
        inside, outside = pieces[index], pieces[index + 1]
        is_last = index + 2 == len(pieces)
        fields[-1] += inside
        if outside:
            after, *more = outside.split(",")
            if after or (more[-1] and not is_last):
                return None  # text after a closing quote, or before an opening one
            fields += more
        elif not is_last:
            fields[-1] += '"'  # two quotes are one
    return fields


def _column_names(text: str) -> list[str]:
    if len(text) > MAX_ROW_CHARACTERS or text.count('"') % 2:
        return [""]
    return [cell.strip() for cell in split_record(text) or ("",)]


class _Cutter:
    """Cuts lines into rows of cells. Keeps the place in the file, and the lines of a record that is
    still open."""

    def __init__(self, columns: Sequence[str], line: int, name: str) -> None:
        self._width = len(columns)
        self._positions = [
            columns.index(column.name) if column.name in columns else -1 for column in COLUMNS
        ]
        self._line = line
        self._row = 0
        self._sheet_row = line
        self._name = name
        self._open: list[str] = []
        self._open_characters = 0

    def cut(self, lines: Sequence[str]) -> Table:
        """Cut one block of lines."""
        rows: list[list[str]] = []
        numbers: list[int] = []
        sheet_rows: list[int] = []
        rejects: list[Reject] = []
        width = self._width
        for line in lines:
            self._line += 1
            self._sheet_row += not self._open
            if '"' in line or self._open:
                cells = self._quoted(line)
            elif len(line) > MAX_ROW_CHARACTERS:
                cells = "row_too_long"
            else:
                cells = line.split(",") if line.strip(_BLANK) else ""
            if not cells:
                continue  # a blank row, or a record that goes on
            self._row += 1
            if len(cells) == width and not isinstance(cells, str):
                rows.append(cells)
                numbers.append(self._row)
                sheet_rows.append(self._sheet_row)
            else:
                rejects.append(self._reject(cells))
        return Table(self._by_column(rows), numbers, rejects, sheet_rows=sheet_rows)

    def _reject(self, cells: list[str] | str) -> Reject:
        """The reject of a row that is not cut as the columns are. Its id is read where ids come
        first and cells are too many: where some are missing, the first may be another's."""
        code = cells if isinstance(cells, str) else "wrong_column_count"
        has_id = self._positions[0] == 0 and not isinstance(cells, str) and len(cells) > self._width
        first = cells[0].strip() if has_id else ""
        return reject(
            self._row,
            "",
            code,
            line=self._line,
            sheet_row=self._sheet_row,
            request_id=first if REQUEST_ID.fullmatch(first) else "",
        )

    def finish(self) -> None:
        """Raise InputFault if the file ends inside quotes."""
        if self._open:
            raise self._quote_open()

    def _quoted(self, line: str) -> list[str] | str:
        """The cells of a record that ends here, the code of its fault, or "" if it goes on."""
        odd = line.count('"') % 2 == 1
        if self._open:
            return self._continued(line, odd)
        if len(line) > MAX_ROW_CHARACTERS:
            return "row_too_long"
        cells = split_record(line + '"' if odd else line)
        if cells is None:
            return "csv_malformed"
        if not odd:
            return cells if any(map(str.strip, cells)) else ""
        self._open, self._open_characters = [line], len(line)
        return ""

    def _continued(self, line: str, odd: bool) -> list[str] | str:
        self._open.append(line)
        self._open_characters += len(line) + 1
        if self._open_characters > MAX_ROW_CHARACTERS:
            raise self._quote_open()
        if not odd:
            return ""
        cells = split_record("\n".join(self._open))
        if cells is None or len(cells) != self._width:
            raise self._quote_open()
        self._open = []
        return cells if any(map(str.strip, cells)) else ""

    def _quote_open(self) -> InputFault:
        first = self._line - len(self._open) + 1
        return InputFault(
            "quote_open",
            "a quoted cell runs over lines and does not end in a whole row",
            place=f"{self._name}, row {self._sheet_row}, line {first}",
            cure="Close the quotes of that row, and write a quote inside quotes twice.",
        )

    def _by_column(self, rows: list[list[str]]) -> list[Sequence[str]]:
        columns = list(zip(*rows, strict=True))
        absent = ("",) * len(rows)
        return [columns[at] if rows and at >= 0 else absent for at in self._positions]
