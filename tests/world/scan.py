"""A thief's scan: does any name, street or number of the made-up source stand in these bytes?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

_WORD = re.compile(r"[^\W\d_]{4,}|\d{4,}")
_HARMLESS = {"Anytown", "Failed", "Provide", "Lake", "1001", "2290"}
"""Words and numbers that the law's own lists hold (18 USC 1001 and 2290)."""


def tokens_of(rows: Iterable[Mapping[str, str]]) -> list[str]:
    """Every word of four letters or more and every number of four digits or more, but the years of
    periods."""
    columns = ("tin", "given_name", "middle_name", "family_name", "date_of_birth", "line1", "line2")
    found = {token for row in rows for column in columns for token in _WORD.findall(row[column])}
    return sorted(token for token in found - _HARMLESS if not re.fullmatch(r"(19|20)\d\d", token))


def found_in(data: bytes, tokens: Iterable[str]) -> list[str]:
    """The tokens that stand in the bytes, in either case, as UTF-8 or UTF-16. A number must stand
    alone among digits."""
    lower = data.lower()
    found: list[str] = []
    for token in tokens:
        forms = [token.lower().encode(coding) for coding in ("utf-8", "utf-16-le", "utf-16-be")]
        if any(
            re.search(rb"(?<![0-9a-z+/])" + re.escape(form) + rb"(?![0-9a-z+/])", lower)
            if token.isdigit()
            else form in lower
            for form in forms
        ):
            found.append(token)
    return found


def files_below(directory: Path) -> list[Path]:
    return sorted(path for path in directory.rglob("*") if path.is_file())
