"""Is an address complete, and does it mean a place at all? LAW.md facts F2 and F3; Rev. Proc.
2010-16, 2.03.

Complete: unit (where there is one), number and street, city, state, ZIP. A whole PO box, rural
route, highway contract or military form with city, state and ZIP is complete too (26 USC 6103(b)(6)
speaks of the mailing address). Whether GENERAL DELIVERY is enough is the gate's question, not the
form's.

Placeholders: words that are written where an address should be (unknown, failed to provide,
homeless, TBD ...), a line that only repeats city, state or ZIP, ZIP 00000 and 99999, a city of one
letter or without letters, and made-up numbers: zero, and five or more equal digits. Up to four
equal digits pass: 1111 MAIN ST is an ordinary address, and so is a PO box of any equal digits but
zeros and nines.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from counterfoil.core.values import Address, AddressForm, AddressKind
from counterfoil.normalize.places import NO_ZIPS
from counterfoil.normalize.tables import words
from counterfoil.normalize.text import clean

_PHRASES: Final = re.compile(
    r"\b(?:UNKNOWN|UNKN|UNK|HOMELESS|TRANSIENT|TBD|TBA|REFUSED|REFUSES|DECLINED|UNDETERMINED"
    r"|UNAVAILABLE|UNSPECIFIED|WITHHELD|UNDISCLOSED|PLACEHOLDER|WHEREABOUTS"
    r"|DON ?T (?:CARE|KNOW)|DO NOT KNOW|FAIL(?:ED|S|URE)? TO PROVIDE"
    r"|(?:DID|DOES|WOULD|WILL) NOT PROVIDE"
    r"|NOT (?:PROVIDED|GIVEN|KNOWN|AVAILABLE|APPLICABLE|STATED|REPORTED|LISTED|DISCLOSED)"
    r"|NO (?:FIXED|KNOWN|PERMANENT|CURRENT|STABLE|HOME|STREET)? ?(?:ADDRESS|ABODE|RESIDENCE)"
    r"|ADDRESS NEEDED|BAD ADDRESS|TO BE (?:DETERMINED|ADVISED|PROVIDED|SUPPLIED)|AT LARGE"
    r"|LAST KNOWN|NONE (?:GIVEN|PROVIDED|AVAILABLE|KNOWN)"
    r"|(?:NA|N A) (?:NA|N A))\b"
)
"""A line that has one of these words or phrases anywhere is a placeholder."""

EMPTY_WORDS: Final = words("""
    UNKNOWN UNKN UNK HOMELESS TRANSIENT TBD TBA REFUSED REFUSES DECLINED UNDETERMINED UNAVAILABLE
    UNSPECIFIED WITHHELD UNDISCLOSED PLACEHOLDER WHEREABOUTS DON DONT DO FAIL FAILED FAILS FAILURE
    DID DOES WOULD WILL NOT NO ADDRESS BAD TO AT LAST NONE NA N
""")
"""No phrase is without one of these words: most lines need no second look."""

_LINES: Final = words("""
    NA NONE NULL NIL NAN X XX TEST BLANK EMPTY VOID SAME ADDRESS STREET ROAD AVENUE HOME HOUSE
    RESIDENCE APARTMENT CITY TOWN STATE COUNTY COUNTRY USA US ANYWHERE NOWHERE SOMEWHERE VARIOUS
    OTHER SHELTER STREETS ASDF QWERTY
""") | {"N A", "ON FILE", "SEE FILE", "SAME AS ABOVE", "UNITED STATES", "THE STREET", "THE STREETS"}
"""A line that is no more than one of these is a placeholder: words of emptiness, general words."""

_REPEATED: Final = re.compile(r"(?:([A-Z])\1{2,}|X+)(?: (?:([A-Z])\2{2,}|X+))*")
_MADE_UP: Final = re.compile(r"0+|([0-9])\1{4,}")
_MADE_UP_BOX: Final = re.compile(r"0+|9{5,}")
# Bound once: an enum's attribute costs more than the comparison.
_STREET: Final = AddressKind.STREET
_MILITARY: Final = AddressKind.MILITARY
_GENERAL: Final = AddressKind.GENERAL_DELIVERY
_STREET_OR_NONE: Final = frozenset({AddressKind.NONE, _STREET})


def incomplete_part(form: AddressForm) -> str | None:
    """The first part that `form` lacks: "number", "street", "box", "city", "state", "zip"; None if
    complete."""
    if form.number and form.suffix and form.street and form.city and form.state and form.zip5:
        return None  # most
    if form.kind in _STREET_OR_NONE:
        if not form.number and form.street:
            return "number"
        if not form.street or _is_bare_number(form):
            return "street"
    elif not (form.number or form.kind is _GENERAL or _is_ship(form)):
        return "box"
    last_line = (("city", form.city), ("state", form.state), ("zip", form.zip5))
    return next((part for part, value in last_line if not value), None)


def _is_ship(form: AddressForm) -> bool:
    return form.kind is _MILITARY and form.street.startswith("US")


def _is_bare_number(form: AddressForm) -> bool:
    """Whether the street is digits and nothing else: `12345 98103` is two numbers, no address
    (F2)."""
    named = form.suffix or form.predirectional or form.postdirectional
    return not named and form.street.replace(" ", "").isdigit()


def is_placeholder(address: Address, form: AddressForm) -> bool:
    """Whether `address`, of normal form `form`, is written where an address should be and means
    none."""
    first = clean(address.line1) or ""
    if form.zip5 in NO_ZIPS or _is_made_up(form) or is_no_city(address.city):
        return True
    # No word of emptiness begins with a digit.
    if (not first[:1].isdigit() and _is_empty(first)) or _has_phrase(first):
        return True
    if address.line2 and _has_phrase(clean(address.line2) or ""):
        return True
    return bool(first) and (
        first in (form.state, form.zip5)
        or (first.startswith(form.city) and _is_last_line(first, form))
    )


def _is_last_line(line: str, form: AddressForm) -> bool:
    return line in (form.city, f"{form.city} {form.state}", f"{form.city} {form.state} {form.zip5}")


@lru_cache(4096)
def is_no_city(text: str) -> bool:
    """Whether a text is written where a city should be and means none. Files name few cities, many
    times."""
    city = clean(text) or ""
    is_word = len(city) > 1 and any(map(str.isalpha, city))
    return _is_empty(city) or _has_phrase(city) or bool(city and not is_word)


def _has_phrase(line: str) -> bool:
    return not EMPTY_WORDS.isdisjoint(line.split()) and _PHRASES.search(line) is not None


def _is_empty(line: str) -> bool:
    return line in _LINES or _is_repeated(line)


def _is_repeated(line: str) -> bool:
    """Whether every word is one letter over and over. Most lines show by their first letters that
    they are not."""
    return line[:1] in ("X", line[1:2]) and _REPEATED.fullmatch(line) is not None


def _is_made_up(form: AddressForm) -> bool:
    number, pattern = form.number, _MADE_UP if form.kind is _STREET else _MADE_UP_BOX
    is_one_digit = number == number[:1] * len(number)
    return (is_one_digit and bool(pattern.fullmatch(number))) or _is_repeated(form.street)
