"""Tiles: c2sp.org/tlog-tiles. The tree as files of 256 hashes, the entries as bundles of 256
entries.

Level 0 holds leaf hashes; one hash of level L + 1 is the root of one full tile of level L. Tile N
of level L holds hashes N*256 .. N*256+255 of that level, 8,192 bytes, and never changes once full.
The rightmost tile of a level may be partial, 1 to 255 hashes wide; an empty tile does not exist.

    tile/0/x001/x234/067          level 0, tile 1234067
    tile/1/000.p/17               level 1, tile 0, the first 17 hashes of it
    tile/entries/000.p/112        the entries under tile/0/000.p/112

A bundle is its entries one after another, each with its length in two bytes, big-endian, before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from counterfoil.tlog.encoding import malformed
from counterfoil.tlog.tree import HASH_BYTES, Reader, root_of

HEIGHT: Final = 8
WIDTH: Final = 2**HEIGHT
TILE_BYTES: Final = WIDTH * HASH_BYTES
MAX_ENTRY_BYTES: Final = 2**16 - 1

Row = Callable[[int, int, int], Sequence[bytes]]
"""(level, low, high) -> the hashes low .. high-1 of that level. They lie within one tile."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A full tile: its place, the root over it, its 256 hashes as 8,192 bytes."""

    level: int
    index: int
    root: bytes
    hashes: bytes


def tile_path(level: int | None, index: int, width: int = WIDTH) -> str:
    """Path of a tile below the log's prefix; level None is the entry bundle. `width` is 1 ..
    256."""
    index, last = divmod(index, 1000)
    path = f"{last:03d}"
    while index:
        index, part = divmod(index, 1000)
        path = f"x{part:03d}/{path}"
    partial = "" if width == WIDTH else f".p/{width}"
    return f"tile/{'entries' if level is None else level}/{path}{partial}"


def tiles_of(size: int) -> Iterator[tuple[int, int, int]]:
    """(level, tiles that are full, width of the partial tile or 0) for each level of a tree of
    `size` entries."""
    level = 0
    while size:
        yield level, size // WIDTH, size % WIDTH
        size, level = size // WIDTH, level + 1


def completed(start: int, hashes: list[bytes], row: Row) -> Iterator[Tile]:
    """The tiles that leaf hashes `start`, `start + 1`, ... make full, level by level, each level in
    order.

    `row` gives the hashes that stood before `start`; it is asked only for the part of a tile that
    fills now.
    """
    level = 0
    while True:
        first, whole = start // WIDTH, (start + len(hashes)) // WIDTH
        if first == whole:
            return
        run = [*row(level, first * WIDTH, start), *hashes] if start % WIDTH else hashes
        roots: list[bytes] = []
        for index in range(first, whole):
            part = run[(index - first) * WIDTH : (index - first + 1) * WIDTH]
            roots.append(root_of(part))
            yield Tile(level, index, roots[-1], b"".join(part))
        start, hashes, level = first, roots, level + 1


def node_reader(row: Row) -> Reader:
    """A reader of whole subtrees over rows of tile hashes, as `tree.prove_inclusion` wants."""

    def read(height: int, index: int) -> bytes:
        level, rest = divmod(height, HEIGHT)
        return root_of(row(level, index << rest, (index + 1) << rest))

    return read


def split_hashes(data: bytes, width: int) -> list[bytes]:
    """The hashes of a tile of `width`. Raises VerifyFault `tile_malformed` where the length is
    another."""
    if len(data) != width * HASH_BYTES:
        raise malformed("tile_malformed", "hash tile", f"it is not {width} hashes long")
    return [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)]


def join_entries(entries: Iterable[bytes]) -> bytes:
    """The bundle of `entries`. An entry over 65,535 bytes is a bug of the caller
    (OverflowError)."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def split_entries(data: bytes, width: int, place: str = "") -> list[bytes]:
    """Inverse of `join_entries` for `width` entries. Raises VerifyFault `bundle_malformed`, naming
    `place`."""
    entries: list[bytes] = []
    at = 0
    while at < len(data):
        end = _end_of_entry(data, at, place)
        entries.append(data[at + 2 : end])
        at = end
    if len(entries) != width:
        raise malformed(
            "bundle_malformed", "entry bundle", f"it does not hold {width} entries", place
        )
    return entries


def entry_within(data: bytes, number: int, place: str = "") -> bytes:
    """Entry `number` of a bundle, from 0; what comes after it is not read. Raises VerifyFault
    `bundle_malformed`."""
    at, end = 0, len(data) - 1
    for _ in range(number):
        if at >= end:
            break
        at += 2 + (data[at] << 8 | data[at + 1])
    if at >= end:
        raise malformed("bundle_malformed", "entry bundle", f"it holds no entry {number}", place)
    return data[at + 2 : _end_of_entry(data, at, place)]


def _end_of_entry(data: bytes, at: int, place: str) -> int:
    """Where the entry ends that begins at `at` with its length in two bytes."""
    end = at + 2 + int.from_bytes(data[at : at + 2], "big")
    if end > len(data):
        raise malformed("bundle_malformed", "entry bundle", "it ends within an entry", place)
    return end
