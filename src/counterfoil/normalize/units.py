"""Units: what is written after a street, or on a second line -> one identifier, with the kind of
its designator.

    APT 4B · UNIT 4-B · FLAT 4 B          ->  APT 4B
    # 4-B · NUMBER 4 B · a bare 4b        ->  4B
    STE 4B                                ->  STE 4B
    BLDG 3 APT 4 · APT 4 BLDG 3           ->  BLDG 3 APT 4
    5TH FL · FL NO 5 · FIFTH FLOOR        ->  FL 5
    TOP FLOOR · 2ND FLOOR EAST            ->  FL TOP · FL 2 E
    APT NORTH · APARTMENT NUMBER FOUR     ->  APT N · APT 4
    BASEMENT APT # 14                     ->  BSMT APT 14
    UNIT 007                              ->  APT 7
    PENTHOUSE 2 · PH2 · STUDIO            ->  PH2 · PH2 · STUDIO

Rules. A designator is written by its kind (`UNIT_CLASSES`); those that are units by themselves
(BSMT, REAR, STUDIO ...) stay; `#` and words for a number have no kind. Parts are ordered building,
floor, rest. An identifier is cut into runs of letters and runs of digits, without leading zeros; a
run of digits joins a neighboring run of one or two letters, every other pair is parted by a space:
so 4-B, 4 B and 4B are one unit, and 1-23, 12-3 and 123 are three. O is read as 0, I and L as 1,
only between two digits: 4O and 40 are two units of one house.

What two units are one by is said by `same_texts` (the keys) and `identifiers` (the guards).

A lost or invented unit is the worst fault of an address. So a strict reading (`read`) fails on the
first word that it does not know, and a loose one (`read_loose`, a line that holds nothing but a
unit) keeps such a word in the unit.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, final

from counterfoil.normalize.tables import (
    ANY_KIND,
    BUILDINGS,
    CARDINALS,
    DESIGNATORS,
    DIRECTIONALS,
    FLOORS,
    LONE_CLASSES,
    NUMBER_WORDS,
    ORDINALS,
    SIDES,
    STANDALONE,
    STOREY_NAMES,
    STOREYS,
    SUFFIXES,
    UNIT_CLASSES,
    UNIT_KINDS,
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
_ALONE: Final = frozenset(STANDALONE.values())
_BUILDING_KINDS: Final = words("BLDG TWR WING")


@final
class _Part:
    """One part of a unit while it is read: its rank, its pieces, and the kind of its designator.
    `lone`: a kind that is a unit by itself, where another designator follows it."""

    __slots__ = ("kind", "lone", "pieces", "rank")
    rank: int
    pieces: list[str]
    kind: str
    lone: str

    def __init__(self, rank: int, *pieces: str, kind: str = "") -> None:
        self.rank = rank
        self.pieces = [*pieces]
        self.kind = kind
        self.lone = ""


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
    word = token_at(tokens, index)
    is_number = is_identifier(word) or word in CARDINALS
    return is_number and token_at(tokens, index + 1) not in FLOORS


def is_floor_after(tokens: Sequence[str], index: int) -> bool:
    """Whether the word at `index` is written after the floor that it names: 4TH FLOOR # 2, TOP
    FLOOR, 5 FL (but FL 5, and APT 4 FL 2)."""
    if token_at(tokens, index) not in FLOORS or index < 1:
        return False
    before = tokens[index - 1]
    if _ORDINAL.fullmatch(before) or before in ORDINALS or before in STOREY_NAMES:
        return True
    announced = index > 1 and (tokens[index - 2] in DESIGNATORS or tokens[index - 2] == "#")
    if before[0].isdigit() and not announced and token_at(tokens, index + 1) in NUMBER_WORDS:
        return True
    return not starts_identifier(tokens, index + 1)


@lru_cache(maxsize=16384)
def same_texts(unit: str) -> tuple[str, ...]:
    """Texts of which two units share one if they may be one unit: the same, or one without a kind
    (`#`) where the other has one, or one that writes its building and its number in one.

    "4" -> "APT 4", "STE 4", "FL 4" ...; "APT 4" -> "APT 4"; "BLDG A APT 12" -> "A12"."""
    parts = _split(unit)
    kinds = [kind for kind, _ in parts]
    if unit in _ALONE:
        return ()  # REAR is no APT REAR and no STE REAR that other people live in
    found = list[str]()
    if len(parts) == 1 and kinds[0] not in _BUILDING_KINDS:
        kind, text = parts[0]
        found += [f"{each} {text}" for each in ANY_KIND] if not kind else [unit]
        if " " in text or (text[:1].isalpha() and text[-1:].isdigit()):
            found += [f"= {text}"] if kind in ("", "APT") else []
    elif kinds[-1] in ("", "APT"):
        rest = parts[-1][1]
        before = unit[: -len(f"{kinds[-1]} {rest}".strip())].strip()
        found += (
            [f"{before} {each} {rest}" for each in ANY_KIND]
            if not kinds[-1]
            else [f"{before} APT {rest}"]
        )
    else:
        found.append(unit)
    if kinds[0] in _BUILDING_KINDS and all(kind in ("", "APT") for kind in kinds[1:]):
        found.append(f"= {identifiers(unit)}")
    return tuple(dict.fromkeys(found))


def without_apt(unit: str) -> str:
    """A unit without the word APT: as one writes it that states no kind."""
    return unit.removeprefix("APT ").replace(" APT ", " ")


@lru_cache(maxsize=16384)
def identifiers(unit: str) -> str:
    """A unit's identifiers without their kinds: what units that may be one have in common."""
    return _joined([word for word in unit.split() if word not in UNIT_KINDS]) or unit


def _split(unit: str) -> list[tuple[str, str]]:
    """(kind, identifiers) of each part of a unit in normal form."""
    parts: list[tuple[str, str]] = []
    for word in unit.split():
        if word in UNIT_KINDS and not (word in LONE_CLASSES and unit == word):
            parts.append((word, ""))
        elif parts and not (parts[-1][1] in STOREYS and not parts[-1][0]):
            kind, text = parts[-1]
            parts[-1] = kind, f"{text} {word}".strip()
        else:
            parts.append(("", word))
    return parts


def _parts(tokens: Sequence[str], *, loose: bool) -> list[_Part] | None:
    tokens = _in_digits(tokens)
    parts = [_Part(_REST)]
    for index, token in enumerate(tokens):
        following = token_at(tokens, index + 1)
        if token in FLOORS and is_floor_after(tokens, index):
            _close_last(parts, _FLOOR, "FL")
        elif _is_tower(tokens, index) and not is_identifier(following):
            _close_last(parts, _BUILDING, UNIT_CLASSES[token])
        elif token in DESIGNATORS or (token == "ST" and following[:1].isdigit()):
            _open(parts, "STE" if token == "ST" else token)  # ST 310 is STE 310
        elif token in STANDALONE:
            _add_standalone(parts, STANDALONE[token])
        elif piece := _piece(tokens, index, is_first=not parts[-1].pieces):
            if token in DIRECTIONALS and parts[-1].kind == "FL" and parts[-1].pieces:
                parts.append(_Part(_REST))  # FL 2 EAST is the 2ND FLOOR EAST
            parts[-1].pieces.append(piece)
        elif not loose:
            return None
        elif near_designator(token) and (following in NUMBER_WORDS or is_identifier(following)):
            _open(parts, "APT")
        else:
            parts[-1].pieces.append(token)
    return parts


def _in_digits(tokens: Sequence[str]) -> Sequence[str]:
    """The same with digits for each number in words after a designator, or before a floor: APT
    TWENTY ONE is APT 21."""
    if CARDINALS.keys().isdisjoint(tokens):
        return tokens
    out: list[str] = []
    last = ""
    for index, token in enumerate(tokens):
        digits = CARDINALS.get(token, "")
        if digits and len(digits) == 1 and last in CARDINALS and CARDINALS[last][1:] == "0":
            if out[-1].isdigit():
                digits, out[-1:] = f"{out[-1][:-1]}{digits}", []
        elif digits and not (last in DESIGNATORS or token_at(tokens, index + 1) in FLOORS):
            digits = ""
        out.append(digits or token)
        last = token
    return out


def _piece(tokens: Sequence[str], index: int, *, is_first: bool) -> str:
    """What the token at `index` adds to its part; "" for a word that no unit holds."""
    token, following = tokens[index], token_at(tokens, index + 1)
    if is_identifier(token):
        return _identifier(token)
    before = tokens[index - 1] if index else ""
    # UNIT 2 EAST, # 3 SW, NORTH TOWER, APT NORTH: a side of the house, never of the street.
    if token in DIRECTIONALS and (
        not is_first or following in BUILDINGS or before in DESIGNATORS or before in STANDALONE
    ):
        return DIRECTIONALS[token]
    if token in ORDINALS and following in FLOORS:
        return ORDINALS[token]
    if token in STOREY_NAMES and following in FLOORS:
        return token
    # Two letters between a designator and a number: DEPT PN-12.
    is_pair = len(token) == 2 and token.isalpha() and token not in SUFFIXES
    is_between = before in DESIGNATORS and following[:1].isdigit()
    return token if is_pair and is_between else ""


def _is_tower(tokens: Sequence[str], index: int) -> bool:
    return tokens[index] in BUILDINGS and index > 0 and tokens[index - 1] in DIRECTIONALS


def _open(parts: list[_Part], designator: str) -> None:
    """Begin a part, or name the empty one at the end."""
    kind = UNIT_CLASSES.get(designator, "")
    if parts[-1].pieces:
        parts.append(_Part(_REST))
    part = parts[-1]
    if not kind:
        return
    if part.kind in LONE_CLASSES:
        part.lone = part.kind
    part.kind = kind
    if kind in _BUILDING_KINDS:
        part.rank = _BUILDING
    elif kind == "FL":
        part.rank = _FLOOR


def _add_standalone(parts: list[_Part], word: str) -> None:
    if word not in SIDES and parts[-1].pieces:
        parts.append(_Part(_REST))
    parts[-1].pieces.append(word)
    if word in STOREYS:
        parts[-1].rank = _FLOOR
        parts.append(_Part(_REST))


def _close_last(parts: list[_Part], rank: int, kind: str) -> None:
    """FLOOR written after its number, TOWER after its side: the last piece becomes a part of its
    own."""
    if parts[-1].pieces:
        last = parts[-1].pieces.pop()
        parts.extend((_Part(rank, last, kind=kind), _Part(_REST)))


def _identifier(token: str) -> str:
    token = _CONFUSED.sub(lambda match: _CONFUSIONS[match.group()], token)
    ordinal = _ORDINAL.fullmatch(token)
    return ordinal.group(1) if ordinal else token


def _join(parts: list[_Part]) -> str:
    parts.sort(key=lambda part: part.rank)
    texts: list[str] = []
    for part in parts:
        text = _joined(part.pieces)
        lone = part.lone or (part.kind if part.kind in LONE_CLASSES else "")
        if text:
            # BSMT, REAR and their kind stand alone: APT REAR is REAR.
            texts += [part.kind, text] if part.kind and not _is_lone(text) else [text]
        elif lone:
            texts.append(lone)
    return " ".join(texts)


def _is_lone(text: str) -> bool:
    return text in _ALONE


def _joined(pieces: Sequence[str]) -> str:
    unit = last = ""
    for match in _RUNS.finditer(" ".join(pieces)):
        run = match.group()
        run = run if run.isalpha() else run.lstrip("0") or "0"
        unit += run if not last or _is_joined(last, run) else f" {run}"
        last = run
    return unit


def _is_joined(left: str, right: str) -> bool:
    """Whether these are a run of digits and a run of one or two letters, in either order."""
    return left.isalpha() != right.isalpha() and len(left if left.isalpha() else right) <= 2
