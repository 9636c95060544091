"""The evidence about one resident, feature by feature: levels, weights, and who is evidently one
person. Pure.

A line of evidence is the level that a comparison reached and its weight. `evidence_of` makes the
lines of one resident; `is_same_person` says of two entries whether both are evidently one person's,
so that neither counts against the other. Levels of names are in names.py; those of suffix, date of
birth and tax number are here. All of them are symmetric.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from counterfoil.core.births import is_common, real_birth
from counterfoil.core.values import Grant, NameForm, Resident, Residents
from counterfoil.matching.names import (
    family_level,
    family_rarity,
    given_level,
    middle_level,
    rarity,
)
from counterfoil.matching.table import (
    BEFORE_HALVES,
    BY_FIRST_WORDS,
    BY_PARTS,
    FEW_BITS,
    spelling_tables,
)
from counterfoil.matching.weights import UNIT, Weights
from counterfoil.matching.whole_names import is_rearranged, is_rotated, is_swapped_whole, rest_level
from counterfoil.normalize import family_out_of_middle

Line = tuple[str, int]
"""Level and its weight in hundredths of a bit."""

Scored = tuple[int, tuple[Line, ...], Resident]
"""One resident's score in hundredths of a bit, its lines, and the resident."""

_BY_RARITY: Final = frozenset(
    {
        "given.equal",
        "given.joined",
        "given.turned",
        "given.variant",
        "given.nickname",
        "given.among",
    }
)
_AGREEING_MIDDLE: Final = frozenset({"middle.equal", "middle.initial"})
_AGREEING_FAMILY: Final = frozenset(
    {"family.equal", "family.joined", "family.reordered", "family.part", "family.near"}
)
_EQUAL_BY_FIRST_WORD: Final = {
    "given.equal": "dob.equal",
    "given.joined": "dob.equal",
    "given.missing": "dob.equal_unnamed",
}
_EQUAL_BY_GIVEN: Final = _EQUAL_BY_FIRST_WORD | {
    "given.turned": "dob.equal",
    "given.variant": "dob.equal_form",
    "given.nickname": "dob.equal_form",
}
_ON_A_COMMON_DAY: Final = {"dob.equal": "dob.equal_common", "dob.equal_form": "dob.equal_unsure"}


def evidence_of(
    grant: Grant, residents: Residents, index: int, given: str, weights: Weights
) -> tuple[Line, ...]:
    """Lines of the resident at `index`, whose given name reached the level `given`."""
    resident = residents.residents[index]
    levels = weights.levels
    is_whole = weights.version not in BY_FIRST_WORDS
    asked, name = family_out_of_middle(grant.name, resident.name, of_one_word=is_whole)
    weight = levels[given]
    if given in _BY_RARITY:
        weight += _rarity(given, asked.given[0], name.given[0], weights)
    born, held = grant.request.person.date_of_birth, resident.date_of_birth
    middle, family = parts_of(asked, name, given, weights)
    suffix = suffix_level(asked.suffix, name.suffix)
    dob = (
        birth_level(asked, name, born, held, given, middle)
        if is_whole
        else dob_level(born, held, given)
    )
    tin = tin_level(residents.asked_tin_hash, resident.tin_hash)
    tolerance = residents.tolerances[index]
    return (
        (given, weight),
        (middle, levels[middle]),
        (family, levels[family]),
        (suffix, levels[suffix]),
        (dob, levels[dob]),
        (tin, levels[tin]),
        ("door." + tolerance, weights.tolerances.get(tolerance, weights.tolerances["*"])),
        _crowd_line(len(residents.residents), family, asked.family, weights),
    )


def parts_of(asked: NameForm, name: NameForm, given: str, weights: Weights) -> tuple[str, str]:
    """Levels of the given names beside the first, and of the family name."""
    family = family_level(asked, name, weights)
    if weights.version in BY_FIRST_WORDS:
        middle = "middle.missing" if given == "given.among" else middle_level(asked, name)
    elif given == "given.missing":
        middle = middle_level(asked, name)
    else:
        middle = _rest_level(asked, name, given, weights)
        if middle == "middle.differs" and is_rearranged(asked, name):
            return "middle.missing", "family.reordered"
    # A second family name may be written where given names are.
    if given == "given.swapped" and middle == "middle.differs":
        middle = "middle.missing"
    return middle, family


def _rest_level(one: NameForm, two: NameForm, given: str, weights: Weights) -> str:
    return rest_level(
        one,
        two,
        given,
        by_syllables=weights.version not in BY_PARTS,
        tables=spelling_tables(weights.version),
        by_tables=weights.version not in BEFORE_HALVES,
    )


def score_of(lines: tuple[Line, ...]) -> int:
    """Sum of the weights, in hundredths of a bit."""
    total = 0
    for line in lines:
        total += line[1]
    return total


def suffix_level(one: str, two: str) -> str:
    """Level of two suffixes. JR and II may be one person's; JR and SR, or II and III, may not."""
    if one == two:
        return "suffix.equal" if one else "suffix.none"
    return "suffix.one" if not one or not two or {one, two} == {"JR", "II"} else "suffix.differs"


def birth_level(
    first: NameForm, second: NameForm, one: date | None, two: date | None, given: str, middle: str
) -> str:
    """Level of two dates of birth beside two names, of which the given names reached these levels.
    A date that stands for none is none; an equal one counts in full where the whole of the given
    names agrees, or given and family name are exchanged whole."""
    one, two = real_birth(one), real_birth(two)
    if one is None or two is None or one != two:
        return dob_level(one, two)
    if middle == "middle.differs":
        return "dob.equal_unsure"
    level = _EQUAL_BY_GIVEN.get(given, "dob.equal_unsure")
    if given == "given.swapped" and (is_swapped_whole(first, second) or is_rotated(first, second)):
        level = "dob.equal"
    return _ON_A_COMMON_DAY.get(level, level) if is_common(one) else level


def dob_level(one: date | None, two: date | None, given: str = "given.equal") -> str:
    """Level of two dates of birth. A date that one slip explains is near; what an equal one is
    worth depends on `given`, the level of the given names (twins)."""
    if one is None or two is None:
        return "dob.missing"
    if one == two:
        return _EQUAL_BY_FIRST_WORD.get(given, "dob.equal_unsure")
    if one.year == two.year and one.month == two.day and one.day == two.month:
        return "dob.near"
    if (one.year != two.year) + (one.month != two.month) + (one.day != two.day) > 1:
        return "dob.differs"  # a digit of each at least
    digits = zip(one.isoformat(), two.isoformat(), strict=True)
    return "dob.near" if sum(left != right for left, right in digits) == 1 else "dob.differs"


def tin_level(one: bytes, two: bytes) -> str:
    """Level of two keyed hashes of tax numbers: equal, or not."""
    if not one or not two:
        return "tin.missing"
    return "tin.equal" if one == two else "tin.differs"


def is_same_person(one: Resident, two: Resident, weights: Weights) -> bool:
    """Whether two entries have the same tax number; or the same name and no contradiction, in
    periods that do not overlap.

    A given name counts as the same if it is a slip of the other and the middle names agree (KEVIN
    C, KECIN C).

    A person has one entry a period: two entries of one period under different numbers are two
    people, however alike.
    """
    if one.tin_hash and one.tin_hash == two.tin_hash:
        return True
    first, second = one.name, two.name
    overlap = not set(one.periods).isdisjoint(two.periods)
    if not first.given or first.suffix != second.suffix or overlap:
        return False
    given = given_level(first, second, weights)
    is_whole = weights.version not in BY_FIRST_WORDS and given != "given.missing"
    middle = _rest_level(first, second, given, weights) if is_whole else middle_level(first, second)
    is_same_given = first.given == second.given or (
        middle in _AGREEING_MIDDLE and given == "given.near"
    )
    return (
        is_same_given
        and middle != "middle.differs"
        and family_level(first, second, weights) != "family.other"
        and dob_level(one.date_of_birth, two.date_of_birth) != "dob.differs"
    )


def _crowd_line(entries: int, family: str, asked: tuple[str, ...], weights: Weights) -> Line:
    """How many entries raise the chance of a coincidence: a bit for each doubling from 8 on.

    A family name that agrees pays that cost, up to its rarity: in a crowd, unlike at home, few
    share it."""
    crowd = UNIT * (entries.bit_length() - FEW_BITS)
    if crowd <= 0:
        return "crowd.few", 0
    if family in _AGREEING_FAMILY:
        crowd = max(0, crowd - max(family_rarity(word, weights) for word in asked))
    return "crowd.many", -crowd


def _rarity(level: str, one: str, two: str, weights: Weights) -> int:
    """Of two names for one person, the rarer shows how unlikely the pair is by chance."""
    if level == "given.equal":
        return rarity(one, weights)
    return max(rarity(one, weights), rarity(two, weights))
