"""Two processes at one step of a batch: the second waits, and finds the work done. Nothing is
received, opened or decided twice, also where the batch's lock does not reach the other process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from counterfoil import client
from counterfoil.batches.officers import Role
from counterfoil.controls.suspension.service import acting
from counterfoil.core.errors import StateFault
from counterfoil.database import Connection
from counterfoil.disclosure.deciding import open_residents
from counterfoil.office.batch_lock import one_at_a_time
from tests.house.tree import ROOT
from tests.world.acts import officer
from tests.world.office import World
from tests.world.people import Row, request
from tests.world.warm import Program

_SCRIPT = """
import sys
from datetime import datetime
from pathlib import Path
from counterfoil import client
from counterfoil.core.errors import CounterfoilError
from counterfoil.office import open_office
now = datetime.fromisoformat(sys.argv[4])
office, what = open_office(Path(sys.argv[1]), clock=lambda: now), sys.argv[3]
try:
    if sys.argv[2] == "receive":
        done = client.receive(office, Path(what))
    elif sys.argv[2] == "determine":
        done = client.determine(office, what)
    else:
        key = client.sandbox_key(office, "officer-b")
        done = client.release(office, what, key, Path(sys.argv[5]))
    print(done.state, done.batch)
except CounterfoilError as fault:
    print(fault.code, bool(fault.cure))
"""
ROWS = 150


def _rows() -> list[Row]:
    return [
        request(number, "Marisol", "Quintanilla", "1847 Heron Lake Rd")
        for number in range(1, ROWS + 1)
    ]


def _in_chunks_of(world: World, rows: int) -> None:
    settings = world.path / "office.toml"
    text = settings.read_text(encoding="utf-8").replace("chunk_rows = 4096", f"chunk_rows = {rows}")
    settings.write_text(text, encoding="utf-8")
    world.office = world.opened()


def _at_once(
    world: World, count: int, step: str, what: str | Path, *others: Path
) -> list[list[str]]:
    """What processes print that do the same at once."""
    told = map(str, (world.path, step, what, world.now.isoformat(), *others))
    script = [sys.executable, "-c", _SCRIPT, *told]
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    several = [
        Program(script, stdout=subprocess.PIPE, text=True, env=environment) for _ in range(count)
    ]
    return [each.communicate(timeout=120)[0].split() for each in several]


def _opened(world: World) -> tuple[int, int]:
    """Openings that the key custodian counted, and those that the ledger says."""
    entered = sum(int(str(each["rows"])) for each in world.entries() if each["kind"] == "opening")
    return world.office.custodian().total(), entered


def test_one_file_received_twice_is_one_batch(world: World) -> None:
    _in_chunks_of(world, 3)
    file = world.requests(_rows(), "one.csv")
    said = _at_once(world, 2, "receive", file)
    again = client.receive(world.office, Path(file))
    assert said == [["gated", again.batch]] * 2
    assert again.counts["granted"] + again.counts["refused"] == ROWS
    assert world.kinds().count("batch") == 1


def test_one_batch_determined_twice_is_opened_and_decided_once(world: World) -> None:
    _in_chunks_of(world, 3)
    batch = client.receive(world.office, world.requests(_rows(), "one.csv"))
    said = _at_once(world, 2, "determine", batch.batch)
    assert said == [["determined", batch.batch]] * 2
    assert _opened(world) == (batch.counts["granted"],) * 2
    assert world.kinds().count("determined") == 1
    status = client.determine(world.office, batch.batch)
    assert status.counts["compared"] == batch.counts["granted"]


def test_one_batch_released_twice_into_one_file_is_whole(world: World, tmp_path: Path) -> None:
    batch = client.receive(world.office, world.requests(_rows(), "one.csv")).batch
    client.determine(world.office, batch)
    client.review(world.office, batch, world.officer("a"))
    out = tmp_path / "answers.jsonl"
    assert _at_once(world, 2, "release", batch, out) == [["released", batch]] * 2
    assert len(out.read_text(encoding="utf-8").splitlines()) == ROWS
    assert not list(tmp_path.glob(".answers*"))
    assert world.kinds().count("release") == 1


def test_who_waited_long_enough_is_told_what_to_do(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = client.receive(world.office, world.requests(_rows(), "one.csv")).batch
    monkeypatch.setattr("counterfoil.core.file_lock.locked_file.__wrapped__.__defaults__", (0,))
    with one_at_a_time(world.office, batch), pytest.raises(StateFault) as fault:
        client.determine(world.office, batch)
    assert fault.value.code == "batch_running"
    assert "again" in fault.value.cure
    assert client.determine(world.office, batch).state == "determined"


def test_no_chunk_is_decided_twice_where_no_lock_reaches_the_other_process(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other process determines the whole batch while this one is between a chunk's openings
    and its decisions."""
    _in_chunks_of(world, 50)
    batch = client.receive(world.office, world.requests(_rows(), "one.csv"))
    other = list[list[str]]()

    def opened(*arguments: Any) -> Any:
        if not other:
            other.append(_at_once(world, 1, "determine", batch.batch)[0])
        return open_residents(*arguments)

    monkeypatch.setattr("counterfoil.disclosure.determine.one_at_a_time", lambda *_: nullcontext())
    monkeypatch.setattr("counterfoil.disclosure.deciding.open_residents", opened)
    with pytest.raises(StateFault) as fault:
        client.determine(world.office, batch.batch)
    assert (fault.value.code, other) == ("batch_running", [["determined", batch.batch]])
    status = client.determine(world.office, batch.batch)
    assert status.counts["compared"] == batch.counts["granted"]
    assert world.kinds().count("determined") == 1


def test_the_time_of_a_batch_is_that_of_its_turn(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a process waits for the database, another enters something later."""
    waited = list[bool]()

    @contextmanager
    def turn(*arguments: Any, **more: Any) -> Iterator[Connection]:
        if not waited:
            waited.append(True)
            world.now += timedelta(seconds=5)
            officer(world, "m-okafor", Role.DISCLOSURE)
        with acting(*arguments, **more) as connection:
            yield connection

    monkeypatch.setattr("counterfoil.disclosure.receive.acting", turn)
    assert client.receive(world.office, world.requests()).state == "gated"
