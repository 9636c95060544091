"""The service under load, on one machine: writes docs/measurements/service.md.

    python -m bench.service [--items 1000] [--connections 200] [--large 1280000]
                            [--steps 10,20,...] [--patience SECONDS]

A sandbox's processes (gateway, office, worker) and the sender share the machine. The items, sealed
before, have 1 to 100 rows; a fifth of them is put at each rate of the ladder, and the large one
from the second step on: the agreement of the bench's office allows it (bench/service/running.py).
Each put is timed from the moment at which it was due. Then all are waited for: from its
acknowledgment to its determination, or until patience ends, and the page says how many were not.
Memory and what the worker uses of the processor are looked at every second.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.service.items import MadeItem, Requester
from bench.service.page import Measured, Step, write_page
from bench.service.puts import Puts, put_all
from bench.service.running import Line, Sandbox, running

_SAID = ("A sandbox", "Stopped. ")
"""How the lines begin that `serve` itself says on standard error."""


class Watcher(threading.Thread):
    """Looks at the processes every second. `seen`: (seconds, bytes of memory by kind); `worked`:
    (seconds, seconds of the processor that the worker has used)."""

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__(daemon=True)
        self.sandbox = sandbox
        self.seen: list[tuple[float, dict[str, int]]] = []
        self.worked: list[tuple[float, float]] = []
        self.ended = threading.Event()

    def run(self) -> None:
        """Look, until told to end."""
        while not self.ended.wait(1.0):
            self.seen.append((time.monotonic(), self.sandbox.resident()))
            self.worked.append((time.monotonic(), self.sandbox.worked()))


def climb(
    sandbox: Sandbox,
    items: Sequence[MadeItem],
    large: MadeItem,
    rates: Sequence[float],
    connections: int,
) -> tuple[list[Step], dict[str, float], Puts]:
    """Put all items, step by step; (steps, when each was acknowledged, the large one's put)."""
    steps: list[Step] = []
    acknowledged: dict[str, float] = {}
    beside: list[Puts] = []
    share = len(items) // len(rates)

    def put_large() -> None:
        beside.append(asyncio.run(put_all(sandbox.port, [large], 1, 1)))

    thread = threading.Thread(target=put_large)
    for number, rate in enumerate(rates):
        last = None if number == len(rates) - 1 else (number + 1) * share
        if number == min(1, len(rates) - 1):
            thread.start()
        begun = time.monotonic()
        puts = asyncio.run(put_all(sandbox.port, items[number * share : last], rate, connections))
        acknowledged |= puts.acknowledged
        took = time.monotonic() - begun - 0.5
        steps.append(
            Step(
                rate,
                len(puts.seconds),
                took,
                puts.percentile(0.5),
                puts.percentile(0.99),
                max(puts.seconds),
                puts.other,
            )
        )
        print(steps[-1], flush=True)
    thread.join()
    return steps, acknowledged | beside[0].acknowledged, beside[0]


def wait_determined(sandbox: Sandbox, items: Sequence[str], seconds: float) -> dict[str, float]:
    """When each item was determined, by the log of the worker."""
    end = time.monotonic() + seconds
    found: dict[str, float] = {}
    while len(found) < len(items) and time.monotonic() < end:
        batch_of = {line.said["item"]: line.said["batch"] for line in sandbox.events("received")}
        determined: dict[str, Line] = {
            line.said["batch"]: line for line in sandbox.events("determined")
        }
        found = {
            item: determined[batch].at for item, batch in batch_of.items() if batch in determined
        }
        print(f"{len(batch_of)} received, {len(found)} of {len(items)} determined", flush=True)
        time.sleep(5)
    return found


def worker_seconds(
    worked: Sequence[tuple[float, float]], determined: dict[str, float], large: str
) -> list[tuple[str, int, float]]:
    """What the worker used of the processor before the large item was determined and after it:
    (when, small items determined meanwhile, seconds of the processor for all of them).

    The large item's own seconds are in neither: one worker takes one after another.
    """
    at = sorted(determined[each] for each in determined if each != large)
    middle = determined.get(large, float("inf"))
    last_before = max((each for each in at if each < middle), default=0.0)
    parts = {"before": (0.0, last_before), "after": (middle, at[-1] if at else 0.0)}
    found: list[tuple[str, int, float]] = []
    for name, (begin, end) in parts.items():
        used = [seconds for when, seconds in worked if begin <= when <= end]
        count = sum(begin < each <= end for each in at)
        if len(used) > 1 and count:
            found.append((name, count, used[-1] - used[0]))
    return found


def command_of(arguments: Any) -> str:
    """The command line that repeats this run."""
    said = vars(arguments).items()
    return " ".join(["python -m bench.service", *(f"--{name} {value}" for name, value in said)])


def main(arguments: Any) -> None:
    rates = [float(each) for each in arguments.steps.split(",")]
    folder = Path(tempfile.mkdtemp(prefix="bench-service-"))
    try:
        with running(folder / "sandbox") as sandbox:
            requester = Requester(folder / "sandbox", folder)
            print("sealing", flush=True)
            items = [requester.make(1 + number * 37 % 100) for number in range(arguments.items)]
            large = requester.make(arguments.large)
            watcher = Watcher(sandbox)
            watcher.start()
            begun = time.monotonic()
            steps, acknowledged, beside = climb(sandbox, items, large, rates, arguments.connections)
            determined = wait_determined(
                sandbox, [*(each.item for each in items), large.item], arguments.patience
            )
            watcher.ended.set()
            watcher.join()
            took = time.monotonic() - begun
            errors = [
                line.said
                for line in sandbox.lines
                if line.said["event"]
                in ("failed", "waits", "refused", "child_ended", "duty_failed")
            ]
        waits = sorted(
            determined[each.item] - acknowledged[each.item]
            for each in items
            if each.item in determined and each.item in acknowledged
        )
        measured = Measured(
            command=command_of(arguments),
            items=arguments.items,
            rows=sum(each.rows for each in items),
            connections=arguments.connections,
            large_rows=arguments.large,
            large_bytes=large.file.stat().st_size,
            steps=steps,
            large_put=beside.seconds[0],
            waits=waits,
            large_wait=determined.get(large.item, 0.0) - acknowledged.get(large.item, 0.0),
            took=took,
            large_determined=large.item in determined,
            worker=worker_seconds(watcher.worked, determined, large.item),
            memory=[(at - begun, seen) for at, seen in watcher.seen],
            errors=errors + [{"event": "line"} for each in sandbox.other if each[:9] not in _SAID],
            missing=arguments.items + 1 - len(determined),
            load=os.getloadavg()[0],
        )
        write_page(measured)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=1000)
    parser.add_argument("--connections", type=int, default=200)
    parser.add_argument("--large", type=int, default=1_280_000)
    parser.add_argument("--steps", default="10,20,40,80,160")
    parser.add_argument("--patience", type=float, default=7200)
    main(parser.parse_args())
