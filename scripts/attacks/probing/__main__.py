"""What the best of many strategies learns in a simulated year, at a commit and in the working tree:
`python -m scripts.attacks.probing [--commit REV] [--count N] [--keep FOLDER]`.

The page is docs/measurements/probing.md. One process, one tree after the other; a strategy takes
some hundredths of a second.

    --commit REV    the other tree
    --last REV      the commit that stands for the working tree
    --count N       strategies; 10,000, half of them after a person, half after a home
    --keep FOLDER   what was learned stays here, as first.jsonl and last.jsonl; a run that was ended
                    goes on with them
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
from scripts.attacks.registry import SUBJECTS
from scripts.attacks.runner import ROOT, Failed, checkout, commit_of

COUNT: Final = 10_000
OUT: Final = ROOT / "docs" / "measurements" / "probing.md"


def learned(tree: Path, count: int, path: Path) -> dict[str, Any]:
    """What the strategies learn of this tree, which is written to a file. Raises Failed."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(tree / "src"), str(ROOT)]),
        "PYTHONHASHSEED": "0",
    }
    command = [sys.executable, "-m", "scripts.attacks.probing.child", commit_of(tree)]
    done = subprocess.run([*command, str(count), str(path)], cwd=ROOT, env=environment, check=False)
    if done.returncode:
        raise Failed(f"{tree}: the strategies could not be run")
    return read(path)


def main() -> int:
    """Run what was asked for."""
    asked = _parser().parse_args()
    try:
        with tempfile.TemporaryDirectory() as folder:
            keep = asked.keep or Path(folder)
            with checkout(asked.commit) as tree:
                first = learned(tree, asked.count, keep / "first.jsonl")
            with checkout(asked.last) if asked.last else nullcontext(ROOT) as tree:
                last = learned(tree, asked.count, keep / "last.jsonl")
    except Failed as fault:
        sys.stderr.write(f"{fault}\n")
        return 2
    asked.out.write_text(page((first["commit"], last["commit"]), (first, last)), "utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="What the best of many strategies learns.")
    parser.add_argument("--commit", default=SUBJECTS["gate"], metavar="REV")
    parser.add_argument("--last", default="", metavar="REV")
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--keep", type=Path, default=None, metavar="FOLDER")
    parser.add_argument("--out", type=Path, default=OUT)
    return parser


if __name__ == "__main__":
    sys.exit(main())
