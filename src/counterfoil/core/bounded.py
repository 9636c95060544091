"""Bounds on JSON that came from outside, checked before anything is built from it.

    depth    at most MAX_DEPTH objects and arrays inside each other
    nodes    at most MAX_NODES commas and opening brackets, those inside strings counted too

A value in memory takes up to a hundred times its bytes, and a reader that calls itself for each
level ends the process where the levels do not end. Both are counted on the bytes, in one pass and
without memory of their own; how long the bytes may be is for whoever reads the file to say. What is
within the bounds may still be no JSON. Standard library only: the inspector's verifier says the
same in its own words.
"""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import BinaryIO, Final

MAX_DEPTH: Final = 64
MAX_NODES: Final = 1_000_000
_STRING: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_OTHER: Final = re.compile(rb"[^\[\]{}]++")
_OPENING: Final = b"[{"
_READ: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)


def is_bounded_json(data: bytes, nodes: int = MAX_NODES) -> bool:
    """Whether JSON bytes are within the bounds of depth and nodes."""
    opening = data.count(b"[") + data.count(b"{")
    if opening + data.count(b",") > nodes:
        return False
    return opening <= MAX_DEPTH or _depth(data) <= MAX_DEPTH


def read_bounded(path: Path, limit: int) -> bytes:
    """The bytes of a file of at most `limit` bytes. Raises OSError, ValueError for a longer one."""
    with path.open("rb") as file:
        return bounded_bytes(file, limit)


def open_if_regular(path: Path, flags: int = 0) -> BinaryIO | None:
    """A file, open for reading, without waiting for what may be a pipe; None where it is no regular
    file. `flags` are those of `os.open` besides. Raises OSError."""
    descriptor = os.open(path, _READ | flags)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        return None
    return os.fdopen(descriptor, "rb")


def open_ordinary(path: Path) -> BinaryIO:
    """An ordinary file, open for reading, in a folder that others write: a pipe there would keep
    whoever opens it waiting, and is refused. Raises OSError."""
    file = open_if_regular(path)
    if file is None:
        raise OSError(f"{path.name} is no ordinary file")
    return file


def read_ordinary(path: Path, limit: int) -> bytes:
    """As `read_bounded`, of what `open_ordinary` opens."""
    with open_ordinary(path) as file:
        return bounded_bytes(file, limit)


def bounded_bytes(file: BinaryIO, limit: int) -> bytes:
    """What is left of a file, at most `limit` bytes. Raises OSError, ValueError for more."""
    data = file.read(limit + 1)
    if len(data) > limit:
        raise ValueError("the file is too long")
    return data


def _depth(data: bytes) -> int:
    """How many brackets are open at once at most, those inside strings left out."""
    depth = deepest = 0
    for bracket in _OTHER.sub(b"", _STRING.sub(b"", data)):
        depth += 1 if bracket in _OPENING else -1
        deepest = max(deepest, depth)
    return deepest
