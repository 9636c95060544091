"""Files that are written so that nobody else decides where, and who reads them.

    replace_file     whole or not at all: temporary file beside, fsync, rename, fsync of the folder.
                     The temporary file is locked, so that of two processes each writes a whole one.
                     Mode 0600
    replace_public   the same of a published file, without fsync. Mode 0644, whatever the umask is
    open_private     a file that is written as it comes. Mode 0600

None of them writes through a link: whoever can write the folder could lay one to a file of the
office, under a name that is known beforehand.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from counterfoil.core.file_lock import locked_file

_NO_LINK: Final = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)


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


def replace_public(path: Path, data: bytes) -> None:
    """Write `data` at `path`, for everybody to read, so that a reader sees the old bytes or the new
    ones. Raises OSError."""
    beside = path.with_name(f".{path.name}.tmp")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINK, 0o644)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, 0o644)
        file.write(data)
    beside.replace(path)


def open_private(path: Path) -> int:
    """The descriptor of an empty file at `path`, which nobody but its owner reads: a new one, or
    one of this user's that is emptied. Raises OSError, also for a link and for a file of somebody
    else's."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | _NO_LINK, 0o600)
    try:
        stands = os.fstat(descriptor)
        if stat.S_ISREG(stands.st_mode):
            if stands.st_uid != os.geteuid():
                raise PermissionError(f"{path.name} belongs to somebody else")
            os.fchmod(descriptor, 0o600)
            os.ftruncate(descriptor, 0)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def sync_path(path: Path) -> None:
    """Make a file's bytes, or a folder's names, durable. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
