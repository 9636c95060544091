"""One batch in one transaction: what is kept sealed comes back, and nothing else does."""

from __future__ import annotations

from collections.abc import Iterator
from os import urandom
from pathlib import Path

import pytest
from sqlalchemy import Connection

from counterfoil.batches import store
from counterfoil.batches.batch import ChunkKind
from counterfoil.batches.encryption import BatchKey, new_key
from counterfoil.batches.override import Override, encode_override, override_details
from counterfoil.batches.rows import Granted, encode_determinations, encode_row, pack
from counterfoil.batches.session import BatchSession
from counterfoil.batches.statements import keep_signed
from counterfoil.core.errors import CounterfoilError
from counterfoil.database import create_store
from tests.batches.office import (
    ADA,
    DETERMINATIONS,
    DETERMINED,
    DIGEST,
    GATED,
    GRANT,
    MATCH,
    NO_MATCH,
    REFUSAL,
    REQUEST,
    new_batch,
    officer,
    sign,
    statement,
)

OFFICE_KEY, SHARE = bytes(range(32)), b"\x01" * 32


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    made = create_store(f"sqlite:///{tmp_path}/office.db")
    with made.transaction() as connection:
        yield connection
    made.close()


@pytest.fixture
def session(connection: Connection) -> BatchSession:
    key = new_key(DETERMINED.batch_id, urandom)
    batch, _ = store.create_batch(
        connection, new_batch(wrapped_key=key.wrap(OFFICE_KEY, SHARE, urandom))
    )
    return BatchSession.open(connection, batch, OFFICE_KEY, SHARE)


def _keep_rows(session: BatchSession) -> None:
    """Two chunks of rows, the second after the rows of the first."""
    for seq, rows in enumerate((GATED, GATED[:2])):
        plain = pack([encode_row(row) for row in rows])
        session.keep(ChunkKind.REQUEST, plain, urandom, seq=seq, rows=len(rows))


def _code(work) -> str:
    with pytest.raises(CounterfoilError) as fault:
        work()
    return fault.value.code


@pytest.mark.parametrize("kind", ChunkKind)
def test_what_is_kept_is_read_back_in_order_and_counted(
    session: BatchSession, kind: ChunkKind
) -> None:
    for seq in range(3):
        session.keep(kind, b"plain %d" % seq, urandom, seq=seq, rows=seq)
    assert session.count(kind) == (3, 3)
    assert list(session.read_all(kind)) == [b"plain 0", b"plain 1", b"plain 2"]
    assert session.read(kind, 1) == b"plain 1"
    assert b"plain" not in session.chunk(kind).sealed
    assert [session.count(other)[0] for other in ChunkKind if other is not kind] == [0] * 8


def test_a_kind_of_chunk_is_sealed_under_its_plain_name(session: BatchSession) -> None:
    """What the first version sealed opens: the name of a kind is bound as text."""
    session.keep(ChunkKind.REQUEST, b"rows", urandom)
    assert session.key.open("request", 0, session.chunk(ChunkKind.REQUEST).sealed) == b"rows"


def test_a_chunk_that_is_not_there_is_a_stated_fault(session: BatchSession) -> None:
    assert _code(lambda: session.read(ChunkKind.ENVELOPE)) == "chunk_missing"


def test_a_chunk_under_another_key_does_not_open(session: BatchSession) -> None:
    session.keep(ChunkKind.REQUEST, b"rows", urandom)
    other = BatchSession(session.connection, session.batch, BatchKey(session.batch.id, bytes(32)))
    assert _code(lambda: other.read(ChunkKind.REQUEST)) == "payload_sealed"


def test_a_session_needs_the_offices_key_and_a_batch_that_has_its_own(
    session: BatchSession,
) -> None:
    assert (
        _code(lambda: BatchSession.open(session.connection, session.batch, bytes(32), SHARE))
        == "payload_sealed"
    )
    store.mark_withdrawn(session.connection, session.batch)
    store.destroy_key(session.connection, store.find_batch(session.connection, session.batch.id))
    gone = store.find_batch(session.connection, session.batch.id)
    assert (
        _code(lambda: BatchSession.open(session.connection, gone, OFFICE_KEY, SHARE))
        == "payload_destroyed"
    )


def test_rows_are_read_chunk_by_chunk(session: BatchSession) -> None:
    _keep_rows(session)
    assert [(chunk.seq, rows) for chunk, rows in session.gated_chunks()] == [
        (0, GATED),
        (1, GATED[:2]),
    ]
    assert session.gated(1) == GATED[:2]
    assert list(session.request_lists()) == [[REQUEST, REQUEST], [REQUEST, REQUEST]]


def test_a_request_is_found_with_its_chunk_and_its_place_in_the_batch(
    session: BatchSession,
) -> None:
    session.keep(ChunkKind.REQUEST, pack([encode_row(GATED[2])]), urandom, rows=1)
    plain = pack([encode_row(GATED[2]), encode_row(GATED[1])])
    session.keep(ChunkKind.REQUEST, plain, urandom, seq=1, rows=2)
    assert session.find_request("q1") == (1, 2, GATED[1])
    assert _code(lambda: session.find_request("q3")) == "request_unknown"


def test_before_anything_is_determined_there_is_no_determination(session: BatchSession) -> None:
    _keep_rows(session)
    assert session.determinations(0) == []
    assert session.determination(0, 1) is None
    assert list(session.compared()) == []


def test_determinations_are_found_by_row_and_the_compared_among_them(session: BatchSession) -> None:
    for seq, rows in enumerate((DETERMINATIONS[:2], DETERMINATIONS[2:])):
        session.keep(ChunkKind.DETERMINATION, encode_determinations(rows), urandom, seq=seq)
    assert session.determinations(0) == [MATCH, REFUSAL]
    assert session.determination(0, 2) == REFUSAL
    assert session.determination(0, 4) is None
    assert list(session.compared()) == [MATCH, NO_MATCH]


def _override(second: int) -> Override:
    details = override_details(DIGEST, ("period",), "confirmed by letter")
    words = [
        keep_signed(sign(statement(DETERMINED, "override", details=details), ADA, number))  # type: ignore[arg-type]
        for number in (1, second)
    ]
    return Override(
        DETERMINED.office,
        DETERMINED.batch_id,
        DIGEST,
        ("period",),
        "confirmed by letter",
        ADA,
        words[0],
        officer("counsel-c", 3),
        words[1],
        GRANT,
    )


def test_what_two_roles_admitted_is_granted_where_it_is_determined_and_refused_where_it_was_gated(
    session: BatchSession,
) -> None:
    _keep_rows(session)
    override = _override(3)
    session.keep(ChunkKind.OVERRIDE, encode_override(override), urandom)
    assert session.overrides == {1: override}
    assert session.rows(0) == [Granted(GRANT), Granted(override.grant), GATED[2]]
    assert session.gated(0) == GATED


def test_p6_an_override_that_one_officer_signed_twice_stops_the_batch(
    session: BatchSession,
) -> None:
    _keep_rows(session)
    session.keep(ChunkKind.OVERRIDE, encode_override(_override(1)), urandom)
    assert _code(lambda: session.rows(0)) == "officer_signature"
