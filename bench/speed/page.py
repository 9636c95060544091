"""docs/measurements/speed.md."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from bench.summary import keep

PAGE: Final = Path(__file__).parents[2] / "docs" / "measurements" / "speed.md"
_ANSWERING: Final = ("receive", "determine", "release")
_HEAD: Final = """# Speed beside Splink

Written by `python -m bench.speed {rows} {questions} {turns}`; not edited by hand. A register of {rows:,} rows, {questions:,} questions, the same
files for both; medians, turns: {turns}, one after the other. {cores} cores, {machine}, Python {python}; load average {before:.1f} before and
{after:.1f} after: above {cores}, others' work is in the figures of all. Everything is on: law, guards, entries, seals, both officers'
signatures. "CPU" is of all processes of a stage together; memory is the most at one time, of all of them together.

| what | seconds | CPU s | us of CPU a question | floor | us | ratio | own memory MB | mapped MB |
|---|---|---|---|---|---|---|---|---|
"""
_TAIL: Final = """
Splink is used as somebody would who knows the question (bench/speed/peer.py): candidates at the named number and unit alone, m from rows of
one tax number, u from random pairs. It reads the register anew for each file, and learns; Counterfoil's register is built once, in the
first line, and not part of the ratio. What Splink has no part in: law, guards, a sealed register, entries, signatures, review.

**Ratio of the whole** (receive, determine, review and release, beside Splink's whole run): {wall:.1f} times by the clock, {cpu:.1f} times the CPU,
{memory:.2f} of its memory.

| came out | |
|---|---|
{found}
| on disk | MB | bytes a {unit} |
|---|---|---|
{disk}
Floors: reading the file with the csv module; for build the source, for receive the questions, SHA-256 and a row of SQLite each; for determine an
HMAC-SHA-512 and a look-up for each of nine address keys and one AES-GCM opening a question; for release SHA-256 and a row. {commits} durable commits
alone, which is what the stages make of chunks, take {commit_seconds:.2f} s.
"""


class Row(NamedTuple):
    """Of a stage: seconds, seconds of CPU, MB at most of its own and of mapped memory."""

    seconds: float
    cpu: float
    anonymous: float
    mapped: float


class Figures(NamedTuple):
    """What was measured. `stages` by name, `disk` in bytes, `found`: what came out of each."""

    rows: int
    questions: int
    turns: int
    loads: tuple[float, float]
    stages: Mapping[str, Row]
    disk: Mapping[str, int]
    found: Mapping[str, Any]


def write_page(figures: Figures) -> None:
    """Write it, and print it."""
    page = page_of(figures)
    PAGE.write_text(page, encoding="utf-8")
    print(page)
    beside = f"{figures.rows:,} rows, {figures.questions:,} questions"
    keep(
        "speed",
        (
            (name, f"{row.seconds:,.1f} s, {row.cpu:,.1f} s of CPU", beside)
            for name, row in figures.stages.items()
        ),
    )


def page_of(figures: Figures) -> str:
    """The page."""
    stages, splink = figures.stages, figures.stages["splink"]
    ours = [stages[name] for name in _ANSWERING]
    head = _HEAD.format(
        rows=figures.rows,
        questions=figures.questions,
        turns=figures.turns,
        cores=os.cpu_count(),
        machine=platform.machine(),
        python=platform.python_version(),
        before=figures.loads[0],
        after=figures.loads[1],
    )
    lines = [_line(figures, "build", figures.rows)]
    lines += [_line(figures, name, figures.questions) for name in _ANSWERING]
    whole = Row(
        sum(each.seconds for each in ours),
        sum(each.cpu for each in ours),
        max(each.anonymous for each in ours),
        max(each.mapped for each in ours),
    )
    lines += [_plain("all three", whole, figures), _plain("Splink, all of it", splink, figures)]
    per = {"people.csv": figures.rows, "register": figures.rows}
    disk = "".join(
        f"| {name} | {size / 1e6:,.1f} | {size / per.get(name, figures.questions):,.0f} |\n"
        for name, size in figures.disk.items()
    )
    found = "".join(f"| {name} | {figures.found[name]} |\n" for name in (*_ANSWERING, "splink"))
    return (
        head
        + "".join(lines)
        + _TAIL.format(
            wall=whole.seconds / splink.seconds,
            cpu=whole.cpu / splink.cpu,
            memory=whole.anonymous / splink.anonymous,
            found=found,
            unit="row of the register, or question",
            disk=disk,
            commits=figures.found["floor-commits"],
            commit_seconds=stages["floor-commits"].seconds,
        )
    )


def _line(figures: Figures, name: str, count: int) -> str:
    row, floor = figures.stages[name], figures.stages[f"floor-{name}"]
    us, least = row.cpu / count * 1e6, floor.cpu / count * 1e6
    of = " (a row)" if name == "build" else ""
    return (
        f"| {name} | {row.seconds:,.1f} | {row.cpu:,.1f} | {us:,.1f}{of} | {floor.cpu:,.2f} s |"
        f" {least:,.1f} | {us / least:,.1f} | {row.anonymous:,.0f} | {row.mapped:,.0f} |\n"
    )


def _plain(name: str, row: Row, figures: Figures) -> str:
    us = row.cpu / figures.questions * 1e6
    return (
        f"| {name} | {row.seconds:,.1f} | {row.cpu:,.1f} | {us:,.1f} | | | |"
        f" {row.anonymous:,.0f} | {row.mapped:,.0f} |\n"
    )
