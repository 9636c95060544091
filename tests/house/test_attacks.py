"""The attacks: each item is there with its neighbors and controls, what cannot be carried out is
never counted as stopped, and the working tree stops the quick ones."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest
from scripts.attacks import page, registry
from scripts.attacks.attack import (
    ANSWERED,
    BROKEN,
    DENIED,
    STOPPED,
    SUCCEEDED,
    Attack,
    Group,
    NotRun,
    Outcome,
    outcomes,
    stopped,
    succeeded,
)
from scripts.attacks.child import run_group
from scripts.attacks.office import Sent, control
from scripts.attacks.probing import child
from scripts.attacks.probing.page import arithmetic
from scripts.attacks.probing.strategy import HOME, PERSON, strategy
from scripts.attacks.runner import Failed, finish, start

from tests.house.tree import ROOT

QUICKEST = (
    "homes-suffix",
    "words",
    "investigation-files",
    "spent-unsigned",
    "yaml-brackets",
    "canary-one-row",
)
"""Groups that are run with the tests, for most items one of them; `python -m scripts.attacks` runs
all."""
NEIGHBORS = 10

EVERY = registry.attacks(registry.groups())


@pytest.mark.parametrize("item", registry.items())
def test_each_item_has_its_reported_attacks_ten_neighbors_and_a_control(item: str) -> None:
    kinds = Counter(
        "control" if each.control else "listed" if each.listed else "neighbor"
        for each in EVERY
        if each.item == item
    )
    assert kinds["listed"] >= 1
    assert kinds["neighbor"] >= NEIGHBORS
    assert kinds["control"] >= 1


def test_no_two_attacks_have_one_id_and_each_is_of_an_item() -> None:
    assert [name for name, times in Counter(each.id for each in EVERY).items() if times > 1] == []
    assert {each.item for each in EVERY} == set(registry.items())


def test_the_named_groups_are_the_only_ones_chosen() -> None:
    assert [group.name for group in registry.groups(["gate-5/reason-1"])] == ["words"]
    assert {each.item for each in registry.attacks(registry.groups(["gate-9"]))} == {"gate-9"}


@pytest.mark.parametrize("first", registry.SUBJECTS.values())
def test_the_first_commit_of_a_subject_is_named_in_full(first: str) -> None:
    assert len(bytes.fromhex(first)) == 20


ONE = Attack("gate-1", "one", "an attack")
HONEST = Attack("gate-1", "honest", "a control", control=True)


def _group(said: Mapping[str, Outcome] | Exception) -> Group:
    def run(_folder: Path) -> Mapping[str, Outcome]:
        if isinstance(said, Exception):
            raise said
        return said

    return Group("made up", (ONE, HONEST), run)


def _found(said: Mapping[str, Outcome] | Exception) -> list[str]:
    return [each.verdict for each in outcomes(_group(said), Path()).values()]


def test_what_raises_is_broken_and_so_is_its_control() -> None:
    assert _found(ValueError("made up")) == [BROKEN, BROKEN]
    said = outcomes(_group(NotRun("no such option")), Path())["gate-1/one"]
    assert said == Outcome(BROKEN, "NotRun: no such option")


def test_the_text_of_an_error_that_is_not_ours_is_not_shown() -> None:
    said = outcomes(_group(ValueError("a value")), Path())["gate-1/one"]
    assert said == Outcome(BROKEN, "ValueError")


def test_what_a_group_does_not_say_is_broken() -> None:
    assert _found({"one": succeeded()}) == [SUCCEEDED, BROKEN]
    assert _found({}) == [BROKEN, BROKEN]


def test_an_outcome_of_the_other_kind_is_broken() -> None:
    told = {"one": Outcome(ANSWERED), "honest": Outcome(STOPPED, "code")}
    assert _found(told) == [BROKEN, BROKEN]


def test_nothing_is_stopped_without_a_code() -> None:
    with pytest.raises(NotRun):
        stopped("")


def test_a_fault_of_the_program_stops_nothing() -> None:
    with pytest.raises(NotRun):
        Sent("internal").code()
    assert Sent("header_missing").code() == "header_missing"


def test_a_control_that_is_refused_is_denied_by_its_code() -> None:
    sent = Sent("", {"q1": ("refused", ("name_missing",)), "q2": ("confirmed", ())})
    assert control(sent, "q1") == Outcome(DENIED, "name_missing")
    assert control(sent, "q2") == Outcome(ANSWERED, "confirmed")
    assert control(sent, "q3") == Outcome(DENIED, "")


@pytest.mark.parametrize(
    ("work", "why"),
    [(lambda: os._exit(3), "its process ended with 3"), (lambda: None, "no outcome")],
)
def test_a_group_whose_process_ends_is_broken(work: object, why: str, tmp_path: Path) -> None:
    def run(_folder: Path) -> dict[str, Outcome]:
        work()  # type: ignore[operator]
        return {}

    found = run_group(Group("made up", (ONE,), run), tmp_path)
    assert found == {"gate-1/one": Outcome(BROKEN, why)}


def test_a_group_that_hangs_is_broken(tmp_path: Path) -> None:
    def run(_folder: Path) -> dict[str, Outcome]:
        while True:
            pass

    found = run_group(Group("made up", (ONE,), run), tmp_path, most_seconds=1)
    assert found == {"gate-1/one": Outcome(BROKEN, "it took too long")}


def test_an_attack_that_was_not_run_is_a_failure_and_stands_in_the_table_as_broken() -> None:
    found = {"gate-1/honest": Outcome(ANSWERED, "confirmed")}
    assert page.failures([ONE, HONEST], found) == ["gate-1/one: broken: not run"]
    said = page.page(
        [ONE, HONEST], "gate", {"gate-1": "a thing"}, ("first", "last"), (found, found)
    )
    assert "| `one` | an attack | broken: not run | broken: not run |" in said
    assert "| broken | 1 | 1 |" in said


def test_a_tree_whose_command_line_is_missing_breaks_everything(tmp_path: Path) -> None:
    """The runner against a tree that has no such program: no attack is stopped."""
    package = tmp_path / "src" / "counterfoil"
    for name in ("__init__.py", "cli/__init__.py", "cli/app.py"):
        path = package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("def main():\n    raise SystemExit(1)\n", encoding="utf-8")
    found = finish(start(tmp_path, ["names-honest"]))
    assert {each.verdict for each in found.values()} == {BROKEN}
    assert len(found) == 4


# -- probing -------------------------------------------------------------------------------------


def test_a_strategy_is_the_same_each_time_and_half_are_after_each_target() -> None:
    drawn = [strategy(number) for number in range(200)]
    assert drawn == [strategy(number) for number in range(200)]
    assert Counter(each.target for each in drawn) == {PERSON: 100, HOME: 100}
    assert len({str(each.described() | {"number": 0}) for each in drawn}) > 190


def test_a_run_of_strategies_goes_on_where_its_file_ends(tmp_path: Path) -> None:
    path, head = tmp_path / "run.jsonl", {"commit": "0"}
    assert child.done(path, head) == set()
    with path.open("a", encoding="utf-8") as file:
        file.write("[0, 1, 1, 1]\n[5, 2, 2, 1]\n[7, 2")
    assert child.done(path, head) == {0, 5}
    assert child.read(path)["learned"] == [[0, 1, 1, 1], [5, 2, 2, 1]]
    with pytest.raises(Failed):
        child.done(path, head | {"commit": "1"})


def test_the_arithmetic_is_of_the_limits() -> None:
    limits = {"addresses_of_person": 2, "people_at_address": 10}
    assert arithmetic(limits) == {PERSON: 2, HOME: 10}
    limits["addresses_of_given_and_birth"] = 8
    assert arithmetic(limits) == {PERSON: 10, HOME: 10}


# -- the working tree ------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.whole
def test_the_working_tree_stops_the_quickest_attacks_and_answers_their_controls() -> None:
    quick = [group for group in registry.groups() if group.name in QUICKEST]
    assert len(quick) == len(QUICKEST)
    found = finish(start(ROOT, [group.name for group in quick]))
    assert page.failures(registry.attacks(quick), found) == []


def test_the_list_of_attacks_is_printed_and_nothing_is_run() -> None:
    command = [sys.executable, "-m", "scripts.attacks", "--list", "--only", "gate-10"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.count("\n") == sum(each.item == "gate-10" for each in EVERY)
