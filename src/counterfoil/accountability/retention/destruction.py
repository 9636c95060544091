"""Destroying an office's keys, once its archive was checked.

    1  payload*.key: what wraps the keys of batches and seals the accounting
    2  the wrapped key of every batch, in the database, and every share, in the store of batch keys
    3  every other private key below `keys`, what was prepared for an exchange of keys, and the
       secrets of intake keys (exchange/keys)
    4  the passphrase of a sandbox

Each file is written over once with random bytes, synced, cut to nothing and unlinked, and its
folder is synced. Each step can be done again, and a run that is broken off goes on.

What that can promise: after it, no name in the file system leads to a key, and a file system that
writes in place on a disk that writes in place holds other bytes where the key was. What it cannot:
a solid-state drive writes elsewhere and keeps the old block until it sees fit; file systems that
copy on write or keep a journal, snapshots, virtual disks, backups and swap keep what they kept. So
no program destroys a key on today's disks by writing. What does (docs/operate/closing.md): key
files are sealed under a passphrase, so destroy its every copy; have the drive erase its own key, or
destroy the drive (NIST SP 800-88); and let the copies of the folder `keys` end with it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from counterfoil.batches.tables import BATCH
from counterfoil.core.atomic_files import sync_path
from counterfoil.core.errors import StoreFault
from counterfoil.office import Office
from counterfoil.office.context import PASSPHRASE_FILE

_FIRST: Final = "payload"
_PREPARED: Final = "rotating"


def destroy_keys(office: Office) -> tuple[str, ...]:
    """Destroy every key, and return the names of the files that were there. Called while the
    closing is being finished alone. Raises StoreFault `keys_not_destroyed`; as the store."""
    keys = office.directory / "keys"
    first = sorted(keys.glob(f"{_FIRST}*.key"))
    done = [_destroy(path) for path in first]  # 1
    office.forget_keys()
    with office.store.transaction() as connection:  # 2
        connection.execute(BATCH.update().values(wrapped_key=None))
    office.store.cut_log()
    office.shares.destroy(office.shares.listed())
    done += [_destroy(path) for path in _others(office.directory)]  # 3, 4
    shutil.rmtree(keys / _PREPARED, ignore_errors=True)
    return tuple(done)


def _others(office: Path) -> Iterator[Path]:
    """The passphrase comes last: until then a sandbox opens what is left."""
    keys = office / "keys"
    for folder in (keys / _PREPARED, keys, office / "exchange" / "keys"):
        yield from sorted(folder.rglob("*.key") if folder.is_dir() else ())
    passphrase = keys / PASSPHRASE_FILE
    if passphrase.exists():
        yield passphrase


def _destroy(path: Path) -> str:
    if path.is_symlink():
        raise _not_destroyed(path, "a link")
    try:
        with path.open("r+b") as file:
            file.write(os.urandom(max(1, path.stat().st_size)))
            file.flush()
            os.fsync(file.fileno())
            file.truncate(0)
            os.fsync(file.fileno())
        path.unlink()
        sync_path(path.parent)
    except FileNotFoundError:
        return path.name
    except OSError as fault:
        raise _not_destroyed(path, type(fault).__name__) from None
    return path.name


def _not_destroyed(path: Path, why: str) -> StoreFault:
    return StoreFault(
        "keys_not_destroyed",
        f"a key file cannot be destroyed ({why})",
        place=path.name,
        cure="The archive stands. Check the folder's permissions, and that the file is no link, "
        "then run it again: it goes on.",
    )
