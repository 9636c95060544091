"""Checks of the person and the address, 26 USC 6103(i)(2)(B)(i), and of the tax number's form.

Every check is `(inputs, terms) -> State`. A guard against a thing is met where the thing is absent.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from counterfoil.core.values import AddressKind, State
from counterfoil.gate.checks.inputs import MET, NEEDS_OFFICER, NOT_MET, NOT_SHOWN, CheckInput
from counterfoil.gate.law.compiled import Terms, place_keys
from counterfoil.gate.law.folding import fold_entry, screened_words
from counterfoil.normalize import is_placeholder
from counterfoil.normalize.places import NO_ZIPS, is_zip_of_state

_TIN: Final = re.compile(r"([0-9]{3})-?([0-9]{2})-?([0-9]{4})\Z", re.ASCII)
_GENERAL_DELIVERY: Final = AddressKind.GENERAL_DELIVERY
_NO_KIND: Final = AddressKind.NONE


def name_is_given(inputs: CheckInput, terms: Terms) -> State:
    """A given name and a family name are stated in letters."""
    return MET if inputs.name.given and inputs.name.family else NOT_SHOWN


def name_is_no_placeholder(inputs: CheckInput, terms: Terms) -> State:
    """Neither part of the name is a word that is written for a missing one."""
    person = inputs.request.person
    given, family = fold_entry(person.given_name), fold_entry(person.family_name)
    real = given not in terms.placeholders and family not in terms.placeholders
    return MET if real else NOT_MET


def address_is_complete(inputs: CheckInput, terms: Terms) -> State:
    """The address has every part of its kind (Rev. Proc. 2010-16, 2.03)."""
    if inputs.missing is None:
        return MET
    return NOT_SHOWN if inputs.address.kind is _NO_KIND and not inputs.line_words else NOT_MET


def address_is_no_placeholder(inputs: CheckInput, terms: Terms) -> State:
    """The address is not a phrase, ZIP or number that is written for a missing one."""
    if terms.placeholder_phrases.hits(inputs.line_words) or is_placeholder(
        inputs.request.address, inputs.address
    ):
        return NOT_MET
    return MET


def custodial_address_is_located(inputs: CheckInput, terms: Terms) -> State:
    """A jail or detention centre is stated with its whole address and is on the agreement's
    list."""
    if not terms.custodial_words.hits(inputs.line_words) and not terms.custodial_words.hits(
        _city_words(inputs.request.address.city)
    ):
        return MET
    if inputs.missing is not None:
        return NOT_MET
    street = f"{inputs.address.street} {inputs.address.suffix}"
    if terms.custodial_words.hits(screened_words(street)) or not terms.custodial_places.isdisjoint(
        place_keys(inputs.address)
    ):
        return MET
    return NEEDS_OFFICER


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
