"""Every byte of the register that decides a batch is the one that its manifest was signed for."""

from __future__ import annotations

from pathlib import Path

import pytest

from counterfoil import client
from counterfoil.accountability.reconciliation import run
from counterfoil.core.errors import VerifyFault
from counterfoil.core.use_cases import SERVICE, finish
from tests.world.office import World


def emptied(world: World) -> bytes:
    """Say in a page of the register's file that it is empty, its size kept; what stood there."""
    [path] = (world.path / "register").glob("*/whole.pages")
    before = path.read_bytes()
    path.write_bytes(before[:32] + bytes(2) + before[34:])
    return before


def test_nothing_is_determined_from_a_register_that_was_altered(world: World) -> None:
    batch = world.receive(world.requests())
    before = emptied(world)
    with pytest.raises(VerifyFault) as fault:
        client.determine(world.office, batch)
    assert fault.value.code == "register_store_altered"
    kinds = world.kinds()
    assert kinds.count("opening") <= 1 and not {"determined", "disclosure"} & set(kinds)
    _restore(world, before)
    assert client.determine(world.office, batch).state == "determined"
    assert world.kinds().count("opening") == 1


def test_the_daily_reconciliation_reads_all_of_it(world: World) -> None:
    world.answer()
    emptied(world)
    done = finish(run.reconcile(world.office, SERVICE, run.Reconcile(replays=0)))
    assert [each.code for each in done.differences] == ["reconcile_register"]


def _restore(world: World, data: bytes) -> None:
    [path] = (world.path / "register").glob("*/whole.pages")
    Path(path).write_bytes(data)
