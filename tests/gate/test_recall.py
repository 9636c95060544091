"""What the memory of questions holds and forgets, at each of its edges."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, Table, select
from sqlalchemy.dialects import postgresql

from counterfoil.database import Store, create_store
from counterfoil.gate.history import store as memory
from counterfoil.gate.history.counts import Counts, Question, read_question
from counterfoil.gate.history.store import add_probes, forget, recall, record_batch, remember
from counterfoil.gate.history.tables import ASKED, ASKED_AT, ASKED_FILE
from counterfoil.gate.law.agreement import Guards
from tests.gate.history.test_store import marks_of
from tests.gate.world import KEY, ON, REQUEST, amended, facts_of, sandbox

AGREEMENT = sandbox().agreement
FORM = read_question(KEY, REQUEST).form
DAY = timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = create_store(f"sqlite:///{tmp_path / 'office.db'}")
    yield store
    store.close()


def _asked(person: int, door: int, content: int) -> Question:
    return Question(FORM, person, door, content)


def _keep(store: Store, batch: str, *questions: Question, day: date = ON) -> None:
    with store.transaction() as connection:
        record_batch(connection, facts_of(*[REQUEST] * len(questions)), batch, day, AGREEMENT)
    remember(store.transaction, batch, day, marks_of(*questions))


def _past(
    store: Store, *questions: Question, batch: str = "now", on: date = ON, window_days: int = 30
) -> Counts:
    with store.reading() as connection:
        return recall(connection, marks_of(*questions), batch, on, window_days)


def _rows(store: Store, table: Table = ASKED) -> list[tuple[object, ...]]:
    with store.reading() as connection:
        return [tuple(row) for row in connection.execute(select(table))]


# -- recalled ------------------------------------------------------------------------------------------


def test_nothing_asked_is_nothing_recalled(store: Store) -> None:
    assert _past(store, _asked(1, 2, 3)) == Counts()


def test_each_person_of_a_chunk_has_its_own_requests_doors_and_contents(store: Store) -> None:
    _keep(
        store,
        "b1",
        _asked(1, 11, 21),
        _asked(1, 11, 21),
        _asked(1, 12, 22),
        _asked(2, 11, 23),
        _asked(3, 13, 24),
    )
    past = _past(store, _asked(1, 11, 21), _asked(2, 99, 23))
    assert past.attempts == {1: 3, 2: 1}
    assert past.addresses == {1: {11, 12}, 2: {11}}
    assert past.people == {11: {1, 2}}
    assert past.contents == {21: 2, 23: 1}


def test_requests_of_several_files_are_added_up(store: Store) -> None:
    for batch in ("b1", "b2", "b3"):
        _keep(store, batch, _asked(1, 11, 21), day=ON - DAY * int(batch[1]))
    assert _past(store, _asked(1, 11, 21)).attempts == {1: 3}
    assert _past(store, _asked(1, 11, 21), batch="b2").attempts == {1: 2}
    assert _past(store, _asked(1, 11, 21)).contents == {21: 3}


def test_a_request_that_opens_no_door_counts_for_its_person_and_at_no_door(store: Store) -> None:
    _keep(store, "b1", _asked(1, 0, 21), _asked(2, 0, 22))
    past = _past(store, _asked(1, 0, 21))
    assert (past.attempts, past.addresses, past.people, past.contents) == ({1: 1}, {}, {}, {21: 1})


def test_the_nameless_are_nobody_at_a_door_and_are_known_again_by_their_content_there_alone(
    store: Store,
) -> None:
    _keep(store, "b1", _asked(0, 11, 21), _asked(0, 12, 21), _asked(1, 11, 22), _asked(0, 11, 23))
    past = _past(store, _asked(0, 11, 21), _asked(2, 11, 29))
    assert (past.attempts, past.addresses, past.people, past.contents) == (
        {},
        {},
        {11: {1}},
        {21: 1},
    )
    both = _past(store, _asked(0, 11, 21), _asked(0, 12, 21), _asked(1, 11, 22))
    assert (both.attempts, both.contents) == ({1: 1}, {21: 2, 22: 1})


@pytest.mark.parametrize(
    ("window_days", "ago", "counted"),
    [(1, 0, True), (1, 1, False), (2, 1, True), (30, 29, True), (30, 30, False)],
)
def test_a_window_ends_with_its_day_and_counts_it(
    store: Store, window_days: int, ago: int, counted: bool
) -> None:
    _keep(store, "b1", _asked(1, 11, 21), _asked(0, 11, 22), day=ON - DAY * ago)
    past = _past(store, _asked(1, 11, 21), _asked(0, 11, 22), window_days=window_days)
    full = Counts({1: 1}, {1: {11}}, {11: {1}}, {21: 1, 22: 1})
    assert past == (full if counted else Counts())


def test_what_is_asked_later_is_no_past(store: Store) -> None:
    _keep(store, "b0", _asked(9, 9, 9))
    _keep(store, "b1", _asked(1, 11, 21), _asked(0, 11, 22), day=ON + DAY)
    assert _past(store, _asked(1, 11, 21), _asked(0, 11, 22)) == Counts()


def test_a_files_own_rows_are_not_its_past_in_any_way(store: Store) -> None:
    _keep(store, "b1", _asked(1, 11, 21), _asked(0, 11, 22))
    _keep(store, "b2", _asked(5, 15, 25))
    assert _past(store, _asked(1, 11, 21), _asked(0, 11, 22), batch="b1") == Counts()


# -- remembered ----------------------------------------------------------------------------------------


def test_what_is_alike_in_a_file_is_one_row_with_its_day_and_how_often_it_was_asked(
    store: Store,
) -> None:
    _keep(
        store,
        "b1",
        _asked(2, 12, 22),
        _asked(1, 11, 21),
        _asked(2, 12, 22),
        _asked(1, 11, 23),
        _asked(0, 0, 24),
        _asked(0, 0, 0),
    )
    day = ON.toordinal()
    assert _rows(store) == [
        (0, 0, 24, "b1", day, 1),
        (1, 11, 21, "b1", day, 1),
        (1, 11, 23, "b1", day, 1),
        (2, 12, 22, "b1", day, 2),
    ]
    assert _rows(store, ASKED_AT) == [(11, 1, "b1", day, 2), (12, 2, "b1", day, 2)]


@pytest.mark.parametrize(("rows", "commits"), [(1, 3 + 2), (2, 2 + 1), (3, 1 + 1), (65_536, 1 + 1)])
def test_a_commit_holds_so_many_rows_and_no_more(
    store: Store, monkeypatch: pytest.MonkeyPatch, rows: int, commits: int
) -> None:
    monkeypatch.setattr("counterfoil.gate.history.store.COMMIT_ROWS", rows)
    made: list[str] = []

    def commit() -> AbstractContextManager[Connection]:
        made.append("one")
        return store.transaction()

    marks = marks_of(_asked(1, 11, 21), _asked(2, 12, 22), _asked(3, 0, 23))
    remember(commit, "b1", ON, marks)
    assert (len(made), len(_rows(store)), len(_rows(store, ASKED_AT))) == (commits, 3, 2)
    remember(commit, "b1", ON + DAY, marks)
    assert {row[4] for row in _rows(store)} == {ON.toordinal()}


def test_probes_of_a_file_are_added_to_its_own(store: Store) -> None:
    for batch in ("b1", "b2"):
        _keep(store, batch, _asked(1, 11, 21))
    with store.transaction() as connection:
        for probes in (2, 3):
            add_probes(connection, "b1", probes)
        found = {row.batch_id: row.probes for row in connection.execute(select(ASKED_FILE))}
    assert found == {"b1": 5, "b2": 0}


def test_a_file_of_no_requests_keeps_nothing(store: Store) -> None:
    _keep(store, "b1")
    assert (_rows(store), _rows(store, ASKED_AT)) == ([], [])


# -- forgotten -----------------------------------------------------------------------------------------


def _guards(**changes: int) -> Guards:
    return amended(
        {f"limits.guards.{name}": value for name, value in changes.items()}
    ).agreement.limits.guards


@pytest.mark.parametrize(
    ("guards", "kept_rows", "kept_files"),
    [
        (_guards(), {0, 29}, {0, 29, 30, 364}),
        (_guards(window_days=31), {0, 29, 30}, {0, 29, 30, 364}),
        (_guards(window_days=400), {0, 29, 30, 364, 365, 399}, {0, 29, 30, 364, 365, 399}),
        (_guards(lockout_days=399), {0, 29}, {0, 29, 30, 364, 365, 399}),
        (_guards(lockout_days=400), {0, 29}, {0, 29, 30, 364, 365, 399, 400}),
    ],
)
def test_questions_are_kept_as_long_as_the_window_and_files_as_long_as_a_year_or_a_lockout(
    store: Store, guards: Guards, kept_rows: set[int], kept_files: set[int]
) -> None:
    with store.transaction() as connection:
        for ago in (0, 29, 30, 364, 365, 399, 400, 401):
            day = (ON - DAY * ago).toordinal()
            connection.execute(
                ASKED_FILE.insert().values(
                    batch_id=f"b{ago}", day=day, requests=1, probes=0, held=True
                )
            )
            row = {"batch_id": f"b{ago}", "day": day, "person": 1, "door": 2, "times": 1}
            connection.execute(ASKED.insert().values(row | {"content": 3}))
            connection.execute(ASKED_AT.insert().values(row))
        forget(connection, ON, guards)
        rows = [
            {int(each[1:]) for each in connection.execute(select(table.c.batch_id)).scalars()}
            for table in (ASKED, ASKED_AT)
        ]
        held = {int(row.batch_id[1:]): row.held for row in connection.execute(select(ASKED_FILE))}
    assert rows == [kept_rows, kept_rows]
    assert set(held) == kept_files
    assert {ago for ago, still in held.items() if still} == kept_rows & kept_files


def test_the_memory_is_looked_through_only_when_a_file_leaves_the_window(store: Store) -> None:
    _keep(store, "b1", _asked(1, 11, 21), day=ON - DAY * 29)
    with store.transaction() as connection:
        connection.execute(
            ASKED.insert().values(person=7, door=7, content=7, batch_id="gone", day=1, times=1)
        )
        forget(connection, ON, _guards())
        assert len(connection.execute(select(ASKED)).all()) == 2
        forget(connection, ON + DAY, _guards())
        assert connection.execute(select(ASKED)).all() == []


# -- the other kind of database, without a server of it
# --------------------------------------------------


@pytest.mark.parametrize(
    ("by", "arrays"), [("person", {"keys"}), ("door", {"keys"}), ("content", {"keys", "doors"})]
)
def test_a_server_is_given_arrays_of_its_own(by: str, arrays: set[str]) -> None:
    text = str(memory._query(by, "postgresql")._statement.compile(dialect=postgresql.dialect()))
    assert set(re.findall(r"unnest\(%\((\w+)\)s::BIGINT\[\]\)", text)) == arrays


def test_a_row_is_written_in_the_drivers_own_marks() -> None:
    names = "INSERT INTO asked_at (door, person, batch_id, day, times) VALUES "
    for paramstyle, mark in (("qmark", "?"), ("pyformat", "%s")):
        written = memory._insertion(ASKED_AT, paramstyle)
        assert written == f"{names}({', '.join([mark] * 5)}) ON CONFLICT DO NOTHING"
