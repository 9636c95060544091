"""What a confirmation must rest on, whatever the sum of the evidence says: `table.REQUIREMENTS`.

The guards know that two questions are about one person by normal forms alone
(normalize/asked_keys.py). Nobody is confirmed whom a question reaches otherwise: else a second
spelling of one name would be a second person to the guards. Nor is anybody confirmed by a date of
birth that is only near: dates must not be tried.

Only the best resident is looked at, and nobody is left out who would compete with them. Pure.
"""

from __future__ import annotations

from typing import Final

from counterfoil.core.values import Grant, NameForm, Resident
from counterfoil.matching.evidence import Line
from counterfoil.matching.names import is_in_use
from counterfoil.matching.table import (
    BEFORE_HALVES,
    BEFORE_INITIALS,
    BEFORE_SYLLABLES,
    BY_FIRST_WORDS,
    BY_PARTS,
    REQUIREMENTS,
    spelling_tables,
)
from counterfoil.matching.weights import Weights
from counterfoil.matching.whole_names import (
    are_of_syllables,
    are_two_syllables,
    has_more,
    hidden_word,
    is_half,
    is_turned_by_initial,
    is_unsure_whole,
    longest_word,
)
from counterfoil.normalize import family_out_of_middle, leads_to_family, leads_to_given
from counterfoil.normalize.asked_keys import are_syllables
from counterfoil.normalize.name_similarity import is_listed_name, is_slip_of_hand, is_unlike_names

_EXCHANGED_WITHOUT_BIRTH: Final = "match-3"
"""The version in which a name whose fields are exchanged needed no date of birth."""
_UNTRACED: Final[Line] = ("given.untraced", REQUIREMENTS["given.untraced"].default)
_UNPROVEN: Final[Line] = ("family.unproven", REQUIREMENTS["family.unproven"].default)
_INEXACT: Final[Line] = ("dob.inexact", REQUIREMENTS["dob.inexact"].default)
_UNSURE: Final[Line] = ("given.unsure", REQUIREMENTS["given.unsure"].default)
_UNLIKE: Final[Line] = ("middle.unlike", REQUIREMENTS["middle.unlike"].default)
_PARTIAL: Final[Line] = ("given.partial", REQUIREMENTS["given.partial"].default)
GROWN: Final = 27
"""The age from which a twin who lives at the same home and files nothing is not reckoned with. A
child counts as one for medical coverage and reimbursement, 26 USC 105(b), until the end of the year
in which it is 26."""
MAJORITY: Final = 18
"""The age from which an initial stands for a second given word that is no syllable. A younger
person lives with the twin, who files nothing as a rule."""
_SHORT: Final = 2
"""Letters at most of each of two given words that a twin may bear in the other order (AN TU)."""
_FORMS: Final = frozenset({"given.variant", "given.nickname"})
_SLIPS: Final = frozenset({"given.near", "given.near_rare"})
_AGREEING_MIDDLE: Final = frozenset({"middle.equal", "middle.initial"})
_FULL_BIRTH: Final = "dob.equal"
"""The level of an equal date of birth beside a given name that agrees in full."""
_BIRTH_OF_FORMS: Final = "dob.equal_form"
_OTHER_FAMILY: Final = "family.other"
_PART_FAMILY: Final = frozenset({"family.near", "family.missing"})
"""Beside which an equal date of birth of two forms of one name proves the family name too."""
_EQUAL_BIRTHS: Final = frozenset(
    {_FULL_BIRTH, "dob.equal_form", "dob.equal_common", "dob.equal_unsure", "dob.equal_unnamed"}
)


def unmet_by(
    grant: Grant, best: Resident, lines: tuple[Line, ...], weights: Weights
) -> tuple[Line, ...]:
    """A fatal line for each requirement of the weights' version that the evidence about this
    resident does not meet."""
    version, asked, resident = weights.version, grant.name, best.name
    unmet: list[Line] = []
    levels = {level for level, _ in lines}
    may_be_exchanged = version == _EXCHANGED_WITHOUT_BIRTH or not levels.isdisjoint(_EQUAL_BIRTHS)
    is_whole, is_parted = version not in BY_FIRST_WORDS, version not in BY_PARTS
    if not leads_to_given(
        asked,
        resident,
        may_be_exchanged=may_be_exchanged,
        may_be_turned=is_whole,
        may_be_parted=is_parted,
        tables=spelling_tables(version),
        later_families=version not in BEFORE_HALVES,
    ):
        unmet.append(_UNTRACED)
    if is_whole and "tin.equal" not in levels:
        is_grown = is_parted and _is_of_age(grant, best, GROWN)
        if _is_unsure(asked, resident, levels, weights, is_grown=is_grown):
            unmet.append(_UNSURE)
        if "middle.differs" in levels:
            unmet.append(_UNLIKE)
        if is_parted and not is_grown and _is_partial(grant, best, levels, version):
            unmet.append(_PARTIAL)
    if "dob.near" in levels:
        unmet.append(_INEXACT)
    if not _proves_family(grant, best, levels, version) and not leads_to_family(
        asked,
        resident,
        may_be_exchanged=may_be_exchanged,
        later_families=version not in BEFORE_HALVES,
    ):
        unmet.append(_UNPROVEN)
    return tuple(unmet)


def _is_of_age(grant: Grant, best: Resident, age: int) -> bool:
    """Whether the resident is of this age at the end of the latest period that is asked about."""
    born = best.date_of_birth
    return born is not None and born.year <= max(grant.periods, default=0) - age


def _proves_family(grant: Grant, best: Resident, levels: set[str], version: str) -> bool:
    """Whether an equal date of birth proves the family name too: beside the full given names,
    for a syllable of which no initial stands, or two forms of one and no other family name."""
    if _FULL_BIRTH in levels:
        if version in BEFORE_INITIALS or _OTHER_FAMILY not in levels:
            return True
        word = _hidden_word(grant, best, levels)
        if word and are_syllables((grant.name.given[0], word)):
            return False
        return version in BEFORE_HALVES or not has_more(*_parted(grant, best), _given(levels))
    is_formed = version not in BEFORE_SYLLABLES and _BIRTH_OF_FORMS in levels
    return is_formed and not levels.isdisjoint(_PART_FAMILY)


def _hidden_word(grant: Grant, best: Resident, levels: set[str]) -> str:
    return hidden_word(*_parted(grant, best), _given(levels))


def _parted(grant: Grant, best: Resident) -> tuple[NameForm, NameForm]:
    return family_out_of_middle(grant.name, best.name, of_one_word=True)


def _given(levels: set[str]) -> str:
    [given] = [level for level in levels if level.startswith("given.")]
    return given


def _is_partial(grant: Grant, best: Resident, levels: set[str], version: str) -> bool:
    """Whether one side of a young person's name, beside the same date of birth, has a given word
    that the other lacks."""
    if levels.isdisjoint(_EQUAL_BIRTHS):
        return False
    asked, resident = _parted(grant, best)
    given = _given(levels)
    is_minor = version not in BEFORE_INITIALS and not _is_of_age(grant, best, MAJORITY)
    if is_minor and hidden_word(asked, resident, given):
        return True
    if version not in BEFORE_HALVES and _may_be_twin(
        asked, resident, levels, given, is_minor=is_minor
    ):
        return True
    return has_more(asked, resident, given, tables=spelling_tables(version))


def _may_be_twin(
    asked: NameForm, resident: NameForm, levels: set[str], given: str, *, is_minor: bool
) -> bool:
    """Whether what both write of a young person's given names may be a twin's as well: an initial
    for a syllable, a syllable that is half a name, two spellings of a syllable, two short words
    turned; or, of a minor, two forms of one name and nothing else."""
    if given in _FORMS:
        is_alone = is_minor and levels.isdisjoint(_AGREEING_MIDDLE)
        return is_alone or are_two_syllables(asked.given[0], resident.given[0], by_table=False)
    if given == "given.turned":
        return longest_word(asked) <= _SHORT
    word = hidden_word(asked, resident, given) if are_of_syllables(asked, resident) else ""
    # A second word in the middle name's field is a middle name as often as half of a given name.
    return word in asked.given + resident.given or is_half(asked, resident)


def _is_unsure(
    asked: NameForm, resident: NameForm, levels: set[str], weights: Weights, *, is_grown: bool
) -> bool:
    """Whether the given names are an initial, or what may be a twin's name for the other."""
    if "given.initial" in levels:
        return True
    if {"given.among", "middle.initial"} <= levels and not levels.isdisjoint(_EQUAL_BIRTHS):
        is_turned = weights.version not in BEFORE_SYLLABLES
        return not (is_turned and is_turned_by_initial(asked, resident))
    if "given.joined" in levels and weights.version not in BEFORE_SYLLABLES:
        is_sure = is_grown and not levels.isdisjoint(_EQUAL_BIRTHS)
        return not is_sure and is_unsure_whole(asked, resident)
    if levels.isdisjoint(_SLIPS) or levels.isdisjoint(_EQUAL_BIRTHS):
        return False
    pair = asked.given[0], resident.given[0]
    pair = pair if is_in_use(pair[0], weights) else pair[::-1]
    may_rhyme = weights.version not in BEFORE_SYLLABLES and pair[0][0] != pair[1][0]
    return (
        "given.near" not in levels
        or levels.isdisjoint(_AGREEING_MIDDLE)
        or not (is_slip_of_hand(*pair) or (is_grown and not may_rhyme and _is_misspelled(*pair)))
    )


def _is_misspelled(name: str, slip: str) -> bool:
    """Whether the one is a name of the tables, and the other is spelled as none of them is."""
    return is_listed_name(name) and is_unlike_names(slip)
