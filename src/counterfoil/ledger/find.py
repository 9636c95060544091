"""Finding an entry by its kind and count, O(log n): each block says how many of each kind there are
after it."""

from __future__ import annotations

from typing import Final

import msgspec

from counterfoil.core.errors import VerifyFault
from counterfoil.database import Connection
from counterfoil.ledger.entries import Entry, EntryKind, decode
from counterfoil.ledger.store import Block, read_block
from counterfoil.tlog.tiles import split_entries

_decode: Final = msgspec.json.Decoder(dict[EntryKind, int]).decode
_NONE: Final = dict.fromkeys(EntryKind, 0)


def counts_of(text: str) -> dict[EntryKind, int]:
    """Running counts from their JSON, zeros included: the inverse of `entries.counts_text`.

    Raises VerifyFault `ledger_column`.
    """
    try:
        return _NONE | _decode(text)
    except msgspec.MsgspecError:
        raise _column_fault() from None


def find_entry(connection: Connection, kind: EntryKind, count: int, size: int) -> tuple[int, Entry]:
    """(index, entry) of the `count`-th entry of a kind, which must be among the first `size`."""
    low, high = 0, size
    while True:
        block = read_block(connection, (low + high) // 2)
        after = counts_of(block.counts)[kind]
        if after < count:
            low = block.stop
        elif block.start == low or _first_count(connection, block, kind) < count:
            return _within(block, kind, count)
        else:
            high = block.start


def _first_count(connection: Connection, block: Block, kind: EntryKind) -> int:
    """How many of the kind stand before the block."""
    return counts_of(read_block(connection, block.start - 1).counts)[kind] if block.start else 0


def _within(block: Block, kind: EntryKind, count: int) -> tuple[int, Entry]:
    for index, data in enumerate(
        split_entries(block.entries, block.stop - block.start), block.start
    ):
        entry = decode(data, f"entry {index}")
        if (entry.kind, entry.count) == (kind, count):
            return index, entry
    raise _column_fault()


def _column_fault() -> VerifyFault:
    return VerifyFault(
        "ledger_column",
        "the columns of a block do not say what its entries say",
        cure="Answer nothing, keep this database, run `counterfoil ledger check`, restore a "
        "copy that checks.",
    )
