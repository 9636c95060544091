"""Finding the entries of one batch: one walk over the blocks, which looks at bytes before it reads
an entry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from itertools import chain
from typing import Final

from counterfoil.database import Connection
from counterfoil.ledger.entries import Entry, EntryKind, decode
from counterfoil.ledger.store import read_blocks
from counterfoil.tlog.tiles import split_entries

_SINGLE: Final = {
    kind: f'"kind":"{kind.value}"'.encode()
    for kind in (
        EntryKind.BATCH,
        EntryKind.OPENING,
        EntryKind.REVIEW,
        EntryKind.RELEASE,
        EntryKind.WITHDRAWAL,
        EntryKind.DISPOSAL,
    )
}
"""Kinds of which a batch has few: all of them are found. Of rows, only those whose commitment is
asked for."""


def find_of_batch(
    connection: Connection, batch: str, commitments: Set[str]
) -> Iterator[tuple[int, Entry]]:
    """(index, entry) of the batch's own entries, and of those of its rows that carry one of
    `commitments`; in order.

    Raises VerifyFault as `entries.decode`, `bundle_malformed`.
    """
    named = f'"batch":"{batch}"'.encode()
    wanted = [*_SINGLE.values(), *(each.encode() for each in commitments)]
    for block in read_blocks(connection):
        if named in block.entries:
            held = split_entries(block.entries, block.stop - block.start, f"entry {block.start}")
            for index, data in enumerate(held, block.start):
                if named in data and any(each in data for each in wanted):
                    yield index, decode(data, f"entry {index}")


def find_before(
    connection: Connection, kind: EntryKind, fields: Mapping[str, str], before: int
) -> int | None:
    """Index of the last entry before `before` of this kind with these fields, at least one of them
    a digest; or None."""
    found: int | None = None
    needles = [
        f'"{name}":"{value}"'.encode() for name, value in {**fields, "kind": kind.value}.items()
    ]
    blocks = (
        block
        for block in read_blocks(connection)
        if block.start < before and needles[0] in block.entries
    )
    held = chain.from_iterable(
        enumerate(
            split_entries(each.entries, each.stop - each.start, f"entry {each.start}"), each.start
        )
        for each in blocks
    )
    for index, data in held:
        if index < before and all(needle in data for needle in needles):
            found = index
    return found
