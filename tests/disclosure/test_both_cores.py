"""Several processes decide a batch and make its accounting, one commits: nobody can tell from what
is kept, what was opened, or what leaves."""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from counterfoil import client
from counterfoil.core import worker_pool as workers
from counterfoil.core.errors import StateFault, StoreFault
from counterfoil.register.custody.lent import LentCustodian
from tests.world.office import World
from tests.world.people import REQUESTS, request

ROWS = 30


def _set(world: World, name: str, value: int) -> None:
    settings = world.path / "office.toml"
    lines = settings.read_text(encoding="utf-8").splitlines()
    changed = [f"{name} = {value}" if line.startswith(f"{name} =") else line for line in lines]
    settings.write_text("\n".join([*changed, ""]), encoding="utf-8")
    world.office.store.close()
    world.office = world.opened()


@pytest.fixture(scope="module")
def received(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an office that has received a file of several chunks: people who live at the
    asked address and others, refused rows, and rows that could not be read."""
    folder = tmp_path_factory.mktemp("received")
    world = World(folder)
    _set(world, "chunk_rows", 7)
    rows = [
        request(number, "Marisol", "Quintanilla", f"{1800 + number} Heron Lake Rd")
        for number in range(20, 20 + ROWS)
    ]
    faulty = [rows[0] | {"request_id": "no id"}, rows[0] | {"request_id": "d", "tin": "x" * 99}]
    world.receive(world.requests([*rows[:9], *faulty, *REQUESTS, *rows[9:]]))
    world.office.store.close()
    return folder


@pytest.fixture
def copied(received: Path, tmp_path: Path) -> Iterator[Any]:
    """Makes copies of that office, of so many workers."""
    made: list[World] = []

    def copy(name: str, count: int, of: Path = received) -> World:
        (tmp_path / name).mkdir()
        world = World(tmp_path / name, template=of)
        world._random.count = 10_000
        _set(world, "workers", count)
        made.append(world)
        return world

    yield copy
    for world in made:
        world.office.store.close()


def _batch(world: World) -> str:
    with sqlite3.connect(world.path / "office.db") as connection:
        return str(connection.execute("SELECT id FROM batch").fetchone()[0])


def _kept(world: World) -> dict[str, list[str]]:
    """Every row of every table but the migrations'."""
    with sqlite3.connect(world.path / "office.db") as connection:
        named = "SELECT name FROM sqlite_master WHERE type = 'table'"
        tables = [name for (name,) in connection.execute(named)]
        return {
            table: sorted(map(repr, connection.execute(f"SELECT * FROM {table}")))
            for table in tables
        }


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many processes each pool had."""
    found, really = list[int](), workers.WorkerProcesses.__init__

    def counted(pool: Any, count: int, *arguments: Any, **named: Any) -> None:
        found.append(count)
        really(pool, count, *arguments, **named)

    monkeypatch.setattr(workers.WorkerProcesses, "__init__", counted)
    return found


def _said(world: World) -> list[dict[str, object]]:
    """The ledger but for what it says of the order of commits, which the next chunk's openings come
    into sooner."""
    return [entry for entry in world.entries() if entry["kind"] != "state"]


def test_p7_determinations_and_openings_are_the_same_however_many_processes_decide(
    copied: Any, started: list[int]
) -> None:
    said, standing, opened = [], [], []
    for name, count in (("one", 1), ("several", 2)):
        world = copied(name, count)
        standing.append(client.determine(world.office, _batch(world)))
        opened.append(world.office.custodian().total())
        said.append(_said(world))
    assert started == [2]
    assert standing[0] == standing[1]
    assert opened[0] == opened[1] > 7
    assert said[0] == said[1]
    assert {"opening", "determined"} <= {entry["kind"] for entry in said[0]}


def test_p7_answers_entries_and_accounting_are_the_same_bytes(
    copied: Any, started: list[int], tmp_path: Path
) -> None:
    whole = copied("reviewed", 1)
    batch = _batch(whole)
    client.determine(whole.office, batch)
    client.review(whole.office, batch, whole.officer("a"))
    whole.office.store.close()
    kept, told = [], []
    for name, count in (("one", 1), ("several", 2)):
        world = copied(name, count, of=tmp_path / "reviewed")
        out = world.directory / "answers.jsonl"
        client.release(world.office, batch, world.officer("b"), out)
        told.append(out.read_bytes())
        kept.append(_kept(world))
    assert started == [2]
    assert told[0] == told[1]
    assert b'"confirmed"' in told[0]
    assert {name for name in kept[0] if kept[0][name] != kept[1][name]} == set()
    assert len(kept[0]["accounting_record"]) == 1


def test_a_worker_that_is_killed_is_told_and_the_next_run_finishes(
    copied: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each chunk is entered once, and no answer is lost or another."""
    whole = copied("one", 1)
    expected = client.determine(whole.office, _batch(whole))
    world, given = copied("several", 2), list[object]()
    give = workers._Worker.give

    def give_and_end(worker: Any, called: object, arguments: Any) -> None:
        if called == "decide":
            given.append(called)
            if len(given) == 3:
                worker._process.kill()
                worker._process.wait()
        give(worker, called, arguments)

    with monkeypatch.context() as patched:
        patched.setattr(workers._Worker, "give", give_and_end)
        with pytest.raises(StateFault) as raised:
            client.determine(world.office, _batch(world))
    assert raised.value.code == "worker_ended"
    _set(world, "workers", 1)
    assert client.determine(world.office, _batch(world)) == expected
    for kind in ("opening", "determined"):
        assert world.kinds().count(kind) == whole.kinds().count(kind)
    assert world.office.custodian().total() >= whole.office.custodian().total()


class _Ahead:
    """A pool that is two calls ahead, as two processes are, in this process."""

    def __init__(self, worker: Any) -> None:
        self._worker = worker

    def each(self, method: str, calls: Iterable[Any], first: int = 0) -> Iterator[Any]:
        del first
        given = deque[Any]()
        for call in calls:
            given.append(call)
            if len(given) > 2:
                yield getattr(self._worker, method)(*given.popleft())
        for call in given:
            yield getattr(self._worker, method)(*call)


@contextmanager
def _ahead(_count: int, factory: Any, *arguments: Any) -> Iterator[_Ahead]:
    yield _Ahead(factory(*arguments))


def test_p4_where_the_days_limit_ends_is_the_same_with_two_processes(
    copied: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is prepared ahead is counted in the order of the file."""
    monkeypatch.setattr("counterfoil.disclosure.determine.worker_pool", _ahead)
    found = []
    for name, count in (("one", 1), ("several", 2)):
        world = copied(name, count)
        custodian = world.office.custodian()
        custodian.reserve(custodian.remaining() - 11)
        status = client.determine(world.office, _batch(world))
        found.append((status, world.office.custodian().remaining(), _said(world)))
    assert found[0] == found[1]
    assert (found[0][0].counts["compared"], found[0][1]) == (11, 0)


def test_a_lent_custodian_opens_what_was_counted_and_no_more() -> None:
    lent = LentCustodian(bytes(64))
    for allowed, asked in ((0, 1), (2, 3)):
        lent.allow(allowed)
        with pytest.raises(StoreFault) as raised:
            lent.reserve(asked)
        assert raised.value.code == "custodian_limit"
    lent.reserve(1)
    assert lent.remaining() == 1
    lent.allow(0)
    assert lent.remaining() == 0


@pytest.mark.parametrize(
    ("wanted", "rows", "chunks", "count"),
    [(0, workers.LEAST_ROWS - 1, 99, 1), (1, 10**9, 99, 1), (2, 5, 1, 1), (3, 5, 2, 2)],
)
def test_a_small_batch_and_a_setting_of_one_need_no_other_process(
    wanted: int, rows: int, chunks: int, count: int
) -> None:
    assert workers.worker_count_of(wanted, rows, chunks) == count
