"""`python -m bench.slices`: make the set, evaluate it, print recall and wrong confirmations by
group, write docs/measurements/slices.md."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from bench.accuracy.house import build_office, run
from bench.slices.page import Measured, lines, write_page
from bench.slices.people import write_set

ROOT = Path(__file__).parents[2]
DATA = ROOT / "data" / "slices"
HOUSEHOLDS = 6000


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m bench.slices", description=__doc__)
    options.add_argument(
        "--households", type=int, default=HOUSEHOLDS, help="in each of the three arms"
    )
    options.add_argument("--no-page", action="store_true", help="print only")
    chosen = options.parse_args()
    found = measure(DATA, chosen.households)
    print("\n".join(lines(found)))
    if not chosen.no_page:
        write_page(ROOT / "docs" / "measurements", found)


def measure(folder: Path, households: int) -> Measured:
    """Make the set, build its register, and evaluate."""
    known = write_set(folder, households)
    print(f"{len(known)} questions", file=sys.stderr)
    build_office(folder)
    errors = folder / "errors.jsonl"
    told = evaluate(folder, errors)
    mistakes: dict[str, dict[str, Any]] = {}
    for line in errors.read_text(encoding="utf-8").splitlines():
        mistake = json.loads(line)
        mistakes[mistake["request_id"]] = mistake
    missed_levels = Counter[str]()
    for name, mistake in mistakes.items():
        if known[name].truth:
            missed_levels[known[name].arm, why(mistake)] += 1  # type: ignore[index]
    return Measured(
        households,
        told,
        known,
        {name: each["levels"] for name, each in mistakes.items()},
        missed_levels,
    )


def evaluate(folder: Path, errors: Path) -> dict[str, Any]:
    """What `counterfoil evaluate` prints."""
    office = str(folder / "office")
    return run(
        "evaluate",
        str(folder / "questions.csv"),
        "--office",
        office,
        "--errors",
        str(errors),
        "--json",
    )


def why(mistake: dict[str, Any]) -> str:
    """The levels of a miss that did not agree in full, in a row."""
    agreeing = {
        "given.equal",
        "family.equal",
        "family.joined",
        "middle.equal",
        "middle.initial",
        "door.exact",
        "suffix.none",
    }
    return (
        " ".join(level for level in mistake["levels"].split() if level not in agreeing)
        or "nothing but the margin or rarity"
    )


if __name__ == "__main__":
    main()
