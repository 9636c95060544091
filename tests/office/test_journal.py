"""What is entered of a chunk of rows: one entry a row, counts that tell no outcome, commitments that
open."""

from __future__ import annotations

import pytest

from counterfoil import client, disclosure
from counterfoil.answers.rows import answer_bytes
from counterfoil.batches import store as batches
from counterfoil.batches.batch import ChunkKind
from counterfoil.batches.encryption import BatchKey
from counterfoil.batches.rows import count_determined, encode_row
from counterfoil.batches.session import BatchSession
from counterfoil.core import canonical
from counterfoil.core.errors import StoreFault, UsageFault
from counterfoil.core.use_cases import NOBODY
from counterfoil.core.values import Answer, NotCompared, Officer, Outcome
from counterfoil.disclosure.sealed_answer import read_sealed
from counterfoil.ledger import EntryKind
from counterfoil.office import journal
from tests.world.office import World

BATCH = "b-0f1e2d3c4b5a6978"


def test_whoever_holds_the_batch_key_can_open_the_commitment_of_a_row(world: World) -> None:
    batch_id = world.receive(world.requests())
    with world.office.store.reading() as connection:
        session = world.office.batch_session(connection, batches.find_batch(connection, batch_id))
        rows = session.gated(0)
    entered = [
        entry["commitment"] for entry in world.entries() if entry["kind"] in {"granted", "refused"}
    ]
    opened = [
        canonical.commit(salt, encode_row(row))
        for row, salt in zip(rows, session.key.salts("request", range(len(rows))), strict=True)
    ]
    assert opened == entered


def test_an_answers_bytes_are_canonical() -> None:
    answer = Answer("q1", Outcome.REFUSED, ("a", "b"))
    assert answer_bytes(answer) == b'{"answer":"refused","codes":["a","b"],"request_id":"q1"}'


def test_the_counts_of_determinations_do_not_tell_what_was_found() -> None:
    rows = [NotCompared("q1", 1, "keeper_limit"), NotCompared("q2", 2, "keeper_limit")]
    assert count_determined(rows) == {"compared": 0, "not_compared": 2}


def test_a_chunk_is_never_replaced(world: World) -> None:
    batch_id = world.receive(world.requests())
    with pytest.raises(StoreFault) as caught, world.office.store.transaction() as connection:
        session = world.office.batch_session(connection, batches.find_batch(connection, batch_id))
        session.keep(ChunkKind.REQUEST, b"other", world.office.random, rows=1)
    assert caught.value.code == "store_refused"


def test_a_chunk_under_another_batchs_key_does_not_open(world: World) -> None:
    batch_id = world.receive(world.requests())
    with pytest.raises(StoreFault) as caught, world.office.store.reading() as connection:
        batch = batches.find_batch(connection, batch_id)
        BatchSession(connection, batch, BatchKey(batch_id, bytes(32))).read(ChunkKind.REQUEST)
    assert caught.value.code == "payload_sealed"


def test_a_released_answer_is_read_back_as_it_was_sealed(world: World) -> None:
    world.answer(out="answers.csv")
    batch_id = disclosure.batch_statuses(world.office, NOBODY)[0].batch
    with world.office.store.reading() as connection:
        session = world.office.batch_session(connection, batches.find_batch(connection, batch_id))
        answer = read_sealed(session)
        assert answer.form == "csv"
        assert b"".join(answer.parts) == (world.directory / "answers.csv").read_bytes()
        assert answer.envelope == (world.directory / "answers.csv.jws").read_bytes()
        assert answer.digest == canonical.digest((world.directory / "answers.csv").read_bytes())
    again = world.directory / "again.jsonl"
    with pytest.raises(UsageFault) as caught:
        client.release(world.office, batch_id, world.officer("b"), again)
    assert (caught.value.code, caught.value.place) == ("out_format", "again.jsonl")
    assert not again.exists()


# -- who did it ----------------------------------------------------------------------------------


def test_an_entry_names_up_to_two_officers_by_the_digests_of_their_keys(world: World) -> None:
    officers = [world.officer(letter).officer for letter in "ab"]
    digests = [canonical.digest(each.vkey.encode()) for each in officers]
    assert journal.officer_fields([]) == {}
    assert journal.officer_fields(officers[:1]) == {"officer": digests[0]}
    assert journal.officer_fields(officers) == {"officer": digests[0], "second": digests[1]}
    assert journal.officer_digest(Officer("x", "x+1+A")) == canonical.digest(b"x+1+A")


def test_an_entry_and_the_rows_that_it_is_about_are_one_commit(world: World) -> None:
    before = world.entries()
    with pytest.raises(KeyError), world.office.store.transaction() as connection:
        officer = world.officer("a").officer
        journal.enter(world.office, connection, EntryKind.WITHDRAWAL, {"batch": BATCH}, officer)
        raise KeyError
    assert world.entries() == before


def test_the_law_is_entered_once_until_it_changes(world: World) -> None:
    def laws() -> int:
        with world.office.store.transaction() as connection:
            journal.enter_law(world.office, connection)
        return world.kinds().count("law")

    before = world.kinds().count("law")
    assert [laws(), laws()] == [before, before]
    world.amend("answer_expiry_days: 90", "answer_expiry_days: 30")
    assert [laws(), laws()] == [before + 1, before + 1]


def test_two_looks_at_the_same_thing_commit_to_it_differently(world: World) -> None:
    officer = world.officer("a").officer
    with world.office.store.transaction() as connection:
        for batch in ("", BATCH):
            journal.enter_look(world.office, connection, officer, {"file": "sha256:9f"}, batch)
    looks = [entry for entry in world.entries() if entry["kind"] == "inspection"]
    assert [entry["count"] for entry in looks] == [1, 2]
    assert [entry.get("batch") for entry in looks] == [None, BATCH]
    assert {entry["officer"] for entry in looks} == {journal.officer_digest(officer)}
    assert len({entry["commitment"] for entry in looks}) == 2
