"""Levels of the parts of a name: the name that a request asks about against a resident's.

Every function takes two normal forms and gives the name of a level of table.LEVELS. All are pure,
and symmetric in the two forms. Given names that differ are decided here for good: `given.other` is
a contradiction.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from counterfoil.core.values import NameForm
from counterfoil.matching.table import (
    BEFORE_SYLLABLES,
    BY_FIRST_WORDS,
    BY_PARTS,
    LISTED_RARITY,
    MOST_RARITY,
    spelling_tables,
)
from counterfoil.matching.weights import Weights, name_key
from counterfoil.matching.whole_names import (
    are_syllables_turned,
    are_two_syllables,
    count_given,
    is_first_syllable,
    is_misspelled_whole,
    is_rotated,
    is_turned,
)
from counterfoil.normalize import name_similarity as similarity
from counterfoil.normalize.asked_keys import are_syllables
from counterfoil.normalize.name_similarity import LATER, LATEST
from counterfoil.normalize.name_words import MAY_BE_BLANK, PARTICLES

OTHER_GIVEN: Final = "given.other"
_APART: Final = 2
"""The words of a given name of two syllables."""

Words = tuple[str, ...]


def stranger_to(asked: NameForm) -> Callable[[NameForm], bool]:
    """A function that says of a name whether its given name is surely another: a quick look before
    `given_level`.

    Both sides must have one given name in full and at most a middle initial, so that nothing can be
    joined, swapped or found among later names. It is true only where `given_level` is
    `given.other`."""
    if len(asked.given) != 1 or len(asked.given[0]) < 2 or not _is_initial(asked.middle):
        return _never
    first, family = asked.given[0], asked.family
    is_apart = similarity.apart_from(first)

    def is_stranger(name: NameForm) -> bool:
        given, middle = name.given, name.middle
        if len(given) != 1 or (middle and len(middle[0]) > 1):
            return False
        word = given[0]
        return (
            len(word) > 1
            and is_apart(word)
            and word not in family
            and not word.startswith(first)
            and not first.startswith(word)
        )

    return is_stranger


def _never(_name: NameForm) -> bool:
    return False


def given_level(first: NameForm, second: NameForm, weights: Weights) -> str:
    """Level of the given names. Near names are one only if the register does not have both as names
    in use."""
    one, two = first.given, second.given
    if not one or not two:
        return "given.missing"
    if one[0] == two[0] and len(one[0]) > 1:
        return "given.equal"
    if len(one) != len(two) and "".join(one) == "".join(two):
        return "given.joined"
    if level := _level_of_order(first, second, weights.version):
        return level
    tables = spelling_tables(weights.version)
    level = similarity.compare_words(one[0], two[0], tables=tables)
    if tables >= LATEST and are_two_syllables(one[0], two[0]):
        level = similarity.OTHER
    if level == similarity.NEAR:
        in_use = is_in_use(one[0], weights) + is_in_use(two[0], weights)
        if tables and all(map(similarity.is_known_name, (one[0], two[0]))):
            in_use = 2
        level = ("near_rare", "near", "other")[in_use]
    is_weak = level == "other" or (level == "initial" and len(one) + len(two) > 2)
    return (_rearranged(first, second) if is_weak else "") or "given." + level


def _level_of_order(first: NameForm, second: NameForm, version: str) -> str:
    """Level of names whose words are turned or parted otherwise, or whose family name is written
    first; "" of others."""
    if version not in BY_FIRST_WORDS and is_turned(first, second):
        return "given.turned"
    if version not in BY_PARTS and _is_vowel_apart(first, second):
        return "given.joined"
    if version in BEFORE_SYLLABLES:
        return ""
    if are_syllables_turned(first, second):
        return "given.turned"
    if is_misspelled_whole(first, second) or is_first_syllable(first, second):
        return "given.joined"
    return "given.swapped" if is_rotated(first, second) else ""


def _is_vowel_apart(first: NameForm, second: NameForm) -> bool:
    """Whether one side writes as a middle initial the vowel that is the second syllable of the
    other's given name: JI A, JIA."""
    if count_given(first) + count_given(second) != _APART + 1:
        return False
    one, two = first.given + first.middle, second.given + second.middle
    fewer, more = sorted((one, two), key=len)
    is_initial = len(more) == len(first.given + second.given) == _APART and len(more[1]) == 1
    return is_initial and len(fewer) == 1 and fewer[0] == "".join(more) and are_syllables(more)


def is_in_use(word: str, weights: Weights) -> bool:
    """Whether the spelling is a given name of the tables, or one in use in the register."""
    return similarity.is_listed_name(word) or name_key(weights.salt, word) in weights.given


def _rearranged(first: NameForm, second: NameForm) -> str:
    """Level of given names that agree only when exchanged with the family name, joined, or found
    among later ones."""
    one, two = first.given, second.given
    if _is_swapped(first, second):
        return "given.swapped"
    if len(one) + len(two) == 2 and _is_initial(first.middle) and _is_initial(second.middle):
        return ""
    if "".join(one + first.middle) == "".join(two + second.middle):
        return "given.joined"
    is_among = _is_among(one[0], two[1:] + second.middle) or _is_among(
        two[0], one[1:] + first.middle
    )
    return "given.among" if is_among else ""


def _is_swapped(first: NameForm, second: NameForm) -> bool:
    """Whether each side's given name is in the other's family name."""
    one, two = first.given[:1], second.given[:1]
    return bool(one and two) and one[0] in second.family and two[0] in first.family


def _is_among(word: str, words: Words) -> bool:
    return len(word) > 1 and word in words


def _is_initial(middle: Words) -> bool:
    return not middle or len(middle[0]) == 1


def rarity(word: str, weights: Weights) -> int:
    """Hundredths of a bit that agreement on this given name is worth by the register's
    frequencies; nothing for a word that also stands for no name."""
    if word in MAY_BE_BLANK and weights.version not in BY_FIRST_WORDS:
        return 0
    found = weights.given.get(name_key(weights.salt, word))
    if found is None:
        is_listed = not weights.given and similarity.is_listed_name(word)
        found = LISTED_RARITY if is_listed else MOST_RARITY
    return min(found, MOST_RARITY)


def family_rarity(word: str, weights: Weights) -> int:
    """The same for a word of a family name."""
    return weights.family.get(name_key(weights.salt, word), MOST_RARITY)


def middle_level(first: NameForm, second: NameForm) -> str:
    """Level of all given names after the first."""
    one, two = first.given[1:] + first.middle, second.given[1:] + second.middle
    if len(first.given) != len(second.given) and "".join(first.given) == "".join(second.given):
        one, two = first.middle, second.middle
    if not one or not two:
        return "middle.missing"
    if len(one[0]) == 1 or len(two[0]) == 1:
        return "middle.initial" if one[0][0] == two[0][0] else "middle.differs"
    if one[0] in two or two[0] in one or "".join(one) == "".join(two):
        return "middle.equal"
    is_other = similarity.compare_words(one[0], two[0], tables=LATER) == similarity.OTHER
    return "middle.differs" if is_other else "middle.initial"


def family_level(first: NameForm, second: NameForm, weights: Weights) -> str:
    """Level of the family names. Particles (DE LA, VAN DER) count only where the rest is joined to
    them."""
    one, two = first.family, second.family
    if one == two:
        return "family.equal" if one else "family.missing"
    if weights.version not in BEFORE_SYLLABLES and is_rotated(first, second):
        return "family.swapped"
    if len("".join(one)) < 2 or len("".join(two)) < 2:
        return "family.missing"  # a lone letter names no family
    if len(one) + len(two) == 2:
        level = "family.near" if _is_slip(one[0], two[0], weights) else ""
    else:
        level = _whole_compound(one, two, weights)
        if not level and "".join(one) == "".join(two):
            level = "family.joined"
    return level or ("family.swapped" if _is_swapped(first, second) else "family.other")


def _whole_compound(one: Words, two: Words, weights: Weights) -> str:
    """Level of two names of more than one word in all, "" if no word agrees. A particle may be
    joined to what follows it."""
    joined_one, joined_two = _particles_joined(one), _particles_joined(two)
    if sorted(joined_one) == sorted(joined_two):
        return "family.joined"
    level = _compound(_core(one), _core(two), weights)
    if level == "family.shared" and _compound(joined_one, joined_two, weights) == "family.part":
        return "family.part"
    return level


def _compound(one: Words, two: Words, weights: Weights) -> str:
    if one == two:
        return "family.joined"
    if sorted(one) == sorted(two):
        return "family.reordered"
    if set(one).isdisjoint(two):
        slip = any(_is_slip(word, other, weights) for word in one for other in two)
        return "family.near" if slip else ""
    fewer, more = sorted((one, two), key=len)
    is_part = all(_agrees_with_one(word, more, weights) for word in fewer)
    return "family.part" if is_part else "family.shared"


def _agrees_with_one(word: str, words: Words, weights: Weights) -> bool:
    return word in words or any(
        word.startswith(other[:1]) and (len(word) == 1 or _is_slip(word, other, weights))
        for other in words
    )


def _particles_joined(words: Words) -> Words:
    """DE LA CRUZ SOTO as DELACRUZ SOTO."""
    out: list[str] = []
    head = ""
    for word in words:
        if word in PARTICLES:
            head += word
        else:
            out.append(head + word)
            head = ""
    return tuple(out) or words


def _core(words: Words) -> Words:
    return tuple([word for word in words if word not in PARTICLES]) or words


def _is_slip(one: str, two: str, weights: Weights) -> bool:
    """Whether one word may be a slip of the other, and the register does not have both."""
    return similarity.slip_apart(one, two) and not (
        name_key(weights.salt, one) in weights.family
        and name_key(weights.salt, two) in weights.family
    )
