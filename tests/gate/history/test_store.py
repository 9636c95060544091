"""The memory of questions: one window, a row a question, nothing but hashes; what becomes of it; and
what it does over several files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, Table, func, insert, select, update
from sqlalchemy.dialects import postgresql

from counterfoil import client, disclosure
from counterfoil.core.use_cases import NOBODY
from counterfoil.core.values import EngagedOfficer, Request
from counterfoil.database import Store, create_store
from counterfoil.gate.history import store as memory
from counterfoil.gate.history.batch_counts import BatchFactsBuilder
from counterfoil.gate.history.counts import Counting
from counterfoil.gate.history.earlier import EarlierFingerprinter
from counterfoil.gate.history.reservations import free_reservation, make_final, settle
from counterfoil.gate.history.store import (
    add_probes,
    forget,
    load_history,
    recall,
    record_batch,
    remember,
    remembers_earlier,
    times_asked_at,
)
from counterfoil.gate.history.tables import (
    ASKED,
    ASKED_AT,
    ASKED_FILE,
    ASKED_KEY,
    ASKED_MATTER,
    ASKED_QUESTION,
    INVESTIGATIONS,
    ROWS_OF_FILE,
)
from counterfoil.gate.history.uses import ONCE, Uses
from tests.gate.world import KEY, ON, REQUEST, asked_by, changed, facts_of, sandbox
from tests.world.office import World
from tests.world.people import Row, person, request

AGREEMENT = sandbox().agreement
LIMITS = AGREEMENT.limits
WINDOW_DAYS = 30
DAY = timedelta(days=1)
ELSEWHERE = changed(address=changed(REQUEST.address, line1="14 Elm St"), row=2)
MEMORY = (ASKED_QUESTION, ASKED_KEY, ASKED_MATTER)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = create_store(f"sqlite:///{tmp_path / 'office.db'}")
    yield store
    store.close()


def _keep(store: Store, batch: str, *asked: Request, day: date = ON, counts: bool = True) -> None:
    with store.transaction() as connection:
        record_batch(connection, facts_of(*asked), batch, day, AGREEMENT, counts=counts)
    remember(store.transaction, batch, asked_by(*asked))


def _uses(store: Store, *asked: Request, batch: str = "now", on: date = ON) -> list[Uses]:
    """The counts of a file's rows after what is remembered."""
    builder = BatchFactsBuilder(KEY, earlier=True)
    builder.add(*asked)
    counting, rows = Counting(builder.fingerprints, 1001, KEY), range(len(asked))
    with store.reading() as connection:
        found = counting.uses(rows, recall(connection, counting, rows, batch, on, LIMITS))
    return [found.get(row, ONCE) for row in rows]


def _attempts(store: Store, batch: str = "now", on: date = ON) -> int:
    """Earlier requests about the person."""
    return _uses(store, REQUEST, batch=batch, on=on)[0].attempts - 1


def _rows(store: Store, table: Table) -> list[tuple[object, ...]]:
    with store.reading() as connection:
        return [tuple(row) for row in connection.execute(select(table))]


def test_earlier_files_are_recalled_and_the_files_own_rows_are_not(store: Store) -> None:
    _keep(store, "b1", REQUEST, ELSEWHERE)
    assert _uses(store, REQUEST) == [
        Uses(attempts=3, addresses=2, people=1, contents=2, born_addresses=2, reasons=3, similar=3)
    ]
    assert _uses(store, REQUEST, batch="b1") == [ONCE]


def test_a_chunk_after_another_is_counted_as_the_whole_at_once(store: Store) -> None:
    _keep(store, "b1", REQUEST, ELSEWHERE, REQUEST)
    asked = [REQUEST, ELSEWHERE, REQUEST, changed(person=changed(REQUEST.person, tin=""))]
    whole, counting = _uses(store, *asked), Counting(asked_by(*asked), 1001, KEY)
    found: dict[int, Uses] = {}
    with store.reading() as connection:
        for rows in (range(2), range(2, 4)):
            past = recall(connection, counting, rows, "now", ON, LIMITS)
            found |= counting.uses(rows, past)
    assert [found[row] for row in range(4)] == whole


def test_the_window_ends_with_the_day_and_is_as_long_as_agreed(store: Store) -> None:
    _keep(store, "b1", REQUEST)
    last = ON + timedelta(days=WINDOW_DAYS - 1)
    assert [_attempts(store, on=on) for on in (ON - DAY, ON, last, last + DAY)] == [0, 1, 1, 0]
    assert _uses(store, REQUEST, on=last + DAY) == [ONCE]


def test_reasons_and_investigations_have_a_window_of_their_own(store: Store) -> None:
    _keep(store, "b1", REQUEST, day=ON - 10 * DAY)
    counting = Counting(asked_by(REQUEST), 1001, KEY)
    short = changed(LIMITS, matter_window_days=10)
    with store.reading() as connection:
        past = recall(connection, counting, range(1), "now", ON, short)
    [uses] = counting.uses(range(1), past).values()
    assert (uses.attempts, uses.reasons, uses.similar) == (2, 1, 1)


def test_remembering_a_file_again_adds_nothing(store: Store) -> None:
    for _ in range(2):
        _keep(store, "b1", REQUEST, ELSEWHERE, ELSEWHERE)
    assert _attempts(store) == 3


def test_what_was_remembered_of_a_file_that_was_broken_off_is_not_counted_twice(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "COMMIT_ROWS", 1)
    monkeypatch.setattr(memory, "SMALL_FILE", 0)
    commits, asked = 0, asked_by(REQUEST, ELSEWHERE, ELSEWHERE)

    @contextmanager
    def commit() -> Iterator[Connection]:
        nonlocal commits
        commits += 1
        if commits == 6:
            raise KeyboardInterrupt
        with store.transaction() as connection:
            yield connection

    with store.transaction() as connection:
        record_batch(connection, facts_of(*[REQUEST] * 3), "b1", ON, AGREEMENT)
    with pytest.raises(KeyboardInterrupt):
        remember(commit, "b1", asked)
    remember(commit, "b1", asked)
    assert _attempts(store) == 3
    assert commits > 12


def test_what_a_small_file_asks_is_one_commit(store: Store) -> None:
    commits = list[int]()

    @contextmanager
    def commit() -> Iterator[Connection]:
        commits.append(1)
        with store.transaction() as connection:
            yield connection

    with store.transaction() as connection:
        record_batch(connection, facts_of(*[REQUEST] * 3), "b1", ON, AGREEMENT)
    remember(commit, "b1", asked_by(REQUEST, ELSEWHERE, ELSEWHERE))
    assert (len(commits), _attempts(store)) == (1, 3)


def test_attempts_to_probe_add_up_and_lock_out_over_their_window(store: Store) -> None:
    _keep(store, "b1", REQUEST)
    with store.transaction() as connection:
        for probes in (2, 0, 3):
            add_probes(connection, "b1", probes)
    with store.reading() as connection:
        found = load_history(connection, facts_of(REQUEST), "b2", ON, LIMITS)
    assert (found.probes, found.probe_days) == (((ON, 5),), LIMITS.guards.window_days)


def test_a_file_counts_in_the_quota_of_its_day_and_of_a_year(store: Store) -> None:
    _keep(store, "b1", REQUEST, day=ON - timedelta(days=364))
    _keep(store, "b2", REQUEST, day=ON - timedelta(days=365))
    _keep(store, "b3", REQUEST, ELSEWHERE)
    with store.reading() as connection:
        found = load_history(connection, facts_of(REQUEST), "b4", ON, LIMITS)
    assert (found.day_requests, found.year_requests) == (2, 3)


def test_what_no_window_reaches_is_forgotten(store: Store) -> None:
    _keep(store, "b1", REQUEST, day=ON - timedelta(days=400))
    _keep(store, "b2", REQUEST, day=ON - timedelta(days=WINDOW_DAYS))
    _keep(store, "b3", REQUEST, day=ON - timedelta(days=WINDOW_DAYS - 1))
    with store.transaction() as connection:
        forget(connection, ON, LIMITS)
        files = connection.execute(select(ASKED_FILE.c.batch_id, ASKED_FILE.c.number)).all()
        assert sorted(batch for batch, _ in files) == ["b2", "b3"]
        last = dict(iter(files))["b3"]
        for table in (ASKED_QUESTION, ASKED_KEY):
            numbers = connection.execute(select(table.c.number)).scalars()
            assert {number // ROWS_OF_FILE for number in numbers} == {last}
        assert set(connection.execute(select(ASKED_MATTER.c.file)).scalars()) == {last}


def test_a_clock_beyond_the_agreement_forgets_nothing(store: Store) -> None:
    _keep(store, "b1", REQUEST)
    _keep(store, "b2", REQUEST, day=date(2099, 1, 1))
    assert _attempts(store) == 1


def test_the_past_is_read_by_keys_alone_and_in_few_statements(store: Store) -> None:
    """Else each row of the past costs a page of its own."""
    _keep(store, "b1", REQUEST, ELSEWHERE)
    statements: list[str] = []
    with store.reading() as connection:
        driver = connection.connection.driver_connection
        driver.set_trace_callback(statements.append)
        counting = Counting(asked_by(REQUEST, ELSEWHERE), 1001, KEY)
        recall(connection, counting, range(2), "b2", ON, LIMITS)
        driver.set_trace_callback(None)
        asked = [each for each in statements if re.search(r"asked_(key|question|matter)", each)]
        plans = [
            str([row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {each}")]) for each in asked
        ]
    assert (len(plans), len(statements)) == (3, 5)
    for plan in plans:
        assert re.search(r"SEARCH asked_\w+ USING PRIMARY KEY", plan)
        assert not re.search(r"SCAN asked_(key|question|matter)", plan)


def test_the_memory_holds_numbers_and_hashes_only(store: Store) -> None:
    _keep(store, "b1", REQUEST)
    asked = asked_by(REQUEST)
    first = ROWS_OF_FILE
    assert _rows(store, ASKED_QUESTION) == [(first, True, asked.asked[0])]
    assert sorted(_rows(store, ASKED_KEY)) == sorted((key, first) for key in asked.keys)
    assert sorted(_rows(store, ASKED_MATTER)) == [
        (0, asked.similar[0], asked.reasons[0], 1, 1),
        (1, asked.investigations[0], asked.owners[0], 1, 1),
    ]


def test_a_server_is_given_arrays_of_its_own() -> None:
    arrays = {"numbers": {"keys"}, "questions": {"keys"}}
    arrays["matters"] = {"reasons", "investigations"}
    for name, given in arrays.items():
        query = memory._query(name, "postgresql")._statement
        text = str(query.compile(dialect=postgresql.dialect()))
        assert set(re.findall(r"unnest\(%\((\w+)\)s::BIGINT\[\]\)", text)) == given


# -- what the first version remembered ---------------------------------------------------------------


def test_what_the_first_version_remembered_counts_until_no_window_reaches_it(store: Store) -> None:
    who, at, content = EarlierFingerprinter(KEY).asked(REQUEST)
    file = {"batch_id": "old", "day": ON.toordinal(), "requests": 3, "probes": 0, "held": True}
    row = {"batch_id": "old", "day": ON.toordinal(), "person": who, "door": at, "times": 3}
    with store.transaction() as connection:
        connection.execute(insert(ASKED_FILE).values(file | {"number": 1, "state": "final"}))
        connection.execute(insert(ASKED).values(row | {"content": content}))
        connection.execute(insert(ASKED_AT).values(row))
        connection.execute(insert(ASKED_AT).values(row | {"person": 8}))
        assert remembers_earlier(connection)
    assert _uses(store, REQUEST) == [Uses(attempts=4, people=2, contents=4)]
    assert _uses(store, ELSEWHERE) == [Uses(attempts=4, addresses=2)]
    assert _uses(store, REQUEST, on=ON + timedelta(days=WINDOW_DAYS)) == [ONCE]
    with store.transaction() as connection:
        forget(connection, ON + timedelta(days=WINDOW_DAYS), LIMITS)
        assert not remembers_earlier(connection)


# -- what becomes of it ------------------------------------------------------------------------------


def _day_requests(store: Store) -> int:
    with store.reading() as connection:
        return load_history(connection, facts_of(REQUEST), "now", ON, LIMITS).day_requests


def _officers(store: Store) -> set[int]:
    with store.reading() as connection:
        return set(load_history(connection, facts_of(), "now", ON, LIMITS).officers.values())


def test_a_file_that_does_not_count_leaves_nothing_but_its_record(store: Store) -> None:
    _keep(store, "b1", REQUEST, counts=False)
    with store.transaction() as connection:
        add_probes(connection, "b1", 5)
        assert load_history(connection, facts_of(), "now", ON, LIMITS).probes == ()
    assert [_rows(store, table) for table in MEMORY] == [[], [], []]
    assert (_attempts(store), _day_requests(store), _officers(store)) == (0, 0, set())
    _keep(store, "b1", REQUEST)
    assert (_attempts(store), _day_requests(store), _officers(store)) == (1, 1, {1})


@pytest.mark.parametrize(("determined", "left"), [(False, 0), (True, 2)])
def test_a_withdrawn_file_is_free_unless_it_was_determined(
    store: Store, determined: bool, left: int
) -> None:
    _keep(store, "b1", REQUEST, ELSEWHERE)
    assert (_attempts(store), _day_requests(store), _officers(store)) == (2, 2, {2})
    with store.transaction() as connection:
        if determined:
            make_final(connection, "b1")
        free_reservation(connection, "b1")
    found = (_attempts(store), _day_requests(store), _officers(store))
    assert found == (left, left, {left} - {0})


def test_what_nobody_answered_does_not_count_and_counts_again_once_it_is_answered(
    store: Store,
) -> None:
    other = changed(
        ELSEWHERE,
        reason="Another matter.",
        investigation_number="X9",
        engaged_officers=(EngagedOfficer("OFF-2", "Lee Marsh", "Agent", "Agency A"),),
    )
    asked = [(0, REQUEST), (2, other)]
    _keep(store, "b1", REQUEST, REQUEST, other)
    full = _uses(store, REQUEST, other)
    for unanswered, left in (({2}, 2), ({0, 2}, 1), (set(), 3), (set(), 3)):
        with store.transaction() as connection:
            settle(connection, KEY, "b1", range(3), lambda: asked, unanswered)
        assert (_attempts(store), _day_requests(store)) == (left, left)
        [uses] = _uses(store, other)
        assert uses.reasons == (1 if 2 in unanswered else 2)
    assert _uses(store, REQUEST, other) == full
    assert _officers(store) == {2, 1}


def test_a_file_that_came_before_the_present_keys_of_investigations_is_settled(
    store: Store,
) -> None:
    other = changed(ELSEWHERE, person=changed(REQUEST.person, given_name="Consuelo"))
    _keep(store, "b1", REQUEST)
    with store.transaction() as connection:
        numbers = update(ASKED_MATTER).where(ASKED_MATTER.c.kind == INVESTIGATIONS)
        connection.execute(numbers.values(key=asked_by(REQUEST).written[0]))
    for unanswered, people in (({0}, 1), (set(), 2)):
        with store.transaction() as connection:
            settle(connection, KEY, "b1", range(1), lambda: [(0, REQUEST)], unanswered)
        assert [uses.investigated for uses in _uses(store, other)] == [people]


def test_what_is_counted_in_two_ways_is_freed_and_taken_up_again_in_both(store: Store) -> None:
    reason = "Whether {} Quill knew of the notice is what the grand jury asks."
    first = changed(REQUEST, reason=reason.format("Ms."), investigation_number="HSI-26-0017")
    person = changed(REQUEST.person, given_name="Consuelo")
    other = changed(
        ELSEWHERE, person=person, reason=reason.format("Consuelo"), investigation_number="HSI-26-17"
    )
    _keep(store, "b1", first)
    for unanswered, times in (({0}, 1), (set(), 2)):
        with store.transaction() as connection:
            settle(connection, KEY, "b1", range(1), lambda: [(0, first)], unanswered)
        [uses] = _uses(store, other)
        assert (uses.similar, uses.investigated) == (times, times)


def test_a_file_that_is_not_recorded_is_settled_by_nothing(store: Store) -> None:
    with store.transaction() as connection:
        settle(connection, KEY, "b1", range(1), lambda: [(0, REQUEST)], {0})
        free_reservation(connection, "b1")
        make_final(connection, "b1")
        assert connection.execute(select(func.count()).select_from(ASKED_FILE)).scalar_one() == 0


# -- several files, through the whole house ------------------------------------------------------

TIGHT = {
    "attempts_on_person: 1000": "attempts_on_person: 3",
    "lockout_attempts: 1000": "lockout_attempts: 2",
    "same_reason: 20": "same_reason: 1000",
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
    early = [request(7, "Augustin", "Ferrabee", "12 Quay St")]
    assert _refused(world, "5.csv", early) == {"guard-lockout": 1}, "by the time of the ledger"
    assert _refused(world, "6.csv", [other[0] | {"request_id": "later"}]) == {}


@pytest.mark.whole
def test_a_file_that_is_received_again_is_no_second_attempt(world: World) -> None:
    _tightened(world)
    for _ in range(3):
        assert _refused(world, "1.csv", _about(1, 2, 3)) == {}
    with world.office.store.reading() as connection:
        asked = select(func.count()).select_from(ASKED_QUESTION)
        assert connection.execute(asked).scalar_one() == 3


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


@pytest.mark.parametrize(
    ("days_ago", "twice"),
    [((0,), False), ((0, 0), True), ((29, 0), True), ((30, 0), False), ((-1, 0), False)],
)
def test_an_address_is_asked_more_than_once_within_the_window_over_all_files(
    store: Store, days_ago: tuple[int, ...], twice: bool
) -> None:
    asked, today = asked_by(REQUEST), ON.toordinal()
    for number, ago in enumerate(days_ago):
        day = ON - timedelta(days=ago)
        with store.transaction() as connection:
            record_batch(connection, facts_of(REQUEST), f"b{number}", day, AGREEMENT)
        remember(store.transaction, f"b{number}", asked)
    with store.reading() as connection:
        homes, window = asked.home_keys(0), (today - 29, today)
        assert (times_asked_at(connection, asked.addresses[0], homes, *window) > 1) is twice
        assert times_asked_at(connection, asked.addresses[0] + 1, homes, *window) == 0
