"""The keys by which the guards know that two questions are about one home, or about one person: as
wide as what could be confirmed.

To say that two questions are the same, the safe direction is to merge: two questions that could
both be confirmed against one possible resident share a key. To count different people or homes it
is to split: two exact names (`exact_name`) are two. All are made from the normal forms alone, so
that no spelling leads past them, and `matching` confirms nobody to whom a question does not lead.

    home_keys       home|...     kind, number, unit, urbanization, ZIP (city and state without one)
                    head|...     the same with each state of the ZIP and the street's first letters
                    tail|...     ... its last letters
                    sound|...    ... its sound
                    affix|...    ... its bare stem, or name and suffix of a numbered street
    person_keys     born|DATE, or where no date is stated name|LETTERS: the first letters of each
                    word of the family name
    given_likeness, family_likeness     see likeness.py

WHY HOME KEYS MEET. Every address key but `place` keeps the zone, so that what opens one home by any
two of these shares `home`. `place` keeps the whole line and the state. So of a question by `place`
and one by another key both agree with the home in what that key keeps of the street: `head` for
start and head, `tail` for end and rest, `sound` for sound, `affix` for affix and exact. Where a ZIP
goes with several states (96910, 83414), or the one that is written is none of them and an officer
has let it pass, the home may be in any of them: these keys are made for each.

WHY NAMES MEET. A resident's given name has one anchor. A question leads to it by its first given
word, by a later one or a middle name that is the resident's first, by the given words written as
one, by a joined word whose two parts are names or syllables, or, beside the resident's date of
birth, by the family name where a family name is written as given name. Two given words are also
read in the other order (LAN THI for THI LAN). A resident whose given words are all short, unknown
and no syllables of the tables has the anchor of the whole. One whose own fields are exchanged by
the tables (NGUYEN KHAI; PARK in the first of three fields, JI HOON in the others) is reached by
exactly these words, in either order: whoever writes NGUYEN as given name has the anchor of KHAI
as well.
The anchor of a family name is that of its first word without particles.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Final

from counterfoil.core.values import AddressForm, AddressKind, NameForm
from counterfoil.normalize.address_keys import PLACED, exact_address_key, home_text, zone_text
from counterfoil.normalize.likeness import (
    Codes,
    Likeness,
    anchor,
    anchor_likeness,
    codes_of,
    joined,
    leading_codes,
    letter_classes,
    letters,
    word_likeness,
)
from counterfoil.normalize.name_similarity import (
    LATER,
    LATEST,
    is_known_name,
    is_listed_name,
    known_names,
    listed_names,
    spelling_key,
)
from counterfoil.normalize.name_words import (
    FAMILY_NAMES,
    LATER_FAMILY_NAMES,
    LATER_SYLLABLES,
    PARTICLES,
    SYLLABLES,
)
from counterfoil.normalize.names import MOST_PARTED
from counterfoil.normalize.places import states_beside
from counterfoil.normalize.street.street_keys import glued, numbered, shortened, sound, stems

Words = tuple[str, ...]

_NO_CODES: Final[Codes] = frozenset()
_ALL_FAMILY_NAMES: Final = FAMILY_NAMES | LATER_FAMILY_NAMES
_LEAST_MISSPELLED: Final = 6
"""Letters of a word that may be two syllables with a slip."""
_SYLLABLE: Final = 5
"""Letters at most of each word of a given name that is one of two syllables."""
_TURNED: Final = 2
"""Given names that may be written in either order."""
_LEAST_PART: Final = 3
"""Letters of each part of a joined given name."""
_LONG_PART: Final = 4
"""The same where only one of the two is a name of the tables."""
_EVERY_LANGUAGE: Final = (1 << len(SYLLABLES)) - 1
_LANGUAGES: Final = {
    word: sum(1 << at for at, some in enumerate(SYLLABLES) if word in some)
    for word in frozenset[str]().union(*SYLLABLES)
}
"""The languages of each syllable, a bit each."""
_FIRST: Final = 3
"""Letters of a family name that are never a slip between two questions without a date."""
_JOINED_PARTICLES: Final = re.compile(
    r"(?:DELAS|DELOS|DELA|DEL|DE|VANDER|VANDEN|VAN|VON|SANTA|SAN|LA)(?=.{4})"
)


def exact_name(name: NameForm) -> str:
    """Given and family words of a name, "" where one of them is missing."""
    if not name.given or not name.family:
        return ""
    return f"{' '.join(name.given)}|{' '.join(name.family)}"


def name_text(name: NameForm) -> str:
    """A name on one line without its suffix: `GIVEN WORDS|MIDDLE WORDS|FAMILY WORDS`."""
    return f"{' '.join(name.given)}|{' '.join(name.middle)}|{' '.join(name.family)}"


def name_of(text: str) -> NameForm:
    """The name that `name_text` wrote; of any other text, some name."""
    given, middle, family = [tuple(part.split()) for part in f"{text}||".split("|")[:3]]
    return NameForm(given, middle, family)


def home_keys(form: AddressForm) -> tuple[str, ...]:
    """Texts of which two questions share one if their addresses can lead to one home; () where an
    address names no home."""
    return keys_of_home(form) if exact_address_key(form) else ()


def keys_of_home(form: AddressForm) -> tuple[str, ...]:
    """`home_keys` of an address that has an exact key."""
    home = home_text(form)
    keys = [f"home|{home}|{zone_text(form)}"]
    if form.kind in PLACED and form.state:
        line = (form.predirectional, form.street, form.suffix, form.postdirectional)
        kept = _line_keys(form.kind, *line)
        for state in states_beside(form.zip5, form.state):
            keys += [f"{key}|{home}|{state}" for key in kept]
    return tuple(keys)


@lru_cache(maxsize=16384)
def _line_keys(
    kind: AddressKind, predirectional: str, street: str, suffix: str, postdirectional: str
) -> tuple[str, ...]:
    """What any tolerance keeps of a street, for questions in another ZIP of the state."""
    form = AddressForm(kind, "", predirectional, street, suffix, postdirectional)
    if kind is not AddressKind.STREET:
        return (f"affix|{street}",)
    spelled = stems(form)
    if spelled is None:
        return tuple([f"affix|{each}" for each in numbered(form)])
    letters, bare = spelled
    found = [f"affix|{name}" for name in (bare, shortened(form), glued(form)) if name]
    return (*found, f"sound|{sound(letters)}", f"head|{letters[:3]}", f"tail|{letters[-3:]}")


def person_keys(name: NameForm, born: date | None) -> tuple[str, ...]:
    """Texts under which questions about one person at different homes meet; () for a name that
    names nobody."""
    if not exact_name(name):
        return ()
    if born is not None:
        return (born_key(born),)
    families = _families(name, _core(name.family), ())
    return tuple(dict.fromkeys(f"name|{spelling_key(word)[:_FIRST]}" for word in families))


def born_key(born: date) -> str:
    """The key of a person whose date of birth is stated."""
    return f"born|{born.isoformat()}"


def given_likeness(name: NameForm, *, may_be_exchanged: bool = True) -> Likeness:
    """What two names are compared by (`likeness.meet`): those that could both be confirmed against
    one possible resident meet here. Two questions at different homes that state no date of birth
    are compared as if no names were in each other's field: without the date, nobody is confirmed
    by such."""
    exchanged = _exchanged(name.given, _core(name.family)) if may_be_exchanged else ()
    middle = () if _says_nothing(name.given, name.middle) else name.middle
    return _words_likeness(name.given, middle, exchanged)


def _says_nothing(given: Words, middle: Words) -> bool:
    """Whether middle names are no part of any reading of a given name: there are none, or they are
    initials beside one word, the first of which is no syllable of it. So those who differ in an
    initial are compared by the same."""
    if not middle:
        return True
    are_initials = len(given) == 1 and all(len(word) == 1 for word in middle)
    return are_initials and not are_syllables((given[0], middle[0]))


@lru_cache(maxsize=65536)
def _words_likeness(given: Words, middle: Words, exchanged: Words) -> Likeness:
    """What these words of a given name are compared by. Given names repeat."""
    spelled, later = _readings(given, middle, exchanged)
    if len(spelled) == 1 and not later:
        return word_likeness(spelled[0])
    return joined([*map(word_likeness, spelled), *map(anchor_likeness, later)])


def given_letters(name: NameForm) -> int:
    """The letter classes of a given name of one word, which `are_far` compares; -1 for what they
    say nothing of."""
    given = name.given
    if len(given) != 1 or not _says_nothing(given, name.middle):
        return -1
    found = _letters_of_given(given[0])
    if found < 0:
        return -1
    family = _core(name.family)
    return -1 if family and is_listed_name(family[0]) else found


@lru_cache(maxsize=65536)
def _letters_of_given(word: str) -> int:
    """`given_letters` of a given name beside an unlisted family name."""
    is_other = (
        word in _ALL_FAMILY_NAMES
        or _parts(word, may_be_parted=True)
        or _known_parts(word)
        or syllables(word)
        or _heads(word)
    )
    return -1 if is_other else letter_classes(word)


def family_likeness(name: NameForm, *, may_be_exchanged: bool = True) -> Likeness:
    """The same of the family name: those names meet here too, unless both state a date of birth."""
    core = _core(name.family)
    words = _families(name, core, _exchanged(name.given, core) if may_be_exchanged else ())
    return joined([letters(*_family_letters(word), 2) for word in words])


def name_codes(name: NameForm, *, may_be_exchanged: bool = True) -> tuple[Codes, Codes]:
    """(codes of the given names, codes of the family name): two likenesses meet where they share
    one."""
    return (
        codes_of(given_likeness(name, may_be_exchanged=may_be_exchanged)),
        codes_of(family_likeness(name, may_be_exchanged=may_be_exchanged)),
    )


def leads_to_given(
    asked: NameForm,
    resident: NameForm,
    *,
    may_be_exchanged: bool,
    may_be_turned: bool = True,
    may_be_parted: bool = True,
    tables: int = LATEST,
    later_families: bool = True,
) -> bool:
    """Whether the given names of a question lead to a resident's, the family name being one of them
    where the two fields may be exchanged. `may_be_turned` as by the rules since match-5,
    `may_be_parted` as by those since match-6, `later_families` by those since match-9; `tables` of
    spellings, of which the rules of before match-7, which part no syllables either, read none."""
    may_be_syllables = tables >= LATER
    core = _core(asked.family)
    families = _ALL_FAMILY_NAMES if later_families else FAMILY_NAMES
    if may_be_turned and _is_held_exchanged(resident, families, with_short=may_be_syllables):
        held = (resident.given[0], _core(resident.family)[0])
        stated = (*asked.given[:1], *core[:1])
        turned = [held[::-1]]
        if may_be_syllables:
            turned += [(word, held[0]) for word in resident.middle[:1] if len(word) > 1]
        return stated == held or (may_be_exchanged and stated in turned)
    if len(resident.given) == 1 and asked.given[:1] == resident.given:
        return True  # a word leads to itself
    exchanged = _exchanged(asked.given, core, families) if may_be_exchanged else ()
    given, later = _readings(
        asked.given,
        asked.middle,
        exchanged,
        may_be_turned=may_be_turned,
        may_be_parted=may_be_parted,
        may_be_syllables=may_be_syllables,
    )
    aim = _given_anchor(resident, by_syllables=may_be_turned, tables=tables)
    return any(not aim.isdisjoint(leading_codes(word, tables=tables)) for word in given) or (
        bool(aim) and any(anchor(word) == aim for word in later)
    )


def leads_to_family(
    asked: NameForm, resident: NameForm, *, may_be_exchanged: bool, later_families: bool = True
) -> bool:
    """Whether the family name of a question leads to the first word of a resident's that is more
    than a letter."""
    words = [word for word in _core(resident.family) if len(word) > 1]
    if not words:
        return False
    aim, core = _family_codes(words[0]), _core(asked.family)
    listed = _ALL_FAMILY_NAMES if later_families else FAMILY_NAMES
    exchanged = _exchanged(asked.given, core, listed) if may_be_exchanged else ()
    families = _families(asked, core, exchanged)
    return any(not aim.isdisjoint(_family_codes(word)) for word in families)


def _given_anchor(name: NameForm, *, by_syllables: bool, tables: int) -> Codes:
    words = name.given
    if not words:
        return _NO_CODES
    is_known = tables >= LATEST or LATER_SYLLABLES.isdisjoint(words)
    is_whole = _is_whole(words) and not (
        (by_syllables and is_known and are_syllables(words))
        or (tables >= LATER and any(map(is_known_name, words)))
    )
    return anchor("".join(words)) if is_whole else anchor(words[0])


def are_syllables(words: Words) -> bool:
    """Whether the words are syllables of one language: they are two words in every form, so the
    first alone is the anchor. JI and A are, which are written as JIA too."""
    common = _EVERY_LANGUAGE
    for word in words:
        common &= _LANGUAGES.get(word, 0)
    return bool(common)


def _is_whole(words: Words) -> bool:
    """Whether given names make one name together, as words of a syllable may."""
    return len(words) > 1 and all(
        1 < len(word) <= _SYLLABLE and not is_listed_name(word) for word in words
    )


def _is_held_exchanged(
    name: NameForm, families: frozenset[str] = _ALL_FAMILY_NAMES, *, with_short: bool
) -> bool:
    """Whether a resident's own fields are in each other's place, by the tables: the given name is a
    family name and no given name, and the family name is none. `with_short` as by the rules since
    match-7: also two family names, and one of four letters that is no syllable (PHAM, PARK)."""
    given, core = name.given, _core(name.family)
    if not core or len(given) not in ((1, 2) if with_short else (1,)):
        return False
    is_long = len(given[0]) >= _SYLLABLE or (with_short and not are_syllables(given[:1]))
    return (
        is_long
        and families.issuperset(given)
        and not any(map(is_listed_name, given))
        and core[0] not in families
        and len(core[0]) > 1
    )


def _readings(
    given: Words,
    middle: Words,
    exchanged: Words,
    *,
    may_be_turned: bool = True,
    may_be_parted: bool = True,
    may_be_syllables: bool = True,
) -> tuple[Words, Words]:
    """(words that may have a slip, words that are taken as written) of what a given name may be."""
    if not given:
        return (), ()
    spelled = [given[0]]
    if _is_whole(given):
        spelled.append("".join(given))
    words = given + middle
    is_pair = may_be_syllables and len(words) == _TURNED and are_syllables(words)
    later = [word for word in words[1:] if len(word) > 1 or is_pair]
    for end in range(2, len(words) + 1):
        is_syllable = may_be_parted and end == _TURNED and are_syllables(words[:end])
        if len(words[end - 1]) == 1 and not is_syllable:
            break
        later.append("".join(words[:end]))
    if may_be_turned and len(words) == _TURNED and len(later) > 1:
        later.append(words[1] + words[0])
    parts = _parts(given[0], may_be_parted)
    if may_be_syllables:
        parts = [*parts, *_known_parts(given[0]), *(syllables(given[0]) or _heads(given[0]))]
        if is_pair:
            parts += [*syllables("".join(words)), *syllables("".join(words[::-1]))]
    return tuple(spelled), (*later, *parts, *exchanged)


def _exchanged(given: Words, family: Words, families: frozenset[str] = _ALL_FAMILY_NAMES) -> Words:
    """What of the family name may be the given name, the two being in each other's field: where a
    family name is written as given name, or an unlisted one and the family name is a listed given
    name."""
    if not given or not family:
        return ()
    is_name = is_listed_name(family[0]) and not is_listed_name(given[0])
    return (family[0], "".join(family)) if is_name or given[0] in families else ()


@lru_cache(maxsize=16384)
def _parts(word: str, may_be_parted: bool) -> list[str]:
    """The first part of a joined given name whose two parts are listed (MARY of MARYANN); of an
    unlisted one also where either part is and both are long (HERNAN of HERNANREYNALDO), and where
    the rest is a vowel that is a syllable (JI of JIA)."""
    is_unlisted = may_be_parted and not is_listed_name(word)
    is_of_vowel = is_unlisted and len(word) > 2 and are_syllables((word[:-1], word[-1:]))
    found = [word[:-1]] if is_of_vowel else []
    listed = listed_names()
    for cut in range(_LEAST_PART, len(word) - _LEAST_PART + 1):
        are_listed = (word[:cut] in listed) + (word[cut:] in listed)
        if are_listed > 1 or (
            are_listed and is_unlisted and min(cut, len(word) - cut) >= _LONG_PART
        ):
            found.append(word[:cut])
    return found


@lru_cache(maxsize=16384)
def _known_parts(word: str) -> list[str]:
    """The first part of a joined given name, unknown itself, whose two parts are known names, or of
    which one is and both are long."""
    known = known_names()
    if word in known:
        return []
    found: list[str] = []
    for cut in range(_LEAST_PART, len(word) - _LEAST_PART + 1):
        are_known = (word[:cut] in known) + (word[cut:] in known)
        if are_known > 1 or (are_known and min(cut, len(word) - cut) >= _LONG_PART):
            found.append(word[:cut])
    return found


@lru_cache(maxsize=16384)
def _heads(word: str) -> Words:
    """The syllables with which an unknown word of two misspelled ones may begin: TAO of
    TAOMQIANG."""
    if not _LEAST_MISSPELLED <= len(word) <= MOST_PARTED or is_known_name(word):
        return ()
    return tuple([head for at in range(2, _SYLLABLE + 2) if are_syllables((head := word[:at],))])


@lru_cache(maxsize=16384)
def syllables(word: str) -> Words:
    """Both parts of each way to part an unlisted word, which is no syllable, into two syllables of
    one language: HA, EUN, HAE and UN of HAEUN, U and JIN of UJIN. They are taken in either order,
    since a name is turned before its parts are joined (EUNHA)."""
    if not _LEAST_PART <= len(word) <= MOST_PARTED:
        return ()
    if is_known_name(word) or are_syllables((word,)):
        return ()
    language, found = _LANGUAGES.get, list[str]()
    for at in range(1, len(word)):
        first, rest = word[:at], word[at:]
        if language(first, 0) & language(rest, 0):
            found += (first, rest)
    return tuple(dict.fromkeys(found))


def _core(words: Words) -> Words:
    """A family name without its particles, unless it has no other words."""
    if PARTICLES.isdisjoint(words):
        return words
    return tuple([word for word in words if word not in PARTICLES]) or words


def _families(name: NameForm, core: Words, exchanged: Words) -> Words:
    """What a family name may be: each of its words but particles, all joined, a joined word without
    its particles, a family name in the given name's field, and a first word in the middle
    name's."""
    words = [*core, "".join(core), "".join(name.family)]
    words += [bare for word in core if (bare := _without_particles(word))]
    if exchanged:
        words.append(name.given[0])
    words += [word for word in name.middle[:1] if len(word) > 1]
    return tuple(dict.fromkeys(words))


def _without_particles(word: str) -> str:
    """CRUZ of DELACRUZ; "" where no particle is joined to the rest."""
    found = _JOINED_PARTICLES.match(word)
    return word[found.end() :] if found else ""


@lru_cache(maxsize=65536)
def _family_codes(word: str) -> Codes:
    """The spelling key of a word of a family name, and that without one letter after the first
    three."""
    return codes_of(letters(*_family_letters(word), 1))


def _family_letters(word: str) -> tuple[str, str]:
    """The letters of a family name that are never a slip, and those that may be."""
    key = spelling_key(word)
    return key[:_FIRST], key[_FIRST:]
