"""Keeping and reading a batch's sealed chunks inside the flow's transaction."""

from __future__ import annotations

from collections.abc import Callable

from counterfoil.review import store as batches
from counterfoil.review.batch import Batch, Chunk
from counterfoil.review.payload import BatchKey
from counterfoil.store import Connection


def keep_chunk(
    connection: Connection, batch: Batch, key: BatchKey, kind: str, seq: int, plain: bytes, row_count: int,
    random: Callable[[int], bytes],
) -> None:  # fmt: skip
    """Seal the plain bytes of chunk `seq` and keep them. A chunk is never replaced. Inverse of `read_chunk`."""
    sealed = key.seal(kind, seq, plain, random)
    batches.put_chunk(connection, batch, Chunk(kind=kind, seq=seq, row_count=row_count, opened=False, sealed=sealed))


def read_chunk(connection: Connection, batch: Batch, key: BatchKey, kind: str, seq: int) -> bytes:
    """The plain bytes of chunk `seq`. Raises StateFault `chunk_missing`, StoreFault `payload_sealed`."""
    return key.open(kind, seq, batches.get_chunk(connection, batch, kind, seq).sealed)
