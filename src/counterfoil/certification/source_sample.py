"""What decoys are drawn from: a first reading of the register's own source.

The sealed register has no function that lists residents (P3), so decoys come from the file that the
holder built it from. The holder names the file, and it is compared with the digest in the signed
manifest. Another file is refused, because whether the register holds the people in it would not be
known.

The sample keeps names, dates of birth, streets and ZIPs of the source in this process's memory and
nowhere else.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from counterfoil.certification.places import (
    BloomSet,
    CityZips,
    Presence,
    SimilarStreets,
    StreetCollector,
    ZipCollector,
    checksum_of,
)
from counterfoil.core.births import is_common, real_birth
from counterfoil.core.errors import InputFault
from counterfoil.core.values import Sensitive
from counterfoil.matching import GROWN, MAJORITY
from counterfoil.register import Manifest
from counterfoil.register.build import open_source
from counterfoil.register.source import COLUMNS, take_fingerprint

SAMPLE_NAMES: Final = 65_536
_IN_USE: Final = 2
_MOST_RESIDENTS: Final = 30

_DESIGNATED: Final = re.compile(
    r"(?i)\b(apt|apartment|unit|ste|suite|fl|floor|lot|bldg|building|trlr|rm|room)"
    r"\s+([a-z]?[0-9][a-z0-9-]*)\s*$"
)

Progress = Callable[[int, int | None, str], None]
Row = Sequence[str]


class SampledName(Sensitive, frozen=True, gc=False, array_like=True):
    """A name that the register holds, with its bearer's date of birth. `first`: the first given
    name, in capitals."""

    given: str
    middle: str
    family: str
    born: str
    first: str


class SourceSample(Sensitive, frozen=True):
    """Names in the register's own frequencies, ZIPs by city, streets that are like others, who may
    be where in which period; taxable periods held, rows of the source, different tax numbers in it.

    shown: rows of the source by what they show that a kind of decoy needs. confusions: pairs of
    people of one home, by what they share. near: given names one letter from each."""

    names: tuple[SampledName, ...]
    zips: CityZips
    streets: SimilarStreets
    presence: Presence
    periods: tuple[int, ...]
    rows: int
    people: int = 0
    shown: dict[str, int] = {}
    confusions: dict[str, int] = {}
    near: dict[str, tuple[str, ...]] = {}


def near_names(names: Sequence[SampledName]) -> dict[str, tuple[str, ...]]:
    """By first given name those one letter away, in order, of names that are borne more than
    twice."""
    borne = Counter(each.first for each in names)
    alike: dict[str, set[str]] = {}
    for word in sorted(word for word, count in borne.items() if count > _IN_USE and word.isalpha()):
        for at in range(len(word)):
            alike.setdefault(f"{word[:at]}.{word[at + 1 :]}", set()).add(word)
    found: dict[str, set[str]] = {}
    for group in alike.values():
        for word in group if len(group) > 1 else ():
            found.setdefault(word, set()).update(group - {word})
    return {word: tuple(sorted(group)) for word, group in found.items()}


def given_words(given: str, middle: str) -> tuple[str, ...]:
    """The words of a given and a middle name, in capitals."""
    return tuple(f"{given} {middle}".upper().replace("-", " ").replace(".", " ").split())


def designated_unit(line1: str, line2: str) -> re.Match[str] | None:
    """Designator and number of the one unit that a row's lines end with; None where there is none,
    or more than one."""
    if line2:
        found = _DESIGNATED.match(line2.strip())
        return None if "#" in line1 or _DESIGNATED.search(line1) else found
    return _DESIGNATED.search(line1)


def is_without_unit(line1: str, line2: str) -> bool:
    """Whether a row is a house number and a street, as far as a glance tells."""
    is_house = not line2 and line1[:1].isdigit() and "#" not in line1
    return is_house and _DESIGNATED.search(line1) is None


def is_young(born: str, period: str) -> bool:
    """Whether a person is under 27 at the end of the period after this one: from then on a given
    word that one side lacks confirms."""
    return _is_under(GROWN, born, period)


def is_minor(born: str, period: str) -> bool:
    """Whether a person is under 18 then: from then on an initial confirms for a second word."""
    return _is_under(MAJORITY, born, period)


def _is_under(age: int, born: str, period: str) -> bool:
    try:
        day = real_birth(date.fromisoformat(born))
        return day is not None and day.year > int(period) + 1 - age
    except ValueError:
        return False


class ShownRows:
    """Counts what the rows of a source show, and what the people of one home share: rows that
    follow each other at one address in one period are its people."""

    def __init__(self) -> None:
        self.rows, self.pairs, self.people = Counter[str](), Counter[str](), 0
        self._numbers, self._home = BloomSet(), ("", "", "", "")
        self._residents: list[tuple[str, str, tuple[str, ...], str, str]] = []

    def note(
        self, tin: str, name: tuple[str, str, str], born: str, home: tuple[str, str, str, str]
    ) -> None:
        """One row: tax number, given, middle and family name, date of birth, home and period."""
        words = given_words(*name[:2])
        self.rows.update(_shown_by(words, born))
        line1, line2, _, period = home
        self.rows["unit with a designator"] += designated_unit(line1, line2) is not None
        self.rows["no unit"] += is_without_unit(line1, line2)
        self.rows["person under 27"] += is_young(born, period)
        if tin and self._numbers.add(checksum_of(tin)):
            self.people += 1
        if home != self._home:
            self._home, self._residents = home, []
        if len(self._residents) < _MOST_RESIDENTS:
            this = (tin, born, words, name[2].upper(), home[3])
            for other in self._residents:
                if not tin or other[0] != tin:
                    self.pairs.update(_shared(this, other))
            self._residents.append(this)


def _shown_by(words: tuple[str, ...], born: str) -> list[str]:
    shown: list[str] = []
    if len(words) > 1:
        shown.append("second given word")
    if words and len(words[0]) == 1:
        shown.append("given name of one letter")
    if not born:
        return [*shown, "no date of birth"]
    try:
        day = date.fromisoformat(born)
    except ValueError:
        return shown
    if real_birth(day) is None:
        shown.append("filler date")
    elif is_common(day):
        shown.append("1 January")
    return shown


def _shared(
    one: tuple[str, str, tuple[str, ...], str, str], two: tuple[str, str, tuple[str, ...], str, str]
) -> list[str]:
    """What two people of one home share, as kinds of confusion."""
    (_, born, words, family, _), (_, other_born, others, other_family, _) = one, two
    found: list[str] = []
    is_dated = bool(born) and born == other_born
    date_said = "one date of birth" if is_dated else "two dates of birth or none"
    if is_dated:
        found.append("one date of birth")
    if not words or not others:
        return [*found, "a given name missing"]
    if words[0] == others[0]:
        same = "whole given name" if words == others else "first given word"
        found.append(f"{same}, {date_said}")
        if family != other_family and is_dated:
            found.append("first given word and date of birth, two family names")
    elif words[0][0] == others[0][0]:
        found.append(f"initial of the given name, {date_said}")
        if min(len(words[0]), len(others[0])) == 1:
            found.append("initial that stands for the given name")
    elif sorted(words) == sorted(others):
        found.append("given names in another order")
    return found


def check_source(source: Path, manifest: Manifest) -> None:
    """Raise InputFault `certify_source_other` unless the register was built from this very file."""
    if take_fingerprint(source).digest != manifest.source_digest:
        raise InputFault(
            "certify_source_other",
            "this is not the file that the register was built from",
            place="--source",
            cure="Name the same file, unchanged; its digest is in `counterfoil register info`.",
        )


def read_rows(source: Path) -> Iterator[Row]:
    """Every row of the source in order, cut as `register.build` cuts it. Raises InputFault."""
    for batch in open_source(source).batches():
        yield from batch.rows


def read_sample(source: Path, progress: Progress, size: int = SAMPLE_NAMES) -> SourceSample:
    """Read the source once. Names are every so-many-th row, so they have the register's
    frequencies; bounded memory."""
    names: list[SampledName] = []
    zips, streets, presence, shown = ZipCollector(), StreetCollector(), Presence(), ShownRows()
    years: set[str] = set()
    total, step, last = 0, 1, ("", "")
    for row in read_rows(source):
        if len(row) == len(COLUMNS):
            _, tin, given, middle, family, _, born, line1, line2, city, state, zip_code, period = (
                map(str.strip, row)
            )
            zip5 = zip_code[:5]
            if total % step == 0:
                names.append(sampled_name(given, middle, family, born))
            if (line1, zip5) != last:  # households stand together
                zips.note(line1, city, state, zip5)
                streets.note(line1, city, state, zip5)
                last = (line1, zip5)
            presence.note(checksum_of(tin, line1, line2, zip5), period)
            shown.note(tin, (given, middle, family), born, (line1, line2, zip5, period))
            years.add(period)
        total += 1
        if len(names) >= 2 * size:
            names, step = names[::2], step * 2
        if total % 65_536 == 0:
            progress(total, None, "sample")
    periods = tuple(sorted(int(year) for year in years if len(year) == 4 and year.isdecimal()))
    return SourceSample(
        tuple(names),
        zips.finish(),
        streets.finish(),
        presence,
        periods,
        total,
        shown.people,
        dict(shown.rows),
        dict(sorted(shown.pairs.items())),
        near_names(names),
    )


def sampled_name(given: str, middle: str, family: str, born: str) -> SampledName:
    """One name of a sample."""
    return SampledName(given, middle, family, born, given.partition(" ")[0].upper())
