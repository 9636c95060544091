"""What the guards knew of the past while one chunk was decided: kept, sealed, beside the chunk.
MessagePack of `HistorySnapshot`.

Keyed hashes and counts only: header of the file, history of the run, past of the chunk's questions.
The memory itself forgets.
"""

from __future__ import annotations

import msgspec

from counterfoil.core.errors import StoreFault
from counterfoil.core.values import Header, Sensitive
from counterfoil.gate.history.batch_counts import History
from counterfoil.gate.history.counts import Counts


class HistorySnapshot(Sensitive, frozen=True, gc=False):
    """See the module."""

    header: Header
    history: History
    past: Counts


def encode_snapshot(known: HistorySnapshot) -> bytes:
    """Plain bytes of what the guards knew. Inverse of `decode_snapshot`."""
    return msgspec.msgpack.encode(known)


def decode_snapshot(plain: bytes) -> HistorySnapshot:
    """Raises StoreFault `known_unreadable`."""
    try:
        return msgspec.msgpack.decode(plain, type=HistorySnapshot)
    except msgspec.MsgspecError:
        raise StoreFault(
            "known_unreadable",
            "what the guards knew cannot be read from the stored chunk",
            cure="It was written by another version, or damaged: open the office with the "
            "version that wrote it.",
        ) from None
