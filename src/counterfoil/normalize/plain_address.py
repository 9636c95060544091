"""The fast path: `NUMBER [DIR] NAME SUFFIX [DIR]`, with `APT 4B` after it, on the second line, or
nowhere.

Two addresses in three have this shape. What this file gives is exactly what the full reading gives
(held by a property test over real-shaped lines, tests/normalize/test_addresses_plain.py); a word
that could mean anything else to it sends the line there.
"""

from __future__ import annotations

import re
from typing import Final

from counterfoil.core.values import Address, AddressForm, AddressKind
from counterfoil.normalize.places import Place
from counterfoil.normalize.tables import (
    COMMON_SUFFIXES,
    DESIGNATORS,
    DIRECTIONALS,
    LAST_WORDS,
    NAME_WORDS,
    ORDINALS,
    STANDALONE,
    STRONG_DESIGNATORS,
    SUFFIXES,
    TENS,
)

_STREET: Final = AddressKind.STREET
_MAX_LINE: Final = 60
_SPECIAL: Final = (
    frozenset(
        {
            "ST",
            "SAINT",
            "COUNTY",
            "CH",
            "CTH",
            "CALLE",
            "HIGHWAY",
            "HWY",
            "LOOP",
            "ROUTE",
            "RTE",
            "RT",
            "URB",
        }
    )
    | DESIGNATORS
    | set(STANDALONE)
    | set(DIRECTIONALS)
    | set(NAME_WORDS)
    | set(LAST_WORDS)
    | set(ORDINALS)
    | set(TENS)
)
_IDENTIFIER: Final = re.compile("[1-9][0-9]*[A-Z]?")
_ORDINAL_ENDS: Final = frozenset({"ST", "ND", "RD", "TH"})
_SUFFIX: Final = {word: suffix for word, suffix in SUFFIXES.items() if suffix in COMMON_SUFFIXES}


def read_plain_address(address: Address, place: Place) -> AddressForm | None:
    """The form of an address of the plain shape; None if it has another shape and needs the full
    reading."""
    line = address.line1
    if len(line) > _MAX_LINE or not line.isascii():
        return None
    upper = line.upper()
    if "VV" in upper:
        return None
    words = upper.split()
    unit = _unit(address.line2.upper().split()) if address.line2 else ""
    if not unit and len(words) > 4 and words[-2] in STRONG_DESIGNATORS:
        unit = None if address.line2 else _unit(words[-2:])
        del words[-2:]
    number = words[0] if words else ""
    if unit is None or len(words) < 3 or not number.isdigit() or number[0] == "0":
        return None
    last = len(words) - 1
    post = DIRECTIONALS.get(words[last], "") if last > 2 else ""
    if post:
        last -= 1
    suffix = _SUFFIX.get(words[last])
    if suffix is None:
        return None
    pre = DIRECTIONALS.get(words[1], "") if last > 2 else ""
    street = _name(words[2 if pre else 1 : last])
    if street is None:
        return None
    return AddressForm(
        _STREET, number, pre, street, suffix, post, unit, "", place.city, place.state, place.zip5
    )


def _name(words: list[str]) -> str | None:
    """A name that is its own normal form, or a single ordinal; None for every other."""
    if not words or not _SPECIAL.isdisjoint(words):
        return None
    if len(words) == 1:
        word = words[0]
        if word.isalpha():
            return word if len(word) > 1 else None
        digits = word[:-2]
        return (
            digits if word[-2:] in _ORDINAL_ENDS and digits.isdigit() and digits[0] != "0" else None
        )
    return " ".join(words) if "".join(words).isalpha() and min(map(len, words)) > 1 else None


def _unit(words: list[str]) -> str | None:
    """The identifier of `APT 4`, `APT 4B` or `4`; None for every other."""
    if len(words) > 2 or not words or (len(words) == 2 and words[0] not in STRONG_DESIGNATORS):
        return None
    return words[-1] if _IDENTIFIER.fullmatch(words[-1]) else None
