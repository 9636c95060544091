"""`python -m bench.speed [ROWS [QUESTIONS [TURNS]]] [--folder FOLDER]`: Splink 5 and Counterfoil on
the same files, in turn.

It makes the files (data.py), then in each turn runs every floor, Counterfoil's stages, each in a
process of its own and with everything on, and Splink (peer.py); the register is built once. Prints
and writes docs/measurements/speed.md: medians. The files, the register and all else are in a folder
of the system's temporary directory, which is deleted at the end; or in FOLDER, which is kept, and
whose register is used again.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any, Final, NamedTuple

from bench.accuracy.environment import ROOT, make_environment, python_there
from bench.speed import page
from bench.speed.data import write_files
from bench.speed.watch import Used, run

ROWS: Final = 1_000_000
QUESTIONS: Final = 100_000
TURNS: Final = 3
STAGES: Final = ("receive", "determine", "release")
FLOORS: Final = tuple(f"floor-{stage}" for stage in ("build", *STAGES, "commits"))


class Stage(NamedTuple):
    """What a stage took by itself (seconds, seconds of CPU), what its process used in all, and what
    came out."""

    seconds: float
    cpu: float
    used: Used
    found: Any


def main(rows: int, questions: int, turns: int, kept: Path | None = None) -> None:
    """Measure, print and write the page."""
    make_environment()
    before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as scratch:
        folder = kept or Path(scratch)
        measured = {"build": [_built(folder, rows, questions)]}
        disk = {
            "people.csv": _size(folder / "people.csv"),
            "questions.csv": _size(folder / "questions.csv"),
            "register": _size(folder / "office" / "register"),
        }
        fresh = _size(folder / "office")
        for _ in range(turns):
            (saved := folder / "saved").mkdir()
            _copy(folder / "office", saved / "office")
            for name in (*FLOORS, *STAGES):
                measured.setdefault(name, []).append(_ours(name, folder))
            disk["one batch in the office"] = _size(folder / "office") - fresh
            _copy(saved / "office", folder / "office")
            measured.setdefault("splink", []).append(_splink(folder))
            _remove(saved)
    figures = page.Figures(
        rows,
        questions,
        turns,
        (before, os.getloadavg()[0]),
        {name: _median(all_of) for name, all_of in measured.items()},
        disk,
        {name: all_of[-1].found for name, all_of in measured.items()},
    )
    page.write_page(figures)


def _built(folder: Path, rows: int, questions: int) -> Stage:
    """What the build took, now or when the folder was made."""
    done = folder / "build.json"
    if done.exists():
        seconds, cpu, used, found = json.loads(done.read_text(encoding="ascii"))
        return Stage(seconds, cpu, Used(*used), found)
    folder.mkdir(parents=True, exist_ok=True)
    write_files(folder, rows, questions)
    built = _ours("build", folder)
    done.write_text(json.dumps(built), encoding="ascii")
    return built


def _ours(stage: str, folder: Path) -> Stage:
    command = [sys.executable, "-m", "bench.speed.stages", stage, str(folder)]
    return _stage(*run(command, ROOT))


def _splink(folder: Path) -> Stage:
    command = [str(python_there()), "-m", "bench.speed.peer", str(folder)]
    return _stage(*run(command, ROOT))


def _stage(used: Used, told: str) -> Stage:
    said = json.loads(told.strip().splitlines()[-1])
    return Stage(said["seconds"], said["cpu"], used, said["found"])


def _median(stages: list[Stage]) -> page.Row:
    return page.Row(
        median(each.seconds for each in stages),
        median(each.cpu for each in stages),
        max(each.used.anonymous for each in stages),
        max(each.used.mapped for each in stages),
    )


def _size(path: Path) -> int:
    files = [path] if path.is_file() else [each for each in path.rglob("*") if each.is_file()]
    return sum(each.stat().st_blocks * 512 for each in files)


def _copy(source: Path, target: Path) -> None:
    """Copy an office but for its register, which no stage alters."""
    ignore = shutil.ignore_patterns("register")
    if target.exists():
        for each in target.iterdir():
            if each.name != "register":
                shutil.rmtree(each) if each.is_dir() else each.unlink()
    shutil.copytree(source, target, ignore=ignore, dirs_exist_ok=True)


def _remove(folder: Path) -> None:
    shutil.rmtree(folder)


def _command_line() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.speed")
    for name, least in (("rows", ROWS), ("questions", QUESTIONS), ("turns", TURNS)):
        parser.add_argument(name, type=int, nargs="?", default=least)
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    main(asked.rows, asked.questions, asked.turns, asked.folder)


if __name__ == "__main__":
    _command_line()
