"""Excel workbooks (.xlsx): one visible sheet, as text.

What a workbook hides is told and not read around: hidden rows and columns (a filter leaves them),
merged cells, formulas, errors. A cell is text as it stands; a whole number is its digits, padded as
its format pads it (a ZIP that Excel shows as 01234); a date that Excel knows as one is YYYY-MM-DD.
Whatever else a number could be is decided by nobody: habits.py tells it.

Not read: an encrypted workbook, .xls, .xlsb, .ods, a workbook with macros. Bounds: 256 MB unpacked
in 4,096 parts, 200,000 rows, 200 columns, 8,000,000 tags, and 256 million characters in all cells
together: one text that the workbook has once may stand in every cell. Nothing in the file is run,
and no link in it is followed.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from datetime import date, datetime, time
from importlib import import_module
from pathlib import Path
from typing import Any, Final, NamedTuple
from xml.etree.ElementTree import iterparse
from zipfile import ZipFile

from counterfoil.core.errors import InputFault
from counterfoil.intake import COLUMN_NAMES
from counterfoil.requester.sheets.names import fold_name

MAX_UNPACKED_BYTES: Final = 268_435_456
MAX_CHARACTERS: Final = MAX_UNPACKED_BYTES
MAX_PARTS: Final = 4_096
MAX_TAGS: Final = 8_000_000
"""Signs that begin a tag, in all parts: what is built of an empty one is a hundred bytes."""
MAX_ROWS: Final = 200_000
MAX_COLUMNS: Final = 200
SUFFIXES: Final = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".xltx")
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_ZEROS: Final = re.compile("0+(-0+)*")
_START_BYTES: Final = 8192
_BLOCK_BYTES: Final = 1 << 20
_FIRST_ROWS: Final = 50
_DECLARED: Final = (b"<!DOCTYPE", b"<!ENTITY")
"""What no workbook declares, and what makes a small file large."""
_MOST_DIGITS: Final = 15
"""Digits that Excel keeps of a number."""


class Sheet(NamedTuple):
    """A sheet that was read: its rows as text, from row 1, and what is told beside."""

    rows: list[list[str]]
    remarks: tuple[str, ...]


def read_workbook(path: Path, sheet: str) -> Sheet:
    """The rows of the visible sheet, or of the one named `sheet`.

    Raises InputFault `workbook_encrypted`, `workbook_form`, `workbook_macros`, `workbook_large`,
    `sheet_choice`, `sheet_hidden`, `merged_cells`.
    """
    _check_form(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _read(path, sheet)
    except InputFault:
        raise
    except Exception:  # noqa: BLE001 - whatever a foreign reader says of a foreign file may quote it
        raise _no_workbook(path) from None


def _check_form(path: Path) -> None:
    try:
        with path.open("rb") as file:
            start = file.read(8)
            whole = file.read(MAX_UNPACKED_BYTES) if start == _OLE else b""
    except OSError:
        raise InputFault(
            "file_unreadable",
            "the file cannot be read",
            place=path.name,
            cure="Check its path and permissions.",
        ) from None
    if _ENCRYPTED in whole:
        raise InputFault(
            "workbook_encrypted",
            "the workbook is encrypted with a password",
            place=path.name,
            cure="Save it without a password on a protected disk: `send` encrypts what it sends.",
        )
    if whole or path.suffix.lower() not in (".xlsx", ".xlsm"):
        raise InputFault(
            "workbook_form",
            "this form of workbook is not read",
            place=path.name,
            cure='Save it as "Excel Workbook (.xlsx)" or as "CSV UTF-8".',
        )


def _read(path: Path, wanted: str) -> Sheet:
    with ZipFile(path) as archive:
        names = archive.namelist()
        size = sum(each.file_size for each in archive.infolist())
        if size > MAX_UNPACKED_BYTES or len(names) > MAX_PARTS:
            raise _too_large(path)
        _check_parts(archive, names, path)
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise InputFault(
            "workbook_macros",
            "the workbook holds macros",
            place=path.name,
            cure='Save it as "Excel Workbook (.xlsx)", which leaves them out.',
        )
    book: Any = import_module("openpyxl").load_workbook(path, read_only=True, keep_links=False)
    try:
        sheet, remarks = _choose(book, wanted, path.name)
        _check_hidden(path, sheet)
        return Sheet(list(_rows(sheet, path)), remarks)
    finally:
        book.close()


def _check_parts(archive: ZipFile, names: list[str], path: Path) -> None:
    """Look at every part, whatever it is called, before it is built in memory: none declares an
    entity, and all together are within the bounds of tags."""
    tags = 0
    for name in names:
        with archive.open(name) as part:
            block = part.read(_BLOCK_BYTES)
            start = block[:_START_BYTES].replace(b"\0", b"")
            if any(mark in start for mark in _DECLARED):
                raise _no_workbook(path)
            while block:
                tags += block.count(b"<")
                if tags > MAX_TAGS:
                    raise _too_large(path)
                block = part.read(_BLOCK_BYTES)


def _choose(book: Any, wanted: str, name: str) -> tuple[Any, tuple[str, ...]]:
    """The sheet to read; a remark where others are hidden."""
    sheets: list[Any] = list(book.worksheets)
    visible = [each for each in sheets if each.sheet_state == "visible"]
    hidden = len(sheets) - len(visible)
    named = [each for each in sheets if each.title == wanted] if wanted else visible
    if len(named) != 1:
        full = [each for each in named if _has_names(each)]
        if wanted:
            raise _choice("sheet_choice", "the workbook has no sheet of that name", name)
        if len(full) != 1:
            said = f"{len(full)} visible sheets hold names of columns, not one"
            raise _choice("sheet_choice", said, name)
        named = full
    if named[0].sheet_state != "visible":
        raise InputFault(
            "sheet_hidden",
            "the sheet is hidden",
            place=name,
            cure="Show the sheet, look at what it holds, and save the workbook.",
        )
    told = f"{hidden} hidden sheets were not read."
    return named[0], (told,) if hidden else ()


def _choice(code: str, message: str, name: str) -> InputFault:
    return InputFault(
        code, message, place=name, cure="Name it with --sheet, or leave one sheet in the workbook."
    )


def _has_names(sheet: Any) -> bool:
    """Whether the first row that is not empty has names of columns."""
    sheet.reset_dimensions()
    for row in sheet.iter_rows(max_row=_FIRST_ROWS, values_only=True):
        texts = [fold_name(str(value)) for value in row if value is not None]
        if texts:
            return any(text in COLUMN_NAMES for text in texts)
    return False


def _check_hidden(path: Path, sheet: Any) -> None:
    """Raise InputFault `merged_cells` or `sheet_hidden` for what a reader of the sheet does not see
    as it is. Names of cells are told, never what they hold."""
    with ZipFile(path) as archive, archive.open(str(sheet._worksheet_path)) as file:
        for _, element in iterparse(file):  # noqa: S314 - nothing in it declares an entity  # noqa: S314 - _check_xml has refused what declares entities
            tag = element.tag.rpartition("}")[2]
            if tag == "mergeCell":
                raise InputFault(
                    "merged_cells",
                    "the sheet has merged cells, of which only the first holds anything",
                    place=f"{path.name}, cells {element.get('ref', '')[:24]}",
                    cure="Unmerge them, so that every row and every name has its own cell.",
                )
            if tag in ("row", "col") and element.get("hidden") in ("1", "true"):
                what = f"row {element.get('r', '')[:8]}" if tag == "row" else "a column"
                raise InputFault(
                    "sheet_hidden",
                    "the sheet has hidden rows or columns, as a filter leaves them",
                    place=f"{path.name}, {what}",
                    cure="Remove the filter and show them; delete what is not to be asked.",
                )
            if tag in ("row", "c"):
                element.clear()


def _rows(sheet: Any, path: Path) -> Iterator[list[str]]:
    characters = 0
    sheet.reset_dimensions()
    for number, row in enumerate(sheet.iter_rows(), start=1):
        if number > MAX_ROWS or len(row) > MAX_COLUMNS:
            raise _too_large(path)
        texts = [_text(cell) for cell in row]
        characters += sum(map(len, texts))
        if characters > MAX_CHARACTERS:
            raise _too_large(path)
        yield texts


def _text(cell: Any) -> str:
    value: Any = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        return _number(value, str(cell.number_format))
    return str(value)


def _number(value: float, form: str) -> str:
    """A whole number's digits, padded where the format is zeros; another as it would be shown in
    full, which habits.py tells."""
    if value != int(value):
        return repr(value)
    digits = str(int(value))
    if len(digits.lstrip("-")) > _MOST_DIGITS:
        return f"{value:.6E}"
    shown = form.replace("\\", "").replace('"', "")
    if not _ZEROS.fullmatch(shown) or len(digits) > shown.count("0"):
        return digits
    left = iter(digits.zfill(shown.count("0")))
    return "".join(next(left) if each == "0" else each for each in shown)


def _too_large(path: Path) -> InputFault:
    return InputFault(
        "workbook_large",
        f"the workbook is larger than {MAX_ROWS} rows, {MAX_COLUMNS} columns, {MAX_PARTS} parts, "
        f"{MAX_TAGS} tags or 256 MB unpacked",
        place=path.name,
        cure='Delete the empty rows and columns after the last one, or save it as "CSV UTF-8".',
    )


def _no_workbook(path: Path) -> InputFault:
    return InputFault(
        "workbook_unreadable",
        "this is not a workbook that can be read",
        place=path.name,
        cure='Open it in the spreadsheet program, save it as "Excel Workbook (.xlsx)", and try '
        "again.",
    )
