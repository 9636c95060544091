"""`python -m bench.suspension [ROWS]`: a court's order in the middle of a run, and what the
exported ledger shows of it.

A run over ROWS requests (`receive`, `determine`, `review`, `release`) is started as a process of
its own. Another process suspends the office once a share of the rows is entered. Then, from the
exported ledger alone: the export checks, and between the suspension's entry and the end there is no
entry of a row, an opening, a disclosure or a release. Exit 1 if there is.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.__main__ import SAMPLE, write_requests
from counterfoil import client, ledger
from counterfoil.controls.suspension import service as suspension
from counterfoil.core.errors import CounterfoilError
from counterfoil.core.use_cases import Upload
from counterfoil.demo import demonstration
from counterfoil.ledger import EntryKind
from counterfoil.office import Office, open_office

ACTS = {
    "batch",
    "granted",
    "refused",
    "rejected",
    "opening",
    "not_compared",
    "determined",
    "sample",
    "review",
    "disclosure",
    "release",
}
_MOMENTS = (("receive", 0.5), ("determine", 0.5))
"""The order comes when this share of the rows is granted, or opened."""


def main(rows: int) -> int:
    """Measure and print; 0 where nothing stands after the suspension."""
    with tempfile.TemporaryDirectory() as scratch:
        failed = [
            step for step, share in _MOMENTS if not _suspended(Path(scratch), rows, step, share)
        ]
    return 1 if failed else 0


def run(directory: Path, requests: Path, out: Path) -> None:
    """The run that is stopped, in a process of its own."""
    office = open_office(directory)
    try:
        batch = client.receive(office, requests).batch
        client.determine(office, batch)
        client.review(office, batch, _officer(office, "a"))
        client.release(office, batch, _officer(office, "b"), out)
        print("released")
    except CounterfoilError as fault:
        print(fault.code)


def _suspended(scratch: Path, rows: int, step: str, share: float) -> bool:
    directory, out = scratch / step, scratch / f"{step}.jsonl"
    demonstration.demonstrate(directory, SAMPLE, lambda *_: None)
    _lift(directory / "office" / "law" / "agreement.yaml")
    requests, office = write_requests(directory, rows), open_office(directory / "office")
    kind = EntryKind.GRANTED if step == "receive" else EntryKind.OPENING
    wanted = _entered(office, kind) + (
        int(rows * share) if step == "receive" else int(rows * share / office.settings.chunk_rows)
    )
    command = [
        sys.executable,
        "-m",
        "bench.suspension",
        "--run",
        str(directory / "office"),
        str(requests),
        str(out),
    ]
    started = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ) as running:
        while running.poll() is None and _entered(office, kind) < wanted:
            time.sleep(0.02)
        (directory / "order.txt").write_text("made up: stop", encoding="utf-8")
        order = suspension.Suspend(Upload(directory / "order.txt"))
        stood = client.act(
            office, suspension.suspend_statement, suspension.suspend, order, _officer(office, "a")
        )
        ordered = time.monotonic()
        ended = running.communicate()[0].strip()
    stopped, after = (
        time.monotonic() - ordered,
        _acts_after(office, directory / "ledger.jsonl", stood.index),
    )
    with office.store.reading() as connection:
        size = ledger.check(connection, office.holder_key).size
    office.store.close()
    print(
        f"{step}: {rows} rows; suspended after {ordered - started:.1f} s at entry "
        f"{stood.index}; the run ended {stopped:.2f} s later"
        f" with `{ended}`; {size} entries check; entries of acts after the suspension: {after}; "
        f"answer written: {out.exists()}"
    )
    return ended == "suspended" and after == 0 and not out.exists()


def _lift(agreement: Path) -> None:
    """The sandbox's limits of a file and of its declared caseload are below 200,000 rows: ten times
    as much is let in."""
    text = agreement.read_text(encoding="utf-8")
    for limit in ("batch_rows: 100000", "matters: 1000"):
        if limit not in text:
            raise SystemExit(f"the agreement does not say {limit}")
        text = text.replace(limit, f"{limit}0")
    agreement.write_text(text, encoding="utf-8")


def _entered(office: Office, kind: EntryKind) -> int:
    with office.store.reading() as connection:
        return office.ledger.counts(connection)[kind]


def _officer(office: Office, letter: str) -> client.OfficerKey:
    return client.sandbox_key(office, f"officer-{letter}")


def _acts_after(office: Office, path: Path, index: int) -> int:
    """Acts that stand after the suspension in an export of the ledger."""
    with office.store.reading() as connection, path.open("wb") as file:
        for entry in office.ledger.entries(connection, 0, office.ledger.size(connection)):
            file.write(entry + b"\n")
    kinds = [json.loads(line)["kind"] for line in path.read_bytes().splitlines()]
    if kinds[index] != "suspension":
        raise SystemExit("the entry is no suspension")
    return sum(kind in ACTS for kind in kinds[index + 1 :])


if __name__ == "__main__":
    if sys.argv[1:2] == ["--run"]:
        run(*map(Path, sys.argv[2:]))
    else:
        sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000))
