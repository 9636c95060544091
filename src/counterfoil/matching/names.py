"""Levels of the parts of a name: what was asked against what is held.

Every function takes two normal forms and gives the name of a level of table.LEVELS. All are pure,
and symmetric in the two forms. Given names that differ are decided here for good: `given.other` is
a contradiction.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from counterfoil.core.values import NameForm
from counterfoil.matching.table import LISTED_RARITY, MOST_RARITY
from counterfoil.matching.weights import Weights, name_key
from counterfoil.normalize import name_similarity as alike
from counterfoil.normalize.name_similarity import apart_from
from counterfoil.normalize.name_words import PARTICLES

OTHER_GIVEN: Final = "given.other"


def stranger_to(asked: NameForm) -> Callable[[NameForm], bool]:
    """A function that tells of a name whether its given name is surely another: a quick look before
    `given_level`.

    Both sides must have one given name in full and at most a middle initial, so that nothing can be
    joined, swapped or found among later names. True only where `given_level` says `given.other`."""
    if len(asked.given) != 1 or len(asked.given[0]) < 2 or not _is_initial(asked.middle):
        return _never
    is_apart, family = apart_from(asked.given[0]), asked.family

    def is_stranger(held: NameForm) -> bool:
        given, middle = held.given, held.middle
        if len(given) != 1 or (middle and len(middle[0]) > 1):
            return False
        word = given[0]
        return len(word) > 1 and is_apart(word) and word not in family

    return is_stranger


def _never(_held: NameForm) -> bool:
    return False


def given_level(asked: NameForm, held: NameForm, weights: Weights) -> str:
    """Level of the given names. Near names are one only if the register does not hold both as names
    in use."""
    one, two = asked.given, held.given
    if not one or not two:
        return "given.missing"
    if one[0] == two[0] and len(one[0]) > 1:
        return "given.equal"
    if len(one) != len(two) and "".join(one) == "".join(two):
        return "given.joined"
    level = alike.compare_words(one[0], two[0])
    if level == alike.NEAR:
        level = _near(one[0], two[0], weights)
    if level == alike.OTHER or (level == alike.INITIAL and len(one) + len(two) > 2):
        return _rearranged(asked, held) or "given." + level
    return "given." + level


def _near(one: str, two: str, weights: Weights) -> str:
    in_use = is_in_use(one, weights) + is_in_use(two, weights)
    return (alike.NEAR + "_rare", alike.NEAR, alike.OTHER)[in_use]


def is_in_use(word: str, weights: Weights) -> bool:
    """True if the spelling is a given name of the tables, or one in use in the register."""
    return alike.is_listed_name(word) or name_key(weights.salt, word) in weights.given


def _rearranged(asked: NameForm, held: NameForm) -> str:
    """Level of given names that agree only when exchanged with the family name, joined, or found
    among later ones."""
    one, two = asked.given, held.given
    if one[0] in held.family and two[0] in asked.family:
        return "given.swapped"
    if len(one) + len(two) == 2 and _is_initial(asked.middle) and _is_initial(held.middle):
        return ""
    if "".join(one + asked.middle) == "".join(two + held.middle):
        return "given.joined"
    if (len(one[0]) > 1 and one[0] in two[1:] + held.middle) or (
        len(two[0]) > 1 and two[0] in one[1:] + asked.middle
    ):
        return "given.among"
    return ""


def _is_initial(middle: tuple[str, ...]) -> bool:
    return not middle or len(middle[0]) == 1


def _is_letter(words: tuple[str, ...]) -> bool:
    return len(words) == 1 and len(words[0]) == 1


def rarity(word: str, weights: Weights) -> int:
    """Hundredths of a bit that agreement on this given name is worth by the register's
    frequencies."""
    found = weights.given.get(name_key(weights.salt, word))
    if found is None:
        found = LISTED_RARITY if not weights.given and alike.is_listed_name(word) else MOST_RARITY
    return min(found, MOST_RARITY)


def family_rarity(word: str, weights: Weights) -> int:
    """The same for a word of a family name."""
    return weights.family.get(name_key(weights.salt, word), MOST_RARITY)


def middle_level(asked: NameForm, held: NameForm) -> str:
    """Level of all given names after the first."""
    if len(asked.given) != len(held.given) and "".join(asked.given) == "".join(held.given):
        one, two = asked.middle, held.middle
    else:
        one, two = asked.given[1:] + asked.middle, held.given[1:] + held.middle
    if not one or not two:
        return "middle.missing"
    if one[0] == two[0]:
        return "middle.equal" if len(one[0]) > 1 else "middle.initial"
    if len(one[0]) == 1 or len(two[0]) == 1:
        return "middle.initial" if one[0][0] == two[0][0] else "middle.differs"
    if one[0] in two or two[0] in one or "".join(one) == "".join(two):
        return "middle.equal"
    return (
        "middle.initial" if alike.compare_words(one[0], two[0]) != alike.OTHER else "middle.differs"
    )


def family_level(asked: NameForm, held: NameForm, weights: Weights) -> str:
    """Level of the family names. Particles (DE LA, VAN DER) count only where the rest is joined to
    them."""
    one, two = asked.family, held.family
    if not one or not two:
        return "family.missing"
    if one == two:
        return "family.equal"
    if _is_letter(one) or _is_letter(two):
        return "family.missing"  # a lone letter names no family
    if len(one) + len(two) == 2:
        return (
            "family.near" if _is_slip(one[0], two[0], weights) else _swapped_or_other(asked, held)
        )
    return _whole_compound(one, two, weights) or (
        "family.joined" if "".join(one) == "".join(two) else _swapped_or_other(asked, held)
    )


def _whole_compound(one: tuple[str, ...], two: tuple[str, ...], weights: Weights) -> str:
    """Level of two names of more than one word in all, "" if no word agrees. A particle may be
    joined to what follows it."""
    joined_one, joined_two = _particles_joined(one), _particles_joined(two)
    if sorted(joined_one) == sorted(joined_two):
        return "family.joined"
    level = _compound(_core(one), _core(two), weights)
    if level == "family.shared" and _compound(joined_one, joined_two, weights) == "family.part":
        return "family.part"
    return level


def _compound(one: tuple[str, ...], two: tuple[str, ...], weights: Weights) -> str:
    if one == two:
        return "family.joined"
    if sorted(one) == sorted(two):
        return "family.reordered"
    if not set(one).isdisjoint(two):
        fewer, more = sorted((one, two), key=len)
        return (
            "family.part"
            if all(_stands_in(word, more, weights) for word in fewer)
            else "family.shared"
        )
    return (
        "family.near"
        if any(_is_slip(word, other, weights) for word in one for other in two)
        else ""
    )


def _stands_in(word: str, words: tuple[str, ...], weights: Weights) -> bool:
    return word in words or any(
        word.startswith(other[:1]) and (len(word) == 1 or _is_slip(word, other, weights))
        for other in words
    )


def _particles_joined(words: tuple[str, ...]) -> tuple[str, ...]:
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


def _swapped_or_other(asked: NameForm, held: NameForm) -> str:
    swapped = (
        asked.given
        and held.given
        and asked.given[0] in held.family
        and held.given[0] in asked.family
    )
    return "family.swapped" if swapped else "family.other"


def _core(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for word in words if word not in PARTICLES) or words


def _is_slip(one: str, two: str, weights: Weights) -> bool:
    if not alike.slip_apart(one, two):
        return False
    return not (
        name_key(weights.salt, one) in weights.family
        and name_key(weights.salt, two) in weights.family
    )
