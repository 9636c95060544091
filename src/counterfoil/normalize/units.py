"""Units: what is written after a street, or on a second line -> one identifier.

    APT 4B · # 4-B · NUMBER 4 B · UNIT 4b   ->  "4B"         BLDG 3 APT 4 · APT 4 BLDG 3   ->  "3 4"
    5TH FL · FL NO 5 · FIFTH FLOOR          ->  "5"          BASEMENT APT # 14             ->  "BSMT
    14"
    UNIT 007                                ->  "7"          PENTHOUSE 2 · PH2             ->  "PH2"

Rules. Designators are dropped; those that stand alone (BSMT, REAR ...) stay. Parts are ordered
building, floor, rest. An identifier is cut into runs of letters and runs of digits, without leading
zeros; a run of digits joins a neighbouring run of one or two letters, every other pair is parted by
a space: so 4-B, 4 B and 4B are one unit, and 1-23, 12-3 and 123 are three. O is read as 0, I and L
as 1, only between two digits: 4O and 40 are two doors in a house.

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
)
from counterfoil.normalize.typos import one_edit

_RUNS: Final = re.compile(r"[A-Z]+|[0-9]+")
_ORDINAL: Final = re.compile(r"([0-9]+)(?:ST|ND|RD|TH)")
_CONFUSED: Final = re.compile(r"(?<=[0-9])[OIL](?=[OIL]*[0-9])")
_DIGIT: Final = re.compile(r"[0-9]")
_CONFUSIONS: Final = {"O": "0", "I": "1", "L": "1"}
_NEAR: Final = one_edit(
    (
        "APARTMENT",
        "APTMNT",
        "UNIT",
        "FLOOR",
        "SUITE",
        "NUMBER",
        "APT",
        "APRT",
        "FLAT",
        "LOT",
        "ROOM",
        "BASEMENT",
    )
)
_BUILDING, _FLOOR, _REST = 0, 1, 2


@final
class _Part:
    """One part of a unit while it is read: its rank and its pieces."""

    __slots__ = ("pieces", "rank")
    rank: int
    pieces: list[str]

    def __init__(self, rank: int = _REST) -> None:
        self.rank = rank
        self.pieces = []


def read(tokens: Sequence[str]) -> str | None:
    """The unit that `tokens` write, "" if they hold only designators, None if a word is not a
    unit's."""
    if not tokens:
        return ""
    parts = _parts(tokens, loose=False)
    return None if parts is None else _join(parts)


def read_loose(tokens: Sequence[str]) -> str:
    """The same for a line that holds nothing but a unit: unknown words are kept, none is lost."""
    return _join(_parts(tokens, loose=True) or []) if tokens else ""


def is_identifier(word: str) -> bool:
    """Whether `word` can be a unit's identifier: it has a digit, or is a single letter."""
    return (len(word) == 1 and word != "#") or _DIGIT.search(word) is not None


def near_designator(word: str) -> bool:
    """Whether `word` is one wrong, missing or extra letter away from a designator."""
    return len(word) > 2 and word in _NEAR


def _parts(tokens: Sequence[str], *, loose: bool) -> list[_Part] | None:
    parts = [_Part()]
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else ""
        if token in FLOORS and not starts_identifier(tokens, index + 1):
            _named_before(parts, _FLOOR)
        elif (
            token in BUILDINGS
            and index
            and tokens[index - 1] in DIRECTIONALS
            and not is_identifier(following)
        ):
            _named_before(parts, _BUILDING)
        elif token in DESIGNATORS or (
            token == "ST" and following[:1].isdigit()
        ):  # ST 310: STE, without its last letter
            _open(parts, token)
        elif token in STANDALONE:
            _standalone(parts, STANDALONE[token])
        elif is_identifier(token):
            parts[-1].pieces.append(_identifier(token))
        elif token in DIRECTIONALS and (
            parts[-1].pieces or following in BUILDINGS
        ):  # UNIT 2 EAST, # 3 SW, NORTH TOWER: a side of the house, never of the street
            parts[-1].pieces.append(DIRECTIONALS[token])
        elif token in ORDINALS and following in FLOORS:
            parts[-1].pieces.append(ORDINALS[token])
        elif index and _is_prefix(tokens, index):
            parts[-1].pieces.append(token)
        elif (
            loose
            and near_designator(token)
            and (following in NUMBER_WORDS or is_identifier(following))
        ):
            _open(parts, "APT")
        elif loose:
            parts[-1].pieces.append(token)
        else:
            return None
    return parts


def starts_identifier(tokens: Sequence[str], index: int) -> bool:
    """Whether tokens[index:] begin with an identifier, after any word that announces a number."""
    while index < len(tokens) and tokens[index] in NUMBER_WORDS:
        index += 1
    if index >= len(tokens) or not is_identifier(tokens[index]):
        return False
    return index + 1 >= len(tokens) or tokens[index + 1] not in FLOORS


def _open(parts: list[_Part], designator: str) -> None:
    """Begin a part, or name the empty one that stands open."""
    if parts[-1].pieces:
        parts.append(_Part())
    if designator in BUILDINGS:
        parts[-1].rank = _BUILDING
    elif designator in FLOORS:
        parts[-1].rank = _FLOOR


def _standalone(parts: list[_Part], word: str) -> None:
    if word not in SIDES and parts[-1].pieces:
        parts.append(_Part())
    parts[-1].pieces.append(word)
    if word in STOREYS:
        parts[-1].rank = _FLOOR
        parts.append(_Part())


def _named_before(parts: list[_Part], rank: int) -> None:
    """FLOOR written after its number, TOWER after its side: the last piece becomes a part of its
    own."""
    if not parts[-1].pieces:
        return
    part = _Part(rank)
    part.pieces.append(parts[-1].pieces.pop())
    if not parts[-1].pieces:
        parts.pop()
    parts.extend((part, _Part()))


def _is_prefix(tokens: Sequence[str], index: int) -> bool:
    """Whether tokens[index] are two letters between a designator and a number: DEPT PN-12."""
    word = tokens[index]
    is_pair = len(word) == 2 and word.isalpha() and word not in SUFFIXES
    return (
        is_pair
        and tokens[index - 1] in DESIGNATORS
        and tokens[index + 1 :][:1] != []
        and tokens[index + 1][0].isdigit()
    )


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
        unit += run if not last or _stick(last, run) else f" {run}"
        last = run
    return unit


def _stick(left: str, right: str) -> bool:
    """Whether these are a run of digits and a run of one or two letters, in either order."""
    return left.isalpha() != right.isalpha() and len(left if left.isalpha() else right) <= 2
