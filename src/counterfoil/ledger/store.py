"""The ledger's SQL, and nothing else: reads by key or key range, inserts by the chunk.

Every function takes the flow's Connection; none commits. A row whose values are not of their
columns' types, which only the owner of the file can bring about, raises VerifyFault `ledger_column`
wherever it is read. `Hashes` reads tree hashes: full tiles as they stand, the rightmost of each
level put together from what is below it, at most 255 rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple, TypeVar

import msgspec
from sqlalchemy import BindParameter, bindparam, func, insert, select

from counterfoil.core.errors import VerifyFault
from counterfoil.database import Connection, Prepared
from counterfoil.ledger.tables import BLOCK, CHECKPOINT, COSIGNED, TILE
from counterfoil.tlog.tiles import WIDTH, Tile, entry_within, split_entries, split_hashes
from counterfoil.tlog.tree import leaf_hash

BLOCKS_AT_ONCE: Final = 16
_CACHED_TILES: Final = 16
_BEFORE_ALL: Final = -(2**63)
_Row = TypeVar("_Row")

_low: Final[BindParameter[int]] = bindparam("low")
_high: Final[BindParameter[int]] = bindparam("high")
_level: Final[BindParameter[int]] = bindparam("level")
_HEAD: Final = Prepared(
    select(BLOCK.c.stop, BLOCK.c.time, BLOCK.c.counts).order_by(BLOCK.c.start.desc()).limit(1)
)
_BLOCK: Final = Prepared(
    select(BLOCK).where(BLOCK.c.start <= _low).order_by(BLOCK.c.start.desc()).limit(1)
)
_SPAN: Final = Prepared(
    select(BLOCK).where(BLOCK.c.start >= _low, BLOCK.c.start < _high).order_by(BLOCK.c.start)
)
_BLOCKS: Final = Prepared(
    select(BLOCK).where(BLOCK.c.start >= _low).order_by(BLOCK.c.start).limit(BLOCKS_AT_ONCE)
)
_ROOTS: Final = Prepared(
    select(TILE.c.root)
    .where(TILE.c.level == _level, TILE.c.idx >= _low, TILE.c.idx < _high)
    .order_by(TILE.c.idx)
)
_TILE: Final = Prepared(
    select(TILE.c.root, TILE.c.hashes).where(TILE.c.level == _level, TILE.c.idx == _low)
)
_TILES: Final = Prepared(select(func.count()).select_from(TILE))
_CHECKPOINTS: Final = Prepared(
    select(CHECKPOINT)
    .where(CHECKPOINT.c.size >= _low)
    .order_by(CHECKPOINT.c.size)
    .limit(BLOCKS_AT_ONCE)
)
_OF_SIZE: Final = Prepared(select(CHECKPOINT.c.note).where(CHECKPOINT.c.size == _low))
_NEWEST: Final = Prepared(select(CHECKPOINT.c.note).order_by(CHECKPOINT.c.size.desc()).limit(1))
_COSIGNED: Final = Prepared(
    select(COSIGNED)
    .where(COSIGNED.c.number >= _low)
    .order_by(COSIGNED.c.number)
    .limit(BLOCKS_AT_ONCE)
)
_NEWEST_COSIGNED: Final = Prepared(select(COSIGNED).order_by(COSIGNED.c.number.desc()).limit(1))
_ADD_COSIGNED: Final = Prepared(insert(COSIGNED))
_ADD_BLOCKS: Final = Prepared(insert(BLOCK))
_ADD_TILES: Final = Prepared(insert(TILE))
_ADD_CHECKPOINT: Final = Prepared(insert(CHECKPOINT))


class Head(NamedTuple):
    """Where the ledger stands: number of entries, time of the last one ("" if empty), counts as
    JSON."""

    size: int = 0
    time: str = ""
    counts: str = "{}"


class Block(NamedTuple):
    """A row of ledger_block."""

    start: int
    stop: int
    time: str
    counts: str
    entries: bytes


def read_head(connection: Connection) -> Head:
    """Read where the ledger stands, from one row."""
    found = _HEAD.read(connection)
    return _typed(found[0], Head) if found else Head()


def read_block(connection: Connection, index: int) -> Block:
    """The block that holds entry `index`, which must exist."""
    return _typed(_BLOCK.read(connection, low=index)[0], Block)


def insert_blocks(connection: Connection, blocks: Sequence[Block]) -> None:
    """Insert blocks, which follow on the last one and on each other."""
    _ADD_BLOCKS.write(connection, [block._asdict() for block in blocks])


def insert_tiles(connection: Connection, tiles: Sequence[Tile]) -> None:
    """Insert full tiles, each the next of its level."""
    if tiles:
        rows = [
            {"level": tile.level, "idx": tile.index, "root": tile.root, "hashes": tile.hashes}
            for tile in tiles
        ]
        _ADD_TILES.write(connection, rows)


def insert_checkpoint(connection: Connection, size: int, note: str) -> None:
    """Insert a signed checkpoint, larger than every one before."""
    _ADD_CHECKPOINT.write(connection, [{"size": size, "note": note}])


def read_newest_checkpoint(connection: Connection) -> str | None:
    """The note of the largest checkpoint, or None."""
    return _only_note(_NEWEST.read(connection))


def read_checkpoint(connection: Connection, size: int) -> str | None:
    """The note of the checkpoint of a size, or None."""
    return _only_note(_OF_SIZE.read(connection, low=size))


def read_checkpoints(connection: Connection) -> Iterator[tuple[int, str]]:
    """(size, note) of every checkpoint as it stands, smallest first."""
    return (_typed(row, tuple[int, str]) for row in _walk(connection, _CHECKPOINTS))


def insert_cosigned(connection: Connection, note: str) -> None:
    """Insert a checkpoint with its cosignatures, after every one before."""
    held = _NEWEST_COSIGNED.read(connection)
    _ADD_COSIGNED.write(
        connection,
        [{"number": _typed(held[0], tuple[int, str])[0] + 1 if held else 1, "note": note}],
    )


def read_newest_cosigned(connection: Connection) -> str | None:
    """The note of the checkpoint that was cosigned last, or None."""
    return _only_note([row[1:] for row in _NEWEST_COSIGNED.read(connection)])


def read_cosigned(connection: Connection) -> Iterator[str]:
    """Every cosigned checkpoint as it stands, oldest first."""
    return (_typed(row, tuple[int, str])[1] for row in _walk(connection, _COSIGNED))


def read_blocks(connection: Connection) -> Iterator[Block]:
    """Every block as it stands, by start; few at a time in memory."""
    return (_typed(row, Block) for row in _walk(connection, _BLOCKS))


def read_entries(connection: Connection, start: int, stop: int) -> Iterator[bytes]:
    """Bytes of the entries start .. stop-1; one tile's worth at a time in memory."""
    for low in range(start // WIDTH * WIDTH, stop, WIDTH):
        for row in _SPAN.read(connection, low=low, high=min(low + WIDTH, stop)):
            block = _typed(row, Block)
            held = split_entries(block.entries, block.stop - block.start, f"entry {block.start}")
            yield from held[max(start - block.start, 0) : max(stop - block.start, 0)]


def read_entry(connection: Connection, index: int) -> bytes:
    """Bytes of entry `index`, which must exist."""
    block = read_block(connection, index)
    return entry_within(block.entries, index - block.start, f"entry {block.start}")


def read_tile(connection: Connection, level: int, index: int) -> Tile | None:
    """A full tile as it stands, or None."""
    found = _TILE.read(connection, level=level, low=index)
    return Tile(level, index, *_typed(found[0], tuple[bytes, bytes])) if found else None


def count_tiles(connection: Connection) -> int:
    """How many full tiles stand in the table."""
    return int(_TILES.read(connection)[0][0])


def _typed(row: Sequence[Any], kind: type[_Row]) -> _Row:
    try:
        return msgspec.convert(list(row), kind, builtin_types=(bytes,))
    except msgspec.ValidationError:
        raise VerifyFault(
            "ledger_column",
            "a row of the ledger holds values of another type than its columns",
            cure="Answer nothing, keep this database, and restore a copy that checks.",
        ) from None


def _only_note(rows: Sequence[Sequence[Any]]) -> str | None:
    return _typed(rows[0], tuple[str])[0] if rows else None


def _walk(connection: Connection, query: Prepared) -> Iterator[Any]:
    """Rows of a query that begins at `low` and is limited, all of them, by their integer key."""
    low: int | None = _BEFORE_ALL
    while low is not None:
        rows = query.read(connection, low=low)
        yield from rows
        low = rows[-1][0] + 1 if len(rows) == BLOCKS_AT_ONCE else None


class Hashes:
    """Rows of tree hashes for `proof.tiles`: a callable (level, low, high) -> hashes, all within
    one tile.

    `size` is the number of entries that stand; tiles beyond it are put together from what is below
    them.
    """

    def __init__(self, connection: Connection, size: int) -> None:
        self._connection = connection
        self._size = size
        self._tiles: dict[tuple[int, int], list[bytes]] = {}

    def __call__(self, level: int, low: int, high: int) -> list[bytes]:
        """The hashes low .. high-1 of a level."""
        index = low // WIDTH
        held = self._tiles.get((level, index))
        if held is None:
            if len(self._tiles) >= _CACHED_TILES:
                self._tiles.clear()
            held = self._tiles[level, index] = self._load(level, index)
        return held[low - index * WIDTH : high - index * WIDTH]

    def _load(self, level: int, index: int) -> list[bytes]:
        if (index + 1) * WIDTH ** (level + 1) <= self._size:
            full = read_tile(self._connection, level, index)
            return split_hashes(full.hashes if full else b"", WIDTH)
        low, high = index * WIDTH, (index + 1) * WIDTH
        if level:
            rows = _ROOTS.read(self._connection, level=level - 1, low=low, high=high)
            return _typed([row[0] for row in rows], list[bytes])
        return [leaf_hash(entry) for entry in read_entries(self._connection, low, high)]
