"""Choices are the same in every run, and a pass spreads its visits evenly."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from counterfoil.certification.seeded_choice import SeededChoice, spread


def test_the_same_seed_kind_and_place_choose_the_same() -> None:
    draws = [[SeededChoice(b"seed", "withheld", 7).below(1000) for _ in range(5)] for _ in range(2)]
    assert draws[0] == draws[1]


def test_another_place_kind_or_seed_chooses_otherwise() -> None:
    firsts = {
        SeededChoice(seed, kind, place).below(2**60)
        for seed in (b"a", b"b")
        for kind in ("x", "y")
        for place in range(50)
    }
    assert len(firsts) == 200


def test_every_choice_comes_up() -> None:
    assert {SeededChoice(b"seed", "x", place).of("abcd") for place in range(100)} == set("abcd")


@given(st.integers(0, 60), st.integers(1, 70_000), st.integers(0, 8))
def test_many_choices_at_once_are_those_of_one_after_the_other(
    place: int, size: int, count: int
) -> None:
    one, other, choices = (
        SeededChoice(b"seed", "x", place),
        SeededChoice(b"seed", "x", place),
        range(size),
    )
    assert one.many(choices, count) == [other.of(choices) for _ in range(count)]
    assert one.below(1000) == other.below(1000)


@given(st.integers(1, 60), st.integers(1, 400))
def test_a_pass_gives_every_visit_once_and_no_row_more_than_its_share(
    total: int, wanted: int
) -> None:
    visits = [list(range(*spread(place, wanted, total))) for place in range(total)]
    assert sorted(place for row in visits for place in row) == list(range(wanted))
    assert max(map(len, visits)) - min(map(len, visits)) <= 1
