"""Checks of who the taxpayer is: one individual a row, 26 USC 6103(b)(6) and (i)(2)(B)(i).

What is read are the name fields as written, in the readings of the word screens: a look-alike, a
digit for a letter or a parted word is the word that a reader sees. What joins two people in one
name depends on where it stands:

    Juan and Zelda, Juan & Zelda, Mr and Mrs Juan, Juan et ux        several: not met
    Juan or Maria, Juan y Maria, Juan (Zelda), Juan - Zelda          cannot be told: an officer
    Perez, Zelda; Perez or Garcia; a suffix that is none             cannot be told: an officer
    Or, Maria O, Ortega y Gasset, Quill, Jr, O Brien, 2nd, Junior    one

A middle name or a suffix that is written for a missing one (`N/A`) is none: law of format 6.

A business, an estate and a child are named as what they are, each with an element of its own.
Every check is `(inputs, terms) -> State`; nothing raises.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Final

from msgspec import structs

from counterfoil.core.values import Person, State
from counterfoil.gate.checks.inputs import MET, NEEDS_OFFICER, NOT_MET, CheckInput
from counterfoil.gate.law.compiled import Terms
from counterfoil.gate.law.folding import Screen, fold_entry, fold_tight, screened_words, split_words
from counterfoil.gate.law.wordings import Wordings
from counterfoil.normalize.name_similarity import is_listed_name
from counterfoil.normalize.plain_text import plain
from counterfoil.normalize.tables import words as table_words

_SUFFIXES: Final = frozenset(
    {"jr", "sr", "nd", "rd", "th", "ii", "iii", "iv", "v", "md", "phd", "esq", "dds", "rn"}
)
_WRITTEN_SUFFIXES: Final = table_words("""
    jr jnr junior sr snr senior i ii iii iv v vi vii viii 1st 2nd 3rd 4th 5th first second third
    fourth fifth md phd esq dds rn
""")
"""Suffixes of one person's name, in lower case, without signs and without `the`."""
_SIGNS_OF_NAMES: Final = frozenset(" -'.,`\u2019\u02bc\u00b4")
"""What is written in the names of one person besides letters. Any other sign may part two."""
_APART: Final = " - "
_LONGEST_JOINING: Final = 4
_PARTICLES: Final = table_words(
    "de del la las los le da das do dos di du den der van von ter ten "
    "bin ibn bint al el ul st san sta jr sr ii iii mc mac"
)
"""Short words that belong to one person's name."""
_WORDS: Final = re.compile(r"[^\s-]+")
_REMEMBERED: Final = 1024
"""Names whose words are remembered: the gate evaluates one element for some requests, then the
next."""


@lru_cache(_REMEMBERED)
def _read(given: str, middle: str, family: str, suffix: str) -> tuple[frozenset[str], str]:
    """The words of a name as screens read it, and the whole with a space round it."""
    words = screened_words(f"{given} {middle} {family} {suffix}")
    return frozenset(words), f" {' '.join(words)} "


def _has(screen: Screen, person: Person) -> bool:
    """Whether the name has a phrase in whole words. Parts of words that spell one are names: An D
    Nguyen is nobody and somebody else."""
    words, text = _read(person.given_name, person.middle_name, person.family_name, person.suffix)
    heads = screen.phrases.keys() & words
    return bool(heads) and any(phrase in text for head in heads for phrase in screen.phrases[head])


def name_is_of_one_taxpayer(inputs: CheckInput, terms: Terms) -> State:
    """The name is one person's: no word or sign joins two, and an officer looks where one may."""
    person, rules = inputs.request.person, terms.taxpayer
    if terms.edition > 5 and (person.suffix or person.middle_name):
        person = _as_stated(person, terms)
    if _has(rules.joining, person):
        return NOT_MET
    given, middle, family = person.given_name, person.middle_name, person.family_name
    if given.isalpha() and family.isalpha() and not middle and not person.suffix:
        return MET
    fields = [plain(each) for each in (given, middle, family, person.suffix)]
    signs = frozenset("".join(fields))
    if not rules.signs.isdisjoint(signs):
        return NOT_MET
    if (
        any(_parts(each) for each in fields)
        or any(map(_lists, fields))
        or any(_APART in each for each in fields)
        or (person.suffix and fold_tight(person.suffix) not in _SUFFIXES)
    ):
        return NEEDS_OFFICER
    written = [fold_tight(each) for each in _WORDS.findall(given)]
    of_family = [fold_tight(each) for each in _WORDS.findall(family)][:-1]
    if terms.edition > 5 and of_family[:1] == ["o"]:  # O Brien
        of_family[0] = ""
    between = {*written[1:-1], *of_family[:1], *(each for each in of_family if len(each) > 1)}
    later = [*written[1:], *map(fold_tight, middle.split())]
    doubtful = between.union(word for word in later if len(word) > 1)
    if terms.edition > 4 and _stands_between(given):
        return NEEDS_OFFICER
    return MET if rules.may_join.isdisjoint(doubtful) else NEEDS_OFFICER


def _as_stated(person: Person, terms: Terms) -> Person:
    """A name without a middle name that is written for a missing one, and without a suffix that is
    one, or is written for a missing one: neither names anybody else."""
    middle, suffix = fold_entry(person.middle_name), fold_entry(person.suffix)
    if middle in terms.placeholders or middle in terms.absent:
        middle = ""
    words = "".join(each if each.isalnum() else " " for each in suffix.replace(".", "")).split()
    is_suffix = "".join(words[1:] if words[:1] == ["the"] else words) in _WRITTEN_SUFFIXES
    if is_suffix or suffix in terms.placeholders or suffix in terms.absent:
        suffix = ""
    return structs.replace(
        person, middle_name=middle and person.middle_name, suffix=suffix and person.suffix
    )


def _stands_between(given: str) -> bool:
    """Whether a short word that is no name stands between two given names that the tables list: in
    some language it may join them (`Juan dan Maria`)."""
    words = split_words(given)
    return (
        len(words) > 2
        and is_listed_name(words[0].upper())
        and is_listed_name(words[-1].upper())
        and any(
            1 < len(word) <= _LONGEST_JOINING
            and word not in _PARTICLES
            and not is_listed_name(word.upper())
            for word in words[1:-1]
        )
    )


def _parts(field: str) -> bool:
    """Whether a field of letters has a sign that is none of a name's."""
    return any(map(str.isalpha, field)) and any(
        not each.isalnum() for each in frozenset(field) - _SIGNS_OF_NAMES
    )


def _lists(field: str) -> bool:
    """Whether a comma in a field has anything but a suffix after it."""
    others = field.split(",")[1:]
    return any(other.replace(".", "").strip() not in _SUFFIXES for other in others if other.strip())


def taxpayer_is_no_business(inputs: CheckInput, terms: Terms) -> State:
    """The name is no business's: the route asks about individuals."""
    return _named_state(terms.taxpayer.business, inputs.request.person, terms)


def taxpayer_is_no_estate(inputs: CheckInput, terms: Terms) -> State:
    """The name is no estate's and no trust's."""
    return _named_state(terms.taxpayer.estate, inputs.request.person, terms)


def taxpayer_is_no_child(inputs: CheckInput, terms: Terms) -> State:
    """The name is a person's own and not that of a child by its parents; where the agreement names
    a least age, an officer looks at a request about a younger person."""
    person, least = inputs.request.person, terms.agreement.limits.least_age
    named = _named_state(terms.taxpayer.child, person, terms)
    if named is not MET:
        return named
    born = person.date_of_birth
    if least is None or born is None or age_on(inputs.day, born) >= least:
        return MET
    return NEEDS_OFFICER


def _named_state(screen: Screen, person: Person, terms: Terms) -> State:
    """Not met where the name has a phrase of the screen; where the phrase is one whole field of an
    otherwise ordinary name, and a name of people too (Trust Moyo), an officer looks."""
    if not _has(screen, person):
        return MET
    field = word_field(person, terms.wordings)
    if not field:
        return NOT_MET
    return NOT_MET if _has(screen, structs.replace(person, **{field: ""})) else NEEDS_OFFICER


def word_field(person: Person, rules: Wordings) -> str:
    """The one field of given and family name that is a word of `names_too` and nothing else, beside
    an ordinary one; "" where there is none."""
    fields = {"given_name": person.given_name, "family_name": person.family_name}
    words = {name: split_words(text) for name, text in fields.items()}
    found = [name for name, own in words.items() if len(own) == 1 and own[0] in rules.names_too]
    if len(found) != 1 or any(map(str.isdigit, fields[found[0]])):
        return ""
    other = next(own for name, own in words.items() if name != found[0])
    is_ordinary = (rules.names_too | rules.no_rest).isdisjoint(other)
    return found[0] if is_ordinary and max(map(len, other), default=0) > 1 else ""


def age_on(day: date, born: date) -> int:
    """Whole years of age on a day; negative before birth."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
