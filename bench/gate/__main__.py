"""`python -m bench.gate [ROWS]`: what the gate costs a request, step by step, and how many it takes
a second.

Two files are asked, `WORK`. The office has received half of each before, so that the guards have a
past to look at, and keeps its state in SQLite. The steps are measured in one process, best of
three, in CPU microseconds a request. Then the gate alone (alone.py) and the whole of `receive`:
elapsed time, and CPU time of all processes together. Everything beside the csv module's bare
reading of the same file, measured in the same run. Writes docs/measurements/gate.md.
"""

from __future__ import annotations

import csv
import dataclasses
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, nullcontext
from datetime import date
from pathlib import Path
from typing import Any, Final

import msgspec

from bench import floors
from bench.__main__ import SAMPLE, best, write_requests
from bench.gate import alone
from bench.gate.page import Measured, Run, write_page
from bench.summary import keep
from counterfoil import client, intake, normalize
from counterfoil.core.values import Request
from counterfoil.database import Connection
from counterfoil.demo import demonstration
from counterfoil.demo.questions import REQUEST_COLUMNS
from counterfoil.demo.replay import replay_rows
from counterfoil.disclosure.screening import screen as judge
from counterfoil.gate import BatchFacts, BatchFactsBuilder, Gate
from counterfoil.gate.history.batch_counts import tally
from counterfoil.gate.history.counts import Counting
from counterfoil.gate.history.fingerprints import Fingerprinter, Fingerprints, forms_of
from counterfoil.gate.history.store import load_history, recall, record_batch, remember
from counterfoil.gate.history.uses import Uses
from counterfoil.gate.law.agreement import Limits
from counterfoil.office import Office, open_office

CHUNK = 4096
PASSES = 2
PAGE = Path(__file__).parents[2] / "docs" / "measurements" / "gate.md"


def main(rows: int) -> None:
    """Measure, print and write the page."""
    before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as scratch:
        measured = [
            _measured(Path(scratch) / str(number), rows, *work) for number, work in enumerate(WORK)
        ]
    write_page(PAGE, rows, measured, (before, os.getloadavg()[0]))
    keep(
        "gate",
        (
            (f"{run.what}, {run.processes}", f"{run.rate:,.0f} a second", file.name.split(":")[0])
            for file in measured
            for run in file.runs
        ),
    )


def _measured(
    directory: Path, rows: int, name: str, write: Callable[[Path, int], Path]
) -> Measured:
    """One file, and an office that has received half of it before under other ids."""
    directory.mkdir()
    demonstration.demonstrate(directory / "demo", SAMPLE, lambda *_: None)
    asked, cores = write(directory, rows), len(os.sched_getaffinity(0))
    office = open_office(directory / "demo" / "office")
    client.receive(office, _earlier(asked, rows // 2))
    floor = best(lambda: floors.read_csv(asked))
    steps = [
        (step, seconds / rows * 1e6, seconds / floor) for step, seconds in _steps(office, asked)
    ]
    office.store.close()
    gate = min(
        (_alone(directory, asked, cores) for _ in range(PASSES)), key=lambda ran: ran.elapsed
    )
    runs = [
        Run(
            f"the gate alone ({gate.writer / rows * 1e6:.1f} us of it the writer's)",
            f"{cores} beside the writer",
            rows / gate.elapsed,
            (gate.writer + gate.workers) / rows * 1e6,
            (gate.writer + gate.workers) / floor,
        )
    ]
    for workers in sorted({1, cores}):
        elapsed, cpu = _received(directory, asked, workers)
        said = "one" if workers == 1 else f"{workers} beside the writer"
        runs.append(
            Run("the whole of `receive`", said, rows / elapsed, cpu / rows * 1e6, cpu / floor)
        )
    return Measured(name, floor / rows * 1e6, steps, runs)


def _write_reported(directory: Path, rows: int) -> Path:
    """The first rows of the reported run of August 2025: each about another person, with its
    defects."""
    path = directory / "requests.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer: csv.DictWriter[str] = csv.DictWriter(file, REQUEST_COLUMNS)
        writer.writeheader()
        writer.writerows(each.row for each in replay_rows(rows))
    return path


WORK: Final = (
    (
        "reported: every row about another person, half of them asked about once before",
        _write_reported,
    ),
    (
        "repeated: the sample's people, each asked about many times, before and in this file",
        write_requests,
    ),
)
"""What is asked: name, and what writes the file."""


def _earlier(asked: Path, count: int) -> Path:
    """The first rows of a file, under other ids."""
    lines = asked.read_text(encoding="utf-8").split("\n")
    earlier = asked.with_name("earlier.csv")
    earlier.write_text(
        "\n".join([lines[0], *(f"e{line}" for line in lines[1 : count + 1])]) + "\n",
        encoding="utf-8",
    )
    return earlier


def _alone(directory: Path, path: Path, workers: int) -> alone.Ran:
    with _copied(directory) as office:
        return alone.run(office, path, workers)


def _steps(office: Office, path: Path) -> Iterator[tuple[str, float]]:
    """(step, CPU seconds for the whole file) of one process."""
    file = intake.open_file(path, default_header=office.default_header(), principal_keys={})
    key = office.payload_keys()[1]
    marker, on, limits = Fingerprinter(key), office.clock().date(), office.law.agreement.limits
    yield "read: cut into cells", best(lambda: sum(1 for _ in file.stretches(CHUNK)))
    tables = list(file.stretches(CHUNK))
    yield (
        "read: cells to requests",
        best(lambda: [intake.RowReader().read(table) for table in tables]),
    )
    rows = [list(intake.RowReader().read(table)) for table in tables]
    requests = [row for chunk in rows for row in chunk if isinstance(row, Request)]
    yield (
        "address form",
        best(lambda: [normalize.normalize_address(row.address) for row in requests]),
    )
    yield (
        "count: forms, keys, codes, hashes",
        best(lambda: [tally(key, marker, chunk, forms_of(chunk)) for chunk in rows]),
    )
    builder = BatchFactsBuilder(key)
    for chunk in rows:
        builder.add(*chunk)
    facts, asked = builder.finish(file.header, file.digest), builder.fingerprints
    starts = range(0, len(asked), CHUNK)
    parts = [range(start, min(start + CHUNK, len(asked))) for start in starts]
    with office.store.reading() as connection:
        history = load_history(connection, facts, "b-none", on, limits)
        yield (
            "count and recall: what the file repeats, and what was asked before",
            best(lambda: _counted(connection, asked, parts, on, limits, key)),
        )
        uses = _counted(connection, asked, parts, on, limits, key)
    gate = Gate(office.law, facts, history, on)
    forms = [forms_of(chunk) for chunk in rows]
    yield (
        "judge: elements, guards, bytes kept",
        best(
            lambda: [
                judge(*each)
                for each in zip(rows, forms, [gate] * len(rows), starts, uses, strict=True)
            ]
        ),
    )
    yield "remember", best(lambda: _remembered(office, facts, asked))


class _NotKept(Exception):
    """Rolls a measured transaction back."""


def _counted(
    connection: Connection,
    asked: Fingerprints,
    parts: list[range],
    on: date,
    limits: Limits,
    key: bytes,
) -> list[dict[int, Uses]]:
    counting = Counting(asked, limits.guards.largest + 1, key)
    return [
        counting.uses(rows, recall(connection, counting, rows, "b-none", on, limits))
        for rows in parts
    ]


def _remembered(office: Office, facts: BatchFacts, asked: Fingerprints) -> None:
    """The file remembered in one transaction that is rolled back: no commit, which `receive` below
    has."""
    try:
        with office.store.transaction() as connection:
            on = office.clock().date()
            record_batch(connection, facts, "b-none", on, office.law.agreement)
            remember(lambda: nullcontext(connection), "b-none", asked)
            raise _NotKept
    except _NotKept:
        return


def _received(directory: Path, path: Path, workers: int) -> tuple[float, float]:
    """(elapsed, CPU of all processes) seconds of `receive`, the keys opened before; best of two
    fresh copies by elapsed time."""
    return min(_receive_once(directory, path, workers) for _ in range(2))


def _receive_once(directory: Path, path: Path, workers: int) -> tuple[float, float]:
    with _copied(directory) as opened:
        office = _with_workers(opened, workers)
        return _timed(lambda: client.receive(office, path))


@contextmanager
def _copied(directory: Path) -> Generator[Office]:
    """A fresh copy of the office and of what it published, its keys opened."""
    copy = directory / "copy"
    shutil.copytree(directory / "demo", copy)
    office = open_office(copy / "office")
    office.signer()
    office.payload_keys()
    yield office
    office.store.close()
    shutil.rmtree(copy)


def _with_workers(office: Office, workers: int) -> Office:
    return dataclasses.replace(
        office, settings=msgspec.structs.replace(office.settings, workers=workers)
    )


def _timed(work: Callable[[], Any]) -> tuple[float, float]:
    started, before = time.perf_counter(), _cpu()
    work()
    return time.perf_counter() - started, _cpu() - before


def _cpu() -> float:
    """CPU seconds of this process and of every child that has ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
