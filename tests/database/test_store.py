"""The database: durable when a write returned, readable while it is written, closed to what is not
its own."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import text

from counterfoil.core.errors import SettingsFault, StateFault, StoreFault
from counterfoil.database import Store, create_store, engine, open_store


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'office.db'}"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    made = create_store(url)
    with made.transaction() as connection:
        connection.execute(text("CREATE TABLE thing (id INTEGER PRIMARY KEY, name TEXT NOT NULL)"))
    yield made
    made.close()


def add(store: Store, name: str) -> None:
    with store.transaction() as connection:
        connection.execute(text("INSERT INTO thing (name) VALUES (:name)"), {"name": name})


def count(store: Store) -> int:
    with store.reading() as connection:
        return int(connection.execute(text("SELECT count(*) FROM thing")).scalar_one())


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("recursive_triggers", 1),
        ("busy_timeout", 30_000),
    ],
)
def test_every_connection_keeps_the_promise_of_durability(
    store: Store, pragma: str, value: object
) -> None:
    for opening in (store.transaction, store.reading):
        with opening() as connection:
            assert connection.execute(text(f"PRAGMA {pragma}")).scalar_one() == value


def modes(folder: Path) -> set[int]:
    return {path.stat().st_mode & 0o777 for path in folder.glob("office.db*")}


def test_nobody_but_its_owner_reads_the_database_or_its_log(url: str, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        made = create_store(url)
        with made.transaction() as connection:
            connection.execute(text("CREATE TABLE thing (id INTEGER PRIMARY KEY)"))
        assert modes(tmp_path) == {0o600}
        assert len(list(tmp_path.iterdir())) > 1  # the log stands beside it
        made.close()
    finally:
        os.umask(before)


def test_an_older_database_that_everybody_could_read_is_closed_on_opening(
    url: str, tmp_path: Path
) -> None:
    create_store(url).close()
    (tmp_path / "office.db").chmod(0o644)
    open_store(url).close()
    assert modes(tmp_path) == {0o640}


def test_what_was_committed_is_there_for_the_next_opening(store: Store, url: str) -> None:
    add(store, "one")
    store.close()
    again = open_store(url)
    assert count(again) == 1
    again.close()


def test_a_block_that_raises_writes_nothing(store: Store) -> None:
    with pytest.raises(RuntimeError), store.transaction() as connection:
        connection.execute(text("INSERT INTO thing (name) VALUES ('one')"))
        raise RuntimeError
    assert count(store) == 0


def test_a_reader_neither_waits_for_a_writer_nor_sees_half_of_it(store: Store) -> None:
    add(store, "one")
    with store.transaction() as connection:
        connection.execute(text("INSERT INTO thing (name) VALUES ('two')"))
        assert count(store) == 1
    assert count(store) == 2


def test_a_writer_does_not_wait_for_a_reader_and_the_reader_keeps_its_moment(store: Store) -> None:
    with store.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM thing")).scalar_one() == 0
        add(store, "one")
        assert connection.execute(text("SELECT count(*) FROM thing")).scalar_one() == 0


def test_two_writers_take_turns(store: Store) -> None:
    threads = [
        threading.Thread(target=lambda: [add(store, "x") for _ in range(20)]) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count(store) == 40


def test_a_reader_cannot_write(store: Store) -> None:
    with pytest.raises(StoreFault) as fault, store.reading() as connection:
        connection.execute(text("INSERT INTO thing (name) VALUES ('one')"))
    assert fault.value.code == "store_failed"
    assert count(store) == 0


def test_a_connection_that_read_can_write_in_its_next_transaction(store: Store) -> None:
    assert count(store) == 0
    add(store, "one")
    assert count(store) == 1


def test_a_fault_carries_neither_parameters_nor_statement(store: Store) -> None:
    with pytest.raises(StoreFault) as fault, store.transaction() as connection:
        connection.execute(
            text("INSERT INTO nowhere (name) VALUES (:name)"), {"name": "Zebedee Made-Up"}
        )
    raised: BaseException | None = fault.value
    while raised is not None:
        assert "Zebedee" not in str(raised)
        raised = raised.__cause__ or raised.__context__
    assert "nowhere" not in str(fault.value)
    assert fault.value.__suppress_context__


def test_a_change_that_a_rule_of_the_database_forbids_is_a_fault_of_its_own(store: Store) -> None:
    with pytest.raises(StoreFault) as fault, store.transaction() as connection:
        connection.execute(text("INSERT INTO thing (name) VALUES (:name)"), {"name": None})
    assert fault.value.code == "store_refused"


def test_a_database_from_a_newer_version_is_left_alone(
    store: Store, url: str, tmp_path: Path
) -> None:
    with store.transaction() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999_later'"))
    store.close()
    with pytest.raises(StateFault) as fault:
        open_store(url)
    assert fault.value.code == "database_newer"
    held = sqlite3.connect(tmp_path / "office.db")
    assert held.execute("SELECT version_num FROM alembic_version").fetchall() == [("9999_later",)]
    held.close()


def test_an_older_database_is_migrated_on_opening(url: str) -> None:
    create_store(url).close()
    database = sqlite3.connect(url.removeprefix("sqlite:///"))
    tables = "SELECT name FROM sqlite_master WHERE type = 'table'"
    wanted = set(database.execute(tables).fetchall())
    for (name,) in wanted - {
        (name,) for name in ("ledger_block", "ledger_tile", "ledger_checkpoint", "alembic_version")
    }:
        database.execute(f"DROP TABLE {name}")
    database.execute("UPDATE alembic_version SET version_num = '0001_ledger'")
    database.commit()
    open_store(url).close()
    assert set(database.execute(tables).fetchall()) == wanted
    database.close()


def test_migrations_are_one_line_with_one_head() -> None:
    script = ScriptDirectory(str(Path(engine.__file__).with_name("migrations")))
    line = [each.revision for each in script.walk_revisions()]
    assert script.get_heads() == [line[0]]
    assert line == sorted(engine._revisions(), reverse=True)


def test_a_missing_database_is_not_made_by_opening_it(url: str, tmp_path: Path) -> None:
    with pytest.raises(StateFault) as fault:
        open_store(url)
    assert fault.value.code == "database_empty"
    assert list(tmp_path.iterdir()) == []


def test_a_database_without_tables_is_refused(url: str, tmp_path: Path) -> None:
    (tmp_path / "office.db").touch()
    with pytest.raises(StateFault) as fault:
        open_store(url)
    assert fault.value.code == "database_empty"


def test_a_file_that_is_no_database_is_a_store_fault(url: str, tmp_path: Path) -> None:
    (tmp_path / "office.db").write_bytes(b"not a database, but long enough to be read as one" * 100)
    with pytest.raises(StoreFault) as fault:
        open_store(url)
    assert fault.value.code == "store_failed"


def test_a_place_that_cannot_hold_a_database_is_a_store_fault(tmp_path: Path) -> None:
    with pytest.raises(StoreFault) as fault:
        create_store(f"sqlite:///{tmp_path}/missing/office.db")
    assert fault.value.code == "store_failed"


@pytest.mark.parametrize(
    "url", ["", "nonsense", "postgresql://localhost/office", "mysql://localhost/office"]
)
def test_a_database_without_append_only_triggers_is_refused(url: str) -> None:
    for opening in (create_store, open_store):
        with pytest.raises(SettingsFault) as fault:
            opening(url)
        assert fault.value.code == "database_url"
