"""A made-up world of households, an eighth of each group of names: a register's source and labelled
questions. The same every time.

Only names differ between groups. Homes, ages, dates of birth, who files, who is a twin and how often
a clerk writes something otherwise are drawn alike for all; what a group's names let happen (two
given words written apart, joined, hyphenated or turned; one left out) happens to whoever has two.
Twins share the date of birth, and of two given words the first in one of three pairs; no two of a
home bear the same given names. A Chinese given name has one syllable or two. Questions:

    true     an adult who files, written again by another hand
    false    a member of the household who does not file (child, twin, spouse, father or son of one
             name), at the household's address
    false    somebody who files next door, at this door

names.csv says where names are from. Rates are chosen, not measured.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Final

from bench.certify.make_people import COLUMNS, Door, Maker
from bench.slices.noise import slip

GROUPS: Final = (
    "hispanic", "chinese", "korean", "vietnamese", "arabic", "south_asian", "white", "black", "short",
)  # fmt: skip
"""`short`: names of one or two letters, of all lists."""
YEAR: Final = "2024"
ASKED: Final = (
    "request_id", *COLUMNS[2:-1], "taxable_periods", "name_group", "truth",
)  # fmt: skip
_NAMES: Final = Path(__file__).with_name("names.csv")
_SHORT: Final = 2
_TWO_GIVEN: Final = {"hispanic": 0.5, "chinese": 0.8, "korean": 1.0, "vietnamese": 0.8}
_TWO_ELSEWHERE: Final = 0.15
_OF_TWO_SYLLABLES: Final = {
    "Guiying": ("Gui", "Ying"),
    "Xiulan": ("Xiu", "Lan"),
    "Xiuying": ("Xiu", "Ying"),
}
"""Given names of the Chinese list that are whole."""


@dataclass(frozen=True)
class Person:
    """A made-up person: given words, middle, family words, suffix, date of birth, and whether they
    file."""

    given: tuple[str, ...]
    middle: str
    family: tuple[str, ...]
    suffix: str
    born: date
    files: bool


class Lists:
    """The lists of one group; the frequencies fall as 1 / (rank + 10)."""

    def __init__(self, given: list[str], family: list[str], chance: random.Random) -> None:
        self.chance = chance
        self._lists = {"given": given, "family": family}
        self._weights = {
            kind: list(accumulate(1 / (rank + 10) for rank in range(len(names))))
            for kind, names in self._lists.items()
        }

    def draw(self, kind: str) -> str:
        """One name."""
        return self.chance.choices(self._lists[kind], cum_weights=self._weights[kind])[0]


def read_lists(chance: random.Random) -> dict[str, Lists]:
    """The lists of every group, shuffled."""
    found: dict[tuple[str, str], list[str]] = {}
    lines = _NAMES.read_text(encoding="ascii").splitlines()
    for row in csv.DictReader(line for line in lines if not line.startswith("#")):
        found.setdefault((row["group"], row["kind"]), []).append(row["name"])
        if len(row["name"]) <= _SHORT and row["kind"] != "middle":
            found.setdefault(("short", row["kind"]), []).append(row["name"])
    return {
        group: Lists(
            *(chance.sample(names := sorted({*found[group, kind]}), len(names)) for kind in (
                "given", "family",
            )),
            chance,
        )
        for group in GROUPS
    }  # fmt: skip


def household(group: str, lists: Lists, chance: random.Random) -> list[Person]:
    """Adults, who file, and children, of whom the grown ones do in half the homes."""
    family, other = (tuple(lists.draw("family") for _ in range(2)) for _ in range(2))
    is_double = group == "hispanic"
    shared = (family[0], other[0]) if is_double else family[:1]
    people: list[Person] = []
    for at in range(chance.choice((1, 2, 2))):
        own = (family, other)[at] if is_double or chance.random() < 0.3 else family
        own = own if is_double else own[:1]
        people.append(_person(group, lists, chance, own, people, (26, 80), files=True))
    grown = chance.random() < 0.5
    for at in range(chance.choice((0, 1, 1, 2, 3))):
        child = _person(group, lists, chance, shared, people, (1, 25), files=grown and at % 2 == 0)
        if at and chance.random() < 0.05:
            child = _twin(child, people[-1], lists, chance)
        elif chance.random() < 0.03:
            child = replace(
                child,
                given=people[0].given,
                middle=chance.choice((people[0].middle, child.middle)),
                family=people[0].family,
                suffix=chance.choice(("JR", "")),
            )
        people.append(child)
    return people


def _person(
    group: str,
    lists: Lists,
    chance: random.Random,
    family: tuple[str, ...],
    others: list[Person],
    ages: tuple[int, int],
    *,
    files: bool,
) -> Person:
    taken = {other.given[0] for other in others}
    given = tuple(lists.draw("given").split())
    while given[0] in taken:
        given = tuple(lists.draw("given").split())
    given = _OF_TWO_SYLLABLES.get(given[0], given)
    if len(given) == 1 and chance.random() < _TWO_GIVEN.get(group, _TWO_ELSEWHERE):
        second = lists.draw("given").split()[-1]
        while second in _OF_TWO_SYLLABLES:
            second = lists.draw("given")
        given = (*given, second)
    middle = "" if len(given) > 1 or chance.random() < 0.4 else lists.draw("given").split()[0]
    born = date(2024, 6, 1) - timedelta(days=chance.randrange(ages[0] * 365, ages[1] * 365))
    return Person(given, middle, family, "", born, files)


def _twin(child: Person, other: Person, lists: Lists, chance: random.Random) -> Person:
    """The date of birth of the other; of two given words the first of the other, in one of three."""
    given = child.given
    if len(given) > 1 and len(other.given) > 1 and chance.random() < 1 / 3:
        given = (other.given[0], given[1])
    while given == other.given:
        given = (*given[:-1], lists.draw("given").split()[-1])
    return replace(child, born=other.born, given=given, family=other.family)


def write_again(person: Person, chance: random.Random) -> dict[str, str]:
    """The person's columns as another hand writes them: the same rates for everybody."""
    given, middle, family, born = (
        person.given,
        person.middle,
        person.family,
        person.born.isoformat(),
    )
    if len(given) > 1 and chance.random() < 0.03:
        given = given[::-1]
    if len(given) > 1 and chance.random() < 0.05:
        given = given[:1]
    text = chance.choices((" ", "", "-"), (8, 1, 1))[0].join(given)
    if len(given) > 1 and chance.random() < 0.2:
        text, middle = given[0], given[1]
    if chance.random() < 0.02:
        text = slip(text.upper(), chance)
    last = chance.choices((" ", "-"), (6, 1))[0].join(family)
    if len(family) > 1 and chance.random() < 0.1:
        last = family[0]
    if chance.random() < 0.02:
        last = slip(last.upper(), chance)
    if chance.random() < 0.1:
        middle = ""
    elif chance.random() < 0.3:
        middle = middle[:1]
    if chance.random() < 0.005 and len(given) == 1:
        text, last = last, text
    if chance.random() < 0.01:
        born = ""
    elif chance.random() < 0.01:
        born = (person.born + timedelta(days=chance.choice((1, 9, 30, 365)))).isoformat()
    suffix = person.suffix if chance.random() < 0.9 else ""
    return {
        "given_name": text.title(),
        "middle_name": middle.title(),
        "family_name": last.title(),
        "suffix": suffix,
        "date_of_birth": born,
    }


def write_world(folder: Path, people: int, seed: int) -> dict[str, int]:
    """Write people.csv, questions.csv and undated.csv (the same questions without dates of birth).
    Returns how many people were made, rows held and questions asked."""
    folder.mkdir(parents=True, exist_ok=True)
    made = {"people": 0, "held": 0, "questions": 0}
    with (
        (folder / "people.csv").open("w", encoding="utf-8", newline="") as held,
        (folder / "questions.csv").open("w", encoding="utf-8", newline="") as dated,
        (folder / "undated.csv").open("w", encoding="utf-8", newline="") as undated,
    ):
        rows = csv.DictWriter(held, COLUMNS)
        asked = [csv.DictWriter(file, ASKED) for file in (dated, undated)]
        for writer in (rows, *asked):
            writer.writeheader()
        for row, questions, count in doors(people, seed):
            rows.writerows(row)
            asked[0].writerows(questions)
            asked[1].writerows(each | {"date_of_birth": ""} for each in questions)
            for name, more in zip(made, (count, len(row), len(questions)), strict=True):
                made[name] += more
    return made


Cells = dict[str, str]


def doors(people: int, seed: int) -> Iterator[tuple[list[Cells], list[Cells], int]]:
    """Door by door: rows held, questions, and people made."""
    chance = random.Random(seed)
    lists, total = read_lists(chance), 0
    before: dict[str, list[Person]] = {}
    for at, door in enumerate(Maker(seed).doors()):
        if total >= people:
            return
        group = GROUPS[at % len(GROUPS)]
        members = household(group, lists[group], chance)
        filers = [person for person in members if person.files]
        held = [_held(person, door, total + n, chance) for n, person in enumerate(filers)]
        asked = [
            _question(person, door, group, chance, truth=person.files) for person in members
        ] + [
            _question(person, door, group, chance, truth=False)
            for person in before.get(group, [])[:1]
        ]
        for n, question in enumerate(asked):
            question["request_id"] = f"q{total}-{n}"
        before[group] = filers
        total += len(members)
        yield held, asked, len(members)


def _held(person: Person, door: Door, at: int, chance: random.Random) -> Cells:
    cells = write_again(person, chance)
    return (
        _at(door)
        | cells
        | {
            "record_ref": f"p{at}",
            "tin": f"{900 + at // 9999 % 100}-00-{1 + at % 9999:04}" if at < 100 * 9999 else "",
            "date_of_birth": person.born.isoformat(),
            "taxable_period": YEAR,
        }
    )


def _question(
    person: Person, door: Door, group: str, chance: random.Random, *, truth: bool
) -> Cells:
    return (
        _at(door)
        | write_again(person, chance)
        | {"taxable_periods": YEAR, "name_group": group, "truth": str(truth).lower()}
    )


def _at(door: Door) -> Cells:
    return {
        "line1": door.line1,
        "line2": door.line2,
        "city": door.city,
        "state": "WA",
        "zip": door.zip,
    }
