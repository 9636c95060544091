"""The power is cut at every sync from `receive` to `release`, of an enrolment, of an exchange of the
payload key and of a recall: no acknowledged entry is lost, and the ledger checks."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import StaticPool

from counterfoil import ledger
from counterfoil.core.errors import CounterfoilError
from counterfoil.database import engine as engines
from counterfoil.database import open_store
from tests.crash.disk import Connection, Disk, PowerVfs, driver, put_back
from tests.crash.kill_acts import enroll, recall_all, rotation
from tests.world.office import World

NAME = "office.db"
ACTS = (enroll, rotation("payload").do, recall_all)


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A folder on a disk, where the other tests have theirs in memory: what rests after a cut is
    opened from real files, with their syncs."""
    disk = "/var/tmp" if Path("/var/tmp").is_dir() else None
    with tempfile.TemporaryDirectory(prefix="cf-cut-", dir=disk) as directory:
        yield Path(directory)


def answered_on(
    disk: Disk, world: World, monkeypatch: pytest.MonkeyPatch, pragma: Callable[[str], str]
) -> None:
    """Receive, determine, review and release, then enroll, exchange and recall, with the office's
    database on `disk`."""
    name = f"power-{id(disk)}"
    vfs = PowerVfs(name, disk)
    opened: list[Connection] = []

    def connect() -> Any:
        opened.append(Connection(NAME, name, disk, pragma))
        return opened[-1]

    def made(*url: Any, pool_use_lifo: bool, **options: Any) -> Engine:
        """An engine of one connection, for which an order among several says nothing."""
        assert pool_use_lifo
        options |= {"creator": connect, "module": driver(), "poolclass": StaticPool}
        return create_engine(*url, **options)

    with monkeypatch.context() as patched:
        patched.setattr(engines, "create_engine", made)
        world.office.store.close()
        world.office = world.opened()
    try:
        world.answer()
        for step in ACTS:
            step(world)
    finally:
        for each in opened:
            each.close()
        vfs.unregister()


def disk_of(world: World) -> Disk:
    """The office's database, on a disk; chunks of two rows, so that there are many commits."""
    settings = world.path / "office.toml"
    settings.write_text(settings.read_text().replace("chunk_rows = 4096", "chunk_rows = 2"))
    world.office.store.close()
    assert not (world.path / f"{NAME}-wal").exists()
    return Disk({NAME: (world.path / NAME).read_bytes()})


def lost(disk: Disk, world: World, directory: Path) -> list[int]:
    """For each different cut: how many acknowledged entries are not there afterwards; all of them
    if it does not check."""
    worst = {
        tuple(sorted(cut.files.items())): cut
        for cut in sorted(disk.cuts, key=lambda cut: cut.acknowledged)
    }
    missing: list[int] = []
    for number, cut in enumerate(worst.values()):
        place = directory / str(number)
        place.mkdir()
        put_back(cut, place)
        store = open_store(f"sqlite:///{place / NAME}")
        try:
            with store.reading() as connection:
                held = ledger.check(connection, world.office.holder_key).size
        except CounterfoilError:
            held = 0
        finally:
            store.close()
        missing.append(max(0, cut.acknowledged - held))
    return missing


@pytest.mark.slow
def test_p5_no_cut_loses_an_acknowledged_entry(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk, cuts = disk_of(world), tmp_path / "cuts"
    cuts.mkdir()
    answered_on(disk, world, monkeypatch, lambda statement: statement)
    assert disk.acknowledged > 20 + len(ACTS)
    missing = lost(disk, world, cuts)
    assert len(missing) > 60
    assert sum(missing) == 0


@pytest.mark.slow
def test_without_a_sync_at_each_commit_entries_are_lost(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the same run with `synchronous=NORMAL`. If it lost nothing, the test above would
    prove nothing."""
    disk, cuts = disk_of(world), tmp_path / "cuts"
    cuts.mkdir()
    answered_on(
        disk,
        world,
        monkeypatch,
        lambda statement: statement.replace("synchronous=FULL", "synchronous=NORMAL"),
    )
    assert max(lost(disk, world, cuts)) > 0
