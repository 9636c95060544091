"""The normal form of a person's name: one form for gate, register and match.

    given   words of A-Z in the order written; titles, suffixes and degrees taken out
    middle  the same; a lone initial that closes the given names ("JOHN A") is the middle name where
            none is given
    family  the same; particles stay (DE LA CRUZ), heads join (O BRIEN -> OBRIEN, MC DONALD ->
            MCDONALD), hyphens part
    suffix  JR SR II III IV V VI or "", wherever it was written; the suffix field wins, then family,
            middle, given

    given "Dr. José  Luis", family "Peña-de la Cruz, Jr."  ->  (JOSE, LUIS) () (PENA, DE, LA, CRUZ)
                     JR

A placeholder ("Mrs", "Baby boy", "Child F", "Unknown") gives an empty part: it names nobody, so it
is missing and never agrees with anything. At most 6 words a part are kept. The function is total:
any text gives a form, possibly empty. Its version is part of `FORMS_VERSION`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from counterfoil.core.values import NameForm, Person
from counterfoil.normalize.name_words import (
    DEGREES,
    GENERATION,
    GENERATION_IN_SUFFIX_FIELD,
    JOINED_HEADS,
    PLACEHOLDER_BESIDE,
    PLACEHOLDER_FAMILY,
    PLACEHOLDER_GIVEN,
    PLACEHOLDER_WHOLE,
    TITLES,
)
from counterfoil.normalize.names_fold import MAX_CHARACTERS, words_of

MAX_WORDS: Final = 6

Words = tuple[str, ...]
_NO_WORDS: Final[Words] = ()
_SPECIAL: Final = frozenset({"NA", *GENERATION, *PLACEHOLDER_GIVEN, *PLACEHOLDER_FAMILY})
"""Lone words that are no name, or that may be none."""


def normalize_name(person: Person) -> NameForm:
    """Return the normal form of the name of `person`. Pure; never raises on any string."""
    if not person.suffix:
        given, middle, family = (
            _plain(person.given_name),
            _plain(person.middle_name),
            _plain(person.family_name),
        )
        if given is not None and middle is not None and family is not None:
            return NameForm(given, middle, family)
    return read_name_in_full(person)


def _plain(text: str) -> tuple[str, ...] | None:
    """The form of a field of one word of A-Z, as most are, or of an empty one; None for every
    other."""
    if not text:
        return ()
    if not (text.isascii() and text.isalpha()) or len(text) > MAX_CHARACTERS:
        return None
    word = text.upper()
    return None if word in _SPECIAL else (word,)


def read_name_in_full(person: Person) -> NameForm:
    """The form of a name of any shape: `normalize_name` without its short way."""
    given, given_suffix = _field(person.given_name)
    middle, middle_suffix = _field(person.middle_name) if person.middle_name else (_NO_WORDS, "")
    family, family_suffix = _field(person.family_name)
    if len(given) > 1:
        given, middle = _given(given, middle)
    if len(family) > 1:
        family = _joined_heads(family)
    return NameForm(
        () if _names_nobody(given, PLACEHOLDER_GIVEN) else given[:MAX_WORDS],
        () if middle and _names_nobody(middle, PLACEHOLDER_GIVEN) else middle[:MAX_WORDS],
        () if _names_nobody(family, PLACEHOLDER_FAMILY) else family[:MAX_WORDS],
        (_suffix(person.suffix) if person.suffix else "")
        or family_suffix
        or middle_suffix
        or given_suffix,
    )


@lru_cache(maxsize=32768)
def _field(text: str) -> tuple[Words, str]:
    """Words of one field without suffix, degree and bare digits, and the suffix found in it. Names
    repeat."""
    words = words_of(text)
    if len(words) < 2:
        return _lone_word(words)
    while len(words) > 1 and words[-1] in DEGREES:
        words.pop()
    suffix = ""
    for index in range(len(words) - 1, -1, -1):
        found = GENERATION.get(words[index])
        if (
            found and len(words) > 1 and not (index == 0 and found == "SR")
        ):  # a leading SR is the title Senor
            suffix = found
            del words[index]
            break
    return tuple([word for word in words if word.isalpha()]), suffix


def _lone_word(words: list[str]) -> tuple[Words, str]:
    if words and (words[0] in GENERATION or not words[0].isalpha()):
        return _NO_WORDS, GENERATION.get(words[0], "")
    return tuple(words), ""


def _given(given: Words, middle: Words) -> tuple[Words, Words]:
    """Drop titles at the head; move a closing initial to an empty middle name."""
    start = 0
    while start < len(given) - 1 and given[start] in TITLES:
        start += 1
    given = given[start:]
    if (
        len(given) > 1
        and not middle
        and len(given[-1]) == 1
        and not _names_nobody(given, PLACEHOLDER_GIVEN)
    ):
        return given[:-1], given[-1:]
    return given, middle


def _joined_heads(family: Words) -> Words:
    joined: list[str] = []
    head = ""
    for word in family:
        if word in JOINED_HEADS and not head:
            head = word
        else:
            joined.append(head + word)
            head = ""
    return (*joined, head) if head else tuple(joined)


def _names_nobody(words: Words, placeholders: frozenset[str]) -> bool:
    """True if every word is a placeholder or completes one, and at least one is."""
    if len(words) == 1:
        return words[0] in placeholders or (words[0] == "NA" and placeholders is PLACEHOLDER_GIVEN)
    if not words:
        return False
    if words in PLACEHOLDER_WHOLE:
        return True
    rest = [word for word in words if word not in placeholders]
    return len(rest) < len(words) and all(word in PLACEHOLDER_BESIDE for word in rest)


def _suffix(text: str) -> str:
    for word in words_of(text):
        if word in GENERATION_IN_SUFFIX_FIELD:
            return GENERATION_IN_SUFFIX_FIELD[word]
    return ""


def family_out_of_middle(asked: NameForm, held: NameForm) -> tuple[NameForm, NameForm]:
    """Both names, where one side writes a part of the other's family name in the middle name's
    field, with that part moved back."""
    return _moved(asked, held), _moved(held, asked)


def _moved(one: NameForm, two: NameForm) -> NameForm:
    if (
        len(two.family) < 2
        or not one.middle
        or one.middle[0] not in two.family
        or one.middle[0] in one.family
    ):
        return one
    if one.middle[0] in two.middle + two.given:
        return one
    return NameForm(one.given, one.middle[1:], one.middle[:1] + one.family, one.suffix)
