"""What the best of many strategies learns of a person's date of birth, tax number and taxable years
in a simulated year, at a commit and in the working tree:
`python -m scripts.attacks.probing.evidence [--commit REV] [--count N] [--out FILE]`.

The name and the home are known. A strategy asks about them again and again, each time with another
date, number or set of years, or without one; what varies is how name and home are written, in
what files, on what days, by what route, principal and officer, and what waits for what. What is
learned of each kind is how many of its values were really put to the register within one window of
the agreement: one is what the first question states, and every other one tells more than the bit.
Strategy N is made from the seed and N alone.

The page is docs/measurements/evidence-tried.md. `child COUNT FILE` runs the strategies against the
tree that PYTHONPATH names first and writes a JSON line for each: [number, [dates, numbers, years],
granted, files].
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Any, Final, NamedTuple

from scripts.attacks.people import Row, request
from scripts.attacks.probing.strategy import SEED
from scripts.attacks.probing.year import ROUTES, SECOND, Sending, Year, limits_of, load, new_year
from scripts.attacks.runner import ROOT, Failed, checkout, commit_of

COUNT: Final = 10_000
OUT: Final = ROOT / "docs" / "measurements" / "evidence-tried.md"
KINDS: Final = {
    "date_of_birth": ("1981-05-29", "1981-05-28", "1981-06-29", "1980-05-29", "1991-05-29",
                      "1975-01-17", "1981-05-09", "1962-11-03", ""),
    "tin": ("900-00-1847", "900-00-1874", "900 00 8147", "901-00-1847", "900-00-1841", ""),
    "taxable_periods": ("2024", "2023", "2023;2024", "2022", "2022-2024", "2023-2024", "2021",
                        "tax year 2024", "TY 2023", "tax years 2023 and 2024", "CY2022",
                        "calendar years 2022 through 2024", "2023, 2024", "for the year 2021"),
}  # fmt: skip
"""Each column with the values that are tried; years in figures and in words."""
_BY_ORDER: Final = (
    "2024", "2023", "2023;2024", "2023-2024", "tax year 2024", "TY 2023", "tax years 2023 and 2024",
)  # fmt: skip
"""Years that the document of an order names."""
_SAME: Final = {
    "900 00 8147": "900-00-8147",
    **dict.fromkeys(("2023-2024", "2023, 2024", "tax years 2023 and 2024"), "2023;2024"),
    "tax year 2024": "2024",
    "TY 2023": "2023",
    "CY2022": "2022",
    "for the year 2021": "2021",
    "calendar years 2022 through 2024": "2022-2024",
}
"""Values that are one value, written otherwise: told apart, they would count as learned twice."""
_NAMES: Final = (
    ("Eric", "Alonso Tellez"), ("Er1c", "Al0nso Tellez"), ("\u00c9ric", "Alonso T\u00e9llez"),
    ("ERIC", "Tellez"), ("Eric", "Alonso-Tellez"), ("Erik", "Alonso Tellez"),
    ("Eric R", "Alonso"), ("E\u200bric", "Alonso Tellez"), ("Eric", "Thornquist"),
)  # fmt: skip
"""Ways of writing that lead to one person. An initial and names in each other's field are not among
them: those do not lead to a resident Eric, whatever else is stated."""
_LINES: Final = (
    "1847 Heron Lake Rd", "1847 Heron Lake Road", "1847 Heron Lake", "1847 HERON LK RD",
    "1847 Her0n Lake Rd", "1847 Heron Lak Rd", "1847 N Heron Lake Rd", "1847 Herron Lake Rd",
)  # fmt: skip
_OFFICER: Final = "A-104|Ottoline Birdwhistle|Special Agent"
_YEAR_DAYS: Final = 365


class Strategy(NamedTuple):
    """One strategy. `tried`: the columns whose values vary; `names`, `lines`: how the person and
    the home are written, in turn; `asked` questions, `rows` in a file, a file every `gap` days."""

    number: int
    tried: tuple[str, ...]
    names: tuple[tuple[str, str], ...]
    lines: tuple[str, ...]
    asked: int
    rows: int
    gap: int
    routes: tuple[str, ...]
    two_principals: bool
    one_officer: bool


def strategy(number: int, seed: int = SEED) -> Strategy:
    """Strategy `number`."""
    chance = Random(f"{seed} evidence {number}")  # noqa: S311 - strategies that can be drawn again
    kinds = tuple(KINDS)
    return Strategy(
        number,
        tuple(sorted(chance.sample(kinds, chance.choice((1, 1, 1, 2, 3))))),
        tuple(chance.sample(_NAMES, chance.choice((1, 1, 2, 4)))),
        tuple(chance.sample(_LINES, chance.choice((1, 1, 2, 4)))),
        chance.choice((3, 6, 12, 24)),
        chance.choice((1, 1, 1, 2, 5)),
        chance.choice((0, 0, 1, 5, 30, 90)),
        chance.choice((("written-request",),) * 3 + (("written-request", "court-order"),)),
        chance.random() < 0.3,
        chance.random() < 0.3,
    )


class Learned(NamedTuple):
    """The most values of each kind that were granted within one window; questions granted; files
    sent."""

    values: tuple[int, ...]
    granted: int
    files: int


def _row(plan: Strategy, number: int, values: Row) -> Row:
    given, family = plan.names[number % len(plan.names)]
    line = plan.lines[number // len(plan.names) % len(plan.lines)]
    row = {**request(number + 1, given, family, line), **values}
    return row | {"engaged_officers": _OFFICER} if plan.one_officer else row


def simulate(plan: Strategy, year: Year, window: int) -> Learned:
    """Run one strategy until it has asked all, or a year is over."""
    year.begin()
    chance = Random(f"{plan.number} values")  # noqa: S311 - as above
    put: list[tuple[int, Row]] = []
    day = files = asked = 0
    while asked < plan.asked and day < _YEAR_DAYS:
        route = plan.routes[files % len(plan.routes)]
        rows: list[Row] = []
        for number in range(asked, min(asked + plan.rows, plan.asked)):
            values = {name: chance.choice(KINDS[name]) for name in plan.tried}
            if route == "court-order" and "taxable_periods" in values:
                values["taxable_periods"] = chance.choice(_BY_ORDER)
            rows.append(_row(plan, number, values))
        other = plan.two_principals and route == "written-request" and files % 2
        sent = year.send(Sending(day, route, SECOND if other else ROUTES[route], rows))
        put += [(day, row) for row, was in zip(rows, sent, strict=True) if was]
        asked, files, day = asked + len(rows), files + 1, day + plan.gap
    return Learned(tuple(_most(put, name, window) for name in KINDS), len(put), files)


def _most(put: Sequence[tuple[int, Row]], column: str, window: int) -> int:
    """The most values of a column in any window."""
    return max(
        (
            len({_value(row[column]) for day, row in put if first <= day < first + window})
            for first, _ in put
        ),
        default=0,
    )


def _value(text: str) -> str:
    """A value however it is written."""
    return _SAME.get(text, text)


# -- two trees -----------------------------------------------------------------------------------


def _child(count: int, path: Path) -> None:
    law = load()
    year, window = new_year(law), limits_of(law)["window_days"]
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            file.write(f"{json.dumps([number, *simulate(strategy(number), year, window)])}\n")


def learned(tree: Path, count: int, path: Path) -> list[list[Any]]:
    """What the strategies learn of this tree. Raises Failed."""
    paths = os.pathsep.join([str(tree / "src"), str(ROOT)])
    environment = {**os.environ, "PYTHONPATH": paths, "PYTHONHASHSEED": "0"}
    command = [sys.executable, "-m", "scripts.attacks.probing.evidence", "child", str(count)]
    done = subprocess.run([*command, str(path)], cwd=ROOT, env=environment, check=False)
    if done.returncode:
        raise Failed(f"{tree}: the strategies could not be run")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


HEAD: Final = """# What is learned of dates of birth, tax numbers and years in a year

Written by `python -m scripts.attacks.probing.evidence`; not edited by hand. {count:,} strategies,
drawn from the seed {seed} by number, each a simulated year of one requester under the agreement of
April 2025, its limits untouched. Name and home of one person are known; a strategy asks about them
again and again with other dates of birth, tax numbers and taxable years, or without. What is
learned of each is how many of its values, none included, were put to the register within one
window: 1 is what the first question states, whose answer is the one bit that is allowed; 2 or more
tell which of them is true.

| | {names} |
|---|{rules}|
{rows}
"""
_SAID: Final = ("dates of birth", "tax numbers", "sets of years")


def page(names: Sequence[str], found: Sequence[Sequence[Sequence[Any]]]) -> str:
    """The page, of the strategies at each commit."""
    rows: list[str] = []
    for at, said in enumerate(_SAID):
        columns = [sorted(values[at] for _, values, _, _ in each) for each in found]
        rows += [
            f"| {said}: the best strategy | {' | '.join(str(each[-1]) for each in columns)} |",
            f"| {said}: strategies that learn more than the bit | "
            f"{' | '.join(f'{sum(value > 1 for value in each):,}' for each in columns)} |",
        ]
    granted = (f"{sum(each[2] for each in one):,}" for one in found)
    rows.append(f"| questions answered, of all strategies | {' | '.join(granted)} |")
    return HEAD.format(
        count=len(found[-1]),
        seed=SEED,
        names=" | ".join(names),
        rules="---|" * (len(names) - 1) + "---",
        rows="\n".join(rows),
    )


def main() -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description="What trying evidence learns.")
    parser.add_argument("--commit", default="245cbd3", metavar="REV")
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--out", type=Path, default=OUT)
    asked = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory() as folder, checkout(asked.commit) as tree:
            trees, names = (tree, ROOT), (commit_of(tree), commit_of(ROOT))
            with ThreadPoolExecutor(len(trees)) as pool:
                files = (Path(folder) / f"{name}.jsonl" for name in names)
                found = list(pool.map(learned, trees, (asked.count,) * 2, files))
    except Failed as fault:
        sys.stderr.write(f"{fault}\n")
        return 2
    asked.out.write_text(page(names, found), encoding="utf-8")
    return 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["child"]:
        _child(int(sys.argv[2]), Path(sys.argv[3]))
    else:
        sys.exit(main())
