"""What is plainly in order, told quickly: a name and an address that every check of them admits.

Most requests name one person in two plain words and one home in a plain line. For these, a few
look-ups show at once what a dozen checks would find one after the other. Each function here answers
True only where every check of its part (memo.py) is met; where it answers False, nothing is known,
and the checks are asked. A test asks both. Pure; nothing raises.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from counterfoil.core.values import AddressKind
from counterfoil.gate.checks import custody, missing_names
from counterfoil.gate.checks.addresses import city_state
from counterfoil.gate.checks.inputs import MET, CheckInput
from counterfoil.gate.law.compiled import Terms
from counterfoil.gate.law.folding import screened_words
from counterfoil.normalize.completeness import EMPTY_WORDS, is_no_city
from counterfoil.normalize.places import NO_ZIPS, is_zip_of_state
from counterfoil.normalize.plain_text import ONE_LETTER

_STREET: Final = AddressKind.STREET
_REMEMBERED: Final = 16_384
_NAMES_REMEMBERED: Final = 65_536
_INITIALS_OF_CUSTODY: Final = frozenset({"l", "o"})
"""Letters of `c e l l` and `p o d`, one of which a line in parted letters has."""
_EMPTY: Final = frozenset(
    word
    for text in ({*EMPTY_WORDS, "A"} - {"N"})  # `N A` has both, and N is a direction of streets
    for word in screened_words(text)
)
_CODE: Final = 2
"""Letters of a state's code, which may be written for a city."""
_MADE_UP_DIGITS: Final = 5
"""Digits of a house number that may be made up, if it does not begin with zero."""


def plain_names(terms: Terms) -> Callable[[CheckInput], bool]:
    """Whether a name is plainly one person's: one word of letters given, one family name and at
    most an initial between, neither written for a missing one, and nothing that joins two people or
    names no individual."""
    no_names = terms.placeholders | terms.wordings.no_names
    nobodies = missing_names.LOOKED_AT.union(entry.upper() for entry in no_names)
    taxpayer, heads = terms.taxpayer, terms.taxpayer.heads
    may_be_no_word = missing_names.may_be_no_word
    screens = (taxpayer.joining, taxpayer.business, taxpayer.estate, taxpayer.child)
    phrases = [each for screen in screens for group in screen.phrases.values() for each in group]
    longest = 1 if all(len(phrase.strip()) > 1 for phrase in phrases) else 0
    """Letters of a middle name that are in no phrase: a phrase has no initial alone between words,
    and `D B A` is not written with one."""
    is_any_age = terms.agreement.limits.least_age is None
    known: dict[str, bool] = {}

    def is_plain_word(text: str) -> bool:
        found = known.get(text)
        if found is None:
            word = text.upper()
            found = text.isascii() and len(text) > 1 and " " not in text
            found = found and word not in nobodies and not may_be_no_word(word)
            found = found and text.lower().translate(ONE_LETTER).replace("rn", "m") not in heads
            if len(known) < _NAMES_REMEMBERED:
                known[text] = found
        return found

    def is_plain(inputs: CheckInput) -> bool:
        person, name, middle = inputs.request.person, inputs.name, inputs.request.person.middle_name
        given, family = person.given_name, person.family_name
        return (
            is_plain_word(given)
            and is_plain_word(family)
            and name.given == (given.upper(),)
            and name.family == (family.upper(),)
            and (not middle or (len(middle) <= longest and middle.isascii() and middle.isalpha()))
            and not person.suffix
            and is_any_age
            and (given + family).upper() not in nobodies
        )

    return is_plain


def plain_homes(terms: Terms) -> Callable[[CheckInput], bool]:
    """Whether an address is plainly a whole street address of a home: letters and digits alone,
    without a word of custody or emptiness, in a city and a state that go with the ZIP."""
    screens = (terms.placeholder_phrases, terms.custodial_words)
    heads = custody.TRIGGERS.union(
        custody.MORE_TRIGGERS if terms.edition > 3 else (),
        _EMPTY,
        _INITIALS_OF_CUSTODY,
        *[each.phrases for each in screens],
    )
    starts = screens[0].starts | screens[1].starts
    numbers = frozenset(key[0] for key in terms.requester_offices)
    cities: dict[str, bool] = {}

    def is_plain_city(city: str) -> bool:
        found = cities.get(city)
        if found is None:
            words = screened_words(city)
            found = city.replace(" ", "").isalpha() and city.isascii() and not is_no_city(city)
            found = found and not terms.custodial_words.hits(words)
            if found and terms.edition > 3:
                found = len(city) > _CODE and not custody.city_has_marks(city)
                found = found and city_state(city, "", terms.wordings.no_cities) is MET
            if len(cities) < _REMEMBERED:
                cities[city] = found
        return found

    def is_plain(inputs: CheckInput) -> bool:
        form, address, words = inputs.address, inputs.request.address, inputs.line_words
        if form.kind is not _STREET or inputs.missing is not None or not heads.isdisjoint(words):
            return False
        line, number, zip5 = address.line1, form.number, form.zip5
        lines = line + address.line2
        return (
            lines.replace(" ", "").isalnum()
            and lines.isascii()
            and "VV" not in lines.upper()  # a scanner's W
            and "0" < line[:1] <= "9"
            and " " in line
            and not _may_be_made_up(number, form.street)
            and number not in numbers
            and zip5 not in NO_ZIPS
            and is_zip_of_state(zip5, form.state)
            and is_plain_city(address.city)
            and (starts.isdisjoint(words) or not any(each.hits(words) for each in screens))
        )

    return is_plain


def _may_be_made_up(number: str, street: str) -> bool:
    """Whether a house number or a street may be one sign over and over."""
    return (
        not "0" < number[:1] <= "9"
        or (len(number) >= _MADE_UP_DIGITS and number[0] == number[1])
        or street[0] in ("X", street[1:2])
    )
