"""One tree's part of `python -m bench.before`, in a process of its own: what it answers on a task,
or what its forms and decisions cost.

    python turn.py answers FOLDER      one JSON line for each question of FOLDER/questions.csv
    python turn.py cost FOLDER         one JSON object: CPU microseconds a question, by step

It runs this file of the present tree, and takes everything else from the tree that PYTHONPATH
names. So it may import only what both trees have. FOLDER holds people.csv, questions.csv and
key.csv of bench/accuracy/tasks.py; the office is made in it. Each step is timed once, in a new
process: what a step remembers of earlier questions it has to learn in the time that is told.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

from bench.accuracy import house, misses
from counterfoil import matching, normalize
from counterfoil.certification.labelled import read_labelled
from counterfoil.core.values import Request


def answers(folder: Path) -> None:
    """Print what was decided about every question, and of a miss its kind."""
    office, _ = house.build_office(folder)
    with office.open_register(made_up_trial=True) as sealed:
        weights = office.weights(sealed.manifest)
    rows, people = (
        house.read_rows(folder / name, key)
        for name, key in (("questions.csv", "request_id"), ("people.csv", "record_ref"))
    )
    held = {
        name: [people[ref] for ref in row["refs"].split(";") if ref]
        for name, row in house.read_rows(folder / "key.csv", "request_id").items()
    }
    for asked in house.ask_all(office, folder / "questions.csv"):
        decided, name = asked.decided, asked.request_id
        is_confirmed = decided is not None and decided.confirmed
        kind = ""
        if asked.truth and not is_confirmed:
            kind = misses.kind_of(asked, rows[name], held[name], weights)
        said = {
            "request_id": name,
            "truth": asked.truth,
            "confirmed": is_confirmed,
            "kind": kind,
            "levels": [f"{each.feature}.{each.level}" for each in decided.evidence]
            if decided
            else [],
        }
        print(json.dumps(said))


def cost(folder: Path) -> None:
    """Print CPU microseconds a question: its forms, its address keys, its decision."""
    office, _ = house.build_office(folder)
    requests = [
        request
        for request, _ in read_labelled(folder / "questions.csv")
        if isinstance(request, Request)
    ]
    forms, told = list[Any](), dict[str, float]()
    told["form of the name"] = _each(lambda it: normalize.normalize_name(it.person), requests)
    told["form of the address"] = _each(
        lambda it: forms.append(normalize.normalize_address(it.address)), requests
    )
    told["keys of the address"] = _each(normalize.address_keys, forms)
    with office.open_register(made_up_trial=True) as sealed:
        weights = office.weights(sealed.manifest)
    # The residents of every question are opened here, and decided upon only where it is timed.
    with mock.patch.object(matching, "decide", return_value=None):
        asked = [each for each in house.ask_all(office, folder / "questions.csv") if each.residents]
    told["decision"] = _each(lambda it: matching.decide(it.grant, it.residents, weights), asked)
    print(json.dumps(told))


def _each(work: Callable[[Any], object], subjects: list[Any]) -> float:
    """CPU microseconds for one of these."""
    started = time.process_time()
    for subject in subjects:
        work(subject)
    return (time.process_time() - started) * 1e6 / max(1, len(subjects))


if __name__ == "__main__":
    {"answers": answers, "cost": cost}[sys.argv[1]](Path(sys.argv[2]))
