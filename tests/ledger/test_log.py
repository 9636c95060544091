"""The ledger appends without a gap, proves every entry, and signs nothing that is not its own
history."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from counterfoil.core.errors import CounterfoilError, StateFault, UsageFault, VerifyFault
from counterfoil.database import Store
from counterfoil.ledger import Draft, EntryKind, check
from counterfoil.ledger.entries import decode
from counterfoil.tlog import (
    check_consistency,
    check_inclusion,
    check_proof,
    leaf_hash,
    parse_checkpoint,
)
from counterfoil.tlog.tree import root_of
from tests.ledger.office import (
    BATCH,
    KEY,
    LEDGER,
    SIGNER,
    START,
    draft,
    drafts,
    grow,
    inclusion_path,
    make_store,
)


def code_of(fault: pytest.ExceptionInfo[CounterfoilError]) -> str:
    return fault.value.code


def test_an_empty_ledger_has_size_0_and_can_be_signed_and_checked(store: Store) -> None:
    note = grow(store, 0)
    assert parse_checkpoint(note).size == 0
    with store.reading() as connection:
        assert LEDGER.size(connection) == 0
        assert list(LEDGER.entries(connection, 0, 10)) == []
        assert set(LEDGER.counts(connection).values()) == {0}
        assert LEDGER.newest_fields(connection, EntryKind.LAW) is None
        assert check(connection, KEY).size == 0


def test_entries_get_the_next_places_their_counts_and_the_time(store: Store) -> None:
    kinds = [EntryKind.BATCH, EntryKind.REFUSED, EntryKind.REFUSED, EntryKind.GRANTED]
    with store.transaction() as connection:
        assert LEDGER.append(connection, [draft(EntryKind.REFUSED)], START) == range(1)
        assert LEDGER.append(connection, map(draft, kinds), START) == range(1, 5)
        entries = [decode(data, "") for data in LEDGER.entries(connection, 0, 5)]
    assert [entry.kind for entry in entries] == [EntryKind.REFUSED, *kinds]
    assert [entry.count for entry in entries] == [1, 1, 2, 3, 1]
    assert {entry.time for entry in entries} == {"2026-03-02T14:05:00Z"}


def test_nothing_is_appended_where_nothing_is_given(store: Store) -> None:
    with store.transaction() as connection:
        assert LEDGER.append(connection, [], START) == range(0)


def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
    with pytest.raises(ValueError, match="cannot hold"), store.transaction() as connection:
        LEDGER.append(connection, [*drafts(300), Draft(EntryKind.BATCH, {"batch": BATCH})], START)
    with store.reading() as connection:
        assert LEDGER.size(connection) == 0


def test_a_clock_that_runs_backwards_stops_the_ledger(store: Store) -> None:
    with store.transaction() as connection:
        LEDGER.append(connection, drafts(1), START)
        LEDGER.append(connection, drafts(1), START)
        with pytest.raises(StateFault) as fault:
            LEDGER.append(connection, drafts(1), START - timedelta(seconds=1))
    assert code_of(fault) == "clock_backwards"


@settings(
    max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(steps=st.lists(st.integers(1, 700), min_size=1, max_size=5))
def test_a_ledger_grown_by_any_steps_is_the_tree_of_its_entries(
    tmp_path_factory: pytest.TempPathFactory, steps: list[int]
) -> None:
    store = make_store(tmp_path_factory.mktemp("grown"))
    size = sum(steps)
    made = iter(drafts(size))
    for step in steps:
        with store.transaction() as connection:
            LEDGER.append(connection, [next(made) for _ in range(step)], START)
    with store.reading() as connection:
        leaves = [leaf_hash(data) for data in LEDGER.entries(connection, 0, size)]
        assert LEDGER.root(connection) == root_of(leaves)
        assert check(connection, KEY).size == size
        for index in {0, size // 2, size - 1}:
            proof = inclusion_path(connection, index)
            check_inclusion(leaves[index], index, size, proof, root_of(leaves))
        for old in {0, 1, size // 2, size}:
            proof = LEDGER.prove_consistency(connection, old)
            check_consistency(old, root_of(leaves[:old]), size, root_of(leaves), proof)
    store.close()


@pytest.mark.slow
def test_a_ledger_over_three_levels_of_tiles_proves_and_checks(store: Store) -> None:
    grow(store, 66_000, step=20_000, sign=False)
    with store.reading() as connection:
        root = LEDGER.root(connection)
        for index in (0, 255, 256, 65_535, 65_536, 65_999):
            entry = next(LEDGER.entries(connection, index, index + 1))
            check_inclusion(
                leaf_hash(entry), index, 66_000, inclusion_path(connection, index), root
            )
        proof = LEDGER.prove_consistency(connection, 65_537)
        check_consistency(65_537, LEDGER.root(connection, 65_537), 66_000, root, proof)
        assert check(connection, KEY).size == 66_000


def test_one_entry_is_read_by_its_index_or_there_is_none(store: Store) -> None:
    grow(store, 300, step=70, sign=False)
    with store.reading() as connection:
        for index, data in enumerate(LEDGER.entries(connection, 0, 300)):
            assert LEDGER.entry(connection, index) == decode(data, "entry")
        assert [LEDGER.entry(connection, index) for index in (-1, 300, 2**62)] == [None] * 3


@pytest.mark.parametrize(
    ("start", "stop"), [(0, 700), (1, 2), (255, 257), (250, 600), (699, 700), (3, 3), (600, 999)]
)
def test_a_range_of_entries_is_read_across_blocks(store: Store, start: int, stop: int) -> None:
    grow(store, 700, step=90, sign=False)
    with store.reading() as connection:
        everything = list(LEDGER.entries(connection, 0, 700))
        assert len(everything) == 700
        assert list(LEDGER.entries(connection, start, stop)) == everything[start:stop]


def test_the_newest_entry_of_every_kind_is_found(store: Store) -> None:
    grow(store, 900, step=70, sign=False)
    with store.reading() as connection:
        entries = [decode(data, "") for data in LEDGER.entries(connection, 0, 900)]
        newest = {entry.kind: entry.fields for entry in entries}
        assert {kind: LEDGER.newest_fields(connection, kind) for kind in EntryKind} == newest
        assert LEDGER.counts(connection) == {entry.kind: entry.count for entry in entries}


def test_the_first_entry_of_a_kind_is_found_where_it_is_the_only_one(store: Store) -> None:
    with store.transaction() as connection:
        LEDGER.append(connection, [draft(EntryKind.OFFICE), draft(EntryKind.LAW)], START)
        for _ in range(20):
            LEDGER.append(connection, [draft(EntryKind.GRANTED)] * 40, START)
        assert LEDGER.newest_fields(connection, EntryKind.LAW) == draft(EntryKind.LAW).fields


def test_a_checkpoint_is_signed_once_for_a_size(store: Store) -> None:
    first = grow(store, 300)
    with store.transaction() as connection:
        assert LEDGER.sign_checkpoint(connection, SIGNER) == first
        assert LEDGER.newest_checkpoint(connection) == first
        LEDGER.append(connection, drafts(1), START + timedelta(hours=1))
        assert parse_checkpoint(LEDGER.sign_checkpoint(connection, SIGNER)).size == 301


def test_a_proof_file_is_checked_with_the_key_alone(store: Store) -> None:
    note = grow(store, 300)
    with store.reading() as connection:
        for index in (0, 255, 299):
            entry = next(LEDGER.entries(connection, index, index + 1))
            check_proof(LEDGER.tlog_proof(connection, index, note), entry, KEY)


def test_an_older_checkpoint_still_proves_after_the_ledger_has_grown(store: Store) -> None:
    note = grow(store, 300)
    with store.transaction() as connection:
        LEDGER.append(connection, drafts(500), START + timedelta(hours=1))
        entry = next(LEDGER.entries(connection, 299, 300))
        check_proof(LEDGER.tlog_proof(connection, 299, note), entry, KEY)


@pytest.mark.parametrize("index", [-1, 300])
def test_an_index_outside_the_ledger_is_a_usage_fault(store: Store, index: int) -> None:
    note = grow(store, 300)
    with store.reading() as connection, pytest.raises(UsageFault) as fault:
        LEDGER.tlog_proof(connection, index, note)
    assert code_of(fault) == "ledger_index"


@pytest.mark.parametrize(("old", "new"), [(0, 301), (5, 4), (-1, 4)])
def test_a_size_that_the_ledger_never_had_is_a_usage_fault(
    store: Store, old: int, new: int
) -> None:
    grow(store, 300, sign=False)
    with store.reading() as connection, pytest.raises(UsageFault) as fault:
        LEDGER.prove_consistency(connection, old, new)
    assert code_of(fault) == "ledger_size"


def test_nothing_is_signed_or_proved_once_history_was_rewritten(store: Store) -> None:
    note = grow(store, 200, step=200)
    with store.transaction() as connection:
        connection.execute(text("DROP TRIGGER ledger_block_update"))
        connection.execute(
            text(
                "UPDATE ledger_block SET entries = CAST(replace(entries, '14:05', '14:04') AS BLOB)"
            )
        )
        for refused in (
            lambda: LEDGER.sign_checkpoint(connection, SIGNER),
            lambda: LEDGER.tlog_proof(connection, 0, note),
        ):
            with pytest.raises(VerifyFault) as fault:
                refused()
            assert code_of(fault) == "ledger_rewritten"


def test_a_checkpoint_of_another_office_proves_nothing_here(store: Store, tmp_path: Path) -> None:
    note = grow(store, 10).replace("made-up.example/office\n", "other.example\n", 1)
    with store.reading() as connection, pytest.raises(VerifyFault) as fault:
        LEDGER.tlog_proof(connection, 0, note)
    assert code_of(fault) == "ledger_rewritten"


def test_counts_that_cannot_be_read_stop_the_ledger(store: Store) -> None:
    grow(store, 10, sign=False)
    with store.transaction() as connection:
        connection.execute(text("DROP TRIGGER ledger_block_update"))
        connection.execute(text("UPDATE ledger_block SET counts = '{'"))
        with pytest.raises(VerifyFault) as fault:
            LEDGER.append(connection, drafts(1), START + timedelta(hours=1))
    assert code_of(fault) == "ledger_column"


def test_counts_that_promise_an_entry_that_is_not_there_are_refused(store: Store) -> None:
    with store.transaction() as connection:
        LEDGER.append(connection, [draft(EntryKind.REFUSED)], START)
        connection.execute(text("DROP TRIGGER ledger_block_update"))
        connection.exec_driver_sql("""UPDATE ledger_block SET counts = '{"law":1}'""")
        with pytest.raises(VerifyFault) as fault:
            LEDGER.newest_fields(connection, EntryKind.LAW)
    assert code_of(fault) == "ledger_column"
