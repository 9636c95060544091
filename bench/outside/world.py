"""A made-up world in which the register, and nothing of the question, decides the outcome.

    confirmed    the person is at the home
    nobody       the register holds no such home
    other        another person is at the home
    unit         the person is at another unit of the building
    hold         the person is at the home, and a disclosure hold suppresses the record
    period       the person is at the home, in another year than the one asked about

Every question is written by one rule, whatever its outcome; which outcome a number has is drawn.
All but the first are `not_confirmed`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Final

from bench.service.items import name_of, question_rows
from counterfoil.demo.sample import SOURCE_COLUMNS

CLASSES: Final = ("confirmed", "nobody", "other", "unit", "hold", "period")
Row = dict[str, str]


def outcomes(count: int, seed: int) -> list[str]:
    """The outcome of each number from 0 on: so many of each, in an order that is drawn."""
    drawn = [each for each in CLASSES for _ in range(count)]
    random.Random(seed).shuffle(drawn)
    return drawn


def questions(first: int, count: int) -> Iterator[Row]:
    """The rows of the questions from this number on."""
    for number, row in enumerate(question_rows(first, count), first):
        officer = number // 100
        engaged = f"E{officer:05d}|{name_of(officer, 3)} {name_of(officer + 77, 4)}|Special Agent|Agency A"
        yield row | {"line2": f"Apt {1 + number % 40}", "engaged_officers": engaged}


def source(drawn: list[str]) -> Iterator[Row]:
    """What the register holds: for each number a row by its outcome, none for `nobody`."""
    for number, (outcome, row) in enumerate(zip(drawn, questions(0, len(drawn)), strict=True)):
        if outcome == "nobody":
            continue
        held = {name: row.get(name, "") for name in SOURCE_COLUMNS}
        held |= {"record_ref": f"{outcome}-{number}", "taxable_period": "2024"}
        if outcome == "other":
            held |= {
                "given_name": name_of(number + 5_000_011, 3),
                "family_name": name_of(number + 9_000_011, 4),
                "date_of_birth": "1948-02-03",
            }
        elif outcome == "unit":
            held |= {"line2": f"Apt {61 + number % 40}"}
        elif outcome == "period":
            held |= {"taxable_period": "2019"}
        yield held
