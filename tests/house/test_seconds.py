"""No group of tests grows beyond its share of the time: what is slow is seen when it comes.

`tests/seconds.json` holds what the last whole run recorded (tests/world/seconds.py says how).
Budgets are shares of the whole, in thousandths, never seconds: another machine takes another time.
`tests/run` names the rooms of a run that are over theirs, and fails where one takes twice as much.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.house.tree import TESTS
from tests.world.seconds import BUDGETS, MARGIN, by_room, over_budget, read_recorded, shares


def test_no_rooms_tests_take_more_than_their_share() -> None:
    assert over_budget(read_recorded()) == {}


def test_every_room_with_tests_has_a_budget() -> None:
    rooms = {path.relative_to(TESTS).parts[0] for path in TESTS.rglob("test_*.py")} - {"house"}
    assert rooms == set(BUDGETS)


def test_what_is_recorded_is_a_whole_run() -> None:
    recorded = read_recorded()
    assert by_room(recorded).keys() == BUDGETS.keys()
    assert 990 < sum(recorded.values()) < 1010


def test_a_run_fails_only_where_a_room_takes_a_multiple_of_its_budget() -> None:
    over = {f"{room}/test_x.py": 1.5 * budget for room, budget in BUDGETS.items()}
    assert over_budget(over).keys() == BUDGETS.keys()
    assert over_budget(over, MARGIN) == {}
    twice = {name: share * 1.5 for name, share in over.items()}
    assert over_budget(twice, MARGIN).keys() == BUDGETS.keys()


@pytest.mark.parametrize("times", [4, 30])
def test_a_group_that_has_grown_is_found(times: int) -> None:
    grown = {
        name: share * times if name.startswith("ledger/") else share
        for name, share in read_recorded().items()
    }
    assert list(over_budget(shares(grown))) == ["ledger"]


def test_a_machine_that_is_slow_is_not_found() -> None:
    slow = {name: share * 7 for name, share in read_recorded().items()}
    assert over_budget(shares(slow)) == {}


def test_shares_are_of_the_whole_and_the_largest_is_first(tmp_path: Path) -> None:
    found = shares({"a/test_x.py": 1.0, "b/test_y.py": 2.0, "a/test_z.py": 1.0})
    assert json.dumps(found) == '{"b/test_y.py": 500.0, "a/test_x.py": 250.0, "a/test_z.py": 250.0}'
    assert by_room(found) == {"a": 500.0, "b": 500.0}
    assert read_recorded(tmp_path / "missing.json") == {}
