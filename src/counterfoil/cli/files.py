"""Files that a verb reads whole or writes anew: bounded, never over another, mode 0600."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from counterfoil.core.errors import InputFault, StoreFault, UsageFault
from counterfoil.core.use_cases import Upload

_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)


def read_some(path: Path, limit: int) -> bytes:
    """The first `limit` bytes of a file. Raises InputFault `file_unreadable`."""
    try:
        with path.open("rb") as file:
            return file.read(limit)
    except OSError:
        raise InputFault(
            "file_unreadable",
            "the file cannot be read",
            place=path.name,
            cure="Check its path and permissions.",
        ) from None


def read_whole(path: Path, limit: int) -> bytes:
    """The bytes of a file of at most `limit` bytes. Raises InputFault `file_unreadable`,
    `file_too_long`."""
    return Upload(path).read_whole(limit)


def require_new(*paths: Path) -> None:
    """Raise UsageFault `out_taken` or `out_folder` unless every path can be a new file: asked
    before anything is done."""
    for path in paths:
        if not path.parent.is_dir():
            raise UsageFault(
                "out_folder",
                "the folder to write to does not exist",
                place=path.name,
                cure="Make it, or name another.",
            )
        if path.exists() or path.is_symlink():
            raise _taken(path)


def _taken(path: Path) -> UsageFault:
    return UsageFault(
        "out_taken",
        "a file of that name stands already",
        place=path.name,
        cure="Name another file, or move that one away: nothing is overwritten.",
    )


def write_new(path: Path, data: bytes) -> None:
    """Write a new file, synced, or leave none. Raises StoreFault `file_not_written`, UsageFault
    `out_taken`."""
    write_parts(path, (data,))


def write_parts(path: Path, parts: Iterable[bytes]) -> int:
    """Write a new file part by part, synced, or leave none, whatever stops it; return its size.
    Raises StoreFault `file_not_written`, UsageFault `out_taken` where another process has made it
    meanwhile, and what making a part raises."""
    made, whole, size = False, False, 0
    try:
        with os.fdopen(os.open(path, _FLAGS, 0o600), "wb") as file:
            made = True
            for part in parts:
                size += file.write(part)
            file.flush()
            os.fsync(file.fileno())
        whole = True
    except FileExistsError:
        raise _taken(path) from None
    except OSError:
        raise StoreFault(
            "file_not_written",
            "the file could not be written",
            place=path.name,
            cure="Check disk space and permissions, then run the same command again.",
        ) from None
    finally:
        if made and not whole:
            path.unlink(missing_ok=True)
    return size
