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

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from operator import attrgetter
from typing import Final

import msgspec

from counterfoil import intake
from counterfoil.batches.rows import Gated, Granted, Refused, Rejected, encode_row
from counterfoil.core.values import Grant, Refusal, Reject, Request, Sensitive, State
from counterfoil.gate import BatchFacts, Gate, History, Law
from counterfoil.gate.history.batch_counts import Tally, tally
from counterfoil.gate.history.fingerprints import Fingerprinter, Fingerprints, Forms, forms_of
from counterfoil.gate.history.uses import ONCE, Uses

KEPT_BYTES: Final = 512_000_000
"""What one process keeps at most of rows that it has read."""


WAITING: Final = "waiting"
"""The name under which a batch counts the refused requests that wait for an officer."""
OVERRIDDEN: Final = "overridden"
"""The name under which it counts those of them that two roles admitted since."""
REFUSED_BY: Final = "refused."
"""Before an element's id: the name under which a batch counts the refusals that the element
caused."""
_KINDS: Final[dict[type[Gated], str]] = {
    Granted: "granted",
    Refused: "refused",
    Rejected: "rejected",
}
"""The kind of each row's entry in the ledger (ledger.EntryKind)."""


class Screened(Sensitive, frozen=True, gc=False):
    """A chunk that met the gate: the kind of each row's entry with the bytes that it commits to,
    what to count, and how many rows were attempts to probe."""

    rows: list[tuple[str, bytes]]
    counts: dict[str, int]
    probes: int


class Counted(Sensitive, frozen=True, gc=False):
    """A stretch that was read and counted: how many rows, the rejects among them, what they add to
    the facts, whether it is kept."""

    rows: int
    rejects: list[Reject]
    tally: Tally
    kept: bool


class Whole(Sensitive, frozen=True, gc=False):
    """A file that was read through: its facts, the fingerprints of its rows, the numbers of the
    stretches that are kept."""

    facts: BatchFacts
    asked: Fingerprints
    kept: frozenset[int]


class _Read(Sensitive, frozen=True, gc=False, array_like=True):
    """Rows of a stretch: requests, rejects, and the forms of both in the file's order."""

    requests: list[Request]
    rejects: list[Reject]
    forms: list[Forms]

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

    def __init__(
        self, history_key: bytes, earlier: bool = False, kept_bytes: int = KEPT_BYTES
    ) -> None:
        self._key = history_key
        self._fingerprinter = Fingerprinter(history_key, earlier=earlier)
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
            len(rows), read.rejects, tally(self._key, self._fingerprinter, rows, read.forms), kept
        )

    def begin(self, law: Law, facts: BatchFacts, history: History, on: date) -> None:
        """What every row is judged by. Raises GateFault as `Gate`."""
        self._gate = Gate(law, facts, history, on)

    def judge(
        self, number: int, table: intake.Table | None, first: int, uses: Mapping[int, Uses]
    ) -> Screened:
        """The decision of each row of a stretch that was kept, or of `table`. `first` is the place
        of its first row in the file, from 0; `uses` are the counts of rows by place."""
        if self._gate is None:
            raise AssertionError("judged before it was begun")
        read = _decode(self._kept.pop(number)) if table is None else self._read(table)
        return screen(read.rows(), read.forms, self._gate, first, uses)

    def _read(self, table: intake.Table) -> _Read:
        rows = self._reader.read(table)
        requests = [row for row in rows if isinstance(row, Request)]
        return _Read(requests, [row for row in rows if isinstance(row, Reject)], forms_of(rows))


def screen(
    rows: Sequence[Request | Reject],
    forms: Sequence[Forms],
    gate: Gate,
    first: int,
    uses: Mapping[int, Uses],
) -> Screened:
    """Put a chunk before the law. `forms` are those of its rows, in order; `first` and `uses` as in
    `Screener.judge`."""
    gated = gate_rows(rows, forms, gate, first, uses)
    probes = sum(gate.is_probe(row.refusal) for row in gated if isinstance(row, Refused))
    return Screened(
        [(_KINDS[type(row)], encode_row(row)) for row in gated], count_gated(gated), probes
    )


def gate_rows(
    rows: Sequence[Request | Reject],
    forms: Sequence[Forms],
    gate: Gate,
    first: int,
    uses: Mapping[int, Uses],
) -> list[Gated]:
    """The decision on each row."""
    asked = [
        (row, form, uses.get(place, ONCE))
        for place, (row, form) in enumerate(zip(rows, forms, strict=True), first)
        if isinstance(row, Request)
    ]
    decided = iter(gate.decide_all(asked))
    return [
        Rejected(row) if isinstance(row, Reject) else _gated(row, next(decided)) for row in rows
    ]


def count_gated(rows: Sequence[Gated]) -> dict[str, int]:
    """Rows by what became of them at the gate, how many of the refused ones wait for an officer,
    where one does, and refusals by element: one that fails three counts in three."""
    kinds = Counter(_KINDS[type(row)] for row in rows)
    failed = Counter(
        each.element for row in rows if isinstance(row, Refused) for each in row.refusal.failed
    )
    counts = {kind: kinds[kind] for kind in _KINDS.values()}
    if waiting := sum(waits(row.refusal) for row in rows if isinstance(row, Refused)):
        counts[WAITING] = waiting
    return counts | {f"{REFUSED_BY}{element}": times for element, times in failed.items()}


def waits(refusal: Refusal) -> bool:
    """Whether all that refuses a request is for an officer of the holder to judge, so that two
    roles may admit it."""
    return all(each.state is State.NEEDS_OFFICER for each in refusal.failed)


def _gated(request: Request, decision: Grant | Refusal) -> Gated:
    return Granted(decision) if isinstance(decision, Grant) else Refused(request, decision)
