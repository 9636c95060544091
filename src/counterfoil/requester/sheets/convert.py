"""Rows of a text file or a workbook to a request file: CSV in the one form that the format has.

    row 1 of the sheet is row 1 here: blank rows are kept, so that a reject's row is the sheet's
    names are folded (names.py); columns without a name and without a cell are left out
    dates in another order are turned where that is told, `mdy` or `dmy`, and nowhere else

A file that is a request file already is left alone, byte for byte: what was asked once is then
recognized as the same.
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

from counterfoil.core.atomic_files import open_private
from counterfoil.core.errors import InputFault, StoreFault, UsageFault
from counterfoil.intake import COLUMN_NAMES
from counterfoil.intake.columns import BY_NAME, ColumnKind, check_columns
from counterfoil.requester.sheets.names import fold_name
from counterfoil.requester.sheets.text import ENCODINGS, needs_conversion, read_text_rows
from counterfoil.requester.sheets.workbook import SUFFIXES, read_workbook

ORDERS: Final = ("ymd", "mdy", "dmy")
OTHER_SUFFIXES: Final = (".jsonl", ".ndjson", ".parquet")
TEXT_SUFFIXES: Final = (".csv", ".txt", ".tsv")
_DATE: Final = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})", re.ASCII)


class Reading(NamedTuple):
    """How a sender's file is to be read. `encoding` "": as its bytes say. `dates`: the order of the
    dates that are not YYYY-MM-DD; `ymd` allows no other. `sheet` "": the one that is visible."""

    encoding: str = ""
    dates: str = "ymd"
    sheet: str = ""


def require_reading(how: Reading) -> None:
    """Raise UsageFault `reading_unknown` for an encoding or an order that is none."""
    if how.encoding not in ("", *ENCODINGS) or how.dates not in ORDERS:
        raise UsageFault(
            "reading_unknown",
            "there is no such encoding, or no such order of dates",
            place="--encoding, --dates",
            cure=f"Encodings: {', '.join(ENCODINGS)}. Orders: {', '.join(ORDERS)}.",
        )


def to_request_file(path: Path, how: Reading, target: Path) -> tuple[Path, tuple[str, ...]]:
    """The request file that `path` is, or that was written to `target` from it, with what is to be
    told of the reading. Raises InputFault, UsageFault `reading_unknown`, StoreFault."""
    require_reading(how)
    suffix = path.suffix.lower()
    if suffix in SUFFIXES:
        sheet = read_workbook(path, how.sheet)
        _write(target, _converted(sheet.rows, how.dates, path.name, padded=True))
        return target, sheet.remarks
    if suffix in OTHER_SUFFIXES:
        return path, ()
    if suffix not in TEXT_SUFFIXES:
        raise InputFault(
            "format_unknown",
            "the file is none of those that can be read",
            place=path.name,
            cure="Name a .csv, .xlsx, .jsonl, .ndjson or .parquet file, not compressed.",
        )
    plain = suffix == ".csv" and how.dates == "ymd"
    if plain and not needs_conversion(path, how.encoding):
        return path, ()
    _write(target, _converted(read_text_rows(path, how.encoding), how.dates, path.name))
    return target, ()


def _converted(
    rows: Iterable[list[str]], dates: str, name: str, *, padded: bool = False
) -> Iterator[list[str]]:
    """The rows of the request file, the line of names first. Raises InputFault `file_empty`,
    `column_unnamed`, and as `check_columns`."""
    names: list[str] = []
    turned: list[int] = []
    for number, row in enumerate(rows, start=1):
        if not any(map(str.strip, row)):
            yield []
        elif not names:
            names = _names(row, name)
            turned = [at for at, each in enumerate(names) if _is_date(each) and dates != "ymd"]
            yield names
        else:
            cells = _cells(row, len(names), f"{name}, row {number}", padded=padded)
            for at in turned:
                cells[at : at + 1] = [_turn_date(cell, dates) for cell in cells[at : at + 1]]
            yield cells
    if not names:
        raise InputFault(
            "file_empty",
            "the file has no row",
            place=name,
            cure="Save it again, with its row of names.",
        )


def _is_date(name: str) -> bool:
    return BY_NAME[name].kind is ColumnKind.DATE


def _names(row: list[str], name: str) -> list[str]:
    names = [fold_name(cell) for cell in row]
    while not names[-1]:
        names.pop()
    if not any(each in COLUMN_NAMES for each in names):
        raise InputFault(
            "names_missing",
            "the first row that is not empty holds no column names of a request file",
            place=name,
            cure="Begin with one row of names: `counterfoil-ask template` writes a blank file that "
            "has them. Remove titles above it.",
        )
    check_columns(names, name)
    return names


def _cells(row: list[str], width: int, place: str, *, padded: bool) -> list[str]:
    """The row's cells; a workbook leaves out empty ones at the end (`padded`). A row with a cell
    under no name refuses the file: it may belong to another column."""
    if any(map(str.strip, row[width:])):
        raise InputFault(
            "column_unnamed",
            "a row has a cell that stands under no name",
            place=place,
            cure="Give the column its name, or put quotes around a cell that holds the separator.",
        )
    return row[:width] + [""] * (width - len(row) if padded else 0)


def _turn_date(cell: str, order: str) -> str:
    found = _DATE.fullmatch(cell.strip())
    if found is None:
        return cell
    first, second, year = map(int, found.groups())
    month, day = (first, second) if order == "mdy" else (second, first)
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return cell  # intake tells it


def _write(target: Path, rows: Iterable[list[str]]) -> None:
    try:
        with os.fdopen(open_private(target), "w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\r\n").writerows(rows)
    except OSError:
        raise StoreFault(
            "file_not_written",
            "the file could not be written",
            place=target.name,
            cure="Check disk space and permissions, then run the same command again.",
        ) from None
