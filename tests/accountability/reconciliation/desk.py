"""What these tests do in a made-up office: answer, reconcile, and write into its database as its
owner can."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence

from counterfoil.accountability.reconciliation import Reconcile, Reconciled, reconcile
from counterfoil.core.use_cases import SERVICE, finish
from tests.world.office import World
from tests.world.people import REQUESTS, Row


def answers(world: World, name: str = "answers.jsonl", rows: Sequence[Row] = REQUESTS) -> None:
    """Answer made-up requests into the folder `out`."""
    (world.directory / "out").mkdir(exist_ok=True)
    world.answer(rows, out=f"out/{name}", name=f"{name}.csv")


def run(world: World, *, files: bool = False, replays: int = 0, whole: bool = False) -> Reconciled:
    """Without files and replays unless they are asked for."""
    folders = (world.directory / "out",) if files else ()
    return finish(reconcile(world.office, SERVICE, Reconcile(folders, replays, whole)))


def codes(world: World, *, files: bool = False, replays: int = 0) -> set[str]:
    """The codes of all differences; the entry says how many there were."""
    found = run(world, files=files, replays=replays)
    assert all(each.place and each.message and each.cure for each in found.differences)
    assert world.entries()[found.entry]["differences"] == len(found.differences)
    return {each.code for each in found.differences}


def alter(world: World, statement: str, *values: object) -> None:
    """One statement by the owner of the database."""
    owner = sqlite3.connect(world.path / "office.db", isolation_level=None)
    owner.execute(statement, values)
    owner.close()


def alter_counts(world: World, change: Callable[[dict[str, int]], None]) -> None:
    owner = sqlite3.connect(world.path / "office.db", isolation_level=None)
    counts = json.loads(owner.execute("SELECT counts FROM batch").fetchone()[0])
    change(counts)
    owner.execute("UPDATE batch SET counts = ?", [json.dumps(counts)])
    owner.close()
