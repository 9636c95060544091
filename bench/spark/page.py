"""Writes docs/measurements/spark.md."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

PAGE: Final = Path("docs/measurements/spark.md")
_HEAD: Final = """# The engine `spark`, measured

Written by `python -m bench.spark`: {rows:,} rows in a Parquet file, {questions:,} questions, {canaries} canaries; {cores} cores ({machine}, Python {python}),
shared: load average {before:.1f} before and {after:.1f} after. The endpoint is {endpoint}, on the same machine: what
a network costs does not show here. Every run has a `counterfoil custodian serve` of its own process, a learner, and the same randomness, so that
builds have the same salt.

| engine | build: s | s of CPU | us of CPU a row | determine: s | s of CPU | us of CPU a question |
|---|---|---|---|---|---|---|
"""
_SAME: Final = """
The page file, the determinations and the answer file are, byte for byte, those of this machine's own engine in every run: `{pages}`,
`{determinations}`, `{answers}`.

CPU is that of the caller and all of Spark's processes, without the custodian's. Spark's jobs have a fixed cost of seconds each, and a build has seven or
more: a small register shows it. On cores that others use, figures by the clock say little of what a second worker gains. {killed}
"""
_KILLED: Final = """In the last run one Python worker was killed (SIGKILL) in the middle of the build and one in the middle of `determine`; Spark tried the tasks
again, and nothing else was noticed."""


def write_page(
    runs: Sequence[Any], given: tuple[int, int, int], apache: str, loads: tuple[float, float]
) -> None:
    """Write the page. given: rows, questions, canaries. apache: the version of Spark, or ""."""
    rows, questions, canaries = given
    here = runs[0][5:]
    if any(run[5:] != here for run in runs):
        raise SystemExit("an engine made other bytes")
    text = _HEAD.format(
        rows=rows,
        questions=questions,
        canaries=canaries,
        cores=os.cpu_count(),
        machine=platform.machine(),
        python=platform.python_version(),
        before=loads[0],
        after=loads[1],
        endpoint=f"Apache Spark {apache} (`local[N,4]`)" if apache else "Sail",
    )
    text += "".join(_line(run, rows, questions) for run in runs)
    killed = _KILLED if "killed" in runs[-1].name else ""
    pages, determinations, answers = (each.removeprefix("sha256:")[:16] for each in here)
    text += _SAME.format(pages=pages, determinations=determinations, answers=answers, killed=killed)
    PAGE.write_text(text, encoding="utf-8")
    print(text)


def _line(run: Any, rows: int, questions: int) -> str:
    per_row, per_question = 1e6 * run.build_cpu / rows, 1e6 * run.determine_cpu / questions
    if "killed" in run.name:  # what a process used that nobody waited for is not known
        return f"| {run.name} | {run.build:,.0f} | | | {run.determine:,.0f} | | |\n"
    return (
        f"| {run.name} | {run.build:,.0f} | {run.build_cpu:,.0f} | {per_row:,.0f} |"
        f" {run.determine:,.0f} | {run.determine_cpu:,.0f} | {per_question:,.0f} |\n"
    )
