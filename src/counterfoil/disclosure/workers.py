"""Who does the thinking of a large file: this process, or several beside it. The answers are the
same bytes either way.

A worker is `python -m counterfoil.disclosure.workers`, told over its standard input what to do and
answering over its standard output: pickled values, from this process to its own children only.
Nothing reaches a disk; keys never leave the family. A worker reads no file, opens no database and
sees no register. One process writes: results are taken in the order of the file, and only the
caller commits.

    caller    history key; then (method, arguments), one at a time
    worker    ("done", result)   or   ("failed", name of the error's type)

A worker has a session of its own, so that Ctrl-C reaches the caller alone, which ends its workers;
where the caller is killed the workers' input ends, and so do they. A worker that ends early breaks
the step off like a kill would: every commit stands.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any, Final, Protocol

from counterfoil.core.errors import StateFault
from counterfoil.disclosure.screening import Screener

MODULE: Final = "counterfoil.disclosure.workers"
LEAST_BYTES: Final = 10_000_000
"""Smaller files are read sooner by one process than others are started. About 30,000 rows."""
_PROTOCOL: Final = 5


class WorkerPool(Protocol):
    """Whoever does the thinking."""

    def each(self, method: str, calls: Iterable[tuple[Any, ...]], first: int = 0) -> Iterator[Any]:
        """Call a method of `Screener` with each of `calls`; the results in the order of the calls.
        The calls are numbered from `first`; the same number is called in the same place, whatever
        the method."""
        ...

    def every(self, method: str, *arguments: Any) -> None:
        """Call a method with these arguments wherever thinking is done."""
        ...


class InProcess:
    """This process."""

    def __init__(self, history_key: bytes) -> None:
        self._gating = Screener(history_key)

    def each(self, method: str, calls: Iterable[tuple[Any, ...]], first: int = 0) -> Iterator[Any]:
        """One after another."""
        del first
        work = getattr(self._gating, method)
        return (work(*call) for call in calls)

    def every(self, method: str, *arguments: Any) -> None:
        """Here."""
        getattr(self._gating, method)(*arguments)


class WorkerProcesses:
    """Some workers beside this process."""

    def __init__(self, count: int, history_key: bytes, module: str = MODULE) -> None:
        self._workers = [_Worker(history_key, module) for _ in range(count)]

    @property
    def pids(self) -> list[int]:
        """The workers' process ids."""
        return [worker.pid for worker in self._workers]

    def each(self, method: str, calls: Iterable[tuple[Any, ...]], first: int = 0) -> Iterator[Any]:
        """As many at a time as there are workers, by turns. A worker is given work only when it has
        none: nobody waits for anybody."""
        idle, busy = deque(self._workers), deque[_Worker]()
        idle.rotate(-first)
        for call in calls:
            if idle:
                worker, done = idle.popleft(), False
            else:
                worker, done = busy.popleft(), True
            result = worker.take() if done else None
            worker.give(method, call)
            busy.append(worker)
            if done:
                yield result
        while busy:
            yield busy.popleft().take()

    def every(self, method: str, *arguments: Any) -> None:
        """In each worker."""
        for worker in self._workers:
            worker.give(method, arguments)
        for worker in self._workers:
            worker.take()

    def end(self) -> None:
        """End every worker, whatever it is doing."""
        for worker in self._workers:
            worker.end()


class _Worker:
    """One child process, as its parent sees it."""

    def __init__(self, history_key: bytes, module: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.pid = self._process.pid
        self._send(history_key)

    def give(self, method: str, arguments: tuple[Any, ...]) -> None:
        """Hand it work."""
        self._send((method, arguments))

    def take(self) -> Any:
        """Wait for its result. Raises StateFault `worker_ended` where there will be none."""
        try:
            word, result = pickle.load(self._process.stdout)  # pyright: ignore[reportArgumentType] # noqa: S301
        except (EOFError, OSError, pickle.UnpicklingError):
            raise _ended("") from None
        if word != "done":
            raise _ended(str(result))
        return result

    def end(self) -> None:
        """End it and wait until it has."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()

    def _send(self, value: Any) -> None:
        try:
            _write(self._process.stdin, value)  # pyright: ignore[reportArgumentType]
        except OSError:
            raise _ended("") from None


@contextmanager
def worker_pool(wanted: int, size_bytes: int, history_key: bytes) -> Generator[WorkerPool]:
    """Whoever is to think about a file of this size. `wanted` is the setting: 0 leaves it to the
    machine, 1 is this process."""
    count = wanted or (_processors() if size_bytes >= LEAST_BYTES else 1)
    if count == 1 or not sys.executable:
        yield InProcess(history_key)
        return
    several = WorkerProcesses(count, history_key)
    try:
        yield several
    finally:
        several.end()


def _processors() -> int:
    """Processors that this process may use, where the system says so."""
    with suppress(AttributeError, OSError):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _ended(kind: str) -> StateFault:
    return StateFault(
        "worker_ended",
        f"a worker process ended before its work was done{f' ({kind})' if kind else ''}",
        cure="Every commit so far stands: run the same command again, with `workers = 1` in "
        "office.toml if it happens again.",
    )


def _write(pipe: IO[bytes], value: Any) -> None:
    pickle.dump(value, pipe, _PROTOCOL)
    pipe.flush()


def serve(
    told: IO[bytes], answers: IO[bytes], thinking: Callable[[bytes], object] = Screener
) -> None:
    """Be a worker until the caller is gone. An error's text could hold a value of a row, so only
    its type is told."""
    with suppress(EOFError, OSError):
        gating = thinking(pickle.load(told))  # noqa: S301
        while True:
            method, arguments = pickle.load(told)  # noqa: S301
            try:
                result = ("done", getattr(gating, method)(*arguments))
            except (
                ArithmeticError,
                AttributeError,
                LookupError,
                MemoryError,
                RuntimeError,
                TypeError,
                ValueError,
            ) as fault:
                result = ("failed", type(fault).__name__)
            _write(answers, result)


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
