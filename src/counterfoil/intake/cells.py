r"""One cell: which text is allowed, and how the typed cells are read.

Refused everywhere (fixed here, and not taken from the Unicode version that Python ships, so that
the same file is read alike for ever):

    U+0000-001F, 007F, 0080-009F   controls; tab, LF and CR are allowed inside free text
    U+2028-202E, 2066-2069         line and paragraph separators, signs of text direction
    U+FEFF, FFF9-FFFB, FFFE, FFFF  byte order mark, interlinear signs, noncharacters
    U+D800-DFFF                    lone surrogates

A whole column is looked at in a few passes: its cells joined by LF, each byte of the UTF-8 replaced
by a class,

    n  LF
    w  space, = + - @
    c  anything that needs a closer look
    x  the rest

so that "no `c`, as many `n` as there are cells, no `w` beside an `n`" proves that no cell needs
stripping, has a refused character or begins like a formula, and "no run without `n` longer than the
limit" that none is too long. Only columns that fail are read cell by cell.

A fault is a ValueError whose whole message is the code: more of a message could carry the cell.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

from counterfoil.core.values import EngagedOfficer

REQUEST_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}", re.ASCII)
_REFUSED: Final = "\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff"
_REFUSED_IN_TEXT: Final = re.compile(f"[\x00-\x1f{_REFUSED}]")
_REFUSED_IN_FREE_TEXT: Final = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f{_REFUSED}]")
_FORMULA_SIGNS: Final = ("=", "+", "-", "@")
_PLAIN_NUMBER: Final = re.compile(r"[+-][0-9]+(\.[0-9]+)?", re.ASCII)
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_YES: Final = frozenset({"true", "yes", "y", "1"})
_NO: Final = frozenset({"", "false", "no", "n", "0"})


def _byte_class(byte: int) -> bytes:
    if byte == 0x0A:
        return b"n"
    if byte in b" =+-@":
        return b"w"
    # C2: U+0080-00BF. E1 E2 E3: where Unicode keeps its other spaces and signs. ED: surrogates. EF:
    # byte order mark and noncharacters.
    return b"c" if byte < 0x20 or byte == 0x7F or byte in b"\xc2\xe1\xe2\xe3\xed\xef" else b"x"


_CLASSES: Final = b"".join(_byte_class(byte) for byte in range(256))
_LENGTHS: Final = bytes(0x6E if byte == 0x0A else 0x78 for byte in range(256))  # n and x


def is_plain(cells: Sequence[str], limit: int) -> bool:
    """Whether it is certain that every cell is stripped, allowed text, no formula, and within
    `limit` characters."""
    column = "\n".join(("", *cells, "")).encode("utf-8", "surrogatepass")
    classes = column.translate(_CLASSES)
    return (
        b"c" not in classes
        and classes.count(b"n") == len(cells) + 1
        and b"nw" not in classes
        and b"wn" not in classes
        and b"x" * (limit + 1) not in column.translate(_LENGTHS)
    )


def text_fault(cell: str, limit: int, *, free: bool) -> str:
    """The code of what is wrong with the text of a stripped cell, or "". `free` allows line breaks
    and tabs."""
    if (_REFUSED_IN_FREE_TEXT if free else _REFUSED_IN_TEXT).search(cell):
        return "control_character"
    if cell.startswith(_FORMULA_SIGNS) and len(cell) > 1 and not _PLAIN_NUMBER.fullmatch(cell):
        return "formula_cell"
    return "field_too_long" if len(cell) > limit else ""


def read_text(cell: str, limit: int, *, free: bool = False) -> str:
    """The cell without the white space around it. Raises ValueError with the code of
    `text_fault`."""
    text = cell.strip()
    if code := text_fault(text, limit, free=free):
        raise ValueError(code)
    return text


def read_request_id(text: str) -> str:
    """A request id. Raises ValueError `request_id_missing`, `request_id_invalid`."""
    if not text:
        raise ValueError("request_id_missing")
    if not REQUEST_ID.fullmatch(text):
        raise ValueError("request_id_invalid")
    return text


def read_date(text: str) -> date | None:
    """`YYYY-MM-DD`, or None for an empty cell. Raises ValueError `date_invalid`: another form, or
    no such day."""
    if not text:
        return None
    if _DATE.fullmatch(text):  # date.fromisoformat alone also takes 20240101 and week dates
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise ValueError("date_invalid")


def read_periods(text: str) -> tuple[str, ...]:
    """The periods between semicolons, as written."""
    return tuple(part for part in map(str.strip, text.split(";")) if part)


def read_officers(text: str) -> tuple[EngagedOfficer, ...]:
    """`id|name|title|agency;...`, or without the agency, as files had it before there was one.
    Raises ValueError `engaged_officers_invalid` where an officer has neither four parts nor
    three."""
    officers = [entry.split("|") for entry in text.split(";") if entry.strip()]
    if any(len(parts) not in (3, 4) for parts in officers):
        raise ValueError("engaged_officers_invalid")
    return tuple([EngagedOfficer(*map(str.strip, parts)) for parts in officers])


def read_yes_no(text: str) -> bool:
    """Whether the cell says yes; empty says no. Raises ValueError `use_certified_invalid` for
    another word."""
    word = text.lower()
    if word not in _YES and word not in _NO:
        raise ValueError("use_certified_invalid")
    return word in _YES
