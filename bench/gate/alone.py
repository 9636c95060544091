"""The gate by itself: rows that are read already, to decisions, with the guards' memory in SQLite.

What is timed: address forms, the marks and counts of the whole file, the history of earlier files,
the recall of what was asked before, every element and guard, the encoding of what is kept of each
row, and the guards' memory, committed as `receive` does. What is not: reading the file, sealing,
the ledger. Two workers think beside the process that commits, on two cores.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bench.gate.preread import PrereadScreener
from counterfoil import intake
from counterfoil.core.worker_pool import WorkerProcesses
from counterfoil.gate import BatchFactsBuilder
from counterfoil.gate.history.counts import Counting
from counterfoil.gate.history.fingerprints import Fingerprints
from counterfoil.gate.history.store import add_probes, load_history, recall, record_batch, remember
from counterfoil.gate.history.uses import Uses
from counterfoil.office import Office

CHUNK = 4096
BATCH = "b-ffffffffffff"
_TICKS = os.sysconf("SC_CLK_TCK")


class Ran(NamedTuple):
    """Requests decided; elapsed seconds; CPU seconds of the writer and of the workers."""

    requests: int
    elapsed: float
    writer: float
    workers: float


def run(office: Office, path: Path, count: int) -> Ran:
    """One pass over the file, by `count` workers beside this process."""
    file = intake.open_file(path, default_header=office.default_header(), principal_keys={})
    key = office.payload_keys()[1]
    with WorkerProcesses(count, PrereadScreener, key) as several:
        stretches = sum(1 for _ in several.each("read_before", enumerate(file.stretches(CHUNK))))
        used, begun, before = _cpu(several), time.perf_counter(), time.process_time()
        decided = _decide(office, file, key, several, stretches)
        return Ran(
            decided, time.perf_counter() - begun, time.process_time() - before, _cpu(several) - used
        )


def _decide(
    office: Office, file: intake.RequestFile, key: bytes, several: WorkerProcesses, stretches: int
) -> int:
    builder = BatchFactsBuilder(key)
    for counted in several.each("count", ((number, number) for number in range(stretches))):
        builder.count(counted.tally)
    facts, asked = builder.finish(file.header, file.digest), builder.fingerprints
    on, agreement, decided = office.clock().date(), office.law.agreement, 0
    with office.store.transaction() as connection:
        record_batch(connection, facts, BATCH, on, agreement)
        history = load_history(connection, facts, BATCH, on, agreement.limits)
    remember(office.store.transaction, BATCH, asked)
    several.every("begin", office.law, facts, history, on)
    for judged in several.each("judge", _to_judge(office, asked, key)):
        with office.store.transaction() as connection:
            add_probes(connection, BATCH, judged.probes)
        decided += len(judged.rows)
    return decided


def _to_judge(
    office: Office, asked: Fingerprints, key: bytes
) -> Iterator[tuple[int, None, int, dict[int, Uses]]]:
    on, limits = office.clock().date(), office.law.agreement.limits
    counting = Counting(asked, limits.guards.largest + 1, key)
    for number, start in enumerate(range(0, len(asked), CHUNK)):
        rows = range(start, min(start + CHUNK, len(asked)))
        with office.store.reading() as connection:
            past = recall(connection, counting, rows, BATCH, on, limits)
        yield number, None, start, counting.uses(rows, past)


def _cpu(several: WorkerProcesses) -> float:
    """CPU seconds of the workers so far, to a hundredth."""
    fields = [
        Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split() for pid in several.pids
    ]
    return sum(int(each[11]) + int(each[12]) for each in fields) / _TICKS
