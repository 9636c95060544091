"""The history as it was when one chunk was decided: stored, sealed, beside the chunk.

The format is MessagePack of `HistorySnapshot`, a map by field name: counts and keyed hashes only.
It is kept because the history itself forgets what no window reaches any more, and a decision must
be repeatable. Bytes of another form raise.

Since the second form a chunk has the counts themselves: `uses`, by the row's place in the file from
0, of each question that is not the only one of its kind; `rows` and `officers` of the whole file.
The first form has `uses` nil and the `past` of its questions in its place, to which those of the
file are added from its rows (earlier.py).
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from counterfoil.core.errors import StoreFault
from counterfoil.core.values import Header, Sensitive
from counterfoil.gate.history.batch_counts import BatchFacts, History
from counterfoil.gate.history.earlier import NO_COUNTS, Counts
from counterfoil.gate.history.uses import Uses


class HistorySnapshot(Sensitive, frozen=True, gc=False, omit_defaults=True):
    """`header` of the file and `history` of the run; the others see the module."""

    header: Header
    history: History
    past: Counts = NO_COUNTS
    uses: Mapping[int, Uses] | None = None
    rows: int = 0
    officers: Mapping[bytes, int] = {}


def snapshot_of(facts: BatchFacts, history: History, uses: Mapping[int, Uses]) -> HistorySnapshot:
    """What is kept beside a chunk whose rows have these counts."""
    return HistorySnapshot(
        facts.header, history, uses=uses, rows=facts.rows, officers=facts.officers
    )


def encode_snapshot(snapshot: HistorySnapshot) -> bytes:
    """The plain bytes of a snapshot. Inverse of `decode_snapshot`."""
    return msgspec.msgpack.encode(snapshot)


def decode_snapshot(plain: bytes) -> HistorySnapshot:
    """The snapshot of these plain bytes. Raises StoreFault `known_unreadable`."""
    try:
        return msgspec.msgpack.decode(plain, type=HistorySnapshot)
    except msgspec.MsgspecError:
        raise StoreFault(
            "known_unreadable",
            "what the guards knew cannot be read from the stored chunk",
            cure="It was written by another version, or damaged: open the office with the "
            "version that wrote it.",
        ) from None
