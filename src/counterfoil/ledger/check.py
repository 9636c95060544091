"""`ledger check` and the check of an export: a ledger computed anew from its entries, and compared
with what is stored beside them.

What `check` establishes of a database; the code is labeled with the numbers:

    1  The entries are numbered from 0 without a gap.
    2  Every entry is canonical and within the grammar of its kind, and the columns of its block say
       what the entries say.
    3  The running count of a kind goes up by one with each entry of that kind.
    4  No entry is earlier than the one before it.
    5  The stored tiles are those that the entries make, and there are no others.
    6  Every checkpoint, this office's own or brought from elsewhere, is signed by the office's key
       and is a root of this tree.

`check_export` establishes the same of exported files, with the office's verifier key alone. There 1
says that the files hold as many entries as the checkpoint says, 5 speaks of the exported tiles, and
6 of the one checkpoint.

Both read the ledger as a stream: a few blocks and at most 255 hashes of each level are in memory.
A ledger alone cannot show that an entry was made for everything that happened. If no checkpoint
from elsewhere is brought, it also cannot show that its newest entries were not cut off together
with their checkpoints.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Final

from counterfoil.core.errors import VerifyFault
from counterfoil.core.values import Public
from counterfoil.database import Connection
from counterfoil.ledger.entries import EntryKind, counts_text, head_of
from counterfoil.ledger.export import read_bundles, read_file
from counterfoil.ledger.store import Block, count_tiles, read_blocks, read_checkpoints, read_tile
from counterfoil.tlog.checkpoint import Checkpoint, LogKeys, check_checkpoint
from counterfoil.tlog.encoding import to_base64
from counterfoil.tlog.note import MAX_NOTE_BYTES, VerifierKey
from counterfoil.tlog.tiles import TILE_BYTES, WIDTH, Tile, tile_path, tiles_of
from counterfoil.tlog.tree import EMPTY_ROOT, HASH_BYTES, leaf_hash, root_of

_KEEP_AND_RESTORE: Final = "Keep this copy as evidence, and restore one that checks."


class CheckReport(Public, frozen=True, gc=False):
    """What was established, as numbered sentences. `root` is base64; `last_time` is "" where the
    ledger is empty."""

    size: int
    root: str
    last_time: str
    counts: dict[EntryKind, int]
    checkpoints: int
    statements: tuple[str, ...]


class Recomputation:
    """The tree, the running counts and the last time over the entries that were added so far. Knows
    nothing of what is stored beside the entries."""

    def __init__(self) -> None:
        self.size = 0
        self.time = ""
        self.counts: dict[EntryKind, int] = dict.fromkeys(EntryKind, 0)
        self._levels: list[list[bytes]] = [[]]

    def frontier(self) -> list[list[bytes]]:
        """The hashes of the partial tile of each level: with `size`, `time` and `counts` all that
        is needed to go on later. The full tiles must have been taken."""
        return [list(hashes) for hashes in self._levels]

    @classmethod
    def resumed(
        cls, size: int, time: str, counts: Mapping[EntryKind, int], frontier: list[list[bytes]]
    ) -> Recomputation:
        """One that goes on where another stopped. Raises ValueError for a frontier of another
        size."""
        made = cls()
        made.size, made.time, made._levels = size, time, frontier
        made.counts |= counts
        widths = [size // WIDTH**level % WIDTH for level in range(len(frontier))]
        if [len(hashes) for hashes in frontier] != widths or size >= WIDTH ** len(frontier):
            raise ValueError("a frontier of another size")
        return made

    def add(self, data: bytes) -> None:
        """Add the next entry, and establish 2, 3 and 4 of it. Whenever `size` becomes a multiple of
        256, call `full_tiles` before the next one. Raises VerifyFault, naming the entry."""
        kind, count, time = head_of(data, f"entry {self.size}")  # 2
        if count != self.counts[kind] + 1:  # 3
            raise _divergence(
                "ledger_count",
                f"the running count of its kind is not {self.counts[kind] + 1}",
                self.size,
            )
        if time < self.time:  # 4
            raise _divergence(
                "ledger_time", "its time is before that of the entry before it", self.size
            )
        self.counts[kind], self.time = count, time
        self._levels[0].append(leaf_hash(data))
        self.size += 1

    def full_tiles(self) -> Iterator[Tile]:
        """The tiles that have become full, the lowest level first. Each is yielded once."""
        level = 0
        while len(self._levels[level]) == WIDTH:
            hashes, self._levels[level] = self._levels[level], []
            index = self.size // WIDTH ** (level + 1) - 1
            tile = Tile(level, index, root_of(hashes), b"".join(hashes))
            level += 1
            if level == len(self._levels):
                self._levels.append([])
            self._levels[level].append(tile.root)
            yield tile

    def partial(self, level: int) -> bytes:
        """The hashes of the partial tile of a level, b"" if there is none."""
        return b"".join(self._levels[level]) if level < len(self._levels) else b""

    def root(self) -> bytes:
        """The root over all entries so far. The full tiles must have been taken."""
        joined: list[bytes] = []
        for hashes in self._levels:
            row = [*hashes, *joined]
            joined = [root_of(row)] if row else []
        return joined[0] if joined else EMPTY_ROOT


def check(
    connection: Connection,
    key: LogKeys,
    held: Iterable[str] = (),
    watch: Callable[[int], object] = int,
) -> CheckReport:
    """Establish 1 to 6 for the ledger whose checkpoints `key` signs.

    `held` are checkpoints kept elsewhere, as signed notes. `watch` is told how many entries were
    checked, now and then. Raises VerifyFault at the first
    divergence: `ledger_gap`, `bundle_malformed`, those of `entries.decode`, `ledger_column`,
    `ledger_count`, `ledger_time`, `ledger_tile`, `ledger_tiles`, those of `check_checkpoint`,
    `ledger_rewritten`, `ledger_shortened`.
    """
    signed = _signed(connection, key, held)
    by_size = groupby(signed, key=lambda checkpoint: checkpoint.size)
    computed = Recomputation()
    due = _check_root(computed, next(by_size, None), by_size)
    for block in read_blocks(connection):
        if (block.start, computed.size // WIDTH) != (computed.size, (block.stop - 1) // WIDTH):
            raise _divergence(
                "ledger_gap", "the numbers of its block are not the next ones", computed.size
            )  # 1
        for data in block.split():  # 1
            computed.add(data)  # 2 3 4
            if computed.size % WIDTH == 0:
                _check_tiles(connection, computed)  # 5
            due = _check_root(computed, due, by_size)  # 6
        _check_columns(block, computed)  # 2
        watch(computed.size)
    _check_end(connection, computed, due)  # 5 6
    root = to_base64(computed.root())
    return _report(
        computed,
        len(signed),
        f"1. The {computed.size} entries are numbered from 0 without a gap.",
        f"5. The stored tiles are those that the entries make; the root is {root}.",
        f"6. {len(signed)} checkpoints are signed by the office's key and are roots of this tree.",
    )


def check_export(directory: Path, key: VerifierKey) -> CheckReport:
    """Establish 1 to 6 for the ledger that was exported to `directory`.

    Raises VerifyFault at the first divergence: `export_unreadable`, `bundle_malformed`, those of
    `entries.decode`, `ledger_count`, `ledger_time`, `ledger_tile`, those of `check_checkpoint`,
    `ledger_rewritten`.
    """
    checkpoint = check_checkpoint(read_file(directory, "checkpoint", MAX_NOTE_BYTES), key)  # 6
    computed = Recomputation()
    for bundle in read_bundles(directory, checkpoint.size):  # 1
        for entry in bundle:
            computed.add(entry)  # 2 3 4
        for tile in computed.full_tiles() if len(bundle) == WIDTH else ():
            _check_exported_tile(directory, tile.level, tile.index, tile.hashes)  # 5
    for level, full, width in tiles_of(computed.size):
        if width:
            _check_exported_tile(directory, level, full, computed.partial(level))  # 5
    if computed.root() != checkpoint.root:  # 6
        raise VerifyFault(
            "ledger_rewritten",
            _NOT_SIGNED_OVER,
            place="checkpoint",
            cure="Keep this export as evidence, and ask the office for an explanation.",
        )
    root = to_base64(checkpoint.root)
    return _report(
        computed,
        1,
        f"1. The checkpoint is signed by the office's key, over {computed.size} entries, and all "
        "of them are here.",
        "5. Every hash tile is what the entries make.",
        f"6. The root of the entries is the checkpoint's: {root}.",
    )


_Due = tuple[int, Iterator[Checkpoint]] | None
"""The size of the next checkpoints, and these checkpoints."""


def _signed(connection: Connection, key: LogKeys, held: Iterable[str]) -> list[Checkpoint]:
    """Every checkpoint, its signature verified, smallest first."""
    signed: list[Checkpoint] = []
    for size, note in read_checkpoints(connection):
        checkpoint = check_checkpoint(note, key)
        if checkpoint.size != size:
            raise _rewritten(size)
        signed.append(checkpoint)
    signed += [check_checkpoint(note, key) for note in held]
    return sorted(signed, key=lambda checkpoint: checkpoint.size)


def _check_root(
    computed: Recomputation, due: _Due, by_size: Iterator[tuple[int, Iterator[Checkpoint]]]
) -> _Due:
    """Check the checkpoints of this size, if any are due, and return those that are due next."""
    if due is None or due[0] != computed.size:
        return due
    root = computed.root()
    if any(checkpoint.root != root for checkpoint in due[1]):
        raise _rewritten(due[0])
    return next(by_size, None)


def _check_columns(block: Block, computed: Recomputation) -> None:
    if (block.time, block.counts) != (computed.time, counts_text(computed.counts)):
        raise _divergence(
            "ledger_column", "the columns of its block do not say what its entries say", block.start
        )


def _check_end(connection: Connection, computed: Recomputation, due: _Due) -> None:
    """Check that no checkpoint is of more entries than there are, and that no tile is left over."""
    if due is not None:
        raise VerifyFault(
            "ledger_shortened",
            f"entries are missing: a checkpoint was signed over {due[0]}",
            place=f"entry {computed.size}",
            cure=_KEEP_AND_RESTORE,
        )
    if count_tiles(connection) != sum(full for _, full, _ in tiles_of(computed.size)):
        raise VerifyFault(
            "ledger_tiles",
            "there are tiles that no entries make",
            place="tiles",
            cure="Restore the database from a copy that checks.",
        )


def _check_tiles(connection: Connection, computed: Recomputation) -> None:
    for tile in computed.full_tiles():
        stored = read_tile(connection, tile.level, tile.index)
        if stored != tile:
            hashes = stored.hashes if stored else b""
            raise _other_tile(tile.level, tile.index, hashes, tile.hashes)


def _check_exported_tile(directory: Path, level: int, index: int, computed: bytes) -> None:
    path = tile_path(level, index, len(computed) // HASH_BYTES)
    exported = read_file(directory, path, TILE_BYTES)
    if exported != computed:
        raise _other_tile(level, index, exported, computed)


def _report(
    computed: Recomputation, checkpoints: int, first: str, fifth: str, sixth: str
) -> CheckReport:
    statements = (
        first,
        "2. Every entry is canonical and says only what its kind may say.",
        "3. The running count of every kind goes up by one.",
        "4. No entry is earlier than the one before it.",
        fifth,
        sixth,
    )
    root = to_base64(computed.root())
    return CheckReport(computed.size, root, computed.time, computed.counts, checkpoints, statements)


_NOT_SIGNED_OVER: Final = "the entries are not those that the checkpoint was signed over"


def _rewritten(size: int) -> VerifyFault:
    return VerifyFault(
        "ledger_rewritten",
        _NOT_SIGNED_OVER,
        place=f"checkpoint of size {size}",
        cure="An entry before that size was changed. Keep this copy as evidence, and restore "
        "one that checks.",
    )


def _other_tile(level: int, index: int, found: bytes, computed: bytes) -> VerifyFault:
    """The fault of a tile, which names the first entry under the first hash that differs."""
    hashes = range(0, len(computed), HASH_BYTES)
    differing = (
        at // HASH_BYTES
        for at in hashes
        if found[at : at + HASH_BYTES] != computed[at : at + HASH_BYTES]
    )
    first = (index * WIDTH + next(differing, 0)) * WIDTH**level
    what = f"tile {index} of level {level} is not what the entries make"
    return _divergence("ledger_tile", what, first)


def _divergence(code: str, what: str, index: int) -> VerifyFault:
    """The fault of entry `index`."""
    return VerifyFault(
        code, f"the ledger diverges here: {what}", place=f"entry {index}", cure=_KEEP_AND_RESTORE
    )
