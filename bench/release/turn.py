"""One turn of `python -m bench.release`, in a process of the tree that PYTHONPATH names first:

    python -m bench.release.turn ROWS

An office is made by the command line, so that any version can be measured, over a register of as
many people as there are rows; one file asks about each of them at home. Printed is one line of
JSON: of each step what it took, in CPU microseconds a row of all processes together and in seconds
of elapsed time, and how many rows were confirmed.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from scripts.attacks.office import CONFIRMED, WIDE, make_office, read_answers
from scripts.attacks.people import STREETS, Row, person, request

STEPS: Final = ("receive", "determine", "review", "release")
_MANY: Final = "10000000"
_QUOTAS: Final = ("limit", "matters", "batch_rows", "requests_per_day", "requests_per_year")
_STARTS: Final = (
    "Bel",
    "Cor",
    "Dar",
    "Fen",
    "Gal",
    "Hol",
    "Jun",
    "Kel",
    "Lor",
    "Mar",
    "Nor",
    "Pel",
)
_MIDDLES: Final = ("am", "eth", "ib", "ol", "und", "av", "edr", "ist", "ow", "ub")
_ENDS: Final = ("brook", "croft", "dale", "field", "gate", "holm", "ley", "ridge", "wick", "worth")


def asked_person(number: int) -> tuple[str, str, str]:
    """Given name, family name and first line of a made-up person's address."""
    rest, given = divmod(number, len(_STARTS) * len(_MIDDLES))
    family = (number * 7 + rest) % (len(_STARTS) * len(_MIDDLES) * len(_ENDS))
    first = f"{_STARTS[given % len(_STARTS)]}{_MIDDLES[given // len(_STARTS)]}a"
    start, other = divmod(family, len(_MIDDLES) * len(_ENDS))
    last = f"{_STARTS[start]}{_MIDDLES[other % len(_MIDDLES)]}{_ENDS[other // len(_MIDDLES)]}"
    return first, last, f"{1001 + number // len(STREETS)} {STREETS[number % len(STREETS)]}"


def main(rows: int) -> dict[str, object]:
    """Make an office, take one file through its steps, and say what each took."""
    with tempfile.TemporaryDirectory(prefix="release-") as name:
        folder = Path(name)
        tempfile.tempdir = name
        people = [person(f"r{number}", *asked_person(number)) for number in range(rows)]
        limits = dict.fromkeys((*WIDE, *_QUOTAS), _MANY)
        office = make_office(folder / "measured", people, limits=limits)
        asked: list[Row] = [request(number, *asked_person(number)) for number in range(rows)]
        file, out = office.sign(office.write(asked)), folder / "out.jsonl"
        said: dict[str, object] = {}
        batch = ""

        def receive() -> None:
            nonlocal batch
            batch = str(office.at("receive", file).required("receive")["batch"])

        def determine() -> None:
            office.at("determine", batch).required("determine")

        def review() -> None:
            office.at("review", batch, "--officer", office.key("a")).required("review")

        def release() -> None:
            second = ("--officer", office.key("b"), "--out", out)
            office.at("release", batch, *second).required("release")

        for step, do in zip(STEPS, (receive, determine, review, release), strict=True):
            said[step] = _timed(do, rows)
        answers = read_answers(out).values()
        return said | {CONFIRMED: sum(answer == CONFIRMED for answer, _ in answers)}


def _timed(do: Callable[[], None], rows: int) -> tuple[float, float]:
    cpu, clock = _cpu_seconds(), time.perf_counter()
    do()
    return (_cpu_seconds() - cpu) / rows * 1e6, time.perf_counter() - clock


def _cpu_seconds() -> float:
    """Of this process and of those that it waited for."""
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in both)


if __name__ == "__main__":
    found = main(int(sys.argv[1]))
    os.write(1, json.dumps(found).encode() + b"\n")
