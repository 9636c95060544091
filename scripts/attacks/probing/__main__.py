"""What the best of many strategies learns in a simulated year, at a commit and in the working tree:
`python -m scripts.attacks.probing [--set NAME] [--commit REV] [--count N] [--keep FOLDER]`.

The pages are docs/measurements/probing.md and probing-details.md. One process, one tree after the
other; a strategy takes some hundredths of a second.

    --set NAME      which strategies: `homes` (after a home or its people), or `details` (after the
                    date of birth, the number and the years of a person whose home is known)
    --commit REV    the other tree
    --last REV      the commit that stands for the working tree
    --count N       strategies; 10,000
    --keep FOLDER   what was learned stays here, as SET-first.jsonl and SET-last.jsonl; a run that
                    was ended goes on with them
    --out FILE      the page
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from contextlib import nullcontext
from pathlib import Path
from typing import Any, Final

from scripts.attacks.probing.child import read
from scripts.attacks.probing.page import page
from scripts.attacks.probing.strategy import DETAILS
from scripts.attacks.registry import SUBJECTS
from scripts.attacks.runner import ROOT, Failed, checkout, commit_of

COUNT: Final = 10_000
OUT: Final = ROOT / "docs" / "measurements"
PAGES: Final = {"homes": "probing.md", DETAILS: "probing-details.md"}
FIRST: Final = {"homes": SUBJECTS["gate"], DETAILS: SUBJECTS["law"]}
"""The commit at which what each set does was reported."""


def learned(tree: Path, drawn: str, count: int, path: Path) -> dict[str, Any]:
    """What the strategies learn of this tree, which is written to a file. Raises Failed."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(tree / "src"), str(ROOT)]),
        "PYTHONHASHSEED": "0",
    }
    command = [sys.executable, "-m", "scripts.attacks.probing.child", commit_of(tree)]
    command += [drawn, str(count), str(path)]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=False)
    if done.returncode:
        raise Failed(f"{tree}: the strategies could not be run")
    return read(path)


def main() -> int:
    """Run what was asked for."""
    asked = _parser().parse_args()
    drawn = asked.set
    try:
        with tempfile.TemporaryDirectory() as folder:
            keep = asked.keep or Path(folder)
            with checkout(asked.commit or FIRST[drawn]) as tree:
                first = learned(tree, drawn, asked.count, keep / f"{drawn}-first.jsonl")
            with checkout(asked.last) if asked.last else nullcontext(ROOT) as tree:
                last = learned(tree, drawn, asked.count, keep / f"{drawn}-last.jsonl")
    except Failed as fault:
        sys.stderr.write(f"{fault}\n")
        return 2
    out = asked.out or OUT / PAGES[drawn]
    out.write_text(page((first["commit"], last["commit"]), (first, last)), "utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="What the best of many strategies learns.")
    parser.add_argument("--set", default="homes", choices=[*PAGES])
    parser.add_argument("--commit", default="", metavar="REV")
    parser.add_argument("--last", default="", metavar="REV")
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--keep", type=Path, default=None, metavar="FOLDER")
    parser.add_argument("--out", type=Path, default=None, metavar="FILE")
    return parser


if __name__ == "__main__":
    sys.exit(main())
