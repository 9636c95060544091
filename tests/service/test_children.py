"""A service that is killed takes its processes with it: none keeps a lease or a port meanwhile."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.house.tree import ROOT

STUBBORN = [sys.executable, "-m", "tests.service.stubborn_child"]
SECONDS = 60

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's order is Linux's")


def test_a_child_that_is_at_work_ends_when_its_parent_is_killed() -> None:
    """It heeds no end of its input and no SIGTERM, as a worker that is amid a long commit."""
    parent = subprocess.Popen([*STUBBORN, "start"], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert _is_alive(child)
    parent.kill()
    parent.communicate()
    end = time.monotonic() + SECONDS
    while _is_alive(child):
        assert time.monotonic() < end, "the child outlived its parent"
        time.sleep(0.02)


def test_a_child_whose_parent_ended_before_it_began_does_nothing() -> None:
    """Its orders are in the pipe, and its parent is another process by now."""
    done = subprocess.run(
        [*STUBBORN, str(os.getpid() + 1)],
        input=b'{"seconds":120}\n',
        capture_output=True,
        timeout=SECONDS,
        cwd=ROOT,
    )
    assert (done.returncode, done.stdout) == (1, b"")


def _is_alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="ascii")
    except OSError:
        return False
    return state.rpartition(")")[2].split()[0] != "Z"
