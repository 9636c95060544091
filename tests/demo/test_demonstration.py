"""The demonstration, on the made-up sample population that `make test` installs as data."""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path
from typing import Any

import pytest

from counterfoil.core.errors import InputFault, StateFault, UsageFault
from counterfoil.demo import sample
from counterfoil.demo.demonstration import MARKER, demonstrate
from counterfoil.demo.questions import DEFECTS, GROUPS, complete_request, make_questions
from counterfoil.demo.service import free_port, served
from counterfoil.office.lease import LOCK, say_place, service_lease
from counterfoil.service.sandbox import make_sandbox
from tests.house.tree import ROOT

SAMPLE = Path(os.environ.get("COUNTERFOIL_SAMPLE", ROOT / "data" / "pseudopeople"))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("made") / "demo"


@pytest.fixture(scope="module")
def figures(made: Path) -> dict[str, Any]:
    return demonstrate(made, SAMPLE, lambda *_: None)


def test_the_file_goes_by_the_mailbox_and_the_kit_opens_the_answer(
    figures: dict[str, Any], made: Path
) -> None:
    """What the requester has came out of the outbox, and two officers signed through the door."""
    item = next(made.glob("mailbox/outbox/*.answer")).stem
    assert (made / "kit" / "items" / item / f"{item}.receipt").is_file()
    assert f"Its 2054 rows are those of the request {item}." in figures["verified"]
    log = (made / "service.log").read_text(encoding="utf-8")
    acts = [json.loads(line) for line in log.splitlines() if '"event":"act"' in line]
    signed = [(each["action"], each["officer"]) for each in acts]
    assert signed == [("review", "officer-a"), ("release", "officer-b")]


def test_no_process_is_left_behind(figures: dict[str, Any], made: Path) -> None:
    """The office's lock is held by every process of a service, so that nobody has it is enough."""
    assert figures
    assert not _is_served(made)


def test_no_process_is_left_behind_when_it_is_broken_off(tmp_path: Path) -> None:
    people = ROOT / "examples" / "tiny-agency" / "people.csv"
    config, _ = make_sandbox(tmp_path, "counterfoil.example/broken-off", people, free_port())
    with pytest.raises(KeyboardInterrupt), served(tmp_path, config):
        assert _is_served(tmp_path)
        raise KeyboardInterrupt
    assert not _is_served(tmp_path)


def test_a_demonstration_that_is_being_served_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "office").mkdir()
    (tmp_path / MARKER).write_text("")
    with service_lease(tmp_path / "office", 1), pytest.raises(StateFault) as caught:
        say_place(tmp_path / "office", "http://127.0.0.1:9")
        demonstrate(tmp_path, SAMPLE, lambda *_: None)
    assert caught.value.code == "office_served"
    assert (tmp_path / "office").is_dir()


def _is_served(directory: Path) -> bool:
    """Whether any process holds the lock of a service's lease."""
    with (directory / "office" / LOCK).open("rb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


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


def test_each_officer_of_a_large_file_has_a_name_of_its_own() -> None:
    named = [complete_request(1, {}, officer=each)["engaged_officers"] for each in range(2_000)]
    words = {frozenset(each.split("|")[1].replace("-", " ").split()) for each in named}
    assert len(words) == len(named)
