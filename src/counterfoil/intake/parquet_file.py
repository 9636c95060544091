"""Parquet: docs/formats/request-file.md, "Parquet".

    string, large_string, dictionary of strings, null      every column
    date32, date64, timestamp without zone, at midnight    the five dates
    bool                                                   use_certified

Every column is turned into the text that CSV would hold, so that one check reads all formats. What
the file would take in memory is found out before a page is decoded (parquet_bounds.py).
Arrow's own messages are not passed on: they can quote a cell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, BinaryIO, Final

import pyarrow
from pyarrow import compute, parquet

from counterfoil.core.errors import InputFault
from counterfoil.intake.cells import text_fault
from counterfoil.intake.columns import (
    COLUMNS,
    MAX_ROW_CHARACTERS,
    Column,
    ColumnKind,
    check_columns,
)
from counterfoil.intake.parquet_bounds import (
    MAX_FOOTER_BYTES,
    check_bounds,
    read_footer,
    unreadable,
)
from counterfoil.intake.rows import Table, without_blank_rows
from counterfoil.intake.thrift import MAX_STRUCTS

_arrow: Any = pyarrow  # ships no types
_compute: Any = compute
_parquet: Any = parquet
MAX_ROW_GROUP_BYTES: Final = 1 << 30
HEADER_KEY: Final = b"counterfoil.header"
_BATCH_ROWS: Final = 4096
_BUFFER_BYTES: Final = 1 << 20
_UTF8_BYTES: Final = 4
_REFUSALS: Final = (_arrow.ArrowException, OSError, ValueError)


def read_parquet(file: BinaryIO, name: str) -> Iterator[Table]:
    """Yield the file's rows, 4096 at a time.

    Raises InputFault: the codes of `check_columns`, `parquet_unreadable`, `parquet_too_large`,
    `row_group_too_large`, `column_type`, `column_encoding`, `encoding_invalid`.
    """
    source = _open(file, name)
    schema = source.schema_arrow
    texts = {
        column.name: _as_text(column, schema, name)
        for column in COLUMNS
        if column.name in schema.names
    }
    row = sheet_row = 0
    for batch in _batches(source, name):
        place = f"{name}, row {sheet_row + 1} or after"
        cells = [_cells(batch, column, texts, place) for column in COLUMNS]
        rows, sheet_rows = (
            range(row + 1, row + 1 + batch.num_rows),
            range(sheet_row + 1, sheet_row + 1 + batch.num_rows),
        )
        table = without_blank_rows(Table(cells, rows, sheet_rows=sheet_rows))
        yield table
        row, sheet_row = row + len(table.rows), sheet_row + batch.num_rows


def parquet_header(file: BinaryIO, name: str) -> bytes | None:
    """The header object in the key-value metadata as JSON, or None. Raises InputFault
    as `read_parquet`, for whatever the footer and the page headers show."""
    metadata: dict[bytes, bytes] = _open(file, name).metadata.metadata or {}
    return metadata.get(HEADER_KEY)


def _open(file: BinaryIO, name: str) -> Any:
    """The file within its bounds: everything that its footer and page headers show is checked
    before Arrow sees it. A column of texts is read as a dictionary, so that a value is in memory
    once however often it is repeated."""
    footer = read_footer(file, name)
    check_columns(footer.columns, name)
    for column in footer.columns:
        if column in footer.nested:
            raise _column_type(name, column)
    check_bounds(file, footer, name)
    try:
        source: Any = _parquet.ParquetFile(
            file,
            pre_buffer=False,
            buffer_size=_BUFFER_BYTES,
            read_dictionary=footer.columns,
            thrift_string_size_limit=MAX_FOOTER_BYTES,
            thrift_container_size_limit=MAX_STRUCTS,
        )
        groups = [
            source.metadata.row_group(index).total_byte_size
            for index in range(source.num_row_groups)
        ]
    except _REFUSALS:
        raise unreadable(name) from None
    if source.schema_arrow.names != footer.columns:
        raise unreadable(name)
    if any(size > MAX_ROW_GROUP_BYTES for size in groups):
        raise InputFault(
            "row_group_too_large",
            "a row group is over 1 GiB",
            place=name,
            cure="Write the file with smaller row groups, 100,000 rows for example.",
        )
    return source


def _batches(source: Any, name: str) -> Iterator[Any]:
    batches, row = iter(source.iter_batches(batch_size=_BATCH_ROWS, use_threads=False)), 0
    while True:
        try:
            batch = next(batches, None)
        except _REFUSALS:
            raise unreadable(f"{name}, row {row + 1} or after") from None
        if batch is None:
            return
        row += batch.num_rows
        yield batch


# -- columns to text -------------------------------------------------------------------------

_ToText = Callable[[Any], Any]


def _as_text(column: Column, schema: Any, name: str) -> _ToText:
    """How an array of this column becomes an array of strings. Raises InputFault `column_type`."""
    types = _arrow.types
    kind = schema.field(column.name).type
    of = kind.value_type if types.is_dictionary(kind) else kind
    is_text = types.is_string(of) or types.is_large_string(of) or types.is_null(of)
    if is_text or (column.kind is ColumnKind.YES_NO and types.is_boolean(of)):
        return lambda array: array.cast(_arrow.large_string())
    is_date = types.is_date(of) or (types.is_timestamp(of) and of.tz is None)
    if is_date and column.kind is ColumnKind.DATE:
        return lambda array: _days(array, column.name, name)
    raise _column_type(name, column.name)


def _column_type(name: str, column: str) -> InputFault:
    return InputFault(
        "column_type",
        "the column has a type that the format does not allow",
        place=f"{name}, column {column}",
        cure="Write the column as text: a number loses its leading zeros.",
    )


def _days(array: Any, column: str, name: str) -> Any:
    days = array.cast(_arrow.date32())
    if _compute.all(_compute.equal(days.cast(array.type), array)).as_py() is False:
        raise InputFault(
            "column_type",
            "the column has times of day",
            place=f"{name}, column {column}",
            cure="Write the column as date32 or as text.",
        )
    return days.cast(_arrow.large_string())


def _cells(batch: Any, column: Column, texts: dict[str, _ToText], place: str) -> Sequence[str]:
    if column.name not in texts:
        return ("",) * batch.num_rows
    array = batch.column(column.name)
    try:
        if not _arrow.types.is_dictionary(array.type):
            return _compute.fill_null(texts[column.name](array), "").to_pylist()
        words = _words(array, column, texts[column.name])
        return [words.get(index, "") for index in array.indices.to_pylist()]
    except (_arrow.ArrowException, MemoryError):
        raise unreadable(place) from None
    except UnicodeDecodeError:
        raise InputFault(
            "encoding_invalid",
            f"the column {column.name} has text that is not UTF-8",
            place=place,
            cure="Save the file with UTF-8 encoding.",
        ) from None


def _words(array: Any, column: Column, as_text: _ToText) -> dict[int, str]:
    """What the rows of a dictionary column say, by their index. A long value is looked at alone,
    and one that no row may have is not looked at at all."""
    used = _compute.unique(array.indices).drop_null()
    lengths = _compute.fill_null(_compute.binary_length(array.dictionary.take(used)), 0)
    is_short = _compute.less_equal(lengths, _UTF8_BYTES * column.limit)
    short = used.filter(is_short)
    texts = _compute.fill_null(as_text(array.dictionary.take(short)), "").to_pylist()
    words = dict(zip(short.to_pylist(), texts, strict=True))
    for index, length in zip(used.to_pylist(), lengths.to_pylist(), strict=True):
        if index not in words:
            is_cell = length <= _UTF8_BYTES * MAX_ROW_CHARACTERS
            text = array.dictionary[index].as_py() if is_cell else "x" * (column.limit + 1)
            words[index] = _bounded(text, column)
    return words


def _bounded(cell: str, column: Column) -> str:
    """The cell, or in place of one that is rejected for its length a short one that is rejected
    alike: many rows may share a long one."""
    free = column.kind is ColumnKind.FREE_TEXT
    text = cell.strip()
    code = text_fault(text, column.limit, free=free)
    return {"": text, "control_character": "\x00", "formula_cell": "=x"}.get(
        code, "x" * (column.limit + 1)
    )
