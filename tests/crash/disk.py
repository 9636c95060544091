"""A disk that forgets: what was written and not synced is gone when the power is cut.

`Disk` keeps each file twice, as programs see it and as it rests after a cut. `PowerVfs` puts SQLite
on it, through apsw; `driver` and `connect` put SQLAlchemy on that, so that the store, the ledger
and the flow run on it unchanged. One thing differs from a real office: apsw's files have no shared
memory, so the one connection holds the write-ahead log exclusively (`locking_mode=EXCLUSIVE`). When
it is synced is the same.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import apsw

PAGE = 512


class Cut(NamedTuple):
    """What rests on the disk if the power is cut now, and how many entries were acknowledged until
    then."""

    files: dict[str, bytes]
    acknowledged: int


class Disk:
    """Files in memory. `cuts` collects a cut before and after each sync, whole and torn."""

    def __init__(self, files: dict[str, bytes], seed: int = 7) -> None:
        self.seen = {name: bytearray(data) for name, data in files.items()}
        self.rests = {name: bytes(data) for name, data in files.items()}
        self.unsynced: list[tuple[str, int, bytes]] = []
        self.acknowledged = 0
        self.cuts: list[Cut] = []
        self._chance = random.Random(seed)

    def cut(self) -> None:
        """Note a cut now: nothing that is not synced survives; and one where some of its pages
        do."""
        self.cuts.append(Cut(dict(self.rests), self.acknowledged))
        torn = {name: bytearray(data) for name, data in self.rests.items()}
        for name, offset, data in self.unsynced:
            for at in range(0, len(data), PAGE):
                if name in torn and self._chance.random() < 0.5:
                    _put(torn[name], offset + at, data[at : at + PAGE])
        if self.unsynced:
            self.cuts.append(
                Cut({name: bytes(data) for name, data in torn.items()}, self.acknowledged)
            )

    def write(self, name: str, offset: int, data: bytes) -> None:
        _put(self.seen[name], offset, data)
        self.unsynced.append((name, offset, data))

    def sync(self, name: str) -> None:
        self.cut()
        self.rests[name] = bytes(self.seen[name])
        self.unsynced = [each for each in self.unsynced if each[0] != name]
        self.cut()


def _put(held: bytearray, offset: int, data: bytes) -> None:
    held.extend(bytes(max(0, offset + len(data) - len(held))))
    held[offset : offset + len(data)] = data


class PowerVfs(apsw.VFS):
    """SQLite's files on a `Disk`."""

    def __init__(self, name: str, disk: Disk) -> None:
        self.disk = disk
        super().__init__(name, "")

    def xOpen(self, name: Any, flags: list[int]) -> PowerFile:
        path = (
            name.filename()
            if isinstance(name, apsw.URIFilename)
            else (name or f"temporary-{id(flags)}")
        )
        if path not in self.disk.seen:
            self.disk.seen[path], self.disk.rests[path] = bytearray(), b""
        flags[1] = flags[0]
        return PowerFile(self.disk, path)

    def xDelete(self, filename: str, syncdir: bool) -> None:
        self.disk.seen.pop(filename, None)
        self.disk.rests.pop(filename, None)

    def xAccess(self, pathname: str, flags: int) -> bool:
        return pathname in self.disk.seen

    def xFullPathname(self, name: str) -> str:
        return name


class PowerFile:
    """One open file."""

    def __init__(self, disk: Disk, path: str) -> None:
        self.disk, self.path = disk, path

    def xRead(self, amount: int, offset: int) -> bytes:
        return bytes(self.disk.seen[self.path][offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:
        self.disk.write(self.path, offset, bytes(data))

    def xTruncate(self, size: int) -> None:
        del self.disk.seen[self.path][size:]

    def xSync(self, flags: int) -> None:
        self.disk.sync(self.path)

    def xFileSize(self) -> int:
        return len(self.disk.seen[self.path])

    def xCheckReservedLock(self) -> bool:
        return False

    def xFileControl(self, op: int, ptr: int) -> bool:
        return False

    def xSectorSize(self) -> int:
        return PAGE

    def xDeviceCharacteristics(self) -> int:
        return 0

    def _nothing(self, *_: object) -> None:
        """Locks: there is one connection."""

    xLock = xUnlock = xClose = _nothing  # noqa: N815


class Cursor:
    """What SQLAlchemy asks of a DB-API cursor."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.arraysize, self.rowcount, self.lastrowid = 1, -1, None
        self.description: Any = None
        self._rows: list[tuple[Any, ...]] = []

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Cursor:
        cursor = self._connection.raw.cursor()
        self.description = None
        cursor.exec_trace = self._describe
        self._rows = self._connection.run(cursor.execute, statement, parameters)
        self.rowcount = self._connection.raw.changes()
        return self

    def executemany(self, statement: str, many: Iterable[Sequence[Any]]) -> Cursor:
        for parameters in many:
            self.execute(statement, parameters)
        return self

    def _describe(self, cursor: apsw.Cursor, _statement: str, _bindings: object) -> bool:
        found = cursor.get_description()
        self.description = (
            tuple((name, None, None, None, None, None, None) for name, *_ in found) or None
        )
        return True

    def fetchone(self) -> tuple[Any, ...] | None:
        return self._rows.pop(0) if self._rows else None

    def fetchmany(self, size: int = 1) -> list[tuple[Any, ...]]:
        found, self._rows = self._rows[:size], self._rows[size:]
        return found

    def fetchall(self) -> list[tuple[Any, ...]]:
        return self.fetchmany(len(self._rows))

    def close(self) -> None:
        self._rows = []


class Connection:
    """What SQLAlchemy asks of a DB-API connection, over apsw. `commit` acknowledges the entries
    that stand."""

    isolation_level: str | None = None

    def __init__(self, path: str, vfs: str, disk: Disk, pragma: Callable[[str], str]) -> None:
        self.raw, self.disk, self._pragma = apsw.Connection(path, vfs=vfs), disk, pragma
        self.raw.execute("PRAGMA locking_mode=EXCLUSIVE")

    def run(
        self, execute: Callable[..., Any], statement: str, parameters: Sequence[Any]
    ) -> list[Any]:
        try:
            return list(execute(self._pragma(statement), tuple(parameters)))
        except apsw.ConstraintError as fault:
            raise sqlite3.IntegrityError(str(fault)) from None
        except apsw.Error as fault:
            raise sqlite3.OperationalError(str(fault)) from None

    def cursor(self) -> Cursor:
        return Cursor(self)

    def create_function(
        self, name: str, count: int, function: Any, deterministic: bool = False
    ) -> None:
        self.raw.create_scalar_function(name, function, count, deterministic=deterministic)

    def commit(self) -> None:
        if self.raw.in_transaction:
            self.run(self.raw.execute, "COMMIT", ())
            self.disk.acknowledged = self.raw.execute(
                "SELECT coalesce(max(stop), 0) FROM ledger_block"
            ).get
            self.disk.cut()

    def rollback(self) -> None:
        if self.raw.in_transaction:
            self.raw.execute("ROLLBACK")

    def close(self) -> None:
        self.raw.close()


def driver() -> Any:
    """The names of the standard module that SQLAlchemy's dialect reads; connections come from
    `creator`."""
    return SimpleNamespace(
        **{name: getattr(sqlite3, name) for name in dir(sqlite3) if not name.startswith("__")}
    )


def put_back(cut: Cut, directory: Path) -> None:
    """Write what rests after a cut as real files."""
    for name, data in cut.files.items():
        (directory / Path(name).name).write_bytes(data)
