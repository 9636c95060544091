"""One pool of workers: calls are answered by this process, or by several processes beside it.

A worker is whatever a factory returns: an object whose methods are called. The answers are the same
either way, and in the order of the calls. A worker process is
`python -m counterfoil.core.worker_pool`. It reads pickled values from its standard input and writes
pickled values to its standard output, from a process to its own children only: nothing reaches a
disk, and keys never leave the machine's memory.

    caller    (factory, arguments); then (method, arguments), one call at a time
    worker    (DONE, result), or (FAULT, class, code, message, place, cure) for a fault of ours, or
              (BUG, class, file and line) for any other error

Pickle names a factory by module and function, so the worker imports it. An error's text could hold
a value of a row, so of an error that is not a fault of ours only its class and its line are sent
(P1).

A worker has a session of its own, so that Ctrl-C reaches the caller alone, which ends its workers.
Where the caller is killed, the workers' input ends, and so do they. A worker that ends early breaks
the caller's step off as a kill would: what was committed stays.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import traceback
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Final, Protocol

from counterfoil.core import errors
from counterfoil.core.collection import collect_rarely
from counterfoil.core.errors import CounterfoilError, StateFault

MODULE: Final = "counterfoil.core.worker_pool"
LEAST_BYTES: Final = 10_000_000
"""A smaller file is read sooner by one process than others are started. About 30,000 rows."""
LEAST_ROWS: Final = 100_000
"""A batch of fewer rows is determined and released sooner by one process: a row costs less there
than in a file that is read."""
_PROTOCOL: Final = 5
_DONE, _FAULT, _BUG = "done", "fault", "bug"

Factory = Callable[..., object]
"""Makes a worker; a function or class of a module, so that pickle can name it."""
Ended = Callable[[str, str], CounterfoilError]
"""Makes the fault of a worker that ended early, from the place and the class of its error."""


def worker_ended(place: str, kind: str) -> StateFault:
    """The fault of a worker that ended early, where the caller has none of its own."""
    return StateFault(
        "worker_ended",
        f"a worker process ended before its work was done{f' ({kind})' if kind else ''}",
        place=place,
        cure="Every commit so far stands: run the same command again, with `workers = 1` in "
        "office.toml if it happens again.",
    )


class CallPool(Protocol):
    """Answers calls of a worker's methods."""

    def each(self, method: str, calls: Iterable[tuple[Any, ...]], first: int = 0) -> Iterator[Any]:
        """Call `method` with each of `calls`; yield the results in the order of the calls.

        The calls are numbered from `first`. A number is called in the same worker, whatever the
        method, so that a worker can remember what it was given under it.
        """
        ...


class WorkerPool(CallPool, Protocol):
    """A pool whose workers are told something in common."""

    def every(self, method: str, *arguments: Any) -> None:
        """Call `method` with these arguments in each worker."""
        ...


class InProcess:
    """A pool of one worker, which works in this process."""

    def __init__(self, worker: object) -> None:
        self._worker = worker

    def each(self, method: str, calls: Iterable[tuple[Any, ...]], first: int = 0) -> Iterator[Any]:
        """Call the method once after another."""
        del first
        work = getattr(self._worker, method)
        return (work(*call) for call in calls)

    def every(self, method: str, *arguments: Any) -> None:
        """Call the method."""
        getattr(self._worker, method)(*arguments)


class WorkerProcesses:
    """A pool of several processes beside this one. Use it as a context: leaving it ends them."""

    def __init__(
        self, count: int, factory: Factory, *arguments: Any, ended: Ended = worker_ended
    ) -> None:
        self._workers = [_Worker(ended) for _ in range(count)]
        for worker in self._workers:
            worker.give(factory, arguments)

    def __enter__(self) -> WorkerProcesses:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.end()

    @property
    def pids(self) -> list[int]:
        """The workers' process ids."""
        return [worker.pid for worker in self._workers]

    def each(self, method: str, calls: Iterable[tuple[Any, ...]], first: int = 0) -> Iterator[Any]:
        """Call as many at a time as there are workers, in turn. A worker is given a call only when
        it has none, so neither side waits for the other to read."""
        idle, busy = deque(self._workers), deque[_Worker]()
        idle.rotate(-first)
        for call in calls:
            if idle:
                worker = idle.popleft()
                worker.give(method, call)
                busy.append(worker)
            else:
                worker = busy.popleft()
                result = worker.take()
                worker.give(method, call)
                busy.append(worker)
                yield result
        while busy:
            yield busy.popleft().take()

    def every(self, method: str, *arguments: Any) -> None:
        """Call the method in all workers at once."""
        for worker in self._workers:
            worker.give(method, arguments)
        for worker in self._workers:
            worker.take()


class _Worker:
    """One worker process, as its caller sees it."""

    def __init__(self, ended: Ended) -> None:
        self._ended = ended
        self._process = subprocess.Popen(
            [sys.executable, "-m", MODULE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.pid = self._process.pid

    def give(self, called: str | Factory, arguments: tuple[Any, ...]) -> None:
        """Send a call. Raises the fault of a worker that ended early."""
        try:
            _write(self._process.stdin, (called, arguments))  # pyright: ignore[reportArgumentType]
        except OSError:
            raise self._ended("", "") from None

    def take(self) -> Any:
        """Wait for the result. Raises the worker's fault, or that of a worker that ended early."""
        try:
            outcome, *said = pickle.load(self._process.stdout)  # pyright: ignore[reportArgumentType] # noqa: S301
        except (EOFError, OSError, pickle.UnpicklingError):
            raise self._ended("", "") from None
        if outcome == _FAULT:
            kind, code, message, place, cure = said
            fault: type[CounterfoilError] = getattr(errors, kind)
            raise fault(code, message, place=place, cure=cure)
        if outcome == _BUG:
            raise self._ended(*said)
        return said[0]

    def end(self) -> None:
        """End the process, whatever it is doing, and wait until it has ended."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()


@contextmanager
def worker_pool(count: int, factory: Factory, *arguments: Any) -> Generator[WorkerPool]:
    """A pool of `count` workers, which end with the context: this process where `count` is 1."""
    if count == 1 or not sys.executable:
        yield InProcess(factory(*arguments))
        return
    with WorkerProcesses(count, factory, *arguments) as processes:
        yield processes


def worker_count(wanted: int, size_bytes: int) -> int:
    """How many workers read a file of this size. `wanted` is the setting: 0 leaves it to the
    machine."""
    return wanted or (_processors() if size_bytes >= LEAST_BYTES else 1)


def worker_count_of(wanted: int, rows: int, chunks: int) -> int:
    """How many workers do so many chunks of a batch of so many rows; as many as there are chunks at
    most. `wanted` is the setting."""
    count = wanted or (_processors() if rows >= LEAST_ROWS else 1)
    return max(1, min(count, chunks))


def _processors() -> int:
    """The processors that this process may use, where the system says so."""
    with suppress(AttributeError, OSError):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Be a worker until the caller is gone. A factory's own fault is the answer to every call."""
    with suppress(EOFError, OSError):
        made = _outcome(*pickle.load(requests))  # noqa: S301
        while True:
            method, arguments = pickle.load(requests)  # noqa: S301
            _write(
                answers, made if made[0] != _DONE else _outcome(getattr(made[1], method), arguments)
            )


def _outcome(call: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    try:
        return _DONE, call(*arguments)
    except CounterfoilError as fault:
        return _FAULT, type(fault).__name__, fault.code, fault.message, fault.place, fault.cure
    except Exception as bug:  # noqa: BLE001 - P1: its text may hold a value, and would be printed
        frame = traceback.extract_tb(bug.__traceback__)[-1]
        return _BUG, f"{Path(frame.filename).name}:{frame.lineno}", type(bug).__name__


def _write(pipe: IO[bytes], value: Any) -> None:
    pickle.dump(value, pipe, _PROTOCOL)
    pipe.flush()


if __name__ == "__main__":
    collect_rarely()
    serve(sys.stdin.buffer, sys.stdout.buffer)
