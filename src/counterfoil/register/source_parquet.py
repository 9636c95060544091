"""Parquet sources: text columns and, where a writer typed them, dates and integers.

    date_of_birth                         text as in CSV, or date32, date64, timestamp (its day)
    record_ref, tin, zip, taxable_period  text, or an integer; an integer ZIP is filled to 5 digits
                                          (9 above 99999), a TIN to 9
    every other column                    text (string, large string, dictionary of strings), or
                                          null throughout

A column of another type, such as a float that lost a ZIP's zero, refuses the file: closed by
default. Arrow ships no types, so it is used here as values of type Any.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow
import pyarrow.compute
import pyarrow.parquet

from counterfoil.core.errors import InputFault
from counterfoil.register.source import BATCH_ROWS, COLUMNS, Batch, check_columns, unreadable_source

pa: Final[Any] = pyarrow
pc: Final[Any] = pyarrow.compute
pq: Final[Any] = pyarrow.parquet
ArrowFault: Final[type[Exception]] = pa.ArrowException
"""Base of Arrow's own errors."""


_INTEGERS: Final = frozenset({"record_ref", "tin", "zip", "taxable_period"})
_DATES: Final = frozenset({"date_of_birth"})


class ParquetSource:
    """A Parquet file. Raises InputFault if it is cut, is not Parquet or has other columns or
    types."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        try:
            self._file: Any = pq.ParquetFile(path)
        except (ArrowFault, OSError) as fault:
            raise unreadable_source(type(fault).__name__) from None
        schema = self._file.schema_arrow
        check_columns(list(schema.names))
        for name in COLUMNS:
            _check_type(name, schema.field(name).type)
        self.total_rows: int | None = self._file.metadata.num_rows

    def batches(self) -> Iterator[Batch]:
        """Every row once, in order. Raises InputFault where a page is damaged or text is not
        UTF-8."""
        yield from self._batches(None, 0)

    def read_rows(self, first: int, count: int) -> list[Sequence[str]]:
        """At most `count` rows after the first `first`; reads the row groups that hold them, and no
        other. Raises InputFault as `batches`."""
        groups, start, begins = list[int](), 0, 0
        for group in range(self._file.num_row_groups):
            end = start + self._file.metadata.row_group(group).num_rows
            if start < first + count and end > first:
                begins = begins if groups else start
                groups.append(group)
            start = end
        rows = list[Sequence[str]]()
        for batch in self._batches(groups, begins):
            before = batch.first_row - 1
            rows += batch.rows[max(0, first - before) : max(0, first + count - before)]
        return rows

    def _batches(self, groups: list[int] | None, row: int) -> Iterator[Batch]:
        """Every row of these row groups, which begin after `row` rows; None: of all."""
        try:
            for batch in self._file.iter_batches(
                batch_size=BATCH_ROWS, row_groups=groups, columns=list(COLUMNS)
            ):
                columns = [_as_text(name, batch.column(name)) for name in COLUMNS]
                yield Batch(row + 1, list(zip(*columns, strict=True)))
                row += batch.num_rows
        except (ArrowFault, OSError) as fault:
            raise unreadable_source(type(fault).__name__, f"after row {row}") from None
        except UnicodeDecodeError:
            raise InputFault(
                "source_encoding",
                "the file holds text that is not UTF-8",
                place=f"after row {row}",
                cure="Write the file again as UTF-8.",
            ) from None


def _check_type(name: str, kind: Any) -> None:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if (
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_string_view(kind)
        or pa.types.is_null(kind)
    ):
        return
    if name in _INTEGERS and pa.types.is_integer(kind):
        return
    if name in _DATES and (pa.types.is_date(kind) or pa.types.is_timestamp(kind)):
        return
    raise InputFault(
        "source_column_type",
        f"the column cannot be read as text (it is {kind})",
        place=name,
        cure="Write the column as text; see docs/formats/register-source.md for the types that "
        "are read.",
    )


def _as_text(name: str, column: Any) -> list[str]:
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_null(column.type):
        return [""] * len(column)
    if name in _DATES and not _is_text(column.type):
        column = pc.cast(pc.cast(column, pa.date32(), safe=False), pa.string())
    filled = pa.types.is_integer(column.type) and name in ("zip", "tin")
    values: list[str | None] = (
        pc.cast(column, pa.string()) if pa.types.is_integer(column.type) else column
    ).to_pylist()
    if filled:
        return [_fill(name, value) if value else "" for value in values]
    return [value or "" for value in values]


def _is_text(kind: Any) -> bool:
    return (
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    )


def _fill(name: str, digits: str) -> str:
    return digits.zfill(9 if name == "tin" or len(digits) > 5 else 5)
