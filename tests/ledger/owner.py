"""What the owner of the database file can do, whatever the triggers say: drop them, and write what they like."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

from counterfoil.proof.tiles import join_entries, split_entries


def open_as_owner(path: Path) -> sqlite3.Connection:
    """A connection on which nothing is refused."""
    owner = sqlite3.connect(path, isolation_level=None)
    for (name,) in owner.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        owner.execute(f"DROP TRIGGER {name}")
    return owner


def rewrite(owner: sqlite3.Connection, start: int, change: Callable[[list[bytes]], list[bytes]]) -> None:
    """Rewrite the entries of the block at `start`."""
    stop, held = owner.execute("SELECT stop, entries FROM ledger_block WHERE start = ?", [start]).fetchone()
    entries = change(split_entries(held, stop - start))
    owner.execute("UPDATE ledger_block SET entries = ? WHERE start = ?", [join_entries(entries), start])


def other_digest(entry: bytes) -> bytes:
    """The entry with one digit of its last digest, or else of its batch id, changed: still in its grammar."""
    at = entry.rindex(b"sha256:") + 7 if b"sha256:" in entry else entry.index(b'"b-') + 3
    return entry[:at] + (b"0" if entry[at : at + 1] != b"0" else b"1") + entry[at + 1 :]
