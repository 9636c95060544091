"""Labelled questions: counts, groups, the curve over thresholds, and the mistakes by id."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import msgspec
import pytest
import typer
from typer.testing import CliRunner

from counterfoil.certification.evaluate import Examination, examine
from counterfoil.cli.office.evaluate import evaluate as verb
from counterfoil.cli.verbs import add_verb, group
from counterfoil.demo.sample import LABELLED_COLUMNS
from tests.world.office import World, quiet
from tests.world.people import Row, write_csv


def question(number: int, given: str, family: str, line1: str, truth: str, **changes: str) -> Row:
    row = dict.fromkeys(LABELLED_COLUMNS, "") | {
        "request_id": f"q{number}",
        "given_name": given,
        "family_name": family,
        "line1": line1,
        "city": "Anytown",
        "state": "WA",
        "zip": "98101",
        "taxable_periods": "2023;2024",
        "truth": truth,
    }
    return row | changes


QUESTIONS = (
    question(1, "Marisol", "Quintanilla", "1847 Heron Lake Rd", "true"),
    question(2, "Wilhelmina", "Ostrander", "2290 Copperfield Ave", "true", line2="Apt 4B"),
    question(3, "Leopold", "Quintanilla", "1847 Heron Lake Rd", "false"),
    question(4, "Percival", "Vandermolen", "3316 Juniper Ct", "true"),
    question(5, "Rosalind", "Featherstone", "Failed to Provide", "true"),
    question(6, "Philippa", "Thornquist", "PO Box 7731", "false"),
)
"""q4 has two candidates and is missed, q5 is not sufficient, q6 is confirmed against its label."""


@pytest.fixture
def labelled(world: World) -> Path:
    return write_csv(world.directory / "labelled.csv", QUESTIONS, LABELLED_COLUMNS)


@pytest.fixture
def found(world: World, labelled: Path) -> Examination:
    return examine(world.office, labelled, quiet)


def test_counts_are_by_label(found: Examination) -> None:
    counts = found.evaluation
    assert (counts.true_, counts.false_, counts.confirmed_true, counts.confirmed_false) == (
        4,
        2,
        2,
        1,
    )
    assert (counts.not_sufficient_true, counts.recall, counts.recall_of_sufficient) == (
        1,
        0.5,
        0.666667,
    )


def test_each_group_has_its_own_counts(found: Examination) -> None:
    groups = {count.name: count for count in found.slices}
    assert (groups["unit"].true_, groups["unit"].confirmed_true) == (1, 1)
    assert (groups["po_box"].false_, groups["po_box"].confirmed_false) == (1, 1)
    assert groups["given_7_or_more"].true_ == 3


def test_the_curve_passes_through_the_threshold_in_use(found: Examination) -> None:
    at_use = next(point for point in found.curve if point.threshold_bits == found.threshold_bits)
    assert (at_use.confirmed_true, at_use.confirmed_false) == (2, 1)


def test_the_curve_never_rises(found: Examination) -> None:
    for counts in (
        [point.confirmed_true for point in found.curve],
        [point.confirmed_false for point in found.curve],
    ):
        assert counts == sorted(counts, reverse=True)
    assert found.curve[-1].confirmed_true == 0


def test_mistakes_are_named_by_id_kind_and_levels(found: Examination) -> None:
    told = {mistake.request_id: mistake for mistake in found.mistakes}
    assert {name: mistake.kind for name, mistake in told.items()} == {
        "q4": "missed",
        "q5": "not_sufficient",
        "q6": "wrong",
    }
    assert "given.equal" in told["q6"].levels


def test_the_verb_writes_curve_picture_and_errors(world: World, labelled: Path) -> None:
    out = world.directory
    paths = [out / "curve.csv", out / "curve.svg", out / "errors.jsonl"]
    asked = ["evaluate", str(labelled), "--office", str(world.path), "--json"]
    for option, path in zip(("--curve", "--svg", "--errors"), paths, strict=True):
        asked += [option, str(path)]
    result = CliRunner().invoke(_app(), asked)
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert (told["confirmed_true"], len(told["slices"])) == (2, 11)
    rows = list(csv.DictReader(paths[0].read_text().splitlines()))
    assert {row["threshold_bits"]: row["confirmed_true"] for row in rows}["6.0"] == "2"
    assert paths[1].read_text().startswith("<svg")
    assert [json.loads(line)["request_id"] for line in paths[2].read_text().splitlines()] == [
        "q5",
        "q4",
        "q6",
    ]


def test_p1_mistakes_hold_nothing_of_a_person(world: World, found: Examination) -> None:
    told = json.dumps([msgspec.to_builtins(mistake) for mistake in found.mistakes])
    assert not any(
        row[field] in told for row in QUESTIONS for field in ("given_name", "family_name", "line1")
    )


def test_a_file_that_cannot_be_written_is_told(world: World, labelled: Path) -> None:
    asked = [
        "evaluate",
        str(labelled),
        "--office",
        str(world.path),
        "--curve",
        str(world.directory / "none" / "c.csv"),
    ]
    result = CliRunner().invoke(_app(), asked)
    assert (result.exit_code, "out_folder" in result.stderr) == (2, True)


def _app() -> typer.Typer:
    app = group("Test.", "evaluate labelled.csv")
    app.callback()(lambda: None)
    add_verb(app, verb, "evaluate labelled.csv")
    return app
