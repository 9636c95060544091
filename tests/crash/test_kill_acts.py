"""SIGKILL while officers enroll, exchange keys, recall, enter a receipt and complete an answer:
nothing acknowledged is lost, nothing is entered twice, and the office goes on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.crash.kill_acts import Loops
from tests.house.tree import ROOT

KILLS = 4  # `make kills` kills a thousand times


@pytest.mark.slow
def test_acts_of_officers_killed_at_any_moment_stand_once_or_are_done_again(tmp_path: Path) -> None:
    """From a process of its own, as in test_kill.py; `Loops` says what is established."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.crash.test_kill_acts", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])},
    )
    assert done.returncode == 0, done.stderr
    stages = json.loads(done.stdout)
    assert sum(stages.values()) == KILLS
    assert len(stages) >= 2, stages


if __name__ == "__main__":
    loops = Loops(Path(sys.argv[1]), 1)
    for kill in range(KILLS):
        loops.loop(kill, kill / KILLS, (kill + 1) / KILLS)
    print(json.dumps(loops.stages))
