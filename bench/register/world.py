"""A made-up world that is hard for address keys: many cities a ZIP, sister streets, crowded house
numbers, and homes whose rows name several cities. The same every time for the same seed."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

Row = dict[str, str]

GIVEN = [
    "Rosalind",
    "Bartholomew",
    "Consuelo",
    "Percival",
    "Wilhelmina",
    "Teodoro",
    "Philippa",
    "Leopold",
]
FAMILY = ["Achterberg", "Villanueva", "Vandermolen", "Ostrander", "Featherstone", "Quintanilla"]
STEMS = [
    "Oak",
    "Oake",
    "Oaks",
    "Juniper",
    "Junipero",
    "Brentwood",
    "Beechwood",
    "Marigold",
    "Marygold",
    "Heron",
    "Herron",
    "Larkspur",
    "Larkspor",
    "Quarry",
    "Quarrie",
    "Copperfield",
    "Copperfeld",
    "Main",
    "Maine",
    "12th",
    "12",
    "Elm",
    "Elmwood",
    "Fir",
    "Kestrel",
]
SIDES = ("", "", "", "N ", "S ")
SUFFIXES = (" St", " Ct", " Ave", " Rd", " Ln", "")
UNITS = ("", "", "", "Apt 1", "Apt 2", "# 1", "Unit 2", "Bldg A Apt 12")
CITIES = ("Larkspur", "Larkfield", "Laurelspur", "Hollis", "Hollins", "Holliston", "Anytown",
          "Anyton", "Baberby City", "Babercity")  # fmt: skip
STATES = ("CA", "NH", "WA")


class HardWorld:
    """Draws rows and questions. zips: how many; homes crowd the fewer there are."""

    def __init__(self, seed: int, zips: int, numbers: int = 8) -> None:
        self._chance = Random(seed)
        self._zips = [
            (f"{10000 + 7 * at:05}", STATES[at % 3], self._chance.sample(CITIES, 4))
            for at in range(zips)
        ]
        self._numbers = numbers

    def address(self) -> Row:
        """An address of the world."""
        draw = self._chance
        code, state, cities = draw.choice(self._zips)
        street = draw.choice(SIDES) + draw.choice(STEMS) + draw.choice(SUFFIXES)
        line = f"{draw.randrange(self._numbers) * 2 + 100} {street}"
        if draw.random() < 0.05:
            line = draw.choice((f"PO Box {draw.randrange(200)}", f"RR 2 Box {draw.randrange(50)}"))
        return {
            "line1": line,
            "line2": "" if line[0] in "PR" else draw.choice(UNITS),
            "city": draw.choice(cities),
            "state": state,
            "zip": code if draw.random() < 0.98 else "",
        }

    def rows(self, count: int) -> Iterator[Row]:
        """So many source rows: households, of which some name several cities of their ZIP."""
        draw, made = self._chance, 0
        while made < count:
            home = self.address()
            cities = next((c for z, _, c in self._zips if z == home["zip"]), [home["city"]])
            for _ in range(draw.choice((1, 1, 2, 3, 4))):
                row = home | ({"city": draw.choice(cities)} if draw.random() < 0.3 else {})
                yield self._person(made) | row
                made += 1

    def _person(self, number: int) -> Row:
        draw = self._chance
        return {
            "record_ref": f"REF-{number:08}",
            "tin": f"9{draw.randrange(100):02}-00-{draw.randrange(1, 9999):04}",
            "given_name": draw.choice(GIVEN),
            "middle_name": "",
            "family_name": draw.choice(FAMILY),
            "suffix": "",
            "date_of_birth": f"{draw.randrange(1940, 2000)}-04-09",
            "taxable_period": draw.choice(("2019", "2020")),
        }

    def question(self) -> Row:
        """An address that is asked: of the world, or one slip from it."""
        draw, asked = self._chance, self.address()
        slip = draw.randrange(9)
        if slip == 0:
            asked["zip"] = draw.choice(self._zips)[0]
        elif slip == 1:
            asked["city"] = draw.choice(CITIES)
        elif slip == 2:
            at = draw.randrange(len(asked["line1"]))
            asked["line1"] = (
                asked["line1"][:at] + draw.choice("AEINRST34") + asked["line1"][at + 1 :]
            )
        elif slip == 3:
            asked["line1"] = asked["line1"].rpartition(" ")[0]
        elif slip == 4:
            asked["line2"] = draw.choice(UNITS)
        elif slip == 5:
            asked["zip"] = ""
        return asked
