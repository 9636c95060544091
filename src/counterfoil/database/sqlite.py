"""SQLite: a file in the office, write-ahead log, `synchronous=FULL`; a commit that returned
survives a power cut."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, event

from counterfoil.database.faults import driver_fault

READS_ONLY: Final = "counterfoil_reads_only"
"""The option of a connection that is for reading."""
_BUSY_MILLISECONDS: Final = 30_000
_CACHE_KIBIBYTES: Final = 65_536
"""Pages that a connection keeps. The guards' memory is read and written at random places: 2 MiB,
the default, is read again and again."""


def make_private(path: Path) -> None:
    """Make the file of a database, for its owner alone, where it is not there. Raises OSError."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))


def close_to_others(path: Path) -> None:
    """Take from everybody but owner and group what an older version let them: to read the database
    and its log. A file of somebody else's stays as it is."""
    for each in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        with suppress(OSError):
            mode = stat.S_IMODE(each.stat().st_mode)
            if mode & stat.S_IRWXO:
                each.chmod(mode & ~stat.S_IRWXO)


def listen(engine: Engine) -> None:
    """Prepare each connection, and begin each transaction."""
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={_BUSY_MILLISECONDS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "recursive_triggers=ON",
        "secure_delete=ON",
        f"cache_size=-{_CACHE_KIBIBYTES}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    """Begin on the driver's own connection, telling it whether this is to read only where it did
    not know."""
    reads_only = connection.get_execution_options().get(READS_ONLY, False)
    cursor = connection.connection.cursor()
    try:
        if connection.info.get(READS_ONLY) != reads_only:
            cursor.execute(f"PRAGMA query_only={'ON' if reads_only else 'OFF'}")
            connection.info[READS_ONLY] = reads_only
        cursor.execute("BEGIN" if reads_only else "BEGIN IMMEDIATE")
    except connection.dialect.loaded_dbapi.Error as fault:
        raise driver_fault(fault, connection.dialect) from None
    finally:
        cursor.close()
