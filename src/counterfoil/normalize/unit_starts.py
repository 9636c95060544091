"""Where a unit stands in a street line: before the house number, after it, or after the street.

    DEPT 528 4TH FLOOR 300 EAST HERON ST  ->  before      6910 # G MARY HERON CIR  ->  after the
                                          number
    HERON AVE APT 4, HERON ST REAR        ->  by its mark
    HERON AVE LH, HERON ST AF 1025        ->  without one, after a whole street with a suffix that
                                          ends it
    HERON ST 2ND FLOOR CONFERENCE ROOM    ->  by its mark, with words that no table holds; they stay
                                          in the unit

A street is whole for the last two only if nothing but a unit can follow it: not COUNTY ROAD, whose
name goes on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from counterfoil.normalize import units
from counterfoil.normalize.house_numbers import split_number
from counterfoil.normalize.tables import (
    BUILDINGS,
    COMMON_SUFFIXES,
    DESIGNATORS,
    DIRECTIONALS,
    FLOORS,
    NUMBER_WORDS,
    ORDINALS,
    ROAD_NUMBERERS,
    STANDALONE,
    STATE_CODES,
    STRONG_DESIGNATORS,
    SUFFIXES,
)

_MARKS: Final = DESIGNATORS | set(STANDALONE)
_LEADING: Final = DESIGNATORS - NUMBER_WORDS - {"BOX"} | {"#"}
_INNER: Final = frozenset({"APT", "APARTMENT", "UNIT", "STE", "SUITE"})
_NAMED: Final = COMMON_SUFFIXES | {"MALL", "PLZ"}
_BEFORE_SUITE: Final = frozenset(
    {"AVE", "BLVD", "CIR", "DR", "LN", "PKWY", "RD", "TER"}
)  # not CT, PL, WAY: OLD COURT ST
_BOXES: Final = frozenset({"PO", "POB", "LB", "LOCKBOX"})
_ORDINAL: Final = re.compile(r"[0-9]+(?:ST|ND|RD|TH)")
_JOINED: Final = re.compile(r"([A-Z]{2,})([0-9]+[A-Z]?)")
_SMALL_WORDS: Final = frozenset(
    {
        "OF",
        "DE",
        "LA",
        "EL",
        "LE",
        "DU",
        "AT",
        "ON",
        "IN",
        "NO",
        "SO",
        "EA",
        "WE",
        "AND",
        "CR",
        "SR",
        "US",
        "FM",
    }
    | {"RR", "HC", "PO"}
)
_VOWELS: Final = frozenset("AEIOUY")


def leading_unit(tokens: list[str]) -> tuple[list[str], list[str]]:
    """(a unit written before the house number, the rest): APT 4 1501 MAIN ST."""
    joined = _JOINED.fullmatch(tokens[0]) if tokens else None
    if joined and joined[1] in _LEADING:
        tokens = [joined[1], joined[2], *tokens[1:]]
    if len(tokens) < 3 or not (
        tokens[0] in _LEADING or (_ORDINAL.fullmatch(tokens[0]) and tokens[1] in FLOORS)
    ):
        return [], tokens
    for end in range(2, 7):
        number, rest = split_number(tokens[end:])
        if number and rest and _ends_leading(tokens, end) and units.read(tokens[:end]) is not None:
            return tokens[:end], tokens[end:]
    return [], tokens


def inner_unit(tokens: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """(a unit written between house number and street, the rest), `tokens` being what follows the
    number."""
    if len(tokens) < 3 or not units.is_identifier(tokens[1]):
        return [], tokens
    end = 3 if tokens[1].isdigit() and len(tokens[2]) == 1 and tokens[2] not in DIRECTIONALS else 2
    street = tokens[end:]
    if not street or (len(street[0]) == 1 and street[0] not in DIRECTIONALS) or street[0] in _MARKS:
        return [], tokens
    if tokens[0] != "#" and not (
        tokens[0] in _INNER and any(each in SUFFIXES for each in street[1:])
    ):
        return [], tokens
    return (tokens[:end], street) if any(_is_word(each) for each in street) else ([], tokens)


def unit_start(tokens: Sequence[str]) -> int:
    """Index in `tokens`, a line after its house number, where a unit starts; their count if none
    does."""
    for index in range(len(tokens)):
        if _marks_unit(tokens, index) and units.read(tokens[index:]) is not None:
            return index
        if _is_mail_code(tokens, index) or (
            _is_closed(tokens, index) and _names_unit(tokens, index)
        ):
            return index
    return len(tokens)


def holds_box(tokens: Sequence[str]) -> bool:
    """Whether a numbered box stands in a street line: two addresses in one."""
    return any(
        word in _BOXES and index and any(_has_digit(each) for each in tokens[index + 1 : index + 3])
        for index, word in enumerate(tokens)
    )


def _marks_unit(tokens: Sequence[str], index: int) -> bool:
    word, following = tokens[index], _at(tokens, index + 1)
    if word in STRONG_DESIGNATORS:
        return bool(following) or _after_street(tokens, index)
    if word == "NO" and _has_digit(following):
        return index > 0 and tokens[index - 1] != "CALLE"
    if following in FLOORS and not units.starts_identifier(
        tokens, index + 2
    ):  # 5TH FL, GROUND FLOOR
        return index > 0 and (word in ORDINALS or word in STANDALONE or word[0].isdigit())
    if word in STANDALONE and index and _ORDINAL.fullmatch(tokens[index - 1]):
        return _after_street(tokens, index) or set(tokens[: index - 1]) <= set(
            DIRECTIONALS
        )  # SOUTH 18TH REAR
    known = word in _MARKS or (len(word) > 2 and units.near_designator(word))
    return (
        _after_street(tokens, index)
        if known
        else _is_tower(tokens, index) or _is_bare(tokens, index)
    )


def _is_tower(tokens: Sequence[str], index: int) -> bool:
    """M ST NW NORTH TOWER (but HERON ST NORTH TOWER 4), and ST for STE after a suffix."""
    word, following = tokens[index], _at(tokens, index + 1)
    if word in DIRECTIONALS and following in BUILDINGS:
        numbered = units.is_identifier(_at(tokens, index + 2) or "#")
        return _after_street(tokens, index) and (tokens[index - 1] in DIRECTIONALS or not numbered)
    if word != "ST" or not following[:1].isdigit() or index < 2:
        return False
    return (
        SUFFIXES.get(tokens[index - 1]) in _BEFORE_SUITE and tokens[index - 2] not in DIRECTIONALS
    )


def _is_bare(tokens: Sequence[str], index: int) -> bool:
    """Whether two last tokens are a unit without a designator: HERON ST 6 F, PARK AVE W 4 N, HERON
    ST 1-5 344.

    Also what follows a road named OF something, which is no number: CAPITAL OF TEXAS HIGHWAY 3."""
    word, following = tokens[index], _at(tokens, index + 1)
    if index + 1 == len(tokens) and word.isdigit():
        return index > 3 and tokens[index - 1] in {"HIGHWAY", "HWY"} and tokens[index - 3] == "OF"
    if index + 2 != len(tokens) or not _is_closed(tokens, index):
        return False
    if word[0].isdigit():
        return following[0].isdigit() or len(following) == 1 or following in DIRECTIONALS
    return (
        following[0].isdigit() and len(word) == 1 and word not in DIRECTIONALS
    )  # DR W 707 is the drive's west


def _names_unit(tokens: Sequence[str], index: int) -> bool:
    """Whether the words after a closed street are a unit, although no table holds one of them."""
    word, rest = tokens[index], tokens[index + 1 :]
    if _is_code(word):  # HERON AVE LH, HERON ST AF 1025
        return not rest or (_has_digit(rest[0]) and units.read(rest) is not None)
    if holds_box(tokens[index:]) or any(each in STATE_CODES for each in rest):
        return False
    if word in STRONG_DESIGNATORS or (_at(rest, 0) in FLOORS and word[0].isdigit()):
        return len(rest) > 1 and _ends_unit(rest[-1]) and not any(each in SUFFIXES for each in rest)
    is_word = (
        len(word) > 3
        and word.isalpha()
        and not (word in SUFFIXES or word in _MARKS or word in DIRECTIONALS)
    )
    return (
        is_word
        and tokens[index - 1] != "ST"
        and _at(rest, 0) in STRONG_DESIGNATORS
        and bool(units.read(rest))
    )


def _is_closed(tokens: Sequence[str], index: int) -> bool:
    """Whether a named street with its suffix stands before `index`, so that nothing but a unit can
    follow it."""
    turned = index > 2 and tokens[index - 1] in DIRECTIONALS and (tokens[index] not in DIRECTIONALS)
    after = index - 1 if turned else index
    suffix = SUFFIXES.get(tokens[after - 1]) if after > 1 else None
    before = tokens[after - 2] if after > 1 else ""
    if suffix not in _NAMED or before in DIRECTIONALS:
        return False
    return suffix != "RD" or (
        _is_word(before) and before not in ROAD_NUMBERERS and before not in SUFFIXES
    )


def _is_mail_code(tokens: Sequence[str], index: int) -> bool:
    """M/C 525, in a line without a suffix too."""
    return (
        index > 0
        and tuple(tokens[index : index + 2]) == ("M", "C")
        and _has_digit(_at(tokens, index + 2))
    )


def _is_code(word: str) -> bool:
    """Whether `word` can be letters that announce or are a unit, and nothing that ends a street."""
    if (
        word in SUFFIXES
        or word in DIRECTIONALS
        or word in STATE_CODES
        or word in _SMALL_WORDS
        or word in _MARKS
    ):
        return False
    return word.isalpha() and (len(word) == 2 or (len(word) == 3 and _VOWELS.isdisjoint(word)))


def _after_street(tokens: Sequence[str], index: int) -> bool:
    """Whether a whole street stands before `index`: a suffix, or a directional after a suffix."""
    if index > 1 and tokens[index - 1] in SUFFIXES:
        return True
    return index > 2 and tokens[index - 1] in DIRECTIONALS and tokens[index - 2] in SUFFIXES


def _ends_leading(tokens: Sequence[str], end: int) -> bool:
    """Whether tokens[:end] can end there: an identifier, or the floor after its ordinal."""
    return units.is_identifier(tokens[end - 1]) or (
        tokens[end - 1] in FLOORS and _ORDINAL.fullmatch(tokens[end - 2]) is not None
    )


def _ends_unit(word: str) -> bool:
    return units.is_identifier(word) or word in DESIGNATORS


def _is_word(word: str) -> bool:
    return len(word) > 2 and word.isalpha()


def _has_digit(word: str) -> bool:
    return any(char.isdigit() for char in word)


def _at(tokens: Sequence[str], index: int) -> str:
    return tokens[index] if index < len(tokens) else ""
