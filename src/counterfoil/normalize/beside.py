"""What clerks and programs write beside an address in its lines, taken off before it is read.

    c/o ANN QUIMBY, 1007 MALLOW ST           ->  1007 MALLOW ST      care of, attention, %
    HERON TOWERS, 1007 MALLOW ST             ->  1007 MALLOW ST      a name, a comma, a whole line
    1007 MALLOW ST, ALBANY, NY 12207, USA    ->  1007 MALLOW ST      the last line once more
    1007 MALLOW ST NONE · ... APT N/A · USA  ->  1007 MALLOW ST      words of emptiness, the country
    1007 AVENUE J-8                          ->  1007 AVENUE J8      a street with letter and number

Nothing with a digit goes, and no word that could be a unit: REAR, 1007 MALLOW ST keeps its REAR.
Pure; never raises.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from counterfoil.normalize.places import Place, read_place
from counterfoil.normalize.street.house_numbers import split_number
from counterfoil.normalize.tables import (
    COMMON_SUFFIXES,
    DESIGNATORS,
    DIRECTIONALS,
    STANDALONE,
    STOREY_NAMES,
    SUFFIXES,
    words,
)
from counterfoil.normalize.text import clean, has_digit

EMPTY: Final = frozenset({"NA", "N A", "NONE", "NULL", "NAN", "NIL", "SAME", "USA", "US"})
"""A line that is one of these says nothing."""

_NOT_APPLICABLE: Final = re.compile(r"(?<![A-Z0-9])N/A(?![A-Z0-9])", re.I)
_CARE: Final = re.compile(r"(?:C O|CARE OF|ATTN|ATTENTION|ATT)(?= |$)")
_CARE_INSIDE: Final = re.compile(r" (?:C O|CARE OF|ATTN|ATTENTION) (?P<name>[A-Z ]+)$")
_LETTERED_STREET: Final = re.compile(
    r"\b((?:AVENUE|AVE|STREET|ST|ROAD|RD|LANE|LN)\.? +[A-Z])-([0-9]{1,3})\b", re.I
)
_COUNTRY: Final = re.compile(r" (?:USA|UNITED STATES(?: OF AMERICA)?)$")
_NOTHING: Final = re.compile(
    r"(?:(?: (?:APT|APARTMENT|UNIT|STE|SUITE|RM|#))*(?: #)? (?:NONE|NULL|NAN|NIL)"
    r"| (?:APT|APARTMENT|UNIT|STE|SUITE)(?: #)? NA)$"
)
_UNIT_WORDS: Final = (
    DESIGNATORS
    | set(STANDALONE)
    | set(DIRECTIONALS)
    | STOREY_NAMES
    | words("GUEST COACH CARRIAGE CARETAKER INLAW LAW GRANNY POOL")
)
_BUILDINGS: Final = words("APARTMENTS APTS CONDOS BUILDING BLDG")
_HOUSES: Final = words("APARTMENTS APTS CONDOS CONDOMINIUMS")
_BOXES: Final = words("PO POB BOX RR HC RFD PSC CMR")
_LAST_NUMBER: Final = re.compile(r"[0-9]{5}(?:-[0-9]{4})?")
_LEAST: Final = 3
"""Words of a line that still are number and street."""


def clean_line(text: str, place: Place) -> str | None:
    """A line in clean form without what stands beside its address; None if it cannot be used."""
    plain = text
    if "/" in text and (found := _NOT_APPLICABLE.sub(" NONE ", text)) != text:
        plain = found
    if "%" in text and text.lstrip().startswith("%"):
        plain = f"c/o {text.lstrip()[1:]}"
    if "-" in text:
        plain = _LETTERED_STREET.sub(r"\1\2", plain)
    if "," in plain:
        plain = _without_name(_without_last_line(plain, place))
    line = clean(plain)
    return line if line is None else _without_words(line, place)


def _without_words(line: str, place: Place) -> str:
    """A clean line without a care-of name, country, repeated last line and words of emptiness."""
    if line in EMPTY:
        return ""
    line = _COUNTRY.sub("", f" {line}").strip()
    if place.state and (line.endswith(place.state) or (place.zip5 and place.zip5 in line)):
        line = _without_place(line, place)
    line = _NOTHING.sub("", f" {line}").strip()
    if _is_building(line.split()):
        return ""
    if _CARE.match(line):
        return _after_care(line.split())
    found = _CARE_INSIDE.search(line)
    if found and _UNIT_WORDS.isdisjoint(found["name"].split()) and " " in line[: found.start()]:
        return line[: found.start()]
    return line


def _is_building(tokens: Sequence[str]) -> bool:
    """Whether a line is the name of a house of apartments alone, and of no part of it."""
    return (
        len(tokens) > 1
        and tokens[-1] in _HOUSES
        and _UNIT_WORDS.isdisjoint(tokens[:-1])
        and not any(map(has_digit, tokens))
    )


def _without_place(line: str, place: Place) -> str:
    """A clean line without the city, state and ZIP that it ends with, if these are its own."""
    tokens = line.split()
    if not place.city or len(tokens) < _LEAST:
        return line
    end = len(tokens)
    if _LAST_NUMBER.fullmatch(tokens[-1]) and tokens[-1][:5] == place.zip5:
        end -= 1
    if end < _LEAST or tokens[end - 1] != place.state:
        return line
    end -= 1
    size = len(place.city.split())
    for start in (end - size, end - size - 1):
        if start >= _LEAST and _is_city(tokens[start:end], place):
            return " ".join(tokens[:start])
    return line


def _is_city(tokens: Sequence[str], place: Place) -> bool:
    return read_place(" ".join(tokens), place.state, "").city == place.city


def _without_last_line(text: str, place: Place) -> str:
    """A raw line without its last parts, between commas, that are city, state, ZIP or country."""
    parts = text.split(",")
    while len(parts) > 1 and _is_of_place(clean(parts[-1]) or "", place):
        del parts[-1]
    return ",".join(parts)


def _is_of_place(part: str, place: Place) -> bool:
    part = _COUNTRY.sub("", f" {part}").strip()
    tokens = part.split()
    if tokens and _LAST_NUMBER.fullmatch(tokens[-1]) and tokens[-1][:5] == place.zip5:
        del tokens[-1]
        if not tokens:
            return True
    if tokens and tokens[-1] == place.state and not _is_city(tokens, place):
        del tokens[-1]
    return not tokens or (bool(place.city) and _is_city(tokens, place))


def _without_name(text: str) -> str:
    """A raw line without the name before its first comma, where a whole line follows."""
    head, _, rest = text.partition(",")
    name, line = (clean(head) or "").split(), (clean(rest) or "").split()
    if not name or not line or any(map(has_digit, name)) or _CARE.match(" ".join(name)):
        return text
    is_building = name[-1] in _BUILDINGS
    kept = name[:-1] if is_building else name
    ends = "" if is_building else SUFFIXES.get(kept[-1], "")
    if not _UNIT_WORDS.isdisjoint(kept) or ends in COMMON_SUFFIXES:
        return text
    number, street = split_number(line)
    is_line = bool(number) and any(word.isalpha() and len(word) > 1 for word in street)
    return rest if is_line and len(" ".join(name)) > 2 else text


def _after_care(tokens: Sequence[str]) -> str:
    """What follows a care-of name: from the first number, unit or box on; "" where nothing does."""
    start = 2 if tokens[0] in {"C", "CARE"} else 1
    for index in range(start, len(tokens)):
        word = tokens[index]
        if has_digit(word) or word == "#" or word in _BOXES or word in DESIGNATORS:
            return " ".join(tokens[index:])
    return ""
