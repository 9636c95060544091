"""What the office keeps of canaries: hashes by snapshot, and when an address was asked more than
once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from counterfoil.controls.canaries.store import canary_addresses, canary_records, keep_canaries
from counterfoil.database import Store, create_store
from counterfoil.gate.history.store import record_batch, remember, times_asked_at
from counterfoil.normalize import exact_address_key, normalize_address
from tests.gate.world import KEY, ON, REQUEST, asked_by, facts_of, sandbox

ASKED = asked_by(REQUEST)
ADDRESS_KEY = exact_address_key(normalize_address(REQUEST.address))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = create_store(f"sqlite:///{tmp_path / 'office.db'}")
    yield store
    store.close()


def test_a_canarys_address_key_is_hashed_as_a_questions_and_is_of_its_snapshot_only(
    store: Store,
) -> None:
    with store.transaction() as connection:
        keep_canaries(connection, KEY, "0001-a", [(ADDRESS_KEY, "REF-1")])
        keep_canaries(connection, KEY, "0002-b", [])
        assert canary_addresses(connection, "0001-a") == {ASKED.addresses[0]}
        assert canary_addresses(connection, "0002-b") == frozenset()


def test_a_record_is_known_by_its_keyed_hash_in_its_snapshot_and_under_its_key_only(
    store: Store,
) -> None:
    with store.transaction() as connection:
        keep_canaries(connection, KEY, "0001-a", [(ADDRESS_KEY, "REF-1")])
        assert canary_records(connection, KEY, "0001-a")("REF-1")
        assert not canary_records(connection, KEY, "0001-a")("REF-2")
        assert not canary_records(connection, KEY, "0002-b")("REF-1")
        assert not canary_records(connection, b"k" * 32, "0001-a")("REF-1")


@pytest.mark.parametrize(
    ("days_ago", "twice"),
    [((0,), False), ((0, 0), True), ((29, 0), True), ((30, 0), False), ((-1, 0), False)],
)
def test_an_address_is_asked_more_than_once_within_the_window_over_all_files(
    store: Store, days_ago: tuple[int, ...], twice: bool
) -> None:
    agreement, today = sandbox().agreement, ON.toordinal()
    for number, ago in enumerate(days_ago):
        day = ON - timedelta(days=ago)
        with store.transaction() as connection:
            record_batch(connection, facts_of(REQUEST), f"b{number}", day, agreement)
        remember(store.transaction, f"b{number}", ASKED)
    with store.reading() as connection:
        homes, window = ASKED.home_keys(0), (today - 29, today)
        assert (times_asked_at(connection, ASKED.addresses[0], homes, *window) > 1) is twice
        assert times_asked_at(connection, ASKED.addresses[0] + 1, homes, *window) == 0
