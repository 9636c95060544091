"""Keeping and reading a batch's sealed chunks inside the flow's transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from counterfoil.batches import store as batches
from counterfoil.batches.batch import DETERMINATION, Batch, Chunk
from counterfoil.batches.encryption import BatchKey
from counterfoil.batches.rows import decode_determinations
from counterfoil.controls.overrides.store import OVERRIDE, Override, check_override, decode_override
from counterfoil.core.values import Match
from counterfoil.database import Connection


def keep_chunk(
    connection: Connection,
    batch: Batch,
    key: BatchKey,
    kind: str,
    seq: int,
    plain: bytes,
    row_count: int,
    random: Callable[[int], bytes],
) -> None:
    """Seal the plain bytes of chunk `seq` and keep them. A chunk is never replaced. Inverse of
    `read_chunk`."""
    sealed = key.seal(kind, seq, plain, random)
    batches.put_chunk(
        connection,
        batch,
        Chunk(kind=kind, seq=seq, row_count=row_count, opened=False, sealed=sealed),
    )


def read_chunk(connection: Connection, batch: Batch, key: BatchKey, kind: str, seq: int) -> bytes:
    """The plain bytes of chunk `seq`. Raises StateFault `chunk_missing`, StoreFault
    `payload_sealed`."""
    return key.open(kind, seq, batches.get_chunk(connection, batch, kind, seq).sealed)


def read_compared(connection: Connection, batch: Batch, key: BatchKey) -> Iterator[Match]:
    """What was determined of every row that was compared, in order. Raises as `read_chunk`,
    StoreFault `payload_rows`."""
    for seq in range(batches.count_chunks(connection, batch, DETERMINATION)[0]):
        rows = decode_determinations(read_chunk(connection, batch, key, DETERMINATION, seq))
        yield from (row for row in rows if isinstance(row, Match))


def read_overrides(connection: Connection, batch: Batch, key: BatchKey) -> dict[int, Override]:
    """The overrides of a batch by row, each checked to be both officers' word. Raises StoreFault,
    VerifyFault `officer_signature`."""
    found: dict[int, Override] = {}
    for chunk in batches.iterate_chunks(connection, batch, OVERRIDE):
        override = decode_override(key.open(OVERRIDE, chunk.seq, chunk.sealed))
        check_override(override)
        found[override.grant.request.row] = override
    return found
