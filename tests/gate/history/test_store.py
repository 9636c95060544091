"""The memory of questions: one window, a row for all that is alike in a file, nothing but hashes;
and what it does over several files."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select

from counterfoil import client, disclosure
from counterfoil.core.use_cases import NOBODY
from counterfoil.database import Store, create_store
from counterfoil.gate.history import store as memory
from counterfoil.gate.history.counts import Question, read_question
from counterfoil.gate.history.fingerprints import Fingerprints
from counterfoil.gate.history.store import (
    add_probes,
    forget,
    load_history,
    recall,
    record_batch,
    remember,
)
from counterfoil.gate.history.tables import ASKED, ASKED_AT, ASKED_FILE
from tests.gate.world import KEY, ON, REQUEST, facts_of, sandbox
from tests.world.office import World
from tests.world.people import Row, person, request

AGREEMENT = sandbox().agreement
WINDOW_DAYS = 30
QUESTION = read_question(KEY, REQUEST)
OTHER = Question(QUESTION.form, QUESTION.person, 77, 78)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = create_store(f"sqlite:///{tmp_path / 'office.db'}")
    yield store
    store.close()


def marks_of(*questions: Question) -> Fingerprints:
    """The marks of a chunk whose rows are these questions."""
    names = ("person", "address", "content", "reason", "similar", "investigation")
    return Fingerprints(
        *[array("q", [getattr(each, name) for each in questions]) for name in names]
    )


def _keep(store: Store, batch: str, day: date, *questions: Question) -> None:
    with store.transaction() as connection:
        record_batch(connection, facts_of(*[REQUEST] * len(questions)), batch, day, AGREEMENT)
    remember(store.transaction, batch, day, marks_of(*questions))


def _attempts(store: Store, batch: str, on: date = ON) -> int:
    with store.reading() as connection:
        return recall(connection, marks_of(QUESTION), batch, on, WINDOW_DAYS).attempts.get(
            QUESTION.person, 0
        )


def test_earlier_files_are_recalled_and_the_files_own_rows_are_not(store: Store) -> None:
    _keep(store, "b1", ON, QUESTION, OTHER)
    with store.reading() as connection:
        past = recall(connection, marks_of(QUESTION), "b2", ON, WINDOW_DAYS)
    assert past.attempts == {QUESTION.person: 2}
    assert past.addresses == {QUESTION.person: {QUESTION.address, 77}}
    assert past.people == {QUESTION.address: {QUESTION.person}}
    assert past.contents == {QUESTION.content: 1}
    assert _attempts(store, "b1") == 0


def test_the_window_ends_with_the_day_and_is_as_long_as_agreed(store: Store) -> None:
    _keep(store, "b1", ON, QUESTION)
    last = ON + timedelta(days=WINDOW_DAYS - 1)
    assert [
        _attempts(store, "b2", on)
        for on in (ON - timedelta(days=1), ON, last, last + timedelta(days=1))
    ] == [0, 1, 1, 0]


def test_remembering_a_file_again_adds_nothing(store: Store) -> None:
    for _ in range(2):
        _keep(store, "b1", ON, QUESTION, OTHER, OTHER)
    assert _attempts(store, "b2") == 3


def test_what_was_remembered_of_a_file_that_was_broken_off_is_not_counted_twice(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "COMMIT_ROWS", 1)
    commits = 0

    @contextmanager
    def commit() -> Iterator[Connection]:
        nonlocal commits
        commits += 1
        if commits == 2:
            raise KeyboardInterrupt
        with store.transaction() as connection:
            yield connection

    _keep(store, "b1", ON)
    asked = marks_of(QUESTION, OTHER, OTHER)
    with pytest.raises(KeyboardInterrupt):
        remember(commit, "b1", ON, asked)
    assert _attempts(store, "b2") in (1, 2)
    remember(commit, "b1", ON, asked)
    assert _attempts(store, "b2") == 3


def test_attempts_to_probe_add_up(store: Store) -> None:
    _keep(store, "b1", ON, QUESTION)
    with store.transaction() as connection:
        for probes in (2, 0, 3):
            add_probes(connection, "b1", probes)
    with store.reading() as connection:
        assert load_history(connection, facts_of(REQUEST), "b2", ON, AGREEMENT.limits).probes == (
            (ON, 5),
        )


def test_a_row_that_is_no_request_is_not_remembered(store: Store) -> None:
    _keep(store, "b1", ON, Question(QUESTION.form, 0, 0, 0))
    with store.reading() as connection:
        assert [connection.execute(select(table)).all() for table in (ASKED, ASKED_AT)] == [[], []]


def test_a_file_counts_in_the_quota_of_its_day_and_of_a_year(store: Store) -> None:
    _keep(store, "b1", ON - timedelta(days=364), QUESTION)
    _keep(store, "b2", ON - timedelta(days=365), QUESTION)
    _keep(store, "b3", ON, QUESTION, OTHER)
    with store.reading() as connection:
        found = load_history(connection, facts_of(REQUEST), "b4", ON, AGREEMENT.limits)
    assert (found.day_requests, found.year_requests) == (2, 3)


def test_what_no_window_reaches_is_forgotten(store: Store) -> None:
    _keep(store, "b1", ON - timedelta(days=400), QUESTION)
    _keep(store, "b2", ON - timedelta(days=WINDOW_DAYS), QUESTION)
    _keep(store, "b3", ON - timedelta(days=WINDOW_DAYS - 1), QUESTION)
    with store.transaction() as connection:
        forget(connection, ON, AGREEMENT.limits.guards)
        for table in (ASKED, ASKED_AT):
            assert list(connection.execute(select(table.c.batch_id)).scalars()) == ["b3"]
        assert sorted(connection.execute(select(ASKED_FILE.c.batch_id)).scalars()) == ["b2", "b3"]


def test_a_clock_beyond_the_agreement_forgets_nothing(store: Store) -> None:
    _keep(store, "b1", ON, QUESTION)
    _keep(store, "b2", date(2099, 1, 1), QUESTION)
    assert _attempts(store, "b3") == 1


def test_a_chunk_of_any_size_is_recalled_in_few_statements(store: Store) -> None:
    _keep(store, "b1", ON, *[Question(QUESTION.form, n, -n, n) for n in range(1, 6001)])
    statements: list[str] = []
    with store.reading() as connection:
        connection.connection.driver_connection.set_trace_callback(statements.append)
        wanted = marks_of(*[Question(QUESTION.form, n, -n, n) for n in range(1, 4097)])
        past = recall(connection, wanted, "b2", ON, WINDOW_DAYS)
    assert len(past.attempts) == 4096
    assert sum(statement.startswith("SELECT") for statement in statements) == 3


def test_requests_without_a_usable_name_are_known_again_by_door_and_content(store: Store) -> None:
    """Two of one home, one of another, one that opens no door; their people and doors are not
    counted."""
    asked = [
        Question(QUESTION.form, 0, door, content)
        for door, content in ((5, 1), (5, 1), (6, 2), (0, 3))
    ]
    _keep(store, "b1", ON, QUESTION, *asked)
    with store.reading() as connection:
        past = recall(connection, marks_of(*asked[1:], asked[0]), "b2", ON, WINDOW_DAYS)
    assert (past.contents, past.attempts, past.addresses, past.people) == (
        {1: 2, 2: 1, 3: 1},
        {},
        {},
        {},
    )


def test_the_past_is_read_by_keys_alone(store: Store) -> None:
    """Else each row of the past costs a page of its own."""
    _keep(store, "b1", ON, QUESTION)
    statements: list[str] = []
    with store.reading() as connection:
        driver = connection.connection.driver_connection
        driver.set_trace_callback(statements.append)
        recall(
            connection, marks_of(QUESTION, Question(QUESTION.form, 0, 5, 6)), "b2", ON, WINDOW_DAYS
        )
        driver.set_trace_callback(None)
        asked = [
            statement
            for statement in statements
            if "FROM asked" in statement and "asked_file" not in statement
        ]
        plans = [
            str([row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {each}")]) for each in asked
        ]
    assert len(plans) == 3
    for plan in plans:
        assert re.search(r"SEARCH asked(_at)? USING PRIMARY KEY", plan)
        assert not re.search(r"SCAN asked(_at)?\b", plan)


def test_the_memory_holds_numbers_only(store: Store) -> None:
    _keep(store, "b1", ON, QUESTION, QUESTION)
    with store.reading() as connection:
        rows = [tuple(connection.execute(select(table)).one()) for table in (ASKED, ASKED_AT)]
    person, door, content, day = QUESTION.person, QUESTION.address, QUESTION.content, ON.toordinal()
    assert rows == [(person, door, content, "b1", day, 2), (door, person, "b1", day, 2)]


# -- several files, through the whole house ------------------------------------------------------

TIGHT = {
    "attempts_on_person: 1000": "attempts_on_person: 3",
    "lockout_attempts: 1000": "lockout_attempts: 2",
}


def _tightened(world: World) -> World:
    agreement = world.path / "law" / "agreement.yaml"
    text = agreement.read_text(encoding="utf-8")
    for old, new in TIGHT.items():
        assert old in text
        text = text.replace(old, new)
    agreement.write_text(text, encoding="utf-8")
    world.office = world.opened()
    return world


def _about(*numbers: int) -> list[Row]:
    return [request(number, "Marisol", "Quintanilla", "1847 Heron Lake Rd") for number in numbers]


def _refused(world: World, name: str, rows: list[Row]) -> dict[str, int]:
    standing = client.receive(world.office, world.requests(rows, name))
    return {
        each.removeprefix("refused."): n
        for each, n in standing.counts.items()
        if each.startswith("refused.")
    }


@pytest.mark.whole
def test_file_after_file_about_one_person_is_refused_then_locked_out_then_let_in_again(
    world: World,
) -> None:
    _tightened(world)
    assert _refused(world, "1.csv", _about(1, 2, 3)) == {}
    assert _refused(world, "2.csv", _about(4, 5)) == {"guard-attempts": 2}
    other = [request(6, "Philippa", "Thornquist", "PO Box 7731")]
    assert _refused(world, "3.csv", other) == {"guard-lockout": 1}
    world.now += timedelta(days=AGREEMENT.limits.guards.lockout_days)
    assert _refused(world, "4.csv", [other[0] | {"request_id": "again"}]) == {"guard-lockout": 1}
    world.now += timedelta(days=1)
    assert _refused(world, "5.csv", [other[0] | {"request_id": "later"}]) == {}


@pytest.mark.whole
def test_a_file_that_is_received_again_is_no_second_attempt(world: World) -> None:
    _tightened(world)
    for _ in range(3):
        assert _refused(world, "1.csv", _about(1, 2, 3)) == {}
    with world.office.store.reading() as connection:
        assert connection.execute(select(func.sum(ASKED.c.times))).scalar() == 3


@pytest.mark.whole
def test_p2_two_registers_give_the_same_refusals(tmp_path: Path) -> None:
    """Guards see questions and never answers: who is held, and where, changes no refusal."""
    sources = (
        [person("r1", "Marisol", "Quintanilla", "1847 Heron Lake Rd")],
        [person("r2", "Nobody", "Else", "1 Far Away Rd")],
    )
    found = []
    for number, source in enumerate(sources):
        (tmp_path / str(number)).mkdir()
        world = _tightened(World(tmp_path / str(number), source))
        world.answer(_about(1, 2), "1.jsonl", "1.csv")
        found.append([_refused(world, "2.csv", _about(3, 4)), _refused(world, "3.csv", _about(5))])
        world.office.store.close()
    assert (
        found[0] == found[1] == [{"guard-attempts": 2}, {"guard-attempts": 1, "guard-lockout": 1}]
    )


@pytest.mark.whole
def test_people_who_are_asked_about_once_are_not_refused_for_others(world: World) -> None:
    _tightened(world)
    _refused(
        world, "1.csv", [*_about(1, 2, 3, 4), request(5, "Philippa", "Thornquist", "PO Box 7731")]
    )
    assert disclosure.batch_statuses(world.office, NOBODY)[0].counts["granted"] == 1
