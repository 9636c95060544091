"""Decoys about persons who are told from a resident by less than a name: twins, residents held by
an initial, namesakes of a date that says nothing. Pure.

Each function gives the columns in which the question differs from the row's own, or None where the
row has no such question. A spelling of the resident's own name is no decoy: a name that the tables
hold for a form of it, or that a slip of the hand makes of it, is never asked for a twin's.

A new kind is such a function and a line in `kinds.KINDS`; docs/guides/statistician.md shows one.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from counterfoil.certification.decoys.rows import SourceRecord
from counterfoil.certification.seeded_choice import SeededChoice
from counterfoil.certification.source_sample import SampledName, SourceSample, given_words, is_minor
from counterfoil.certification.source_sample import is_young as born_young
from counterfoil.core.births import is_common, real_birth
from counterfoil.core.values import Person
from counterfoil.normalize import name_similarity as similarity
from counterfoil.normalize import normalize_name
from counterfoil.normalize.names import words_of

_DRAWN: Final = 8
_TWO: Final = 2
_CONSONANTS: Final = "BDFGHJKLMNPRSTVWZ"
_FORMS: Final = frozenset({similarity.EQUAL, similarity.NICKNAME, similarity.VARIANT})


def is_another(own: str, other: str) -> bool:
    """Whether a word is another name than `own`, and no spelling of it."""
    one, two = "".join(words_of(own)), "".join(words_of(other))
    if not one.isalpha() or not two.isalpha():
        return False
    if min(len(one), len(two)) == 1:
        return one[0] != two[0]
    return (
        similarity.compare_words(one, two) not in _FORMS
        and not similarity.is_slip_of_hand(one, two)
        and not similarity.is_slip_of_hand(two, one)
    )


def _another_word(own: str, chance: SeededChoice, sample: SourceSample) -> str:
    """A given name of the register that is another than this word; "" if none of those drawn is.
    What is read as no name, or as a suffix, is none."""
    drawn = [each.first for each in chance.many(sample.names, _DRAWN)]
    return next((word for word in drawn if is_another(own, word) and _is_middle(word)), "")


def _is_middle(word: str) -> bool:
    return bool(normalize_name(Person("", word)).middle)


def has_second_word(record: SourceRecord, _sample: SourceSample) -> bool:
    """Whether the row has a given or middle name beside the first given name."""
    words = given_words(record.given_name, record.middle_name)
    return len(words) > 1 and _is_middle(words[1])


def twin_shared_word(
    record: SourceRecord, chance: SeededChoice, sample: SourceSample
) -> dict[str, str] | None:
    """Maria Isabel of Maria Elena, written in four ways."""
    words = given_words(record.given_name, record.middle_name)
    if len(words) < _TWO or not has_second_word(record, sample):
        return None
    first, second = words[:2]
    other = _another_word(second, chance, sample)
    if not other or not is_another(first, other):
        return None
    ways = [(f"{first} {other}", ""), (first, other), (f"{first}-{other}", "")]
    # Else the initial is the resident's own, or is read as none.
    if other[0] != second[0] and _is_middle(other[0]):
        ways.append((first, other[:1]))
    given, middle = chance.of(ways)
    return {"given_name": given, "middle_name": middle, "suffix": ""}


def is_young(record: SourceRecord, _sample: SourceSample) -> bool:
    """Whether the row's person is under 27 at the end of every period that its question names: from
    then on a given word that one side lacks confirms."""
    return born_young(record.date_of_birth, record.taxable_period)


def twin_first_word(
    record: SourceRecord, chance: SeededChoice, sample: SourceSample
) -> dict[str, str] | None:
    """The word that both share alone, where the row has two, or of a minor with the initial that
    both share; two words where it has one."""
    words = given_words(record.given_name, record.middle_name)
    first, *rest = words or ("",)
    if len(first) < _TWO or not is_young(record, sample):
        return None
    if rest:
        is_word = len(rest[0]) > 1 and _is_middle(rest[0])
        initials = (
            ["", rest[0][0]] if is_minor(record.date_of_birth, record.taxable_period) else [""]
        )
        middle = chance.of(initials)
        return {"given_name": first, "middle_name": middle, "suffix": ""} if is_word else None
    other = _another_word(first, chance, sample)
    if len(other) < _TWO:
        return None
    return {"given_name": f"{first} {other}", "middle_name": "", "suffix": ""}


def twin_one_letter(
    record: SourceRecord, chance: SeededChoice, sample: SourceSample
) -> dict[str, str] | None:
    """A name of the sample one letter away, or a rhyme: another first letter."""
    first, *rest = given_words(record.given_name, record.middle_name) or ("",)
    if len(first) < similarity.LEAST_SLIPPED:
        return None
    near = [each for each in sample.near.get(first, ()) if is_another(first, each)]
    name = chance.of(near) if near and chance.below(2) else chance.of(_CONSONANTS) + first[1:]
    if not is_another(first, name):
        return None
    return {"given_name": " ".join((name, *rest)), "middle_name": "", "suffix": ""}


def has_initial_alone(record: SourceRecord, _sample: SourceSample) -> bool:
    """Whether the row holds the given name by its initial."""
    return (
        len(given_words(record.given_name, "")[:1] or "  ") == 1
        and len(given_words(record.given_name, "")[0]) == 1
    )


def held_by_initial(
    record: SourceRecord, chance: SeededChoice, sample: SourceSample
) -> dict[str, str] | None:
    """A full name of that initial, with the middle name as it is held."""
    words = given_words(record.given_name, "")
    if not words or len(words[0]) > 1:
        return None
    [initial] = words[0]
    drawn = chance.many(sample.names, _DRAWN)
    full = [each.first for each in drawn if len(each.first) > 1 and each.first[0] == initial]
    return {"given_name": full[0], "suffix": ""} if full else None


def is_of_new_year(record: SourceRecord, _sample: SourceSample) -> bool:
    """Whether the date of birth is a 1 January that may be real."""
    born = _day(record)
    return born is not None and real_birth(born) is not None and is_common(born)


def has_filler_date(record: SourceRecord, _sample: SourceSample) -> bool:
    """Whether the date of birth stands for an unknown one."""
    born = _day(record)
    return born is not None and real_birth(born) is None


def has_no_date(record: SourceRecord, _sample: SourceSample) -> bool:
    """Whether no date of birth is held."""
    return not record.date_of_birth


def other_family(
    record: SourceRecord, chance: SeededChoice, sample: SourceSample
) -> dict[str, str] | None:
    """Another family name, and everything else the same."""
    own = given_words(record.family_name, "")
    drawn = [given_words(each.family, "") for each in chance.many(sample.names, _DRAWN)]
    others = [
        words
        for words in drawn
        if words
        and not any(similarity.slip_apart(one, two) for one in own for two in words)
        and set(own).isdisjoint(words)
    ]
    return {"family_name": " ".join(others[0])} if others else None


def other_family_or_middle(
    record: SourceRecord, chance: SeededChoice, sample: SourceSample
) -> dict[str, str] | None:
    """Another family name, or another middle name."""
    words = given_words(record.given_name, record.middle_name)
    if len(words) > 1 and chance.below(2):
        other = _another_word(words[1], chance, sample)
        return {"given_name": words[0], "middle_name": other} if other else None
    return other_family(record, chance, sample)


def dated_namesake(
    _record: SourceRecord, chance: SeededChoice, sample: SourceSample
) -> dict[str, str] | None:
    """The same name, and a date of birth of somebody."""
    born = _drawn(chance, sample).born
    return {"date_of_birth": born} if born else None


def _drawn(chance: SeededChoice, sample: SourceSample) -> SampledName:
    return chance.of(sample.names)


def _day(record: SourceRecord) -> date | None:
    try:
        return date.fromisoformat(record.date_of_birth)
    except ValueError:
        return None
