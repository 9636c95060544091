"""Somebody who can write the database and has no key: generated edits between the steps of a batch.

Rows are deleted, altered, taken from an earlier or a later moment of the same office and put back,
whole tables too, triggers or none; then the office goes on. Whatever leaves is what the honest
office would have released: a withdrawn batch leaves nothing, and a person who is held is not
confirmed.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from counterfoil import client
from counterfoil.batches.officers import Role
from counterfoil.core.errors import CounterfoilError
from counterfoil.office.opening import HEAD_MARK
from tests.office.test_head import CUT_OFF
from tests.world.acts import add_hold, officer, person_file
from tests.world.office import World, read_rows

TABLES: Final = (
    "office_officer",
    "batch",
    "chunk",
    "act",
    "remembered",
    "ledger_head",
    "ledger_block",
    "ledger_checkpoint",
)
MOMENTS: Final = ("received", "withdrawn", "determined", "reviewed", "held", "again", "anew")
STARTS: Final = ("withdrawn", "determined", "reviewed", "held", "again", "anew")
TRIGGERS: Final = "SELECT name FROM sqlite_master WHERE type = 'trigger'"


class Story:
    """One office, with a copy of its database at each moment: a batch that is received, or
    withdrawn; determined, reviewed; a hold on a person whom it confirmed; determined and reviewed
    anew."""

    def __init__(self, directory: Path, template: Path) -> None:
        self.world = World(directory, template=template)
        holds = [officer(self.world, name, Role.HOLDS) for name in ("holds-a", "holds-b")]
        world = self.world
        self.batch = world.receive(world.requests())
        self.keep("received")
        client.withdraw(world.office, self.batch, world.officer("a"))
        self.keep("withdrawn")
        self.back("received")
        client.determine(world.office, self.batch)
        self.keep("determined")
        client.review(world.office, self.batch, world.officer("a"))
        self.keep("reviewed")
        self.before = self.released("before.jsonl")
        self.back("reviewed")
        add_hold(world, person_file(world, record_refs=["r1"]), *holds)
        self.keep("held")
        client.determine(world.office, self.batch)
        self.keep("again")
        client.review(world.office, self.batch, world.officer("a"))
        self.keep("anew")
        self.after = self.released("after.jsonl")
        assert self.before != self.after

    @property
    def path(self) -> Path:
        return self.world.path / "office.db"

    def copy(self, moment: str) -> Path:
        return self.world.directory / f"{moment}.db"

    def keep(self, moment: str) -> None:
        with closing(sqlite3.connect(self.path)) as live:
            live.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copy(self.path, self.copy(moment))

    def back(self, moment: str) -> None:
        """The honest office as it was at a moment: database and register together."""
        self.world.office.store.close()
        for name in ("office.db-wal", "office.db-shm"):
            (self.world.path / name).unlink(missing_ok=True)
        shutil.copy(self.copy(moment), self.path)
        self.world.office = self.world.opened()

    def released(self, name: str) -> list[object]:
        out = self.world.directory / name
        for path in out.parent.glob(f"{name}*"):
            path.unlink()
        client.release(self.world.office, self.batch, self.world.officer("b"), out)
        return [row["answer"] for row in read_rows(out)]

    def allowed(self, moment: str) -> list[list[object]]:
        """What the honest office can release from a moment on."""
        if moment == "withdrawn":
            return []
        return [self.after] if moment in ("held", "again", "anew") else [self.before]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory, world_template: Path) -> Story:
    return Story(tmp_path_factory.mktemp("writers"), world_template)


EDITS = st.lists(
    st.tuples(
        st.sampled_from(["tables", "table", "row", "column", "delete", "insert", "cut"]),
        st.sampled_from(TABLES),
        st.sampled_from(MOMENTS),
        st.integers(0, 40),
        st.integers(0, 40),
    ),
    min_size=1,
    max_size=4,
)


def edit(owner: sqlite3.Connection, other: Path, way: str, table: str, one: int, two: int) -> None:
    """One edit: rows of `other` are those of another moment."""
    if way == "tables":  # the batch as it was, whole
        for each in ("batch", "chunk"):
            edit(owner, other, "table", each, one, two)
        return
    owner.execute("ATTACH ? AS other", [str(other)])
    columns = [row[1] for row in owner.execute(f"PRAGMA table_info({table})")]
    keys = [row[1] for row in owner.execute(f"PRAGMA table_info({table})") if row[5]]
    mine = owner.execute(f"SELECT {', '.join(keys)} FROM {table}").fetchall()
    where = " AND ".join(f"{key} IS ?" for key in keys)
    row = mine[one % len(mine)] if mine else None
    if way == "delete" and row:
        owner.execute(f"DELETE FROM {table} WHERE {where}", row)
    elif way == "table":
        owner.execute(f"DELETE FROM {table}")
        owner.execute(f"INSERT INTO {table} SELECT * FROM other.{table}")
    elif way == "row" and row:
        chosen = f"SELECT * FROM other.{table} WHERE {where}"
        owner.execute(f"INSERT OR REPLACE INTO {table} {chosen}", row)
    elif way == "insert":
        owner.execute(f"INSERT OR IGNORE INTO {table} SELECT * FROM other.{table}")
    elif way == "column" and row:
        column = columns[two % len(columns)]
        found = owner.execute(f"SELECT {column} FROM other.{table}").fetchall()
        value = found[two % len(found)] if found else (two,)
        owner.execute(f"UPDATE {table} SET {column} = ? WHERE {where}", [*value, *row])
    owner.commit()
    owner.execute("DETACH other")


def cut_off(owner: sqlite3.Connection, mark: Path, entries: int) -> None:
    """Cut the ledger off after so many entries, and delete every trace of its head."""
    mark.unlink(missing_ok=True)
    owner.executescript(CUT_OFF.format(entries))


def _alter(story: Story, edits: list[tuple[str, str, str, int, int]]) -> None:
    with closing(sqlite3.connect(story.path)) as owner:
        owner.execute("PRAGMA foreign_keys = OFF")
        for (name,) in owner.execute(TRIGGERS).fetchall():
            owner.execute(f"DROP TRIGGER {name}")
        for way, table, moment, one, two in edits:
            with suppress(sqlite3.IntegrityError):
                if way == "cut":
                    cut_off(owner, story.world.path / "keys" / HEAD_MARK, one)
                else:
                    edit(owner, story.copy(moment), way, table, one, two)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(start=st.sampled_from(STARTS), edits=st.lists(EDITS, min_size=1, max_size=3))
@example(start="withdrawn", edits=[[("tables", "batch", "received", 0, 0)], [], []])
@example(start="withdrawn", edits=[[("row", "batch", "received", 0, 0)], [], []])
@example(start="withdrawn", edits=[[("tables", "batch", "reviewed", 0, 0)]])
@example(start="anew", edits=[[("tables", "batch", "reviewed", 0, 0)]])
@example(start="held", edits=[[("tables", "batch", "determined", 0, 0)], [], []])
@example(start="withdrawn", edits=[[("cut", "", "", 12, 0)], [], []])
@example(start="again", edits=[[("table", "chunk", "determined", 0, 0)], [], []])
def test_whatever_leaves_is_what_the_honest_office_would_have_released(
    story: Story, start: str, edits: list[list[tuple[str, str, str, int, int]]]
) -> None:
    story.back(start)
    world = story.world
    steps = [
        lambda: client.determine(world.office, story.batch),
        lambda: client.review(world.office, story.batch, world.officer("a")),
    ]
    for number, edited in enumerate(edits):
        with suppress(sqlite3.Error):
            _alter(story, edited)
        if number < len(steps):
            with suppress(CounterfoilError):
                steps[number]()
    left: list[object] | None = None
    with suppress(CounterfoilError):
        left = story.released("left.jsonl")
    if left is not None:
        assert left in story.allowed(start)
