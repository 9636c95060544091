"""Whether two trees do the same: `python -m scripts.same_demo TREE_A TREE_B [--sample FOLDER]`.

A tree is a checkout. In each, as processes of their own, `counterfoil demo` answers the requests of
the sample, and `ledger show` and `status` tell what the office has entered. Compared are:

- the request files, byte by byte
- every answer, with its refusal codes, in the order of the file
- the figures that the demonstration prints: groups, refusals by element, recall
- the states and counts of the batches, the deputy's refused file among them
- every entry of the ledger, in order, with all of its fields

Randomness is the same stream of bytes in both, put in place of the system's before the package is
imported, so that what is drawn by chance (ids, salts, samples) is drawn alike. The clock is the
machine's: run it on one day. Times are left out, and so are ids, keys, commitments, roots and other
digests of random things: of those, it is compared where the same one stands twice. What differs is
printed, and the exit code is 1; it is 2 where a tree could not be run.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[1]
MOST_SHOWN: Final = 40
_PROGRAM: Final = """
import hashlib, itertools, os, sys
numbers = itertools.count()
def drawn(size):
    return hashlib.shake_256(f"{sys.argv[1]} {next(numbers)}".encode()).digest(size)
os.urandom = drawn
from counterfoil.cli import main
main()
"""
"""The command line of a tree whose randomness repeats. Both names of an office's randomness,
`os.urandom` itself and a default argument, are bound when the package is imported."""
_EXACT: Final = frozenset({"agreement", "rules", "requests"})
"""Digests that chance has no part in: of the agreement, of the law and the match rules, of the
request files. The `file` of an entry is a commitment under the batch's random salt."""
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_MADE: Final = re.compile(r"sha256:[0-9a-f]{64}|\b[bq]-[0-9a-f]{16}\b|\b\d{4}-[0-9a-f]{12}\b")
"""Digests, ids of batches, ids of register snapshots."""
_ROOT: Final = re.compile(r"[A-Za-z0-9+/]{43}=")


class Failed(Exception):
    """A tree could not be run."""


def call(tree: Path, *arguments: str | Path) -> Any:
    """What a command of the tree prints as JSON."""
    command = [sys.executable, "-c", _PROGRAM, *map(str, arguments), "--json"]
    environment = {**os.environ, "PYTHONPATH": str(tree / "src"), "PYTHONHASHSEED": "0"}
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, check=False)
    if done.returncode:
        raise Failed(f"{tree}: {arguments[0]} ended with {done.returncode}\n{done.stderr.decode()}")
    return json.loads(done.stdout)


def observed(tree: Path, sample: Path, folder: Path) -> dict[str, Any]:
    """Everything that is compared, as the tree does it."""
    figures = call(tree, "demo", "--dir", folder, "--sample", sample)
    figures.pop("seconds", None)
    lines = (folder / "answers.jsonl").read_text(encoding="utf-8").splitlines()
    files = [folder / "requests.csv", folder / "deputy.csv"]
    return {
        "requests": [f"sha256:{hashlib.sha256(each.read_bytes()).hexdigest()}" for each in files],
        "answers": [json.loads(line) for line in lines],
        "figures": figures,
        "batches": call(tree, "status", "--office", folder / "office")["batches"],
        "ledger": call(tree, "ledger", "show", "--office", folder / "office")["entries"],
    }


class Comparable:
    """Replaces what chance and the clock made by names: the same thing has the same name wherever
    it stands in one tree."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def of(self, value: Any, key: str = "") -> Any:
        """The value with names in place of what was made; `key` is the field it stands in."""
        if isinstance(value, dict):
            return {name: self.of(each, name) for name, each in sorted(value.items())}
        if isinstance(value, list):
            return [self.of(each, key) for each in value]
        if isinstance(value, str) and key not in _EXACT:
            named = _MADE.sub(self._name, _TIME.sub("(time)", value))
            return _ROOT.sub(self._name, named)
        return value

    def _name(self, found: re.Match[str]) -> str:
        return self._names.setdefault(found[0], f"(made {len(self._names)})")


def differences(one: Any, other: Any, place: str = "") -> Iterator[str]:
    """Where two values differ, one line each."""
    if isinstance(one, dict) and isinstance(other, dict):
        for name in sorted(one.keys() | other.keys()):
            yield from differences(one.get(name), other.get(name), f"{place}.{name}".lstrip("."))
    elif isinstance(one, list) and isinstance(other, list):
        if len(one) != len(other):
            yield f"{place}: {len(one)} in the first tree, {len(other)} in the second"
        for number, (left, right) in enumerate(zip(one, other, strict=False)):
            yield from differences(left, right, f"{place}[{number}]")
    elif one != other:
        yield f"{place}: {one!r} in the first tree, {other!r} in the second"


def main() -> int:
    """Run both, print what differs."""
    parser = argparse.ArgumentParser(description="Compare the demonstrations of two trees.")
    parser.add_argument("trees", nargs=2, type=Path, metavar="TREE")
    parser.add_argument("--sample", type=Path, default=ROOT / "data" / "pseudopeople")
    asked = parser.parse_args()
    found: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        for number, tree in enumerate(asked.trees):
            try:
                each = observed(tree.resolve(), asked.sample.resolve(), Path(folder) / str(number))
            except Failed as fault:
                sys.stderr.write(f"{fault}\n")
                return 2
            found.append(Comparable().of(each))
    differing = list(differences(*found))
    shown = [*differing[:MOST_SHOWN], f"and {len(differing) - MOST_SHOWN} more"]
    sys.stdout.write("\n".join(shown if len(differing) > MOST_SHOWN else differing))
    counts = ", ".join(f"{len(found[0][name])} {name}" for name in ("answers", "batches"))
    words = f"{counts}, {len(found[0]['ledger'])} entries of the ledger, and the figures"
    sys.stdout.write(f"\nDifferent: {len(differing)} places\n" if differing else f"Same: {words}\n")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
