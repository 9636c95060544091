"""`python -m bench.before COMMIT [--seeds 11 12 13] [--turns 5]`: what an earlier commit answered on
the tasks of bench/accuracy with dates of birth, and what its forms and decisions cost, beside this
tree.

Both trees build a register of the same rows and are asked the same questions, each by its own code
and with its own weights' threshold. What is timed is timed in turns, one tree after the other, each
turn in a new process, so that whatever else the machine does is in the figures of both; medians are
compared. Writes docs/measurements/before.md.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any, Final, NamedTuple

from scripts.attacks.runner import ROOT, checkout, commit_of

from bench.accuracy.environment import DATA, make_environment, run_there

PAGE: Final = ROOT / "docs" / "measurements" / "before.md"
TURN: Final = Path(__file__).with_name("turn.py")
SEEDS: Final = (11, 12, 13)
TURNS: Final = 5
YEAR: Final = 2020
NEAR: Final = "dob.near"
"""The level of a date that is one slip away, which confirms nobody any more."""
UNMET: Final = frozenset({"untraced", "unsure", "partial", "unlike", "unproven", "inexact"})
"""Requirements, by their last word."""
HEAD: Final = """# Beside an earlier commit: recall of the sample, forms and decision

Written by `python -m bench.before {commit}`; not edited by hand. Made-up people only. Earlier: `{earlier}`; now: `{now}`. {cores} cores, load average
{before:.1f} before and {after:.1f} after.

## What was confirmed

The tasks of [accuracy.md](accuracy.md) with dates of birth, each tree by its own register and threshold. Questions without a date are asked and decided as an agreement
that opens them has it. *Near*: true questions that the earlier tree confirmed where the date is one slip from the resident's; such a date confirms nobody now, so the
last two columns leave these questions out of both.

| seed | true | recall before | now | wrong before | now | near | recall before without near | now |
|---|---|---|---|---|---|---|---|---|
{rows}
## What the earlier tree alone confirmed

True questions but for those by a near date, by what parts them now: the kind of the miss ([accuracy.md](accuracy.md)), and the requirements that are not met ([evidence.md](../formats/evidence.md)).

| kind | requirements not met | {seeds} |
|---|---|{rule}
{lost}
Confirmed by this tree alone: {won}.

## What forms and decision cost

CPU microseconds a question of seed {seed}, {turns} turns, each in a new process; medians.

| step | before | now | ratio |
|---|---|---|---|
{cost}"""

Answers = dict[str, dict[str, Any]]


class Compared(NamedTuple):
    """One task: recall over all true questions and without those by a near date, before and now;
    wrong ones; what was lost, by kind and requirements; how many were won."""

    seed: int
    true: int
    near: int
    recall: tuple[float, float]
    without: tuple[float, float]
    wrong: tuple[int, int]
    lost: Counter[tuple[str, str]]
    won: int


def compare(seed: int, before: Answers, now: Answers) -> Compared:
    """What two trees answered on one task."""
    true = [name for name, answer in before.items() if answer["truth"]]
    near = {name for name in true if _is_by_near_date(before[name])}
    confirmed = [{name for name in true if tree[name]["confirmed"]} for tree in (before, now)]
    wrong = [
        sum(each["confirmed"] > each["truth"] for each in tree.values()) for tree in (before, now)
    ]
    first, second = confirmed
    rest = max(1, len(true) - len(near))
    return Compared(
        seed,
        len(true),
        len(near),
        (len(first) / max(1, len(true)), len(second) / max(1, len(true))),
        (len(first - near) / rest, len(second - near) / rest),
        (wrong[0], wrong[1]),
        Counter(_cause(now[name]) for name in first - second - near),
        len(second - first),
    )


def _is_by_near_date(answer: dict[str, Any]) -> bool:
    return answer["confirmed"] and NEAR in answer["levels"]


def _cause(answer: dict[str, Any]) -> tuple[str, str]:
    unmet = [level for level in answer["levels"] if level.partition(".")[2] in UNMET]
    return answer["kind"], ", ".join(unmet)


def page_of(
    compared: list[Compared],
    costs: list[tuple[dict[str, float], dict[str, float]]],
    names: tuple[str, str, str],
    loads: tuple[float, float],
) -> str:
    """The page. `names`: the commit as it was asked for, and the two commits."""
    commit, earlier, now = names
    return HEAD.format(
        commit=commit,
        earlier=earlier,
        now=now,
        cores=os.cpu_count() or 1,
        before=loads[0],
        after=loads[1],
        rows="".join(map(_row, compared)),
        seeds=" | ".join(f"seed {each.seed}" for each in compared),
        rule="---|" * len(compared),
        lost="".join(_lost(compared)),
        won=", ".join(f"{each.won} (seed {each.seed})" for each in compared),
        seed=compared[0].seed,
        turns=len(costs),
        cost="".join(_cost_lines(costs)),
    )


def _row(each: Compared) -> str:
    return (
        f"| {each.seed} | {each.true:,} | {each.recall[0]:.4f} | {each.recall[1]:.4f} "
        f"| {each.wrong[0]} | {each.wrong[1]} | {each.near} "
        f"| {each.without[0]:.4f} | {each.without[1]:.4f} |\n"
    )


def _lost(compared: list[Compared]) -> Iterator[str]:
    whole = sum((each.lost for each in compared), Counter[tuple[str, str]]())
    for (kind, unmet), _ in whole.most_common():
        counts = " | ".join(str(each.lost[kind, unmet]) for each in compared)
        yield f"| {kind} | {unmet or 'none'} | {counts} |\n"
    yield f"| all | | {' | '.join(str(each.lost.total()) for each in compared)} |\n"


def _cost_lines(costs: list[tuple[dict[str, float], dict[str, float]]]) -> Iterator[str]:
    for step in costs[0][0]:
        one, two = (median(turn[place][step] for turn in costs) for place in range(2))
        yield f"| {step} | {one:.1f} | {two:.1f} | {two / one:.2f} |\n"


def main() -> None:
    """Measure, print and write the page."""
    options = argparse.ArgumentParser(prog="python -m bench.before", description=__doc__)
    options.add_argument("commit")
    options.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    options.add_argument("--turns", type=int, default=TURNS)
    options.add_argument("--no-page", action="store_true", help="print only")
    chosen = options.parse_args()
    before = os.getloadavg()[0]
    make_environment()
    with checkout(chosen.commit) as tree, tempfile.TemporaryDirectory() as scratch:
        trees = (tree, ROOT)
        compared: list[Compared] = []
        folders: list[list[Path]] = []
        for seed in chosen.seeds:
            made = _task(Path(scratch), seed)
            folders.append([made(place) for place in ("before", "now")])
            answers = [
                _answers(_turn(each, "answers", folder))
                for each, folder in zip(trees, folders[-1], strict=True)
            ]
            compared.append(compare(seed, answers[0], answers[1]))
        costs = [
            (
                json.loads(_turn(trees[0], "cost", folders[0][0])),
                json.loads(_turn(trees[1], "cost", folders[0][1])),
            )
            for _ in range(chosen.turns)
        ]
        names = chosen.commit, commit_of(tree), commit_of(ROOT)
    page = page_of(compared, costs, names, (before, os.getloadavg()[0]))
    if not chosen.no_page:
        PAGE.write_text(page, encoding="utf-8")
    print(page)


def _task(scratch: Path, seed: int) -> Any:
    """A function that gives a folder of its own with the task's files."""
    folder = DATA / f"{YEAR}-{seed}-born"
    asked = ["--year", str(YEAR), "--seed", str(seed), "--dir", str(folder), "--born"]
    run_there("bench.accuracy.tasks", *asked)

    def made(place: str) -> Path:
        own = scratch / f"{seed}-{place}"
        own.mkdir()
        for name in ("people.csv", "questions.csv", "key.csv"):
            (own / name).symlink_to(folder / name)
        return own

    return made


def _turn(tree: Path, what: str, folder: Path) -> str:
    """What turn.py prints of a tree. Raises CalledProcessError where it failed."""
    path = os.pathsep.join([str(tree / "src"), str(tree)])
    done = subprocess.run(
        [sys.executable, str(TURN), what, str(folder)],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout


def _answers(text: str) -> Answers:
    return {answer["request_id"]: answer for answer in map(json.loads, text.splitlines())}


if __name__ == "__main__":
    main()
