"""gate-9: two commands at once, as two people at two terminals run them: the steps of a batch. The
other acts of an office are in office_races.py.

Each pair is started in two processes at the same time, over a file of 400 rows so that they
overlap. An attack succeeded where one ends with a fault of the program or by a signal, where the
two disagree, where together they let through what the agreement denies, or where something is lost
or done twice: the ledger does not check, a step is entered twice, the register was opened more
often than the ledger says. It is stopped by the code with which one of them was refused, or by
`same` where both did the same thing once.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

from scripts.attacks.attack import (
    ANSWERED,
    DENIED,
    SUCCEEDED,
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
_ONCE: Final = ("batch", "determined", "review", "release", "withdrawal", "disposal", "accounting")
"""Kinds of entries of which a batch of these attacks has one at most."""
_OPENING: Final = ("inspection", "reconciled")
"""Kinds of entries of acts that open the register for one request."""
_DIFFERS: Final = 5
_USAGE: Final = "usage"
_ROWS: Final = 400
_TIMES: Final = 3
"""How often a pair is run: what happens once in three runs is seen."""
SOURCE: Final = (person("r1", "Marisol", "Quintana", "1847 Heron Lake Rd"), *crowd(40))


class Ended(NamedTuple):
    """How one of the two ended: its exit code, the code of its error, the batch that it named, its
    counts."""

    exit: int
    fault: str
    batch: str
    counts: dict[str, int]


Command = Sequence[str | Path]


def start(command: Command, days_later: int = 0) -> subprocess.Popen[bytes]:
    """The command in a process of its own, its clock so many days later than the machine's."""
    program = (
        f"from scripts.attacks.office import on_day; on_day({days_later})" if days_later else ""
    )
    arguments = [sys.executable, "-c", f"{program}\n{_PROGRAM}", *map(str, command), "--json"]
    return subprocess.Popen(
        arguments, env=os.environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )


def ended_of(running: subprocess.Popen[bytes]) -> Ended:
    """How the process ended."""
    out, _ = running.communicate(timeout=120)
    try:
        printed: Any = json.loads(out)
    except ValueError:
        return Ended(running.returncode, "no JSON", "", {})
    fault = printed.get("error", {}).get("code", "")
    return Ended(
        running.returncode, fault, str(printed.get("batch", "")), printed.get("counts", {})
    )


def both(one: Command, other: Command, days_later: int = 0) -> tuple[Ended, Ended]:
    """Both commands at once."""
    running = [start(one, days_later), start(other, days_later)]
    first, second = [ended_of(each) for each in running]
    return first, second


def verdict(ended: Sequence[Ended], *, one_batch: bool = True) -> Outcome:
    """What came of the two."""
    if all(each.fault == _USAGE for each in ended):
        raise NotRun("this version has no such command")
    for each in ended:
        if each.fault in (*FAULTS, "no JSON") or each.exit < 0:
            return succeeded(f"one ended with {each.exit} {each.fault}")
    batches = {each.batch for each in ended if each.batch}
    if one_batch and len(batches) > 1:
        return succeeded("two batches of one file")
    if not batches and all(each.fault for each in ended):
        return succeeded(f"neither was done: {', '.join(each.fault for each in ended)}")
    return stopped(next((each.fault for each in ended if each.fault), "same"))


def whole(office: Office, outcome: Outcome, days_later: int = 0) -> Outcome:
    """The outcome, unless something was lost or done twice. Raises NotRun where that cannot be
    told."""
    if outcome.verdict == SUCCEEDED:
        return outcome
    if office.at("ledger", "check").code:
        return succeeded("the ledger does not check")
    steps = Counter((kind, batch) for kind in _ONCE for batch in entered(office, kind, "batch"))
    if twice := [kind for (kind, _), times in steps.items() if times > 1]:
        return succeeded(f"entered twice: {twice[0]}")
    counted = office.path / "register" / "openings.json"
    opened = json.loads(counted.read_bytes())["total"] if counted.is_file() else 0
    known = sum(map(int, entered(office, "opening", "rows")))
    if opened != known and not any(entered(office, kind, "time") for kind in _OPENING):
        return succeeded(f"{opened} openings were counted, {known} are in the ledger")
    compared = ended_of(start(["reconcile", "--office", office.path], days_later))
    if compared.exit == _DIFFERS:
        return succeeded("database, ledger and answers differ")
    if compared.exit:
        raise NotRun(f"reconcile ended with {compared.exit} {compared.fault}")
    return outcome


def entered(office: Office, kind: str, field: str) -> list[str]:
    """This field of each entry of a kind; none of a kind that the tree does not know."""
    shown = office.at("ledger", "show", "--kind", kind)
    if shown.fault == _USAGE or shown.code == 2:
        return []
    entries = shown.required("ledger show")["entries"]
    return [str(each[field] if field in each else each["fields"][field]) for each in entries]


def file_of(office: Office, first: int = 1, count: int = _ROWS) -> Path:
    """A signed file about strangers."""
    return office.sign(office.write(strangers(count, first)))


def batch_of(office: Office, steps: Sequence[str] = ()) -> str:
    """A batch that was received, and these steps done with it."""
    batch = str(office.receive(file_of(office)).required("receive")["batch"])
    for step in steps:
        officer = () if step == "determine" else ("--officer", office.key("a"))
        office.at(step, batch, *officer).required(step)
    return batch


def answering(office: Office, path: Path, out: str) -> Command:
    """The command that does all four steps with a file."""
    keys = ["--officer", office.key("a"), "--second", office.key("b")]
    return ["answer", path, *keys, "--out", office.folder / out, "--office", office.path]


def step_of(office: Office, step: str, batch: str, *more: str | Path) -> Command:
    """The command of one step."""
    return [step, batch, *more, "--office", office.path]


def _two_receives(office: Office) -> Outcome:
    path = file_of(office)
    command = ["receive", path, "--office", office.path]
    return verdict(both(command, command))


def _two_names(office: Office) -> Outcome:
    """The same bytes under two names."""
    path = file_of(office)
    other = path.with_name("copy.csv")
    for suffix in ("", ".header.jws"):
        other.with_name(other.name + suffix).write_bytes(
            path.with_name(path.name + suffix).read_bytes()
        )
    return verdict(both(*(["receive", each, "--office", office.path] for each in (path, other))))


def _two_small(office: Office) -> Outcome:
    path = file_of(office, count=1)
    command = ["receive", path, "--office", office.path]
    return verdict(both(command, command))


def _two_answers(office: Office) -> Outcome:
    path = file_of(office)
    return verdict(both(answering(office, path, "one.jsonl"), answering(office, path, "two.jsonl")))


def _two_determines(office: Office) -> Outcome:
    batch = batch_of(office)
    command = step_of(office, "determine", batch)
    return verdict(both(command, command))


def _two_reviews(office: Office) -> Outcome:
    batch = batch_of(office, ["determine"])
    command = step_of(office, "review", batch, "--officer", office.key("a"))
    return verdict(both(command, command))


def _two_releases(office: Office) -> Outcome:
    batch = batch_of(office, ["determine", "review"])
    outs = [office.folder / "one.jsonl", office.folder / "two.jsonl"]
    commands = [
        step_of(office, "release", batch, "--officer", office.key("b"), "--out", out)
        for out in outs
    ]
    ended = both(*commands)
    outcome = verdict(ended)
    if all(out.is_file() for out in outs) and outs[0].read_bytes() != outs[1].read_bytes():
        return succeeded("two answers of one batch differ")
    return outcome


def _receive_and_withdraw(office: Office) -> Outcome:
    """The batch is withdrawn while it is determined."""
    batch = batch_of(office)
    ended = both(
        step_of(office, "determine", batch),
        step_of(office, "withdraw", batch, "--officer", office.key("a")),
    )
    return verdict(ended)


def _two_withdrawals(office: Office) -> Outcome:
    batch = batch_of(office)
    command = step_of(office, "withdraw", batch, "--officer", office.key("a"))
    return verdict(both(command, command))


def _receive_and_suspend(office: Office) -> Outcome:
    order = office.folder / "order.txt"
    order.write_text("A made-up order.\n", encoding="utf-8")
    suspend = ["suspend", "--officer", office.key("a"), "--order", order, "--office", office.path]
    return verdict(both(["receive", file_of(office), "--office", office.path], suspend))


def _about(first: int, home: int) -> list[Row]:
    """A file of three homes of one person, and others."""
    places = list(homes())[home : home + 3]
    asked = [request(n, "Marisol", "Quintana", each) for n, each in enumerate(places, first)]
    return [*asked, *strangers(300, first + 10)]


def _two_files(office: Office, count: int, most: int, rows: Sequence[list[Row]]) -> Outcome:
    """Two files at once, of which each alone is within the limit: how many were granted of the
    `count` that count."""
    paths = [office.sign(office.write(each)) for each in rows]
    ended = both(*(["receive", path, "--office", office.path] for path in paths))
    outcome = verdict(ended, one_batch=False)
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

POSTGRES: Final = (
    "receive-receive", "answer-answer", "determine-determine", "review-review", "release-release",
    "determine-withdraw", "withdraw-withdraw", "person-two-files",
)  # fmt: skip
"""Races that are run against a PostgreSQL database as well."""


def run_race(
    race: Callable[[Office], Outcome],
    folder: Path,
    name: str,
    times: int = _TIMES,
    url: Callable[[], str] = str,
    days_later: int = 0,
) -> dict[str, Outcome]:
    """The first run that succeeds, or the last. `url` names the database of each office; the
    office's own where it is empty. `days_later`: how late the acts' clock is."""
    outcome: Outcome | None = None
    for number in range(times):
        place = folder / str(number)
        place.mkdir(parents=True)
        office = make_office(place, SOURCE, database=url())
        outcome = whole(office, race(office), days_later)
        if outcome.verdict == SUCCEEDED:
            break
    if outcome is None:
        raise NotRun("no run")
    return {name: outcome}


def _on_postgres(folder: Path) -> dict[str, Outcome]:
    """The races of `POSTGRES` with offices on a PostgreSQL server of their own."""
    from tests.world.postgres import Server

    server, found = Server(), dict[str, Outcome]()
    try:
        for name in POSTGRES:
            race, place = RACES[name][2], folder / name
            found |= run_race(
                race, place, f"postgres-{name}", 2, lambda: server.url(server.new_database())
            )
    finally:
        server.remove()
    return found


def _honest(folder: Path) -> dict[str, Outcome]:
    """Two files about different people at once: both are received whole."""
    office = make_office(folder, SOURCE)
    paths = [file_of(office, 1, 100), file_of(office, 200, 100)]
    ended = both(*(["receive", path, "--office", office.path] for path in paths))
    granted = sum(each.counts.get("granted", 0) for each in ended)
    done = granted == 200
    said = "200 admitted" if done else ", ".join(each.fault or "admitted" for each in ended)
    return {"honest": Outcome(ANSWERED if done else DENIED, said)}


GROUPS: Final = (
    *(
        Group(
            f"race-{name}",
            (Attack("gate-9", name, what, listed),),
            partial(run_race, race, name=name),
        )
        for name, (what, listed, race) in RACES.items()
    ),
    Group(
        "race-postgres",
        tuple(
            Attack("gate-9", f"postgres-{name}", f"{RACES[name][0]}, in a PostgreSQL database")
            for name in POSTGRES
        ),
        _on_postgres,
    ),
    Group(
        "race-honest",
        (Attack("gate-9", "honest", "two files about different people at once", control=True),),
        _honest,
    ),
)
