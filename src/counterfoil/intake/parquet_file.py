"""Parquet: docs/formats/request-file.md, "Parquet".

    string, large_string, dictionary of strings, null      every column
    date32, date64, timestamp without zone, at midnight    the four dates
    bool                                                   use_certified

Every column is turned into the text that CSV would hold, so that one check reads all formats.
Arrow's own messages are not passed on: they can quote a cell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, BinaryIO, Final

import pyarrow
from pyarrow import compute, parquet

from counterfoil.core.errors import InputFault
from counterfoil.intake.columns import COLUMNS, Column, ColumnKind, check_columns
from counterfoil.intake.rows import Table

_arrow: Any = pyarrow  # ships no types
_compute: Any = compute
_parquet: Any = parquet
MAX_ROW_GROUP_BYTES: Final = 1 << 30
HEADER_KEY: Final = b"counterfoil.header"
_BATCH_ROWS: Final = 1024
_REFUSALS: Final = (_arrow.ArrowException, OSError, ValueError)


def read_parquet(file: BinaryIO, name: str) -> Iterator[Table]:
    """Yield the file's rows, 1024 at a time.

    Raises InputFault: the codes of `check_columns`, `parquet_unreadable`, `row_group_too_large`,
    `column_type`, `encoding_invalid`.
    """
    source = _open(file, name)
    schema = source.schema_arrow
    check_columns(schema.names, name)
    texts = {
        column.name: _as_text(column, schema, name)
        for column in COLUMNS
        if column.name in schema.names
    }
    row = 0
    for batch in _batches(source, name):
        cells = [
            _cells(batch, column, texts, f"{name}, row {row + 1} or after") for column in COLUMNS
        ]
        yield Table(cells, range(row + 1, row + 1 + batch.num_rows))
        row += batch.num_rows


def parquet_header(file: BinaryIO, name: str) -> bytes | None:
    """The header object in the key-value metadata as JSON, or None. Raises InputFault
    `parquet_unreadable`."""
    metadata: dict[bytes, bytes] = _open(file, name).metadata.metadata or {}
    return metadata.get(HEADER_KEY)


def _open(file: BinaryIO, name: str) -> Any:
    try:
        source: Any = _parquet.ParquetFile(file, pre_buffer=False)
        groups = [
            source.metadata.row_group(index).total_byte_size
            for index in range(source.num_row_groups)
        ]
    except _REFUSALS:
        raise _unreadable(name) from None
    if any(size > MAX_ROW_GROUP_BYTES for size in groups):
        raise InputFault(
            "row_group_too_large",
            "a row group is over 1 GiB",
            place=name,
            cure="Write the file with smaller row groups, 100,000 rows for example.",
        )
    return source


def _batches(source: Any, name: str) -> Iterator[Any]:
    batches, row = iter(source.iter_batches(batch_size=_BATCH_ROWS)), 0
    while True:
        try:
            batch = next(batches, None)
        except _REFUSALS:
            raise _unreadable(f"{name}, row {row + 1} or after") from None
        if batch is None:
            return
        row += batch.num_rows
        yield batch


def _unreadable(place: str) -> InputFault:
    return InputFault(
        "parquet_unreadable",
        "the file is not whole Parquet",
        place=place,
        cure="Write or send the file again.",
    )


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
    raise InputFault(
        "column_type",
        "the column has a type that the format does not allow",
        place=f"{name}, column {column.name}",
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
    try:
        return _compute.fill_null(texts[column.name](batch.column(column.name)), "").to_pylist()
    except _arrow.ArrowException:
        raise _unreadable(place) from None
    except UnicodeDecodeError:
        raise InputFault(
            "encoding_invalid",
            f"the column {column.name} has text that is not UTF-8",
            place=place,
            cure="Save the file with UTF-8 encoding.",
        ) from None
