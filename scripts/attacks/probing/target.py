"""The targets, and the ways to write them that the tree's own matcher and register read as them.

Which ways those are is found by the command line, in an office without guards: the attacker is
taken to know it. A strategy uses no other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product
from pathlib import Path
from typing import Any, Final

from scripts.attacks.gate import homes, names, spellings
from scripts.attacks.office import WIDE, make_office
from scripts.attacks.people import Row, person, rare_name, request
from scripts.attacks.people import names as names_in_turn
from scripts.attacks.probing.strategy import HOME, HOME_WAYS, NAME_WAYS, PERSON

BORN: Final = "1981-05-29"
LINE: Final = "1847 Heron Lake Rd"
WHO: Final = person("r1", "Eric", "Alonso Tellez", LINE, date_of_birth=BORN)
MOST: Final = 120
"""Ways of writing that are tried, of each kind."""
Pools = dict[str, dict[str, list[Row]]]
"""By target and way: columns of a request."""


def _names(way: str) -> Iterator[Row]:
    """The person's name in one way, without and with the date of birth."""
    given, family = WHO["given_name"], WHO["family_name"]
    if way in spellings.ALL:
        write = spellings.ALL[way]
        one = spellings.distinct(write(given), MOST, given)
        other = spellings.distinct(write(family), MOST, family)
        pairs = [*((each, family) for each in one), *((given, each) for each in other)]
        pairs += list(zip(one, other, strict=False))
    elif way == "plain":
        pairs = [(given, family)]
    elif way == "words":
        words = ("Jon", "Ray", "Luis", "Ivan", "Omar", "Saul", "Hugo", "Noel", "Abel", "Ciro")
        pairs = [(f"{given} {each}", family) for each in words]
    elif way == "parts":
        pairs = [
            (given, each)
            for each in ("Alonso", "Tellez", "Tellez Alonso", "AlonsoTellez", "Alonso-Tellez",
                         "de Alonso Tellez", "Alonso de Tellez", "Alonso y Tellez")
        ]  # fmt: skip
    elif way == "turned":
        pairs = [(family, given), ("Alonso", f"Eric {family}"), ("Tellez", "Eric Alonso"),
                 ("Alonso", "Tellez Eric"), ("Tellez Eric", "Alonso")]  # fmt: skip
    elif way == "initial":
        pairs = [("E", family), ("E.", family), ("E", "Tellez"), ("Er", family), ("Erik", family)]
    elif way == "other-family":
        pairs = [(given, rare_name(number)[1]) for number in range(40)]
    else:
        yield from _beside(way)
        return
    for one, other in pairs:
        yield {"given_name": one, "family_name": other}
        yield {"given_name": one, "family_name": other, "date_of_birth": BORN}


def _beside(way: str) -> Iterator[Row]:
    """The person's name, with what else a question states in one way."""
    name = {"given_name": WHO["given_name"], "family_name": WHO["family_name"]}
    if way == "near-dates":
        year, month, day = BORN.split("-")
        dates = [f"{int(year) + by}-{month}-{day}" for by in (-2, -1, 1, 2, 10)]
        dates += [f"{year}-{int(month) + by:02d}-{day}" for by in (-1, 1, 5)]
        dates += [f"{year}-{month}-{int(day) + by:02d}" for by in (-10, -2, -1, 1, 2)]
        yield from ({**name, "date_of_birth": each} for each in [*dates, "1918-05-29"])
        return
    values = [f"{letter}{more}" for letter in "ABCDEFGH" for more in ("", ".", "lan")]
    column = "middle_name"
    if way == "years":
        column, values = "taxable_periods", ["2023", "2024", "2023;2024", "2024;2023"]
    for each in values:
        yield {**name, column: each}
        yield {**name, column: each, "date_of_birth": BORN}


def _places(way: str) -> Iterator[Row]:
    """The home in one way."""
    if way == "plain":
        yield {"line1": LINE}
    elif way in spellings.ALL:
        write = spellings.ALL[way]
        for one in spellings.distinct(write("Heron"), MOST, "Heron"):
            yield {"line1": f"1847 {one} Lake Rd"}
        for one in spellings.distinct(write("Lake"), MOST, "Lake"):
            yield {"line1": f"1847 Heron {one} Rd"}
    else:
        yield from homes.WAYS[way][2]()


def _effective(folder: Path, asked: Iterable[tuple[str, Row]], stated: Row) -> dict[str, list[Row]]:
    """The ways by which the resident is confirmed, by way."""
    tried = list(asked)
    rows = [
        {**request(number, WHO["given_name"], WHO["family_name"], LINE), **stated, **columns}
        for number, (_, columns) in enumerate(tried, 1)
    ]
    office = make_office(folder, names.SOURCE, limits={**WIDE, "batch_rows": "20000"})
    sent, found = office.send(rows), dict[str, list[Row]]()
    for row, (way, columns) in zip(rows, tried, strict=True):
        if sent.answer(row["request_id"]) == "confirmed":
            found.setdefault(way, []).append(columns)
    return found


def effective_pools(folder: Path) -> Pools:
    """What a strategy may use."""
    written = [(way, columns) for way in NAME_WAYS for columns in _names(way)]
    placed = [(way, columns) for way in HOME_WAYS for columns in _places(way)]
    return {
        PERSON: _effective(folder / "names", written, {}),
        HOME: _effective(folder / "homes", placed, {"date_of_birth": BORN}),
    }


def strangers() -> list[tuple[str, str]]:
    """Two thousand names, no two alike. Those that follow each other have other given names: who
    asks for one given name after another at a home is taken to ask for one person."""
    numbers = product(range(0, 200, 20), range(200))
    return [
        *names_in_turn(),
        *((rare_name(n)[0], rare_name((n + by) % 200)[1]) for by, n in numbers),
    ]


def described(pools: Pools) -> dict[str, Any]:
    """How many ways of writing there are, by target and way."""
    return {target: {way: len(of) for way, of in by.items()} for target, by in pools.items()}
