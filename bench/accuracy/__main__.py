"""`python -m bench.accuracy`: make the tasks, ask both, print the curves and write
docs/measurements/accuracy.md and .csv."""

from __future__ import annotations

import argparse
import sys

from bench.accuracy.environment import ROOT, make_environment
from bench.accuracy.page import curve_lines, write_page
from bench.accuracy.trial import Trial, try_task

YEAR = 2020
SEEDS = (11, 12, 13)
"""None of those that rules were tuned on (1, 2, 3)."""


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m bench.accuracy", description=__doc__)
    options.add_argument(
        "--year", type=int, default=YEAR, help="census and second tax year, up to 2025"
    )
    options.add_argument(
        "--seeds",
        type=int,
        nargs="+",
        default=SEEDS,
        help="one task for each, with and without dates of birth",
    )
    options.add_argument("--no-page", action="store_true", help="print only")
    chosen = options.parse_args()
    print("environment", file=sys.stderr)
    make_environment()
    trials: list[Trial] = []
    for seed in chosen.seeds:
        for born in (False, True):
            print(f"task {chosen.year}, seed {seed}{', dates of birth' * born}", file=sys.stderr)
            trials.append(try_task(chosen.year, seed, born=born))
    for born in (False, True):
        print(
            f"\n{'With' if born else 'Without'} dates of birth: recall at k wrong, mean of "
            f"{len(chosen.seeds)} tasks"
        )
        print("\n".join(curve_lines([trial for trial in trials if trial.born is born])))
    if not chosen.no_page:
        write_page(ROOT / "docs" / "measurements", chosen.year, trials)


if __name__ == "__main__":
    main()
