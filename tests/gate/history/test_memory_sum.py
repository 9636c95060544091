"""What the guards remember is what the office's own commits wrote: a row that somebody deleted,
added or altered stops the next file before anything of it is decided."""

from __future__ import annotations

import hmac
import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, event

from counterfoil import client
from counterfoil.accountability.reconciliation import Reconcile, reconcile
from counterfoil.core.errors import StateFault, VerifyFault
from counterfoil.core.use_cases import SERVICE, finish
from counterfoil.database.remembered import derived_key, remember_value, remembered_subjects
from counterfoil.gate.history import store
from counterfoil.gate.history.bulk_insert import insert_rows
from counterfoil.gate.history.fingerprints import Fingerprints, empty_fingerprints
from counterfoil.gate.history.memory_parts import SUMMED, part_of, parts_of, product_of, rows_of
from counterfoil.gate.history.memory_sum import check_memory
from tests.world.office import World
from tests.world.people import REQUESTS, request

OTHER = [request(1, "Nina", "Other", "9 Elm Ave")]


@pytest.fixture
def world(tmp_path: Path, world_template: Path) -> World:
    return World(tmp_path, template=world_template)


def alter(world: World, statement: str) -> None:
    """Write the database as its owner would, with no key."""
    with closing(sqlite3.connect(world.path / "office.db")) as owner:
        assert owner.execute(statement).rowcount != 0
        owner.commit()


def summed(world: World, asked: Fingerprints | None = None) -> None:
    with world.office.store.reading() as connection:
        check_memory(connection, asked)


def asked_again(world: World) -> Fingerprints:
    """What a file asks that asks what is remembered."""
    asked = empty_fingerprints()
    with world.office.store.reading() as connection:
        asked.keys.extend(key for key, _ in rows_of(connection, SUMMED[1]))
        asked.similar.extend(key for _, key, _, _, _ in rows_of(connection, SUMMED[2]))
    return asked


def test_parts_near_each_other_are_read_together_and_each_row_is_of_its_part(world: World) -> None:
    keys = [part << 52 for part in (-2048, -2047, -2043, -5, 0, 1, 2047)]
    with world.office.store.transaction() as connection:
        insert_rows(connection, SUMMED[1], [each for key in keys for each in (key, 1, key + 9, 2)])
        wanted = {part_of(key) for key in keys} - {part_of(0)}
        with count_statements(connection) as statements:
            read = list(parts_of(connection, SUMMED[1], wanted))
        assert len(statements) == 4
        assert {part for part, _ in read} == wanted
        assert sorted(row for part, rows in read for row in rows if row[0] in keys) == [
            (key, 1) for key in keys if key
        ]
        assert all(part_of(key) == part for part, rows in read for key, _ in rows)


@contextmanager
def count_statements(connection: Connection) -> Generator[list[str]]:
    """The statements that are run meanwhile."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        found.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    yield found
    event.remove(connection, "before_cursor_execute", note)


STATEMENTS = (
    "DELETE FROM asked_key",
    "DELETE FROM asked_question WHERE number = (SELECT max(number) FROM asked_question)",
    "DELETE FROM asked_matter",
    "DELETE FROM asked_file",
    "DELETE FROM caseload",
    "UPDATE asked_key SET key = key + 1 WHERE key = (SELECT min(key) FROM asked_key)",
    "UPDATE asked_question SET counts = 0",
    "UPDATE asked_matter SET times = 0",
    "UPDATE asked_file SET state = 'free'",
    "UPDATE asked_file SET day = day - 400",
    "UPDATE caseload SET requests = 0",
    "INSERT INTO asked_key VALUES (7, 4294967296)",
    "INSERT INTO asked VALUES (1, 2, 3, 'b', 739000, 1)",
    "DELETE FROM remembered WHERE subject LIKE 'asked %'",
)


def test_a_row_that_somebody_else_wrote_stops_the_next_file(world: World) -> None:
    """Also where only what such a file is compared with is checked."""
    world.receive(world.requests())
    before, again = world.kinds(), asked_again(world)
    again.keys.append(7)
    world.office.store.cut_log()
    database = (world.path / "office.db").read_bytes()
    for statement in STATEMENTS:
        world.office.store.close()
        (world.path / "office.db").write_bytes(database)
        alter(world, statement)
        for asked in (None, again):
            with pytest.raises(VerifyFault) as fault:
                summed(world, asked)
            assert fault.value.code in {"memory_altered", "row_disagrees", "remembered_altered"}
    with pytest.raises(VerifyFault):
        world.receive(world.requests(OTHER, "other.csv"))
    assert "granted" not in world.kinds()[len(before) :]


def test_what_the_office_writes_itself_agrees(world: World) -> None:
    """Over receiving, determining with what was not compared, withdrawing, and forgetting."""
    world.answer()
    second = world.receive(world.requests(OTHER, "other.csv"))
    summed(world)
    client.withdraw(world.office, second, world.officer("a"))
    summed(world)
    world.amend("openings_per_day: 1000000", "openings_per_day: 1")
    third = world.receive(world.requests([*REQUESTS[:3], *OTHER], "third.csv"))
    client.determine(world.office, third)
    summed(world)
    with world.office.store.transaction() as connection:
        later = world.now.date().replace(year=world.now.year + 2)
        store.forget(connection, later, world.office.law.agreement.limits)
    summed(world)
    with world.office.store.reading() as connection:
        assert not store.file_number(connection, third)


def test_a_file_whose_remembering_was_broken_off_is_remembered_anew(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "COMMIT_ROWS", 3)
    monkeypatch.setattr(store, "SMALL_FILE", 0)
    added = store.add_part
    calls: list[int] = []

    def broken(*args: object) -> None:
        calls.append(1)
        if len(calls) == 4:
            raise KeyboardInterrupt
        added(*args)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(store, "add_part", broken)
    with pytest.raises(KeyboardInterrupt):
        world.receive(world.requests())
    summed(world)
    world.receive(world.requests())
    summed(world)


def test_two_runs_that_remember_one_file_do_not_mix(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the lock does not reach the other process, the later run goes on alone."""
    monkeypatch.setattr(store, "COMMIT_ROWS", 3)
    monkeypatch.setattr(store, "SMALL_FILE", 0)
    added, parts = store.add_part, []

    def other_begins(connection: object, number: int, *rest: object) -> None:
        parts.append(number)
        if len(parts) == 3:
            store.begin_file(connection, number)  # pyright: ignore[reportArgumentType]
        added(connection, number, *rest)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(store, "add_part", other_begins)
    with pytest.raises(StateFault, match="another process is receiving"):
        world.receive(world.requests())


def test_a_file_checks_what_it_is_compared_with_and_the_daily_comparison_all_of_it(
    world: World,
) -> None:
    world.receive(world.requests())
    again = asked_again(world)
    far = min(key for key in range(0, 2**63, 2**52) if not _is_near(key, again))
    alter(world, f"INSERT INTO asked_key VALUES ({far}, {2**32})")
    summed(world, again)
    again.keys.append(far + 1)
    with pytest.raises(VerifyFault, match="remember of earlier questions"):
        summed(world, again)
    found = finish(reconcile(world.office, SERVICE, Reconcile()), None)
    assert [each.code for each in found.differences] == ["memory_altered"]


def _is_near(key: int, asked: Fingerprints) -> bool:
    return any(key >> 52 == each >> 52 for each in asked.keys)


@pytest.mark.parametrize("altered", [False, True])
def test_sums_of_an_older_office_are_checked_whole_once_and_made_anew(
    world: World, *, altered: bool
) -> None:
    batch = world.receive(world.requests())
    with world.office.store.transaction() as connection:
        _sum_as_before(connection)
    summed(world)
    if altered:
        alter(world, "DELETE FROM asked_matter")
        with pytest.raises(VerifyFault, match="remember of earlier questions"):
            client.withdraw(world.office, batch, world.officer("a"))
        return
    client.withdraw(world.office, batch, world.officer("a"))
    summed(world)
    summed(world, asked_again(world))


def _sum_as_before(connection: Connection) -> None:
    """One sum over the rows of each file, here of the only one, and none of parts."""
    key = derived_key(connection, b"counterfoil/guards-memory/v1")
    assert key is not None
    found = 1
    for table in SUMMED:
        found = product_of(key, table)(rows_of(connection, table), found)
    for prefix in ("asked keys ", "asked matters "):
        for name in remembered_subjects(connection, prefix):
            remember_value(connection, name, "")
    remember_value(connection, "asked memory", "summed")
    for name, number, summed_up in (("asked sum 1", 1, found), ("asked earlier", 0, 1)):
        plain = summed_up.to_bytes(16, "big")
        mark = hmac.digest(key, b"mark" + number.to_bytes(8, "big") + plain, "sha256")[:16]
        stream = hmac.digest(key, b"stream" + mark, "sha256")[:16]
        sealed = bytes(map(int.__xor__, plain, stream))
        remember_value(connection, name, f"whole {(mark + sealed).hex()}")
