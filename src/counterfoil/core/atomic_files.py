"""Files that are written so that nobody else decides where, and who reads them.

    replace_file     whole or not at all: temporary file beside, fsync, rename, fsync of the folder.
                     For folders that only we write: the temporary file is locked, so that of two
                     processes each writes a whole one. Mode 0600
    place_file       the same in a folder that somebody else writes too, such as the mailbox or what
                     is published: under a name that is new and that nobody can guess
    replace_public   `place_file` of a published file, without fsync. Mode 0644, whatever the umask
    open_private     a file that is written as it comes. Mode 0600
    read_regular     a file of such a folder: what lies there may be a link to a file of ours, a
                     pipe that never ends or a file of any size, and is read without following,
                     waiting or reading on

None of them writes through a link: whoever can write the folder could lay one to a file of the
office, under a name that is known beforehand.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

from counterfoil.core.bounded import bounded_bytes, open_if_regular
from counterfoil.core.file_lock import locked_file

_NOFOLLOW: Final = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
_NEW: Final = os.O_RDWR | os.O_CREAT | os.O_EXCL | _NOFOLLOW


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


def open_regular(path: Path) -> BinaryIO:
    """A regular file, opened to be read. Raises OSError, also for a link; ValueError for a pipe,
    a device, a folder."""
    file = open_if_regular(path, _NOFOLLOW)
    if file is None:
        raise ValueError("this is no regular file")
    return file


def read_regular(path: Path, limit: int) -> bytes:
    """The bytes of a regular file of at most `limit` bytes. Raises as `open_regular`,
    ValueError for a longer one too."""
    with open_regular(path) as file:
        return bounded_bytes(file, limit)


@contextmanager
def placed_file(path: Path, mode: int, *, durable: bool = True) -> Generator[BinaryIO]:
    """A new file, to be written and read, that takes the name `path` whole, and where it is to be
    durable then durably, at the end, with the rights `mode`; whatever has the name is replaced,
    never followed. Until then it is ours alone. Raises OSError."""
    part = path.with_name(f".{path.name}.{os.urandom(8).hex()}.part")
    try:
        with os.fdopen(os.open(part, _NEW, 0o600), "w+b") as sink:
            yield sink
            sink.flush()
            os.fchmod(sink.fileno(), mode)
            if durable:
                os.fsync(sink.fileno())
        part.replace(path)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise
    if durable:
        sync_path(path.parent)


def place_file(path: Path, data: bytes, mode: int) -> None:
    """Write `data` at `path` as `placed_file` does. Raises OSError."""
    with placed_file(path, mode) as sink:
        sink.write(data)


def replace_public(path: Path, data: bytes) -> None:
    """Write `data` at `path`, for everybody to read, so that a reader sees the old bytes or the new
    ones. Raises OSError."""
    with placed_file(path, 0o644, durable=False) as sink:
        sink.write(data)


def open_private(path: Path) -> int:
    """The descriptor of an empty file at `path`, which nobody but its owner reads: a new one, or
    one of this user's that is emptied. Raises OSError, also for a link and for a file of somebody
    else's."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | _NOFOLLOW, 0o600)
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
