"""The ledger's four tables, and all SQL over them.

    ledger_block        start, stop, time, counts, entries: the entries start .. stop-1, which were
                        appended together
    ledger_tile         level, idx, root (32 bytes), hashes (8,192 bytes): full tiles only, made
                        from the entries
    ledger_checkpoint   size, note: each checkpoint that this office signed
    ledger_cosigned     number (1, 2, ...), note: each checkpoint that a quorum of the witnesses
                        cosigned

All four tables only grow. Migrations 0001_ledger and 0006_cosigned create them, and the triggers
that refuse every other change.

A block is a bundle of C2SP tlog-tiles: each entry after its length in two bytes. It lies within one
tile, so it has 1 to 256 entries. (One row for each entry would cost more than making and hashing
the entry.) `time` and `counts` (JSON: the running count of each kind after the block) repeat what
the entries say, so that the next append reads one row.

Nothing here is trusted. `ledger check` computes columns, tiles and roots anew from the entries. The
owner of the database file can drop a trigger and rewrite history: a checkpoint, in this table or
with somebody else, then shows it. If the newest entries are deleted together with every checkpoint
that covers them, only a checkpoint that somebody else keeps shows it: publish them. What is lost
cannot be made again: back the database up.

Functions read by key or by key range and insert by the chunk. None commits. A row whose values are
not of their columns' types, which only the owner of the file can bring about, raises VerifyFault
`ledger_column` wherever it is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any, Final, NamedTuple, TypeVar

import msgspec
from sqlalchemy import (
    BigInteger,
    BindParameter,
    Column,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    bindparam,
    func,
    insert,
    select,
)

from counterfoil.core.errors import VerifyFault
from counterfoil.database import METADATA, Connection, Prepared
from counterfoil.ledger.entries import Entry, EntryKind, decode
from counterfoil.tlog.tiles import WIDTH, Tile, entry_within, split_entries, split_hashes
from counterfoil.tlog.tree import leaf_hash

_KEY: Final = BigInteger().with_variant(Integer, "sqlite")

BLOCK: Final = Table(
    "ledger_block",
    METADATA,
    Column("start", _KEY, primary_key=True, autoincrement=False),
    Column("stop", BigInteger, nullable=False),
    Column("time", String(20), nullable=False),
    Column("counts", Text, nullable=False),
    Column("entries", LargeBinary, nullable=False),
)

TILE: Final = Table(
    "ledger_tile",
    METADATA,
    Column("level", Integer, nullable=False),
    Column("idx", BigInteger, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("hashes", LargeBinary, nullable=False),
    PrimaryKeyConstraint("level", "idx"),
    sqlite_with_rowid=False,
)

CHECKPOINT: Final = Table(
    "ledger_checkpoint",
    METADATA,
    Column("size", _KEY, primary_key=True, autoincrement=False),
    Column("note", Text, nullable=False),
)

COSIGNED: Final = Table(
    "ledger_cosigned",
    METADATA,
    Column("number", _KEY, primary_key=True, autoincrement=False),
    Column("note", Text, nullable=False),
)

BLOCKS_AT_ONCE: Final = 16
_STOP_AND_RESTORE: Final = (
    "Answer nothing, keep this database, run `counterfoil ledger check`, restore a copy that "
    "checks."
)
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
    """The ledger's end: the number of entries, the time of the last one ("" if there is none), and
    the running counts as JSON."""

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

    def split(self) -> list[bytes]:
        """The bytes of each of its entries. Raises VerifyFault `bundle_malformed`."""
        return split_entries(self.entries, self.stop - self.start, f"entry {self.start}")


def read_head(connection: Connection) -> Head:
    """Read the ledger's end, from one row."""
    found = _HEAD.read(connection)
    return _typed(found[0], Head) if found else Head()


def read_block(connection: Connection, index: int) -> Block:
    """The block that holds entry `index`, which must exist. Raises VerifyFault `ledger_column`
    where no block says that it does: whoever looks for an entry by columns comes to an end."""
    rows = _BLOCK.read(connection, low=index)
    if not rows or not is_within(rows[0], index):
        raise counts_fault()
    return _typed(rows[0], Block)


def is_within(row: Sequence[Any], index: int) -> bool:
    """Whether a row of a block, which begins with `start` and `stop`, holds an index."""
    start, stop = row[0], row[1]
    return isinstance(start, int) and isinstance(stop, int) and start <= index < stop


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
    """(size, note) of every checkpoint, smallest first. Nothing is verified."""
    return (_typed(row, tuple[int, str]) for row in _walk(connection, _CHECKPOINTS))


def insert_cosigned(connection: Connection, note: str) -> None:
    """Insert a checkpoint with its cosignatures, after every one before."""
    newest = _NEWEST_COSIGNED.read(connection)
    number = _typed(newest[0], tuple[int, str])[0] + 1 if newest else 1
    _ADD_COSIGNED.write(connection, [{"number": number, "note": note}])


def read_newest_cosigned(connection: Connection) -> str | None:
    """The note of the checkpoint that was cosigned last, or None."""
    return _only_note([row[1:] for row in _NEWEST_COSIGNED.read(connection)])


def read_cosigned(connection: Connection) -> Iterator[str]:
    """Every cosigned checkpoint, oldest first. Nothing is verified."""
    return (_typed(row, tuple[int, str])[1] for row in _walk(connection, _COSIGNED))


def read_blocks(connection: Connection) -> Iterator[Block]:
    """Every block, by start; at most 16 are in memory. Nothing is verified."""
    return (_typed(row, Block) for row in _walk(connection, _BLOCKS))


def read_entries(connection: Connection, start: int, stop: int) -> Iterator[bytes]:
    """Bytes of the entries start .. stop-1; one tile's worth at a time in memory."""
    for low in range(start // WIDTH * WIDTH, stop, WIDTH):
        for row in _SPAN.read(connection, low=low, high=min(low + WIDTH, stop)):
            block = _typed(row, Block)
            yield from block.split()[max(start - block.start, 0) : max(stop - block.start, 0)]


def read_entry(connection: Connection, index: int) -> bytes:
    """Bytes of entry `index`, which must exist."""
    block = read_block(connection, index)
    return entry_within(block.entries, index - block.start, f"entry {block.start}")


def read_tile(connection: Connection, level: int, index: int) -> Tile | None:
    """A full tile, or None. Nothing is verified."""
    found = _TILE.read(connection, level=level, low=index)
    return Tile(level, index, *_typed(found[0], tuple[bytes, bytes])) if found else None


def count_tiles(connection: Connection) -> int:
    """The number of full tiles in the table."""
    return int(_TILES.read(connection)[0][0])


def _typed(row: Sequence[Any], kind: type[_Row]) -> _Row:
    try:
        return msgspec.convert(list(row), kind, builtin_types=(bytes,))
    except msgspec.ValidationError:
        raise VerifyFault(
            "ledger_column",
            "a row of the ledger holds values of another type than its columns",
            cure=_STOP_AND_RESTORE,
        ) from None


def _only_note(rows: Sequence[Sequence[Any]]) -> str | None:
    return _typed(rows[0], tuple[str])[0] if rows else None


def _walk(connection: Connection, query: Prepared, first: int = _BEFORE_ALL) -> Iterator[Any]:
    """Rows of a query that begins at `low` and is limited, all from `first` on, by their integer
    key."""
    low: int | None = first
    while low is not None:
        rows = query.read(connection, low=low)
        yield from rows
        low = rows[-1][0] + 1 if len(rows) == BLOCKS_AT_ONCE else None


class Hashes:
    """Tree hashes for `tlog.tiles`: a callable (level, low, high) -> the hashes low .. high-1 of a
    level, which must lie within one tile.

    `size` is the number of entries. Full tiles are read from the table. The rightmost tile of a
    level is put together from the roots of the tiles below it, or from entries: at most 255 rows.
    """

    def __init__(self, connection: Connection, size: int) -> None:
        self._connection = connection
        self._size = size
        self._tiles: dict[tuple[int, int], list[bytes]] = {}

    def __call__(self, level: int, low: int, high: int) -> list[bytes]:
        """The hashes low .. high-1 of a level."""
        index = low // WIDTH
        if (level, index) not in self._tiles:
            if len(self._tiles) >= _CACHED_TILES:
                self._tiles.clear()
            self._tiles[level, index] = self._load(level, index)
        return self._tiles[level, index][low - index * WIDTH : high - index * WIDTH]

    def _load(self, level: int, index: int) -> list[bytes]:
        if (index + 1) * WIDTH ** (level + 1) <= self._size:
            full = read_tile(self._connection, level, index)
            return split_hashes(full.hashes if full else b"", WIDTH)
        low, high = index * WIDTH, (index + 1) * WIDTH
        if level:
            rows = _ROOTS.read(self._connection, level=level - 1, low=low, high=high)
            return _typed([row[0] for row in rows], list[bytes])
        return [leaf_hash(entry) for entry in read_entries(self._connection, low, high)]


# -- Finding entries -------------------------------------------------------------------------

_decode_counts: Final = msgspec.json.Decoder(dict[EntryKind, int]).decode
_NO_COUNTS: Final = dict.fromkeys(EntryKind, 0)
_FEW_OF_A_BATCH: Final = [
    f'"kind":"{kind.value}"'.encode()
    for kind in (
        EntryKind.BATCH,
        EntryKind.OPENING,
        EntryKind.REVIEW,
        EntryKind.RELEASE,
        EntryKind.WITHDRAWAL,
        EntryKind.DISPOSAL,
    )
]
"""Kinds of which a batch has a few entries. A batch has one entry of another kind for each row."""


def counts_of(text: str) -> dict[EntryKind, int]:
    """Running counts from their JSON, zeros included: the inverse of `entries.counts_text`.

    Raises VerifyFault `ledger_column`.
    """
    try:
        return _NO_COUNTS | _decode_counts(text)
    except msgspec.MsgspecError:
        raise counts_fault() from None


def find_entry(connection: Connection, kind: EntryKind, count: int, size: int) -> tuple[int, Entry]:
    """(index, entry) of the `count`-th entry of a kind, which must be among the first `size`.

    Takes O(log n) reads, because each block says how many entries of each kind there are after it.
    Raises VerifyFault `ledger_column`, and as `entries.decode`.
    """
    low, high = 0, size
    while True:
        block = read_block(connection, (low + high) // 2)
        if counts_of(block.counts)[kind] < count:
            low = block.stop
        elif block.start == low or _count_before(connection, block, kind) < count:
            return _entry_in(block, kind, count)
        else:
            high = block.start


def find_of_batch(
    connection: Connection, batch: str, commitments: Set[str]
) -> Iterator[tuple[int, Entry]]:
    """(index, entry), in order, of a batch's own entries (one or a few of a kind), and of those of
    its rows that carry one of `commitments`. Raises VerifyFault as `entries.decode`, and
    `bundle_malformed`."""
    wanted = [*_FEW_OF_A_BATCH, *(each.encode() for each in commitments)]
    for index, data in _entries_with(connection, f'"batch":"{batch}"'.encode()):
        if any(each in data for each in wanted):
            yield index, decode(data, f"entry {index}")


def rows_of_batch(
    connection: Connection, batch: str, received_at: str, kinds: Set[EntryKind]
) -> Iterator[tuple[int, EntryKind, str]]:
    """(index, kind, commitment), in order, of the entries of these kinds that a batch has for its
    rows. The walk begins where the batch was received (UTC, the text of an entry's time), so it
    costs what was entered since. Raises VerifyFault as `entries.decode`, and `bundle_malformed`."""
    part = f'"batch":"{batch}"'.encode()
    names = [f'"kind":"{kind.value}"'.encode() for kind in kinds]
    for block in _walk_from(connection, received_at):
        if part in block.entries and any(name in block.entries for name in names):
            for index, data in enumerate(block.split(), block.start):
                if part in data:
                    entry = _row_entry(data, index)
                    if entry.kind in kinds:
                        yield index, entry.kind, entry.commitment


def _walk_from(connection: Connection, time: str) -> Iterator[Block]:
    """Every block from the first one whose last entry is not before `time` on."""
    low, high = 0, read_head(connection).size
    while low < high:
        block = read_block(connection, (low + high) // 2)
        if block.time < time:
            low = block.stop
        else:
            high = block.start
    return (_typed(row, Block) for row in _walk(connection, _BLOCKS, low))


class _RowEntry(msgspec.Struct, frozen=True, gc=False):
    """What is read of an entry where thousands are: its kind, and "" where it commits to
    nothing."""

    kind: EntryKind
    commitment: str = ""


_decode_row: Final = msgspec.json.Decoder(_RowEntry).decode


def _row_entry(data: bytes, index: int) -> _RowEntry:
    try:
        return _decode_row(data)
    except msgspec.MsgspecError:
        decode(data, f"entry {index}")  # it says which rule is broken
        raise


def find_before(
    connection: Connection, kind: EntryKind, fields: Mapping[str, str], before: int
) -> int | None:
    """The index of the last entry before `before` of this kind with these fields, or None. At least
    one of the fields must be a digest, and the first one is looked for first."""
    first, *others = [f'"{name}":"{value}"'.encode() for name, value in fields.items()]
    others.append(f'"kind":"{kind.value}"'.encode())
    return max(
        (
            index
            for index, data in _entries_with(connection, first)
            if index < before and all(each in data for each in others)
        ),
        default=None,
    )


def _entries_with(connection: Connection, part: bytes) -> Iterator[tuple[int, bytes]]:
    """(index, bytes) of every entry that contains `part`. Blocks without it are not split."""
    for block in read_blocks(connection):
        if part in block.entries:
            for index, data in enumerate(block.split(), block.start):
                if part in data:
                    yield index, data


def _count_before(connection: Connection, block: Block, kind: EntryKind) -> int:
    """How many entries of the kind come before the block."""
    return counts_of(read_block(connection, block.start - 1).counts)[kind] if block.start else 0


def _entry_in(block: Block, kind: EntryKind, count: int) -> tuple[int, Entry]:
    for index, data in enumerate(block.split(), block.start):
        entry = decode(data, f"entry {index}")
        if (entry.kind, entry.count) == (kind, count):
            return index, entry
    raise counts_fault()


def counts_fault() -> VerifyFault:
    """The fault of columns that lead to other entries than they say."""
    return VerifyFault(
        "ledger_column",
        "the columns of a block do not say what its entries say",
        cure=_STOP_AND_RESTORE,
    )
