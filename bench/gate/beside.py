"""`python -m bench.gate.beside COMMIT [ROWS [TURNS]]`: what `receive` and the gate alone cost a
request, beside what they cost at an earlier commit.

Both trees receive two files (`WORK` in __main__.py) about the same people, in the columns that each
knows, in an office that its own code made and that has received half of the file before. They are
measured in turns, so that whatever
else the machine does is in the figures of both; what is compared is the median of CPU time. Then
the steps of each, best of three. Writes
docs/measurements/beside.md.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any, Final, NamedTuple

from scripts.attacks.runner import ROOT, checkout, commit_of

from bench.turns import measured

PAGE: Final = ROOT / "docs" / "measurements" / "beside.md"
FILES: Final = 2
READ: Final = "read"
"""How the names of the steps begin that are not the gate's."""
TURN: Final = Path(__file__).with_name("turn.py")
HEAD: Final = """# What `receive` costs beside an earlier commit

Written by `python -m bench.gate.beside {earlier} {rows} {turns}`; not edited by hand. Files of {rows:,} requests, of which {half:,} were asked
before under other ids; CPU microseconds a request, in one process. `receive`: {turns} turns, one tree after the other, of which the
medians are compared. The gate alone: its steps below, all but reading. Earlier: `{earlier}`; now: `{now}`. {cores} cores, load average {before:.1f} before and {after:.1f} after: above {most}, others' work is in
the figures of both.
"""
FILE: Final = """
## {name}

| what | earlier | now | ratio |
|---|---|---|---|
{runs}
The turns of `receive`: {turns}.

Step by step in one process, best of three. A step that has another name in the earlier tree does what that tree did there.

| earlier | us | now | us |
|---|---|---|---|
{steps}"""
Steps = list[tuple[str, float]]


class Compared(NamedTuple):
    """One file: the figures of each turn, (earlier, now), and the steps."""

    name: str
    turns: list[tuple[float, float]]
    steps: tuple[Steps, Steps]


def main(commit: str, rows: int, turns: int) -> None:
    """Measure, print and write the page."""
    before = os.getloadavg()[0]
    with checkout(commit) as tree, tempfile.TemporaryDirectory() as scratch:
        (tree / "data").symlink_to(ROOT / "data")
        trees = (tree, ROOT)
        found = [_compared(Path(scratch), trees, rows, which, turns) for which in range(FILES)]
        named = commit_of(tree), commit_of(ROOT)
    loads = before, os.getloadavg()[0]
    page = page_of(found, named, rows, turns, loads)
    PAGE.write_text(page, encoding="utf-8")
    print(page)


def _compared(
    scratch: Path, trees: tuple[Path, Path], rows: int, which: int, count: int
) -> Compared:
    folders = [scratch / f"{which}-{place}" for place in range(len(trees))]
    pairs = [*zip(trees, folders, strict=True)]
    name = [_turn(tree, "prepare", folder, rows, which) for tree, folder in pairs][1]
    turns = [
        (
            _turn(trees[0], "receive", folders[0], rows, 1),
            _turn(trees[1], "receive", folders[1], rows, 1),
        )
        for _ in range(count)
    ]
    earlier, now = (_turn(tree, "steps", folder, rows, 1) for tree, folder in pairs)
    return Compared(name, turns, (earlier, now))


def _turn(tree: Path, what: str, folder: Path, rows: int, number: int) -> Any:
    return measured(tree, tree, TURN, what, folder, str(rows), str(number))


def page_of(
    compared: list[Compared],
    named: tuple[str, str],
    rows: int,
    turns: int,
    loads: tuple[float, float],
) -> str:
    """The page. `named` are the two commits."""
    cores = os.cpu_count() or 1
    head = HEAD.format(
        earlier=named[0],
        now=named[1],
        rows=rows,
        half=rows // 2,
        turns=turns,
        cores=cores,
        before=loads[0],
        after=loads[1],
        most=cores + 1,
    )
    return head + "".join(map(_file, compared))


def _file(compared: Compared) -> str:
    earlier, now = compared.steps
    received = [median(turn[place] for turn in compared.turns) for place in range(2)]
    gate = [sum(us for name, us in steps if not name.startswith(READ)) for steps in (earlier, now)]
    turns = ", ".join(f"{one:.0f} and {two:.0f}" for one, two in compared.turns)
    runs = "".join(
        f"| {what} | {one:.1f} | {two:.1f} | {two / one:.2f} |\n"
        for what, (one, two) in (("`receive`", received), ("the gate alone", gate))
    )
    longest = max(len(earlier), len(now))
    cells = [
        [f"{name} | {us:.1f}" for name, us in steps] + ["|"] * (longest - len(steps))
        for steps in (earlier, now)
    ]
    steps = "".join(f"| {one} | {two} |\n" for one, two in zip(*cells, strict=True))
    return FILE.format(name=compared.name.capitalize(), runs=runs, turns=turns, steps=steps)


if __name__ == "__main__":
    numbers = [int(each) for each in sys.argv[2:]]
    main(sys.argv[1], *(numbers + [20_000, 5][len(numbers) :]))
