"""Streets and cities that are called by a word that is written for a missing one, and cities that
are none.

    1300 Unknown Rd, 12 Homeless Ln      a street of that name: number, the word, a suffix
    123 Unknown St                       as likely an example's number: an officer looks
    Y (AK), Nowhere (OK), Jail Hill      cities
    Anycity, City Name, WA               no cities; another state's code: an officer looks
    N0ne, T8D, u.n.k.                    the words that they are written for (format 6)
    11111 Biscayne Blvd                  a number that is made up as likely as not (format 6):
                                         an officer looks

Read under law of format 4. Pure; nothing raises.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from msgspec import structs

from counterfoil.core.values import Address, AddressForm, AddressKind, State
from counterfoil.gate.checks.fillers import DIGITS_AS_LETTERS
from counterfoil.gate.checks.inputs import MET, NEEDS_OFFICER, NOT_MET
from counterfoil.gate.law.compiled import Terms
from counterfoil.gate.law.folding import screened_words, split_words
from counterfoil.normalize import is_placeholder
from counterfoil.normalize.completeness import is_no_city
from counterfoil.normalize.plain_text import plain
from counterfoil.normalize.tables import STATE_CODES

_STREET: Final = AddressKind.STREET
_EXAMPLES: Final = frozenset({"1", "11", "111", "12", "123", "1234", "12345", "321", "999", "100"})
"""House numbers that are written where none is known."""
_CITIES: Final = {"Y": "AK", "NOWHERE": "OK"}
"""Cities of these names, and their states."""
_MIXED: Final = re.compile(r"[a-z][0-9]|[0-9][a-z]")
_SIGNS: Final = re.compile(r"[\W_]+")
_REPEATED: Final = 5
"""How often one digit is written for a number that nobody knows."""
_OTHER_NUMBER: Final = "12"
_OTHER_STREET: Final = "Elm"
_OTHER_CITY: Final = "Anchorage"


def called_so(address: Address, form: AddressForm, terms: Terms) -> State:
    """The state of an address that has a word of emptiness: met where a street or a city is called
    so, and nothing else of it has one."""
    state, other, of_form = MET, address, form
    if form.kind is _STREET and form.street.lower() in terms.wordings.streets_too:
        if not form.number or not form.suffix or form.city == form.street:
            return NOT_MET
        line = _replaced(address.line1, form.street, _OTHER_STREET)
        other = structs.replace(other, line1=line)
        of_form = structs.replace(of_form, street=_OTHER_STREET.upper())
        state = NEEDS_OFFICER if form.number in _EXAMPLES else MET
    if form.city in _CITIES:
        other = structs.replace(other, city=_OTHER_CITY)
        of_form = structs.replace(of_form, city=_OTHER_CITY.upper())
        state = state if _CITIES[form.city] == form.state else NEEDS_OFFICER
    if terms.edition > 5 and (likely := _may_be_real(other, of_form)):
        other = likely
        of_form = structs.replace(of_form, number=_OTHER_NUMBER)
        state = NEEDS_OFFICER
    if other is address:
        return NOT_MET
    words = screened_words(f"{other.line1} {other.line2}")
    is_empty = terms.placeholder_phrases.hits(words) or is_placeholder(other, of_form)
    return NOT_MET if is_empty else state


def _replaced(line: str, name: str, by: str) -> str:
    """A line with the first word that is the street's name replaced."""
    words = line.split()
    for place, word in enumerate(words):
        if word.strip(".,").upper() == name:
            return " ".join([*words[:place], by, *words[place + 1 :]])
    return line


def _may_be_real(address: Address, form: AddressForm) -> Address | None:
    """The address with another house number, where its own is one digit five times and its street
    has a name and a suffix; None for any other."""
    number = form.number
    is_one_digit = number == number[:1] * _REPEATED and number[:1] not in ("", "0")
    if form.kind is not _STREET or not is_one_digit or not form.suffix or not form.street:
        return None
    return structs.replace(address, line1=address.line1.replace(number, _OTHER_NUMBER))


@lru_cache(4096)
def is_spelled_no_city(city: str, no_cities: frozenset[str]) -> bool:
    """Whether a city is a word that stands for a missing one, in which a digit is written for a
    letter, or the letters stand apart."""
    text = plain(city)
    signs = _SIGNS.sub(" ", text).split()
    if len(signs) > 1 and all(len(each) == 1 for each in signs):
        text = "".join(signs)
    elif not _MIXED.search(text):
        return False
    return any(
        " ".join(split_words(reading)) in no_cities or is_no_city(reading)
        for reading in (text.translate(table) for table in DIGITS_AS_LETTERS)
    )


@lru_cache(4096)
def city_state(city: str, state: str, no_cities: frozenset[str]) -> State:
    """The state of a city that has no word of emptiness: not met where it is one of `no_cities`, or
    its own state's code; for another state's code an officer looks."""
    if " ".join(split_words(city)) in no_cities:
        return NOT_MET
    code = city.strip(" .,").upper()
    if len(code) == 2 and code in STATE_CODES:
        return NOT_MET if code == state else NEEDS_OFFICER
    return MET


@lru_cache(4096)
def is_place(city: str, ends: frozenset[str]) -> bool:
    """Whether a city's name of two or three words ends as names of places do: Jail Hill."""
    words = split_words(city)
    return 1 < len(words) < 4 and words[-1] in ends
