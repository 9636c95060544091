"""A running sandbox: started, looked at and ended as its operator would."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from counterfoil.office import agreement_file, law_library
from counterfoil.service.config import FILE as CONFIG_FILE
from counterfoil.service.sandbox import NAME, examples, make_sandbox

PATIENCE = 300
MOST_ROWS = 1_280_000
_LIFTED = {
    "batch_rows": MOST_ROWS,
    "matters": 20_000,
    "similar_reason": 10_000_000,
    "requests_per_day": 10_000_000,
    "openings_per_day": 10_000_000,
}
"""Limits of the sandbox's agreement that a file of so many rows would break, and what they are here;
the caseload is of 20,000 matters, a hundred people to each."""
KINDS = ("gateway_process", "office_process", "worker")


class Line(NamedTuple):
    """One event of the service's log, and when it was read (seconds, monotonic)."""

    at: float
    said: dict[str, Any]


class Sandbox:
    """One sandbox. `lines`: the events that its processes logged, in order."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.lines: list[Line] = []
        self.other: list[str] = []
        self.port = free_ports()

    def start(self) -> None:
        """Start it and wait until both doors are ready."""
        command = "from counterfoil.cli import main; main()"
        if not self.directory.exists():
            make_office(self.directory, self.port)
        place = ["--config", str(self.directory / CONFIG_FILE)]
        self.process = subprocess.Popen(
            [sys.executable, "-c", command, "serve", "all", *place],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert self.process.stderr is not None
        self.reader = threading.Thread(target=self._read, args=(self.process.stderr,), daemon=True)
        self.reader.start()
        assert self.process.stdout is not None
        said = b""
        while b"ready office" not in said:
            line = self.process.stdout.readline()
            if not line:
                self.process.wait(PATIENCE)
                self.reader.join(PATIENCE)
                raise AssertionError(
                    f"the sandbox did not start: {self.other[-5:]} {[each.said for each in self.lines[-5:]]}"
                )
            said += line

    def _read(self, pipe: Any) -> None:
        for line in pipe:
            try:
                self.lines.append(Line(time.monotonic(), msgspec.json.decode(line)))
            except msgspec.DecodeError:
                self.other.append(line.decode("utf-8", "replace").rstrip())

    def events(self, event: str, since: float = 0) -> Iterator[Line]:
        """The events of one name."""
        return (
            each
            for each in list(self.lines)
            if each.said.get("event") == event and each.at >= since
        )

    def children(self) -> dict[str, int]:
        """The processes that are at work, by kind; the one that watches them is `serve`."""
        found = {"serve": self.process.pid}
        for each in _children(self.process.pid):
            command = _read_or(Path(f"/proc/{each}/cmdline"))
            found |= {kind: each for kind in KINDS if kind.encode() in command}
        return found

    def resident(self) -> dict[str, int]:
        """Resident memory in bytes, by kind; a worker's own processes with it."""
        return {
            kind: _resident(process) for kind, process in self.children().items() if kind != "serve"
        }

    def worked(self) -> float:
        """Seconds of the processor that the worker has used since it started."""
        return _processor(self.children().get("worker", 0))

    def kill(self, kind: str) -> None:
        """SIGKILL one process; for `serve`, wait until all that it started have ended too."""
        process, all_of_them = self.children().get(kind), _descendants(self.process.pid)
        if process is None:
            return
        os.kill(process, signal.SIGKILL)
        if kind == "serve":
            self.process.wait(PATIENCE)
            until(lambda: not any(map(_is_alive, all_of_them)))
            self.reader.join(PATIENCE)

    def stop(self) -> int:
        """End it in order."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(PATIENCE)
        self.reader.join(PATIENCE)
        return code


def make_office(directory: Path, port: int) -> None:
    """A sandbox about the people of every sandbox, whose agreement allows files of `MOST_ROWS`."""
    directory.mkdir()
    agreement = directory.with_name("agreement.yaml")
    text = agreement_file("sandbox", law_library()).read_text(encoding="utf-8")
    for name, most in _LIFTED.items():
        text, count = re.subn(rf"\b{name}: [0-9]+", f"{name}: {most}", text)
        assert count == 1, name
    agreement.write_text(text, encoding="utf-8")
    make_sandbox(directory, NAME, examples() / "people.csv", port, agreement=agreement)


@contextmanager
def running(directory: Path) -> Iterator[Sandbox]:
    """A sandbox that ends with the block."""
    made = Sandbox(directory)
    made.start()
    try:
        yield made
    finally:
        if made.process.poll() is None:
            made.stop()


def until(holds: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)


def free_ports() -> int:
    """A port that is free, and so is the next one."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port


def _children(parent: int) -> list[int]:
    found = _read_or(Path(f"/proc/{parent}/task/{parent}/children"))
    return [int(each) for each in found.split()]


def _descendants(parent: int) -> list[int]:
    found = _children(parent)
    return found + [each for child in found for each in _descendants(child)]


def _resident(process: int) -> int:
    total = 0
    for each in (process, *_descendants(process)):
        for line in _read_or(Path(f"/proc/{each}/status")).decode().splitlines():
            if line.startswith("VmRSS:"):
                total += 1024 * int(line.split()[1])
    return total


def _processor(process: int) -> float:
    fields = _read_or(Path(f"/proc/{process}/stat")).decode().rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK") if fields else 0.0


def _read_or(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _is_alive(process: int) -> bool:
    state = _read_or(Path(f"/proc/{process}/stat")).decode()
    return bool(state) and state.rpartition(")")[2].split()[0] != "Z"
