"""The demonstration, on the made-up sample population that `make test` installs as data."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from counterfoil.core.errors import InputFault, UsageFault
from counterfoil.demo import sample
from counterfoil.demo.demonstration import MARKER, demonstrate
from counterfoil.demo.questions import DEFECTS, GROUPS, make_questions
from tests.house.tree import ROOT

SAMPLE = Path(os.environ.get("COUNTERFOIL_SAMPLE", ROOT / "data" / "pseudopeople"))


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return demonstrate(tmp_path_factory.mktemp("made") / "demo", SAMPLE, lambda *_: None)


def test_every_defect_is_refused_and_hardly_anything_else_is(figures: dict[str, Any]) -> None:
    groups = figures["groups"]
    made = {name: {"refused": defect.rows} for name, defect in DEFECTS.items()}
    assert {name: groups[name] for name in DEFECTS} == made
    # Two people of the sample are written without a given name: "Jr" and "Baby".
    assert sum(groups[name].get("refused", 0) for name in GROUPS) <= 2


def test_the_deputys_whole_file_is_refused(figures: dict[str, Any]) -> None:
    assert figures["deputy"] == {"granted": 0, "refused": 20, "rejected": 0}


def test_people_who_are_held_are_confirmed_and_others_are_not(figures: dict[str, Any]) -> None:
    groups = figures["groups"]
    assert groups["true"]["confirmed"] >= 0.99 * sum(groups["true"].values())
    assert groups["unit"] == {"not_confirmed": sum(groups["unit"].values())}
    assert groups["household"].get("confirmed", 0) + groups["mover"].get("confirmed", 0) <= 1


def test_no_refused_request_touched_the_register(figures: dict[str, Any]) -> None:
    assert figures["openings"]["granted"] == figures["openings"]["opened"] > 0


def test_the_labelled_questions_meet_the_figures_that_the_readme_states(
    figures: dict[str, Any],
) -> None:
    found = figures["evaluation"]
    assert (found["requests"], found["true"], found["false"]) == (10387, 8559, 1828)
    assert found["recall"] >= 0.96
    assert found["confirmed_false"] <= 3


def test_the_questions_are_the_same_every_time() -> None:
    assert make_questions(SAMPLE) == make_questions(SAMPLE)


def test_a_former_demonstration_is_replaced_and_anything_else_is_not(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("something")
    with pytest.raises(UsageFault) as caught:
        demonstrate(tmp_path, SAMPLE, lambda *_: None)
    assert caught.value.code == "demo_folder_taken"
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_without_the_sample_it_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(InputFault) as caught:
        demonstrate(tmp_path / "demo", tmp_path / "nowhere", lambda *_: None)
    assert caught.value.code == "sample_missing"
    assert (tmp_path / "demo" / MARKER).is_file()


def test_only_years_up_to_2025_are_read() -> None:
    assert sample.YEAR <= 2025
    assert {person["year"] for person in sample.census(SAMPLE)} == {sample.YEAR}
