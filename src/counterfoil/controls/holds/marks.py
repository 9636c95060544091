"""The marks of a hold: keyed hashes that name a person among ones that name nobody. Pure.

A mark is 16 bytes. The marks of a hold are rising, 16 in all or the next multiple, so that nobody
sees how many numbers and references the person has. With the act that adds a hold (office/acts.py)
rests, in `extra`:

    key id || 0x00 || marks end to end

The key id is that of the register key that made them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

MARK_BYTES: Final = 16
MARKS_AT_ONCE: Final = 16


def hide_marks(marks: Iterable[bytes], filler: Callable[[int], bytes]) -> tuple[bytes, ...]:
    """These marks among others that `filler` makes, rising; 16 in all or the next multiple."""
    hidden = set(marks)
    wanted = max(MARKS_AT_ONCE, -(-len(hidden) // MARKS_AT_ONCE) * MARKS_AT_ONCE)
    while len(hidden) < wanted:
        hidden.add(filler(MARK_BYTES))
    return tuple(sorted(hidden))


def split_marks(joined: bytes) -> list[bytes]:
    """The marks that were joined end to end."""
    return [joined[at : at + MARK_BYTES] for at in range(0, len(joined), MARK_BYTES)]


def keep_marks(key_id: str, marks: bytes) -> bytes:
    """The stored form of a hold's marks, joined end to end. Inverse of `read_marks`."""
    return key_id.encode() + b"\x00" + marks


def read_marks(stored: bytes) -> tuple[str, bytes]:
    """(id of the register key, marks joined end to end)."""
    key_id, _, marks = stored.partition(b"\x00")
    return key_id.decode("ascii", "replace"), marks
