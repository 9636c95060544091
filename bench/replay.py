"""`python -m bench.replay [ROWS]`: runs `counterfoil replay` as a user would and writes
docs/measurements/replay.md.

1,280,000 rows by default: twice received, once determined and released, in a temporary folder.
Elapsed time is the whole command's; memory the largest of its processes'. Nothing is kept.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from counterfoil.demo.replay import REPORTED_ROWS, STOPPED_BY

PAGE: Final = Path(__file__).parents[1] / "docs" / "measurements" / "replay.md"
HEAD: Final = """# The run of August 2025, replayed

Written by `python -m bench.replay`; not edited by hand. Made-up people only: the proportions and defects are those reported, the
rows are generated (`src/counterfoil/demo/replay.py`). Two offices receive the same file: one under every limit of `treasury-dhs-2025`,
one, for study, with the limits of file, declared caseload and quota lifted.

{rows:,} requests, a register of {residents:,} residents: {seconds:,.0f} s in all by the clock, {cpu:,.0f} s of CPU, at most
{memory:,.0f} MB resident in one process. {machine}

**Under the limits:** {refused:,} of {rows:,} refused, the whole file for {whole}. Nothing was opened.

**With those limits lifted:** {opened:,} requests reached the register, {confirmed:,} were confirmed, all of them among the {held:,} made
to be confirmable. Every other answer is below.

| rows made as | rows | confirmed | not confirmed | refused | must be stopped by one of | stopped by (rows) |
|---|---|---|---|---|---|---|
"""
TAIL: Final = """
`held`, `other`, `moved` and `nobody` are in order: held at the address asked; another of the household; held elsewhere; not held. F1 to
F22 are the defects reported; F6 is the file itself, F9 and F10 are whole files too (`law/cases/reported-2025`), F22 is `moved` and
`nobody`.
"""


def main(rows: int) -> None:
    """Run, and write the page."""
    before, started = os.getloadavg()[0], time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        told = subprocess.run(
            [
                str(Path(sys.executable).with_name("counterfoil")),
                "replay",
                "--dir",
                f"{scratch}/replay",
                "--rows",
                str(rows),
                "--json",
            ],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
    seconds, used = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    machine = (
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}; "
        f"load average {before:.1f} before: above"
        f" {os.cpu_count()}, others' work is in the figures."
    )
    page = render(
        json.loads(told), seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1000, machine
    )
    PAGE.write_text(page, encoding="utf-8")
    print(page)


def render(figures: dict[str, Any], seconds: float, cpu: float, memory: float, machine: str) -> str:
    """The page. seconds, cpu: s; memory: MB."""
    limited, lifted = figures["limited"], figures["lifted"]
    outcomes: dict[str, dict[str, int]] = lifted["outcomes"]
    head = HEAD.format(
        rows=figures["rows"],
        residents=lifted["residents"],
        seconds=seconds,
        cpu=cpu,
        memory=memory,
        machine=machine,
        refused=limited["refused"],
        whole=" and ".join(f"`{each}`" for each in limited["whole_file"]),
        opened=lifted["opened"],
        confirmed=sum(each.get("confirmed", 0) for each in outcomes.values()),
        held=sum(outcomes["held"].values()),
    )
    groups = sorted(outcomes, key=lambda group: (group[0] == "F", len(group), group))
    return (
        head
        + "".join(
            _row(group, outcomes[group], lifted["stopped_by"].get(group, {})) for group in groups
        )
        + TAIL
    )


def _row(group: str, outcomes: dict[str, int], stopped: dict[str, int]) -> str:
    yes, no, refused = (outcomes.get(word, 0) for word in ("confirmed", "not_confirmed", "refused"))
    must = ", ".join(f"`{element}`" for element in STOPPED_BY.get(group, ()))
    by = ", ".join(f"`{element}` {count:,}" for element, count in stopped.items())
    return (
        f"| {group} | {yes + no + refused:,} | {yes:,} | {no:,} | {refused:,} | {must} | {by} |\n"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else REPORTED_ROWS)
