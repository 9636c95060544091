"""What the best of many strategies learns in a simulated year, at a commit and in the working tree:
`python -m scripts.attacks.probing [--commit REV] [--count N] [--first FILE] [--keep FOLDER]`.

The page is docs/measurements/probing.md. Two processes a tree, one tree after the other.

    --commit REV    the other tree
    --count N       strategies; 10,000, half of them after a person, half after a home
    --first FILE    what an earlier run kept of the other tree, which is then not run again
    --last FILE     what an earlier run kept of the working tree, likewise
    --keep FOLDER   keep what was learned, as first.json and last.json
    --only-first    only the other tree, for --keep
    --out FILE      the page
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from scripts.attacks.__main__ import FIRST
from scripts.attacks.probing.page import page
from scripts.attacks.runner import ROOT, Failed, checkout, commit_of

PROCESSES: Final = 2
COUNT: Final = 10_000
OUT: Final = ROOT / "docs" / "measurements" / "probing.md"


def learned(tree: Path, count: int) -> dict[str, Any]:
    """What the strategies learn of this tree. Raises Failed."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(tree / "src"), str(ROOT)]),
        "PYTHONHASHSEED": "0",
    }
    command = [sys.executable, "-m", "scripts.attacks.probing.child"]
    running = [
        subprocess.Popen(
            [*command, str(first), str(count), str(PROCESSES)],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
        )
        for first in range(PROCESSES)
    ]
    said = [each.communicate()[0] for each in running]
    if any(each.returncode for each in running):
        raise Failed(f"{tree}: the strategies could not be run")
    found: list[dict[str, Any]] = [json.loads(each) for each in said]
    merged = sorted(line for each in found for line in each["learned"])
    return {**found[0], "learned": merged, "commit": commit_of(tree)}


def main() -> int:
    """Run what was asked for."""
    asked = _parser().parse_args()
    try:
        if asked.first:
            first = _kept(asked.first)
        else:
            with checkout(asked.commit) as tree:
                first = learned(tree, asked.count)
        _keep(asked.keep, "first", first)
        if asked.only_first:
            return 0
        last = _kept(asked.last) if asked.last else learned(ROOT, asked.count)
        _keep(asked.keep, "last", last)
    except Failed as fault:
        sys.stderr.write(f"{fault}\n")
        return 2
    asked.out.write_text(page((first["commit"], last["commit"]), (first, last)), "utf-8")
    return 0


def _kept(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _keep(folder: Path | None, name: str, found: dict[str, Any]) -> None:
    if folder is not None:
        (folder / f"{name}.json").write_text(json.dumps(found), encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="What the best of many strategies learns.")
    parser.add_argument("--commit", default=FIRST, metavar="REV")
    parser.add_argument("--count", type=int, default=COUNT)
    for kept in ("--first", "--last"):
        parser.add_argument(kept, type=Path, default=None, metavar="FILE")
    parser.add_argument("--keep", type=Path, default=None, metavar="FOLDER")
    parser.add_argument("--only-first", action="store_true")
    parser.add_argument("--out", type=Path, default=OUT)
    return parser


if __name__ == "__main__":
    sys.exit(main())
