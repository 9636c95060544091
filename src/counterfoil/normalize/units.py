"""Units: what is written after a street, or on a second line -> one identifier.

    APT 4B · # 4-B · NUMBER 4 B · UNIT 4b   ->  4B
    BLDG 3 APT 4 · APT 4 BLDG 3             ->  3 4
    5TH FL · FL NO 5 · FIFTH FLOOR          ->  5
    BASEMENT APT # 14                       ->  BSMT 14
    UNIT 007                                ->  7
    PENTHOUSE 2 · PH2                       ->  PH2

Rules. Designators are dropped; those that are units by themselves (BSMT, REAR ...) stay. Parts are
ordered building, floor, rest. An identifier is cut into runs of letters and runs of digits, without
leading zeros; a run of digits joins a neighboring run of one or two letters, every other pair is
parted by a space: so 4-B, 4 B and 4B are one unit, and 1-23, 12-3 and 123 are three. O is read as
0, I and L as 1, only between two digits: 4O and 40 are two units of one house.

A lost or invented unit is the worst fault of an address. So a strict reading (`read`) fails on the
first word that it does not know, and a loose one (`read_loose`, a line that holds nothing but a
unit) keeps such a word in the unit.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, final

from counterfoil.normalize.tables import (
    BUILDINGS,
    DESIGNATORS,
    DIRECTIONALS,
    FLOORS,
    NUMBER_WORDS,
    ORDINALS,
    SIDES,
    STANDALONE,
    STOREYS,
    SUFFIXES,
    one_edit,
    words,
)
from counterfoil.normalize.text import has_digit, token_at

_RUNS: Final = re.compile(r"[A-Z]+|[0-9]+")
_ORDINAL: Final = re.compile(r"([0-9]+)(?:ST|ND|RD|TH)")
_CONFUSED: Final = re.compile(r"(?<=[0-9])[OIL](?=[OIL]*[0-9])")
_CONFUSIONS: Final = {"O": "0", "I": "1", "L": "1"}
_NEAR: Final = one_edit(
    words("APARTMENT APTMNT UNIT FLOOR SUITE NUMBER APT APRT FLAT LOT ROOM BASEMENT")
)
_BUILDING, _FLOOR, _REST = 0, 1, 2


@final
class _Part:
    """One part of a unit while it is read: its rank and its pieces."""

    __slots__ = ("pieces", "rank")
    rank: int
    pieces: list[str]

    def __init__(self, rank: int, *pieces: str) -> None:
        self.rank = rank
        self.pieces = [*pieces]


def read(tokens: Sequence[str]) -> str | None:
    """The unit that `tokens` write, "" if they hold only designators, None if a word is not a
    unit's."""
    parts = _parts(tokens, loose=False)
    return None if parts is None else _join(parts)


def read_loose(tokens: Sequence[str]) -> str:
    """The same for a line that holds nothing but a unit: unknown words are kept, none is lost."""
    return _join(_parts(tokens, loose=True) or []) if tokens else ""


def is_identifier(word: str) -> bool:
    """Whether `word` can be a unit's identifier: it has a digit, or is a single letter."""
    return (len(word) == 1 and word != "#") or has_digit(word)


def near_designator(word: str) -> bool:
    """Whether `word` is one wrong, missing or extra letter away from a designator."""
    return len(word) > 2 and word in _NEAR


def starts_identifier(tokens: Sequence[str], index: int) -> bool:
    """Whether tokens[index:] begin with an identifier, after any word that announces a number."""
    while token_at(tokens, index) in NUMBER_WORDS:
        index += 1
    return is_identifier(token_at(tokens, index)) and token_at(tokens, index + 1) not in FLOORS


def _parts(tokens: Sequence[str], *, loose: bool) -> list[_Part] | None:
    parts = [_Part(_REST)]
    for index, token in enumerate(tokens):
        following = token_at(tokens, index + 1)
        if token in FLOORS and not starts_identifier(tokens, index + 1):
            _close_last(parts, _FLOOR)
        elif _is_tower(tokens, index) and not is_identifier(following):
            _close_last(parts, _BUILDING)
        elif token in DESIGNATORS or (token == "ST" and following[:1].isdigit()):
            _open(parts, token)  # ST 310 is STE 310, without its last letter
        elif token in STANDALONE:
            _add_standalone(parts, STANDALONE[token])
        elif piece := _piece(tokens, index, is_first=not parts[-1].pieces):
            parts[-1].pieces.append(piece)
        elif not loose:
            return None
        elif near_designator(token) and (following in NUMBER_WORDS or is_identifier(following)):
            _open(parts, "APT")
        else:
            parts[-1].pieces.append(token)
    return parts


def _piece(tokens: Sequence[str], index: int, *, is_first: bool) -> str:
    """What the token at `index` adds to its part; "" for a word that no unit holds."""
    token, following = tokens[index], token_at(tokens, index + 1)
    if is_identifier(token):
        return _identifier(token)
    # UNIT 2 EAST, # 3 SW, NORTH TOWER: a side of the house, never of the street.
    if token in DIRECTIONALS and (not is_first or following in BUILDINGS):
        return DIRECTIONALS[token]
    if token in ORDINALS and following in FLOORS:
        return ORDINALS[token]
    # Two letters between a designator and a number: DEPT PN-12.
    is_pair = len(token) == 2 and token.isalpha() and token not in SUFFIXES
    is_between = index and tokens[index - 1] in DESIGNATORS and following[:1].isdigit()
    return token if is_pair and is_between else ""


def _is_tower(tokens: Sequence[str], index: int) -> bool:
    return tokens[index] in BUILDINGS and index > 0 and tokens[index - 1] in DIRECTIONALS


def _open(parts: list[_Part], designator: str) -> None:
    """Begin a part, or name the empty one at the end."""
    if parts[-1].pieces:
        parts.append(_Part(_REST))
    if designator in BUILDINGS:
        parts[-1].rank = _BUILDING
    elif designator in FLOORS:
        parts[-1].rank = _FLOOR


def _add_standalone(parts: list[_Part], word: str) -> None:
    if word not in SIDES and parts[-1].pieces:
        parts.append(_Part(_REST))
    parts[-1].pieces.append(word)
    if word in STOREYS:
        parts[-1].rank = _FLOOR
        parts.append(_Part(_REST))


def _close_last(parts: list[_Part], rank: int) -> None:
    """FLOOR written after its number, TOWER after its side: the last piece becomes a part of its
    own."""
    if parts[-1].pieces:
        last = parts[-1].pieces.pop()
        parts.extend((_Part(rank, last), _Part(_REST)))


def _identifier(token: str) -> str:
    token = _CONFUSED.sub(lambda match: _CONFUSIONS[match.group()], token)
    ordinal = _ORDINAL.fullmatch(token)
    return ordinal.group(1) if ordinal else token


def _join(parts: list[_Part]) -> str:
    parts.sort(key=lambda part: part.rank)
    unit = last = ""
    for match in _RUNS.finditer(" ".join(piece for part in parts for piece in part.pieces)):
        run = match.group()
        run = run if run.isalpha() else run.lstrip("0") or "0"
        unit += run if not last or _is_joined(last, run) else f" {run}"
        last = run
    return unit


def _is_joined(left: str, right: str) -> bool:
    """Whether these are a run of digits and a run of one or two letters, in either order."""
    return left.isalpha() != right.isalpha() and len(left if left.isalpha() else right) <= 2
