"""What an observer outside can tell about why an answer is no: writes docs/measurements/outside.md.

    python -m bench.outside [EACH] [ITEMS]     EACH answers of each outcome (10,500), ITEMS items of
                                               one question put through the whole queue (60)

The observer sees sizes of items, receipts and answers, the order in which they lie there, when each
came and left, the gateway's metrics and the public ledger before and after. With protections on,
what he sees is made by the functions that the office uses; with them off, answers are as long as
their rows and leave as soon as they are determined, and determinations are not evened out.

1  Items of one question go through the real queue, inbox to outbox: sizes and entries that are seen
   of any two outcomes are compared, one by one. They must be equal.
2  Each of the questions is determined by the real office, and what it took of the processor is
   known. One observation of each joins that with the durations of 1, drawn at random, and with an
   arrival within the hour. Two classifiers are trained on one half of two outcomes and tried on
   the other, and the other way round.
3  The same of files of 1,000 questions of one outcome, the clearest file that there could be: their
   durations are sums of those of ten hundreds that were determined together.
"""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

from bench.outside.classify import Auc, separate
from bench.outside.observe import Seen, Took, World, measure_items, measure_rows
from bench.outside.page import Finding, write_page
from bench.outside.world import CLASSES
from counterfoil.answers.packed_rows import packed_length
from counterfoil.answers.rows import answer_bytes
from counterfoil.core.values import Answer, Outcome
from counterfoil.envelopes.sizes import answer_length
from counterfoil.exchange.release_times import next_release
from counterfoil.service.queue import even_seconds

MINUTES = 60
ROWS_OF_FILE = 1000
_ONE_SECONDS = 0.0018
"""What opening and deciding one question takes of the processor, whatever the outcome."""
_DAY = datetime(2026, 5, 4, tzinfo=UTC)


def observations(
    outcome: str,
    took: Sequence[float],
    seen: Sequence[Seen],
    rows: int,
    chance: random.Random,
    *,
    protected: bool,
) -> Iterator[list[float]]:
    """What is seen of one item for each duration of `took`: the sum over its `rows` questions."""
    said = Outcome.CONFIRMED if outcome == "confirmed" else Outcome.NOT_CONFIRMED
    clear = len(answer_bytes(Answer("L0000000", said))) * rows
    sealed = answer_length(packed_length(rows, 8 * rows))
    for seconds in took:
        other = chance.choice(seen)
        arrived = chance.random() * 3600
        commits = max(0.0, other.to_next - _ONE_SECONDS)
        determining = max(seconds, even_seconds(rows)) if protected else seconds
        received = arrived + other.to_receipt
        determined = received + commits + determining
        left = determined
        if protected:
            now = _DAY + timedelta(seconds=determined)
            left = (next_release(now, MINUTES) - _DAY).total_seconds()
        yield [
            float(sealed if protected else clear),
            commits + determining + chance.choice(seen).to_receipt,
            left - received,
            float(int(determined) - int(received)),
            arrived,
            chance.random() if protected else determined % 1,
        ]


def compare(measured: Took, seen: Sequence[Seen], rows: int, *, protected: bool) -> list[Finding]:
    """Every two outcomes, by both classifiers."""
    chance = random.Random(rows)
    made: dict[str, list[list[float]]] = {}
    least = min(len(each) for each in measured.one.values())
    for outcome in CLASSES:
        sums = measured.one[outcome][:least]
        if rows > 1:
            hundreds = measured.hundred[outcome]
            sums = [sum(chance.choices(hundreds, k=rows // 100)) for _ in range(least)]
        made[outcome] = list(observations(outcome, sums, seen, rows, chance, protected=protected))
    found: list[Finding] = []
    for first, second in combinations(CLASSES, 2):
        areas: dict[str, Auc] = separate(made[first], made[second])
        found += [
            Finding(first, second, name, len(made[first]), area) for name, area in areas.items()
        ]
        print(
            rows,
            protected,
            first,
            second,
            {name: f"{area.area:.4f}" for name, area in areas.items()},
            flush=True,
        )
    return found


def differences(seen: Sequence[Seen]) -> list[str]:
    """What is not the same of all items, whatever their outcome."""
    names = ("receipt", "answer", "head", "entries")
    return [name for name in names if len({getattr(each, name) for each in seen}) > 1]


def main() -> None:
    each = int(sys.argv[1]) if len(sys.argv) > 1 else 10_500
    items = int(sys.argv[2]) if len(sys.argv) > 2 else 60
    folder = Path(tempfile.mkdtemp(prefix="bench-outside-"))
    try:
        world = World(folder, each + items)
        seen = measure_items(world, items)
        took = measure_rows(world, items)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    parts = {
        (rows, protected): compare(took, seen, rows, protected=protected)
        for rows in (1, ROWS_OF_FILE)
        for protected in (True, False)
    }
    write_page(each, items, seen, differences(seen), took, parts)


if __name__ == "__main__":
    main()
