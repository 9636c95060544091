"""The service under load, on one machine: writes docs/measurements/service.md.

    python -m bench.service [--items 1000] [--connections 200] [--large 100000] [--steps 25,50,...]

A sandbox's processes (gateway, office, worker) and the sender share the machine. The items, sealed
before, have 1 to 100 rows; a fifth of them is put at each rate of the ladder, and the large one
(its size is bounded by the sandbox's agreement, 100,000 rows) from the second step on. Each put is
timed from the moment at which it was due. Then all are waited for: from its acknowledgment to its
determination. Memory is looked at every second.
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

HOURS = 3600.0


class Watcher(threading.Thread):
    """Looks at the memory of each process every second. `seen`: (seconds, bytes by kind)."""

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__(daemon=True)
        self.sandbox = sandbox
        self.seen: list[tuple[float, dict[str, int]]] = []
        self.ended = threading.Event()

    def run(self) -> None:
        """Look, until told to end."""
        while not self.ended.wait(1.0):
            self.seen.append((time.monotonic(), self.sandbox.resident()))


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
                sandbox, [*(each.item for each in items), large.item], HOURS * 2
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
            memory=[(at - begun, seen) for at, seen in watcher.seen],
            errors=errors + [{"event": "line", "text": each} for each in sandbox.other],
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
    parser.add_argument("--large", type=int, default=100_000)
    parser.add_argument("--steps", default="10,20,40,80,160")
    main(parser.parse_args())
