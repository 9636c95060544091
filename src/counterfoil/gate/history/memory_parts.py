"""Sums of rows of the guards' memory: which rows are summed together, how a sum is made, and how
sums are sealed. What they are for, and the values that they are kept in, is said in memory_sum.py.
"""

from __future__ import annotations

import hashlib
import hmac
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import Connection, Table

from counterfoil.database.remembered import remember_value, remembered_value
from counterfoil.gate.history.tables import (
    ASKED,
    ASKED_AT,
    ASKED_KEY,
    ASKED_MATTER,
    ASKED_QUESTION,
    INVESTIGATIONS,
    REASONS,
    ROWS_OF_FILE,
)

PRIME: Final = 2**127 - 1
SUM: Final = "asked sum "
WHOLE: Final = "whole"
PREFIXES: Final = {ASKED_KEY: "asked keys ", ASKED_MATTER: "asked matters "}
SUMMED: Final = (ASKED_QUESTION, ASKED_KEY, ASKED_MATTER)
BLOCK_BITS: Final = 10
_MARK_BYTES: Final = 16
_ROWS_AT_ONCE: Final = 4096
_HASHED_BYTES: Final = 15
_SUM_BYTES: Final = 16
_PART_BITS: Final = 52
"""Keys have 64 bits, and those of one part the first 12 in common."""
_PARTS: Final = 4096
_PARTS_OF_SUBJECT: Final = 64
_NEAR: Final = 4
"""Parts that are no farther from each other are read together."""

Product = Callable[[Iterable[Sequence[Any]], int], int]


# -- sums ---------------------------------------------------------------------------------------


class Sums:
    """The sums that a transaction uses, opened by subject: of the map, or none at all."""

    def __init__(self, connection: Connection, key: bytes, *, begin_empty: bool = False) -> None:
        self._connection = connection
        self._key = key
        self._begin_empty = begin_empty
        self.opened: dict[str, list[int]] = {}

    def part(self, table: Table, part: int) -> int:
        """The sum of one part of a table."""
        return self._sum(*_place(table, part))

    def block(self, block: int) -> int:
        """The sum of a block of questions, by its number among those of all files."""
        return self._sum(*_block_place(block))

    def _sum(self, subject: str, at: int) -> int:
        sums = self._of(subject)
        return sums[at] if at < len(sums) else 1

    def multiply(self, table: Table, rows: Iterable[Sequence[Any]], *, taken: bool = False) -> None:
        """Add rows of a table to their sums, or take them away."""
        product = product_of(self._key, table)
        for (subject, at), some in _by_place(table, rows).items():
            sums, by = self._of(subject), product(some, 1)
            sums.extend([1] * (at + 1 - len(sums)))
            sums[at] = sums[at] * (pow(by, -1, PRIME) if taken else by) % PRIME

    def keep(self) -> None:
        """Remember what was changed."""
        for subject, sums in self.opened.items():
            text, sealed = remembered_value(self._connection, subject), ""
            sealed = seal_sums(self._key, subject, trimmed(sums))
            stage = text.partition(" ")[0] if subject.startswith(SUM) else WHOLE
            remember_value(self._connection, subject, f"{stage or WHOLE} {sealed}")

    def _of(self, subject: str) -> list[int]:
        if subject not in self.opened:
            text = "" if self._begin_empty else remembered_value(self._connection, subject)
            self.opened[subject] = open_sums(self._key, text)
        return self.opened[subject]


def _by_place(
    table: Table, rows: Iterable[Sequence[Any]]
) -> dict[tuple[str, int], list[Sequence[Any]]]:
    """Rows by the subject that has their sum, and its place there."""
    found: dict[int, list[Sequence[Any]]] = defaultdict(list)
    if table is ASKED_QUESTION:
        for row in rows:
            found[row[0] >> BLOCK_BITS].append(row)
        return {_block_place(block): some for block, some in found.items()}
    at = 0 if table is ASKED_KEY else 1
    for row in rows:
        found[(row[at] >> _PART_BITS) + _PARTS // 2].append(row)
    return {_place(table, part): some for part, some in found.items()}


def part_of(key: int) -> int:
    """The part of a key, from 0."""
    return (key >> _PART_BITS) + _PARTS // 2


def _place(table: Table, part: int) -> tuple[str, int]:
    return f"{PREFIXES[table]}{part // _PARTS_OF_SUBJECT}", part % _PARTS_OF_SUBJECT


def _block_place(block: int) -> tuple[str, int]:
    blocks_of_file = ROWS_OF_FILE >> BLOCK_BITS
    return f"{SUM}{block // blocks_of_file}", block % blocks_of_file


def parts_of(
    connection: Connection, table: Table, parts: Collection[int]
) -> Iterator[tuple[int, list[Sequence[Any]]]]:
    """The rows of these parts of a table, each part in one piece or several, a few thousand rows in
    memory at a time. Parts that are near each other are read by one statement, with the rows
    between them: a file names most parts, and a statement each cost more than all the rows."""
    at = 0 if table is ASKED_KEY else 1
    for first, last in _runs(parts):
        for condition in _places_of(table, first, last):
            for rows in _pieces(connection, table, f"{condition} ORDER BY key"):
                begin = 0
                while begin < len(rows):
                    part = part_of(rows[begin][at])
                    behind = (part + 1 - _PARTS // 2) << _PART_BITS
                    end = bisect_left(rows, behind, begin, key=itemgetter(at))
                    if part in parts:
                        yield part, rows[begin:end]
                    begin = end


def _runs(parts: Iterable[int]) -> Iterator[tuple[int, int]]:
    """The first and the last part of each run of parts that are near each other."""
    first, last = -1, -1
    for part in sorted(parts):
        if first >= 0 and part - last > _NEAR:
            yield first, last
            first = part
        first, last = part if first < 0 else first, part
    if first >= 0:
        yield first, last


def _places_of(table: Table, first: int, last: int) -> Iterator[str]:
    """Conditions that find the rows of a run of parts, each by the table's key."""
    begins, ends = ((each - _PARTS // 2) << _PART_BITS for each in (first, last + 1))
    among = f"key BETWEEN {begins} AND {ends - 1}"
    if table is ASKED_KEY:
        yield among
    else:
        yield from (f"kind = {kind} AND {among}" for kind in (REASONS, INVESTIGATIONS))


def product_of(key: bytes, table: Table) -> Product:
    """What multiplies a sum by rows of a table."""
    secret = hmac.digest(key, table.name.encode(), "sha512")
    point = int.from_bytes(secret[:32], "big") % PRIME
    fresh = hashlib.blake2b(digest_size=_HASHED_BYTES, key=secret[32:]).copy

    def of_keys(rows: Iterable[Sequence[Any]], summed: int) -> int:
        for found, number in rows:
            summed = summed * (point - (found << 62) - number) % PRIME
        return summed

    def of_others(rows: Iterable[Sequence[Any]], summed: int) -> int:
        from_bytes, text = int.from_bytes, _TEXTS[table]
        for row in rows:
            state = fresh()
            state.update(text(row))
            summed = summed * (point - from_bytes(state.digest())) % PRIME
        return summed

    return of_keys if table is ASKED_KEY else of_others


def _text_of_question(row: Sequence[Any]) -> bytes:
    number, counts, question = row
    return b"%d %d " % (number, counts) + bytes(question)


def _text_of_row(row: Sequence[Any]) -> bytes:
    """Numbers, and the id of a batch among them."""
    return repr(row).encode()


_TEXTS: Final = dict.fromkeys([ASKED_MATTER, ASKED, ASKED_AT], _text_of_row) | {
    ASKED_QUESTION: _text_of_question
}


def rows_of(connection: Connection, table: Table, *where: str) -> Iterator[Sequence[Any]]:
    """Rows of a table, as the driver gives them, a few thousand in memory at a time: all, or those
    of each condition in turn, which this module writes of numbers alone."""
    for condition in where or ("1 = 1",):
        for piece in _pieces(connection, table, condition):
            yield from piece


def _pieces(connection: Connection, table: Table, where: str) -> Iterator[list[Sequence[Any]]]:
    columns = ", ".join(column.name for column in table.columns)
    found = connection.exec_driver_sql(
        f"SELECT {columns} FROM {table.name} WHERE {where}",
        execution_options={"stream_results": True, "max_row_buffer": _ROWS_AT_ONCE},
    )
    for piece in found.partitions(_ROWS_AT_ONCE):
        yield [*map(tuple, piece)]


# -- sealed sums --------------------------------------------------------------------------------


def trimmed(sums: list[int]) -> list[int]:
    """Without the sums of no rows at the end."""
    end = len(sums)
    while end and sums[end - 1] == 1:
        end -= 1
    return sums[:end]


def seal_sums(key: bytes, subject: str, sums: list[int]) -> str:
    """Sums, sealed: a keyed hash of them and their subject, then they under a key stream of it."""
    plain = b"".join(each.to_bytes(_SUM_BYTES, "big") for each in sums)
    mark = hmac.digest(key, b"mark" + subject.encode() + b"\x00" + plain, "sha256")[:_MARK_BYTES]
    return (mark + _under_stream(key, mark, plain)).hex()


def open_sums(key: bytes, text: str) -> list[int]:
    """The sums of a value; none where there are none. They are authentic as the value is."""
    sealed = text.partition(" ")[2]
    if not sealed:
        return []
    data = bytes.fromhex(sealed)
    plain = _under_stream(key, data[:_MARK_BYTES], data[_MARK_BYTES:])
    return [
        int.from_bytes(plain[at : at + _SUM_BYTES], "big")
        for at in range(0, len(plain), _SUM_BYTES)
    ]


def _under_stream(key: bytes, mark: bytes, data: bytes) -> bytes:
    stream = hashlib.shake_256(hmac.digest(key, b"sums" + mark, "sha256")).digest(len(data))
    mixed = int.from_bytes(data, "big") ^ int.from_bytes(stream, "big")
    return mixed.to_bytes(len(data), "big")


def open_older(key: bytes, text: str) -> int:
    """The one sum of a value of an older office."""
    data = bytes.fromhex(text.partition(" ")[2])
    if not data:
        return 1
    mark, sealed = data[:_MARK_BYTES], data[_MARK_BYTES:]
    stream = hmac.digest(key, b"stream" + mark, "sha256")[:_SUM_BYTES]
    return int.from_bytes(bytes(map(int.__xor__, sealed, stream)), "big")
