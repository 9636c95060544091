"""House numbers: the tokens before a street -> one number.

1501 · 01501 · l501 · 15O1  ->  1501
1501 1/2 · 1501-1/2         ->  1501 1 2
1501A · 1501-A              ->  1501A
1501 A INTERLAKE            ->  1501A     (A to D, F to H)
1501 A AVE N                ->  1501      (the street is A AVE)
45-12 · 45 - 12             ->  45 12     (not 4512: elsewhere a range)
N6W23001 · N6 W23001 · N 6 W 23001  ->  N6W23001
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from counterfoil.normalize.tables import (
    CARDINALS,
    COMMON_SUFFIXES,
    DESIGNATORS,
    DIRECTIONALS,
    STANDALONE,
    SUFFIXES,
    words,
)
from counterfoil.normalize.text import has_digit, token_at

_CONFUSED: Final = re.compile(r"[0-9OIL]*[0-9](?:[0-9OIL]|[ZG](?=[0-9]))*")
_CONFUSED_ONE: Final = re.compile(r"L(?=[0-9])|(?<=[0-9])I(?=[0-9])")
_PLAIN: Final = re.compile(r"[0-9]+[A-Z]{0,2}")
_ORDINAL: Final = re.compile(r"[0-9]*(?:1ST|2ND|3RD|[0-9]TH)")
_PAIR: Final = re.compile(r"([0-9]+)-([0-9]+)([A-Z]?)")
_BEFORE_ORDINAL: Final = re.compile(r"([0-9]+)-([0-9]*(?:(?<!1)1ST|(?<!1)2ND|(?<!1)3RD|[0-9]TH))")
_GRID: Final = re.compile(r"[NSEW][0-9]+[NSEW][0-9]+|[0-9]+[NSEW][0-9]+")
_GRID_HALF: Final = re.compile(r"[NSEW][0-9]+")
_GRID_OPEN: Final = re.compile(r"[NSEW][0-9]+[NSEW]")
_BLOCK: Final = re.compile(r"[A-Z]{1,2}[0-9]{1,4}")  # Puerto Rico: block and house, B12 CALLE 5
_SPANISH: Final = words("CALLE AVE AVENIDA CAMINO CARR CARRETERA PASEO VIA")
_COUNTED: Final = words("MILE POINT CORNER BRIDGE MEN ROD BIT NOTCH FORK FINGER")
_ANNOUNCED: Final = words("# NO NUM NUMBER NUMERO NBR")
_FRACTIONS: Final = frozenset({("1", "2"), ("1", "3"), ("2", "3"), ("1", "4"), ("3", "4")})
_LETTERS: Final = frozenset("ABCDFGH")
_AFTER_STREET: Final = {"", *DIRECTIONALS, *DESIGNATORS, *STANDALONE}

Split = tuple[str, Sequence[str]]
"""A number, and the tokens that follow it."""


def split_number(tokens: Sequence[str]) -> Split:
    """(number, what follows it); ("", tokens) where the tokens do not begin with a number."""
    if token_at(tokens, 0) in _ANNOUNCED and token_at(tokens, 1).isdigit():
        tokens = tokens[1:]
    if not tokens:
        return "", tokens
    if tokens[0] in CARDINALS and _is_number_in_words(tokens):
        return CARDINALS[tokens[0]], tokens[1:]
    first = _unconfuse(tokens[0])
    if first.isdigit():
        return _after_digits(_plain(first), tokens)
    return (
        _hyphenated(first, tokens)
        or _grid(first, tokens)
        or _lettered(first, tokens)
        or ("", tokens)
    )


def _is_number_in_words(tokens: Sequence[str]) -> bool:
    """Whether the first word is the house number: ONE S DEARBORN ST, SIX HERON PKWY; not FIVE MILE
    RD, TWELVE OAKS DR."""
    following = token_at(tokens, 1)
    if not any(word in SUFFIXES for word in tokens[2:]):
        return False
    return tokens[0] == "ONE" or not (following.endswith("S") or following in _COUNTED)


def _plain(digits: str) -> str:
    return digits.lstrip("0") or "0"


def _hyphenated(first: str, tokens: Sequence[str]) -> Split | None:
    if found := _BEFORE_ORDINAL.fullmatch(first):  # 2227-8TH AVE
        return _plain(found[1]), [found[2], *tokens[1:]]
    pair = _PAIR.fullmatch(first)
    if pair is None:
        return None
    left, right = _plain(pair[1]), _plain(pair[2])
    if (right, token_at(tokens, 1)) in _FRACTIONS and len(tokens) > 2:
        return f"{left} {right} {tokens[1]}", tokens[2:]
    return f"{left} {right}{pair[3]}", tokens[1:]


def _grid(first: str, tokens: Sequence[str]) -> Split | None:
    second = token_at(tokens, 1)
    apart = f"{first}{second}{token_at(tokens, 2)}{token_at(tokens, 3)}"
    if len(first) == 1 and len(token_at(tokens, 2)) == 1 and _GRID.fullmatch(apart):
        return apart, tokens[4:]
    is_half = _GRID_HALF.fullmatch(first)
    if (is_half and _GRID_HALF.fullmatch(second)) or (
        _GRID_OPEN.fullmatch(first) and second.isdigit()
    ):
        return first + second, tokens[2:]
    is_whole = _GRID.fullmatch(first) or (is_half and len(first) > 3 and second)
    return (first, tokens[1:]) if is_whole else None


def _lettered(first: str, tokens: Sequence[str]) -> Split | None:
    if _BLOCK.fullmatch(first) and token_at(tokens, 1) in _SPANISH:
        return first, tokens[1:]
    if _PLAIN.fullmatch(first) and not _ORDINAL.fullmatch(first):
        return first.lstrip("0"), tokens[1:]
    return None


def _after_digits(number: str, tokens: Sequence[str]) -> Split:
    second, third = token_at(tokens, 1), token_at(tokens, 2)
    if (second, third) in _FRACTIONS:
        return f"{number} {second} {third}", tokens[3:]
    is_word = len(third) > 2 and third.isalpha()
    if second in _LETTERS and is_word and not _is_lettered_street(tokens):
        return number + second, tokens[2:]
    return number, tokens[1:]


def _is_lettered_street(tokens: Sequence[str]) -> bool:
    """Whether the letter after the number is the street: 1844 A AVE, 1844 A AVE NE 6, 12 B ST APT 4
    (but 12 A COURT ST)."""
    following = token_at(tokens, 3)
    if SUFFIXES.get(tokens[2]) not in COMMON_SUFFIXES:
        return False
    if following in SUFFIXES and following not in DIRECTIONALS:
        return False
    return following in _AFTER_STREET or len(following) == 1 or has_digit(following)


def _unconfuse(token: str) -> str:
    """O as 0 anywhere in a number; I and L as 1 before a digit (I only between digits: I405 is a
    highway); Z as 2 and G as 6 between digits (never N, E, S, W: 9S0 is a number of a grid)."""
    if token.isdigit() or not _CONFUSED.fullmatch(token):
        return token
    return _CONFUSED_ONE.sub("1", token.replace("O", "0").replace("Z", "2").replace("G", "6"))
