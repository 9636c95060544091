"""One batch in one transaction: its row, its key, and its sealed chunks, opened row by row.

A chunk is sealed when it is kept and never replaced; what does not open with the batch's key, or is
not in the form of its kind, is a fault and never an empty answer. Nothing here commits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property

from sqlalchemy import Connection

from counterfoil.batches import store
from counterfoil.batches.batch import Batch, Chunk, ChunkKind
from counterfoil.batches.encryption import BatchKey, unwrap_key
from counterfoil.batches.override import Override, check_override, decode_override
from counterfoil.batches.rows import (
    Determination,
    Gated,
    Granted,
    Refused,
    Rejected,
    decode_determinations,
    decode_gated,
    decode_rejects,
    with_grants,
)
from counterfoil.core.errors import StateFault
from counterfoil.core.values import Grant, Match, Reject, Request


class BatchSession:
    """A batch as it stands in a transaction, and its opened key."""

    def __init__(self, connection: Connection, batch: Batch, key: BatchKey) -> None:
        self.connection = connection
        self.batch = batch
        self.key = key

    @classmethod
    def open(
        cls, connection: Connection, batch: Batch, office_key: bytes, share: bytes | None
    ) -> BatchSession:
        """Open the batch's key with the office's and the batch's share. Raises StateFault
        `payload_destroyed`, StoreFault `payload_sealed`."""
        key = unwrap_key(batch.id, batch.wrapped_key, office_key, share, batch.round)
        return cls(connection, batch, key)

    # -- chunks --------------------------------------------------------------------------------

    def keep(
        self,
        kind: ChunkKind,
        plain: bytes,
        random: Callable[[int], bytes],
        *,
        seq: int = 0,
        rows: int = 0,
    ) -> None:
        """Seal the plain bytes of chunk `seq` and keep them. Inverse of `read`."""
        sealed = self.key.seal(kind, seq, plain, random)
        chunk = Chunk(kind=kind, seq=seq, row_count=rows, opened=False, sealed=sealed)
        store.put_chunk(self.connection, self.batch, chunk)

    def chunk(self, kind: ChunkKind, seq: int = 0) -> Chunk:
        """Chunk `seq` as it is kept. Raises StateFault `chunk_missing`."""
        return store.get_chunk(self.connection, self.batch, kind, seq)

    def open_chunk(self, chunk: Chunk) -> bytes:
        """The plain bytes of a chunk of this batch. Raises StoreFault `payload_sealed`."""
        return self.key.open(chunk.kind, chunk.seq, chunk.sealed)

    def read(self, kind: ChunkKind, seq: int = 0) -> bytes:
        """The plain bytes of chunk `seq`. Raises as `chunk` and `open_chunk`."""
        return self.open_chunk(self.chunk(kind, seq))

    def count(self, kind: ChunkKind) -> tuple[int, int]:
        """How many chunks of a kind are kept, and how many rows they hold."""
        return store.count_chunks(self.connection, self.batch, kind)

    def rows_before(self, kind: ChunkKind, seq: int) -> int:
        """How many rows the chunks of a kind before chunk `seq` hold."""
        return store.rows_before(self.connection, self.batch, kind, seq)

    def read_all(self, kind: ChunkKind) -> Iterator[bytes]:
        """The plain bytes of each chunk of a kind, in order, one in memory at a time."""
        return (self.read(kind, seq) for seq in range(self.count(kind)[0]))

    # -- rows ----------------------------------------------------------------------------------

    @cached_property
    def overrides(self) -> dict[int, Override]:
        """The overrides of the batch by row, each checked to be signed by both officers. Raises
        StoreFault, VerifyFault `officer_signature`."""
        read = [decode_override(plain) for plain in self.read_all(ChunkKind.OVERRIDE)]
        for override in read:
            check_override(override)
        return {override.grant.request.row: override for override in read}

    @property
    def grants(self) -> dict[int, Grant]:
        """What two roles admitted, by row. Raises as `overrides`."""
        return {row: override.grant for row, override in self.overrides.items()}

    def gated(self, seq: int) -> list[Gated]:
        """The rows of request chunk `seq` as the gate left them."""
        return decode_gated(self.read(ChunkKind.REQUEST, seq))

    def rows(self, seq: int) -> list[Gated]:
        """The rows of request chunk `seq` as they are determined: what two roles admitted is
        granted."""
        return self.with_overrides(self.gated(seq))

    def with_overrides(self, rows: Iterable[Gated]) -> list[Gated]:
        """These rows, what two roles admitted being granted."""
        return with_grants(rows, self.grants)

    def gated_chunks(self) -> Iterator[tuple[Chunk, list[Gated]]]:
        """Each request chunk with its rows as the gate left them, in order."""
        for chunk in store.iterate_chunks(self.connection, self.batch, ChunkKind.REQUEST):
            yield chunk, decode_gated(self.open_chunk(chunk))

    def rejects(self, seq: int) -> list[Reject]:
        """The rows of request chunk `seq` that could not become requests, in order."""
        return decode_rejects(self.read(ChunkKind.REQUEST, seq))

    def request_lists(self) -> Iterator[list[Request]]:
        """The requests of each chunk in order, one chunk in memory at a time."""
        for _, rows in self.gated_chunks():
            yield [request_of(row) for row in rows if not isinstance(row, Rejected)]

    def find_request(self, request_id: str) -> tuple[int, int, Granted | Refused]:
        """(chunk, place in the batch from 0, row as gated) of a request. Raises StateFault
        `request_unknown`."""
        first = 0
        for chunk, rows in self.gated_chunks():
            for place, row in enumerate(rows, first):
                if not isinstance(row, Rejected) and request_of(row).request_id == request_id:
                    return chunk.seq, place, row
            first += chunk.row_count
        raise StateFault(
            "request_unknown",
            "the batch holds no request of that id",
            place=self.batch.id,
            cure="Ids are those of the request file; a rejected row is `row N`, N being its row in "
            "the sender's spreadsheet.",
        )

    def find_reject(self, named: str) -> tuple[int, Reject] | None:
        """(chunk, reject) of a rejected row, named by the id that was read of it, or by `row N`, N
        being the row as the sender's spreadsheet counts it; None where there is none. One named by
        its row is meant even where several rows had one id."""
        for chunk, rows in self.gated_chunks():
            for row in rows:
                if isinstance(row, Rejected) and named in (
                    row.reject.request_id,
                    f"row {row.reject.shown_row}",
                ):
                    return chunk.seq, row.reject
        return None

    def determinations(self, seq: int) -> list[Determination]:
        """What was determined of request chunk `seq`; none before that."""
        if self.count(ChunkKind.DETERMINATION)[0] <= seq:
            return []
        return decode_determinations(self.read(ChunkKind.DETERMINATION, seq))

    def determination(self, seq: int, row: int) -> Determination | None:
        """What was determined of a row of request chunk `seq`; None before that."""
        return next((each for each in self.determinations(seq) if each.row == row), None)

    def compared(self) -> Iterator[Match]:
        """What was determined of every row that was compared, in order."""
        for plain in self.read_all(ChunkKind.DETERMINATION):
            yield from (row for row in decode_determinations(plain) if isinstance(row, Match))


def request_of(row: Granted | Refused) -> Request:
    """The request of a row, admitted or not."""
    return row.grant.request if isinstance(row, Granted) else row.request
