"""Whoever can write the database and has no key: rows of recalls, receipts and duties deleted,
altered, inserted, exchanged and put back between a recall and its list. Either the office makes no
list, or it makes the honest one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from counterfoil.answers.read_envelope import check_envelope
from counterfoil.answers.recalls import ListedRecall, RecallFilter, look_up
from counterfoil.controls.recall import receipts
from counterfoil.controls.recall.listing import make_recall_list
from counterfoil.core.errors import CounterfoilError
from counterfoil.core.use_cases import SERVICE
from tests.controls.recall.desk import enter, recall, receipt, register_principal, released
from tests.world.office import World
from tests.world.office import closing as closed
from tests.world.people import REQUESTS

COLUMNS = (
    "kind", "event", "subject", "document", "committed", "extra", "officer", "second", "salt",
    "entered_at", "entry_index",
)  # fmt: skip
WAYS = ("delete", "copy", "column", "put back")
EDITS = st.lists(
    st.tuples(
        st.sampled_from(WAYS), st.integers(0, 9), st.integers(0, 9), st.sampled_from(COLUMNS)
    ),
    min_size=1,
    max_size=3,
)


class Kept:
    """An office with two recalls and a receipt, and its acts of before and after them."""

    def __init__(self, directory: Path) -> None:
        self.world = world = World(directory, seed="edited")
        register_principal(world)
        world.answer(REQUESTS[:4])
        self.before = self.rows()
        first = recall(world, released(world), [REQUESTS[0]["request_id"]])
        recall(world, released(world), [REQUESTS[1]["request_id"]], text="made up: another")
        enter(world, receipt(world, first.notice))
        self.after = self.rows()
        self.envelope = check_envelope(
            (directory / "answers.jsonl.jws").read_bytes(), world.office.holder_key
        )
        self.honest = self.listed()

    def rows(self) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.world.path / "office.db")) as owner:
            return owner.execute("SELECT * FROM act ORDER BY number").fetchall()

    def put(self, rows: list[tuple[Any, ...]]) -> None:
        with closing(sqlite3.connect(self.world.path / "office.db")) as owner:
            for (name,) in owner.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'act'"
            ).fetchall():
                owner.execute(f"DROP TRIGGER {name}")
            owner.execute("DELETE FROM act")
            for row in rows:
                with suppress(sqlite3.Error):
                    owner.execute(f"INSERT INTO act VALUES ({','.join('?' * len(row))})", row)
            owner.commit()

    def listed(self) -> tuple[ListedRecall, ...]:
        made = make_recall_list(self.world.office, SERVICE).data
        return look_up(RecallFilter(made), self.envelope, self.world.office.holder_key)[2]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    made = Kept(tmp_path_factory.mktemp("edited"))
    with closed(made.world):
        yield made


def _without_extra(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """What is compared whenever acts are loaded; `extra` is when it is opened."""
    return (*row[:6], *row[7:])


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(edits=EDITS)
@example(edits=[("delete", 4, 0, "kind")])
@example(edits=[("delete", 5, 0, "kind"), ("delete", 4, 0, "kind")])
@example(edits=[("put back", 0, 0, "kind")])
@example(edits=[("column", 2, 5, "extra")])
def test_a_list_is_the_honest_one_or_none(
    kept: Kept, edits: list[tuple[str, int, int, str]]
) -> None:
    rows = [*kept.after]
    names = ("number", "kind", "event", "subject", "document", "committed", "extra", "officer",
             "second", "signatures", "salt", "entered_at", "entry_index")  # fmt: skip
    for way, one, two, column in edits:
        if way == "put back" or not rows:
            rows = [*kept.before]
        elif way == "delete":
            del rows[one % len(rows)]
        elif way == "copy":
            rows.append((1000 + len(rows), *rows[one % len(rows)][1:]))
        else:
            at, row = names.index(column), [*rows[one % len(rows)]]
            row[at] = kept.after[two % len(kept.after)][at]
            rows[one % len(rows)] = tuple(row)
    kept.put(rows)
    try:
        with suppress(CounterfoilError):
            assert kept.listed() == kept.honest
        if list(map(_without_extra, rows)) != list(map(_without_extra, kept.after)):
            with pytest.raises(CounterfoilError):  # no late duty is told from rows like these
                receipts.run_duties(kept.world.office, SERVICE)
    finally:
        kept.put(kept.after)
    assert kept.listed() == kept.honest
