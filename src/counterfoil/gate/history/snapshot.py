"""The history as it was when one chunk was decided: stored, sealed, beside the chunk.

The format is MessagePack of `HistorySnapshot`, a map by field name: keyed hashes and counts only.
It is kept because the history itself forgets what no window reaches any more, and a decision must
be repeatable. Bytes of another form raise.
"""

from __future__ import annotations

import msgspec

from counterfoil.core.errors import StoreFault
from counterfoil.core.values import Header, Sensitive
from counterfoil.gate.history.batch_counts import History
from counterfoil.gate.history.counts import Counts


class HistorySnapshot(Sensitive, frozen=True, gc=False):
    """`header` of the file, `history` of the run, and the `past` of the chunk's questions."""

    header: Header
    history: History
    past: Counts


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
