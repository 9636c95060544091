"""CSV sources: RFC 4180, UTF-8 with or without BOM, a header first, every field read as text.

The standard library's reader is used, not Arrow's: it counts rows exactly where some have the wrong
number of fields, never guesses a type (a ZIP keeps its zero), and the normal forms cost more than
the reading.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable, Iterator
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import Final

from counterfoil.core.errors import InputFault
from counterfoil.register.source import (
    BATCH_ROWS,
    COLUMNS,
    Batch,
    check_columns,
    empty_source,
    unreadable_source,
)

_SCAN_BYTES: Final = 1 << 20


class CsvSource:
    """A CSV file. `total_rows` is None: only reading to the end can tell."""

    total_rows: int | None = None

    def __init__(self, path: Path) -> None:
        self._path = path

    def batches(self) -> Iterator[Batch]:
        """Every row once, in order; blank lines are not rows. Raises InputFault."""
        row = 0
        try:
            with self._path.open(encoding="utf-8-sig", newline="") as file:
                reader = csv.reader(file, strict=True)
                pick = _picker(next(reader, None))
                filled = filter(None, reader)
                while fields := list(islice(filled, BATCH_ROWS)):
                    yield Batch(
                        row + 1,
                        [pick(line) if len(line) == len(COLUMNS) else line for line in fields],
                    )
                    row += len(fields)
        except UnicodeDecodeError:
            raise _encoding(self._path) from None
        except csv.Error:
            raise _malformed(row, reader.line_num) from None  # pyright: ignore[reportPossiblyUnboundVariable]
        except OSError as fault:
            raise unreadable_source(type(fault).__name__) from None


def _picker(header: list[str] | None) -> Callable[[list[str]], tuple[str, ...]]:
    if header is None:
        raise empty_source()
    names = [name.strip() for name in header]
    check_columns(names)
    return itemgetter(*[names.index(name) for name in COLUMNS])


def _malformed(row: int, line: int) -> InputFault:
    return InputFault(
        "source_malformed",
        "the file stops being CSV here (a quotation mark out of place, or a field over 128 KiB)",
        place=f"line {line}, after row {row}",
        cure="Write the file again with RFC 4180 quoting.",
    )


def _encoding(path: Path) -> InputFault:
    return InputFault(
        "source_encoding",
        "the file is not UTF-8",
        place=f"byte {_first_bad_byte(path)}",
        cure="Write the file again as UTF-8.",
    )


def _first_bad_byte(path: Path) -> int:
    """Position from 0 of the first byte that is not UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    done = 0
    with path.open("rb") as file:
        while block := file.read(_SCAN_BYTES):
            pending = len(decoder.getstate()[0])
            try:
                decoder.decode(block)
            except UnicodeDecodeError as fault:
                return done - pending + fault.start
            done += len(block)
    return done
