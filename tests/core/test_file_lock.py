"""A locked file is one process's at a time, is free when that process ends however it ends, and is
never left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from counterfoil.core.atomic_files import replace_file
from counterfoil.core.file_lock import locked_file
from tests.house.tree import ROOT

ENVIRONMENT = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
_HOLD = """
import sys
from pathlib import Path
from counterfoil.core.file_lock import locked_file
with locked_file(Path(sys.argv[1])):
    print("locked", flush=True)
    sys.stdin.read()
"""
_REPLACE = """
import sys
from pathlib import Path
from counterfoil.core.atomic_files import replace_file
for number in range(30):
    replace_file(Path(sys.argv[1]), sys.argv[2].encode() * (1 + number % 7) * 4096)
"""


@contextmanager
def holder(path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Another process that has the file."""
    script = [sys.executable, "-c", _HOLD, str(path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(script, stdin=pipe, stdout=pipe, env=ENVIRONMENT) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"locked\n"
        yield process
        process.kill()


def test_a_process_waits_for_another_no_longer_than_it_says(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with holder(path), pytest.raises(BlockingIOError), locked_file(path, seconds=0.1):
        raise AssertionError("two have it")


@pytest.mark.parametrize("ended", [signal.SIGKILL, None])
def test_it_is_free_when_the_process_ends(tmp_path: Path, ended: signal.Signals | None) -> None:
    path = tmp_path / "lock"
    with holder(path) as process:
        if ended:
            process.send_signal(ended)
        elif process.stdin:
            process.stdin.close()
        with locked_file(path, seconds=10):
            assert path.exists()
    assert not path.exists()


def test_it_is_deleted_at_the_end_whatever_happens(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with pytest.raises(ZeroDivisionError), locked_file(path):
        assert 1 / 0
    assert list(tmp_path.iterdir()) == []


def test_what_was_renamed_stays_and_what_another_made_at_its_place_too(tmp_path: Path) -> None:
    path, renamed = tmp_path / "file.new", tmp_path / "file"
    with locked_file(path):
        path.rename(renamed)
        path.write_bytes(b"another process's")
    assert (renamed.exists(), path.read_bytes()) == (True, b"another process's")


def test_a_lock_of_a_file_that_was_renamed_is_of_no_use_to_who_waited(tmp_path: Path) -> None:
    """The descriptor is of the file that is at the path now."""
    path = tmp_path / "file.new"
    with locked_file(path):
        path.rename(tmp_path / "file")
        with locked_file(path, seconds=1) as descriptor:
            assert os.path.samestat(os.fstat(descriptor), path.stat())


def test_two_processes_that_replace_a_file_each_write_a_whole_one(tmp_path: Path) -> None:
    path = tmp_path / "file"
    replace_file(path, b"x" * 4096)
    script = [sys.executable, "-c", _REPLACE, str(path)]
    both = [subprocess.Popen([*script, letter], env=ENVIRONMENT) for letter in "ab"]
    while any(each.poll() is None for each in both):
        data = path.read_bytes()
        assert len(set(data)) == 1
        assert len(data) % 4096 == 0
    assert [each.returncode for each in both] == [0, 0]
    assert [each.name for each in tmp_path.iterdir()] == ["file"]
