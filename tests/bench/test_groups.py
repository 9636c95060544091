"""The world by which groups of names are compared: the same every time, alike for every group but for
names; and `name_group` is counted by and no part of a question."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest
from bench.groups.__main__ import both_dated
from bench.groups.people import GROUPS, write_world

from counterfoil.certification.labelled import MOST_GROUPS, read_grouped, read_labelled
from counterfoil.core.errors import InputFault
from counterfoil.core.values import Request


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world")
    assert write_world(folder, 900, 7)["people"] >= 900
    return folder


def test_the_world_is_the_same_every_time_and_has_every_group(world: Path, tmp_path: Path) -> None:
    write_world(tmp_path, 900, 7)
    for name in ("people.csv", "questions.csv", "undated.csv"):
        assert (world / name).read_bytes() == (tmp_path / name).read_bytes()
    with (world / "questions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for truth in ("true", "false"):
        counts = Counter(row["name_group"] for row in rows if row["truth"] == truth)
        assert set(counts) == set(GROUPS)
        assert min(counts.values()) > 30


def test_the_group_of_a_question_is_read_beside_it_and_is_no_part_of_it(world: Path) -> None:
    grouped = list(read_grouped(world / "questions.csv"))
    assert [(row, truth) for row, truth, _ in grouped] == list(
        read_labelled(world / "questions.csv")
    )
    assert {group for _, _, group in grouped} == set(GROUPS)
    assert all("hispanic" not in repr(row) for row, _, _ in grouped if isinstance(row, Request))


def test_a_file_that_names_people_as_groups_is_refused(world: Path, tmp_path: Path) -> None:
    with (world / "questions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    path = tmp_path / "many.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(row | {"name_group": str(at)} for at, row in enumerate(rows))
    assert len(rows) > MOST_GROUPS
    with pytest.raises(InputFault) as caught:
        list(read_grouped(path))
    assert caught.value.code == "groups_many"


def test_false_questions_are_counted_where_a_date_stands_on_both_sides(
    world: Path, tmp_path: Path
) -> None:
    (tmp_path / "questions.csv").write_bytes((world / "questions.csv").read_bytes())
    with (world / "questions.csv").open(encoding="utf-8", newline="") as file:
        false = [row for row in csv.DictReader(file) if row["truth"] == "false"]
    dated = [row["request_id"] for row in false if row["date_of_birth"]]
    (tmp_path / "questions-errors.jsonl").write_text(
        f'{{"kind": "wrong", "request_id": "{dated[0]}"}}\n'
        f'{{"kind": "missed", "request_id": "{dated[1]}"}}\n'
    )
    assert both_dated(tmp_path) == (len(dated), 1)
