"""The page of what can be told from outside: docs/measurements/outside.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean, median, stdev
from typing import NamedTuple

from bench.outside.classify import Auc
from bench.outside.observe import Seen, Took
from bench.outside.world import CLASSES

PAGE = Path(__file__).parents[2] / "docs" / "measurements" / "outside.md"
MOST, LEAST = 0.52, 0.6
Parts = Mapping[tuple[int, bool], Sequence["Finding"]]


_LIMITS = (
    "## What this does not show",
    "",
    "Measured are sizes, entries and durations. Put together by the bench, as the office would, and not seen on a running one: the arrival of an item, its release time, "
    "and its place among the answers (drawn at random with the protections on, by the time of determination with them off). To each duration of a determination belong the other "
    "durations of an item that was drawn from the few that went through the queue.",
    "",
    "Not tested: times on the network (a put, a fetch, a question of the state); the machine seen from its neighbors (processor, caches, disk and its sizes); several items at once, or many about one "
    "person, home or officer; questions that are refused or wait for an officer, where the reason is told; how long officers take; recalls, notices and incidents; the bytes of receipts, answers and "
    "entries beyond their sizes, kinds and places; the gateway's metrics as a feature of the classifiers, since the request alone decides them.",
    "",
    "## Earlier runs",
    "",
    "This page is of the third full run. The first had a fault of the model: it took each answer's own duration off what was seen of it, so that the difference which was looked for was put there by the bench. The second (28 November 2026, 10,300 asked of each outcome) "
    "drew three observations of each answer and had 11,502 of each outcome from 3,834 answers, so that its bounds were too narrow; the highest area was 0.5090 and the highest bound 0.5215, over 0.52 in five pairs of "
    "thirty. In it the gate refused 62 % of the questions, because house numbers came again every 9,900 rows and the guard against tried evidence took another person of like-sounding given name, with that house number and unit, for the same.",
    "",
)
"""What must be known to read the figures; it stands at the end of the page."""


class Finding(NamedTuple):
    """How far one classifier separates two outcomes, `each` observations of either."""

    first: str
    second: str
    by: str
    each: int
    auc: Auc


def render(
    each: int, items: int, seen: Sequence[Seen], differ: Sequence[str], took: Took, parts: Parts
) -> str:
    """The page."""
    lines = [
        "# What can be told from outside",
        "",
        f"`python -m bench.outside {each} {items}`, {datetime.now(UTC):%d %B %Y}. An observer sees sizes, order and times of items, receipts and answers, "
        "the gateway's metrics, and the public ledger before and after. Durations are of the processor: nothing else on the machine blurs them.",
        "",
        f"Outcomes: {', '.join(f'`{name}`' for name in CLASSES)} (bench/outside/world.py says what each is); all but the first are answered `not_confirmed`.",
        "",
        "## Sizes and entries",
        "",
        f"{len(seen)} items of one question went through the queue, inbox to outbox ({', '.join(f'{name} {count}' for name, count in sorted(Counter(one.outcome for one in seen).items()))}). "
        + (
            "Size of receipt and answer, share of the head, and kinds and sizes of the ledger's entries are **the same for all of them**."
            if not differ
            else f"NOT the same for all: {', '.join(differ)}."
        ),
        f"A receipt has {seen[0].receipt} bytes, an answer {seen[0].answer}; the entries are {', '.join(f'{kind} ({size} bytes)' for kind, size in seen[0].entries)}.",
        "The gateway's metrics count routes, statuses and bytes of items that come in, which the request decides.",
        "",
        "## Times",
        "",
        _left_out(took.left_out, each * len(CLASSES) - len(seen)),
        "",
        f"From an item's taking in to its receipt: median {1e3 * median(one.to_receipt for one in seen):.0f} ms; from there to the end of its determination "
        f"{1e3 * median(one.to_next for one in seen):.0f} ms. Opening the buckets of one question and deciding it:",
        "",
        "| outcome | answers | microseconds alone: median | mean | standard deviation | 99th percentile | a question of a hundred together: mean | most |",
        "|---|---|---|---|---|---|---|---|",
        *(_times(name, took.one[name], took.hundred[name]) for name in CLASSES),
        "",
        "## Classifiers",
        "",
        "Boosted stumps and logistic regression, trained on one half of the observations of two outcomes and tried on the other, and the other way round (the area is the mean); features: bytes of the answer, "
        "receipt to next receipt, receipt to answer, whole seconds between the entries `batch` and `determined`, arrival, place among the answers. "
        "Each answer is one observation. The bound is the upper 99 % bound of the area under the curve (Hanley and McNeil); it is of each pair, not of all pairs together.",
        "",
        "| questions of an item | protections | pairs of outcomes | observations an outcome | highest area | highest bound | pairs over 0.52 | lowest of negatives | pairs of negatives at 0.6 or more |",
        "|---|---|---|---|---|---|---|---|---|",
        *(_row(rows, protected, found) for (rows, protected), found in parts.items()),
        "",
        "With the protections off:",
        "",
        "| questions of an item | outcomes | area by the better classifier |",
        "|---|---|---|",
        *_pairs(parts),
        "",
        "`nobody` beside `unit` and the like, where a bucket is opened for neither, cannot be told apart with the protections off either.",
        "The durations of a file are the sums of ten hundreds drawn with replacement from those measured, so that files share hundreds. The protection of times is a floor (service/queue.py: 0.01 s and 0.3 ms for each admitted row): on a machine so "
        "slow or so busy that a determination takes longer, what is over the floor shows in the next receipt, in whole seconds in the ledger, and in nothing that leaves "
        "before its release time.",
        "",
        *_LIMITS,
    ]
    return "\n".join(lines)


def _left_out(left_out: Mapping[str, int], asked: int) -> str:
    said = ", ".join(f"`{name}` {count:,}" for name, count in sorted(left_out.items()))
    return (
        f"Of {asked:,} questions {sum(left_out.values()):,} are left out: refused by the gate, by the element that failed, or (`missed`) "
        f"determined otherwise than was drawn: {said or 'none'}."
    )


def _times(name: str, one: Sequence[float], hundred: Sequence[float]) -> str:
    last = sorted(one)[int(0.99 * len(one))]
    alone = [median(one), mean(one), stdev(one), last]
    together = [mean(hundred) / 100, max(hundred) / 100]
    return (
        f"| {name} | {len(one):,} | "
        + " | ".join(f"{1e6 * each:.0f}" for each in (*alone, *together))
        + " |"
    )


def _better(found: Sequence[Finding]) -> dict[tuple[str, str], Finding]:
    best: dict[tuple[str, str], Finding] = {}
    for each in found:
        pair = (each.first, each.second)
        if pair not in best or each.auc.area > best[pair].auc.area:
            best[pair] = each
    return best


def _row(rows: int, protected: bool, found: Sequence[Finding]) -> str:
    best = _better(found)
    negatives = [each for (first, _), each in best.items() if first != "confirmed"]
    over = sum(each.auc.bound > MOST for each in best.values())
    at_least = sum(each.auc.area >= LEAST for each in negatives)
    return (
        f"| {rows} | {'on' if protected else 'off'} | {len(best)} | {found[0].each:,} | {max(each.auc.area for each in found):.4f} | {max(each.auc.bound for each in found):.4f} | "
        f"{over} | {min(each.auc.area for each in negatives):.4f} | {at_least} of {len(negatives)} |"
    )


def _pairs(parts: Parts) -> list[str]:
    return [
        f"| {rows} | {first}, {second} | {each.auc.area:.4f} ({each.by}) |"
        for (rows, protected), found in parts.items()
        if not protected
        for (first, second), each in _better(found).items()
    ]


def write_page(
    each: int, items: int, seen: Sequence[Seen], differ: Sequence[str], took: Took, parts: Parts
) -> None:
    """Write the page."""
    text = render(each, items, seen, differ, took, parts)
    PAGE.write_text(text, encoding="utf-8")
    print(text)
