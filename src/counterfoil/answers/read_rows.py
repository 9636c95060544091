"""Reading FILE strictly: the digest of its bytes, the one form of each row (answer_file.py).
Standard library only."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Final

from counterfoil.answers.format import CSV_HEADER, ROW, WORDS
from counterfoil.core.errors import InputFault, VerifyFault

MAX_ROW_BYTES: Final = 65_536
_ROW: Final = {form: re.compile(row) for form, row in ROW.items()}
_WORD: Final[dict[str, tuple[bytes, int]]] = {"jsonl": (b'"', 7), "csv": (b",", 1)}
"""Where the answer stands in a row that has its form: separator, and place after splitting."""


def check_rows(path: Path, rows_digest: str, row_count: int, form: str) -> dict[str, int]:
    """How often each word is answered, once the bytes, the count and every row are right.

    Raises InputFault `answer_unreadable`; VerifyFault `rows_digest`, `rows_shape`, `rows_count`.
    """
    counts = dict.fromkeys(WORDS, 0)
    whole = hashlib.sha256()
    try:
        with path.open("rb") as file:
            wrong_row = _walk(file, form, whole.update, counts)
    except OSError:
        raise InputFault(
            "answer_unreadable",
            "the file cannot be read",
            place=path.name,
            cure="FILE and FILE.jws must stand side by side.",
        ) from None
    if "sha256:" + whole.hexdigest() != rows_digest:  # 2
        raise _fault("rows_digest", "the rows are not those that the holder signed")
    if wrong_row is not None:  # 3
        raise _fault(
            "rows_shape",
            "a row is not a request id, one of four words and its codes",
            f"FILE, row {wrong_row}",
        )
    if sum(counts.values()) != row_count:
        raise _fault("rows_count", "the number of rows is not the one that the holder signed")
    return counts


def _walk(
    file: BinaryIO, form: str, update: Callable[[bytes], None], counts: dict[str, int]
) -> int | None:
    """Read every byte once and count the words. The first row that has not its form, or None; 0 is
    the header."""
    wrong_row, has_form = _check_header(file, form, update), _ROW[form].fullmatch
    separator, place = _WORD[form]
    number = 0
    while line := file.readline(MAX_ROW_BYTES):
        update(line)
        number += 1
        if has_form(line):
            counts[line.split(separator)[place].decode()] += 1
        elif wrong_row is None:
            wrong_row = number
    return wrong_row


def _check_header(file: BinaryIO, form: str, update: Callable[[bytes], None]) -> int | None:
    if form != "csv":
        return None
    line = file.readline(len(CSV_HEADER))
    update(line)
    return None if line == CSV_HEADER else 0


def _fault(code: str, message: str, place: str = "FILE") -> VerifyFault:
    return VerifyFault(
        code,
        message,
        place=place,
        cure="Fetch FILE and FILE.jws again, byte for byte, from where they came.",
    )
