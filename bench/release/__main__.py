"""`python -m bench.release COMMIT [ROWS [TURNS]]`: what `receive`, `determine`, `review` and
`release` of one file cost a row, beside what they cost at an earlier commit, in one run.

Both trees get the same people and the same requests, in the columns that each knows, and go through
the same commands (turn.py). They are measured in turns, one after the other, so that whatever else
the machine does is in the figures of both; what is compared is the median of CPU time of all
processes together. Writes docs/measurements/release.md.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from statistics import median
from typing import Any, Final

from scripts.attacks.office import CONFIRMED
from scripts.attacks.runner import ROOT, checkout, commit_of

from bench.release.turn import STEPS
from bench.turns import measured

PAGE: Final = ROOT / "docs" / "measurements" / "release.md"
ASKED: Final = 1.1
"""What `receive` and `release` may cost beside the earlier commit."""
HEAD: Final = """# What a batch's steps cost beside an earlier commit

Written by `python -m bench.release {earlier} {rows} {turns}`; not edited by hand. One file of {rows:,} requests about as many people, each at home; made by the command
line, from an agreement whose limits are raised. CPU microseconds a row of all processes together, the median of {turns} turns, one tree after the other. Earlier: `{was}`,
which confirmed {confirmed_was:,} of them; now: `{now}`, which confirmed {confirmed_now:,}. {cores} cores, load average {before:.1f} before and {after:.1f} after: above {most}, others' work is in the
figures of both. Asked of `receive` and of `release`: a ratio of {asked} at most.

| step | earlier | now | ratio | seconds, earlier | seconds, now |
|---|---|---|---|---|---|
"""
Turn = dict[str, Any]


def main(commit: str, rows: int, turns: int) -> None:
    """Measure, print and write the page."""
    before = os.getloadavg()[0]
    with checkout(commit) as tree:
        pairs = [(_turn(tree, rows), _turn(ROOT, rows)) for _ in range(turns)]
        named = commit_of(tree), commit_of(ROOT)
    page = page_of(pairs, commit, named, rows, (before, os.getloadavg()[0]))
    PAGE.write_text(page, encoding="utf-8")
    print(page)


def _turn(tree: Path, rows: int) -> Turn:
    return measured(tree, ROOT, "-m", "bench.release.turn", str(rows))


def page_of(
    pairs: list[tuple[Turn, Turn]],
    commit: str,
    named: tuple[str, str],
    rows: int,
    loads: tuple[float, float],
) -> str:
    """The page of turns (earlier, now). `named` are the two commits."""
    cores = os.cpu_count() or 1
    head = HEAD.format(
        earlier=commit,
        rows=rows,
        turns=len(pairs),
        was=named[0],
        now=named[1],
        confirmed_was=pairs[0][0][CONFIRMED],
        confirmed_now=pairs[0][1][CONFIRMED],
        cores=cores,
        before=loads[0],
        after=loads[1],
        most=cores + 1,
        asked=ASKED,
    )
    lines: list[str] = []
    for step in STEPS:
        cpu = [median(pair[place][step][0] for pair in pairs) for place in range(2)]
        clock = [median(pair[place][step][1] for pair in pairs) for place in range(2)]
        figures = f"{cpu[0]:.1f} | {cpu[1]:.1f} | {cpu[1] / cpu[0]:.2f}"
        lines.append(f"| `{step}` | {figures} | {clock[0]:.1f} | {clock[1]:.1f} |\n")
    return head + "".join(lines)


if __name__ == "__main__":
    numbers = [int(each) for each in sys.argv[2:]]
    main(sys.argv[1], *(numbers + [100_000, 3][len(numbers) :]))
