"""SIGKILL at moments all along the way from `receive` to `release`: the ledger checks, no answer
stands without its entry, and the next run loses nothing and enters nothing twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.crash.kills import Loops
from tests.house.tree import ROOT

KILLS, PARTS = 24, 2  # `make kills` kills a thousand times
ROWS, CHUNK_ROWS = 60, 10


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_a_run_killed_at_any_moment_loses_nothing_and_answers_nothing_unentered(
    tmp_path: Path, part: int
) -> None:
    """The run that is killed is forked from a process of its own, which has read the law and the
    keys and holds no file open; `Loops` says what is established after each kill."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.crash.test_kill", str(tmp_path), str(part)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])},
    )
    assert done.returncode == 0, done.stderr
    stages = json.loads(done.stdout)
    assert sum(stages.values()) == KILLS // PARTS
    assert len(stages.keys() - {"before batch", "over before the kill"}) >= 2, stages


def _kill(directory: Path, part: int) -> None:
    """One kill in every stretch of this part: of 24 stretches of the run, each second."""
    loops = Loops(directory, part, ROWS, CHUNK_ROWS)
    for number in range(part, KILLS, PARTS):
        loops.loop(number / KILLS, (number + 1) / KILLS)
    print(json.dumps(loops.stages))


if __name__ == "__main__":
    _kill(Path(sys.argv[1]), int(sys.argv[2]))
