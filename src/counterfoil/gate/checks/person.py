"""Checks of the person and the address, 26 USC 6103(i)(2)(B)(i), and of the tax number's form.

Every check is `(inputs, terms) -> State`. A guard against a thing is met where the thing is absent.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from counterfoil.core.values import AddressKind, State
from counterfoil.gate.checks import addresses, custody, missing_names
from counterfoil.gate.checks.inputs import (
    MET,
    NEEDS_OFFICER,
    NOT_MET,
    NOT_SHOWN,
    CheckInput,
    met_if,
)
from counterfoil.gate.checks.taxpayer import word_field
from counterfoil.gate.law.compiled import Terms, place_keys
from counterfoil.gate.law.folding import fold_entry, screened_words, split_words
from counterfoil.normalize import is_placeholder
from counterfoil.normalize.places import NO_ZIPS, is_zip_of_state, serves_across

_TIN: Final = re.compile(r"([0-9]{3})-?([0-9]{2})-?([0-9]{4})\Z", re.ASCII)
_GENERAL_DELIVERY: Final = AddressKind.GENERAL_DELIVERY
_NO_KIND: Final = AddressKind.NONE
_NO_STREETS: Final = frozenset({"", "CTR", "CTRS"})


def name_is_given(inputs: CheckInput, terms: Terms) -> State:
    """A given name and a family name are stated in letters. Of letters that are not Latin, another
    element speaks, where the law has it."""
    if inputs.name.given and inputs.name.family:
        return MET
    person = inputs.request.person
    if word_field(person, terms.wordings):
        return MET
    if not terms.asks_latin or not _is_not_latin(person.given_name, person.family_name):
        return NOT_SHOWN
    stated = [
        bool(words) or missing_names.has_other_letters(text)
        for words, text in (
            (inputs.name.given, person.given_name),
            (inputs.name.family, person.family_name),
        )
    ]
    return MET if all(stated) else NOT_SHOWN


def name_is_in_latin_letters(inputs: CheckInput, terms: Terms) -> State:
    """The given and the family name are in Latin letters, as the holder's records are."""
    person = inputs.request.person
    return met_if(not _is_not_latin(person.given_name, person.family_name))


def _is_not_latin(given: str, family: str) -> bool:
    return missing_names.has_other_letters(given) or missing_names.has_other_letters(family)


def name_is_no_placeholder(inputs: CheckInput, terms: Terms) -> State:
    """Neither the name nor a part of it is written for a missing one. A name that stands for
    anybody, and a part that is a word of emptiness and a name of people too (Test, Alien, Na),
    are some people's: an officer must look."""
    person = inputs.request.person
    given, family = fold_entry(person.given_name), fold_entry(person.family_name)
    if given in terms.placeholders or family in terms.placeholders:
        return NOT_MET
    if terms.edition < 3:
        return MET
    one, two = _tight(given), _tight(family)
    if not terms.wordings.no_names.isdisjoint((one, two, one + two)):
        return NOT_MET
    is_missing = missing_names.is_missing(person.given_name, person.family_name, inputs.name)
    if is_missing or not (inputs.name.given and inputs.name.family):
        if word_field(person, terms.wordings):
            return NEEDS_OFFICER
        if is_missing:
            return NOT_MET
    return NEEDS_OFFICER if missing_names.is_anybody(inputs.name) else MET


def _tight(entry: str) -> str:
    """A folded entry's letters, without what parts them."""
    return entry if entry.isalpha() else "".join(split_words(entry))


def address_is_complete(inputs: CheckInput, terms: Terms) -> State:
    """The address has every part of its kind (Rev. Proc. 2010-16, 2.03)."""
    if inputs.missing is None:
        return MET
    return NOT_SHOWN if inputs.address.kind is _NO_KIND and not inputs.line_words else NOT_MET


def address_is_no_placeholder(inputs: CheckInput, terms: Terms) -> State:
    """The address is not a phrase, ZIP or number that is written for a missing one."""
    address, form = inputs.request.address, inputs.address
    is_empty = terms.placeholder_phrases.hits(inputs.line_words) or is_placeholder(address, form)
    if terms.edition < 4:
        return met_if(not is_empty)
    if is_empty:
        return addresses.called_so(address, form, terms)
    if terms.edition > 5 and addresses.is_spelled_no_city(address.city, terms.wordings.no_cities):
        return NOT_MET
    return addresses.city_state(address.city, form.state, terms.wordings.no_cities)


def custodial_address_is_located(inputs: CheckInput, terms: Terms) -> State:
    """A jail or detention centre is stated with its whole address and is on the agreement's
    list."""
    address = inputs.request.address
    is_marked = terms.edition > 2 and custody.has_marks(address, inputs.line_words)
    in_city = terms.custodial_words.hits(_city_words(address.city))
    if terms.edition > 3:
        is_marked = is_marked or custody.has_more_marks(address, inputs.line_words)
        in_city = in_city and not addresses.is_place(address.city, terms.wordings.city_ends)
    if not is_marked and not in_city and not terms.custodial_words.hits(inputs.line_words):
        return MET
    if inputs.missing is not None:
        return NOT_MET
    if not terms.custodial_places.isdisjoint(place_keys(inputs.address)):
        return MET
    if not is_marked and _is_only_the_street(inputs, terms):
        return MET
    return NEEDS_OFFICER


def _is_only_the_street(inputs: CheckInput, terms: Terms) -> bool:
    """Whether it is the street that is called after a place of custody, and nothing else of the
    lines is. A center is no street, though its word is a street's suffix."""
    form = inputs.address
    if not terms.custodial_words.hits(screened_words(f"{form.street} {form.suffix}")):
        return False
    if terms.edition < 3:
        return True
    if form.suffix in _NO_STREETS or terms.custodial_words.hits(
        _city_words(inputs.request.address.city)
    ):
        return False
    return not terms.custodial_words.hits(custody.outside_street(inputs.request.address, form))


@lru_cache(4096)
def _city_words(city: str) -> list[str]:
    """The words of a city as screens read them. Files name few cities, many times."""
    return screened_words(city)


def address_is_not_the_requesters(inputs: CheckInput, terms: Terms) -> State:
    """The address is not an office of the requester."""
    return MET if terms.requester_offices.isdisjoint(place_keys(inputs.address)) else NOT_MET


def address_is_not_general_delivery(inputs: CheckInput, terms: Terms) -> State:
    """General delivery names a post office, not a home: an officer must look."""
    return NEEDS_OFFICER if inputs.address.kind is _GENERAL_DELIVERY else MET


def zip_is_of_state(inputs: CheckInput, terms: Terms) -> State:
    """The ZIP is one of the state: where it is not, one of the two is a slip, and an officer must
    look. A missing part and a ZIP that stands for a missing one are other elements' concern."""
    state, zip5 = inputs.address.state, inputs.address.zip5
    if not state or not zip5 or is_zip_of_state(zip5, state) or zip5 in NO_ZIPS:
        return MET
    if terms.edition > 5 and serves_across(zip5, state):
        return MET
    return NEEDS_OFFICER


def tin_is_well_formed(inputs: CheckInput, terms: Terms) -> State:
    """The number, if stated, has the form of a person's number. Nothing is inferred from its kind
    (P8)."""
    tin = inputs.request.person.tin
    if not tin:
        return MET
    found = _TIN.match(tin)
    if found is None:
        return NOT_MET
    area, group, serial = found[1], found[2], found[3]
    if area[0] == "9":
        made_up = terms.agreement.sandbox and group in terms.made_up_groups
        return MET if made_up or group in terms.itin_groups else NOT_MET
    return NOT_MET if area in {"000", "666"} or group == "00" or serial == "0000" else MET
