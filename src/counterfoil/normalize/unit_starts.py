"""Where a unit starts in a street line: before the house number, after it, or after the street.

    DEPT 528 4TH FLOOR 300 EAST HERON ST    before the house number
    6910 # G MARY HERON CIR                 after the number
    HERON AVE APT 4 · HERON ST REAR         at a word that begins a unit
    HERON AVE LH · HERON ST AF 1025         without one, after a whole street whose suffix ends it
    HERON ST 2ND FLOOR CONFERENCE ROOM      at such a word, with words that no table holds; they
                                            stay in the unit

A street is whole for the last two only if nothing but a unit can follow it: not COUNTY ROAD, whose
name goes on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from counterfoil.normalize import units
from counterfoil.normalize.street.house_numbers import split_number
from counterfoil.normalize.tables import (
    BUILDINGS,
    CARDINALS,
    COMMON_SUFFIXES,
    DESIGNATORS,
    DIRECTIONALS,
    FLOORS,
    NUMBER_WORDS,
    ORDINALS,
    ROAD_NUMBERERS,
    STANDALONE,
    STATE_CODES,
    STOREY_NAMES,
    STRONG_DESIGNATORS,
    SUFFIXES,
    words,
)
from counterfoil.normalize.text import has_digit, token_at

_UNIT_WORDS: Final = DESIGNATORS | set(STANDALONE)
_LEADING: Final = DESIGNATORS - NUMBER_WORDS - {"BOX"} | {"#"}
_INNER: Final = words("APT APARTMENT UNIT STE SUITE")
_NAMEABLE: Final = words("APT APARTMENT UNIT STE SUITE RM ROOM BLDG BUILDING DEPT DEPARTMENT")
_OWNERS: Final = words("CTY CNTY TWSP PVT PRIV PARISH TRUNK")
"""Before RD: the road's name goes on."""
_NAMED: Final = COMMON_SUFFIXES | {"MALL", "PLZ"}
_BEFORE_SUITE: Final = COMMON_SUFFIXES - words("CT PL ST WAY")  # OLD COURT ST
_BOXES: Final = words("PO POB LB LOCKBOX")
_ORDINAL: Final = re.compile(r"[0-9]+(?:ST|ND|RD|TH)")
_JOINED: Final = re.compile(r"([A-Z]{2,})([0-9]+[A-Z]?)")
_SMALL_WORDS: Final = words("OF DE LA EL LE DU AT ON IN NO SO EA WE AND CR SR US FM RR HC PO")
_NO_CODES: Final = _SMALL_WORDS | _UNIT_WORDS | set(SUFFIXES) | set(DIRECTIONALS) | set(STATE_CODES)
_VOWELS: Final = frozenset("AEIOUY")


def leading_unit(tokens: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """(a unit written before the house number, the rest): APT 4 1501 MAIN ST."""
    joined = _JOINED.fullmatch(token_at(tokens, 0))
    if joined and joined[1] in _LEADING:
        tokens = [joined[1], joined[2], *tokens[1:]]
    if len(tokens) > 2 and (tokens[0] in _LEADING or _is_floor(tokens, 1)):
        for end in range(2, 7):
            number, rest = split_number(tokens[end:])
            if (
                (number and rest)
                and (units.is_identifier(tokens[end - 1]) or _is_floor(tokens, end - 1))
                and units.read(tokens[:end]) is not None
            ):
                return tokens[:end], tokens[end:]
    return [], tokens


def inner_unit(tokens: Sequence[str], number: str) -> tuple[Sequence[str], Sequence[str]]:
    """(a unit written between house number and street, the rest), `tokens` being what follows the
    number. No unit where there is no number."""
    if not number or len(tokens) < 3 or not units.is_identifier(tokens[1]):
        return [], tokens
    end = 3 if tokens[1].isdigit() and _is_lone_letter(tokens[2]) else 2
    street = tokens[end:]
    if not street or _is_lone_letter(street[0]) or street[0] in _UNIT_WORDS:
        return [], tokens
    announced = tokens[0] == "#" or (
        tokens[0] in _INNER and any(each in SUFFIXES for each in street[1:])
    )
    return (tokens[:end], street) if announced and any(map(_is_word, street)) else ([], tokens)


def unit_start(tokens: Sequence[str]) -> int:
    """Index in `tokens`, a line after its house number, where a unit starts; their count if none
    does."""
    for index in range(len(tokens)):
        if (
            (_begins_unit(tokens, index) and units.read(tokens[index:]) is not None)
            or _is_mail_code(tokens, index)
            or (_is_closed(tokens, index) and _names_unit(tokens, index))
        ):
            return index
    return len(tokens)


def holds_box(tokens: Sequence[str]) -> bool:
    """Whether a street line holds a numbered box: two addresses in one."""
    return any(
        word in _BOXES and index and any(map(has_digit, tokens[index + 1 : index + 3]))
        for index, word in enumerate(tokens)
    )


def _begins_unit(tokens: Sequence[str], index: int) -> bool:
    """Whether the word at `index` is one that begins a unit, at a place where it can."""
    word, following = tokens[index], token_at(tokens, index + 1)
    if word in STRONG_DESIGNATORS:  # but 2418 RM 1431 is a ranch to market road
        is_road = word == "RM" and not index and has_digit(following)
        return not is_road and (bool(following) or _after_street(tokens, index))
    if word == "NO" and has_digit(following):
        return index > 0 and tokens[index - 1] != "CALLE"
    if following in FLOORS and units.is_floor_after(tokens, index + 1):  # 5TH FL, GROUND FLOOR
        return _names_floor(tokens, index)
    if word in STANDALONE and index and _is_ordinal(tokens[index - 1]):  # SOUTH 18TH REAR
        return _after_street(tokens, index) or DIRECTIONALS.keys() >= {*tokens[: index - 1]}
    if word in _UNIT_WORDS or units.near_designator(word):
        return _after_street(tokens, index)
    return _is_tower(tokens, index) or _is_short_suite(tokens, index) or _is_bare(tokens, index)


def _names_floor(tokens: Sequence[str], index: int) -> bool:
    """Whether the word at `index`, which the word for a floor follows, names one."""
    word = tokens[index]
    if word in STOREY_NAMES and not _after_street(tokens, index):  # 1007 BROADWAY TOP FLOOR
        return index == 1 and word == "TOP"
    is_storey = word in ORDINALS or word in STANDALONE or word in CARDINALS
    return index > 0 and (is_storey or word in STOREY_NAMES or word[0].isdigit())


def _is_tower(tokens: Sequence[str], index: int) -> bool:
    """Whether a building named by its side starts there: M ST NW NORTH TOWER (but HERON ST NORTH
    TOWER 4)."""
    if tokens[index] not in DIRECTIONALS or token_at(tokens, index + 1) not in BUILDINGS:
        return False
    is_numbered = units.is_identifier(token_at(tokens, index + 2) or "#")
    return _after_street(tokens, index) and (tokens[index - 1] in DIRECTIONALS or not is_numbered)


def _is_short_suite(tokens: Sequence[str], index: int) -> bool:
    """Whether ST is written for STE: before a number, after a suffix."""
    if tokens[index] != "ST" or not token_at(tokens, index + 1)[:1].isdigit() or index < 2:
        return False
    suffix = SUFFIXES.get(tokens[index - 1])
    return suffix in _BEFORE_SUITE and tokens[index - 2] not in DIRECTIONALS


def _is_bare(tokens: Sequence[str], index: int) -> bool:
    """Whether two last tokens are a unit without a designator: HERON ST 6 F, PARK AVE W 4 N, HERON
    ST 1-5 344.

    Also what follows a road named OF something, which is no number: CAPITAL OF TEXAS HIGHWAY 3."""
    word, following = tokens[index], token_at(tokens, index + 1)
    if not following and word.isdigit():
        return index > 3 and tokens[index - 1] in {"HIGHWAY", "HWY"} and tokens[index - 3] == "OF"
    if index + 2 != len(tokens) or not _is_closed(tokens, index):
        return False
    if word[0].isdigit():
        return following[0].isdigit() or len(following) == 1 or following in DIRECTIONALS
    return following[0].isdigit() and _is_lone_letter(word)  # DR W 707 is the drive's west


def _names_unit(tokens: Sequence[str], index: int) -> bool:
    """Whether the words after a closed street are a unit, although no table holds one of them."""
    word, rest = tokens[index], tokens[index + 1 :]
    following = token_at(rest, 0)
    if _is_code(word):  # HERON AVE LH, HERON ST AF 1025
        return not rest or (has_digit(following) and units.read(rest) is not None)
    if holds_box(tokens[index:]) or any(each in STATE_CODES for each in rest):
        return False
    if word in _NAMEABLE and rest and all(len(each) > 2 and each.isalpha() for each in rest):
        return not any(each in SUFFIXES for each in rest)  # SUITE BLUE, APT GARDEN
    if word in STRONG_DESIGNATORS or (following in FLOORS and word[0].isdigit()):
        ends = len(rest) > 1 and (units.is_identifier(rest[-1]) or rest[-1] in DESIGNATORS)
        return ends and not any(each in SUFFIXES for each in rest)
    is_name = len(word) > 3 and word.isalpha() and word not in _NO_CODES
    is_unit = following in STRONG_DESIGNATORS and bool(units.read(rest))
    return is_name and is_unit and tokens[index - 1] != "ST"


def _is_closed(tokens: Sequence[str], index: int) -> bool:
    """Whether a named street with its suffix ends before `index`, so that nothing but a unit can
    follow it."""
    turned = index > 2 and tokens[index - 1] in DIRECTIONALS and tokens[index] not in DIRECTIONALS
    after = index - 1 if turned else index
    if after < 2 or SUFFIXES.get(tokens[after - 1]) not in _NAMED:
        return False
    before = tokens[after - 2]
    if SUFFIXES[tokens[after - 1]] == "RD":
        return _is_word(before) and not (
            before in ROAD_NUMBERERS
            or before in SUFFIXES
            or before in DIRECTIONALS
            or before in _OWNERS
        )
    return before not in DIRECTIONALS


def _is_mail_code(tokens: Sequence[str], index: int) -> bool:
    """M/C 525, in a line without a suffix too."""
    is_code = tokens[index] == "M" and token_at(tokens, index + 1) == "C" and index > 0
    return is_code and has_digit(token_at(tokens, index + 2))


def _is_code(word: str) -> bool:
    """Whether `word` can be letters that announce or are a unit, and nothing that ends a street."""
    if word in _NO_CODES or not word.isalpha():
        return False
    return len(word) == 2 or (len(word) == 3 and _VOWELS.isdisjoint(word))


def _after_street(tokens: Sequence[str], index: int) -> bool:
    """Whether a whole street ends before `index`: with a suffix, or a directional after a
    suffix."""
    if index > 1 and tokens[index - 1] in SUFFIXES:
        return True
    return index > 2 and tokens[index - 1] in DIRECTIONALS and tokens[index - 2] in SUFFIXES


def _is_ordinal(word: str) -> bool:
    return _ORDINAL.fullmatch(word) is not None


def _is_floor(tokens: Sequence[str], index: int) -> bool:
    """Whether the word at `index` is a floor after its ordinal: 4TH FLOOR."""
    return tokens[index] in FLOORS and _is_ordinal(tokens[index - 1])


def _is_lone_letter(word: str) -> bool:
    return len(word) == 1 and word not in DIRECTIONALS


def _is_word(word: str) -> bool:
    return len(word) > 2 and word.isalpha()
