"""What a step does to a chunk of rows: one entry a row, counts that tell no outcome, commitments
that open."""

from __future__ import annotations

import pytest
from counterfoil.batches.chunks import keep_chunk, read_chunk

from counterfoil import disclosure
from counterfoil.batches import store as batches
from counterfoil.batches.batch import REQUEST
from counterfoil.batches.encryption import BatchKey, unwrap_key
from counterfoil.batches.rows import decode_gated, encode_row
from counterfoil.core import canonical
from counterfoil.core.errors import StoreFault, UsageFault
from counterfoil.core.use_cases import NOBODY
from counterfoil.core.values import Answer, NotCompared, Outcome
from counterfoil.disclosure.sealed_answer import answer_of
from counterfoil.office import journal
from tests.world.office import World


def _key(world: World, batch_id: str) -> BatchKey:
    with world.office.store.reading() as connection:
        batch = batches.find_batch(connection, batch_id)
    return unwrap_key(batch_id, batch.wrapped_key, world.office.payload_keys()[0])


def test_whoever_holds_the_batch_key_can_open_the_commitment_of_a_row(world: World) -> None:
    batch_id = world.receive(world.requests())
    key = _key(world, batch_id)
    with world.office.store.reading() as connection:
        batch = batches.find_batch(connection, batch_id)
        rows = decode_gated(read_chunk(connection, batch, key, REQUEST, 0))
    entered = [
        entry["commitment"] for entry in world.entries() if entry["kind"] in {"granted", "refused"}
    ]
    opened = [
        canonical.commit(salt, encode_row(row))
        for row, salt in zip(rows, key.salts("request", range(len(rows))), strict=True)
    ]
    assert opened == entered


def test_an_answers_bytes_are_canonical() -> None:
    answer = Answer("q1", Outcome.REFUSED, ("a", "b"))
    assert (
        journal.answer_bytes(answer) == b'{"answer":"refused","codes":["a","b"],"request_id":"q1"}'
    )


def test_the_counts_of_determinations_do_not_tell_what_was_found() -> None:
    rows = [NotCompared("q1", 1, "keeper_limit"), NotCompared("q2", 2, "keeper_limit")]
    assert journal.count_determined(rows) == {"compared": 0, "not_compared": 2}


def test_a_chunk_is_never_replaced(world: World) -> None:
    batch_id = world.receive(world.requests())
    key = _key(world, batch_id)
    with pytest.raises(StoreFault) as caught, world.office.store.transaction() as connection:
        batch = batches.find_batch(connection, batch_id)
        keep_chunk(connection, batch, key, REQUEST, 0, b"other", 1, world.office.random)
    assert caught.value.code == "store_refused"


def test_a_chunk_under_another_batchs_key_does_not_open(world: World) -> None:
    batch_id = world.receive(world.requests())
    other = unwrap_key(
        batch_id, BatchKey(batch_id, bytes(32)).wrap(bytes(32), world.office.random), bytes(32)
    )
    with pytest.raises(StoreFault) as caught, world.office.store.reading() as connection:
        read_chunk(connection, batches.find_batch(connection, batch_id), other, REQUEST, 0)
    assert caught.value.code == "payload_sealed"


def test_a_released_answer_is_read_back_in_its_own_form_only(world: World) -> None:
    world.answer(out="answers.csv")
    batch_id = disclosure.batch_statuses(world.office, NOBODY)[0].batch
    key = _key(world, batch_id)
    with world.office.store.reading() as connection:
        batch = batches.find_batch(connection, batch_id)
        envelope, parts, digest = answer_of(connection, batch, key, world.directory / "again.csv")
        assert b"".join(parts) == (world.directory / "answers.csv").read_bytes()
        assert envelope == (world.directory / "answers.csv.jws").read_bytes()
        assert digest == canonical.digest((world.directory / "answers.csv").read_bytes())
        with pytest.raises(UsageFault) as caught:
            answer_of(connection, batch, key, world.directory / "again.jsonl")
    assert caught.value.code == "out_format"
