"""One task, both systems: what is measured of it."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from bench.accuracy import house, misses
from bench.accuracy.curves import NEVER, Recall, Scored, recall, recall_at
from bench.accuracy.environment import DATA, run_there
from bench.accuracy.house import Asked

Row = dict[str, str]
HOUSE, PEER, AT_HOME = "Counterfoil", "Splink", "Splink at the home"


class Trial(NamedTuple):
    """A task's figures. `reach`: recall if every question were confirmed whose number, unit and
    some street are right."""

    seed: int
    born: bool
    true: int
    false: int
    full: int
    reach: Recall
    wrong: int
    at_threshold: Recall
    curves: dict[str, list[Scored]]
    missed: Counter[str]
    wrongly: list[str]


def try_task(year: int, seed: int, *, born: bool) -> Trial:
    """Make the task, ask both, compare. Ends the bench if the command line and the curve
    disagree."""
    folder = DATA / f"{year}-{seed}{'-born' if born else ''}"
    run_there(
        "bench.accuracy.tasks",
        "--year",
        str(year),
        "--seed",
        str(seed),
        "--dir",
        str(folder),
        *["--born"] * born,
    )
    run_there("bench.accuracy.peer", str(folder))
    run_there("bench.accuracy.peer_at_home", str(folder))
    office, _ = house.build_office(folder)
    told = house.evaluate(folder)
    with office.open_register(made_up_trial=True) as sealed:
        weights = office.weights(sealed.manifest)
    asked = list(house.ask_all(office, folder / "questions.csv"))
    right, wrong = (
        sum(is_confirmed(each) and each.truth is truth for each in asked) for truth in (True, False)
    )
    if (right, wrong) != (told["confirmed_true"], told["confirmed_false"]):
        raise SystemExit(f"evaluate counted {told}, the bench {right} right and {wrong} wrong")
    rows = house.read_rows(folder / "questions.csv", "request_id")
    held = held_rows(folder)
    full = {each.request_id for each in asked if misses.is_full(rows[each.request_id])}
    ours = {each.request_id: house.score_of(each, weights.margin_bits) for each in asked}
    curves = {
        name: scored(asked, full, scores)
        for name, scores in (
            (HOUSE, ours),
            (PEER, peer_scores(folder / "splink.csv")),
            (AT_HOME, peer_scores(folder / "splink-at-home.csv")),
        )
    }
    missed = Counter(
        misses.kind_of(each, rows[each.request_id], held[each.request_id], weights)
        for each in asked
        if each.truth and not is_confirmed(each)
    )
    reached = [
        each
        for each in asked
        if each.truth and misses.in_reach(rows[each.request_id], held[each.request_id])
    ]
    return Trial(
        seed,
        born,
        told["true"],
        told["false"],
        sum(each.truth and each.request_id in full for each in asked),
        recall(scored(reached, full, ours), curves[HOUSE]),
        wrong,
        recall(
            [each for each in curves[HOUSE] if each.score >= weights.threshold_bits], curves[HOUSE]
        ),
        curves,
        missed,
        [told_of(each) for each in asked if is_confirmed(each) and not each.truth],
    )


def is_confirmed(asked: Asked) -> bool:
    return asked.decided is not None and asked.decided.confirmed


def scored(asked: Iterable[Asked], full: set[str], scores: dict[str, float]) -> list[Scored]:
    return [
        Scored(scores.get(each.request_id, NEVER), each.truth, each.request_id in full)
        for each in asked
    ]


def held_rows(folder: Path) -> dict[str, list[Row]]:
    """For each question the source rows that make it true."""
    people = house.read_rows(folder / "people.csv", "record_ref")
    key = house.read_rows(folder / "key.csv", "request_id")
    return {
        name: [people[ref] for ref in row["refs"].split(";") if ref] for name, row in key.items()
    }


def peer_scores(path: Path) -> dict[str, float]:
    with path.open(encoding="utf-8", newline="") as file:
        return {row["request_id"]: float(row["weight"]) for row in csv.DictReader(file)}


def told_of(asked: Asked) -> str:
    """The evidence for a wrong confirmation: levels, no values."""
    decided: Any = asked.decided
    said = [
        f"{line.feature} {line.level}"
        for line in decided.evidence
        if line.level not in ("missing", "none")
    ]
    return f"{', '.join(said)}: {decided.score_bits:.1f} bits"


def peer_at(trial: Trial, peer: str, wrong: int) -> Recall:
    """A peer's recall at the same number of wrong confirmations."""
    return recall_at(trial.curves[peer], wrong)
