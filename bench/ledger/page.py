"""docs/measurements/ledger.md, from the rows that were measured."""

from __future__ import annotations

import os
import platform
import sqlite3
from pathlib import Path
from typing import NamedTuple

HEAD = """# The ledger's figures

Written by `python -m bench.ledger`; not edited by hand. Every commit is durable: write-ahead log, synchronous=FULL. A ratio is to the
floor beside it, which was measured in the same run, right before; ratios travel between machines, the rest does not.

{machine}

| what | measured | asked | floor | times the floor |
|---|---|---|---|---|
"""
TAIL = """
The proof at 100,000,000 entries is a real one: its entries repeat, so that equal subtrees are reckoned once, and it is checked like any
other. The single entries are written one after another by one writer; the kill and power-cut tests are `make kills` and `tests/crash`.
"""


class Row(NamedTuple):
    """One row. `ratio` is None where there is no floor."""

    what: str
    measured: str
    asked: str
    floor: str
    ratio: float | None


def write_page(path: Path, rows: list[Row], load_before: float, load_after: float) -> None:
    """Print the table and write the page."""
    machine = (
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}; load average "
        f"{load_before:.1f} before and {load_after:.1f} after: above {os.cpu_count()}, others' "
        "work is in the figures."
    )
    lines = [
        f"| {row.what} | {row.measured} | {row.asked} | {row.floor} | "
        f"{'' if row.ratio is None else f'{row.ratio:.1f}'} |\n"
        for row in rows
    ]
    page = HEAD.format(machine=machine) + "".join(lines) + TAIL
    path.write_text(page, encoding="utf-8")
    print(page)
