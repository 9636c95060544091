"""What the owner of the database file can do, whatever the triggers say: drop them, and write what
they like."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from counterfoil.ledger.entries import counts_text, decode, encode
from counterfoil.ledger.store import counts_of
from counterfoil.tlog.tiles import join_entries, split_entries


class Owner(Protocol):
    """A connection of the owner: SQL with `?`, and what came of it."""

    def execute(self, statement: str, values: list[Any] = ..., /) -> Any: ...

    def close(self) -> None: ...


def open_as_owner(path: Path) -> sqlite3.Connection:
    """A connection on which nothing is refused."""
    owner = sqlite3.connect(path, isolation_level=None)
    for (name,) in owner.execute(
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    ).fetchall():
        owner.execute(f"DROP TRIGGER {name}")
    return owner


def rewrite(owner: Owner, start: int, change: Callable[[list[bytes]], list[bytes]]) -> None:
    """Rewrite the entries of the block at `start`."""
    stop, held = owner.execute(
        "SELECT stop, entries FROM ledger_block WHERE start = ?", [start]
    ).fetchone()
    entries = change(split_entries(held, stop - start))
    owner.execute(
        "UPDATE ledger_block SET entries = ? WHERE start = ?", [join_entries(entries), start]
    )


def other_digest(entry: bytes) -> bytes:
    """The entry with one digit of its last digest, or else of its batch id, changed: still in its
    grammar."""
    at = entry.rindex(b"sha256:") + 7 if b"sha256:" in entry else entry.index(b'"b-') + 3
    return entry[:at] + (b"0" if entry[at : at + 1] != b"0" else b"1") + entry[at + 1 :]


def counted_anew(gone: bytes, rest: list[bytes]) -> list[bytes]:
    """The rest with the counts of the kind that is gone lowered by one."""
    kind, made = decode(gone, "").kind, []
    for data in rest:
        entry = decode(data, "")
        made.append(
            encode(entry.kind, entry.fields, entry.count - (entry.kind is kind), entry.time)
        )
    return made


def say_what_the_entries_say(owner: Owner, start: int) -> None:
    """Make the columns of the last block, which begins at `start`, agree with its entries."""
    before = owner.execute(
        "SELECT counts FROM ledger_block WHERE start < ? ORDER BY start DESC", [start]
    )
    counts = counts_of(before.fetchone()[0])
    stop, held = owner.execute(
        "SELECT stop, entries FROM ledger_block WHERE start = ?", [start]
    ).fetchone()
    for data in split_entries(held, stop - start):
        entry = decode(data, "")
        counts[entry.kind] = entry.count
    owner.execute(
        "UPDATE ledger_block SET counts = ? WHERE start = ?", [counts_text(counts), start]
    )
