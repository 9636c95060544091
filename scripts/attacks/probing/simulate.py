"""One strategy through one simulated year: how many homes were tried for the person, or people at
the home. What is tried is what was granted, each home or name once."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final, NamedTuple

from scripts.attacks.people import Row, homes, request
from scripts.attacks.probing.strategy import HOME, Strategy
from scripts.attacks.probing.target import BORN, LINE, WHO, Pools, strangers
from scripts.attacks.probing.year import ROUTES, SECOND, Sending, Year

YEAR_DAYS: Final = 365
_STRANGERS: Final = tuple(strangers())
_HOMES: Final = tuple(islice(homes(), 2000))
_OFFICER: Final = ("A-104|Ottoline Birdwhistle|Special Agent",
                   "A-104\u200b|Ottoline Birdwhistle|Special Agent",
                   "A\u2010104|O. Birdwhistle|Special Agent")  # fmt: skip


class Learned(NamedTuple):
    """What a strategy learned: homes or names tried; questions granted; files sent."""

    tried: int
    granted: int
    files: int


def _question(strategy: Strategy, number: int, columns: Row) -> tuple[str, Row]:
    """Question `number` about the target: the home or name that it tries, and the row."""
    if strategy.target == HOME:
        given, family = _STRANGERS[number % len(_STRANGERS)]
        row = {**request(number + 1, given, family, LINE), **columns}
        return f"{given} {family}", row
    home = _HOMES[number % len(_HOMES)]
    name = {"given_name": WHO["given_name"], "family_name": WHO["family_name"]}
    return home, {**request(number + 1, "", "", home), **name, **columns}


def _dated(strategy: Strategy, number: int, columns: Row) -> bool:
    """Whether this way of writing states the date of birth as the strategy wants it."""
    states = "date_of_birth" in columns
    wanted = {"none": False, "true": True}.get(strategy.dates, number % 2 == 0)
    return strategy.target == HOME or states is wanted


def _columns(strategy: Strategy, pools: Pools) -> Iterator[Row]:
    """The ways of writing the target, in turn and again; the plain one where there are none."""
    of = pools[strategy.target]
    lists = [
        [each for each in of.get(way, ()) if _dated(strategy, 0, each) or strategy.dates == "mixed"]
        for way in strategy.ways
    ]
    plain: Row = {"line1": LINE} if strategy.target == HOME else {}
    if strategy.target != HOME and strategy.dates == "true":
        plain["date_of_birth"] = BORN
    pools_used = [each for each in lists if each] or [[plain]]
    number = 0
    while True:
        ways = pools_used[number % len(pools_used)]
        yield ways[number // len(pools_used) % len(ways)]
        number += 1


def _others(strategy: Strategy, files: int) -> list[Row]:
    """Rows about others, for a file to look like any."""
    first = 100_000 + files * 10
    return [
        request(first + at, *_STRANGERS[(first + at) % 1900], _HOMES[(7 * first + at) % 1900])
        for at in range(strategy.others)
    ]


def _officer(strategy: Strategy, number: int, row: Row) -> Row:
    if strategy.officers == "many":
        return row
    text = _OFFICER[number % 3] if strategy.officers == "spelled" else _OFFICER[0]
    return {**row, "engaged_officers": text}


def simulate(strategy: Strategy, pools: Pools, year: Year) -> Learned:
    """Run one strategy from the first day to the last."""
    year.begin()
    writing, tried, granted, asked = _columns(strategy, pools), set[str](), 0, 0
    day = files = fruitless = 0
    while asked < strategy.asked and day < YEAR_DAYS and fruitless < strategy.patience:
        count = min(strategy.rows, strategy.asked - asked)
        questions = [
            _question(strategy, number, next(writing)) for number in range(asked, asked + count)
        ]
        asked, route = asked + count, strategy.routes[files % len(strategy.routes)]
        rows = [_officer(strategy, n, row) for n, (_, row) in enumerate(questions, files)]
        turn = strategy.two_principals and route == "written-request" and files % 2
        principal = SECOND if turn else ROUTES[route]
        others = [] if route == "consent" else _others(strategy, files)
        put = year.send(Sending(day, route, principal, [*rows, *others]))
        new = {what for (what, _), was in zip(questions, put, strict=False) if was}
        granted, files = granted + sum(put[: len(questions)]), files + 1
        fruitless = 0 if new - tried else fruitless + 1
        tried |= new
        if not new and strategy.refused == "wait":
            day += strategy.waits
        elif not new and strategy.refused == "change":
            next(writing)
        if files % strategy.turns == 0:
            day += strategy.gap
    return Learned(len(tried), granted, files)
