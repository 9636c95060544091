"""docs/measurements/gate.md, from what was measured."""

from __future__ import annotations

import os
import platform
import sqlite3
from pathlib import Path
from typing import NamedTuple

ASKED = 15_000
HEAD = """# The gate's figures

Written by `python -m bench.gate`; not edited by hand. Files of {rows:,} requests, of which {earlier:,} were asked before under other
ids, so that the guards have a past; the office's state is an SQLite file with durable commits. A ratio is to the csv module's bare
reading of the same file in the same run: ratios travel between machines, microseconds do not.

{machine}

Asked of the gate: {asked:,} requests a second on two cores, guards and address forms included.
"""
FILE = """
## {name}

csv.reader: {floor:.2f} us a request. By the clock, the best of two passes; CPU microseconds a request of all processes together:

| what | processes | requests a second | us of CPU each | ratio |
|---|---|---|---|---|
{runs}
Step by step in one process, the best of three passes, CPU microseconds a request:

| step | us | ratio |
|---|---|---|
{steps}"""
TAIL = """
The gate alone: rows that are read already, to decisions: address forms, counts, the guards' memory recalled and kept in SQLite, every
element and guard, each row's bytes as they are kept. The whole of `receive` reads and cuts the file, seals the rows, and enters
every request in the ledger, besides. What the workers and the writer do, and why: decisions
[13](../decisions/0013-a-file-is-read-once.md) and [14](../decisions/0014-a-file-is-remembered-whole.md).
"""


class Run(NamedTuple):
    """One way of doing it: requests a second by the clock, CPU us a request of all processes, ratio
    to the floor."""

    what: str
    processes: str
    rate: float
    cpu: float
    ratio: float


class Measured(NamedTuple):
    """One file. `floor`: csv.reader, us a request; `steps`: name, us, ratio."""

    name: str
    floor: float
    steps: list[tuple[str, float, float]]
    runs: list[Run]


def write_page(path: Path, rows: int, measured: list[Measured], load: tuple[float, float]) -> None:
    """Print and write the page. load: before and after."""
    cores = os.cpu_count() or 1
    machine = (
        f"{cores} cores, {platform.machine()}, Python {platform.python_version()}, SQLite "
        f"{sqlite3.sqlite_version}; load average "
        f"{load[0]:.1f} before and {load[1]:.1f} after: above {cores + 1}, others' work is in "
        "the figures."
    )
    head = HEAD.format(rows=rows, earlier=rows // 2, machine=machine, asked=ASKED)
    page = head + "".join(map(_file, measured)) + TAIL
    path.write_text(page, encoding="utf-8")
    print(page)


def _file(measured: Measured) -> str:
    steps = "".join(f"| {name} | {us:.2f} | {ratio:.1f} |\n" for name, us, ratio in measured.steps)
    runs = "".join(
        f"| {run.what} | {run.processes} | {run.rate:,.0f} | {run.cpu:.1f} | {run.ratio:.1f} |\n"
        for run in measured.runs
    )
    name = measured.name[0].upper() + measured.name[1:]
    return FILE.format(name=name, floor=measured.floor, runs=runs, steps=steps)
