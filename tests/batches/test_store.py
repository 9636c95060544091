"""Officers, batches and chunks in the database: guarded changes of state, nothing replaced."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier, Thread

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, select

from counterfoil.batches import store
from counterfoil.batches.batch import Batch, BatchHeader, Chunk, ChunkKind, header_from_texts
from counterfoil.batches.encryption import new_key, unwrap_key
from counterfoil.batches.officers import Role
from counterfoil.batches.ruling import Act, Determined, Reviewed, rule
from counterfoil.batches.states import BatchState
from counterfoil.batches.tables import BATCH, CHUNK, OFFICER
from counterfoil.core.errors import CounterfoilError, KeyFault, StateFault, StoreFault, VerifyFault
from counterfoil.core.values import Officer
from counterfoil.database import METADATA, Store, create_store
from tests.batches.office import (
    ADA,
    BEN,
    DETERMINED,
    DIGEST,
    NOW,
    new_batch,
    officer,
    reviewed,
    ruling,
    word,
)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Store]:
    made = create_store(f"sqlite:///{tmp_path}/office.db")
    with made.transaction() as connection:
        store.enrol_officer(connection, ADA, NOW)
        store.enrol_officer(connection, BEN, NOW)
    yield made
    made.close()


@pytest.fixture
def connection(office: Store) -> Iterator[Connection]:
    with office.transaction() as connection:
        yield connection


def _batch(connection: Connection, until: BatchState = BatchState.RECEIVED) -> Batch:
    """A batch that was taken as far as `until`."""
    batch, _ = store.create_batch(connection, new_batch())
    steps = {
        BatchState.GATED: lambda: store.mark_gated(connection, batch, {"granted": 2}),
        BatchState.DETERMINED: lambda: store.mark_determined(
            connection, batch, DIGEST, {"confirmed": 1}
        ),
        BatchState.REVIEWED: lambda: store.mark_reviewed(connection, batch, reviewed()),
        BatchState.RELEASED: lambda: store.mark_released(connection, batch, ruling(), NOW, 41),
    }
    for state, step in steps.items():
        if batch.state is until:
            return batch
        step()
        batch = store.find_batch(connection, batch.id)
        assert batch.state is state
    return batch


@contextmanager
def _expect(code: str) -> Iterator[None]:
    with pytest.raises(CounterfoilError) as fault:
        yield
    assert fault.value.code == code


# -- the tables ------------------------------------------------------------------------------


def test_the_migration_makes_the_tables_that_the_code_uses(connection: Connection) -> None:
    ours = {table.name for table in (OFFICER, BATCH, CHUNK)}
    context = MigrationContext.configure(
        connection,
        opts={
            "compare_type": True,
            "include_name": lambda name, kind, _parent: kind != "table" or name in ours,
        },
    )
    differences = [
        d for d in compare_metadata(context, METADATA) if getattr(d[1], "name", "") in ours
    ]
    assert differences == []


# -- officers --------------------------------------------------------------------------------


def test_enrolled_officers_are_found_and_listed(connection: Connection) -> None:
    assert store.signing_officer(connection, "officer-a") == (ADA, Role.DISCLOSURE)
    assert store.list_officers(connection) == [(ADA, Role.DISCLOSURE), (BEN, Role.DISCLOSURE)]


def test_enrolling_the_same_officer_again_changes_nothing(connection: Connection) -> None:
    store.enrol_officer(connection, ADA, NOW)
    assert store.list_officers(connection) == [(ADA, Role.DISCLOSURE), (BEN, Role.DISCLOSURE)]


@pytest.mark.parametrize(
    "clash",
    [officer("officer-a", 3), officer("Officer-A", 3), officer("officer-c", 1)],
    ids=["name", "letter case", "key"],
)
def test_one_officer_has_one_name_and_one_key(connection: Connection, clash: Officer) -> None:
    with _expect("officer_taken"):
        store.enrol_officer(connection, clash, NOW)


def test_an_officer_whose_key_is_of_another_name_is_not_enrolled(connection: Connection) -> None:
    with pytest.raises(KeyFault):
        store.enrol_officer(connection, Officer("officer-c", ADA.vkey), NOW)


def test_a_retired_officer_may_not_sign_and_is_not_listed(connection: Connection) -> None:
    store.retire_officer(connection, "officer-a")
    with _expect("officer_retired"):
        store.signing_officer(connection, "officer-a")
    assert store.list_officers(connection) == [(BEN, Role.DISCLOSURE)]


def test_an_officer_who_is_not_enrolled_is_unknown(connection: Connection) -> None:
    with _expect("officer_unknown"):
        store.signing_officer(connection, "officer-c")
    with _expect("officer_unknown"):
        store.retire_officer(connection, "officer-c")


def test_an_officers_key_file_must_hold_the_enrolled_key(connection: Connection) -> None:
    assert store.officer_with_key(connection, "officer-a", ADA.vkey) == ADA
    with _expect("officer_key_other"):
        store.officer_with_key(connection, "officer-a", officer("officer-a", 3).vkey)


def test_an_officer_acts_in_the_one_role_that_was_enrolled(connection: Connection) -> None:
    counsel = officer("counsel-c", 3)
    store.enrol_officer(connection, counsel, NOW, Role.COUNSEL)
    assert store.officer_with_key(connection, "counsel-c", counsel.vkey, Role.COUNSEL) == counsel
    with _expect("officer_role"):
        store.officer_with_key(connection, "counsel-c", counsel.vkey)
    with _expect("officer_role"):
        store.officer_with_key(connection, "officer-a", ADA.vkey, Role.HOLDS)
    with _expect("officer_taken"):
        store.enrol_officer(connection, counsel, NOW, Role.HOLDS)


# -- batches ---------------------------------------------------------------------------------


def test_the_same_file_finds_the_standing_batch(connection: Connection) -> None:
    first, fresh = store.create_batch(connection, new_batch())
    again, anew = store.create_batch(
        connection, new_batch(id="b-ffffffffffff", wrapped_key=b"other")
    )
    assert (fresh, anew, again) == (True, False, first)


def test_a_new_batch_keeps_what_was_received(connection: Connection) -> None:
    batch = _batch(connection)
    new = new_batch()
    kept = {field: getattr(batch, field) for field in new.__struct_fields__}
    assert kept == {field: getattr(new, field) for field in new.__struct_fields__}
    assert (batch.snapshot, batch.released_at, batch.release_index, batch.counts) == (
        "",
        None,
        None,
        {},
    )


def test_counts_add_up_and_the_state_stays(connection: Connection) -> None:
    batch = _batch(connection)
    for counts in ({"granted": 2, "refused": 1}, {"granted": 3}):
        store.add_counts(connection, batch, counts)
    held = store.find_batch(connection, batch.id)
    assert (held.counts, held.state) == ({"granted": 5, "refused": 1}, batch.state)


def test_a_released_batch_keeps_both_words_and_its_entry(connection: Connection) -> None:
    batch = _batch(connection, BatchState.RELEASED)
    assert (batch.first_officer, batch.second_officer) == ("officer-a", "officer-b")
    assert (batch.released_at, batch.release_index) == (NOW, 41)
    assert batch.counts == {"granted": 2, "confirmed": 1}
    assert store.list_batches(connection) == [batch]


def test_an_unknown_batch_is_expect(connection: Connection) -> None:
    with _expect("batch_unknown"):
        store.find_batch(connection, "b-000000000000")


@pytest.mark.parametrize(
    ("until", "step"),
    [
        (BatchState.RECEIVED, lambda c, b: store.mark_determined(c, b, DIGEST, {})),
        (BatchState.DETERMINED, lambda c, b: store.mark_released(c, b, ruling(), NOW, 1)),
        (BatchState.REVIEWED, lambda c, b: store.mark_reviewed(c, b, reviewed())),
        (BatchState.RELEASED, lambda c, b: store.mark_withdrawn(c, b)),
        (BatchState.RELEASED, lambda c, b: store.mark_held(c, b)),
        (BatchState.GATED, lambda c, b: store.mark_resumed(c, b)),
    ],
    ids=[
        "not gated",
        "not reviewed",
        "reviewed twice",
        "withdrawn after release",
        "held after release",
        "resumed unheld",
    ],
)
def test_a_step_out_of_order_is_refused_and_changes_nothing(
    connection: Connection, until: BatchState, step
) -> None:
    batch = _batch(connection, until)
    with pytest.raises(StateFault):
        step(connection, batch)
    assert store.find_batch(connection, batch.id) == batch


def test_a_step_on_a_batch_that_somebody_moved_is_expect(connection: Connection) -> None:
    stale = _batch(connection)
    store.mark_gated(connection, stale, {})
    with _expect("batch_moved"):
        store.mark_gated(connection, stale, {})


def test_two_processes_that_release_at_once_release_once(office: Store) -> None:
    with office.transaction() as connection:
        batch = _batch(connection, BatchState.REVIEWED)
    barrier, codes = Barrier(2), []

    def release() -> None:
        barrier.wait()
        try:
            with office.transaction() as own:
                store.mark_released(own, batch, ruling(), NOW, 7)
            codes.append("done")
        except StateFault as fault:
            codes.append(fault.code)

    threads = [Thread(target=release) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == ["batch_moved", "done"]


def test_a_review_of_other_determinations_is_expect(connection: Connection) -> None:
    batch = _batch(connection, BatchState.DETERMINED)
    other = Determined(DETERMINED.office, batch.id, "sha256:" + "00" * 32)
    with _expect("batch_moved"):
        store.mark_reviewed(connection, batch, reviewed(other))


def test_a_ruling_on_another_first_word_than_the_stored_one_is_expect(
    connection: Connection,
) -> None:
    batch = _batch(connection, BatchState.REVIEWED)
    third = officer("officer-c", 3)
    other = rule(
        Reviewed(DETERMINED, third, word(DETERMINED, Act.REVIEW, 3)),
        BEN,
        word(DETERMINED, Act.RELEASE, 2),
    )
    with _expect("batch_moved"):
        store.mark_released(connection, batch, other, NOW, 1)


def test_p6_a_word_of_somebody_who_is_not_enrolled_moves_nothing(connection: Connection) -> None:
    stranger = officer("officer-c", 3)
    signed = Reviewed(DETERMINED, stranger, word(DETERMINED, Act.REVIEW, 3))
    with _expect("officer_unknown"):
        store.mark_reviewed(connection, _batch(connection, BatchState.DETERMINED), signed)


def test_p6_a_word_under_an_officers_name_with_another_key_moves_nothing(
    connection: Connection,
) -> None:
    forged = officer("officer-b", 3)
    release = rule(reviewed(), forged, word(DETERMINED, Act.RELEASE, 3))
    with _expect("officer_key_other"):
        store.mark_released(connection, _batch(connection, BatchState.REVIEWED), release, NOW, 1)


def test_p6_a_retired_officer_releases_nothing(connection: Connection) -> None:
    batch = _batch(connection, BatchState.REVIEWED)
    store.retire_officer(connection, "officer-b")
    with _expect("officer_retired"):
        store.mark_released(connection, batch, ruling(), NOW, 1)


def test_a_held_review_is_forgotten_and_must_be_given_again(connection: Connection) -> None:
    store.mark_held(connection, _batch(connection, BatchState.REVIEWED))
    held = store.find_batch(connection, DETERMINED.batch_id)
    assert (held.state, held.standing.held_from) == (BatchState.HELD, BatchState.REVIEWED)
    store.mark_resumed(connection, held)
    batch = store.find_batch(connection, held.id)
    assert (batch.state, batch.first_officer, batch.first_signature) == (
        BatchState.DETERMINED,
        "",
        "",
    )


def test_a_withdrawn_batch_stays_withdrawn(connection: Connection) -> None:
    store.mark_withdrawn(connection, _batch(connection, BatchState.GATED))
    batch = store.find_batch(connection, DETERMINED.batch_id)
    assert batch.state is BatchState.WITHDRAWN
    with pytest.raises(StateFault):
        store.mark_determined(connection, batch, DIGEST, {})


def test_a_stored_ruling_is_verified_again_when_it_is_read(connection: Connection) -> None:
    batch = _batch(connection, BatchState.RELEASED)
    assert store.load_ruling(connection, batch, DETERMINED.office) == ruling()


@pytest.mark.parametrize("field", ["first_signature", "second_signature", "determinations_digest"])
def test_an_altered_ruling_is_found_when_it_is_read(connection: Connection, field: str) -> None:
    _batch(connection, BatchState.RELEASED)
    connection.execute(BATCH.update().values({field: "sha256:" + "00" * 32}))
    with pytest.raises(VerifyFault):
        store.load_ruling(
            connection, store.find_batch(connection, DETERMINED.batch_id), DETERMINED.office
        )


def test_a_ruling_of_another_office_does_not_load(connection: Connection) -> None:
    with pytest.raises(VerifyFault):
        store.load_ruling(connection, _batch(connection, BatchState.RELEASED), "another.gov/office")


def test_a_ruling_stands_after_its_officer_retired(connection: Connection) -> None:
    batch = _batch(connection, BatchState.RELEASED)
    store.retire_officer(connection, "officer-a")
    assert store.load_ruling(connection, batch, DETERMINED.office).first == ADA


@pytest.mark.parametrize("until", [BatchState.RECEIVED, BatchState.DETERMINED, BatchState.REVIEWED])
def test_there_is_no_ruling_before_release(connection: Connection, until: BatchState) -> None:
    with _expect("batch_not_ready"):
        store.load_ruling(connection, _batch(connection, until), DETERMINED.office)


def test_a_batch_is_determined_on_one_snapshot(connection: Connection) -> None:
    batch = _batch(connection, BatchState.GATED)
    store.pin_snapshot(connection, batch, "snapshot-1")
    store.pin_snapshot(connection, batch, "snapshot-1")
    with _expect("snapshot_changed"):
        store.pin_snapshot(connection, batch, "snapshot-2")


def test_disposal_leaves_rows_that_nobody_can_read(connection: Connection) -> None:
    office_key, share = bytes(32), b"\x01" * 32
    key = new_key(DETERMINED.batch_id, lambda count: b"\x05" * count)
    store.create_batch(
        connection, new_batch(wrapped_key=key.wrap(office_key, share, lambda count: bytes(count)))
    )
    batch = _batch(connection, BatchState.RELEASED)
    assert unwrap_key(batch.id, batch.wrapped_key, office_key, share).salt(
        "release", 0
    ) == key.salt("release", 0)
    store.destroy_key(connection, batch)
    with _expect("payload_destroyed"):
        gone = store.find_batch(connection, batch.id)
        unwrap_key(batch.id, gone.wrapped_key, office_key, share)


def test_an_open_batch_is_not_disposed_of(connection: Connection) -> None:
    with _expect("batch_not_ready"):
        store.destroy_key(connection, _batch(connection, BatchState.REVIEWED))


# -- reconsidered ----------------------------------------------------------------------------


@pytest.mark.parametrize("until", [BatchState.GATED, BatchState.DETERMINED, BatchState.REVIEWED])
def test_a_reconsidered_batch_keeps_its_requests_and_snapshot_and_nothing_that_was_determined(
    connection: Connection, until: BatchState
) -> None:
    batch = _batch(connection, BatchState.GATED)
    store.pin_snapshot(connection, batch, "0001-a")
    for kind in (
        ChunkKind.REQUEST,
        ChunkKind.CERTIFICATES,
        ChunkKind.HOLDS,
        ChunkKind.DETERMINATION,
    ):
        store.put_chunk(connection, batch, Chunk(kind, 0, 2, False, b"sealed"))
    store.mark_opened(connection, batch, 0, 2)
    store.add_counts(connection, batch, {"compared": 1, "not_compared": 1})
    if until is not BatchState.GATED:
        store.mark_determined(connection, store.find_batch(connection, batch.id), DIGEST, {})
    if until is BatchState.REVIEWED:
        store.mark_reviewed(connection, store.find_batch(connection, batch.id), reviewed())
    store.mark_reconsidered(connection, store.find_batch(connection, batch.id))
    again = store.find_batch(connection, batch.id)
    assert (again.state, again.snapshot, again.counts) == (
        BatchState.GATED,
        "0001-a",
        {"granted": 2},
    )
    assert (again.determinations_digest, again.first_officer, again.first_signature) == ("", "", "")
    kinds = (ChunkKind.REQUEST, ChunkKind.CERTIFICATES, ChunkKind.HOLDS, ChunkKind.DETERMINATION)
    assert [store.count_chunks(connection, batch, kind)[0] for kind in kinds] == [1, 1, 0, 0]
    store.mark_opened(connection, again, 0, 2)  # its openings are entered anew


@pytest.mark.parametrize("until", [BatchState.RECEIVED, BatchState.RELEASED])
def test_what_is_released_or_not_gated_is_not_reconsidered(
    connection: Connection, until: BatchState
) -> None:
    batch = _batch(connection, until)
    with _expect("step_refused"):
        store.mark_reconsidered(connection, batch)


# -- generations -----------------------------------------------------------------------------


STEPS = {
    "gate": lambda c, b: store.mark_gated(c, b, {}),
    "determine": lambda c, b: store.mark_determined(c, b, DIGEST, {}),
    "review": lambda c, b: store.mark_reviewed(c, b, reviewed()),
    "hold": store.mark_held,
    "resume": store.mark_resumed,
    "review again": lambda c, b: store.mark_reviewed(c, b, reviewed()),
    "reconsider": store.mark_reconsidered,
    "determine again": lambda c, b: store.mark_determined(c, b, DIGEST, {}),
    "review at last": lambda c, b: store.mark_reviewed(c, b, reviewed()),
    "release": lambda c, b: store.mark_released(c, b, ruling(), NOW, 7),
}
"""A batch's steps in an order that meets all of them but withdrawing."""


def test_the_generation_counts_every_step_and_nothing_else(connection: Connection) -> None:
    batch, counted = _batch(connection), []
    assert batch.generation == 0
    for name, step in STEPS.items():
        store.add_counts(connection, batch, {"granted": 1})
        if name == "determine":
            store.pin_snapshot(connection, batch, "snapshot-1")
        assert store.find_batch(connection, batch.id).generation == len(counted)
        step(connection, store.find_batch(connection, batch.id))
        batch = store.find_batch(connection, batch.id)
        counted.append(batch.generation)
    assert counted == list(range(1, len(STEPS) + 1))


def test_withdrawing_counts_too(connection: Connection) -> None:
    batch = _batch(connection, BatchState.GATED)
    store.mark_withdrawn(connection, batch)
    assert store.find_batch(connection, batch.id).generation == batch.generation + 1


def test_a_step_against_an_older_generation_of_the_same_state_moves_nothing(
    connection: Connection,
) -> None:
    """Held and resumed in between: the state is the same again, and what was looked at is not."""
    for step in (
        lambda c, b: store.mark_reviewed(c, b, reviewed()),
        store.mark_held,
        store.mark_reconsidered,
        store.mark_withdrawn,
    ):
        stale = store.list_batches(connection)[:1] or [_batch(connection, BatchState.DETERMINED)]
        store.mark_held(connection, stale[0])
        store.mark_resumed(connection, store.find_batch(connection, stale[0].id))
        now = store.find_batch(connection, stale[0].id)
        assert (now.state, now.generation) == (stale[0].state, stale[0].generation + 2)
        with _expect("batch_moved"):
            step(connection, stale[0])
        assert store.find_batch(connection, now.id) == now


# -- headers and identities ------------------------------------------------------------------


FULL = BatchHeader(
    *("made-up bureau", "head", "2026-03-01"),
    signed=True,
    route="6103-i-2",
    party="agency-a",
    document="sha256:" + "0d" * 32,
    stated="sha256:" + "0e" * 32,
)


@pytest.mark.parametrize("header", [FULL, new_batch().header, BatchHeader("", "", "", False)])
def test_a_header_comes_back_as_it_was_stored(connection: Connection, header: BatchHeader) -> None:
    assert header_from_texts(header.texts()) == header
    assert set(map(type, header.texts().values())) == {str}
    store.create_batch(connection, new_batch(header=header))
    assert store.find_batch(connection, DETERMINED.batch_id).header == header


def test_a_header_that_an_older_version_stored_is_read_without_route_and_party(
    connection: Connection,
) -> None:
    batch = _batch(connection)
    older = {"requester": "bureau", "principal": "head", "sent_on": "2025-01-02", "signed": "true"}
    connection.execute(BATCH.update().values(header=older))
    assert store.find_batch(connection, batch.id).header == BatchHeader(
        "bureau", "head", "2025-01-02", signed=True, route="", party="", document="", stated=""
    )


@pytest.mark.parametrize("signed", ["", "True", "1", "yes"])
def test_p10_a_header_that_does_not_plainly_say_that_it_was_signed_was_not(signed: str) -> None:
    assert header_from_texts({**FULL.texts(), "signed": signed}).signed is False


@pytest.mark.parametrize(
    ("header", "identity"),
    [
        (
            new_batch().header,
            "sha256:21c41fbc11cb5b2af99922e81a0ed4f6f10644f273ac7fa0eeb1afea5451dfa5",
        ),
        (FULL, "sha256:cc6642397b0e9ee507434fa7af6ad85191abfc6be413fe96259127a225802440"),
    ],
    ids=["without route", "with route and document"],
)
def test_p7_the_identity_of_a_file_is_what_the_first_version_stored(
    connection: Connection, header: BatchHeader, identity: str
) -> None:
    """A file that was received before is found, and not answered a second time."""
    file = "sha256:" + ("02" if header is FULL else "01") * 32
    store.create_batch(connection, new_batch(header=header, file_digest=file))
    assert connection.execute(select(BATCH.c.identity)).scalar_one() == identity


# -- chunks ----------------------------------------------------------------------------------


def _chunks(
    connection: Connection, batch: Batch, kind: ChunkKind = ChunkKind.REQUEST
) -> list[Chunk]:
    chunks = [Chunk(kind, seq, 4096 - seq, False, bytes([seq])) for seq in range(3)]
    for chunk in chunks:
        store.put_chunk(connection, batch, chunk)
    return chunks


def test_chunks_come_back_in_order_and_counted(connection: Connection) -> None:
    batch = _batch(connection)
    chunks = _chunks(connection, batch)
    assert list(store.iterate_chunks(connection, batch, ChunkKind.REQUEST)) == chunks
    assert store.get_chunk(connection, batch, ChunkKind.REQUEST, 1) == chunks[1]
    assert store.count_chunks(connection, batch, ChunkKind.REQUEST) == (3, 4096 + 4095 + 4094)
    assert store.count_chunks(connection, batch, ChunkKind.DETERMINATION) == (0, 0)


def test_a_missing_chunk_is_a_stated_fault(connection: Connection) -> None:
    with _expect("chunk_missing"):
        store.get_chunk(connection, _batch(connection), ChunkKind.REQUEST, 0)


def test_a_chunk_is_never_replaced(office: Store) -> None:
    with office.transaction() as connection:
        batch = _batch(connection)
        _chunks(connection, batch)
    with pytest.raises(StoreFault), office.transaction() as connection:
        store.put_chunk(connection, batch, Chunk(ChunkKind.REQUEST, 0, 1, False, b"other"))
    with office.reading() as connection:
        assert store.get_chunk(connection, batch, ChunkKind.REQUEST, 0).sealed == b"\x00"


def test_the_openings_of_a_chunk_are_entered_once(connection: Connection) -> None:
    batch = _batch(connection)
    _chunks(connection, batch)
    store.mark_opened(connection, batch, 1, 1)
    assert [
        chunk.opened for chunk in store.iterate_chunks(connection, batch, ChunkKind.REQUEST)
    ] == [False, True, False]
    with _expect("chunk_opened"):
        store.mark_opened(connection, batch, 1, 1)


def test_a_chunk_does_not_print_what_it_holds() -> None:
    assert repr(Chunk(ChunkKind.REQUEST, 0, 1, False, b"sealed")) == "<Chunk: hidden>"
