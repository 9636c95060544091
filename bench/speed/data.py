"""A register's source of any size, and a file of questions about it. Streaming, and the same every
time.

The people are those of bench/certify/make_people.py: households, juniors, twins, flats, names as
often as a Zipf curve has them. There they fill the ZIPs of one state; here those of the whole
country, one hundred million people and more. Questions are lawful, each about another home and in an
investigation of its own, an officer to every 200:

    held     60 %   the person at the address, one in twelve with a slip in name or street
    other    15 %   a name that nobody has, at the home of somebody else
    moved    15 %   somebody of the register at the home of somebody else
    nobody   10 %   a name that nobody has, at a house number that nobody has
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Final

from bench.certify.make_people import COLUMNS, Door, Maker, Person
from counterfoil.demo.questions import REASON_WORDS, REQUEST_COLUMNS
from counterfoil.normalize.places import STATES_OF_PREFIX

SEED: Final = 1
_SPARE: Final = 1.1
"""Questions that are drawn for each that is wanted, so that the last is drawn before the end."""
_HOMES_A_ROW: Final = 0.19
_ZIPS_OF_PREFIX: Final = range(1, 100)
_PERSON: Final = ("given_name", "middle_name", "family_name", "suffix", "date_of_birth")
_HOME: Final = ("line1", "line2", "city", "state", "zip")
_HOME_AT: Final = slice(COLUMNS.index("line1"), COLUMNS.index("zip") + 1)

Row = dict[str, str]


class Country(Maker):
    """Makes rows in the ZIPs of every state."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self._state = {
            prefix: min(states) for prefix, states in STATES_OF_PREFIX.items() if prefix != "000"
        }

    def doors(self) -> Iterator[Door]:
        """Every door of a ZIP of each prefix, then of the next one of each."""
        prefixes = sorted(self._state)
        self.chance.shuffle(prefixes)
        for nth in _ZIPS_OF_PREFIX:
            for at, prefix in enumerate(prefixes):
                city = f"{self.family.draw()} CITY".title() if nth % 4 == 1 else f"City {at}"
                yield from (
                    replace(door, city=city, zip=f"{prefix}{nth:02}") for door in self._zip(at)
                )

    def _zip(self, city: int) -> Iterator[Door]:
        """The doors of one ZIP, whose streets begin at any hundred: few homes of a ZIP have one
        number."""
        line, moved = "", 0
        for door in super()._zip(city):
            number, _, street = door.line1.partition(" ")
            if not number.isdigit():
                yield door
                continue
            if street != line:
                line, moved = street, 100 * self.chance.randrange(90)
            yield replace(door, line1=f"{int(number) + moved} {street}")

    def _row(self, at: int, person: Person, door: Door, year: int) -> list[str]:
        row = super()._row(at, person, door, year)
        row[COLUMNS.index("state")] = self._state[door.zip[:3]]
        return row


def write_files(folder: Path, rows: int, questions: int) -> tuple[Path, Path]:
    """people.csv of so many rows and questions.csv of so many questions about them."""
    people, asked = folder / "people.csv", folder / "questions.csv"
    chance = random.Random(SEED)
    drawn: list[Row] = []
    share = _SPARE * questions / (rows * _HOMES_A_ROW)
    with people.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        home = [""]
        for row in islice(Country(SEED).rows(rows), rows):
            writer.writerow(row)
            if row[_HOME_AT] != home:
                home = row[_HOME_AT]
                if chance.random() < share:
                    drawn.append(dict(zip(COLUMNS, row, strict=True)))
    chance.shuffle(drawn)
    with asked.open("w", encoding="utf-8", newline="") as file:
        table: csv.DictWriter[str] = csv.DictWriter(file, REQUEST_COLUMNS, lineterminator="\n")
        table.writeheader()
        for number, held in enumerate(drawn[:questions]):
            asked_for = _asked(chance, held, drawn[number - 1])
            table.writerow(dict.fromkeys(REQUEST_COLUMNS, "") | _matter(number) | asked_for)
    if len(drawn) < questions:
        raise SystemExit(f"only {len(drawn)} questions can be drawn from {rows} rows")
    return people, asked


def _asked(chance: random.Random, held: Row, other: Row) -> Row:
    person = {name: held[name] for name in _PERSON}
    home = {name: held[name] for name in _HOME}
    years = {"taxable_periods": held["taxable_period"]}
    kind = chance.random()
    if kind < 0.60:
        asked = person | home | years
        return _with_slip(chance, asked) if chance.random() < 1 / 12 else asked
    if kind < 0.75:
        person["given_name"], person["family_name"] = _nobody(chance)
    elif kind < 0.90:
        home = {name: other[name] for name in _HOME}
        years = {"taxable_periods": other["taxable_period"]}
    else:
        person["given_name"], person["family_name"] = _nobody(chance)
        home["line1"] = f"{chance.randrange(20_000, 90_000)} {home['line1'].partition(' ')[2]}"
    return person | home | years


def _nobody(chance: random.Random) -> tuple[str, str]:
    """A name that nobody has: no syllable of the register's names is in it."""
    given, family = ("".join(chance.choices(("zu", "xo", "qui", "vy"), k=at)) for at in (3, 4))
    return given.title(), family.title()


def _with_slip(chance: random.Random, row: Row) -> Row:
    """One letter left out of the family name or the street."""
    field = chance.choice(("family_name", "line1"))
    text = row[field]
    at = chance.randrange(len(text) // 2, len(text))
    return row | {field: text[:at] + text[at + 1 :]} if text[at].isalpha() else row


def _matter(number: int) -> Row:
    """The legal part, in order."""
    words, rest = list[str](), number
    for _ in range(5):
        rest, word = divmod(rest, len(REASON_WORDS))
        words.append(REASON_WORDS[word])
    officer = number // 200
    name = "Dana{} Fields{}{}".format(*[chr(97 + officer // 26**at % 26) for at in range(3)])
    return {
        "request_id": f"R{number:08d}",
        "statutory_authority": "8 USC 1253(a)(1)",
        "reason": "Willful failure to depart after the final order: residence bears on intent, "
        f"with the {' '.join(words)} evidence",
        "investigation_number": f"HSI-2026-{number:07d}",
        "investigation_opened_on": "2026-01-20",
        "removal_order_number": f"RO-2025-{number:07d}",
        "removal_order_date": "2025-03-14",
        "removal_ground": "8 USC 1227(a)(1)(B)",
        "stay_or_deferral": "none",
        "review": "none",
        "engaged_officers": f"E{officer:05d}|{name}|Special Agent|Agency A",
        "use_certified": "true",
    }
