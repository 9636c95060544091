"""Strategies against the tree that PYTHONPATH names first, into a file:
`python -m scripts.attacks.probing.child COMMIT COUNT FILE`.

The file holds JSON lines: what was attacked, then one line for each strategy.

    {"commit": "...", "limits": {...}, "pools": {...}}
    [number, tried, granted, files]

A run that was ended goes on where the file ends: a strategy depends on its number alone. A file of
another commit, or whose ways of writing are others, is not gone on with.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from scripts.attacks.probing.simulate import simulate
from scripts.attacks.probing.strategy import strategy
from scripts.attacks.probing.target import described, effective_pools
from scripts.attacks.probing.year import limits_of, load, new_year
from scripts.attacks.runner import Failed


def read(path: Path) -> dict[str, Any]:
    """What a run wrote, as its first line with `learned` beside it, by number. A line that was cut
    is left out. Raises Failed where nothing was written."""
    lines = path.read_text(encoding="utf-8").split("\n")[:-1] if path.is_file() else []
    if not lines:
        raise Failed(f"{path} holds no strategies")
    return {**json.loads(lines[0]), "learned": sorted(map(json.loads, lines[1:]))}


def main(commit: str, count: int, path: Path) -> None:
    """Run the strategies below COUNT that the file does not hold."""
    law = load()
    with tempfile.TemporaryDirectory(prefix="probing-") as folder:
        tempfile.tempdir = folder
        pools = effective_pools(Path(folder))
    tempfile.tempdir = None
    head = {"commit": commit, "limits": limits_of(law), "pools": described(pools)}
    known = done(path, head)
    year = new_year(law)
    with path.open("a", encoding="utf-8") as file:
        for number in sorted(set(range(count)) - known):
            learned = [number, *simulate(strategy(number), pools, year)]
            file.write(f"{json.dumps(learned)}\n")
            file.flush()


def done(path: Path, head: dict[str, Any]) -> set[int]:
    """The numbers that the file holds; a new file gets its first line. Raises Failed."""
    if not path.is_file():
        path.write_text(f"{json.dumps(head)}\n", encoding="utf-8")
        return set()
    found = read(path)
    if {name: found[name] for name in head} != head:
        raise Failed(f"{path} is of another commit or of other strategies")
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.rindex("\n") + 1], encoding="utf-8")
    return {line[0] for line in found["learned"]}


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
