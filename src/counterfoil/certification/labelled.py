"""Labelled questions: a request file's person, address and period columns, and `truth`.

The format is docs/formats/labelled-file.md.

The file is CSV, JSON lines or Parquet, by the end of its name. `truth` is `true` or `false` in
every row. `name_group` may say of which group of made-up people a row is; it is counted by, never
stored and never inferred (P8). `request_id` may be missing; rows are then named by their number.
Other columns of a request file are ignored. Cells are strings, read by intake's own rules, so a row
that a request file would reject is rejected here too.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pyarrow
from pyarrow import csv, json, parquet

from counterfoil.core.errors import InputFault
from counterfoil.core.values import Reject, Request
from counterfoil.intake import COLUMN_NAMES, Table, to_requests

_arrow: Any = pyarrow  # ships no types
_csv: Any = csv
_json: Any = json
_parquet: Any = parquet
TRUTH: Final = "truth"
GROUP: Final = "name_group"
MOST_GROUPS: Final = 100
_ASKED: Final = (
    "given_name", "middle_name", "family_name", "suffix", "date_of_birth", "tin",
    "line1", "line2", "city", "state", "zip", "taxable_periods",
)  # fmt: skip
_REQUIRED: Final = (
    "given_name",
    "family_name",
    "line1",
    "city",
    "state",
    "zip",
    "taxable_periods",
    TRUTH,
)
_WORDS: Final = {"true": True, "false": False}
_TYPES: Final = {name: _arrow.string() for name in (*COLUMN_NAMES, TRUTH, GROUP)}


def read_labelled(path: Path) -> Iterator[tuple[Request | Reject, bool]]:
    """Each question with its truth, in the file's order. As `read_grouped`."""
    for row, truth, _ in read_grouped(path):
        yield row, truth


def read_grouped(path: Path) -> Iterator[tuple[Request | Reject, bool, str]]:
    """Each question with its truth and its group, "" where it has none, in the file's order; a
    Reject where the row could not be read.

    Raises InputFault for a file that cannot be read, lacks a column, holds another word as `truth`
    or more than `MOST_GROUPS` groups.
    """
    first, used, met = 1, set[str](), set[str]()
    for batch in _batches(path):
        cells = _cells(batch, path.name)
        rows = range(first, first + batch.num_rows)
        truths = _truths(cells[TRUTH], path.name, first)
        groups = [cell.strip() for cell in cells.get(GROUP) or [""] * len(rows)]
        met.update(groups)
        if len(met) > MOST_GROUPS:
            raise InputFault(
                "groups_many",
                f"the labelled file has more than {MOST_GROUPS} groups",
                place=f"{path.name}, {GROUP}",
                cure="Name groups of made-up people, not people.",
            )
        ids = [
            cell or f"row-{number}"
            for number, cell in zip(rows, _column("request_id", cells, len(rows)), strict=True)
        ]
        columns = [
            ids if name == "request_id" else _column(name, cells, len(rows))
            for name in COLUMN_NAMES
        ]
        for row in to_requests(Table(columns, rows), used):
            at = row.row - first
            yield row, truths[at], groups[at]
        first += batch.num_rows


def _column(name: str, cells: dict[str, list[str]], length: int) -> list[str]:
    return cells[name] if name in (*_ASKED, "request_id") and name in cells else [""] * length


def _cells(batch: Any, name: str) -> dict[str, list[str]]:
    missing = [column for column in _REQUIRED if column not in batch.schema.names]
    if missing:
        raise InputFault(
            "column_missing",
            f"the labelled file lacks the column {missing[0]}",
            place=name,
            cure=f"It needs {', '.join(_REQUIRED)}.",
        )
    wanted = [column for column in (*COLUMN_NAMES, TRUTH, GROUP) if column in batch.schema.names]
    return {
        column: [_text(value) for value in batch.column(column).to_pylist()] for column in wanted
    }


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _truths(words: list[str], name: str, first: int) -> list[bool]:
    truths = [_WORDS.get(word.strip().lower()) for word in words]
    if None in truths:
        place = f"{name}, row {first + truths.index(None)}"
        raise InputFault(
            "truth_invalid",
            "truth is neither true nor false",
            place=place,
            cure="Write true or false in every row.",
        )
    return [bool(truth) for truth in truths]


def _batches(path: Path) -> Iterator[Any]:
    try:
        batches = _opened(path)
        for batch in batches:
            if batch.num_rows:
                yield batch
    except (OSError, _arrow.ArrowException):
        # The library's own text may repeat a cell.
        raise InputFault(
            "labelled_unreadable",
            "the labelled file cannot be read as its name says",
            place=path.name,
            cure="Give CSV, JSON lines or Parquet in UTF-8, with a line of column names in CSV.",
        ) from None


def _opened(path: Path) -> Iterator[Any]:
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        return _parquet.ParquetFile(path).iter_batches()
    if suffix in (".jsonl", ".ndjson"):
        options = _json.ParseOptions(
            explicit_schema=_arrow.schema(list(_TYPES.items())), unexpected_field_behavior="ignore"
        )
        return iter(_json.read_json(path, parse_options=options).to_batches())
    convert = _csv.ConvertOptions(
        column_types=_TYPES, strings_can_be_null=False, quoted_strings_can_be_null=False
    )
    return iter(
        _csv.open_csv(
            path, parse_options=_csv.ParseOptions(newlines_in_values=True), convert_options=convert
        )
    )
