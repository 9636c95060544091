"""PostgreSQL: a server's database, through psycopg; a commit that returned survives a power cut of
the server.

Whatever the server, its role or a pooler set, each writing transaction begins with
`synchronous_commit` on (or `remote_apply` where the server has that) and waits up to 30 seconds for
its turn at one advisory lock of the database: one writer at a time, as in SQLite. Readers see one
moment (REPEATABLE READ, READ ONLY), do not wait, and cannot write. A server that runs with `fsync`
or `full_page_writes` off, or a database that is not UTF8, is refused when it is opened.

Passwords, certificates and service files are libpq's own: none needs to stand in the URL. Sources:
PostgreSQL 15 manual, 13.3.5 (advisory locks), 20.5 (write-ahead log), 34.15 and 34.16 (environment,
password file).
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any, Final

from sqlalchemy import Connection, Engine, event

from counterfoil.core.errors import SettingsFault
from counterfoil.database.faults import driver_fault
from counterfoil.database.sqlite import READS_ONLY

_TURN: Final = 0x636F756E746572
"""The number of the advisory lock: "counter" as bytes. Locks are of one database, so offices do not
meet."""
_WAIT_MILLISECONDS: Final = 30_000
_NEEDED: Final = {"fsync": "on", "full_page_writes": "on", "server_encoding": "UTF8"}
_DURABLE: Final = "counterfoil_synchronous_commit"

_READ: Final = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_WRITE: Final = (
    "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;"
    f" SET LOCAL lock_timeout = {_WAIT_MILLISECONDS}; SET LOCAL synchronous_commit = {{}};"
    f" SELECT pg_catalog.pg_advisory_xact_lock({_TURN})"
)
"""READ COMMITTED, because a snapshot taken while waiting for the turn would be older than what the
last writer wrote."""


def listen(engine: Engine) -> None:
    """Prepare each connection, and begin each transaction."""
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)


def _prepare(connection: Any, record: Any) -> None:
    """Refuse a server that would lose what it acknowledged. Transactions are begun by `_begin`, not
    by the driver."""
    connection.autocommit = True
    with ExitStack() as refused, connection.cursor() as cursor:
        refused.callback(connection.close)
        cursor.execute("SET client_encoding = 'UTF8'")
        for name, needed in _NEEDED.items():
            if _shown(cursor, name) != needed:
                raise _not_durable(name, needed)
        record.info[_DURABLE] = (
            "remote_apply" if _shown(cursor, "synchronous_commit") == "remote_apply" else "on"
        )
        refused.pop_all()


def _not_durable(name: str, needed: str) -> SettingsFault:
    return SettingsFault(
        "database_not_durable",
        f"the database's server runs with another {name} than a ledger needs",
        place=name,
        cure=f"Set {name} = {needed} (for server_encoding: make the database anew); nothing was "
        "changed.",
    )


def _shown(cursor: Any, name: str) -> str:
    return str(cursor.execute(f"SHOW {name}").fetchone()[0])


def _begin(connection: Connection) -> None:
    reads_only = connection.get_execution_options().get(READS_ONLY, False)
    cursor = connection.connection.cursor()
    try:
        cursor.execute(_READ if reads_only else _WRITE.format(connection.info[_DURABLE]))
    except connection.dialect.loaded_dbapi.Error as fault:
        raise driver_fault(fault, connection.dialect) from None
    finally:
        cursor.close()
