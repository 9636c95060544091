"""Makes a register source of made-up people: households, juniors, twins, apartment houses.
Streaming and the same every time.

    python bench/certify/make_people.py people.csv --people 1000000 --seed 1

What is in it, and why: docs in bench/certify/README.md. One address after the other is filled with
households, so memory does not grow with the number of people. Tax numbers are 9xx-00-nnnn, which
are free for made-up people: 999,900 of them; who comes after that has none. Given names are those
of this repository's own tables, family names are made of syllables; both have the frequencies of a
Zipf curve.
"""

from __future__ import annotations

import argparse
import csv
import random
import string
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import accumulate, chain
from pathlib import Path

from counterfoil.normalize.name_similarity import familiar_forms, spellings

COLUMNS = (
    "record_ref", "tin", "given_name", "middle_name", "family_name", "suffix", "date_of_birth",
    "line1", "line2", "city", "state", "zip", "taxable_period",
)  # fmt: skip
YEARS = (2023, 2024)
TINS = 100 * 9999
STREETS_A_ZIP = 120
CITIES = 60
ZIPS_A_CITY = 4


def _words(text: str) -> list[str]:
    return text.split()


COMMON = _words(
    "SMITH JOHNSON WILLIAMS BROWN JONES GARCIA MILLER DAVIS RODRIGUEZ MARTINEZ HERNANDEZ LOPEZ "
    "GONZALEZ WILSON "
    "ANDERSON THOMAS TAYLOR MOORE JACKSON MARTIN LEE PEREZ THOMPSON WHITE HARRIS SANCHEZ CLARK "
    "RAMIREZ LEWIS "
    "ROBINSON WALKER"
)
SUFFIXES = ("ST", "AVE", "RD", "DR", "LN", "CT", "PL", "WAY", "BLVD", "CIR")
STARTS = _words(
    "BA BE BO BRA CA CO DA DE DO FA FI GA GO HA HE HO JA KA KE LA LE LO MA ME MO NA NO PA PE RA "
    "RE RO SA SE STA "
    "TA TE TRA VA WA"
)
MIDDLES: list[str] = [
    "BER",
    "CAR",
    "DEN",
    "DIN",
    "GER",
    "LAN",
    "LER",
    "LIN",
    "MAN",
    "MER",
    "NER",
    "NOR",
    "RAN",
    "REL",
    "RIN",
    "SEN",
    "TAN",
    "TER",
    "VAN",
    "VER",
]
ENDS: list[str] = [
    "BY",
    "DA",
    "DEN",
    "DO",
    "FORD",
    "GAN",
    "HAM",
    "KE",
    "LEY",
    "LO",
    "MAN",
    "N",
    "NAN",
    "NER",
    "RA",
    "RO",
    "S",
    "SEN",
    "SON",
    "TON",
    "WELL",
    "WICK",
]


@dataclass(frozen=True)
class Person:
    """Who is made."""

    given: str
    middle: str
    family: str
    suffix: str
    born: date


@dataclass(frozen=True)
class Door:
    """Where somebody lives."""

    line1: str
    line2: str
    city: str
    zip: str


class Names:
    """Draws from lists whose frequencies fall as 1 / (rank + 3)."""

    def __init__(self, chance: random.Random, names: list[str]) -> None:
        self._names = names
        self._weights = list(accumulate(1 / (rank + 3) for rank in range(len(names))))
        self._chance = chance

    def draw(self) -> str:
        """One name."""
        return self._chance.choices(self._names, cum_weights=self._weights)[0]


def given_names(chance: random.Random) -> list[str]:
    found = sorted(
        name for name in {*familiar_forms(), *spellings()} if name.isalpha() and len(name) > 2
    )
    chance.shuffle(found)
    return found


def family_names(chance: random.Random) -> list[str]:
    made = {a + b + c for a in STARTS for b in MIDDLES for c in ENDS}
    made |= {a + c for a in STARTS for c in ENDS if len(a + c) > 4}
    rest = sorted(made - set(COMMON))
    chance.shuffle(rest)
    return [*COMMON, *rest]


class Maker:
    """Makes rows, one address after the other."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.given = Names(self.chance, given_names(self.chance))
        self.family = Names(self.chance, family_names(self.chance))
        self.streets = [f"{a}{b}{c}" for a in STARTS for b in MIDDLES[:6] for c in ENDS[:4]]

    def doors(self) -> Iterator[Door]:
        """Every door of every ZIP: houses, apartment houses, PO boxes."""
        for city in range(CITIES):
            name = f"{STARTS[city % len(STARTS)]}{MIDDLES[city % 7]}{ENDS[city % 9]} CITY".title()
            for zip5 in range(ZIPS_A_CITY):
                code = f"{98000 + city * ZIPS_A_CITY + zip5 + 1:05}"
                yield from (replace(door, city=name, zip=code) for door in self._zip(city))

    def _zip(self, city: int) -> Iterator[Door]:
        names = self.chance.sample(self.streets, STREETS_A_ZIP - 20) + [
            f"{n}{_th(n)}" for n in range(1, 21)
        ]
        for line in chain.from_iterable(map(self._lines, names)):
            for number in range(
                101 + self.chance.randrange(4), 101 + 4 * self.chance.randrange(8, 30), 4
            ):
                yield from self._building(string.capwords(f"{number} {line}"))
        for box in range(self.chance.randrange(150, 250)):
            yield Door(f"PO Box {100 + box}", "", "", "")

    def _lines(self, street: str) -> list[str]:
        """The street; one in twelve stands beside another of its name, with another directional or
        suffix."""
        before, (suffix, other) = (
            self.chance.choice(("", "", "", "N ", "S ", "E ")),
            self.chance.sample(SUFFIXES, 2),
        )
        if self.chance.random() >= 1 / 12:
            return [f"{before}{street} {suffix}"]
        if self.chance.random() < 0.5:
            return [f"N {street} {suffix}", f"S {street} {suffix}"]
        return [f"{before}{street} {suffix}", f"{before}{street} {other}"]

    def _building(self, line: str) -> Iterator[Door]:
        if self.chance.random() < 0.035:
            units = self.chance.choice((8, 12, 24, 60, 120))
            yield from (
                Door(line, f"Apt {1 + unit // 6}{'ABCDEF'[unit % 6]}", "", "")
                for unit in range(units)
            )
        else:
            yield Door(line, "", "", "")

    def household(self) -> list[Person]:
        """One to six people: adults first; then what makes confusion."""
        chance, family = self.chance, self.family.draw()
        if chance.random() < 0.15:
            family = f"{family} {self.family.draw()}"
        people: list[Person] = []
        for _ in range(chance.choice((1, 1, 2, 2, 2))):
            self._add(people, self._person(family, 25, 75))
        if len(people) == 2 and chance.random() < 0.25:
            people[1] = replace(people[1], family=self.family.draw())
        for _ in range(chance.choice((0, 0, 0, 1, 1, 2, 3))):
            self._add(people, self._person(family, 16, 30))
        if len(people) > 2 and chance.random() < 0.06:
            people[-1] = self._named_for(people[0], people[-1])
        if len(people) > 3 and chance.random() < 0.04:
            people[-1] = replace(people[-1], born=people[-2].born)
        return people

    def _add(self, people: list[Person], person: Person) -> None:
        """Nobody is given the name of a brother or sister."""
        taken = {other.given for other in people}
        while person.given in taken:
            person = replace(person, given=self.given.draw())
        people.append(person)

    def _named_for(self, parent: Person, child: Person) -> Person:
        """A child of the parent's name: most write JR, some only another middle name, some
        nothing."""
        kind = self.chance.random()
        middle = parent.middle if kind < 0.8 else child.middle
        return replace(child, given=parent.given, middle=middle, suffix="JR" if kind < 0.7 else "")

    def _person(self, family: str, youngest: int, oldest: int) -> Person:
        chance = self.chance
        born = date(2024, 1, 1) - timedelta(days=chance.randrange(youngest * 365, oldest * 365))
        kind = chance.random()
        middle = "" if kind < 0.2 else self.given.draw()[0] if kind < 0.75 else self.given.draw()
        return Person(self.given.draw(), middle, family, "", born)

    def rows(self, people: int) -> Iterator[list[str]]:
        """Source rows until so many people are made; three in four are held in both years, one in
        twenty moves between."""
        made, moving = 0, list[tuple[int, Person]]()
        for door in self.doors():
            household = self.household()
            arrivals = [moving.pop()] if moving and self.chance.random() < 0.3 else []
            for at, person in chain(enumerate(household, made), arrivals):
                stays = at >= made and self.chance.random() < 0.95
                years = (
                    YEARS[1:]
                    if at < made
                    else YEARS
                    if stays and self.chance.random() < 0.8
                    else YEARS[:1]
                )
                if at >= made and not stays:
                    moving.append((at, person))
                yield from (self._row(at, person, door, year) for year in years)
            made += len(household)
            if made >= people:
                return
        raise SystemExit(f"only {made} people fit into the streets; ask for fewer")

    def _row(self, at: int, person: Person, door: Door, year: int) -> list[str]:
        tin = f"{900 + at // 9999}-00-{1 + at % 9999:04}" if at < TINS else ""
        return [
            f"p{at}",
            tin,
            person.given.title(),
            person.middle.title(),
            person.family.title(),
            person.suffix,
            person.born.isoformat(),
            door.line1,
            door.line2,
            door.city,
            "WA",
            door.zip,
            str(year),
        ]


def odd_rows(rows: Iterable[list[str]], seed: int) -> Iterator[list[str]]:
    """The rows, some people held as registers hold some: by initials, without a date of birth, with
    1 January or with a date that stands for an unknown one, with two given words in one field."""
    given, middle, born = (COLUMNS.index(name) for name in (
        "given_name", "middle_name", "date_of_birth"
    ))  # fmt: skip
    for row in rows:
        what = random.Random(f"{seed} {row[0]}").random()
        if what < 0.02:
            row[given], row[middle] = row[given][:1], row[middle][:1]
        elif what < 0.03:
            row[born] = ""
        elif what < 0.05:
            row[born] = f"{row[born][:4]}-01-01"
        elif what < 0.06:
            row[born] = "1900-01-01"
        elif what < 0.16 and len(row[middle]) > 1:
            row[given], row[middle] = f"{row[given]} {row[middle]}", ""
        yield row


def _th(number: int) -> str:
    if 10 <= number % 100 <= 20:
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("target", type=Path)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with asked.target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(Maker(asked.seed).rows(asked.people))
    print(f"{asked.people} people in {asked.target}", file=sys.stderr)


if __name__ == "__main__":
    main()
