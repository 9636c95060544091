"""House numbers: the tokens before a street -> one number.

1501 · 01501 · l501 · 15O1  ->  "1501"       45-12 · 45 - 12    ->  "45 12" (not 4512: elsewhere a
                            range)
1501 1/2 · 1501-1/2         ->  "1501 1 2"   1501A · 1501-A     ->  "1501A"
N6W23001 · N6 W23001        ->  "N6W23001"   1501 A INTERLAKE   ->  "1501A" (A-D, F-H)
1501 A AVE N        ->  "1501" (the street is A AVE)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from counterfoil.normalize.tables import (
    COMMON_SUFFIXES,
    DESIGNATORS,
    DIRECTIONALS,
    STANDALONE,
    SUFFIXES,
)

_CONFUSED: Final = re.compile(r"[0-9OIL]*[0-9](?:[0-9OIL]|[ZG](?=[0-9]))*")
_PLAIN: Final = re.compile(r"[0-9]+[A-Z]{0,2}")
_ORDINAL: Final = re.compile(r"[0-9]*(?:1ST|2ND|3RD|[0-9]TH)")
_PAIR: Final = re.compile(r"([0-9]+)-([0-9]+)([A-Z]?)")
_GRID: Final = re.compile(r"[NSEW][0-9]+[NSEW][0-9]+|[0-9]+[NSEW][0-9]+")
_GRID_HALF: Final = re.compile(r"[NSEW][0-9]+")
_GRID_OPEN: Final = re.compile(r"[NSEW][0-9]+[NSEW]")
_BLOCK: Final = re.compile(r"[A-Z]{1,2}[0-9]{1,4}")  # Puerto Rico: block and house, B12 CALLE 5
_SPANISH: Final = frozenset(
    {"CALLE", "AVE", "AVENIDA", "CAMINO", "CARR", "CARRETERA", "PASEO", "VIA"}
)
_ANNOUNCED: Final = frozenset({"NO", "NUM", "NUMBER", "NUMERO", "NBR"})
_FRACTIONS: Final = frozenset({("1", "2"), ("1", "3"), ("2", "3"), ("1", "4"), ("3", "4")})
_LETTERS: Final = frozenset("ABCDFGH")


Split = tuple[str, Sequence[str]]


def split_number(tokens: Sequence[str]) -> Split:
    """(number, what follows it); ("", tokens) where the tokens do not begin with a number."""
    if tokens and tokens[0] in _ANNOUNCED and _at(tokens, 1).isdigit():
        tokens = tokens[1:]
    if not tokens:
        return "", tokens
    first = _unconfuse(tokens[0])
    if first.isdigit():
        return _after_digits(first.lstrip("0") or "0", tokens)
    return (
        _hyphenated(first, tokens)
        or _grid(first, tokens)
        or _lettered(first, tokens)
        or ("", tokens)
    )


def _hyphenated(first: str, tokens: Sequence[str]) -> Split | None:
    pair = _PAIR.fullmatch(first)
    if pair is None:
        return None
    left, right = pair[1].lstrip("0") or "0", pair[2].lstrip("0") or "0"
    if (right, _at(tokens, 1)) in _FRACTIONS and len(tokens) > 2:
        return f"{left} {right} {tokens[1]}", tokens[2:]
    return f"{left} {right}{pair[3]}", tokens[1:]


def _grid(first: str, tokens: Sequence[str]) -> Split | None:
    second = _at(tokens, 1)
    if _GRID.fullmatch(first):
        return first, tokens[1:]
    if _GRID_HALF.fullmatch(first) and _GRID_HALF.fullmatch(second):
        return first + second, tokens[2:]
    if _GRID_OPEN.fullmatch(first) and second.isdigit():
        return first + second, tokens[2:]
    whole = len(first) > 3 and _GRID_HALF.fullmatch(first) and second
    return (first, tokens[1:]) if whole else None


def _lettered(first: str, tokens: Sequence[str]) -> Split | None:
    if _BLOCK.fullmatch(first) and _at(tokens, 1) in _SPANISH:
        return first, tokens[1:]
    if _PLAIN.fullmatch(first) and not _ORDINAL.fullmatch(first):
        return first.lstrip("0"), tokens[1:]
    return None


def _after_digits(number: str, tokens: Sequence[str]) -> Split:
    second, third = _at(tokens, 1), _at(tokens, 2)
    if (second, third) in _FRACTIONS:
        return f"{number} {second} {third}", tokens[3:]
    if (
        second in _LETTERS
        and len(third) > 2
        and third.isalpha()
        and not _is_lettered_street(tokens)
    ):
        return number + second, tokens[2:]
    return number, tokens[1:]


def _is_lettered_street(tokens: Sequence[str]) -> bool:
    """Whether the letter after the number is the street: 1844 A AVE, 1844 A AVE NE 6, 12 B ST APT 4
    (but 12 A COURT ST)."""
    following = _at(tokens, 3)
    if SUFFIXES.get(tokens[2]) not in COMMON_SUFFIXES or (
        following in SUFFIXES and following not in DIRECTIONALS
    ):
        return False
    ends = (
        not following
        or following in DIRECTIONALS
        or following in DESIGNATORS
        or following in STANDALONE
    )
    return ends or len(following) == 1 or any(char.isdigit() for char in following)


def _at(tokens: Sequence[str], index: int) -> str:
    return tokens[index] if index < len(tokens) else ""


def _unconfuse(token: str) -> str:
    """O as 0 anywhere in a number; I and L as 1 before a digit (I only between digits: I405 is a
    highway); Z as 2 and G as 6 between digits (never N, E, S, W: 9S0 is a number of a grid)."""
    if token.isdigit() or not _CONFUSED.fullmatch(token):
        return token
    token = token.replace("O", "0").replace("Z", "2").replace("G", "6")
    return re.sub(r"L(?=[0-9])|(?<=[0-9])I(?=[0-9])", "1", token)
