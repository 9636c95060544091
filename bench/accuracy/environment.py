"""The bench's own environment: pseudopeople's noise engine and Splink, apart from what Counterfoil
itself needs.

It stands in data/ (ignored by git) and is made once for each requirements/accuracy.txt, whose every
file is pinned by hash.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
DATA = ROOT / "data" / "accuracy"
PINS = ROOT / "requirements" / "accuracy.txt"
_VENV = DATA / "venv"
_READY = _VENV / ".ready"
_PYTHON = _VENV / "bin" / "python"


def make_environment() -> None:
    """Make it, unless it stands already with these pins."""
    digest = hashlib.sha256(PINS.read_bytes()).hexdigest()
    if _READY.is_file() and _READY.read_text(encoding="ascii") == digest:
        return
    shutil.rmtree(_VENV, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", _VENV], check=True)
    pip = [_PYTHON, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--require-hashes", "--no-deps", "-r", PINS], check=True)
    subprocess.run([*pip, "check"], check=True)
    _READY.write_text(digest, encoding="ascii")


def python_there() -> Path:
    """The environment's Python."""
    return _PYTHON


def run_there(module: str, *arguments: str) -> None:
    """Run a module of this bench in the environment; its words are shown only if it fails."""
    done = subprocess.run(
        [_PYTHON, "-m", module, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{module} failed:\n{done.stderr}")
