"""Runs one step as a process and watches it: seconds by the clock and of CPU, and how much memory it
and its children had at most, together."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

_EVERY_SECONDS: Final = 0.2
_TICKS: Final = os.sysconf("SC_CLK_TCK")


class Used(NamedTuple):
    """Seconds; and MB at most: memory of the processes' own (anonymous), and of files that they
    mapped."""

    wall: float
    cpu: float
    anonymous: float
    mapped: float


def run(command: Sequence[str], folder: Path) -> tuple[Used, str]:
    """Run a command to its end in `folder`; what it used and what it printed. Raises SystemExit
    where it failed."""
    before, started = _children(), time.perf_counter()
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        most, ended = [0.0, 0.0], threading.Event()
        watcher = threading.Thread(target=_watch, args=(process.pid, most, ended))
        watcher.start()
        told = process.stdout.read() if process.stdout else ""
        process.wait()
        ended.set()
        watcher.join()
    wall = time.perf_counter() - started
    if process.returncode:
        sys.exit(f"{' '.join(command)} failed")
    return Used(wall, _children() - before, *most), told


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _watch(pid: int, most: list[float], ended: threading.Event) -> None:
    while not ended.wait(_EVERY_SECONDS):
        found = [0.0, 0.0]
        for each in _family(pid):
            with suppress(OSError):
                text = Path(f"/proc/{each}/status").read_text(encoding="ascii", errors="replace")
                sizes = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
                for at, names in enumerate((("RssAnon",), ("RssFile", "RssShmem"))):
                    found[at] += sum(int(sizes.get(name, "0").split()[0]) for name in names) / 1024
        most[:] = [max(pair) for pair in zip(most, found, strict=True)]


def _family(pid: int) -> list[int]:
    """A process and all that it began, and those that these did."""
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError, IndexError, ValueError):
                stat = (folder / "stat").read_text(encoding="ascii", errors="replace")
                parents.setdefault(int(stat.rsplit(")", 1)[1].split()[1]), []).append(
                    int(folder.name)
                )
    found = [pid]
    for each in found:
        found += parents.get(each, [])
    return found
