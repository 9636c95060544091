"""Where sealed buckets are stored: any store that maps bytes to bytes can hold them.

A store is two small classes. The writer is given pairs once, in ascending order of key, no key
twice. The reader is given keys and returns values, and nothing else: it has no way to list what it
contains. `tests/register/store_conformance.py` is the suite that every store passes. The store here
is LMDB in one file, memory-mapped, read by any number of processes without locks.

    file      buckets.lmdb, one unnamed database, 32-byte keys, values of bucket.py's size classes
    trusted?  no: buckets authenticate themselves, and the signed manifest holds the file's size,
              the digest of its head and of the whole. Size and head are compared at every opening,
              because a cut file, or a head that points beyond its end, would end the process.
              Damage to inner pages can still do that to a reader that did not run `check_store`
              first; it cannot make a bucket open.
    lost?     build again from the source, or restore a backup; nothing else is in it
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol

import lmdb

from counterfoil.core import canonical
from counterfoil.core.errors import StateFault, StoreFault

LMDB_FILE: Final = "buckets.lmdb"
_FIRST_MAP_BYTES: Final = 64 << 20
_HEAD_BYTES: Final = 2 * 4096

Pair = tuple[bytes, bytes]


class BucketWriter(Protocol):
    """Filled once, by a build."""

    def put_many(self, pairs: Sequence[Pair]) -> None:
        """Add pairs. All keys of all calls ascend. Raises StoreFault."""
        ...

    def close(self) -> None:
        """Make everything durable and close. Raises StoreFault."""
        ...


class BucketReader(Protocol):
    """Read for ever after."""

    def get_many(self, keys: Sequence[bytes]) -> list[bytes | None]:
        """The value of each key, None where there is none, in one consistent read. Raises
        StoreFault."""
        ...

    def close(self) -> None:
        """Close the store."""
        ...


class LmdbWriter:
    """Appends to a new LMDB file; the map grows by doubling."""

    def __init__(self, path: Path, map_bytes: int = _FIRST_MAP_BYTES) -> None:
        self._map_bytes = map_bytes
        try:
            self._file = lmdb.open(
                str(path),
                subdir=False,
                map_size=map_bytes,
                mode=0o600,
                lock=False,
                sync=False,
                metasync=False,
                meminit=True,  # else pages carry what this process last held in memory: names
            )
        except lmdb.Error as fault:
            raise _unwritten(type(fault).__name__) from None

    def put_many(self, pairs: Sequence[Pair]) -> None:
        """Add pairs in ascending order of key. Raises StoreFault; also for keys that do not
        ascend."""
        while not self._put(pairs):
            self._map_bytes *= 2
            self._file.set_mapsize(self._map_bytes)

    def close(self) -> None:
        """Make everything durable and close. Raises StoreFault."""
        try:
            self._file.sync(True)
        except lmdb.Error as fault:
            raise _unwritten(type(fault).__name__) from None
        finally:
            self._file.close()

    def _put(self, pairs: Sequence[Pair]) -> bool:
        """Whether the pairs fitted into the map. None is kept if not."""
        try:
            with self._file.begin(write=True) as transaction:
                _added, new = transaction.cursor().putmulti(
                    list(pairs), dupdata=False, overwrite=False, append=True
                )
                if new != len(pairs):
                    raise _unwritten("keys do not ascend")
        except lmdb.MapFullError:
            return False
        except lmdb.Error as fault:
            raise _unwritten(type(fault).__name__) from None
        return True


class LmdbReader:
    """Reads a finished LMDB file; one reader of a file in a process, any number of processes.

    Raises StoreFault if the file is missing, cut or not LMDB, StateFault if this process has it
    open already.
    """

    def __init__(self, path: Path, size_bytes: int, head_digest: str) -> None:
        """size_bytes and head_digest: what the manifest says."""
        try:
            if (path.stat().st_size, digest_head(path)) != (size_bytes, head_digest):
                raise _unreadable("another size or head than the manifest says")
            self._file = lmdb.open(
                str(path), subdir=False, readonly=True, lock=False, create=False, readahead=False
            )
        except (lmdb.Error, OSError) as fault:
            if "already open" in str(fault):
                raise _open_already() from None
            raise _unreadable(type(fault).__name__) from None

    def get_many(self, keys: Sequence[bytes]) -> list[bytes | None]:
        """The value of each key, None where there is none. Raises StoreFault."""
        try:
            with self._file.begin() as transaction:
                get = transaction.get
                return [get(key) for key in keys]
        except lmdb.Error as fault:
            raise _unreadable(type(fault).__name__) from None

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def digest_head(path: Path) -> str:
    """Digest of LMDB's two meta pages, which say where everything else is. Raises OSError."""
    with path.open("rb") as file:
        return canonical.digest(file.read(_HEAD_BYTES))


def _unwritten(kind: str) -> StoreFault:
    return StoreFault(
        "register_not_written",
        f"the sealed register cannot be written ({kind})",
        place=LMDB_FILE,
        cure="The old snapshot is still current. Check disk space and permissions, then build "
        "again.",
    )


def _unreadable(kind: str) -> StoreFault:
    return StoreFault(
        "register_unreadable",
        f"the sealed register cannot be read ({kind})",
        place=LMDB_FILE,
        cure="Nothing was opened. Restore the snapshot from its backup, or build the register "
        "again.",
    )


def _open_already() -> StateFault:
    return StateFault(
        "register_open_already",
        "this process has the snapshot open already",
        place=LMDB_FILE,
        cure="Share the opened register, or close it first.",
    )
