"""The thinking of `receive`, apart from its order and its commits: read a stretch of a file, count
it, put it before the law.

Pure, and the same wherever it is done: in this process, or in workers that each do some of the
stretches (core/worker_pool.py).

    first    `count(number, table)` reads the rows of stretch `number`, makes their address forms,
             counts, and keeps what it read
    then     `judge(number, None, ...)` decides the rows that were kept; `judge(number, table, ...)`
             those of a stretch that was not

What is kept is in the memory of one process, as MessagePack: about 450 bytes a row, at most
`KEPT_BYTES` in all; a stretch that finds no room is read again. So a file is read, and an address
brought to its form, once up to about a million rows a process.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from operator import attrgetter
from typing import Final

import msgspec

from counterfoil import intake
from counterfoil.core.values import AddressForm, Reject, Request, Sensitive
from counterfoil.disclosure.judging import Screened, judge
from counterfoil.gate import BatchFacts, Gate, History, Law
from counterfoil.gate.history.batch_counts import Tally, tally
from counterfoil.gate.history.counts import Counts
from counterfoil.gate.history.fingerprints import Fingerprinter, Fingerprints, address_forms

KEPT_BYTES: Final = 512_000_000
"""What one process keeps at most of rows that it has read."""


class Counted(Sensitive, frozen=True, gc=False):
    """A stretch that was read and counted: how many rows, the rejects among them, what they add to
    the facts, whether it is kept."""

    rows: int
    rejects: list[Reject]
    tally: Tally
    kept: bool


class Whole(Sensitive, frozen=True, gc=False):
    """A file that was read through: its facts, the marks of its rows, the numbers of the stretches
    that are kept."""

    facts: BatchFacts
    marks: Fingerprints
    kept: frozenset[int]


class _Read(Sensitive, frozen=True, gc=False, array_like=True):
    """Rows of a stretch: requests, rejects, and the address forms of both in the file's order."""

    requests: list[Request]
    rejects: list[Reject]
    addresses: list[AddressForm]

    def rows(self) -> Sequence[Request | Reject]:
        """Both in the file's order."""
        return (
            sorted([*self.requests, *self.rejects], key=attrgetter("row"))
            if self.rejects
            else self.requests
        )


_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder(_Read).decode


class Screener:
    """One worker's half of receiving one file: `count` the whole file, then `begin`, then `judge`
    the whole file."""

    def __init__(self, history_key: bytes, kept_bytes: int = KEPT_BYTES) -> None:
        self._key = history_key
        self._marker = Fingerprinter(history_key)
        self._reader = intake.RowReader()
        self._gate: Gate | None = None
        self._kept: dict[int, bytes] = {}
        self._room = kept_bytes

    def count(self, number: int, table: intake.Table) -> Counted:
        """First reading: what the guards must know of these rows before any row is decided."""
        read = self._read(table)
        rows, packed = read.rows(), _encode(read)
        kept = len(packed) <= self._room
        if kept:
            self._kept[number], self._room = packed, self._room - len(packed)
        return Counted(
            len(rows), read.rejects, tally(self._key, self._marker, rows, read.addresses), kept
        )

    def begin(self, law: Law, facts: BatchFacts, history: History, on: date) -> None:
        """What every row is judged by. Raises GateFault as `Gate`."""
        self._gate = Gate(law, facts, history, on)

    def judge(
        self, number: int, table: intake.Table | None, marks: Fingerprints, past: Counts
    ) -> Screened:
        """The decision of each row of a stretch that was kept, or of `table`. `marks` are of these
        rows, `past` is what was asked about them before."""
        if self._gate is None:
            raise AssertionError("judged before it was begun")
        read = _decode(self._kept.pop(number)) if table is None else self._read(table)
        return judge(read.rows(), read.addresses, self._gate, marks, past)

    def _read(self, table: intake.Table) -> _Read:
        rows = self._reader.read(table)
        requests = [row for row in rows if isinstance(row, Request)]
        return _Read(
            requests, [row for row in rows if isinstance(row, Reject)], address_forms(rows)
        )
