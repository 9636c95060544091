"""The guards' memory: keyed hashes, one window, idempotent."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Table, inspect, select

from counterfoil.gate.facts import officer_hash
from counterfoil.gate.store import load_history, record_batch
from counterfoil.gate.tables import ASKED, ASKED_AT, ASKED_FILE, CASELOAD
from counterfoil.model import EngagedOfficer
from counterfoil.store import Store, create_store
from tests.gate.world import KEY, ON, REQUEST, changed, facts_of, sandbox

AGREEMENT = sandbox().agreement
WINDOW_DAYS = AGREEMENT.limits.officer_caseload.window_days
OFFICER = officer_hash(KEY, "OFF-1")
FACTS = facts_of(REQUEST, changed(row=2))


@pytest.fixture
def store(tmp_path: Path):
    store = create_store(f"sqlite:///{tmp_path / 'office.db'}")
    yield store
    store.close()


def _record(store: Store, batch: str, day: date) -> None:
    with store.transaction() as connection:
        record_batch(connection, FACTS, batch, day, AGREEMENT)


def _held(store: Store, batch: str, on: date = ON) -> int:
    with store.reading() as connection:
        return load_history(connection, FACTS, batch, on, AGREEMENT.limits).officers.get(OFFICER, 0)


def test_earlier_batches_count_and_the_batchs_own_rows_do_not(store: Store) -> None:
    _record(store, "b1", ON)
    _record(store, "b2", ON)
    assert (_held(store, "b1"), _held(store, "b3")) == (2, 4)


def test_recording_a_batch_again_adds_nothing(store: Store) -> None:
    _record(store, "b1", ON)
    _record(store, "b1", ON + timedelta(days=1))
    assert _held(store, "b2", ON + timedelta(days=1)) == 2


def test_the_window_ends_with_the_day_and_is_as_long_as_agreed(store: Store) -> None:
    _record(store, "b1", ON)
    assert _held(store, "b2", ON + timedelta(days=WINDOW_DAYS - 1)) == 2
    assert _held(store, "b2", ON + timedelta(days=WINDOW_DAYS)) == 0
    assert _held(store, "b2", ON - timedelta(days=1)) == 0


def test_other_officers_counts_are_not_loaded(store: Store) -> None:
    _record(store, "b1", ON)
    other = facts_of(changed(engaged_officers=(EngagedOfficer("OFF-2", "Lee Marsh", "Special Agent"),)))
    with store.reading() as connection:
        assert load_history(connection, other, "b2", ON, AGREEMENT.limits).officers == {}


def test_the_table_holds_hashes_days_and_counts_only(store: Store) -> None:
    _record(store, "b1", ON)
    with store.reading() as connection:
        rows = [tuple(row) for row in connection.execute(select(CASELOAD))]
    assert rows == [(OFFICER, "b1", ON, 2)]


def test_a_batch_without_officers_records_nothing(store: Store) -> None:
    with store.transaction() as connection:
        record_batch(connection, facts_of(changed(engaged_officers=())), "b1", ON, AGREEMENT)
    assert _held(store, "b2") == 0


@pytest.mark.parametrize("table", [CASELOAD, ASKED, ASKED_AT, ASKED_FILE], ids=lambda table: table.name)
def test_the_migrations_make_the_tables_as_defined(store: Store, table: Table) -> None:
    columns = {column["name"]: str(column["type"]) for column in inspect(store.engine).get_columns(table.name)}
    assert columns == {column.name: str(column.type) for column in table.columns}
    indexes = {index["name"] for index in inspect(store.engine).get_indexes(table.name)}
    assert indexes == {index.name for index in table.indexes}
