"""A few processes that ask decoys, and their counts in the order of the chunks.

Each process opens the office and the snapshot for itself (an LMDB file is not shared across a fork)
and gets chunks of rows through a pipe: personal data stays in this machine's memory, between
processes of one holder. The same chunks in any number of processes give the same counts. A process
that fails sends code and place of the fault, never its text (P1).
"""

from __future__ import annotations

import gc
import signal
import traceback
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final, Protocol

from counterfoil.certification.ask import Asker, Chunk
from counterfoil.certification.source_sample import Deck
from counterfoil.certification.tally import Tally, plain, read_plain
from counterfoil.core import errors
from counterfoil.core.errors import CounterfoilError, StoreFault
from counterfoil.gate.ungated import UnsafeGate
from counterfoil.office import Office, open_office

Pipe = Any
"""One end of a multiprocessing pipe: its type has another name on each system."""

_AHEAD: Final = 2
"""Chunks that a process has beside the one it works on."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """What every process of a crew is told once. `directory` and `passphrase` open the office."""

    directory: Path
    passphrase: str | None = field(repr=False)
    snapshot: str
    deck: Deck
    seed: bytes
    asks: str


class Crew(Protocol):
    """Asks chunks of visits; yields for each its rows and its counts, in order."""

    def ask(self, chunks: Iterable[Chunk]) -> Iterator[tuple[int, Tally]]:
        """Raises CounterfoilError as the asking does."""
        ...


class Alone:
    """A crew of this process only."""

    def __init__(self, asker: Asker) -> None:
        self._asker = asker

    def ask(self, chunks: Iterable[Chunk]) -> Iterator[tuple[int, Tally]]:
        """Ask one chunk after the other."""
        for chunk in chunks:
            yield chunk.rows, _with_passed(self._asker.ask(chunk.visits), chunk)


class Processes:
    """A crew of several processes. Use it as a context: leaving it ends them."""

    def __init__(self, task: Task, count: int) -> None:
        self._task = task
        self._count = count
        self._pipes: list[Pipe] = []
        self._workers: list[Any] = []

    def __enter__(self) -> Processes:
        context = get_context("spawn")
        for _ in range(self._count):
            ours, theirs = context.Pipe()
            worker = context.Process(target=work, args=(theirs, self._task), daemon=True)
            worker.start()
            theirs.close()
            self._pipes.append(ours)
            self._workers.append(worker)
        return self

    def __exit__(self, *_: object) -> None:
        for pipe, worker in zip(self._pipes, self._workers, strict=True):
            pipe.close()
            worker.terminate()
            worker.join()

    def ask(self, chunks: Iterable[Chunk]) -> Iterator[tuple[int, Tally]]:
        """Deal the chunks out in turn and collect in the same turn."""
        waiting: deque[tuple[Chunk, Pipe]] = deque()
        for at, chunk in enumerate(chunks):
            pipe = self._pipes[at % self._count]
            _send(pipe, chunk)
            waiting.append((chunk, pipe))
            if len(waiting) > _AHEAD * self._count:
                yield _collect(waiting)
        while waiting:
            yield _collect(waiting)


@contextmanager
def at_rest() -> Generator[None]:
    """What this process holds now (the deck, tables of names) is not looked through again by each
    collection of garbage."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def work(pipe: Pipe, task: Task) -> None:
    """What a process of a crew runs: chunks in, counts or a fault out, until the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process ends this one
    with suppress(OSError, EOFError):  # the first process is gone
        pipe.send(_serve(pipe, task))


def _serve(pipe: Pipe, task: Task) -> dict[str, Any]:
    """Answer chunks until one fails; the fault, to be sent. Raises EOFError, OSError when the pipe
    is closed."""
    try:
        with ExitStack() as stack:
            asker = open_asker(open_office(task.directory, task.passphrase), task, stack)
            stack.enter_context(at_rest())
            while True:
                pipe.send(plain(asker.ask(pipe.recv())))
    except (EOFError, OSError):
        raise
    except CounterfoilError as fault:
        return {"fault": _told(fault)}
    except Exception as bug:  # noqa: BLE001 - P1: an unforeseen error's text may hold a value, and would be printed
        frame = traceback.extract_tb(bug.__traceback__)[-1]
        return {
            "fault": _told(_lost(f"{Path(frame.filename).name}:{frame.lineno}", type(bug).__name__))
        }


def open_asker(office: Office, task: Task, stack: ExitStack) -> Asker:
    """An asker over the task's snapshot, which `stack` closes."""
    sealed = stack.enter_context(office.open_register(task.snapshot, made_up_trial=True))
    custodian, weights = office.custodian(made_up_trial=True), office.weights(sealed.manifest)
    return Asker(
        sealed, UnsafeGate(office.law), weights, custodian.tin_hash, task.deck, task.seed, task.asks
    )


def _send(pipe: Pipe, chunk: Chunk) -> None:
    try:
        pipe.send(chunk.visits)
    except OSError:
        while True:  # the process ended: read on to the fault that it left, or to the end
            _collect(deque([(chunk, pipe)]))


def _collect(waiting: deque[tuple[Chunk, Pipe]]) -> tuple[int, Tally]:
    chunk, pipe = waiting.popleft()
    try:
        found: dict[str, Any] = pipe.recv()
    except (EOFError, OSError):
        raise _lost("crew", "it is gone") from None
    if "fault" in found:
        kind, code, message, place, cure = found["fault"]
        fault: type[CounterfoilError] = getattr(errors, kind)
        raise fault(code, message, place=place, cure=cure)
    return chunk.rows, _with_passed(read_plain(found), chunk)


def _with_passed(tally: Tally, chunk: Chunk) -> Tally:
    for kind, visits in chunk.passed.items():
        tally[kind].visits += visits
    return tally


def _told(fault: CounterfoilError) -> tuple[str, str, str, str, str]:
    return type(fault).__name__, fault.code, fault.message, fault.place, fault.cure


def _lost(place: str, kind: str) -> StoreFault:
    return StoreFault(
        "certify_process_lost",
        f"a process that asked decoys ended before its time ({kind})",
        place=place,
        cure="What was counted stands. Run it again with --resume; with --jobs 1 if it happens "
        "again.",
    )
