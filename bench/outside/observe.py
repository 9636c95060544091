"""What is seen from outside of each answer: measured on the office itself.

`measure_rows`    determines every question of a large file as the office does, one question at a
                  time, and tells what each took of the processor: what its bucket holds decides it
`measure_items`   puts items of one question through the queue, from inbox to outbox, two officers
                  releasing them, and tells every size, entry and duration that shows

Durations are of the processor, which other work on the machine does not lengthen: the observer has
a clearer view than he would have.
"""

from __future__ import annotations

import csv
import random
import shutil
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import msgspec

from bench.outside.world import outcomes, questions, source
from bench.service.items import Requester, write_rows
from counterfoil import client
from counterfoil.batches.rows import Granted, Refused
from counterfoil.core.atomic_files import replace_file
from counterfoil.core.use_cases import SERVICE, finish
from counterfoil.core.values import Match
from counterfoil.demo.sample import SOURCE_COLUMNS
from counterfoil.disclosure import deciding, determine
from counterfoil.disclosure.register_build import BuildRegister, build_register
from counterfoil.envelopes import Receipt
from counterfoil.envelopes.statements import read_unchecked
from counterfoil.exchange.mailbox import Mailbox
from counterfoil.office import Office, open_office
from counterfoil.service.queue import Queue
from counterfoil.service.sandbox import prepare_sandbox

FILE_ROWS = 60_000


class Seen(NamedTuple):
    """What is seen of one item that was admitted: sizes in bytes, the kinds and sizes of its entries of the public
    ledger (whole, time and counts included), and seconds of the processor from its taking in to its
    receipt, and from there until the office turns to the next."""

    outcome: str
    receipt: int
    answer: int
    head: int
    entries: tuple[tuple[str, int], ...]
    to_receipt: float
    to_next: float


class World:
    """A sandbox's office over a register of drawn outcomes."""

    def __init__(self, folder: Path, each: int, seed: int = 1) -> None:
        self.folder, self.drawn = folder, outcomes(each, seed)
        self.sandbox = folder / "sandbox"
        prepare_sandbox(self.sandbox, 9000)
        self.office = open_office(self.sandbox / "office", None)
        path = folder / "source.csv"
        _write(path, source(self.drawn))
        finish(build_register(self.office, SERVICE, BuildRegister(path, made_up=True)))
        path.unlink()
        custodian = self.office.custodian()
        held = (f"hold-{number}" for number, each in enumerate(self.drawn) if each == "hold")
        self.marks = frozenset(
            mark for ref in held for mark in custodian.hold_fingerprints(b"", ref)
        )

    def outcome(self, request_id: str) -> str:
        """What was drawn for a question."""
        return self.drawn[int(request_id[1:])]

    def decide(self, rows: Any, residents: Any, deciding: Any, code: str, _held: Any) -> Any:
        """As `decide_rows`, with a hold on every record that was drawn to have one."""
        custodian = self.office.custodian()
        return _DECIDE(
            rows, residents, deciding, code, lambda found: custodian.on_hold(found, self.marks)
        )


_DECIDE = deciding.decide_rows
_OPEN = deciding.open_residents


def _write(path: Path, rows: Iterable[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, SOURCE_COLUMNS, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


class Took(NamedTuple):
    """Seconds of the processor from the opening of buckets to the determination, by outcome: of one
    question, and of a hundred of one outcome that are opened together. `left_out`: questions that
    were not admitted, by the element of the law that failed first, and `missed`, those that were
    determined otherwise than was drawn."""

    one: dict[str, list[float]]
    hundred: dict[str, list[float]]
    left_out: Counter[str]


def measure_rows(world: World, first: int) -> Took:
    """What determining takes, for the questions from `first` on. A question whose determination is
    not what was drawn is left out: the matcher missed it."""
    took = Took(defaultdict(list), defaultdict(list), Counter())
    register: list[Any] = []

    def open_none(_grants: Any, sealed: Any) -> dict[int, Any]:
        register[:] = [sealed]
        return {}

    def seconds_of(
        rows: list[Any], opened: dict[int, Any], deciding: Any, code: str, held: Any
    ) -> tuple[float, list[Any]]:
        begun = time.thread_time_ns()
        opened |= _OPEN([row.grant for row in rows], register[0])
        decided = world.decide(rows, opened, deciding, code, held)
        return (time.thread_time_ns() - begun) / 1e9, decided

    def timed(rows: Any, opened: Any, deciding: Any, code: str, held: Any) -> list[Any]:
        found: list[Any] = []
        of_outcome: dict[str, list[Any]] = defaultdict(list)
        for row in rows:
            if not isinstance(row, Granted):
                found += world.decide([row], {}, deciding, code, held)
                took.left_out[_why(row)] += 1
                continue
            seconds, decided = seconds_of([row], opened, deciding, code, held)
            found += decided
            outcome = world.outcome(row.grant.request.request_id)
            if isinstance(decided[0], Match) and decided[0].confirmed == (outcome == "confirmed"):
                took.one[outcome].append(seconds)
                of_outcome[outcome].append(row)
            else:
                took.left_out["missed"] += 1
        parts = [
            (name, some[at : at + 100])
            for name, some in of_outcome.items()
            for at in range(0, len(some) - 99, 100)
        ]
        random.Random(len(parts)).shuffle(parts)
        for name, part in parts:
            took.hundred[name].append(seconds_of(part, {}, deciding, code, held)[0])
        return found

    for begin in range(first, len(world.drawn), FILE_ROWS):
        count = min(FILE_ROWS, len(world.drawn) - begin)
        file = write_rows(world.folder / f"{begin}.csv", questions(begin, count))
        status = client.receive(world.office, file)
        with (
            mock.patch.object(deciding, "decide_rows", timed),
            mock.patch.object(deciding, "open_residents", open_none),
            mock.patch.object(determine, "raise_if_confirmed", lambda *_: None),
        ):
            client.determine(world.office, status.batch)
        file.unlink()
    return took


def _why(row: Any) -> str:
    return str(row.refusal.failed[0].element) if isinstance(row, Refused) else "rejected"


def measure_items(world: World, count: int) -> list[Seen]:
    """What is seen of each of `count` items of one question, from number 0 on."""
    box = Mailbox(world.sandbox / "mailbox")
    marks: dict[str, float] = {}
    queue = Queue(world.office, box, lambda *_, **__: None, lambda: False)
    replace_file(box.intake_key, queue.keys.current().statement)
    requester = Requester(world.sandbox, world.folder)
    order: list[tuple[str, str]] = []
    for number, row in enumerate(questions(0, count)):
        made = requester.make_of([row])
        shutil.copy(made.file, box.inbox / f"{made.item}.item")
        order.append((made.item, world.drawn[number]))
    with mock.patch.object(deciding, "decide_rows", world.decide):
        _take_all(queue, box, {item for item, _ in order}, marks)
        sizes = _answers(world.office, queue, box, [item for item, _ in order])
    return [
        Seen(
            outcome,
            _receipt_size(box.receipt(item).read_bytes()),
            box.answer(item).stat().st_size,
            sizes[item][0],
            sizes[item][1],
            marks[f"receipt {item}"] - marks[f"begun {item}"],
            marks[f"ended {item}"] - marks[f"receipt {item}"],
        )
        for item, outcome in order
        if all(kind != "refused" for kind, _ in sizes[item][1])
    ]


def _receipt_size(data: bytes) -> int:
    """Bytes of a receipt without its place in the ledger, which grows with the ledger."""
    said = read_unchecked(data, Receipt)
    return len(msgspec.json.encode(msgspec.structs.replace(said, ledger=None)))


def _take_all(queue: Queue, box: Mailbox, items: set[str], marks: dict[str, float]) -> None:
    """Work the inbox off, with the moments at which each item's receipt came and its turn ended."""
    real = queue._take

    def take(waiting: Any) -> bool:
        marks[f"begun {waiting.item}"] = time.thread_time()
        done = real(waiting)
        marks[f"receipt {waiting.item}"] = time.thread_time()
        queue._advance_all()
        marks[f"ended {waiting.item}"] = time.thread_time()
        return done

    with mock.patch.object(queue, "_take", take):
        while queue.turn():
            continue
    assert all(box.receipt(item).is_file() for item in items)


def _answers(
    office: Office, queue: Queue, box: Mailbox, items: list[str]
) -> dict[str, tuple[int, tuple[tuple[str, int], ...]]]:
    """Two officers release all; by item: bytes by which it lengthens the head, and its entries."""
    keys = [client.sandbox_key(office, name) for name in ("officer-a", "officer-b")]
    for item in items:
        batch = queue.records[item].batch
        client.review(office, batch, keys[0])
        client.release(office, batch, keys[1], office.directory / f"{item}.jsonl")
    queue.look()
    with office.store.reading() as connection:
        entries = list(office.ledger.entries(connection, 0, office.ledger.size(connection)))
    of_batch: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for entry in entries:
        said = msgspec.json.decode(entry)
        of_batch[str(said.get("batch", ""))].append((said["kind"], len(_counts_apart(entry, said))))
    listed = len(box.head.read_bytes()) // len(items)
    return {item: (listed, tuple(of_batch[queue.records[item].batch])) for item in items}


def _counts_apart(entry: bytes, said: dict[str, Any]) -> bytes:
    """An entry without the digits of its running count, which the order of items decides."""
    return entry.replace(str(said.get("count", "")).encode(), b"", 1)
