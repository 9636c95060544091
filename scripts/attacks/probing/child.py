"""Strategies against the tree that PYTHONPATH names first, as one JSON object on stdout:
`python -m scripts.attacks.probing.child FIRST COUNT STEP`.

    {"limits": {...}, "pools": {...}, "learned": [[number, tried, granted, files], ...]}
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from scripts.attacks.probing.simulate import simulate
from scripts.attacks.probing.strategy import strategy
from scripts.attacks.probing.target import described, effective_pools
from scripts.attacks.probing.year import limits_of, load, new_year


def main(first: int, count: int, step: int) -> None:
    """Run strategies FIRST, FIRST + STEP, ... below COUNT."""
    law = load()
    with tempfile.TemporaryDirectory(prefix="probing-") as folder:
        tempfile.tempdir = folder
        pools = effective_pools(Path(folder))
    tempfile.tempdir = None
    year, learned = new_year(law), list[list[int]]()
    for number in range(first, count, step):
        learned.append([number, *simulate(strategy(number), pools, year)])
    found = {"limits": limits_of(law), "pools": described(pools), "learned": learned}
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]))
