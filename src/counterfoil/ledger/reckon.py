"""Reckoning a ledger anew from its entries alone. Pure; knows nothing of what is stored beside
them.

Fed with entries in order, it establishes of each: 2 it is canonical and within its grammar; 3 its
count is the next one of its kind; 4 its time is not before the last. It yields the full tiles as
they come to be, holds the partial ones (at most 255 hashes a level) and gives the root at any
moment. Raises VerifyFault, naming the first entry that diverges.
"""

from __future__ import annotations

from collections.abc import Iterator

from counterfoil.core.errors import VerifyFault
from counterfoil.ledger.entries import EntryKind, head_of
from counterfoil.tlog.tiles import WIDTH, Tile
from counterfoil.tlog.tree import EMPTY_ROOT, leaf_hash, root_of

_RESTORE = "Keep this copy as evidence, and restore one that checks."


class Reckoning:
    """The tree, the counts and the last time over the entries fed so far."""

    def __init__(self) -> None:
        self.size = 0
        self.time = ""
        self.counts: dict[EntryKind, int] = dict.fromkeys(EntryKind, 0)
        self._levels: list[list[bytes]] = [[]]

    def add(self, data: bytes) -> None:
        """Take the next entry. Whenever `size` becomes a multiple of 256, take `full_tiles()`
        before the next one."""
        kind, count, time = head_of(data, f"entry {self.size}")
        if count != self.counts[kind] + 1:
            raise divergence(
                "ledger_count",
                f"the running count of its kind is not {self.counts[kind] + 1}",
                self.size,
            )
        if time < self.time:
            raise divergence(
                "ledger_time", "its time is before that of the entry before it", self.size
            )
        self.counts[kind], self.time = count, time
        self._levels[0].append(leaf_hash(data))
        self.size += 1

    def full_tiles(self) -> Iterator[Tile]:
        """The tiles that have become full, lowest level first; they are then let go."""
        level = 0
        while len(self._levels[level]) == WIDTH:
            hashes = self._levels[level]
            tile = Tile(
                level, self.size // WIDTH ** (level + 1) - 1, root_of(hashes), b"".join(hashes)
            )
            self._levels[level] = []
            level += 1
            if level == len(self._levels):
                self._levels.append([])
            self._levels[level].append(tile.root)
            yield tile

    def partial(self, level: int) -> bytes:
        """The hashes of the partial tile of a level, b"" if there is none."""
        return b"".join(self._levels[level]) if level < len(self._levels) else b""

    def root(self) -> bytes:
        """Root over all entries so far. Whoever feeds must have taken the full tiles."""
        joined: list[bytes] = []
        for hashes in self._levels:
            row = [*hashes, *joined]
            joined = [root_of(row)] if row else []
        return joined[0] if joined else EMPTY_ROOT


def divergence(code: str, why: str, index: int) -> VerifyFault:
    """The fault of entry `index`."""
    return VerifyFault(
        code, f"the ledger diverges here: {why}", place=f"entry {index}", cure=_RESTORE
    )


def differing(held: bytes, reckoned: bytes) -> int:
    """The first of the 32-byte hashes in which two tiles differ."""
    step = 32
    return next(
        (
            at // step
            for at in range(0, len(reckoned), step)
            if held[at : at + step] != reckoned[at : at + step]
        ),
        0,
    )
