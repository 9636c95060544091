"""The guards' memory: keyed hashes, one window, idempotent."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Table, func, insert, inspect, select

from counterfoil.core.values import EngagedOfficer
from counterfoil.database import Store, create_store
from counterfoil.gate import History
from counterfoil.gate.history.batch_counts import officer_hashes, wider_hashes
from counterfoil.gate.history.store import load_history, record_batch
from counterfoil.gate.history.tables import (
    ASKED,
    ASKED_AT,
    ASKED_FILE,
    ASKED_KEY,
    ASKED_MATTER,
    ASKED_QUESTION,
    CASELOAD,
)
from counterfoil.gate.law.agreement import Agreement
from tests.gate.world import KEY, ON, REQUEST, amended, changed, facts_of, sandbox

AGREEMENT = sandbox().agreement
WINDOW_DAYS = AGREEMENT.limits.officer_caseload.window_days
OFFICER, BY_TITLE, BY_NAME = officer_hashes(KEY, REQUEST.engaged_officers[0])
HASHES = (OFFICER, BY_TITLE, BY_NAME, *wider_hashes(KEY, REQUEST.engaged_officers[0]))
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


def test_the_table_holds_hashes_days_and_counts_only(store: Store) -> None:
    _record(store, "b1", ON)
    with store.reading() as connection:
        rows = [tuple(row) for row in connection.execute(select(CASELOAD))]
    assert sorted(rows) == sorted((each, "b1", ON, 2) for each in HASHES)


def test_a_batch_without_officers_records_nothing(store: Store) -> None:
    with store.transaction() as connection:
        record_batch(connection, facts_of(changed(engaged_officers=())), "b1", ON, AGREEMENT)
    assert _held(store, "b2") == 0


@pytest.mark.parametrize(
    "table",
    [CASELOAD, ASKED, ASKED_AT, ASKED_FILE, ASKED_QUESTION, ASKED_KEY, ASKED_MATTER],
    ids=lambda table: table.name,
)
def test_the_migrations_make_the_tables_as_defined(store: Store, table: Table) -> None:
    columns = {
        column["name"]: str(column["type"])
        for column in inspect(store.engine).get_columns(table.name)
    }
    assert columns == {column.name: str(column.type) for column in table.columns}
    indexes = {index["name"] for index in inspect(store.engine).get_indexes(table.name)}
    assert indexes == {index.name for index in table.indexes}


# -- whole files: quotas, probes, and what is forgotten
# ----------------------------------------------


def _history(
    store: Store, on: date = ON, agreement: Agreement = AGREEMENT, batch: str = "now"
) -> History:
    with store.reading() as connection:
        return load_history(connection, FACTS, batch, on, agreement.limits)


def _probed(store: Store, batch: str, day: date, probes: int) -> None:
    """A file of that day, of which some were attempts to probe."""
    with store.transaction() as connection:
        connection.execute(
            insert(ASKED_FILE).values(
                batch_id=batch,
                day=day.toordinal(),
                requests=7,
                probes=probes,
                held=True,
                number=0,
                state="final",
            )
        )


def test_a_file_too_large_uses_no_more_of_a_quota_than_a_file_may_hold(store: Store) -> None:
    small = amended({"limits.batch_rows": 1}).agreement
    for batch, agreement in (("b1", AGREEMENT), ("b2", small)):
        with store.transaction() as connection:
            record_batch(connection, FACTS, batch, ON, agreement)
    assert _history(store).day_requests == 2 + 1


def test_a_day_is_one_day_and_a_year_365(store: Store) -> None:
    for ago in (-1, 0, 1, 364, 365):
        _probed(store, f"b{ago}", ON - timedelta(days=ago), 0)
    found = _history(store)
    assert (found.day_requests, found.year_requests, found.probes) == (7, 21, ())
    assert _history(store, batch="b0").day_requests == 0


def test_probes_are_remembered_by_their_day_as_long_as_a_lockout_may_last(store: Store) -> None:
    """A lockout lasts 400 days here, and follows from attempts of the 30 days before it."""
    for ago in (0, 365, 430, 431):
        _probed(store, f"b{ago}", ON - timedelta(days=ago), ago + 1)
    long = amended({"limits.guards.lockout_days": 400}).agreement
    days = {ago: (ON - timedelta(days=ago), ago + 1) for ago in (0, 365, 430)}
    assert sorted(_history(store, agreement=long).probes) == [days[430], days[365], days[0]]
    assert _history(store, agreement=long).year_requests == 7
    assert _history(store).probes == (days[0],)


def test_officers_of_several_files_are_added_up(store: Store) -> None:
    other = EngagedOfficer("OFF-2", "Lee Marsh", "Special Agent")
    both = facts_of(REQUEST, changed(row=2, engaged_officers=(*REQUEST.engaged_officers, other)))
    for batch, facts in (("b1", FACTS), ("b2", both)):
        with store.transaction() as connection:
            record_batch(connection, facts, batch, ON, AGREEMENT)
    with store.reading() as connection:
        held = load_history(connection, both, "now", ON, AGREEMENT.limits).officers
    others = (*officer_hashes(KEY, other), *wider_hashes(KEY, other))
    assert held == dict.fromkeys(HASHES, 4) | dict.fromkeys(others, 1)


def test_recording_forgets_what_no_window_reaches_within_the_agreements_days_alone(
    store: Store,
) -> None:
    old = ON - timedelta(days=365)
    _probed(store, "old", old, 0)
    for batch, day, kept in (
        ("b1", date(2040, 1, 1), 2),
        ("b2", ON - timedelta(days=1), 3),
        ("b3", ON, 3),
    ):
        with store.transaction() as connection:
            record_batch(connection, FACTS, batch, day, AGREEMENT)
            assert (
                connection.execute(select(func.count()).select_from(ASKED_FILE)).scalar_one()
                == kept
            )
    with store.reading() as connection:
        assert "old" not in set(connection.execute(select(ASKED_FILE.c.batch_id)).scalars())
