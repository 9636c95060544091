"""The database itself refuses every way of changing or removing what stands, also on connections
that are not ours."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from counterfoil.core.errors import StoreFault
from counterfoil.database import Store

FORBIDDEN = {
    "update": "UPDATE ledger_block SET time = 'x' WHERE start = 0",
    "update key": "UPDATE ledger_block SET start = 9999 WHERE start = 0",
    "update or replace": "UPDATE OR REPLACE ledger_block SET start = 0 WHERE start = 100",
    "update or ignore": "UPDATE OR IGNORE ledger_block SET time = 'x'",
    "delete": "DELETE FROM ledger_block WHERE start = 0",
    "delete all": "DELETE FROM ledger_block",
    "insert in place": "INSERT INTO ledger_block VALUES (0, 100, 't', 'c', x'')",
    "replace": "REPLACE INTO ledger_block VALUES (0, 100, 't', 'c', x'')",
    "insert or replace": "INSERT OR REPLACE INTO ledger_block VALUES (0, 100, 't', 'c', x'')",
    "insert or ignore": "INSERT OR IGNORE INTO ledger_block VALUES (0, 100, 't', 'c', x'')",
    "replace by rowid": "INSERT OR REPLACE INTO ledger_block (rowid, stop, time, counts, "
    "entries) VALUES (0, 9, 't', 'c', x'')",
    "upsert": "INSERT INTO ledger_block VALUES (0, 100, 't', 'c', x'') ON CONFLICT (start) DO "
    "UPDATE SET time = 'x'",
    "upsert nothing": "INSERT INTO ledger_block VALUES (0, 100, 't', 'c', x'') ON CONFLICT DO "
    "NOTHING",
    "gap": "INSERT INTO ledger_block VALUES (701, 702, 't', 'c', x'')",
    "no key": "INSERT INTO ledger_block (stop, time, counts, entries) VALUES (701, 't', 'c', x'')",
    "no entries": "INSERT INTO ledger_block VALUES (700, 700, 't', 'c', x'')",
    "before all": "INSERT INTO ledger_block VALUES (-1, 0, 't', 'c', x'')",
    "tile update": "UPDATE ledger_tile SET root = x'00'",
    "tile delete": "DELETE FROM ledger_tile",
    "tile replace": "INSERT OR REPLACE INTO ledger_tile VALUES (0, 0, x'00', x'00')",
    "tile upsert": "INSERT INTO ledger_tile VALUES (0, 0, x'', x'') ON CONFLICT (level, idx) DO "
    "UPDATE SET root = x'00'",
    "tile gap": "INSERT INTO ledger_tile VALUES (0, 7, x'00', x'00')",
    "tile of a level that does not begin": "INSERT INTO ledger_tile VALUES (3, 1, x'00', x'00')",
    "checkpoint update": "UPDATE ledger_checkpoint SET note = 'x'",
    "checkpoint delete": "DELETE FROM ledger_checkpoint",
    "checkpoint replace": "INSERT OR REPLACE INTO ledger_checkpoint VALUES (700, 'x')",
    "checkpoint replace by rowid": "INSERT OR REPLACE INTO ledger_checkpoint (rowid, note) "
    "VALUES (700, 'x')",
    "checkpoint upsert": "INSERT INTO ledger_checkpoint VALUES (700, 'x') ON CONFLICT (size) DO "
    "UPDATE SET note = 'x'",
    "checkpoint of an older size": "INSERT INTO ledger_checkpoint VALUES (699, 'x')",
    "checkpoint below all": "INSERT INTO ledger_checkpoint VALUES (-5, 'x')",
    "cosigned update": "UPDATE ledger_cosigned SET note = 'x'",
    "cosigned delete": "DELETE FROM ledger_cosigned",
    "cosigned replace": "INSERT OR REPLACE INTO ledger_cosigned VALUES (1, 'x')",
    "cosigned replace by rowid": "INSERT OR REPLACE INTO ledger_cosigned (rowid, note) VALUES "
    "(1, 'x')",
    "cosigned upsert": "INSERT INTO ledger_cosigned VALUES (1, 'x') ON CONFLICT (number) DO "
    "UPDATE SET note = 'x'",
    "cosigned gap": "INSERT INTO ledger_cosigned VALUES (3, 'x')",
    "checkpoint without a size": "INSERT INTO ledger_checkpoint (note) VALUES ('x')",
}
EVERYTHING = (
    "SELECT * FROM ledger_block",
    "SELECT * FROM ledger_tile",
    "SELECT * FROM ledger_checkpoint",
    "SELECT * FROM ledger_cosigned",
)


@pytest.fixture(params=[True, False], ids=["recursive triggers", "no recursive triggers"])
def raw(grown_database: Path, request: pytest.FixtureRequest) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(grown_database, isolation_level=None)
    connection.execute(f"PRAGMA recursive_triggers={'ON' if request.param else 'OFF'}")
    yield connection
    connection.close()


@pytest.mark.parametrize("name", FORBIDDEN)
def test_a_plain_connection_cannot_change_history(raw: sqlite3.Connection, name: str) -> None:
    before = [raw.execute(query).fetchall() for query in EVERYTHING]
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        raw.execute(FORBIDDEN[name])
    assert [raw.execute(query).fetchall() for query in EVERYTHING] == before


@pytest.mark.parametrize("name", FORBIDDEN)
def test_our_own_connection_cannot_change_history(grown: Store, name: str) -> None:
    with pytest.raises(StoreFault) as fault, grown.transaction() as connection:
        connection.execute(text(FORBIDDEN[name]))
    assert fault.value.code == "store_refused"
