"""The fast path: `NUMBER [DIR] NAME SUFFIX [DIR]`, with `APT 4B` after it, on the second line, or
nowhere.

Two addresses in three have this shape. What this file gives is exactly what the full reading gives
(checked by a property test over real-shaped lines, tests/normalize/test_addresses_plain.py); a word
that could mean anything else to it sends the line there.
"""

from __future__ import annotations

import re
from functools import lru_cache
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
    UNIT_CLASSES,
    words,
)

_STREET: Final = AddressKind.STREET
_MAX_LINE: Final = 60
_LEAST_BEFORE_UNIT: Final = 3
"""Words behind the house number at most where no unit stands among them."""
_SPECIAL: Final = words(
    "ST SAINT COUNTY CH CTH CALLE HIGHWAY HWY LOOP ROUTE RTE RT URB C CTY CNTY CARR CARRETERA KM"
    " MLK KING JFK KENNEDY FDR ROOSEVELT LBJ JOHNSON MLKING USA NONE NULL NAN URBANIZACION"
    " ATTN ATTENTION CARE MC SO NO"
) | DESIGNATORS.union(STANDALONE, DIRECTIONALS, NAME_WORDS, LAST_WORDS, ORDINALS, TENS)
_IDENTIFIER: Final = re.compile("[1-9][0-9]*[A-Z]?")
_ORDINAL_ENDS: Final = frozenset({"ST", "ND", "RD", "TH"})
_SUFFIX: Final = {word: suffix for word, suffix in SUFFIXES.items() if suffix in COMMON_SUFFIXES}


def read_plain_address(address: Address, place: Place) -> AddressForm | None:
    """The form of an address of the plain shape; None if it has another shape and needs the full
    reading."""
    text, second = address.line1, address.line2
    if len(text) > _MAX_LINE or not text.isascii():
        return None
    number, _, rest = text.partition(" ")
    if not number.isdigit():
        number, *others = text.split() or [""]
        rest = " ".join(others)
    if not number.isdigit() or number[0] == "0":
        return None
    street = _street(rest)
    unit = _second_line(second) if second else ""
    if street is None or unit is None or (street[4] and second):
        return None
    return AddressForm(
        _STREET, number, *street[:4], unit or street[4], "", place.city, place.state, place.zip5
    )


@lru_cache(maxsize=32768)
def _street(rest: str) -> tuple[str, str, str, str, str] | None:
    """What follows the house number on its line: directional, name, suffix, directional, unit. None
    for what is not plain. Streets repeat."""
    line, unit = rest.upper().split(), ""
    if len(line) > _LEAST_BEFORE_UNIT and line[-2] in STRONG_DESIGNATORS:
        found = _unit(line[-2:])
        if found is None:
            return None
        unit = found
        del line[-2:]
    last = len(line) - 1
    if last < 1 or "VV" in rest.upper():
        return None
    post = DIRECTIONALS.get(line[last], "") if last > 1 else ""
    if post:
        last -= 1
    pre = DIRECTIONALS.get(line[0], "") if last > 1 else ""
    suffix = _SUFFIX.get(line[last])
    name = _name(line[1 if pre else 0 : last]) if suffix else None
    return None if suffix is None or name is None else (pre, name, suffix, post, unit)


@lru_cache(maxsize=16384)
def _second_line(text: str) -> str | None:
    """The unit that a second line is; None where it is something else."""
    return _unit(text.upper().split())


def _name(words: list[str]) -> str | None:
    """A name that is its own normal form, or a single ordinal; None for every other."""
    if not words or not _SPECIAL.isdisjoint(words):
        return None
    name = words[0]
    if len(words) > 1:
        return " ".join(words) if "".join(words).isalpha() and min(map(len, words)) > 1 else None
    if name.isalpha():
        return name if len(name) > 1 else None
    digits = name[:-2]
    is_ordinal = name[-2:] in _ORDINAL_ENDS and digits.isdigit() and digits[0] != "0"
    return digits if is_ordinal else None


def _unit(words: list[str]) -> str | None:
    """The unit of `APT 4`, `STE 4B` or `4`; None for every other."""
    if len(words) > 2 or not words or (len(words) == 2 and words[0] not in STRONG_DESIGNATORS):
        return None
    if not _IDENTIFIER.fullmatch(words[-1]):
        return None
    kind = UNIT_CLASSES.get(words[0], "") if len(words) > 1 else ""
    return f"{kind} {words[-1]}" if kind else words[-1]
