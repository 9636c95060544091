"""The page of what was measured of the service: docs/measurements/service.md."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from bench.service.running import MOST_ROWS

PAGE = Path(__file__).parents[2] / "docs" / "measurements" / "service.md"
_GOAL_SECONDS = 0.1


class Step(NamedTuple):
    """One rate of the ladder: items a second as asked, puts, how long they took in all, and the
    median, 99th percentile and longest of a put (seconds)."""

    rate: float
    puts: int
    took: float
    median: float
    p99: float
    longest: float
    other: dict[str, int]


class Measured(NamedTuple):
    """All of one run. `waits`: seconds from acknowledgment to determination, in order; `worker`:
    as `worker_seconds` tells; `memory`: (seconds, resident bytes by process)."""

    command: str
    items: int
    rows: int
    connections: int
    large_rows: int
    large_bytes: int
    steps: Sequence[Step]
    large_put: float
    waits: Sequence[float]
    large_wait: float
    large_determined: bool
    worker: Sequence[tuple[str, int, float]]
    took: float
    memory: Sequence[tuple[float, dict[str, int]]]
    errors: Sequence[dict[str, Any]]
    missing: int
    load: float


def best_rate(steps: Sequence[Step]) -> Step | None:
    """The highest rate whose 99th percentile is under 100 ms, with every put acknowledged."""
    good = [each for each in steps if each.p99 < _GOAL_SECONDS and not each.other]
    return max(good, key=lambda each: each.rate, default=None)


def memory_rows(memory: Sequence[tuple[float, dict[str, int]]]) -> list[str]:
    """Resident memory of each process at each sixth of the run, and its most."""
    rows: list[str] = []
    for kind in sorted({kind for _, seen in memory for kind in seen}):
        seen = [each[kind] for _, each in memory if kind in each]
        last = len(seen) - 1
        at = [*(seen[last * sixth // 6] for sixth in range(7)), max(seen)]
        rows.append(f"| {kind} | " + " | ".join(f"{each / 1e6:.0f}" for each in at) + " |")
    return rows


def _worker(done: Measured) -> list[str]:
    """What the worker used of the processor, before and after the large item."""
    said = [
        f"{seconds / count:.2f} s an item over the {count:,} small ones that were determined {when} the large one"
        for when, count, seconds in done.worker
    ]
    return [f"Of the processor the worker used {'; '.join(said)}.", ""] if said else []


def render(done: Measured) -> str:
    """The page."""
    best = best_rate(done.steps)
    waits = done.waits or [0.0]
    lines = [
        "# The service under load",
        "",
        f"`{done.command}`, "
        f"{datetime.now(UTC):%d %B %Y}. Gateway, office, worker and the sender on one machine of two cores, "
        f"shared with other work (load {done.load:.1f} at the end).",
        "",
        f"{done.items:,} sealed items of 1 to 100 rows ({done.rows:,} rows) put over {done.connections} connections, and beside them one of "
        f"{done.large_rows:,} rows ({done.large_bytes / 1e6:.0f} MB sealed). A put is timed from the moment at which it was due, so that one "
        "which waits is as slow as it was; it is acknowledged when item and arrival are durable. The office is a sandbox's, "
        f"with an agreement that allows files of {MOST_ROWS:,} rows (bench/service/running.py says which limits it lifts).",
        "",
        "| items a second asked | puts | items a second done | median ms | p99 ms | longest ms | not acknowledged |",
        "|---|---|---|---|---|---|---|",
        *(
            f"| {each.rate:.0f} | {each.puts} | {each.puts / each.took:.1f} | {1e3 * each.median:.1f} | {1e3 * each.p99:.1f} | "
            f"{1e3 * each.longest:.1f} | {sum(each.other.values())} |"
            for each in done.steps
        ),
        "",
        f"Highest rate with the 99th percentile of a put under 100 ms: **{f'{best.rate:.0f} items a second' if best else 'none of these'}**. "
        f"The large item's put took {done.large_put:.1f} s.",
        "",
        f"From acknowledgment to determined: median {waits[len(waits) // 2]:.1f} s, "
        f"longest {waits[-1]:.1f} s, of {len(done.waits):,} items; "
        + (
            f"of the large one {done.large_wait:.1f} s"
            if done.large_determined
            else "the large one was not determined"
        )
        + f"; looked at until {done.took:.0f} s after the first put. "
        "One worker takes items in the order in which they arrived, one after another, so that a small item waits for a large one that came first.",
        "",
        f"Items not determined: {done.missing}. Lines of the log that tell an error: {len(done.errors)}"
        + (
            f" ({', '.join(sorted({str(each.get('code', each['event'])) for each in done.errors}))})."
            if done.errors
            else "."
        ),
        "",
        *_worker(done),
        "Resident memory in MB, each process with what it started:",
        "",
        "| process | at the first put | after a sixth of the run | two | three | four | five | at the end | most |",
        "|---|---|---|---|---|---|---|---|---|",
        *memory_rows(done.memory),
        "",
    ]
    return "\n".join(lines)


def write_page(done: Measured) -> None:
    """Write the page; what stands after its first part is kept (`## Killed`, by bench.service.kills)."""
    kept = ""
    if PAGE.exists():
        kept = "".join(PAGE.read_text(encoding="utf-8").partition("\n## ")[1:])
    PAGE.write_text(render(done) + kept, encoding="utf-8")
    print(render(done))


def write_kills(stood: dict[str, int], seed: int) -> None:
    """Write the part `Killed`."""
    kept = PAGE.read_text(encoding="utf-8").partition("\n## ")[0] if PAGE.exists() else ""
    names = {
        "gateway_process": "gateway",
        "office_process": "office",
        "worker": "worker",
        "serve": "the process that watches them",
    }
    killed = ", ".join(f"{names[kind]} {stood.get(f'killed {kind}', 0)}" for kind in names)
    text = (
        f"\n## Killed\n\n`python -m bench.service.kills {stood['loops']} {seed}`, {datetime.now(UTC):%d %B %Y}: three sealed items are put while one "
        "process gets SIGKILL at a random moment and two officers review and release a batch of before. The seed decides which process is killed and "
        "after how long; what that process is at then is the machine's matter.\n\n"
        f"{stood['loops']} kills ({killed}); {stood['items']} items, {stood['puts again']} puts that had to be made again, {stood['answers']} answers, "
        f"{stood['entries']} entries of the ledger. Nothing that was acknowledged was lost, no item was two batches and no batch two items, no row was counted "
        "twice, and each released batch had one answer, the one that the head names.\n"
    )
    PAGE.write_text(kept.rstrip("\n") + "\n" + text if kept else text, encoding="utf-8")
    print(text)
