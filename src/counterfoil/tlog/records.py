"""What a witness keeps: the latest checkpoint of each log, one file each, and one that it refused.

    DIR/<sha256 of the origin, hex>.checkpoint    the signed note that was cosigned last
    DIR/<sha256 of the origin, hex>.refused       the last signed note that did not continue it:
    evidence
    DIR/lock                                      held by the one process that may write here

Trusted: yes. Who can set a record back can have a fork cosigned. If a record is lost the witness
must not go on under its key. Each file is written beside its place, synced, renamed, and the folder
synced, before a cosignature leaves.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import threading
from pathlib import Path

from counterfoil.core.errors import StateFault, StoreFault


class Records:
    """The records below a directory, which is made if it is missing. One process at a time.

    Raises StateFault `witness_busy` where another holds it, StoreFault `witness_not_written`.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.lock = threading.Lock()
        """Held from reading a record to replacing it, so that a checkpoint never takes the place of
        a larger one."""
        try:
            directory.mkdir(parents=True, exist_ok=True)
            self._held = (directory / "lock").open("wb")
            fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._held.close()
            raise StateFault(
                "witness_busy",
                "another witness uses these records",
                place=directory.name,
                cure="Stop it first.",
            ) from None
        except OSError:
            raise _not_written(directory) from None

    def latest(self, origin: str) -> str | None:
        """The note that was cosigned last for a log, or None."""
        path = self._path(origin, "checkpoint")
        try:
            return path.read_text(encoding="utf-8") if path.exists() else None
        except OSError:
            raise _not_written(self.directory) from None

    def keep(self, origin: str, note: str) -> None:
        """Put a note in the place of the latest one; durable when this returns."""
        self._write(self._path(origin, "checkpoint"), note)

    def refuse(self, origin: str, note: str) -> None:
        """Keep a signed note that did not continue the latest one."""
        self._write(self._path(origin, "refused"), note)

    def close(self) -> None:
        """Let another process in."""
        self._held.close()

    def _path(self, origin: str, suffix: str) -> Path:
        return self.directory / f"{hashlib.sha256(origin.encode()).hexdigest()}.{suffix}"

    def _write(self, path: Path, text: str) -> None:
        beside = path.with_name(f".{path.name}.tmp")
        try:
            with beside.open("w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
            folder = os.open(self.directory, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError:
            raise _not_written(self.directory) from None


def _not_written(directory: Path) -> StoreFault:
    return StoreFault(
        "witness_not_written",
        "the witness's records cannot be read or written",
        place=directory.name,
        cure="Nothing was cosigned. Check the disk, then start the witness again.",
    )
