"""A program that measures one turn, run with the code of a tree: bench/gate/beside.py and
bench/release compare two trees by it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any


def measured(tree: Path, beside: Path, *program: str | Path) -> Any:
    """What a program says as one line of JSON, run in the folder `beside`, with `counterfoil` of
    `tree` and everything else of `beside`. Raises CalledProcessError where it failed."""
    done = subprocess.run(
        [sys.executable, *map(str, program)],
        cwd=beside,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tree / "src"), str(beside)])},
        stdout=subprocess.PIPE,
        check=True,
    )
    return json.loads(done.stdout)
