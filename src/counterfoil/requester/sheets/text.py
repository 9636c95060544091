"""Text files as spreadsheets and databases write them: their encoding, their separator, their rows.

    encoding     UTF-8 with or without a byte order mark; UTF-16 where a byte order mark says so;
                 another only where it is told, because every byte of cp1252 is some letter
    separator    comma, semicolon or tab, whichever the line of names is cut by into known names; a
                 first line `sep=;`, which Excel takes for itself, is passed over and no row
    rows         RFC 4180 otherwise: quotes around cells, line breaks inside quotes

A row is one record, as a spreadsheet counts it. Nothing is guessed at: what is not of these is a
fault with its place.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Final

from counterfoil.core.errors import InputFault
from counterfoil.intake import COLUMN_NAMES
from counterfoil.requester.sheets.names import fold_name

ENCODINGS: Final = ("utf-8", "utf-16", "cp1252")
SEPARATORS: Final = (",", ";", "\t")
_FIRST_BYTES: Final = 4096
_SEPARATOR_LINE: Final = "sep="


def needs_conversion(path: Path, encoding: str) -> bool:
    """Whether a .csv file is not a request file as it stands: another encoding, separator or way of
    writing the names. Raises InputFault `file_unreadable`."""
    with _opened(path) as file:
        line = file.readline(_FIRST_BYTES).removeprefix(codecs.BOM_UTF8).strip(b"\r\n")
    try:
        names = [name.strip().strip('"') for name in line.decode("utf-8").split(",")]
    except UnicodeDecodeError:
        return True
    return encoding not in ("", "utf-8") or not all(name in COLUMN_NAMES for name in names)


def read_text_rows(path: Path, encoding: str) -> Iterator[list[str]]:
    """The records of a text file, the line of names among them; a blank line is an empty record.

    Raises InputFault `file_unreadable`, `encoding_invalid`, `encoding_utf16`, `quote_open`,
    `names_missing`.
    """
    with _opened(path) as file:
        chosen = encoding or _encoding_of(file, path.name)
        file.seek(0)
        text = io.TextIOWrapper(file, _with_mark(chosen), newline="")
        try:
            yield from _records(text, path.name)
        except UnicodeError:
            raise _not_decoded(chosen, path.name) from None


def _records(text: io.TextIOWrapper, name: str) -> Iterator[list[str]]:
    first, before = text.readline(), 0
    separator = ""
    if first.lower().startswith(_SEPARATOR_LINE):
        separator = first[len(_SEPARATOR_LINE) :][:1]
        first = text.readline()
    while first and not first.strip():
        first, before = text.readline(), before + 1
    separator = separator or _separator_of(first, name)
    if separator not in SEPARATORS:
        raise _names_missing(name)
    yield from ([] for _ in range(before))
    rows = csv.reader(chain([first], text), delimiter=separator, strict=True)
    while True:
        try:
            yield next(rows)
        except StopIteration:
            return
        except csv.Error:
            raise InputFault(
                "quote_open",
                "the quotes of a row do not pair",
                place=f"{name}, line {rows.line_num + before}",
                cure="Close the quotes of that row, and write a quote inside quotes twice.",
            ) from None


def _separator_of(line: str, name: str) -> str:
    """The separator that cuts the line of names into the most names that are known."""
    found = {
        each: sum(
            fold_name(cell.strip('"')) in COLUMN_NAMES for cell in line.strip("\r\n").split(each)
        )
        for each in SEPARATORS
    }
    best = max(SEPARATORS, key=found.__getitem__)
    if not found[best]:
        raise _names_missing(name)
    return best


def _encoding_of(file: BinaryIO, name: str) -> str:
    first = file.read(_FIRST_BYTES)
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in first:
        raise InputFault(
            "encoding_utf16",
            "the text holds zero bytes: it is UTF-16 without its mark, or no text at all",
            place=name,
            cure='Save it as "CSV UTF-8", or say --encoding utf-16.',
        )
    return "utf-8"


def _with_mark(encoding: str) -> str:
    return "utf-8-sig" if encoding == "utf-8" else encoding


def _not_decoded(encoding: str, name: str) -> InputFault:
    return InputFault(
        "encoding_invalid",
        f"the text is not {encoding} throughout",
        place=name,
        cure='Save it as "CSV UTF-8". If it was written by an older program on Windows, say '
        "--encoding cp1252, and look at the letters of each name afterwards.",
    )


def _names_missing(name: str) -> InputFault:
    return InputFault(
        "names_missing",
        "the first row that is not empty holds no column names of a request file",
        place=name,
        cure="Begin with one row of names: `counterfoil-ask template` writes a blank file that has "
        "them. Remove titles above it.",
    )


def _opened(path: Path) -> BinaryIO:
    if not path.is_file():
        raise _unreadable(path)
    try:
        return path.open("rb")
    except OSError:
        raise _unreadable(path) from None


def _unreadable(path: Path) -> InputFault:
    return InputFault(
        "file_unreadable",
        "the file cannot be read",
        place=path.name,
        cure="Check its path and permissions.",
    )
