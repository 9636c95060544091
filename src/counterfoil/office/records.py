"""What the office kept about one request: read from its batch, nothing decided."""

from __future__ import annotations

from collections.abc import Iterator, Set

from counterfoil.batches import store as batches
from counterfoil.batches.batch import DETERMINATION, KNOWN, REQUEST, Batch
from counterfoil.batches.chunks import read_chunk, read_overrides
from counterfoil.batches.encryption import BatchKey, unwrap_key
from counterfoil.batches.rows import (
    Determination,
    Granted,
    Refused,
    decode_determinations,
    decode_gated,
    encode_row,
)
from counterfoil.controls.overrides.store import Override
from counterfoil.core import canonical
from counterfoil.core.errors import StateFault
from counterfoil.core.values import Grant, Request, Sensitive
from counterfoil.database import Connection
from counterfoil.gate.history.batch_counts import BatchFacts
from counterfoil.gate.history.snapshot import decode_snapshot
from counterfoil.gate.replay import (
    RequestCounts,
    counts_in_file,
    counts_of_request,
    facts_of_requests,
)


class Recorded(Sensitive, frozen=True):
    """One row as gated, its salt, what the guards knew of it, and what was determined, or None
    before that; the chunk that it stands in; the override that admitted it, or None."""

    key: BatchKey
    row: Granted | Refused
    row_salt: bytes
    circumstances: RequestCounts
    determination: Determination | None
    seq: int
    override: Override | None

    @property
    def request(self) -> Request:
        """The request, admitted or not."""
        return self.row.grant.request if isinstance(self.row, Granted) else self.row.request

    @property
    def grant(self) -> Grant | None:
        """The grant, where it was admitted: by the gate, or by two roles."""
        if self.override is not None:
            return self.override.grant
        return self.row.grant if isinstance(self.row, Granted) else None

    @property
    def row_bytes(self) -> bytes:
        """The bytes that the row's ledger entry commits to."""
        return encode_row(self.row)

    @property
    def commitment(self) -> str:
        """The commitment that the row's ledger entry carries."""
        return canonical.commit(self.row_salt, self.row_bytes)


def read_recorded(
    connection: Connection, batch: Batch, wrapping: bytes, history_key: bytes, request_id: str
) -> Recorded:
    """Raises StateFault `payload_destroyed`, `request_unknown`, `evidence_not_kept`, StoreFault."""
    key = unwrap_key(batch.id, batch.wrapped_key, wrapping)
    seq, place, row = _find(connection, batch, key, request_id)
    if batches.count_chunks(connection, batch, KNOWN)[0] <= seq:
        raise StateFault(
            "evidence_not_kept",
            "this batch was received by a version that did not keep what the guards knew",
            place=batch.id,
            cure="`counterfoil explain` shows the findings and the evidence of its requests.",
        )
    known = decode_snapshot(read_chunk(connection, batch, key, KNOWN, seq))
    request = row.grant.request if isinstance(row, Granted) else row.request
    counted = counts_of_request(request, _requests(connection, batch, key), known, history_key)
    decided = _determination(connection, batch, key, seq, request.row)
    override = read_overrides(connection, batch, key).get(request.row)
    return Recorded(key, row, key.salt("request", place), counted, decided, seq, override)


def read_recorded_rows(
    connection: Connection, batch: Batch, wrapping: bytes, history_key: bytes, numbers: Set[int]
) -> Iterator[Recorded]:
    """The requests of these row numbers, in order; the file is counted once for all of them. Raises
    as `read_recorded`."""
    key = unwrap_key(batch.id, batch.wrapped_key, wrapping)
    overrides = read_overrides(connection, batch, key)
    facts: BatchFacts | None = None
    first = 0
    for chunk in batches.iterate_chunks(connection, batch, REQUEST):
        rows = decode_gated(key.open(REQUEST, chunk.seq, chunk.sealed))
        wanted = [
            (place, row)
            for place, row in enumerate(rows, first)
            if isinstance(row, Granted | Refused) and _request_of(row).row in numbers
        ]
        first += len(rows)
        if not wanted:
            continue
        known = decode_snapshot(read_chunk(connection, batch, key, KNOWN, chunk.seq))
        facts = facts or facts_of_requests(
            known.header, _requests(connection, batch, key), history_key
        )
        decided = {each.row: each for each in _determinations(connection, batch, key, chunk.seq)}
        for place, row in wanted:
            request = _request_of(row)
            counted = counts_in_file(request, facts, known, history_key)
            salt, override = key.salt("request", place), overrides.get(request.row)
            yield Recorded(key, row, salt, counted, decided.get(request.row), chunk.seq, override)


def _find(
    connection: Connection, batch: Batch, key: BatchKey, request_id: str
) -> tuple[int, int, Granted | Refused]:
    """(chunk, place in the batch from 0, row) of the request."""
    first = 0
    for chunk in batches.iterate_chunks(connection, batch, REQUEST):
        for place, row in enumerate(
            decode_gated(key.open(REQUEST, chunk.seq, chunk.sealed)), first
        ):
            if isinstance(row, Granted | Refused) and _request_of(row).request_id == request_id:
                return chunk.seq, place, row
        first += chunk.row_count
    raise StateFault(
        "request_unknown",
        "the batch holds no request of that id",
        place=batch.id,
        cure="Ids are those of the request file; a rejected row has none.",
    )


def _requests(connection: Connection, batch: Batch, key: BatchKey) -> Iterator[list[Request]]:
    """The requests of each chunk of the batch in order, one chunk in memory at a time."""
    for chunk in batches.iterate_chunks(connection, batch, REQUEST):
        rows = decode_gated(key.open(REQUEST, chunk.seq, chunk.sealed))
        yield [_request_of(row) for row in rows if isinstance(row, Granted | Refused)]


def _request_of(row: Granted | Refused) -> Request:
    return row.grant.request if isinstance(row, Granted) else row.request


def _determination(
    connection: Connection, batch: Batch, key: BatchKey, seq: int, number: int
) -> Determination | None:
    return next(
        (row for row in _determinations(connection, batch, key, seq) if row.row == number), None
    )


def _determinations(
    connection: Connection, batch: Batch, key: BatchKey, seq: int
) -> list[Determination]:
    if batches.count_chunks(connection, batch, DETERMINATION)[0] <= seq:
        return []
    return decode_determinations(read_chunk(connection, batch, key, DETERMINATION, seq))
