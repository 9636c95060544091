"""`make bench`: microseconds of CPU a row for each step of a batch, and its ratio to a floor
measured in the same run.

    python -m bench [ROWS]

Ratios travel between machines, microseconds do not. The best of three passes is printed. The
register is the demonstration's.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import floors
from bench.summary import keep
from counterfoil import client, disclosure, intake, normalize
from counterfoil.core.use_cases import NOBODY
from counterfoil.core.values import Request
from counterfoil.demo import demonstration, sample
from counterfoil.demo.questions import REQUEST_COLUMNS, complete_request
from counterfoil.office import Office, open_office

SAMPLE = Path("data/pseudopeople")
PASSES = 3


def cpu_seconds(work: Callable[[], Any]) -> float:
    """CPU seconds of one call in this process."""
    started = time.process_time()
    work()
    return time.process_time() - started


def best(work: Callable[[], Any]) -> float:
    """The least of three."""
    return min(cpu_seconds(work) for _ in range(PASSES))


def main(rows: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as scratch:
        directory = Path(scratch)
        demonstration.demonstrate(directory / "demo", SAMPLE, lambda *_: None)
        requests = write_requests(directory, rows)
        print(f"{rows} requests, best of {PASSES} passes, CPU microseconds a row")
        print(f"{'step':34} {'ours':>8} {'floor':>8} {'ratio':>7}  floor")
        steps = measured(directory, requests, rows)
        per_row = 1e6 / rows
        keep(
            "steps",
            (
                (name, f"{ours * per_row:.1f} us a row", f"{ours / floor:.1f} times {words}")
                for name, ours, floor, words in steps
            ),
        )
        for name, ours, floor, words in steps:
            print(
                f"{name:34} {ours * per_row:8.2f} {floor * per_row:8.2f} {ours / floor:7.1f}  "
                f"{words}"
            )


def write_requests(directory: Path, rows: int) -> Path:
    """A request file about the sample's people, in order but for the question, one officer in each
    200."""
    people = [person for person in sample.census(SAMPLE) if sample.place_of(person)[0]]
    questions = (
        complete_request(
            number, sample.question(people[number % len(people)]), officer=number // 200
        )
        for number in range(rows)
    )
    return demonstration.write_rows(directory / "requests.csv", REQUEST_COLUMNS, questions)


def measured(directory: Path, requests: Path, rows: int) -> list[tuple[str, float, float, str]]:
    """(step, our seconds, floor's seconds, floor in words)."""
    office = open_office(directory / "demo" / "office")
    header = office.default_header()
    file = intake.open_file(requests, default_header=header, principal_keys={})
    asked = [row for row in file.rows() if isinstance(row, Request)]
    addresses = [row.address for row in asked]
    doors = [
        door.key
        for address in addresses
        for door in normalize.address_keys(normalize.normalize_address(address))
    ]
    entry = (
        b'{"batch":"b-0f1e2d3c4b5a6978","commitment":"sha256:'
        + b"0" * 64
        + b'","count":1,"kind":"granted"}'
    )
    read = best(lambda: floors.read_csv(requests))
    inserts = iter(range(PASSES))
    insert = best(
        lambda: floors.hash_and_insert([entry] * rows, directory / f"floor-{next(inserts)}.db")
    )
    opening = best(lambda: floors.derive_and_open(doors))
    steps = _steps(directory, requests, office)
    return [
        ("intake: read and check", best(lambda: sum(1 for _ in file.rows())), read, "csv.reader"),
        (
            "forms: address form",
            best(lambda: [normalize.normalize_address(address) for address in addresses]),
            read,
            "csv.reader",
        ),
        (
            "receive: intake, gate, entries",
            steps["receive"],
            read + insert,
            "csv.reader, sha256 and insert",
        ),
        (
            "determine: doors, open, decide",
            steps["determine"],
            opening,
            "HMAC a door, AES-GCM a question",
        ),
        ("release: coarsen, entries, sign", steps["release"], insert, "sha256 and insert"),
        ("all four steps", sum(steps.values()), read + 2 * insert + opening, "all floors"),
    ]


def _steps(directory: Path, requests: Path, office: Office) -> dict[str, float]:
    """Seconds of each step over the whole file, best of three fresh copies of the office."""
    found: list[dict[str, float]] = []
    for number in range(PASSES):
        copy = directory / f"copy-{number}"  # of what it published too
        shutil.copytree(office.directory.parent, copy)
        opened = open_office(copy / "office")
        keys = [client.sandbox_key(opened, f"officer-{letter}") for letter in "ab"]
        seconds = {"receive": cpu_seconds(lambda opened=opened: client.receive(opened, requests))}
        batch = disclosure.batch_statuses(opened, NOBODY)[-1].batch
        seconds["determine"] = cpu_seconds(
            lambda opened=opened, batch=batch: client.determine(opened, batch)
        )
        client.review(opened, batch, keys[0])
        out = directory / f"answers-{number}.jsonl"
        seconds["release"] = cpu_seconds(
            lambda opened=opened, batch=batch, keys=keys, out=out: client.release(
                opened, batch, keys[1], out
            )
        )
        opened.store.close()
        found.append(seconds)
    return {step: min(each[step] for each in found) for step in found[0]}


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
