"""Fuzz every target in turn: `python -m bench.fuzz SECONDS`, seconds for each; exit 1 where
something was found.

atheris is not among the test dependencies: it is installed into `.venv-fuzz` with the hash that
requirements/fuzz.txt pins. That environment then sees the packages of this one.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import tempfile
import venv
from pathlib import Path

from bench.fuzz.targets import TARGETS

ROOT = Path(__file__).parents[2]
ENVIRONMENT = ROOT / ".venv-fuzz"
PINS = ROOT / "requirements" / "fuzz.txt"


def python_with_atheris() -> Path:
    """The Python of the environment, which is made where it is missing."""
    python = ENVIRONMENT / "bin" / "python"
    if not python.exists():
        venv.create(ENVIRONMENT, with_pip=True)
        pip = [python, "-m", "pip", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "install", "--require-hashes", "--no-deps", "-r", PINS], check=True)
        subprocess.run([*pip, "check"], check=True)
    return python


def main(seconds: int) -> int:
    """Executions of each target; how many of them found something."""
    python, found = python_with_atheris(), 0
    paths = os.pathsep.join([str(ROOT / "src"), str(ROOT), sysconfig.get_path("purelib")])
    for name in TARGETS:
        with tempfile.TemporaryDirectory() as corpus:
            command = [python, "-m", "bench.fuzz.one", name, str(seconds), corpus]
            done = subprocess.run(
                command,
                cwd=ROOT,
                env=os.environ | {"PYTHONPATH": paths},
                capture_output=True,
                text=True,
                check=False,
            )
            runs = re.findall(r"Done (\d+) runs", done.stderr)
            print(
                f"{name:26} {runs[0] if runs else '-':>9} executions, "
                f"{'nothing found' if done.returncode == 0 else 'FOUND'}",
                flush=True,
            )
            if done.returncode:
                found += 1
                print(done.stderr[-3000:])
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 60))
