"""gate-9: two commands at once, as two people at two terminals run them.

Each pair is started in two processes at the same time, over a file of 400 rows so that they
overlap. An attack succeeded where one ends with a fault of the program or by a signal, where the
two disagree, or where together they let through what the agreement denies; it is stopped by the
code with which one of them was refused, or by `same` where both did the same thing once.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

from scripts.attacks.attack import (
    ANSWERED,
    DENIED,
    Attack,
    Group,
    NotRun,
    Outcome,
    stopped,
    succeeded,
)
from scripts.attacks.gate.windows import strangers
from scripts.attacks.office import FAULTS, Office, make_office
from scripts.attacks.people import Row, crowd, homes, person, request

_PROGRAM: Final = "from counterfoil.cli import main; main()"
_ROWS: Final = 400
_TIMES: Final = 3
"""How often a pair is run: what happens once in three runs is seen."""
_SOURCE: Final = (person("r1", "Marisol", "Quintana", "1847 Heron Lake Rd"), *crowd(40))


class Ended(NamedTuple):
    """How one of the two ended: its exit code, the code of its error, the batch that it named, its
    counts."""

    exit: int
    fault: str
    batch: str
    counts: dict[str, int]


Command = Sequence[str | Path]


def _start(command: Command) -> subprocess.Popen[bytes]:
    arguments = [sys.executable, "-c", _PROGRAM, *map(str, command), "--json"]
    return subprocess.Popen(
        arguments, env=os.environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )


def _ended(running: subprocess.Popen[bytes]) -> Ended:
    out, _ = running.communicate(timeout=120)
    try:
        printed: Any = json.loads(out)
    except ValueError:
        return Ended(running.returncode, "no JSON", "", {})
    fault = printed.get("error", {}).get("code", "")
    return Ended(
        running.returncode, fault, str(printed.get("batch", "")), printed.get("counts", {})
    )


def _both(one: Command, other: Command) -> tuple[Ended, Ended]:
    """Both commands at once."""
    running = [_start(one), _start(other)]
    first, second = [_ended(each) for each in running]
    return first, second


def _verdict(ended: Sequence[Ended], *, one_batch: bool = True) -> Outcome:
    for each in ended:
        if each.fault in (*FAULTS, "no JSON") or each.exit < 0:
            return succeeded(f"one ended with {each.exit} {each.fault}")
    batches = {each.batch for each in ended if each.batch}
    if one_batch and len(batches) > 1:
        return succeeded("two batches of one file")
    if not batches and all(each.fault for each in ended):
        return succeeded(f"neither was done: {', '.join(each.fault for each in ended)}")
    return stopped(next((each.fault for each in ended if each.fault), "same"))


def _file(office: Office, first: int = 1, count: int = _ROWS) -> Path:
    return office.sign(office.write(strangers(count, first)))


def _batch(office: Office, steps: Sequence[str] = ()) -> str:
    batch = str(office.receive(_file(office)).required("receive")["batch"])
    for step in steps:
        officer = () if step == "determine" else ("--officer", office.key("a"))
        office.at(step, batch, *officer).required(step)
    return batch


def _answer(office: Office, path: Path, out: str) -> Command:
    keys = ["--officer", office.key("a"), "--second", office.key("b")]
    return ["answer", path, *keys, "--out", office.folder / out, "--office", office.path]


def _step(office: Office, step: str, batch: str, *more: str | Path) -> Command:
    return [step, batch, *more, "--office", office.path]


def _two_receives(office: Office) -> Outcome:
    path = _file(office)
    command = ["receive", path, "--office", office.path]
    return _verdict(_both(command, command))


def _two_names(office: Office) -> Outcome:
    """The same bytes under two names."""
    path = _file(office)
    other = path.with_name("copy.csv")
    for suffix in ("", ".header.jws"):
        other.with_name(other.name + suffix).write_bytes(
            path.with_name(path.name + suffix).read_bytes()
        )
    return _verdict(_both(*(["receive", each, "--office", office.path] for each in (path, other))))


def _two_small(office: Office) -> Outcome:
    path = _file(office, count=1)
    command = ["receive", path, "--office", office.path]
    return _verdict(_both(command, command))


def _two_answers(office: Office) -> Outcome:
    path = _file(office)
    return _verdict(_both(_answer(office, path, "one.jsonl"), _answer(office, path, "two.jsonl")))


def _two_determines(office: Office) -> Outcome:
    batch = _batch(office)
    command = _step(office, "determine", batch)
    return _verdict(_both(command, command))


def _two_reviews(office: Office) -> Outcome:
    batch = _batch(office, ["determine"])
    command = _step(office, "review", batch, "--officer", office.key("a"))
    return _verdict(_both(command, command))


def _two_releases(office: Office) -> Outcome:
    batch = _batch(office, ["determine", "review"])
    outs = [office.folder / "one.jsonl", office.folder / "two.jsonl"]
    commands = [
        _step(office, "release", batch, "--officer", office.key("b"), "--out", out) for out in outs
    ]
    ended = _both(*commands)
    outcome = _verdict(ended)
    if all(out.is_file() for out in outs) and outs[0].read_bytes() != outs[1].read_bytes():
        return succeeded("two answers of one batch differ")
    return outcome


def _receive_and_withdraw(office: Office) -> Outcome:
    """The batch is withdrawn while it is determined."""
    batch = _batch(office)
    ended = _both(
        _step(office, "determine", batch),
        _step(office, "withdraw", batch, "--officer", office.key("a")),
    )
    return _verdict(ended)


def _two_withdrawals(office: Office) -> Outcome:
    batch = _batch(office)
    command = _step(office, "withdraw", batch, "--officer", office.key("a"))
    return _verdict(_both(command, command))


def _receive_and_suspend(office: Office) -> Outcome:
    order = office.folder / "order.txt"
    order.write_text("A made-up order.\n", encoding="utf-8")
    suspend = ["suspend", "--officer", office.key("a"), "--order", order, "--office", office.path]
    return _verdict(_both(["receive", _file(office), "--office", office.path], suspend))


def _about(first: int, home: int) -> list[Row]:
    """A file of three homes of one person, and others."""
    places = list(homes())[home : home + 3]
    asked = [request(n, "Marisol", "Quintana", each) for n, each in enumerate(places, first)]
    return [*asked, *strangers(300, first + 10)]


def _two_files(office: Office, count: int, most: int, rows: Sequence[list[Row]]) -> Outcome:
    """Two files at once, of which each alone is within the limit: how many were granted of the
    `count` that count."""
    paths = [office.sign(office.write(each)) for each in rows]
    ended = _both(*(["receive", path, "--office", office.path] for path in paths))
    outcome = _verdict(ended, one_batch=False)
    granted = sum(each.counts.get("granted", 0) for each in ended)
    others = sum(map(len, rows)) - count
    if granted - others > most:
        return succeeded(f"{granted - others} questions admitted in two files, {most} allowed")
    return outcome


def _one_person(office: Office) -> Outcome:
    """Two homes of one person in each of two files."""
    rows = [_about(1, 0), _about(401, 10)]
    files = [each[:2] + each[3:] for each in rows]
    return _two_files(office, 4, 2, files)


def _one_home(office: Office) -> Outcome:
    """Eight people at one home in each of two files."""
    rows = [
        [{**row, "line1": "1847 Heron Lake Rd"} if at < 8 else row for at, row in enumerate(each)]
        for each in (strangers(200, 1), strangers(200, 230))
    ]
    return _two_files(office, 16, 10, rows)


RACES: Final[dict[str, tuple[str, bool, Callable[[Office], Outcome]]]] = {
    "receive-receive": ("one file received twice", True, _two_receives),
    "receive-names": ("the same bytes under two names", False, _two_names),
    "receive-small": ("a file of one row received twice", False, _two_small),
    "answer-answer": ("one file answered twice", False, _two_answers),
    "determine-determine": ("one batch determined twice", False, _two_determines),
    "review-review": ("one batch reviewed twice", False, _two_reviews),
    "release-release": ("one batch released twice", False, _two_releases),
    "determine-withdraw": ("a batch withdrawn while determined", False, _receive_and_withdraw),
    "withdraw-withdraw": ("one batch withdrawn twice", False, _two_withdrawals),
    "receive-suspend": ("the office suspended while receiving", False, _receive_and_suspend),
    "person-two-files": ("two files about one person at once", False, _one_person),
    "home-two-files": ("two files about one home at once", False, _one_home),
}


def _attack(name: str, folder: Path) -> dict[str, Outcome]:
    """The first run that succeeds, or the last."""
    outcome: Outcome | None = None
    for number in range(_TIMES):
        place = folder / str(number)
        place.mkdir()
        outcome = RACES[name][2](make_office(place, _SOURCE))
        if outcome.verdict == "succeeded":
            break
    if outcome is None:
        raise NotRun("no run")
    return {name: outcome}


def _honest(folder: Path) -> dict[str, Outcome]:
    """Two files about different people at once: both are received whole."""
    office = make_office(folder, _SOURCE)
    paths = [_file(office, 1, 100), _file(office, 200, 100)]
    ended = _both(*(["receive", path, "--office", office.path] for path in paths))
    granted = sum(each.counts.get("granted", 0) for each in ended)
    done = granted == 200
    said = "200 admitted" if done else ", ".join(each.fault or "admitted" for each in ended)
    return {"honest": Outcome(ANSWERED if done else DENIED, said)}


GROUPS: Final = (
    *(
        Group(f"race-{name}", (Attack("gate-9", name, what, listed),), partial(_attack, name))
        for name, (what, listed, _) in RACES.items()
    ),
    Group(
        "race-honest",
        (Attack("gate-9", "honest", "two files about different people at once", control=True),),
        _honest,
    ),
)
