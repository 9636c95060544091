"""Several processes think about a file, one commits: nobody can tell from what is kept, and nothing
is left behind."""

from __future__ import annotations

import os
import pickle
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from counterfoil import client, disclosure, intake
from counterfoil.core import worker_pool as workers
from counterfoil.core.errors import StateFault
from counterfoil.core.use_cases import NOBODY, watcher
from counterfoil.core.values import Reject
from counterfoil.disclosure import receive, screening
from counterfoil.disclosure.screening import Screener
from tests.house.tree import ROOT
from tests.world.office import World, quiet
from tests.world.people import REQUESTS, request

ROWS = 120


def _world(directory: Path, template: Path, count: int) -> World:
    world = World(directory, template=template)
    settings = world.path / "office.toml"
    text = settings.read_text(encoding="utf-8").replace("chunk_rows = 4096", "chunk_rows = 7")
    settings.write_text(text.replace("workers = 0", f"workers = {count}"), encoding="utf-8")
    world.office = world.opened()
    assert world.office.settings.workers == count
    return world


def _file(world: World) -> Path:
    rows = [
        request(number, "Marisol", "Quintanilla", "1847 Heron Lake Rd")
        for number in range(20, 20 + ROWS)
    ]
    faulty = [
        rows[3] | {"given_name": "again"},
        rows[0] | {"request_id": "no id"},
        rows[0] | {"request_id": "d", "date_of_birth": "x"},
    ]
    return world.requests([*REQUESTS, *rows[:40], *faulty, *rows[40:], rows[50]], "many.csv")


def _kept(world: World) -> dict[str, list[str]]:
    connection = sqlite3.connect(world.path / "office.db")
    tables = (
        "asked_key",
        "asked_matter",
        "asked_question",
        "asked_file",
        "batch",
        "caseload",
        "chunk",
        "ledger_block",
        "ledger_checkpoint",
        "ledger_tile",
    )
    kept = {
        table: sorted(map(repr, connection.execute(f"SELECT * FROM {table}"))) for table in tables
    }
    connection.close()
    return kept


@pytest.fixture
def template(tmp_path: Path) -> Path:
    made = World(tmp_path / "template")
    made.office.store.close()
    return tmp_path / "template"


@pytest.fixture(autouse=True)
def directories(tmp_path: Path) -> None:
    for name in ("template", "one", "several"):
        (tmp_path / name).mkdir()


@pytest.mark.parametrize(("count", "begun"), [(2, "cold_workers"), (3, "template")])
def test_p7_what_is_kept_is_the_same_bytes_however_many_processes_thought(
    tmp_path: Path, template: Path, count: int, begun: str, request: pytest.FixtureRequest
) -> None:
    """Two that are started from nothing, and three that are forked (tests/world/warm.py)."""
    request.getfixturevalue(begun)
    kept, told = [], []
    for name, number in (("one", 1), ("several", count)):
        world, rejects = _world(tmp_path / name, template, number), list[Reject]()
        standing = client.receive(world.office, _file(world), watcher(quiet, rejects.append))
        told.append((rejects, standing))
        kept.append(_kept(world))
    assert told[0] == told[1]
    assert [reject.code for reject in told[0][0]] == [
        "duplicate_request_id",
        "request_id_invalid",
        "date_invalid",
        "duplicate_request_id",
    ]
    assert kept[0] == kept[1]


@pytest.mark.parametrize(("room", "readings"), [(screening.KEPT_BYTES, 1), (20_000, 2), (0, 2)])
def test_what_finds_no_room_in_memory_is_read_again_and_nobody_can_tell(
    tmp_path: Path, template: Path, monkeypatch: pytest.MonkeyPatch, room: int, readings: int
) -> None:
    """The first stretches find room where there is some for them."""
    whole = _world(tmp_path / "one", template, 1)
    client.receive(whole.office, _file(whole))
    world, read = _world(tmp_path / "several", template, 1), list[int]()
    stretches = intake.RequestFile.stretches

    def counted(file: intake.RequestFile, size: int, skip: int = 0) -> Iterator[intake.Table]:
        read.append(skip)
        return stretches(file, size, skip)

    monkeypatch.setattr(intake.RequestFile, "stretches", counted)
    monkeypatch.setattr(receive, "Screener", partial(screening.Screener, kept_bytes=room))
    client.receive(world.office, _file(world))
    assert len(read) == readings
    assert _kept(world) == _kept(whole)
    assert (room == 20_000) == any(0 < skip < ROWS for skip in read[1:])


def test_a_run_that_goes_on_with_chunks_of_another_size_reads_them_again(
    tmp_path: Path, template: Path
) -> None:
    whole = _world(tmp_path / "one", template, 1)
    told = client.receive(whole.office, _file(whole))
    world = _world(tmp_path / "several", template, 2)

    def interrupt(done: int, _total: int | None, phase: str) -> None:
        if phase == "gate" and done >= 70:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        client.receive(world.office, _file(world), watcher(interrupt))
    settings = world.path / "office.toml"
    settings.write_text(
        settings.read_text("utf-8").replace("chunk_rows = 7", "chunk_rows = 12"), encoding="utf-8"
    )
    world.office = world.opened()
    again = client.receive(world.office, _file(world))
    assert again.counts == told.counts
    assert _kept(world)["asked_key"] == _kept(whole)["asked_key"]


def test_cells_travel_as_they_are() -> None:
    """Marks of any kind, lone surrogates, columns that are not there, tables without rows."""
    columns = [("a", "", "\x1f", "\ud800"), ("", "", "", ""), ["b\n", "\x1e", ",", '"'], [], [""]]
    table = intake.Table(
        columns, [1, 2, 3, 4], [Reject(5, "", "csv_malformed", "", "")], {1: ("tin", "x")}
    )
    told = pickle.loads(pickle.dumps(table))
    assert [list(cells) for cells in told.columns] == [list(cells) for cells in columns]
    assert (told.rows, told.rejects, told.faults) == (table.rows, table.rejects, table.faults)


@pytest.mark.parametrize("method", ["count", "judge"])
def test_a_worker_that_ends_early_breaks_the_step_off_and_the_next_run_finishes_it(
    tmp_path: Path, template: Path, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    whole = _world(tmp_path / "one", template, 1)
    client.receive(whole.office, _file(whole))
    world = _world(tmp_path / "several", template, 2)
    give, given = workers._Worker.give, 0

    def give_and_end(
        worker: workers._Worker, called: object, arguments: tuple[object, ...]
    ) -> None:
        nonlocal given
        given += called == method
        if given == 3 or (given and method == "count"):
            worker._process.kill()
            worker._process.wait()
        give(worker, called, arguments)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(workers._Worker, "give", give_and_end)
        with pytest.raises(StateFault) as raised:
            client.receive(world.office, _file(world))
    assert raised.value.code == "worker_ended"
    again = client.receive(world.office, _file(world))
    assert (again.state, again.counts) == (
        "gated",
        disclosure.batch_statuses(whole.office, NOBODY)[0].counts,
    )
    kinds = world.kinds()
    assert (
        kinds.count("granted") + kinds.count("refused") + kinds.count("rejected")
        == ROWS + len(REQUESTS) + 4
    )


@pytest.mark.usefixtures("cold_workers")
def test_ctrl_c_ends_the_workers_and_the_next_run_finishes(tmp_path: Path, template: Path) -> None:
    world = _world(tmp_path / "several", template, 2)
    started: list[int] = []

    def interrupt(done: int, _total: int | None, phase: str) -> None:
        if phase == "gate" and done >= 70:
            started.extend(_children())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        client.receive(world.office, _file(world), watcher(interrupt))
    assert len(started) == 2
    assert not [pid for pid in started if Path(f"/proc/{pid}").exists()]
    assert client.receive(world.office, _file(world)).state == "gated"


def _children() -> list[int]:
    listed = subprocess.run(
        ["ps", "-o", "pid=,args=", "--ppid", str(os.getpid())], capture_output=True, text=True
    )
    return [int(line.split()[0]) for line in listed.stdout.splitlines() if workers.MODULE in line]


def test_workers_end_when_their_caller_is_killed() -> None:
    script = (
        "import time; from counterfoil.core.worker_pool import WorkerProcesses; "
        "from counterfoil.disclosure.screening import Screener; "
        "pool = WorkerProcesses(2, Screener, bytes(32)); "
        "print(*pool.pids, flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    ) as caller:
        assert caller.stdout is not None
        pids = [int(pid) for pid in caller.stdout.readline().split()]
        caller.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 30
    while any(_running(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [pid for pid in pids if _running(pid)]


def _running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_an_error_in_a_worker_tells_its_type_and_no_value() -> None:
    with (
        workers.worker_pool(2, Screener, bytes(32)) as at_work,
        pytest.raises(StateFault) as raised,
    ):
        at_work.every("count", "Rosalind Quill")
    assert raised.value.code == "worker_ended"
    assert "Rosalind" not in str(raised.value) + repr(raised.value)


@pytest.mark.parametrize(
    ("wanted", "size", "own"), [(1, 10**9, True), (0, 1000, True), (2, 1000, False)]
)
def test_a_small_file_and_a_setting_of_one_need_no_other_process(
    wanted: int, size: int, own: bool
) -> None:
    count = workers.worker_count(wanted, size)
    with workers.worker_pool(count, Screener, bytes(32)) as at_work:
        assert isinstance(at_work, workers.InProcess) is own
