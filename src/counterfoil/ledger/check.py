"""`ledger check`: everything reckoned anew from the entries and compared with what stands beside
them.

    1  The entries are numbered from 0 without a gap.
    2  Every entry is canonical and within its kind's grammar, and the columns of its block say what
       it says.
    3  The running count of every kind goes up by one with each entry of that kind.
    4  No entry is earlier than the one before it.
    5  The stored tiles are those that the entries make, and no others.
    6  Every checkpoint, of this office's or brought from elsewhere, is signed by its key and is a
       root of this tree.

Streams: few blocks and at most 255 hashes a level are in memory. What a ledger alone cannot show:
that an entry was made for everything that happened, and, where no checkpoint from elsewhere is
brought, that its newest entries were not cut off together with their checkpoints.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from counterfoil.core.errors import VerifyFault
from counterfoil.core.values import Public
from counterfoil.database import Connection
from counterfoil.ledger.entries import EntryKind, counts_text
from counterfoil.ledger.reckon import Reckoning, differing, divergence
from counterfoil.ledger.store import count_tiles, read_blocks, read_checkpoints, read_tile
from counterfoil.tlog.checkpoint import Checkpoint, check_checkpoint
from counterfoil.tlog.encoding import to_base64
from counterfoil.tlog.note import VerifierKey
from counterfoil.tlog.tiles import WIDTH, Tile, split_entries, tiles_of


class CheckReport(Public, frozen=True, gc=False):
    """What was established, as numbered sentences. `root` is base64; `last_time` is "" where the
    ledger is empty."""

    size: int
    root: str
    last_time: str
    counts: dict[EntryKind, int]
    checkpoints: int
    statements: tuple[str, ...]


def check(connection: Connection, key: VerifierKey, held: Iterable[str] = ()) -> CheckReport:
    """Establish 1 to 6 for the ledger whose checkpoints `key` signs.

    `held` are checkpoints kept elsewhere, as signed notes. Raises VerifyFault at the first
    divergence: `ledger_gap`, `bundle_malformed`, those of `entries.decode`, `ledger_column`,
    `ledger_count`, `ledger_time`, `ledger_tile`, `ledger_tiles`, those of `check_checkpoint`,
    `ledger_rewritten`, `ledger_shortened`.
    """
    signed = _signed(connection, key, held)
    awaited = groupby(signed, key=lambda checkpoint: checkpoint.size)
    reckoning = Reckoning()
    due = _check_root(reckoning, next(awaited, None), awaited)
    for block in read_blocks(connection):
        if (block.start, reckoning.size // WIDTH) != (reckoning.size, (block.stop - 1) // WIDTH):
            raise divergence(
                "ledger_gap", "the numbers of its block are not the next ones", reckoning.size
            )  # 1
        for data in split_entries(
            block.entries, block.stop - block.start, f"entry {block.start}"
        ):  # 1
            reckoning.add(data)  # 2 3 4
            if reckoning.size % WIDTH == 0:
                _check_tiles(connection, reckoning.full_tiles())  # 5
            due = _check_root(reckoning, due, awaited)  # 6
        if (block.time, block.counts) != (reckoning.time, counts_text(reckoning.counts)):
            raise divergence(
                "ledger_column",
                "the columns of its block do not say what its entries say",
                block.start,
            )  # 2
    if due is not None:
        raise _shortened(reckoning.size, due[0])  # 6
    if count_tiles(connection) != sum(full for _, full, _ in tiles_of(reckoning.size)):
        raise VerifyFault(
            "ledger_tiles",
            "there are tiles that no entries make",
            place="tiles",
            cure="Restore the database from a copy that checks.",
        )  # 5
    return _report(reckoning, len(signed))


_Due = tuple[int, Iterator[Checkpoint]] | None


def _signed(connection: Connection, key: VerifierKey, held: Iterable[str]) -> list[Checkpoint]:
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
    reckoning: Reckoning, due: _Due, awaited: Iterator[tuple[int, Iterator[Checkpoint]]]
) -> _Due:
    """Check the checkpoints of this size, if any are due, and return those that are due next."""
    if due is None or due[0] != reckoning.size:
        return due
    root = reckoning.root()
    if any(checkpoint.root != root for checkpoint in due[1]):
        raise _rewritten(due[0])
    return next(awaited, None)


def _check_tiles(connection: Connection, reckoned: Iterable[Tile]) -> None:
    for tile in reckoned:
        stored = read_tile(connection, tile.level, tile.index)
        if stored != tile:
            place = 0 if stored is None else differing(stored.hashes, tile.hashes)
            first = (tile.index * WIDTH + place) * WIDTH**tile.level
            raise divergence(
                "ledger_tile",
                f"tile {tile.index} of level {tile.level} is not what the entries make",
                first,
            )


def _report(reckoning: Reckoning, checkpoints: int) -> CheckReport:
    size, root = reckoning.size, to_base64(reckoning.root())
    statements = (
        f"1. The {size} entries are numbered from 0 without a gap.",
        "2. Every entry is canonical and says only what its kind may say.",
        "3. The running count of every kind goes up by one.",
        "4. No entry is earlier than the one before it.",
        f"5. The stored tiles are those that the entries make; the root is {root}.",
        f"6. {checkpoints} checkpoints are signed by the office's key and are roots of this tree.",
    )
    return CheckReport(size, root, reckoning.time, reckoning.counts, checkpoints, statements)


def _shortened(size: int, signed: int) -> VerifyFault:
    return VerifyFault(
        "ledger_shortened",
        f"entries are missing: a checkpoint was signed over {signed}",
        place=f"entry {size}",
        cure="Keep this copy as evidence, and restore one that checks.",
    )


def _rewritten(size: int) -> VerifyFault:
    return VerifyFault(
        "ledger_rewritten",
        "the entries are not those that the checkpoint was signed over",
        place=f"checkpoint of size {size}",
        cure="An entry before that size was changed. Keep this copy as evidence, and restore "
        "one that checks.",
    )
