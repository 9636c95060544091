"""The set by which groups of names are compared: the same every time, alike in every arm but for
names."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from bench.slices.names import ARMS, make_arms
from bench.slices.noise import ALL, COMPOUND, PARTICLES, Written, slip
from bench.slices.people import write_set

NAME = Written("JOSE", "LUIS", ("DE LA CRUZ", "SOTO"))


def test_the_set_is_the_same_every_time_and_asks_the_same_of_each_arm(tmp_path: Path) -> None:
    one, two = (write_set(tmp_path / name, 30) for name in "ab")
    assert one == two
    assert (tmp_path / "a" / "people.csv").read_bytes() == (
        tmp_path / "b" / "people.csv"
    ).read_bytes()
    asked = {arm: sum(each.arm == arm for each in one.values()) for arm in ARMS}
    assert asked["spanish"] > 30 < asked["compound"]
    assert {each.arm for each in one.values() if set(each.changes) & set(COMPOUND)} == {"compound"}


def test_arms_have_lists_of_one_length() -> None:
    arms = make_arms(random.Random(1))
    assert (
        len({len(arm.given) for arm in arms.values()})
        == len({len(arm.family) for arm in arms.values()})
        == 1
    )


@pytest.mark.parametrize("what", [*ALL, *COMPOUND, *PARTICLES])
def test_every_change_changes_how_a_name_is_written(what: str) -> None:
    arm = make_arms(random.Random(1))["compound"]
    _, change = (ALL | COMPOUND | PARTICLES)[what]
    after = change(NAME, arm, random.Random(3))
    assert (after.given, after.middle, after.family_name) != (
        NAME.given,
        NAME.middle,
        NAME.family_name,
    )


@pytest.mark.parametrize("seed", range(20))
def test_a_slip_keeps_the_first_letter_and_three_letters_whole(seed: int) -> None:
    word = slip("QUINTANILLA", random.Random(seed))
    assert word[0] == "Q"
    assert slip("ANA", random.Random(seed)) == "ANA"
