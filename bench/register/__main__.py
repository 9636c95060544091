"""The sealed register measured, format 3 beside format 2 in one run, as ratios.

    python -m bench.register [--rows 1000000] [--questions 20000] [--same 1000000] [--folder DIR]

Builds one source of made-up households in both formats, asks three kinds of question, then one
question after another, and compares the residents of both formats over a crowded world. Writes
docs/measurements/register.md.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.register import measure
from bench.register.measure import FORMATS, KINDS

PAGE = Path("docs/measurements/register.md")
MAKER = Path(__file__).parents[1] / "certify" / "make_people.py"
ROWS_A_PERSON = 1.8
"""Of the maker: people appear in one or two years."""


Figures = dict[str, Any]
BUILD: tuple[tuple[str, Callable[[Figures], float]], ...] = (
    ("bytes a row on disk", lambda f: f["bytes"] / f["rows"]),
    ("rows a second by the clock", lambda f: f["rows"] / f["seconds"]),
    ("us of CPU a row, all processes", lambda f: 1e6 * f["cpu"] / f["rows"]),
    ("temporary disk, most that was seen, of the register", lambda f: f["temporary"] / f["bytes"]),
)


def main() -> None:
    """Measure, print and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--questions", type=int, default=20_000)
    parser.add_argument("--same", type=int, default=1_000_000)
    parser.add_argument("--crowd", type=int, default=50_000)
    parser.add_argument("--folder", type=Path, default=None)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(dir=given.folder))
    try:
        before = os.getloadavg()[0]
        figures = measured(folder, given)
        after = os.getloadavg()[0]
    finally:
        shutil.rmtree(folder)
    text = page(figures, given, (before, after))
    PAGE.write_text(text, encoding="utf-8")
    print(text)


def measured(folder: Path, given: argparse.Namespace) -> dict[str, Any]:
    """All figures, format 2 and 3 in turn."""
    source = folder / "people.csv"
    people = str(int(given.rows / ROWS_A_PERSON))
    made = [sys.executable, str(MAKER), str(source), "--people", people, "--seed", "1"]
    subprocess.run(made, check=True, stdout=subprocess.DEVNULL)
    found: dict[str, Any] = {"build": {}, "ask": {}, "one": {}}
    for name in FORMATS:
        found["build"][name] = measure.build(source, folder / name, name)
        tell(f"{name}: {found['build'][name]}")
    asked = measure.questions(source, given.questions)
    for kind in KINDS:
        found["ask"][kind] = {name: measure.look_up(folder / name, asked[kind]) for name in FORMATS}
        tell(f"{kind}: {found['ask'][kind]}")
    some = [grant for kind in KINDS for grant in asked[kind][:2_000]]
    for name in FORMATS:
        for ahead in (0, 1_024):
            found["one"][name, ahead] = measure.one_by_one(folder / name, some, ahead)
    tell(f"one: {found['one']}")
    (folder / "crowd").mkdir()
    found["same"] = measure.same_residents(folder / "crowd", given.crowd, given.same, tell)
    return found


def tell(words: str) -> None:
    """Say how far it is."""
    print(words, file=sys.stderr, flush=True)


def page(figures: dict[str, Any], given: argparse.Namespace, load: tuple[float, float]) -> str:
    """The page of figures."""
    two, three = (figures["build"][name] for name in FORMATS)
    lines = [
        "# The sealed register's figures", "",
        "Written by `python -m bench.register`; not edited by hand. Made-up households "
        f"(bench/certify/make_people.py), {two['rows']:,} rows; format 2 and format 3 from one source in one run. "
        "Ratios travel between machines, microseconds do not.", "",
        f"{os.cpu_count()} processors, {platform.machine()}, Python {platform.python_version()}; load average "
        f"{load[0]:.1f} before and {load[1]:.1f} after: above 1, others' work is in the figures by the clock, and in part in those of CPU.", "",
        "| build, weights learned | format 2 | format 3 | ratio |", "|---|---|---|---|",
    ]  # fmt: skip
    for words, value in BUILD:
        one, other = value(two), value(three)
        lines.append(f"| {words} | {one:,.2f} | {other:,.2f} | {other / one:.2f} |")
    lines += ["", "Questions in chunks of 4,096, warm; read: look-ups of format 2, pages of format 3, where a question is asked alone.", "",
              "| questions | us of CPU, format 2 | format 3 | ratio | values read, 2 | 3 | read, 2 | 3 |", "|---|---|---|---|---|---|---|---|"]  # fmt: skip
    for kind in KINDS:
        a, b = (figures["ask"][kind][name] for name in FORMATS)
        lines.append(
            f"| {kind} | {a['us']:.1f} | {b['us']:.1f} | {b['us'] / a['us']:.2f} | {a['values']:.2f} | "
            f"{b['values']:.2f} | {a['reads']:.2f} | {b['reads']:.2f} |"
        )
    lines += ["", "One question after another, opened and decided, by the clock, in us:", "",
              "| | format 2, p50 | p99 | format 3, p50 | p99 |", "|---|---|---|---|---|"]  # fmt: skip
    for ahead, words in ((0, "each counted durably alone"), (1_024, "counted 1,024 at a time")):
        (a, b), (c, d) = (figures["one"][name, ahead] for name in FORMATS)
        lines.append(f"| {words} | {a:.0f} | {b:.0f} | {c:.0f} | {d:.0f} |")
    same = figures["same"]
    lines += ["", f"Residents of both formats, over a crowded world of {given.crowd:,} rows (many cities a ZIP, sister streets, homes whose rows name several "
              f"cities; bench/register/world.py): {same['asked']:,} questions, {same['found']:,} with residents, {same['several']:,} of them by several tolerances; "
              f"{same['differ']:,} differ.", ""]  # fmt: skip
    return "\n".join(lines)


if __name__ == "__main__":
    main()
