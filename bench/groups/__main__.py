"""`python -m bench.groups`: make the world, build its register, evaluate with and without dates of
birth, print recall and wrong confirmations by group of names, write docs/measurements/groups.md."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from bench.accuracy.house import build_office, run
from bench.groups.in_memory import decide_all
from bench.groups.people import write_world
from counterfoil.certification.curves import upper_bound

ROOT: Final = Path(__file__).parents[2]
DATA: Final = ROOT / "data" / "groups"
PEOPLE: Final = 220_000
SEED: Final = 211
"""Not one that rules were looked at with (70 to 83, 97, 301 to 330)."""


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m bench.groups", description=__doc__)
    options.add_argument("--people", type=int, default=PEOPLE)
    options.add_argument("--seed", type=int, default=SEED)
    options.add_argument("--no-page", action="store_true", help="print only")
    options.add_argument("--dir", type=Path, default=DATA)
    options.add_argument(
        "--in-memory", action="store_true", help="decide home by home, without an office"
    )
    chosen = options.parse_args()
    if chosen.in_memory:
        made, told, both = decide_all(chosen.people, chosen.seed)
        publish([*page(made, told, both, chosen.seed), IN_MEMORY], keep=not chosen.no_page)
        return
    made = write_world(chosen.dir, chosen.people, chosen.seed)
    print(made, file=sys.stderr)
    build_office(chosen.dir)
    told = {
        name: run(
            "evaluate",
            str(chosen.dir / f"{name}.csv"),
            "--office",
            str(chosen.dir / "office"),
            "--errors",
            str(chosen.dir / f"{name}-errors.jsonl"),
            "--json",
        )
        for name in ("questions", "undated")
    }
    both = both_dated(chosen.dir)
    publish(page(made, told, both, chosen.seed), keep=not chosen.no_page)


def publish(lines: Iterable[str], *, keep: bool) -> None:
    """Print the page, and write it."""
    text = "\n".join(lines)
    print(text)
    if keep:
        (ROOT / "docs" / "measurements" / "groups.md").write_text(text + "\n", encoding="utf-8")


def both_dated(folder: Path) -> tuple[int, int]:
    """False questions that state a date of birth, as every row of the register does, and those of
    them that were confirmed."""
    wrong = {
        mistake["request_id"]
        for line in (folder / "questions-errors.jsonl").read_text(encoding="utf-8").splitlines()
        if (mistake := json.loads(line))["kind"] == "wrong"
    }
    asked = confirmed = 0
    lines = (folder / "questions.csv").read_text(encoding="utf-8").splitlines()
    at = {name: place for place, name in enumerate(lines[0].split(","))}
    for line in lines[1:]:
        cells = line.split(",")
        if cells[at["truth"]] == "false" and cells[at["date_of_birth"]]:
            asked += 1
            confirmed += cells[at["request_id"]] in wrong
    return asked, confirmed


def page(
    made: dict[str, int], told: dict[str, Any], both: tuple[int, int], seed: int
) -> Iterator[str]:
    """The page."""
    yield HEAD.format(**made, seed=seed)
    asked, wrong = both
    yield (
        f"**Where a date of birth stands on both sides: {wrong} wrong of {asked:,} natural false "
        f"questions, at most {upper_bound(wrong, asked):.1e} with 95 % confidence.**\n"
    )
    for name, words in (("questions", "With"), ("undated", "Without")):
        yield f"## {words} dates of birth\n"
        yield from _table(told[name])
        yield ""


def _table(told: dict[str, Any]) -> Iterator[str]:
    yield "| group | true | recall | 95 % interval | false | wrong | 95 % bound |"
    yield "|---|---|---|---|---|---|---|"
    for each in told["groups"]:
        true, right = each["true"], each["confirmed_true"]
        low, high = 1 - upper_bound(true - right, true, 0.025), upper_bound(right, true, 0.025)
        false, wrong = each["false"], each["confirmed_false"]
        yield (
            f"| {each['name']} | {true:,} | {right / max(1, true):.4f} | {low:.4f} to {high:.4f} "
            f"| {false:,} | {wrong} | {upper_bound(wrong, false):.1e} |"
        )
    yield (
        f"| all | {told['true']:,} | {told['recall']:.4f} | | {told['false']:,} "
        f"| {told['confirmed_false']} | {upper_bound(told['confirmed_false'], told['false']):.1e} |"
    )


IN_MEMORY: Final = """By `python -m bench.groups --in-memory`: every question was decided against the residents of its home, without gate, register's file and
tolerant keys (`bench/groups/in_memory.py`). Every question here names its home as the register does.
"""
HEAD: Final = """# Recall and wrong confirmations by group of names

Written by `python -m bench.groups`; not edited by hand. A made-up world of {people:,} people, an equal share of the homes
of each group: {held:,} rows held, {questions:,} questions, seed {seed}. `bench/groups/people.py` says how the world is made and how
names are written again, at the same rates for everybody on both sides; `bench/groups/names.csv` says where names are from. Rates are
chosen, not measured, so groups can be compared and recall foretells nothing. Questions that lack a part count as not confirmed.
Groups are for measuring only: they are a column of the labelled file, never stored and never inferred (P8).
"""


if __name__ == "__main__":
    main()
