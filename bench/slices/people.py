"""Made-up households in three arms, as a register's source and as labelled questions. The same
every time.

Every household is made once and written in each arm: the same people of the same ages at a door of
the same kind, with the arm's names. In `compound` a father is F1 F2, a mother M1 M2 and their
children F1 M1, as Spanish names go; in the other arms the family shares one name. Adults file;
grown children at home do in half the homes. Questions:

    true     an adult who files, written again by another hand (noise.py)
    false    a member of the household who does not file, at the household's address: child, sibling
             or spouse
    false    somebody of the arm who files two doors away, at this door

Addresses are the same on both sides, so that what differs is names. No date of birth and no tax
number in a question.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from bench.certify.make_people import COLUMNS, Door, Maker
from bench.slices.names import ARMS, ROUND, Arm, draw, draw_family, make_arms
from bench.slices.noise import Written, write_again
from counterfoil.demo.sample import LABELLED_COLUMNS

SEED: Final = 31
YEARS: Final = ("2023", "2024")
_TINS: Final = 100 * 9999
_TWO_GIVEN: Final = 0.6
_BOTH_YEARS: Final = 0.8


class Asked(NamedTuple):
    """What is known of one question beside its row: the arm, whether it is true, and what was
    changed in the name."""

    arm: str
    truth: bool
    changes: list[str]


class Member(NamedTuple):
    """One person of a household: as written in full, and whether they file."""

    name: Written
    files: bool


def household(chance: random.Random, arm: Arm) -> list[Member]:
    """Two parents, or one, and up to three children. Nobody bears the given name of a brother or
    sister; one child in 100 a parent's."""
    fathers, mothers = ((draw_family(chance, arm), draw_family(chance, arm)) for _ in range(2))
    compound = arm.name == "compound"
    parent = tuple(fathers) if compound else fathers[:1]
    partner = tuple(mothers) if compound else fathers[:1] if chance.random() < 0.75 else mothers[:1]
    child = (fathers[0], mothers[0]) if compound else fathers[:1]
    adults = chance.choice((1, 2, 2))
    children = chance.choice((0, 1, 2, 3))
    grown = chance.random() < 0.5
    named_for = chance.random() < 0.01 and children > 0
    members: list[Member] = []
    for at in range(adults + children):
        family = (parent, partner, child)[min(at, 1) if at < adults else 2]
        name = _name(chance, arm, family, {member.name.given for member in members})
        if named_for and at == adults + children - 1:
            name = Written(members[0].name.given, name.middle, family)
        members.append(Member(name, at < adults or (grown and at % 2 == 0)))
    return members


def _name(chance: random.Random, arm: Arm, family: tuple[str, ...], taken: set[str]) -> Written:
    given = draw(chance, arm.given)
    while given in taken:
        given = draw(chance, arm.given)
    middle = draw(chance, arm.given) if chance.random() < _TWO_GIVEN else ""
    return Written(given, "" if middle == given else middle, family)


def write_set(folder: Path, households: int) -> dict[str, Asked]:
    """Write people.csv and questions.csv; return what is known of each question by its id."""
    folder.mkdir(parents=True, exist_ok=True)
    known: dict[str, Asked] = {}
    with (
        (folder / "people.csv").open("w", encoding="utf-8", newline="") as people,
        (folder / "questions.csv").open("w", encoding="utf-8", newline="") as questions,
    ):
        held, asked = csv.writer(people), csv.writer(questions)
        held.writerow(COLUMNS)
        asked.writerow(LABELLED_COLUMNS)
        for row, question, facts in _all(households):
            if row:
                held.writerow(row)
            if facts:
                name = f"q{len(known)}"
                known[name] = facts
                asked.writerow([name, *question])
    return known


def _all(households: int) -> Iterator[tuple[list[str], list[str], Asked | None]]:
    """Rows of the register, then the questions of the same door, door after door."""
    chance = random.Random(SEED)
    arms, doors, at = make_arms(chance), Maker(SEED).doors(), 0
    before: dict[int, list[Member]] = {}
    for number in range(households):
        for place, (name, door) in enumerate(zip(ROUND, islice(doors, len(ROUND)), strict=True)):
            arm, draws = (
                arms[name],
                random.Random(f"{SEED} {number} {place // len(ARMS)}"),
            )  # the same draws in each arm
            members = household(draws, arm)
            for member in members:
                at += 1
                if member.files:
                    yield from ((row, [], None) for row in _held(draws, arm, member, door, at))
                written, told = write_again(member.name, arm, draws)
                yield (
                    [],
                    _question(written, door, truth=member.files),
                    Asked(name, member.files, told),
                )
            for stranger in before.get(place, [])[:1]:
                written, told = write_again(stranger.name, arm, draws)
                yield [], _question(written, door, truth=False), Asked(name, False, told)
            before[place] = members


def _held(
    draws: random.Random, arm: Arm, member: Member, door: Door, at: int
) -> Iterator[list[str]]:
    """One row a year; the later one written again."""
    tin = f"{900 + at // 9999}-00-{1 + at % 9999:04}" if at < _TINS else ""
    names = [member.name]
    if draws.random() < _BOTH_YEARS:
        names.append(write_again(member.name, arm, draws)[0])
    for name, year in zip(names, YEARS, strict=False):
        yield [
            f"p{at}",
            tin,
            name.given.title(),
            name.middle.title(),
            name.family_name.title(),
            "",
            "",
            door.line1,
            door.line2,
            door.city,
            "WA",
            door.zip,
            year,
        ]


def _question(name: Written, door: Door, *, truth: bool) -> list[str]:
    return [
        name.given.title(),
        name.middle.title(),
        name.family_name.title(),
        "",
        "",
        "",
        door.line1,
        door.line2,
        door.city,
        "WA",
        door.zip,
        ";".join(YEARS),
        str(truth).lower(),
    ]
