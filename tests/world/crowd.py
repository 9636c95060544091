"""A made-up crowd on a few streets of three cities, so that house numbers are crowded."""

from __future__ import annotations

from random import Random

from counterfoil.demo.sample import SOURCE_COLUMNS as COLUMNS

STREETS = (
    "Heron Lake Rd",
    "Copperfield Ave",
    "N Juniper St",
    "Juniper St",
    "Juniper Ct",
    "Marigold St",
    "Oak St",
    "Larkspur Way",
)
GIVEN = (
    "Rosalind",
    "Bartholomew",
    "Consuelo",
    "Percival",
    "Wilhelmina",
    "Teodoro",
    "Philippa",
    "Leopold",
)
FAMILY = (
    "Achterberg",
    "Villanueva",
    "Vandermolen",
    "Ostrander",
    "Featherstone",
    "Quintanilla",
    "Thornquist",
)


def people(count: int, seed: int = 1) -> list[dict[str, str]]:
    """Made-up rows on a few streets of two cities, so that numbers are crowded."""
    chance = Random(seed)
    rows = []
    for number in range(count):
        city, state, code = chance.choice(
            (("Larkspur", "CA", "94939"), ("Larkfield", "CA", "94940"), ("Hollis", "NH", "03049"))
        )
        rows.append(
            dict.fromkeys(COLUMNS, "")
            | {
                "record_ref": f"REF-{number:06}",
                "tin": f"9{chance.randrange(100):02}-00-{number % 10000:04}",
                "given_name": chance.choice(GIVEN),
                "family_name": chance.choice(FAMILY),
                "date_of_birth": f"{chance.randrange(1940, 2000)}-04-09",
                "line1": f"{chance.randrange(100, 4000)} {chance.choice(STREETS)}",
                "line2": chance.choice(("", "", "Apt 7")),
                "city": city,
                "state": state,
                "zip": code,
                "taxable_period": chance.choice(("2019", "2020")),
            }
        )
    return rows
