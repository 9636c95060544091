"""Changing one thing in a written address: the next unit, the next number. Pure."""

from __future__ import annotations

import re
from typing import Final

_DIGITS: Final = re.compile(r"[0-9]{1,9}")


def bump_last(text: str, step: int) -> str:
    """The last number of `text` changed by `step`, else its last letter moved on by one."""
    runs = list(_DIGITS.finditer(text))
    if runs:
        return _changed(text, runs[-1], step)
    last = text.rstrip()[-1:]
    last = last.upper() if last.isascii() else last
    moved = "A" if last == "Z" else chr(ord(last) + 1) if "A" <= last < "Z" else f"{last}2"
    return text.rstrip()[:-1] + moved


def bump_number(line: str, step: int) -> str:
    """The house number or box changed by `step`; "" where the line has none."""
    run = _DIGITS.search(line)
    return _changed(line, run, step) if run else ""


def _changed(text: str, run: re.Match[str], step: int) -> str:
    number = int(run[0]) + step
    return f"{text[: run.start()]}{number if number > 0 else int(run[0]) - step}{text[run.end() :]}"
