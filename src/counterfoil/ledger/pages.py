"""Entries a page at a time, by kind, batch and day, in bounded work however long the ledger is.

    without a filter   the entries of a range of indices are read
    by day             the first block of a day is found by the times of blocks, O(log n)
    by kind            a block says how many entries of each kind there are after it, so the n-th of
                       a kind is found without reading the others, O(log n) a block that has some
    by batch           nothing says where a batch's entries are: at most `MOST_BLOCKS` blocks are
                       looked through for a page, and the next page goes on where this one stopped

A page is named by the index below or above which it begins, so that an address of a page shows the
same entries whatever is entered later. Columns lead to entries, and are not believed: in an office
with its key, what a page shows is found in the tree that the key authenticates (head.py), and it is
found that the page leaves out nothing that it should show:

    1  without a filter, and by batch: all that was looked through is in the tree, as a whole
    2  by kind: what is shown has running counts one after another, and the entries of the kind
       before and after it lie outside what was looked through
    3  by day: the entry before the first of the days is earlier, the one after their last is later

Raises VerifyFault as `entries.decode`, `bundle_malformed`, `ledger_column`, `head_entry`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import BindParameter, bindparam, select

from counterfoil.core.values import Public
from counterfoil.database import Connection, Prepared
from counterfoil.ledger.entries import Entry, EntryKind, decode
from counterfoil.ledger.log import entry_of_kind
from counterfoil.ledger.store import (
    BLOCK,
    BLOCKS_AT_ONCE,
    CHECKPOINT,
    COSIGNED,
    Block,
    counts_fault,
    counts_of,
    is_within,
    read_block,
    read_head,
)
from counterfoil.ledger.watched import checked_head, not_believed

MOST_ROWS: Final = 200
MOST_BLOCKS: Final = 120
"""Some 30,000 entries where the blocks are full. All of them are hashed."""
_TOGETHER: Final = 64
"""Entries to look through for each that is shown, up to which they are hashed together."""

_low: Final[BindParameter[int]] = bindparam("low")
_COLUMNS: Final = Prepared(
    select(BLOCK.c.start, BLOCK.c.stop, BLOCK.c.time, BLOCK.c.counts)
    .where(BLOCK.c.start <= _low)
    .order_by(BLOCK.c.start.desc())
    .limit(1)
)
_DOWN: Final = Prepared(
    select(BLOCK).where(BLOCK.c.start <= _low).order_by(BLOCK.c.start.desc()).limit(BLOCKS_AT_ONCE)
)
_UP: Final = Prepared(
    select(BLOCK).where(BLOCK.c.start >= _low).order_by(BLOCK.c.start).limit(BLOCKS_AT_ONCE)
)

_most: Final[BindParameter[int]] = bindparam("most")
_SIGNED: Final = Prepared(
    select(CHECKPOINT)
    .where(CHECKPOINT.c.size < _low)
    .order_by(CHECKPOINT.c.size.desc())
    .limit(_most)
)
_COSIGNED: Final = Prepared(
    select(COSIGNED).where(COSIGNED.c.number < _low).order_by(COSIGNED.c.number.desc()).limit(_most)
)


class PageQuery(Public, frozen=True):
    """Which entries. `kind` None and texts "" are no filter; days are YYYY-MM-DD, UTC, both
    included. `before`: the newest ones below this index; `after`: the oldest ones above it; neither
    for the newest of all."""

    kind: EntryKind | None = None
    batch: str = ""
    first: str = ""
    last: str = ""
    before: int | None = None
    after: int | None = None
    rows: int = 50


class EntryPage(Public, frozen=True):
    """A page. `entries`: index and entry, the newest first. `low` and `high`: the indices that were
    looked through, `high` not included. `older`, `newer`: whether the ledger goes on below `low`
    and at `high`, as far as the days reach."""

    size: int
    entries: tuple[tuple[int, Entry], ...]
    low: int
    high: int
    older: bool
    newer: bool


class _Columns(NamedTuple):
    start: int
    stop: int
    time: str
    counts: str


def find_page(connection: Connection, query: PageQuery) -> EntryPage:
    """The page. See the module."""
    size = read_head(connection).size
    least = index_of_day(connection, query.first) if query.first else 0
    most = index_of_day(connection, query.last, after=True) if query.last else size
    rows = max(1, min(query.rows, MOST_ROWS))
    if query.after is not None:
        low = min(max(least, query.after + 1), max(least, most))
        found, high = _upward(connection, query, low, most, rows)
    else:
        high = most if query.before is None else max(least, min(most, query.before))
        found, low = _downward(connection, query, least, high, rows)
    ordered = tuple(sorted(found, key=lambda each: -each[0]))
    if query.kind is not None and not query.batch:
        _require_of_kind(connection, query.kind, ordered, low, high)
    else:
        _require_all(connection, query, ordered, low, high)
    return EntryPage(size, ordered, low, high, low > least, high < most)


def index_of_day(connection: Connection, day: str, *, after: bool = False) -> int:
    """The index of the first entry of a day or a later one; `after`: of a later one. The size of
    the ledger where there is none."""
    bound, size = f"{day}T99" if after else day, read_head(connection).size
    low, high = 0, size
    while low < high:
        block = _columns(connection, (low + high) // 2)
        if block.time < bound:
            low = block.stop
        else:
            high = block.start
    if (low and last_time_of(connection, low - 1) >= bound) or (  # 3
        low < size and last_time_of(connection, low) < bound
    ):
        raise not_believed(low)
    return low


def last_time_of(connection: Connection, index: int) -> str:
    """The time of the entry of an index, which must exist; in the tree that the key authenticates,
    where there is one."""
    under = checked_head(connection)
    return under.believed(index).time if under else _columns(connection, index).time


def _require_all(
    connection: Connection,
    query: PageQuery,
    shown: Sequence[tuple[int, Entry]],
    low: int,
    high: int,
) -> None:
    """1. Raises VerifyFault `head_entry`."""
    under = checked_head(connection)
    if under is None:
        return
    part, wanted = _part(query), list[tuple[int, Entry]]()
    for index, data in enumerate(under.believed_range(low, high), low):
        if part in data:
            _is_wanted(index, data, query, wanted)
    if tuple(reversed(wanted)) != tuple(shown):
        raise not_believed(low)


def _require_of_kind(
    connection: Connection, kind: EntryKind, shown: Sequence[tuple[int, Entry]], low: int, high: int
) -> None:
    """2. Raises VerifyFault `head_entry`."""
    under = checked_head(connection)
    if under is None:
        return
    if shown and shown[0][0] - shown[-1][0] < _TOGETHER * len(shown):
        first_shown = shown[-1][0]
        there = under.believed_range(first_shown, shown[0][0] + 1)
        altered = [
            index
            for index, entry in shown
            if decode(there[index - first_shown], f"entry {index}") != entry
        ]
    else:
        altered = [index for index, entry in shown if under.believed(index) != entry]
    if altered:
        raise not_believed(altered[0])
    counts = [entry.count for _, entry in shown]
    last = counts[0] if counts else _count_below(connection, kind, high)
    first = counts[-1] if counts else last + 1
    total = counts_of(read_head(connection).counts)[kind]
    if (
        counts != list(range(last, first - 1, -1))
        or (first > 1 and entry_of_kind(connection, kind, first - 1)[0] >= low)
        or (last < total and entry_of_kind(connection, kind, last + 1)[0] < high)
    ):
        raise not_believed(low)


_Found = list[tuple[int, Entry]]


def _downward(
    connection: Connection, query: PageQuery, least: int, high: int, rows: int
) -> tuple[_Found, int]:
    """Up to `rows` entries below `high`, and from which index on everything was looked at."""
    if query.kind is not None and not query.batch:
        return _of_kind_down(connection, query.kind, least, high, rows)
    found: _Found = []
    if high <= least:
        return found, least
    part = _part(query)
    for seen, block in enumerate(_blocks_down(connection, high - 1), 1):
        if block.stop <= least:
            break
        for index, data in reversed(_with(block, part)):
            wanted = least <= index < high and _is_wanted(index, data, query, found)
            if wanted and len(found) == rows:
                return found, index
        if seen == MOST_BLOCKS:
            return found, max(least, block.start)
    return found, least


def _upward(
    connection: Connection, query: PageQuery, low: int, most: int, rows: int
) -> tuple[_Found, int]:
    """Up to `rows` entries from `low` on, and up to which index everything was looked at."""
    if query.kind is not None and not query.batch:
        return _of_kind_up(connection, query.kind, low, most, rows)
    found: _Found = []
    if low >= most:
        return found, most
    part = _part(query)
    for seen, block in enumerate(_blocks_up(connection, low), 1):
        if block.start >= most:
            break
        for index, data in _with(block, part):
            wanted = low <= index < most and _is_wanted(index, data, query, found)
            if wanted and len(found) == rows:
                return found, index + 1
        if seen == MOST_BLOCKS:
            return found, min(most, block.stop)
    return found, most


def _part(query: PageQuery) -> bytes:
    """What the bytes of every wanted entry contain."""
    return f'"batch":"{query.batch}"'.encode() if query.batch else b""


def _with(block: Block, part: bytes) -> list[tuple[int, bytes]]:
    """The entries of a block that contain it."""
    if part not in block.entries:
        return []
    return [each for each in enumerate(block.split(), block.start) if part in each[1]]


def _is_wanted(index: int, data: bytes, query: PageQuery, found: _Found) -> bool:
    """Whether the entry is wanted; then it is added to those that were found."""
    entry = decode(data, f"entry {index}")
    if query.kind not in (None, entry.kind):
        return False
    if query.batch not in ("", entry.fields.get("batch")):
        return False
    found.append((index, entry))
    return True


# -- by kind ----------------------------------------------------------------------------------


def _of_kind_down(
    connection: Connection, kind: EntryKind, least: int, high: int, rows: int
) -> tuple[_Found, int]:
    found: _Found = []
    if high <= least:
        return found, least
    count = _count_below(connection, kind, high)
    while count and len(found) < rows:
        block = _block_of(connection, kind, count, high)
        if block.stop <= least:
            return found, least
        before = len(found)
        for index, entry in reversed(_entries_of(block, kind)):
            if index < least:
                return found, least
            if index < high and len(found) < rows:
                found.append((index, entry))
                count = entry.count - 1
        if len(found) == before:
            raise counts_fault()
    return found, found[-1][0] if count and found else least


def _of_kind_up(
    connection: Connection, kind: EntryKind, low: int, most: int, rows: int
) -> tuple[_Found, int]:
    found: _Found = []
    size = read_head(connection).size
    total = counts_of(read_head(connection).counts)[kind]
    count = _count_below(connection, kind, low) + 1 if low else 1
    while count <= total and len(found) < rows:
        block = _block_of(connection, kind, count, size)
        if block.start >= most:
            return found, most
        before = len(found)
        for index, entry in _entries_of(block, kind):
            if index >= most:
                return found, most
            if entry.count >= count and len(found) < rows:
                found.append((index, entry))
                count = entry.count + 1
        if len(found) == before:
            raise counts_fault()
    return found, found[-1][0] + 1 if count <= total and found else most


def _count_below(connection: Connection, kind: EntryKind, index: int) -> int:
    """How many entries of the kind have an index below this one."""
    if index <= 0:
        return 0
    block = read_block(connection, index - 1)
    above = sum(each >= index for each, _ in _entries_of(block, kind))
    return counts_of(block.counts)[kind] - above


def _block_of(connection: Connection, kind: EntryKind, count: int, size: int) -> Block:
    """The block that holds the `count`-th entry of the kind, which is below `size`."""
    low, high = 0, size
    while low < high:
        block = _columns(connection, (low + high) // 2)
        if counts_of(block.counts)[kind] < count:
            low = block.stop
        else:
            high = block.start
    return read_block(connection, low)


def _entries_of(block: Block, kind: EntryKind) -> _Found:
    part = f'"kind":"{kind.value}"'.encode()
    return [
        (index, decode(data, f"entry {index}"))
        for index, data in enumerate(block.split(), block.start)
        if part in data
    ]


# -- reading ----------------------------------------------------------------------------------


def _columns(connection: Connection, index: int) -> _Columns:
    """What the block that holds an index says of itself, without its entries."""
    rows = _COLUMNS.read(connection, low=index)
    if not rows or not is_within(rows[0], index):
        raise counts_fault()
    return _Columns(*rows[0])


def _blocks_down(connection: Connection, index: int) -> Iterator[Block]:
    """The block that holds an index, and those before it."""
    while index >= 0:
        rows: Sequence[Sequence[Any]] = _DOWN.read(connection, low=index)
        for row in rows:
            yield Block(*row)
        index = rows[-1][0] - 1 if rows else -1


def _blocks_up(connection: Connection, index: int) -> Iterator[Block]:
    """The block that holds an index, which must exist, and those after it."""
    low: int | None = _columns(connection, index).start
    while low is not None:
        rows: Sequence[Sequence[Any]] = _UP.read(connection, low=low)
        for row in rows:
            yield Block(*row)
        following = rows[-1][1] if len(rows) == BLOCKS_AT_ONCE else None
        if following is not None and following <= low:
            raise counts_fault()
        low = following


# -- checkpoints -------------------------------------------------------------------------------


def signed_below(connection: Connection, size: int, rows: int) -> list[tuple[int, str]]:
    """(size, note) of up to `rows` signed checkpoints below a size, the largest first."""
    return [(int(row[0]), str(row[1])) for row in _SIGNED.read(connection, low=size, most=rows)]


def cosigned_below(connection: Connection, number: int, rows: int) -> list[tuple[int, str]]:
    """(number, note) of up to `rows` cosigned checkpoints below a number, the newest first."""
    return [(int(row[0]), str(row[1])) for row in _COSIGNED.read(connection, low=number, most=rows)]
