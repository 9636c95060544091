"""Files that are replaced whole or not at all: temporary file beside, fsync, rename, fsync of the
folder. The temporary file is locked, so that of two processes each writes a whole one."""

from __future__ import annotations

import os
from pathlib import Path

from counterfoil.core.file_lock import locked_file


def replace_file(path: Path, data: bytes) -> None:
    """Write `data` at `path` so that a reader sees the old bytes or the new ones. Mode 0600. Raises
    OSError."""
    beside = path.with_name(path.name + ".new")
    with locked_file(beside) as descriptor:
        os.ftruncate(descriptor, 0)
        with os.fdopen(descriptor, "wb", closefd=False) as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        beside.replace(path)
    sync_path(path.parent)


def sync_path(path: Path) -> None:
    """Make a file's bytes, or a folder's names, durable. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
