"""Counterfoil on one task: an office, its register, `counterfoil evaluate`, and every question's
score for the curve.

The counts are those that the command line prints. The curve needs each question's score, which no
command tells, so the questions are asked once more through the same functions; both must give the
same counts, or the bench stops.
"""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from bench.accuracy.curves import NEVER
from counterfoil import matching
from counterfoil.certification.evaluate import CHUNK_ROWS
from counterfoil.certification.labelled import read_labelled
from counterfoil.core.values import Grant, Match, Reject, Request, Residents
from counterfoil.disclosure.deciding import open_residents
from counterfoil.gate.ungated import UnsafeGate
from counterfoil.office import Office, open_office

COMMAND = Path(sys.executable).with_name("counterfoil")
DONE, DONE_WITH_REJECTS = 0, 3


class Asked(NamedTuple):
    """One question. `grant`, `residents` and `decided` are None where it was not sufficient to
    ask."""

    request_id: str
    truth: bool
    grant: Grant | None = None
    residents: Residents | None = None
    decided: Match | None = None


def build_office(folder: Path) -> tuple[Office, dict[str, Any]]:
    """A sandbox office in `folder`/office with the register of people.csv, and what `register
    build` said."""
    directory = folder / "office"
    shutil.rmtree(directory, ignore_errors=True)
    run("office", "create", str(directory), "--sandbox", "--json")
    built = run(
        "register",
        "build",
        str(folder / "people.csv"),
        "--office",
        str(directory),
        "--made-up",
        "--json",
    )
    return open_office(directory), built


def evaluate(folder: Path) -> dict[str, Any]:
    """What `counterfoil evaluate` prints."""
    return run(
        "evaluate", str(folder / "questions.csv"), "--office", str(folder / "office"), "--json"
    )


def run(*arguments: str) -> dict[str, Any]:
    done = subprocess.run([COMMAND, *arguments], capture_output=True, text=True, check=False)
    if done.returncode not in (DONE, DONE_WITH_REJECTS):
        raise SystemExit(
            f"counterfoil {arguments[0]} ended with {done.returncode}: {done.stderr}{done.stdout}"
        )
    return json.loads(done.stdout)


def ask_all(office: Office, questions: Path) -> Iterator[Asked]:
    """Every question in turn, with what was opened and decided."""
    gate, rows = UnsafeGate(office.law), read_labelled(questions)
    with office.open_register(made_up_trial=True) as sealed:
        weights = office.weights(sealed.manifest)
        while chunk := list(islice(rows, CHUNK_ROWS)):
            grants = [
                (f"q{request.row}", truth, grant_of(gate, request)) for request, truth in chunk
            ]
            opened = open_residents([grant for _, _, grant in grants if grant], sealed)
            for name, truth, grant in grants:
                residents = opened.get(grant.request.row) if grant else None
                if grant is None or residents is None:
                    yield Asked(name, truth)
                else:
                    yield Asked(
                        name, truth, grant, residents, matching.decide(grant, residents, weights)
                    )


def grant_of(gate: UnsafeGate, request: Request | Reject) -> Grant | None:
    if isinstance(request, Reject):
        raise SystemExit(f"row {request.row} was rejected: {request.field} {request.code}")
    return gate.grant(request)


def score_of(asked: Asked, margin_bits: float) -> float:
    """What a threshold is held against; NEVER where none could confirm."""
    decided = asked.decided
    return decided.score_bits if decided and decided.margin_bits >= margin_bits else NEVER


def read_rows(path: Path, key: str) -> dict[str, dict[str, str]]:
    """The rows of a CSV file by the column `key`."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row[key]: row for row in csv.DictReader(file)}
