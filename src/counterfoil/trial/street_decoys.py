"""Changing one thing in a written address: the next unit, the next number, the street of another suffix. Pure."""

from __future__ import annotations

import re
from typing import Final

from counterfoil.trial.chance import Chance

_DIGITS: Final = re.compile(r"[0-9]{1,9}")
_OPPOSITE: Final = {
    "N": "S", "S": "N", "E": "W", "W": "E", "NE": "SE", "SE": "NE", "NW": "SW", "SW": "NW",
    "NORTH": "S", "SOUTH": "N", "EAST": "W", "WEST": "E",
}  # fmt: skip
_SUFFIXES: Final = ("ST", "AVE", "RD", "DR", "LN", "CT", "PL", "WAY", "BLVD", "CIR", "TER")
_WRITTEN: Final = frozenset(
    {*_SUFFIXES, "STREET", "AVENUE", "ROAD", "DRIVE", "LANE", "COURT", "PLACE", "BOULEVARD", "CIRCLE", "TERRACE", "TRL"}
)


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


def like_street(line: str, chance: Chance) -> str:
    """`line` with its directional turned round, or its suffix exchanged; "" where it has neither."""
    words = line.split()
    for at, word in enumerate(words[1:], 1):
        opposite = _OPPOSITE.get(word.strip(".,").upper())
        if opposite and len(words) > 2:
            return " ".join([*words[:at], opposite, *words[at + 1 :]])
    for at in range(len(words) - 1, 1, -1):
        word = words[at].strip(".,").upper()
        if word in _WRITTEN:
            others = [suffix for suffix in _SUFFIXES if suffix[0] != word[0]]
            return " ".join([*words[:at], chance.of(others), *words[at + 1 :]])
    return ""
