"""SIGKILL at random moments between `receive` and `release`: the ledger checks, and no answer
stands without its entry."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from counterfoil import ledger
from counterfoil.office import open_office
from tests.house.tree import ROOT
from tests.world.office import NOW, World, read_rows
from tests.world.people import REQUESTS, request, write_csv

KILLS = 50
ROWS = 600


def _start(office: Path, requests: Path, out: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.crash.run_answer", str(office), str(requests), str(out)]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "begin\n"
    return process


def _finish(office: Path, requests: Path, out: Path) -> float:
    """Run to the end; seconds from `begin` to `end`."""
    with _start(office, requests, out) as process:
        started = time.monotonic()
        assert process.wait(timeout=120) == 0
        return time.monotonic() - started


def _check(office_path: Path, out: Path) -> dict[str, int]:
    """The ledger checks; whatever stands of the answer has its release entry. Returns the counts by
    kind."""
    office = open_office(office_path, clock=lambda: NOW)
    try:
        with office.store.reading() as connection:
            report = ledger.check(connection, office.holder_key)
    finally:
        office.store.close()
    counts = {kind.value: count for kind, count in report.counts.items()}
    standing = [path for path in (out, out.with_name(out.name + ".jws")) if path.exists()]
    assert not standing or counts["release"] == 1
    return counts


@pytest.mark.slow
def test_a_run_killed_at_any_moment_loses_nothing_and_answers_nothing_unentered(
    world: World, tmp_path: Path
) -> None:
    settings = world.path / "office.toml"
    settings.write_text(settings.read_text().replace("chunk_rows = 4096", "chunk_rows = 50"))
    world.office.store.close()
    people = [
        ("Marisol", "Quintanilla", "1847 Heron Lake Rd"),
        ("Leopold", "Winterbourne", "1847 Heron Lake Rd"),
    ]
    rows = [request(number, *people[number % 2]) for number in range(20, 20 + ROWS)]
    requests = write_csv(tmp_path / "many.csv", [*REQUESTS, *rows])
    whole = tmp_path / "whole"
    shutil.copytree(world.path, whole)
    seconds = _finish(whole, requests, tmp_path / "whole.jsonl")
    expected, entered = read_rows(tmp_path / "whole.jsonl"), _check(whole, tmp_path / "whole.jsonl")

    chance = random.Random(7)
    reached: set[str] = set()
    for number in range(KILLS):
        office, out = tmp_path / f"office-{number}", tmp_path / f"answers-{number}.jsonl"
        shutil.copytree(world.path, office)
        with _start(office, requests, out) as process:
            time.sleep(seconds * chance.random())
            process.send_signal(signal.SIGKILL)
        reached |= {kind for kind, count in _check(office, out).items() if count}
        if number % 10 == 0:
            _finish(office, requests, out)
            assert read_rows(out) == expected
            assert _check(office, out) == entered
        shutil.rmtree(office)
    assert {"batch", "granted", "opening"} <= reached
