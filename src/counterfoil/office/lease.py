"""The lease of an office: while a service runs, it alone writes the office's database.

A service holds the lock of the file `.service.lock` in the office's folder, from its start to its
end, whatever ends it; its worker inherits the lock. Every other process takes the same lock for as
long as it writes, shared with others of its kind: where a service has it, nothing is written
(`office_served`) and the command says where to send it instead. What reads needs no lease.

`service.json` beside it says where the service listens. It is a convenience, not a proof: what
answers there is asked for the office's name, and officers sign for that name.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import msgspec

from counterfoil.core.atomic_files import replace_file
from counterfoil.core.bounded import read_bounded
from counterfoil.core.errors import StateFault, StoreFault

LOCK: Final = ".service.lock"
PLACE: Final = "service.json"
_POLL_SECONDS: Final = 0.1
_MOST_BYTES: Final = 4096


class ServicePlace(msgspec.Struct, frozen=True):
    """Where a service listens: a URL, `http://HOST:PORT` or `unix:PATH`."""

    url: str


@contextmanager
def service_lease(directory: Path, seconds: float) -> Generator[int]:
    """Be the one service of this office; the descriptor of the lock, for workers to inherit.

    Raises StateFault `office_served` where another has it for `seconds`, StoreFault
    `office_not_leased`.
    """
    until = time.monotonic() + seconds
    try:
        descriptor = os.open(directory / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as fault:
        raise StoreFault(
            "office_not_leased",
            f"the office's lock cannot be written ({type(fault).__name__})",
            place=LOCK,
            cure="Check disk space and the permissions of the office's folder.",
        ) from None
    try:
        while not _take(descriptor, fcntl.LOCK_EX):
            if time.monotonic() >= until:
                raise office_served(directory)
            time.sleep(_POLL_SECONDS)
        yield descriptor
    finally:
        with suppress(FileNotFoundError):
            if _take(descriptor, fcntl.LOCK_EX):
                (directory / PLACE).unlink()
        os.close(descriptor)


@contextmanager
def writing_beside(directory: Path) -> Generator[None]:
    """For as long as a process that is no service writes. Raises StateFault `office_served`."""
    try:
        descriptor = os.open(directory / LOCK, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:  # no service was ever started here
        yield
        return
    try:
        if not _take(descriptor, fcntl.LOCK_SH):
            raise office_served(directory)
        yield
    finally:
        os.close(descriptor)


def say_place(directory: Path, url: str) -> None:
    """Say where the service listens. Raises OSError."""
    replace_file(directory / PLACE, msgspec.json.encode(ServicePlace(url)))


def service_place(directory: Path) -> str | None:
    """Where a service of this office listens; None where none runs."""
    try:
        descriptor = os.open(directory / LOCK, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        if _take(descriptor, fcntl.LOCK_SH):
            return None
        data = read_bounded(directory / PLACE, _MOST_BYTES)
        return msgspec.json.decode(data, type=ServicePlace).url
    except (OSError, ValueError, msgspec.MsgspecError):
        return None
    finally:
        os.close(descriptor)


def office_served(directory: Path) -> StateFault:
    """A service of this office runs, and is the only writer."""
    return StateFault(
        "office_served",
        "a service of this office runs, and it alone writes",
        place=directory.name,
        cure="Nothing was done. An officer's verbs go through the service: name its URL with "
        "--office. What only the operator does needs the service stopped.",
    )


def _take(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
