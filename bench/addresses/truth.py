"""What a labeled row says, and the neutral fold in which parsers are compared with it. Uses none
of our own readers.

A row's labels are usaddress's (the US thoroughfare, landmark and postal address standard). Compared
are the parts of the delivery line: number, predirectional, street (with its modifier and its type
before the name: AVENUE H, US HIGHWAY 20), suffix, postdirectional, unit, box. City, state and ZIP
are handed to the parsers and not compared.

The fold forgives what Publication 28 calls the same: case, punctuation, standard abbreviations of
suffixes and directionals, ordinals (5TH, FIFTH, 5), leading zeros of units, designators (APT 4, #
4). It forgives no letter or digit of an identifier.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Final, NamedTuple

from counterfoil.normalize.tables import (
    DESIGNATORS,
    DIRECTIONALS,
    LAST_WORDS,
    NAME_WORDS,
    ORDINALS,
    STANDALONE,
    SUFFIXES,
)

Token = tuple[str, str]
"""A label and the text under it."""

_WORD: Final = re.compile(r"[A-Z0-9]+")
_RUN: Final = re.compile(r"[A-Z]+|[0-9]+")
_INITIALS: Final = re.compile(r"\b([A-Z])\.\s?(?=[A-Z]\b)")
_ORDINAL: Final = re.compile(r"0*([0-9]+)(?:ST|ND|RD|TH)?")
_FULL: Final = {full: short for short, full in LAST_WORDS.items()}
_SAME: Final = {
    "SAINT": "ST",
    "SO": "S",
    "NO": "",
    "COUNTRY": "COUNTY",
    "CR": "COUNTYHWY",
    "SR": "HWY",
    "STATE": "",
    "RT": "HWY",
    "RTE": "HWY",
    "RD": "HWY",
}
"""Words in a street's name that mean one thing; a numbered road is alike whatever it is called, in
its own state."""
NUMBER: Final = ("AddressNumberPrefix", "AddressNumber", "AddressNumberSuffix")
STREET: Final = ("StreetNamePreModifier", "StreetNamePreType", "StreetName")
UNIT: Final = ("OccupancyType", "OccupancyIdentifier", "SubaddressType", "SubaddressIdentifier")
BOX: Final = ("USPSBoxGroupID", "USPSBoxID")
PLACE: Final = ("PlaceName", "StateName", "ZipCode", "ZipPlus4", "CountryName")


class Parts(NamedTuple):
    """The folded parts of one delivery line. `unit` holds its runs of letters and of digits,
    sorted."""

    number: str
    predirectional: str
    street: str
    suffix: str
    postdirectional: str
    unit: tuple[str, ...]
    box: str


def truth_of(tokens: list[Token]) -> Parts:
    """The parts as labeled."""

    def said(*labels: str) -> str:
        return " ".join(text for label, text in tokens if label in labels)

    return parts(
        said(*NUMBER),
        said("StreetNamePreDirectional"),
        said(*STREET),
        said("StreetNamePostType"),
        said("StreetNamePostDirectional"),
        said(*UNIT),
        said(*BOX),
    )


def parts(number: str, pre: str, street: str, suffix: str, post: str, unit: str, box: str) -> Parts:
    """Fold what a parser or a label says."""
    return Parts(
        "".join(words(number)).lstrip("0"),
        "".join(DIRECTIONALS.get(word, word) for word in words(pre)),
        fold_street(street),
        "".join(SUFFIXES.get(word, word) for word in words(suffix)),
        "".join(DIRECTIONALS.get(word, word) for word in words(post)),
        fold_unit(unit),
        "".join(_bare(word) for word in words(box)),
    )


def words(text: str) -> list[str]:
    """Words of A-Z and 0-9; apostrophes dropped, initials joined (N.E.)."""
    text = _INITIALS.sub(r"\1", text.upper().replace("'", "").replace("\u2019", ""))
    return _WORD.findall(text)


def fold_street(text: str) -> str:
    """A street's name with every abbreviation folded, without spaces."""
    return "".join(_street_word(word) for word in words(text))


def _street_word(word: str) -> str:
    word = _ordinal(word)
    word = NAME_WORDS.get(word, word)
    word = DIRECTIONALS.get(word) or SUFFIXES.get(_FULL.get(word, word), word)
    return _SAME.get(word, word)


def fold_unit(text: str) -> tuple[str, ...]:
    """The runs of letters and digits of a unit's identifiers, sorted; a designator that is a unit
    by itself is one of them."""
    found: list[str] = []
    for word in words(text):
        if word in STANDALONE:
            found.append(STANDALONE[word])
        elif word in DIRECTIONALS:
            found.append(DIRECTIONALS[word])
        elif word not in DESIGNATORS and word not in {
            "AND",
            "OF",
            "ST",
        }:  # ST 310, in a unit, is STE
            found += [_bare(run) for run in _RUN.findall(_ordinal(word)) if run not in DESIGNATORS]
    return tuple(sorted(found))


def lost(truth: Parts, read: Parts) -> bool:
    """Whether some run of the labeled unit is in no unit, box or letter of the house number
    that was read."""
    return bool(Counter(truth.unit) - Counter(_identifiers(read, truth)))


def invented(truth: Parts, read: Parts) -> bool:
    """Whether some run of the unit read is in no unit, box or letter of the house number that
    was labeled."""
    return bool(Counter(read.unit) - Counter(_identifiers(truth, read)))


def _identifiers(parts: Parts, other: Parts) -> tuple[str, ...]:
    """All that parts one unit of a house from another: 4922-N MAIN, 4922 MAIN UNIT N; a box beside
    a street is kept apart like a unit."""
    letters = parts.number.removeprefix(other.number) if other.number else ""
    return (*parts.unit, *fold_unit(parts.box), *_RUN.findall(letters))


def _ordinal(word: str) -> str:
    if word in ORDINALS:
        return ORDINALS[word]
    found = _ORDINAL.fullmatch(word)
    return found[1] if found else word


def _bare(run: str) -> str:
    return run.lstrip("0") or "0" if run.isdigit() else run
