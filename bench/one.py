"""`python -m bench.one [ROWS [QUESTIONS]] [--folder FOLDER]`: what one question costs by itself.

    opened and decided    in process, one admitted question after another, the register open and
                          warm, openings counted ahead: no entry
    one file of one row   received, determined, reviewed and released by the office, each with its
                          durable entries, in one process that stays

The files are those of bench.speed, in a temporary folder, or those that are in FOLDER already.
Writes docs/measurements/one-question.md.
"""

from __future__ import annotations

import argparse
import csv
import os
import platform
import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any, Final, NamedTuple

from bench.speed.data import write_files
from bench.speed.stages import main as run_stage
from bench.summary import keep
from counterfoil import client, matching
from counterfoil.batches import store as batches
from counterfoil.batches.batch import ChunkKind
from counterfoil.batches.rows import Granted
from counterfoil.core.values import Grant
from counterfoil.office import Office, open_office

PAGE: Final = Path(__file__).parents[1] / "docs" / "measurements" / "one-question.md"
ROWS: Final = 150_000
QUESTIONS: Final = 30_000
FILES: Final = 50
_AHEAD: Final = 1 << 16
_STEPS: Final = ("receive", "determine", "review", "release")
_HEAD: Final = """# One question by itself

Written by `python -m bench.one {rows} {questions}`; not edited by hand. A register of {rows:,} rows on {cores} cores, {machine}, Python
{python}; load average {before:.1f} before and {after:.1f} after: above {cores}, others' work is in the times by the clock.

| what | questions | p50 ms | p99 ms | CPU ms, median |
|---|---|---|---|---|
"""
_TAIL: Final = """
The first line is a look-up and a decision of the office's own process, as a certification makes them: `SealedRegister.open_residents` of one question,
then `matching.decide`; the key custodian counts {ahead:,} openings at a time, ahead, and durably. Asked are 0.1 ms at p50 and 1 ms at p99.

The others are a file of one row, with all that an answer needs: the law and the guards, the entries and the head of the ledger in durable
commits, two officers' signatures, the signed answer and its permanent accounting. There is no shorter way to an answer: nothing
is told to anybody that two officers did not sign.
"""


class Took(NamedTuple):
    """Seconds by the clock of each question, and of CPU."""

    wall: list[float]
    cpu: list[float]

    def row(self, name: str) -> str:
        """A row of the page."""
        wall = sorted(self.wall)
        at99 = wall[len(wall) * 99 // 100]
        cells = (median(wall), at99, median(self.cpu))
        said = " | ".join(f"{1e3 * each:.3f}" for each in cells)
        return f"| {name} | {len(wall):,} | {said} |"


def timed(work: Callable[[], Any], took: Took) -> Any:
    """Do it, and keep what it took."""
    began, used = time.perf_counter(), _cpu()
    found = work()
    took.wall.append(time.perf_counter() - began)
    took.cpu.append(_cpu() - used)
    return found


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def opened_and_decided(office: Office, grants: Sequence[Grant]) -> Took:
    """Each question alone, after all of them once."""
    took = Took([], [])
    with office.open_register(made_up_trial=True, count_ahead=_AHEAD) as sealed:
        weights = office.weights(sealed.manifest)

        def ask(grant: Grant) -> matching.Match:
            [residents] = sealed.open_residents([grant])
            return matching.decide(grant, residents, weights)

        for grant in grants:
            ask(grant)
        for grant in grants:
            began = time.perf_counter()
            ask(grant)
            took.wall.append(time.perf_counter() - began)
        used = time.process_time()
        for grant in grants:
            ask(grant)
        took.cpu.append((time.process_time() - used) / len(grants))
    return took


def admitted(office: Office, batch: str, most: int) -> list[Grant]:
    """The first questions of a batch that the gate admitted."""
    with office.store.reading() as connection:
        session = office.batch_session(connection, batches.find_batch(connection, batch))
        rows = (
            row for seq in range(session.count(ChunkKind.REQUEST)[0]) for row in session.gated(seq)
        )
        return list(islice((row.grant for row in rows if isinstance(row, Granted)), most))


def files_of_one_row(office: Office, folder: Path, questions: Path) -> dict[str, Took]:
    """Each step of each file. The first three files are not counted: they fill what is warm."""
    took = {step: Took([], []) for step in _STEPS}
    keys = [client.sandbox_key(office, f"officer-{letter}") for letter in "ab"]
    with questions.open(encoding="utf-8", newline="") as file:
        rows = list(islice(csv.DictReader(file), FILES + 3))
    for number, row in enumerate(rows):
        path, out = folder / f"one-{number}.csv", folder / f"one-{number}.jsonl"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(row))
            writer.writeheader()
            writer.writerow(row)
        if number == 3:
            took = {step: Took([], []) for step in _STEPS}
        _answer(office, path, out, keys, took)
    return took


def _answer(office: Office, path: Path, out: Path, keys: list[Any], took: dict[str, Took]) -> None:
    batch = timed(lambda: client.receive(office, path), took["receive"]).batch
    timed(lambda: client.determine(office, batch), took["determine"])
    timed(lambda: client.review(office, batch, keys[0]), took["review"])
    timed(lambda: client.release(office, batch, keys[1], out), took["release"])


def main(rows: int, questions: int, folder: Path) -> None:
    """Measure, print and write the page."""
    before = os.getloadavg()[0]
    if not (folder / "office").exists():
        write_files(folder, rows, questions)
        run_stage("build", folder)
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        shutil.copytree(folder / "office", place / "office")
        office = open_office(place / "office")
        few = place / "few.csv"
        with (folder / "questions.csv").open(encoding="utf-8") as source:
            lines = list(islice(source, 5_001 + FILES + 3))
        few.write_text("".join(lines[:5_001]), encoding="utf-8")
        one = place / "one.csv"
        one.write_text("".join([lines[0], *lines[5_001:]]), encoding="utf-8")
        batch = client.receive(office, few).batch
        alone = opened_and_decided(office, admitted(office, batch, 5_000))
        took = files_of_one_row(office, place, one)
        office.store.close()
    _write(rows, questions, before, alone, took)


def _write(rows: int, questions: int, before: float, alone: Took, took: dict[str, Took]) -> None:
    head = _HEAD.format(
        rows=rows,
        questions=questions,
        cores=os.cpu_count(),
        machine=platform.machine(),
        python=platform.python_version(),
        before=before,
        after=os.getloadavg()[0],
    )
    whole = Took(
        [sum(each) for each in zip(*(took[step].wall for step in _STEPS), strict=True)],
        [sum(each) for each in zip(*(took[step].cpu for step in _STEPS), strict=True)],
    )
    lines = [alone.row("opened and decided")]
    lines += [took[step].row(f"a file of one row: {step}") for step in _STEPS]
    lines.append(whole.row("a file of one row: all four"))
    text = head + "\n".join(lines) + "\n" + _TAIL.format(ahead=_AHEAD)
    PAGE.write_text(text, encoding="utf-8")
    p50, p99 = median(alone.wall), sorted(alone.wall)[len(alone.wall) * 99 // 100]
    figures = f"p50 {1e3 * p50:.3f} ms, p99 {1e3 * p99:.3f} ms"
    keep(
        "one question",
        [
            ("opened and decided", figures, "asked: 0.1 and 1"),
            ("a file of one row, all steps", f"p50 {1e3 * median(whole.wall):.0f} ms", ""),
        ],
    )
    print(text)


def _command_line() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.one")
    parser.add_argument("rows", type=int, nargs="?", default=ROWS)
    parser.add_argument("questions", type=int, nargs="?", default=QUESTIONS)
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        main(asked.rows, asked.questions, asked.folder or Path(scratch))


if __name__ == "__main__":
    _command_line()
