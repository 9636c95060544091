"""Decoys: questions whose true answer is no, by kind of confusion. Pure.

A decoy is made of one source row, the source sample and seeded choices. THE TABLE OF KINDS is
`KINDS`, at the end: for each kind its sentence, how its question is made, and what shows that a
question of the kind is no decoy after all. Questions of the scope `names` state name and address
only. Questions of the scope `birth` state a date of birth too: the person's own, or another one for
a namesake or a made-up person.

withheld      the row's person, at the row's address; afterwards all that the register holds of that
              person is removed from what was opened, and the household stays
junior_senior father or son of the row's person: the same name, another suffix
sibling       the row's family name with another given name; every second one a twin: the same first
              letter if one of eight drawn names has it, and the same date of birth
next_unit     the row's name in the next unit, or in a unit of a house that has none
other_unit    the row's name at the same number of another kind of unit: STE 4 of APT 4
no_unit       the row's given name with another family name, where the row has no unit and the
              question states none: somebody else of the building
next_number   the row's name two house numbers on, or in the next PO box
other_zip     the row's name at the same line in another ZIP of that city, or of another city where
              this one has no other
like_street   the row's name at the same number of a real other street of that ZIP, which has
              another suffix or directional or is spelled alike (places.py)
former        the row's person at the row's address, in a period for which the source does not hold
              that person there
twins and others who are told from a resident by less than a name: persons.py
synthetic     given, middle and family name and date of birth each drawn by itself, at the row's
              address
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple

from counterfoil.certification.decoys import persons
from counterfoil.certification.decoys.rows import DecoyQuestion, Maker, SourceRecord, ask, asks
from counterfoil.certification.places import checksum_of
from counterfoil.certification.seeded_choice import SeededChoice
from counterfoil.certification.source_sample import SourceSample, designated_unit, is_without_unit

_DIGITS: Final = re.compile(r"[0-9]{1,9}")


def bump_last(text: str, step: int) -> str:
    """The last number of `text` changed by `step`, else its last letter moved on by one."""
    runs = list(_DIGITS.finditer(text))
    if runs:
        return _changed(text, runs[-1], step)
    last = text.rstrip()[-1:]
    last = last.upper() if last.isascii() else last
    moved = "A" if last == "Z" else chr(ord(last) + 1) if "A" <= last < "Z" else f"{last}2"
    return text.rstrip()[:-1] + moved


def bump_number(line: str, step: int) -> str:
    """The house number or box changed by `step`; "" where the line has none."""
    run = _DIGITS.search(line)
    return _changed(line, run, step) if run else ""


def _changed(text: str, run: re.Match[str], step: int) -> str:
    number = int(run[0]) + step
    return f"{text[: run.start()]}{number if number > 0 else int(run[0]) - step}{text[run.end() :]}"


BIRTH: Final = "birth"
NAMES: Final = "names"
ASKS: Final = (NAMES, BIRTH)
_UNIT: Final = re.compile(
    r"(?i)(?:\b(?:apt|unit|ste|suite|apartment|rm|room|lot|trlr|fl)\b|#)\s*[a-z0-9-]+\s*$"
)
_OTHER_UNITS: Final = ("APT", "STE", "FL", "LOT", "BLDG", "TRLR")
_SAME_KIND: Final = {
    "UNIT": "APT", "APARTMENT": "APT", "SUITE": "STE", "FLOOR": "FL", "BUILDING": "BLDG",
}  # fmt: skip
_LEAST_PLACES: Final = 2
LEAST_SHOWN: Final = 20
SHOWN_SHARE: Final = 1000
_MIDDLE: Final = date(1970, 1, 1).toordinal()
_OTHER_SUFFIX: Final = {"": "JR", "SR": "JR", "JR": "SR", "II": "SR", "III": "JR", "IV": "III"}


def withheld(
    record: SourceRecord, chance: SeededChoice, sample: SourceSample
) -> DecoyQuestion | None:
    """Three in four as the row writes them; the others without middle name, or with one letter of
    the given name exchanged."""
    writing = chance.below(8)
    if writing == 0:
        return ask(record, sample, middle_name="")
    given = record.given_name
    if writing == 1 and len(given) > 3:
        at = 1 + chance.below(len(given) - 2)
        return ask(
            record, sample, given_name=given[:at] + given[at + 1] + given[at] + given[at + 2 :]
        )
    return ask(record, sample)


def junior_senior(
    record: SourceRecord, chance: SeededChoice, sample: SourceSample
) -> DecoyQuestion | None:
    """Another suffix; where the row has one, in every second question none, because seniors often
    write none."""
    own = record.suffix.strip(". ").upper()
    suffix = _OTHER_SUFFIX.get(own, "JR")
    if own and chance.below(2):
        suffix = ""
    born = _years_apart(record.date_of_birth, 20 + chance.below(16), chance)
    return ask(record, sample, suffix=suffix, date_of_birth=born)


def sibling(
    record: SourceRecord, chance: SeededChoice, sample: SourceSample
) -> DecoyQuestion | None:
    """A twin or a sibling within nine years."""
    own = (record.given_name.upper().split() or [""])[0]
    drawn = chance.many(sample.names, 8)
    others = [other for other in drawn if persons.is_another(own, other.first)]
    if not others:
        return None
    twin = chance.below(2) == 0
    alike = [other for other in others if other.first[:1] == own[:1]] if twin else []
    other = (alike or others)[0]
    born = (
        record.date_of_birth
        if twin
        else _years_apart(record.date_of_birth, 1 + chance.below(9), chance)
    )
    return ask(
        record,
        sample,
        given_name=other.given,
        middle_name=other.middle,
        suffix="",
        date_of_birth=born,
    )


def next_unit(
    record: SourceRecord, chance: SeededChoice, sample: SourceSample
) -> DecoyQuestion | None:
    """The unit one on, wherever it is written; a unit where none is."""
    born = _another_birth(record, chance, sample)
    if record.line2:
        return ask(record, sample, line2=bump_last(record.line2, 1), date_of_birth=born)
    if _UNIT.search(record.line1):
        return ask(record, sample, line1=bump_last(record.line1, 1), date_of_birth=born)
    return ask(record, sample, line2=f"APT {1 + chance.below(9)}", date_of_birth=born)


def other_unit(
    record: SourceRecord, chance: SeededChoice, sample: SourceSample
) -> DecoyQuestion | None:
    """A unit of the same number and another designator, wherever it is written."""
    found = designated_unit(record.line1, record.line2)
    if found is None:
        return None
    own = _SAME_KIND.get(found[1].upper(), found[1].upper())
    unit = f"{chance.of([each for each in _OTHER_UNITS if each != own])} {found[2]}"
    born = _another_birth(record, chance, sample)
    if record.line2:
        return ask(record, sample, line2=unit, date_of_birth=born)
    return ask(record, sample, line1=record.line1[: found.start()] + unit, date_of_birth=born)


def no_unit(
    record: SourceRecord, chance: SeededChoice, sample: SourceSample
) -> DecoyQuestion | None:
    """A namesake by given name in the same building, neither side stating a unit."""
    changed = persons.other_family(record, chance, sample)
    if changed is None or not _has_no_unit(record, sample):
        return None
    born = _another_birth(record, chance, sample)
    return ask(record, sample, suffix="", date_of_birth=born, **changed)


def next_number(
    record: SourceRecord, chance: SeededChoice, sample: SourceSample
) -> DecoyQuestion | None:
    """Two on or back: the neighbour on the same side of the street."""
    line1 = bump_number(record.line1, 2 if chance.below(2) else -2)
    return (
        ask(record, sample, line1=line1, date_of_birth=_another_birth(record, chance, sample))
        if line1
        else None
    )


def other_zip(
    record: SourceRecord, chance: SeededChoice, sample: SourceSample
) -> DecoyQuestion | None:
    """Another ZIP of the city, or another city's where the register knows none."""
    if not _has_other_zip(record, sample):
        return None
    own = record.zip[:5]
    known, born = (
        sample.zips.others(record.city, record.state, own),
        _another_birth(record, chance, sample),
    )
    if known:
        return ask(record, sample, zip=chance.of(known), date_of_birth=born)
    city, state, zip5 = chance.of(sample.zips.everywhere)
    return (
        ask(record, sample, city=city, state=state, zip=zip5, date_of_birth=born)
        if zip5 != own
        else None
    )


def like_street(
    record: SourceRecord, chance: SeededChoice, sample: SourceSample
) -> DecoyQuestion | None:
    """The row's number and unit in the other street."""
    found = sample.streets.find(record.line1, record.zip[:5])
    if found is None:
        return None
    number, unit, others = found
    line1, line2 = (
        f"{number} {sample.streets.written[chance.of(others)]}",
        record.line2 or (f"# {unit}" if unit.isdigit() else unit),
    )
    return ask(
        record,
        sample,
        line1=line1,
        line2=line2,
        date_of_birth=_another_birth(record, chance, sample),
    )


def former(
    record: SourceRecord, chance: SeededChoice, sample: SourceSample
) -> DecoyQuestion | None:
    """One other period, in which no row has the person there; the year after, in a register of one
    period."""
    years = _years_away(record, sample)
    return ask(record, sample, taxable_periods=chance.of(years)) if years else None


def synthetic(
    record: SourceRecord, chance: SeededChoice, sample: SourceSample
) -> DecoyQuestion | None:
    """Nobody: each part of the name has the register's frequency, and none knows of the others."""
    one, two, three, four = chance.many(sample.names, 4)
    return ask(
        record,
        sample,
        given_name=one.given,
        middle_name=two.middle,
        family_name=three.family,
        suffix="",
        date_of_birth=four.born,
    )


def _years_away(record: SourceRecord, sample: SourceSample) -> list[str]:
    if len(sample.periods) == 1:
        return [str(sample.periods[0] + 1)]
    person = checksum_of(record.tin, record.line1, record.line2, record.zip[:5])
    others = _others(record.taxable_period, sample.periods)
    return [year for year in others if not sample.presence.may_hold(person, year)]


@lru_cache(maxsize=256)
def _others(period: str, periods: tuple[int, ...]) -> tuple[str, ...]:
    return tuple(str(year) for year in periods if str(year) != period)


def _another_birth(record: SourceRecord, chance: SeededChoice, sample: SourceSample) -> str:
    """A date of birth of somebody else: a namesake is another person."""
    born = chance.of(sample.names).born
    return (
        born if born != record.date_of_birth else _years_apart(born, 1 + chance.below(40), chance)
    )


def _years_apart(born: str, years: int, chance: SeededChoice) -> str:
    """Another day so many years away, on the side that stays between 1900 and 2020; "" for no
    date."""
    try:
        day = date.fromisoformat(born).toordinal()
    except ValueError:
        return ""
    apart = years * 365 + chance.below(365)
    return date.fromordinal(day + apart if day < _MIDDLE else max(1, day - apart)).isoformat()


class DecoyKind(NamedTuple):
    """One row of `KINDS`. `elsewhere`: the question names another address than the row's.
    `same_given`: it is no decoy where a resident of the asked suffix bears the asked given name;
    `is_other`: where somebody but the row's person does. `can`: a cheap check of whether a row can
    be asked about at all. `shown_by`: the count of the source's rows (source_sample.py) without
    which the kind is left out, and the certificate says so. `scopes`: of those certificates it is a
    kind."""

    sentence: str
    make: Maker
    elsewhere: bool = False
    same_given: bool = False
    is_other: bool = False
    can: Callable[[SourceRecord, SourceSample], bool] | None = None
    shown_by: str = ""
    scopes: tuple[str, ...] = ASKS


def _has_designator(record: SourceRecord, _sample: SourceSample) -> bool:
    return designated_unit(record.line1, record.line2) is not None


def _has_no_unit(record: SourceRecord, _sample: SourceSample) -> bool:
    return is_without_unit(record.line1, record.line2)


def _has_like_street(record: SourceRecord, sample: SourceSample) -> bool:
    return sample.streets.find(record.line1, record.zip[:5]) is not None


def _has_other_zip(record: SourceRecord, sample: SourceSample) -> bool:
    return len(sample.zips.everywhere) >= _LEAST_PLACES and sample.zips.knows(
        record.city, record.state, record.zip[:5]
    )


def _has_been_away(record: SourceRecord, sample: SourceSample) -> bool:
    return bool(_years_away(record, sample))


KINDS: Final[dict[str, DecoyKind]] = {
    "withheld": DecoyKind("A person who lived here is not held, and the household is.", withheld),
    "junior_senior": DecoyKind(
        "A father or son of a resident: the same name, another suffix.",
        junior_senior,
        same_given=True,
    ),
    "sibling": DecoyKind("A brother, sister or twin of a resident.", sibling, same_given=True),
    "next_unit": DecoyKind("A namesake in the next unit.", next_unit, elsewhere=True),
    "other_unit": DecoyKind(
        "A namesake in the unit of that number of another kind: STE 4 of APT 4.",
        other_unit,
        elsewhere=True,
        can=_has_designator,
        shown_by="unit with a designator",
    ),
    "no_unit": DecoyKind(
        "Somebody else of the building with the same given name, neither side stating a unit.",
        no_unit,
        is_other=True,
        can=_has_no_unit,
        shown_by="no unit",
    ),
    "next_number": DecoyKind("A namesake two house numbers on.", next_number, elsewhere=True),
    "other_zip": DecoyKind(
        "A namesake at the same line in another ZIP.", other_zip, elsewhere=True, can=_has_other_zip
    ),
    "like_street": DecoyKind(
        "A namesake at the same number of a street of that ZIP with another suffix or "
        "directional, or spelled alike.",
        like_street,
        elsewhere=True,
        can=_has_like_street,
    ),
    "former": DecoyKind(
        "A resident of other periods than the one asked about.", former, can=_has_been_away
    ),
    "synthetic": DecoyKind("Nobody: a name drawn from the register's own frequencies.", synthetic),
    "twin_shared_word": DecoyKind(
        "A twin who shares the first of two given names, in one field or two, or hyphenated.",
        asks(persons.twin_shared_word),
        is_other=True,
        can=persons.has_second_word,
        shown_by="second given word",
    ),
    "twin_first_word": DecoyKind(
        "A twin under 27 who shares the first given word; one of the two is written by it alone, "
        "or under 18 with the initial of the other's second word.",
        asks(persons.twin_first_word),
        is_other=True,
        can=persons.is_young,
        scopes=(BIRTH,),
        shown_by="person under 27",
    ),
    "twin_one_letter": DecoyKind(
        "A twin whose given name is one letter from the resident's, as names in use or rhymes are.",
        asks(persons.twin_one_letter),
        is_other=True,
    ),
    "held_by_initial": DecoyKind(
        "A twin of a resident who is held by an initial, of the same initial.",
        asks(persons.held_by_initial),
        is_other=True,
        can=persons.has_initial_alone,
        shown_by="given name of one letter",
    ),
    "new_year": DecoyKind(
        "A namesake with another family name, both with 1 January of one year.",
        asks(persons.other_family),
        is_other=True,
        can=persons.is_of_new_year,
        scopes=(BIRTH,),
        shown_by="1 January",
    ),
    "filler_date": DecoyKind(
        "A namesake, both with a date that stands for an unknown one.",
        asks(persons.other_family_or_middle),
        is_other=True,
        can=persons.has_filler_date,
        scopes=(NAMES,),
        shown_by="filler date",
    ),
    "date_not_held": DecoyKind(
        "A namesake, as a father or son is, of a resident of whom no date of birth is held.",
        asks(persons.dated_namesake),
        is_other=True,
        can=persons.has_no_date,
        scopes=(BIRTH,),
        shown_by="no date of birth",
    ),
}


def can_ask(kind: str, record: SourceRecord, sample: SourceSample) -> bool:
    """Whether the row can be asked about in this way, as far as the sample tells."""
    can = KINDS[kind].can
    return can is None or can(record, sample)


def kinds_without_decoys(sample: SourceSample) -> list[str]:
    """Kinds of which nothing can be asked: no two like streets, or no other ZIP, are in the
    source."""
    lacking = {
        "like_street": not sample.streets.places,
        "other_zip": len(sample.zips.everywhere) < _LEAST_PLACES,
    }
    return [name for name, is_lacking in lacking.items() if is_lacking]


def kinds_not_shown(sample: SourceSample) -> list[str]:
    """Kinds that the source has too few rows of: under `LEAST_SHOWN`, or one of `SHOWN_SHARE`."""
    least = max(LEAST_SHOWN, sample.rows // SHOWN_SHARE)
    return [
        name
        for name, kind in KINDS.items()
        if kind.shown_by and sample.shown.get(kind.shown_by, 0) < least
    ]
