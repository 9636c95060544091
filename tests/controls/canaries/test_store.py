"""What the office keeps of canaries: hashes by snapshot."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from counterfoil.controls.canaries.store import canary_addresses, canary_records, keep_canaries
from counterfoil.database import Store, create_store
from counterfoil.normalize import counted_address, normalize_address
from tests.gate.world import KEY, REQUEST, asked_by

ASKED = asked_by(REQUEST)
ADDRESS_KEY = counted_address(normalize_address(REQUEST.address))


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
