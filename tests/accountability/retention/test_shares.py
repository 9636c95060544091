"""A copy of the office's database from before a disposal, with every key of the office, opens
nothing that was disposed of: a share of each batch's key lies apart."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Collection
from pathlib import Path

import pytest

from counterfoil.batches import shares
from counterfoil.batches import store as batches
from counterfoil.batches.batch import Batch
from counterfoil.batches.encryption import is_shared, unwrap_key
from counterfoil.core.errors import CounterfoilError, StateFault
from counterfoil.disclosure.explain import ExplainRequest, explain_request
from counterfoil.office.keys.wrapped_keys import count_shares
from tests.accountability.evidence.bundles import released
from tests.accountability.retention.test_service import check_ledger, passed
from tests.world.acts import dispose
from tests.world.office import World


def backed_up(world: World) -> Path:
    """What docs/operate/backup.md copies: one moment of the database, and the keys."""
    copy = world.directory / "backup"
    copy.mkdir()
    with sqlite3.connect(world.path / "office.db") as here, sqlite3.connect(copy / "it.db") as to:
        here.backup(to)
    shutil.copytree(world.path / "keys", copy / "keys")
    return copy


def restored(world: World, copy: Path) -> World:
    """The older database put back, into the office as it is now."""
    world.office.close()
    for path in world.path.glob("office.db*"):
        path.unlink()
    shutil.copy(copy / "it.db", world.path / "office.db")
    world.office = world.opened()
    return world


def batch_of(world: World, batch: str) -> Batch:
    with world.office.store.reading() as connection:
        return batches.find_batch(connection, batch)


def test_an_older_copy_of_the_database_opens_nothing_that_was_disposed_of(world: World) -> None:
    batch = released(world)
    copy, officer = backed_up(world), world.officer("a").officer
    explain_request(world.office, officer, ExplainRequest(batch, "q1"))
    before = batch_of(restored(world, copy), batch)
    explain_request(world.office, officer, ExplainRequest(batch, "q1"))  # until it is disposed of
    passed(world)
    assert [each.batch for each in dispose(world)] == [batch]

    again = batch_of(restored(world, copy), batch)
    assert again.wrapped_key == before.wrapped_key is not None
    with pytest.raises(StateFault) as fault:
        explain_request(world.office, officer, ExplainRequest(batch, "q1"))
    assert fault.value.code == "payload_destroyed"

    # A thief tries every 32 bytes that are left anywhere in the office or in the copy as the share.
    office_key, tried = world.office.payload_keys()[0], 0
    files = [path for at in (world.path, copy) for path in at.rglob("*") if path.is_file()]
    likely = [path for path in files if path.name.startswith("batch-keys")]
    assert likely
    for path in likely:
        data = path.read_bytes()
        for at in range(len(data) - 31):
            share, tried = data[at : at + 32], tried + 1
            if at % 4096 > 64 and not any(share):
                continue
            with pytest.raises(CounterfoilError):
                unwrap_key(batch, before.wrapped_key, office_key, share)
    assert tried > 4096


def test_a_batch_that_was_not_disposed_of_is_not_touched(world: World) -> None:
    batch = released(world)
    dispose(world)
    assert world.office.shares.listed() == {batch}
    assert count_shares(world.office) == (0, 0, 0)


def test_a_disposal_that_was_broken_off_before_the_share_went_is_made_good(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = released(world)
    passed(world)
    with monkeypatch.context() as broken:
        broken.setattr(shares.ShareStore, "destroy", _killed)
        with pytest.raises(KeyboardInterrupt):
            dispose(world)
    world.office = world.opened()
    assert batch_of(world, batch).wrapped_key is None
    assert count_shares(world.office) == (0, 1, 0)
    assert dispose(world) == ()
    assert world.office.shares.listed() == frozenset()
    check_ledger(world)


def _killed(_: shares.ShareStore, batch_ids: Collection[str]) -> None:
    if batch_ids:
        raise KeyboardInterrupt


def test_a_lost_store_of_batch_keys_is_told_and_stops_nothing_else(world: World) -> None:
    batch = released(world)
    world.office.close()
    (world.path / "batch-keys.db").unlink()
    assert count_shares(world.office) == (1, 0, 0)
    with pytest.raises(StateFault) as fault:
        explain_request(world.office, world.officer("a").officer, ExplainRequest(batch, "q1"))
    assert fault.value.code == "payload_destroyed"
    assert "newest copy of the store of batch keys" in fault.value.cure
    wrapped = batch_of(world, batch).wrapped_key
    assert wrapped is not None
    assert is_shared(wrapped)
    dispose(world)
    check_ledger(world)
