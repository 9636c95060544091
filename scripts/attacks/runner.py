"""Runs the attacks against a tree: a checkout of a commit in a temporary folder, or the working
tree.

The attacks are those of this tree, whatever tree is attacked: `scripts` is imported from here, and
`counterfoil` from the tree, because PYTHONPATH names the tree's `src` first. The folder in which it
runs is this tree too: Python looks there before PYTHONPATH.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from scripts.attacks.attack import Outcome

ROOT: Final = Path(__file__).parents[2]
Outcomes = dict[str, Outcome]


class Failed(Exception):
    """A tree could not be attacked at all."""


@contextmanager
def checkout(revision: str) -> Generator[Path]:
    """A worktree of this revision, which is removed at the end."""
    with tempfile.TemporaryDirectory(prefix="attacked-") as folder:
        tree = Path(folder) / "tree"
        git = ["git", "-C", str(ROOT), "worktree"]
        made = [*git, "add", "--detach", "--quiet", str(tree), revision]
        done = subprocess.run(made, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Failed(f"git cannot check {revision} out: {done.stderr.strip()}")
        try:
            yield tree
        finally:
            subprocess.run([*git, "remove", "--force", str(tree)], check=False)


def start(tree: Path, only: Sequence[str]) -> subprocess.Popen[str]:
    """The attacks against this tree, running."""
    path = os.pathsep.join([str(tree / "src"), str(ROOT)])
    command = [sys.executable, "-m", "scripts.attacks.child", *only]
    environment = {**os.environ, "PYTHONPATH": path}
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )


def finish(running: subprocess.Popen[str]) -> Outcomes:
    """What came of them. Raises Failed where the process did not end as it should."""
    said, _ = running.communicate()
    if running.returncode:
        raise Failed(f"the attacks ended with {running.returncode}")
    lines = [json.loads(line) for line in said.splitlines()]
    return {line["attack"]: Outcome(line["verdict"], line["detail"]) for line in lines}


def commit_of(tree: Path) -> str:
    """The commit of a tree, and whether anything in it differs from that."""
    git = ["git", "-C", str(tree)]
    head = subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, text=True, check=True)
    changed = subprocess.run(
        [*git, "status", "--porcelain", "src", "law"], capture_output=True, text=True, check=True
    )
    return head.stdout.strip()[:12] + (" with changes" if changed.stdout.strip() else "")
