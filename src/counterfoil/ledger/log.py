"""The ledger: appending, signing, proving.

Entries become durable with the caller's transaction, before their effect can be seen (P5). One
office has one ledger. Its origin is its name in checkpoints and the name of the key that signs
them. Whoever appends has the database's write transaction, so indices and running counts are given
out without a gap.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import Final

from counterfoil.core.errors import StateFault, UsageFault, VerifyFault
from counterfoil.database import Connection
from counterfoil.ledger.entries import (
    Draft,
    Entry,
    EntryKind,
    Value,
    counts_text,
    decode,
    entry_time,
)
from counterfoil.ledger.row_entries import EntriesEncoder
from counterfoil.ledger.store import (
    BLOCKS_AT_ONCE,
    Block,
    Hashes,
    Head,
    counts_of,
    find_entry,
    insert_blocks,
    insert_checkpoint,
    insert_cosigned,
    insert_tiles,
    read_checkpoint,
    read_cosigned,
    read_entries,
    read_entry,
    read_head,
    read_newest_checkpoint,
    read_newest_cosigned,
)
from counterfoil.ledger.watched import checked_head, not_believed
from counterfoil.tlog.checkpoint import Checkpoint, parse_checkpoint, sign_checkpoint
from counterfoil.tlog.consistency import Consistency
from counterfoil.tlog.note import Signer
from counterfoil.tlog.tiles import WIDTH, completed, join_entries, node_reader
from counterfoil.tlog.tlog_proof import Proof
from counterfoil.tlog.tree import (
    Reader,
    check_inclusion,
    leaf_hash,
    prove_consistency,
    prove_inclusion,
    root_at,
)

_NODES_KEPT: Final = 4096
"""How many subtree roots a prover keeps in memory. Those near the root are in every proof."""


class Ledger:
    """The ledger named `origin`. It has no state: everything is read from the connection."""

    def __init__(self, origin: str) -> None:
        self.origin = origin

    def append(self, connection: Connection, drafts: Iterable[Draft], time: datetime) -> range:
        """Append entries in order, all with this time (UTC); return their indices.

        Raises StateFault `clock_backwards` where the last entry is later than `time`, ValueError
        for a draft outside its kind's grammar. The caller's transaction makes all of them durable,
        or none.
        """
        checked_head(connection)
        head = read_head(connection)
        text = entry_time(time)
        if head.time > text:
            raise StateFault(
                "clock_backwards",
                "the last ledger entry is later than this clock",
                cure="Set the clock right, or wait until it has passed the time of the last entry.",
            )
        size, hashes = head.size, Hashes(connection, head.size)
        blocks = _blocks(iter(drafts), head, text)
        while chunk := list(islice(blocks, BLOCKS_AT_ONCE)):
            insert_blocks(connection, [block for block, _ in chunk])
            leaves = [leaf for _, block_leaves in chunk for leaf in block_leaves]
            insert_tiles(connection, list(completed(size, leaves, hashes)))
            size += len(leaves)
        return range(head.size, size)

    def size(self, connection: Connection) -> int:
        """Number of entries."""
        return read_head(connection).size

    def counts(self, connection: Connection) -> dict[EntryKind, int]:
        """Number of entries of each kind, zeros included."""
        checked_head(connection)
        return counts_of(read_head(connection).counts)

    def entries(self, connection: Connection, start: int, stop: int) -> Iterator[bytes]:
        """Bytes of the entries start .. stop-1."""
        return read_entries(connection, start, stop)

    def entry(self, connection: Connection, index: int) -> Entry | None:
        """The entry of an index from 0, decoded; None where the ledger has no such entry. In an
        office with its key it is in the tree of the authenticated head. Raises VerifyFault as
        `entries.decode`, `bundle_malformed`, `head_entry`."""
        if not 0 <= index < self.size(connection):
            return None
        head = checked_head(connection)
        if head is not None:
            return head.believed(index)
        return decode(read_entry(connection, index), f"entry {index}")

    def begun(self, connection: Connection) -> str:
        """When the ledger was begun, and so its office: the time of the first entry, UTC text; ""
        for an empty ledger. Raises as `entry`."""
        first = self.entry(connection, 0)
        return first.time if first else ""

    def newest_fields(self, connection: Connection, kind: EntryKind) -> dict[str, Value] | None:
        """The fields of the last entry of a kind, or None where there is none."""
        newest = next(self.newest_of(connection, kind), None)
        return newest[1].fields if newest else None

    def index_of_newest(self, connection: Connection, kind: EntryKind) -> int:
        """The index of the last entry of a kind, -1 where there is none."""
        newest = next(self.newest_of(connection, kind), None)
        return newest[0] if newest else -1

    def newest_of(self, connection: Connection, kind: EntryKind) -> Iterator[tuple[int, Entry]]:
        """(index, entry) of every entry of a kind, the last one first."""
        checked_head(connection)
        for count in range(counts_of(read_head(connection).counts)[kind], 0, -1):
            yield entry_of_kind(connection, kind, count)

    def root(self, connection: Connection, size: int | None = None) -> bytes:
        """Root over the first `size` entries, or over all: 32 bytes, from O(log n) reads."""
        return root_at(*_tree(connection, size))

    def sign_checkpoint(self, connection: Connection, signer: Signer) -> str:
        """Sign, store and return a checkpoint of all entries. If one of this size was signed
        before, return that one.

        Raises VerifyFault `ledger_rewritten`, and signs nothing, where the newest checkpoint is not
        of this tree.
        """
        under = checked_head(connection)
        if under is not None:
            under.settle()
            under.require_tree()
        size, newest = self.size(connection), read_newest_checkpoint(connection)
        if newest is not None:
            before = parse_checkpoint(newest)
            self.check_ours(connection, before)
            if before.size == size:
                return newest
        note = sign_checkpoint(Checkpoint(self.origin, size, self.root(connection, size)), signer)
        insert_checkpoint(connection, size, note)
        return note

    def newest_checkpoint(self, connection: Connection) -> str | None:
        """The newest signed checkpoint, as signed, or None."""
        return read_newest_checkpoint(connection)

    def keep_cosigned(self, connection: Connection, note: str) -> None:
        """Keep a checkpoint that its witnesses cosigned. Raises VerifyFault `ledger_rewritten`
        where it is not of this tree."""
        self.check_ours(connection, parse_checkpoint(note))
        insert_cosigned(connection, note)

    def newest_cosigned(self, connection: Connection) -> str | None:
        """The checkpoint that was cosigned last, as it came back, or None."""
        return read_newest_cosigned(connection)

    def cosigned(self, connection: Connection) -> Iterator[str]:
        """Every checkpoint that was cosigned, oldest first."""
        return read_cosigned(connection)

    def checkpoint_of(self, connection: Connection, size: int) -> str:
        """The checkpoint that was signed at `size`. Raises UsageFault `checkpoint_none`."""
        note = read_checkpoint(connection, size)
        if note is None:
            raise UsageFault(
                "checkpoint_none",
                f"no checkpoint was signed at size {size}",
                cure="`counterfoil ledger checkpoints` lists the sizes that were signed.",
            )
        return note

    def prove_consistency(
        self, connection: Connection, old: int, new: int | None = None
    ) -> list[bytes]:
        """Proof that the tree of `new` entries continues that of `old`. Raises UsageFault
        `ledger_size`."""
        new, read = _tree(connection, new)
        if not 0 <= old <= new:
            raise _no_such_size(old, new)
        return prove_consistency(old, new, read)

    def tlog_proof(self, connection: Connection, index: int, checkpoint: str) -> str:
        """A proof file for one entry under `checkpoint`, a signed note of this ledger.

        Raises UsageFault `ledger_index`; VerifyFault `ledger_rewritten` where the checkpoint is not
        of this tree.
        """
        return self.prover(connection, checkpoint)(index)

    def prover(self, connection: Connection, checkpoint: str) -> Callable[[int], str]:
        """`tlog_proof` for many entries under one checkpoint: what their proofs have in common is
        read once. Raises as `tlog_proof` does."""
        signed = parse_checkpoint(checkpoint)
        size, read = _tree(connection, None)
        read = lru_cache(_NODES_KEPT)(read)
        self._require_ours(signed, size, read)

        def prove(index: int) -> str:
            if not 0 <= index < signed.size:
                raise UsageFault(
                    "ledger_index",
                    f"the ledger has no entry {index} at size {signed.size}",
                    cure=f"Name an index below {signed.size}.",
                )
            hashes = prove_inclusion(index, signed.size, read)
            leaf = leaf_hash(read_entry(connection, index))
            check_inclusion(leaf, index, signed.size, hashes, signed.root)
            return str(Proof(index, tuple(hashes), checkpoint))

        return prove

    def consistency_file(self, connection: Connection, older: str, newer: str) -> str:
        """A consistency file for two checkpoints, signed notes of this ledger.

        Raises UsageFault `ledger_size` where the first is the larger one; VerifyFault
        `ledger_rewritten` where one of them is not of this tree.
        """
        before, after = parse_checkpoint(older), parse_checkpoint(newer)
        for checkpoint in (before, after):
            self.check_ours(connection, checkpoint)
        hashes = self.prove_consistency(connection, before.size, after.size)
        return str(Consistency(tuple(hashes), older, newer))

    def check_ours(self, connection: Connection, checkpoint: Checkpoint) -> None:
        """Check that `checkpoint` is of this ledger and of these entries. Raises VerifyFault
        `ledger_rewritten`."""
        self._require_ours(checkpoint, *_tree(connection, None))

    def _require_ours(self, checkpoint: Checkpoint, size: int, read: Reader) -> None:
        if (
            checkpoint.origin != self.origin
            or checkpoint.size > size
            or root_at(checkpoint.size, read) != checkpoint.root
        ):
            raise VerifyFault(
                "ledger_rewritten",
                "the entries are not those that the checkpoint was signed over",
                place=f"checkpoint of size {checkpoint.size}",
                cure="Answer nothing, keep this database, run `counterfoil ledger check`, "
                "restore a copy that checks.",
            )


def entry_of_kind(connection: Connection, kind: EntryKind, count: int) -> tuple[int, Entry]:
    """(index, entry) of the `count`-th entry of a kind, which must exist; in an office with its key
    it is in the tree of the authenticated head. Raises VerifyFault `head_entry`, `ledger_column`,
    as `entries.decode`."""
    under = checked_head(connection)
    index, entry = find_entry(connection, kind, count, read_head(connection).size)
    if under is not None and under.believed(index) != entry:
        raise not_believed(index)
    return index, entry


def _blocks(drafts: Iterator[Draft], head: Head, time: str) -> Iterator[tuple[Block, list[bytes]]]:
    """Drafts as blocks with their leaf hashes. No block crosses the edge of a tile."""
    counts, start, encode = counts_of(head.counts), head.size, EntriesEncoder(time).encode
    while chunk := list(islice(drafts, WIDTH - start % WIDTH)):
        entries: list[bytes] = []
        for draft in chunk:
            counts[draft.kind] += 1
            entries.append(encode(draft, counts[draft.kind]))
        stop = start + len(entries)
        yield (
            Block(start, stop, time, counts_text(counts), join_entries(entries)),
            list(map(leaf_hash, entries)),
        )
        start = stop


def _tree(connection: Connection, size: int | None) -> tuple[int, Reader]:
    """`size`, or the number of all entries where it is None, and a reader of the whole tree."""
    entered = read_head(connection).size
    size = entered if size is None else size
    if not 0 <= size <= entered:
        raise _no_such_size(size, entered)
    return size, node_reader(Hashes(connection, entered))


def _no_such_size(size: int, most: int) -> UsageFault:
    return UsageFault(
        "ledger_size",
        f"the ledger had no size {size} up to {most}",
        cure=f"Name a size from 0 to {most}.",
    )
