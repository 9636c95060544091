"""A file that one process has at a time: a lock that ends with the process that holds it, whatever
ends that."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

WAIT_SECONDS: Final = 30
"""How long a process waits for another, as it does for the database."""
_POLL_SECONDS: Final = 0.05
_FLAGS: Final = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)


@contextmanager
def locked_file(path: Path, seconds: float = WAIT_SECONDS) -> Generator[int]:
    """The open descriptor of the file at `path`, which no other process has meanwhile. It is made
    where it is missing (mode 0600), and may hold what a process that was ended wrote.

    At the end it is deleted, unless it was renamed. Raises BlockingIOError where another process
    has it for `seconds`, and OSError.
    """
    descriptor = _lock(path, time.monotonic() + seconds)
    try:
        yield descriptor
    finally:
        try:
            if _is_at(descriptor, path):
                path.unlink()
        finally:
            os.close(descriptor)


def _lock(path: Path, until: float) -> int:
    """Whoever had the file before may have renamed or deleted it: the lock is then of a file that
    is not at `path`, and another one is opened."""
    while True:
        descriptor = os.open(path, _FLAGS, 0o600)
        try:
            _take(descriptor, until)
            if _is_at(descriptor, path):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _take(descriptor: int, until: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise
            time.sleep(_POLL_SECONDS)
        else:
            return


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        there = path.stat(follow_symlinks=False)
    except FileNotFoundError:
        return False
    return os.path.samestat(there, os.fstat(descriptor))
