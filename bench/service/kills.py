"""The service while its processes are killed: writes the part `Killed` of docs/measurements/service.md.

    python -m bench.service.kills [LOOPS] [SEED]

Each loop puts three sealed items and, at a random moment of it, SIGKILLs gateway, office, worker or
the process that watches them all, which is then started again. Meanwhile two officers review and
release a batch of before. A sender sends again what was not acknowledged, as the kit does. At the
end it is established:

    1  every item that was acknowledged has the office's receipt, and none was refused
    2  each item is one batch, and no batch is of no item: nothing twice
    3  each batch has the rows of its item, each once
    4  the ledger checks, with one entry `batch` for each batch and one `release` for each that two
       officers released
    5  each released batch has one answer in the outbox: the one that the head names
"""

from __future__ import annotations

import io
import random
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from bench.service.items import MadeItem, Requester
from bench.service.page import write_kills
from bench.service.running import Sandbox, until
from counterfoil import ledger
from counterfoil.cli.app import run
from counterfoil.core.use_cases import NOBODY
from counterfoil.disclosure import BatchStatus, batch_statuses
from counterfoil.envelopes.statements import OutboxHead, read_unchecked
from counterfoil.exchange.folders import ExchangeFolders, ItemRecord
from counterfoil.exchange.mailbox import Mailbox, file_digest
from counterfoil.ledger import EntryKind
from counterfoil.office import Office, open_office

KINDS = ("gateway_process", "office_process", "worker", "serve")
_SHARES = (4, 3, 4, 1)


class Loops:
    """Loops on one sandbox. `acknowledged`: items by id; `released`: batches that two officers
    released; `killed`: how often each kind was."""

    def __init__(self, sandbox: Sandbox, requester: Requester, seed: int) -> None:
        self.sandbox = sandbox
        self.requester = requester
        self.chance = random.Random(seed)
        self.acknowledged: dict[str, MadeItem] = {}
        self.released: set[str] = set()
        self.killed: Counter[str] = Counter()
        self.again = 0

    def loop(self, kind: str) -> None:
        """Put three items, and kill one process meanwhile."""
        items = [self.requester.make(self.chance.randint(1, 12)) for _ in range(3)]
        sender = threading.Thread(target=lambda: [self.send(each) for each in items])
        officers = threading.Thread(target=self.release_one)
        sender.start()
        officers.start()
        time.sleep(self.chance.uniform(0, 1.5))
        self.sandbox.kill(kind)
        self.killed[kind] += 1
        if kind == "serve":
            self.sandbox.start()
        sender.join()
        officers.join()

    def send(self, made: MadeItem) -> None:
        """Put an item until it is acknowledged."""

        def is_taken() -> bool:
            taken = put(self.sandbox.port, made)
            self.again += not taken
            return taken

        until(is_taken)
        self.acknowledged[made.item] = made

    def release_one(self) -> None:
        """Two officers review and release the oldest batch that is determined and not released."""
        done = [line.said["batch"] for line in self.sandbox.events("determined")]
        batch = next((each for each in done if each not in self.released), None)
        if batch is None:
            return
        self.act("a", "review", batch)
        self.act("b", "release", batch)
        self.released.add(batch)

    def act(self, letter: str, verb: str, batch: str) -> None:
        """An officer's verb, again until it is done."""
        door = f"http://127.0.0.1:{self.sandbox.port + 1}"
        key = str(self.sandbox.directory / "keys" / f"officer-{letter}.key")
        until(lambda: _quietly([verb, batch, "--office", door, "--officer", key]))

    def wait(self) -> None:
        """Wait until every acknowledged item has its receipt, and every released one its answer."""
        box = Mailbox(self.sandbox.directory / "mailbox")
        until(lambda: all(box.receipt(each).is_file() for each in self.acknowledged), 1200)
        until(lambda: len(list(box.outbox.glob("*.answer"))) >= len(self.released), 1200)
        until(lambda: len(_listed(box)) >= len(self.released), 1200)


def put(port: int, made: MadeItem) -> bool:
    """Whether an item was acknowledged."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    with suppress(OSError, HTTPException):
        connection.request("PUT", f"/v1/items/{made.item}", made.file.read_bytes())
        return connection.getresponse().status in (200, 201)
    connection.close()
    return False


def check(directory: Path, loops: Loops) -> dict[str, int]:
    """Establish what stands at the end; the counts of it. Raises AssertionError."""
    office = open_office(directory / "office", None)
    try:
        records = {each.item: each for each in ExchangeFolders(office).records()}
        statuses = {each.batch: each for each in batch_statuses(office, NOBODY)}
        _check_items(loops, records, statuses)
        return _check_ledger(office, loops, records, statuses)
    finally:
        office.store.close()


def _check_items(
    loops: Loops, records: dict[str, ItemRecord], statuses: dict[str, BatchStatus]
) -> None:
    missing = loops.acknowledged.keys() - records.keys()
    assert not missing, f"{len(missing)} acknowledged items were not received"  # 1
    batches = Counter(each.batch for each in records.values())
    assert max(batches.values()) == 1, "two items are one batch"  # 2
    assert batches.keys() == statuses.keys(), "a batch is of no item"
    for item, made in loops.acknowledged.items():
        counts = statuses[records[item].batch].counts
        rows = counts.get("granted", 0) + counts.get("refused", 0) + counts.get("rejected", 0)
        assert rows == made.rows, f"{rows} rows of {made.rows} stand"  # 3


def _check_ledger(
    office: Office, loops: Loops, records: dict[str, ItemRecord], statuses: dict[str, BatchStatus]
) -> dict[str, int]:
    with office.store.reading() as connection:
        report = ledger.check(connection, office.holder_key)  # 4
    assert report.counts[EntryKind.BATCH] == len(statuses)
    assert report.counts[EntryKind.RELEASE] == len(loops.released)
    box = Mailbox(office.directory.parent / "mailbox")
    listed = _listed(box)
    answers = {each.item: each.answer for each in records.values() if each.answer}
    assert {each.batch for each in records.values() if each.answer} == loops.released
    assert listed == answers  # 5
    assert all(file_digest(box.answer(item)) == kept for item, kept in answers.items())
    return {"items": len(records), "answers": len(answers), "entries": report.size}


def _listed(box: Mailbox) -> dict[str, str]:
    head = read_unchecked(box.head.read_bytes(), OutboxHead)
    return {each.item: each.digest for each in head.items}


def _quietly(words: list[str]) -> bool:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        return run(words) == 0 or "batch_state" in err.getvalue()


def run_loops(folder: Path, count: int, seed: int, report: Callable[[str], None]) -> dict[str, int]:
    """So many loops on a new sandbox; what stood at the end."""
    sandbox = Sandbox(folder / "sandbox")
    sandbox.start()
    loops = Loops(sandbox, Requester(folder / "sandbox", folder), seed)
    try:
        for number in range(count):
            loops.loop(loops.chance.choices(KINDS, _SHARES)[0])
            report(f"{number + 1} of {count}: {dict(loops.killed)}, {loops.again} puts again")
        loops.wait()
    finally:
        if sandbox.process.poll() is None:
            sandbox.stop()
    stood = check(folder / "sandbox", loops)
    kills = {f"killed {kind}": number for kind, number in loops.killed.items()}
    return stood | kills | {"puts again": loops.again, "loops": count}


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    folder = Path(tempfile.mkdtemp(prefix="bench-kills-"))
    try:
        write_kills(run_loops(folder, count, seed, lambda text: print(text, flush=True)), seed)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
