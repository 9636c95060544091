"""The same promises of both stores: SQLite in a file, PostgreSQL on a server that the tests
start."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from importlib import import_module
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from counterfoil.core.errors import StateFault, StoreFault, VerifyFault
from counterfoil.database import METADATA, Store, create_store, engine, open_store
from counterfoil.ledger import check
from counterfoil.ledger.entries import EntryKind, decode
from counterfoil.tlog.cosignature import cosign
from counterfoil.tlog.note import parse_note
from tests.database.append_until_killed import STEP
from tests.database.places import LEDGER_TABLES, Place
from tests.house.tree import ROOT
from tests.ledger.office import KEY, LEDGER, SIGNER, START, draft, drafts, grow, make_store
from tests.ledger.owner import Owner, counted_anew, other_digest, rewrite, say_what_the_entries_say
from tests.tlog.loopback import signer

SIZE = 700
LAST_BLOCK = 600
WRITERS, COMMITS = 3, 12


@pytest.fixture
def store(place: Place) -> Iterator[Store]:
    made = create_store(place.url)
    yield made
    made.close()


@pytest.fixture
def grown(store: Store) -> Store:
    """700 entries under one checkpoint, which is kept as cosigned."""
    note = grow(store, SIZE)
    with store.transaction() as connection:
        LEDGER.keep_cosigned(connection, note)
    return store


def entries(store: Store) -> list[bytes]:
    with store.reading() as connection:
        return list(LEDGER.entries(connection, 0, LEDGER.size(connection)))


def test_what_was_appended_is_read_again_and_checks(grown: Store, place: Place) -> None:
    grown.close()
    again = open_store(place.url)
    held = [decode(data, "") for data in entries(again)]
    assert [entry.fields for entry in held] == [made.fields for made in drafts(SIZE)]
    with again.reading() as connection:
        report = check(connection, KEY, LEDGER.cosigned(connection))
        assert LEDGER.counts(connection) == report.counts == Counter(entry.kind for entry in held)
    assert (report.size, report.checkpoints) == (SIZE, 2)  # one signed, one cosigned
    again.close()


def test_the_same_entries_make_the_same_root_in_either_store(grown: Store, tmp_path: Path) -> None:
    beside = tmp_path / "beside"
    beside.mkdir()
    with closing(make_store(beside)) as other:
        grow(other, SIZE)
        with grown.reading() as ours, other.reading() as theirs:
            assert LEDGER.root(ours) == LEDGER.root(theirs)
            assert LEDGER.newest_checkpoint(ours) == LEDGER.newest_checkpoint(theirs)


def test_the_migrations_are_one_line_and_make_every_table(store: Store) -> None:
    for name in ("disclosure.receive", "accountability.retention.service"):
        import_module(f"counterfoil.{name}")  # these bring in the tables of every room
    heads = ScriptDirectory(str(Path(engine.__file__).with_name("migrations"))).get_heads()
    with store.reading() as connection:
        assert (
            connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
            == heads
        )
        found = inspect(connection)
        held = {
            name: {each["name"] for each in found.get_columns(name)}
            for name in found.get_table_names()
        }
    assert len(heads) == 1
    assert set(held) == {*METADATA.tables, "alembic_version"}
    assert {
        name: set(table.columns.keys()) for name, table in METADATA.tables.items()
    }.items() <= held.items()


def test_a_database_that_holds_an_office_is_not_made_into_another(
    grown: Store, place: Place
) -> None:
    before = entries(grown)
    with pytest.raises(StateFault) as fault:
        create_store(place.url)
    assert fault.value.code == "database_taken"
    assert entries(grown) == before


FORBIDDEN = {
    "update": "UPDATE ledger_block SET time = 'x' WHERE start = 0",
    "update all": "UPDATE ledger_block SET time = 'x'",
    "delete": "DELETE FROM ledger_block WHERE start = 0",
    "insert in place": "INSERT INTO ledger_block VALUES (0, 100, 't', 'c', '')",
    "upsert": "INSERT INTO ledger_block VALUES (0, 100, 't', 'c', '') ON CONFLICT (start) DO "
    "UPDATE SET time = 'x'",
    "upsert nothing": "INSERT INTO ledger_block VALUES (0, 100, 't', 'c', '') ON CONFLICT DO "
    "NOTHING",
    "gap": "INSERT INTO ledger_block VALUES (701, 702, 't', 'c', '')",
    "no entries": "INSERT INTO ledger_block VALUES (700, 700, 't', 'c', '')",
    "before all": "INSERT INTO ledger_block VALUES (-1, 0, 't', 'c', '')",
    "second of two rows": "INSERT INTO ledger_block VALUES (700, 701, 't', 'c', ''), (700, 701, "
    "'t', 'c', '')",
    "tile update": "UPDATE ledger_tile SET root = ''",
    "tile delete": "DELETE FROM ledger_tile",
    "tile upsert": "INSERT INTO ledger_tile VALUES (0, 0, '', '') ON CONFLICT (level, idx) DO "
    "UPDATE SET root = ''",
    "tile gap": "INSERT INTO ledger_tile VALUES (0, 7, '', '')",
    "checkpoint update": "UPDATE ledger_checkpoint SET note = 'x'",
    "checkpoint delete": "DELETE FROM ledger_checkpoint",
    "checkpoint upsert": "INSERT INTO ledger_checkpoint VALUES (700, 'x') ON CONFLICT (size) DO "
    "UPDATE SET note = 'x'",
    "checkpoint of an older size": "INSERT INTO ledger_checkpoint VALUES (699, 'x')",
    "cosigned update": "UPDATE ledger_cosigned SET note = 'x'",
    "cosigned delete": "DELETE FROM ledger_cosigned",
    "cosigned upsert": "INSERT INTO ledger_cosigned VALUES (1, 'x') ON CONFLICT (number) DO "
    "UPDATE SET note = 'x'",
    "cosigned gap": "INSERT INTO ledger_cosigned VALUES (3, 'x')",
}
OF_A_KIND = {
    "sqlite": {
        "replace": "INSERT OR REPLACE INTO ledger_block VALUES (0, 100, 't', 'c', '')",
        "update or replace": "UPDATE OR REPLACE ledger_block SET start = 0 WHERE start = 100",
    },
    "postgresql": {
        **{f"truncate {table}": f"TRUNCATE {table}" for table in LEDGER_TABLES},
        "truncate all": f"TRUNCATE {', '.join(LEDGER_TABLES)} CASCADE",
        "merge": "MERGE INTO ledger_block USING (SELECT 0 AS at) AS wanted ON start = at WHEN "
        "MATCHED THEN DELETE",
        "a silent replica": "SET session_replication_role = replica; DELETE FROM ledger_block",
        "a table of the same name": (
            "CREATE TEMP TABLE ledger_block AS SELECT 900::bigint AS start, 901::bigint AS stop;"
            " INSERT INTO public.ledger_block VALUES (901, 902, 't', 'c', '')"
        ),
    },
}


def test_the_triggers_refuse_each_way_to_rewrite(grown: Store, place: Place) -> None:
    before = _everything(place.plain())
    for name, statement in (FORBIDDEN | OF_A_KIND[place.kind]).items():
        with pytest.raises(place.refused, match="append-only"), closing(place.plain()) as plain:
            plain.execute(statement)
            pytest.fail(f"{name} was not refused")
        if name in FORBIDDEN:
            with pytest.raises(StoreFault) as fault, grown.transaction() as connection:
                connection.execute(text(statement))
            assert fault.value.code == "store_refused", name
    assert _everything(place.plain()) == before


def _everything(plain: Owner) -> list[list[tuple[object, ...]]]:
    order = {"ledger_tile": "level, idx"}
    read = [
        plain.execute(f"SELECT * FROM {table} ORDER BY {order.get(table, '1')}").fetchall()
        for table in LEDGER_TABLES
    ]
    plain.close()
    return read


def test_writers_at_once_take_turns_and_lose_nothing(store: Store, place: Place) -> None:
    given: list[range] = []

    def write() -> None:
        with closing(open_store(place.url)) as own:
            for _ in range(COMMITS):
                with own.transaction() as connection:
                    given.append(LEDGER.append(connection, drafts(STEP), START))

    threads = [threading.Thread(target=write) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(at for part in given for at in part) == list(range(WRITERS * COMMITS * STEP))
    with store.reading() as connection:
        assert check(connection, KEY).size == WRITERS * COMMITS * STEP


def test_a_reader_keeps_its_moment_sees_no_half_and_cannot_write(store: Store) -> None:
    with store.reading() as reading:
        assert LEDGER.size(reading) == 0
        with store.transaction() as writing:
            LEDGER.append(writing, drafts(STEP), START)
            with store.reading() as beside:
                assert LEDGER.size(beside) == 0
        assert LEDGER.size(reading) == 0
    with pytest.raises(StoreFault), store.reading() as reading:
        LEDGER.append(reading, drafts(STEP), START)
    assert len(entries(store)) == STEP


def test_a_block_that_raises_writes_nothing(store: Store) -> None:
    with pytest.raises(RuntimeError), store.transaction() as connection:
        LEDGER.append(connection, drafts(SIZE), START)
        raise RuntimeError
    assert entries(store) == []


@pytest.mark.parametrize("commits", [1, 4, 9])
def test_a_killed_writer_leaves_nothing_half(store: Store, place: Place, commits: int) -> None:
    command = [sys.executable, "-m", "tests.database.append_until_killed", place.url]
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=environment
    ) as child:
        assert child.stdout is not None
        told = [int(child.stdout.readline()) for _ in range(commits)]
        time.sleep(0.001 * commits)
        child.send_signal(signal.SIGKILL)
        told += [int(line) for line in child.stdout]
    with store.transaction() as connection:  # the lock that it held is free
        assert LEDGER.append(connection, drafts(1), START).start % STEP == 0
    with store.reading() as connection:
        assert check(connection, KEY).size >= told[-1] + 1


def edit(owner: Owner) -> None:
    rewrite(owner, 100, lambda held: [*held[:41], other_digest(held[41]), *held[42:]])


def cut(owner: Owner) -> None:
    rewrite(owner, LAST_BLOCK, lambda held: held[:-1])
    owner.execute("UPDATE ledger_block SET stop = stop - 1 WHERE start = ?", [LAST_BLOCK])
    say_what_the_entries_say(owner, LAST_BLOCK)
    owner.execute("DELETE FROM ledger_checkpoint")


def renumber(owner: Owner) -> None:
    rewrite(owner, LAST_BLOCK, lambda held: counted_anew(held[0], held[1:]))
    owner.execute("UPDATE ledger_block SET stop = stop - 1 WHERE start = ?", [LAST_BLOCK])
    say_what_the_entries_say(owner, LAST_BLOCK)
    owner.execute("DELETE FROM ledger_checkpoint")


def swap(owner: Owner) -> None:
    rewrite(owner, 0, lambda held: [*held[:7], held[8], held[7], *held[9:]])


WAYS = {
    "an entry edited": (edit, ("ledger_tile", "entry 141")),
    "the last one deleted": (cut, ("ledger_shortened", f"entry {SIZE - 1}")),
    "one deleted, the rest renumbered": (renumber, ("ledger_shortened", f"entry {SIZE - 1}")),
    "two swapped": (swap, ("ledger_tile", "entry 7")),
}


@pytest.mark.parametrize("name", WAYS)
def test_what_an_owner_forces_is_found_against_the_cosigned_checkpoint(
    grown: Store, place: Place, name: str
) -> None:
    way, found = WAYS[name]
    cosigned = _cosigned(grown)
    _by_owner(place, way)
    assert _found(grown, cosigned) == found


def test_a_whole_ledger_put_in_its_place_is_found_against_the_cosigned_checkpoint(
    grown: Store, place: Place, tmp_path: Path
) -> None:
    """Consistent, and signed with the office's own key: nothing in the database shows it."""
    cosigned, beside = _cosigned(grown), tmp_path / "beside"
    beside.mkdir()
    with closing(make_store(beside)) as other, other.transaction() as connection:
        LEDGER.append(connection, [draft(kind) for kind in EntryKind] * 50, START)
        LEDGER.sign_checkpoint(connection, SIGNER)

    def replace(owner: Owner) -> None:
        with closing(sqlite3.connect(beside / "office.db")) as rows:
            for table in LEDGER_TABLES:
                owner.execute(f"DELETE FROM {table}")
                for row in rows.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall():
                    owner.execute(
                        f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", list(row)
                    )

    _by_owner(place, replace)
    assert _found(grown) is None
    assert _found(grown, cosigned) == ("ledger_rewritten", f"checkpoint of size {SIZE}")


def _cosigned(store: Store) -> str:
    """The newest checkpoint, as a witness cosigned it, held elsewhere."""
    with store.reading() as connection:
        note = LEDGER.newest_checkpoint(connection) or ""
    cosigned = note + cosign(parse_note(note).text, signer(2), int(START.timestamp()))
    assert _found(store, cosigned) is None
    return cosigned


def _by_owner(place: Place, way: Callable[[Owner], None]) -> None:
    with closing(place.owner()) as owner:
        way(owner)


def _found(store: Store, *held: str) -> tuple[str, str] | None:
    with store.reading() as connection:
        try:
            check(connection, KEY, held)
        except VerifyFault as fault:
            return fault.code, fault.place
    return None
