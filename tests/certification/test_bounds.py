"""The one-sided Clopper-Pearson bound against exact sums, tabulated values and its closed forms."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterfoil.certification.curves import PARTS, at_most, parts, upper_bound

COUNTS = st.integers(1, 120).flatmap(lambda asked: st.tuples(st.integers(0, asked), st.just(asked)))


def exact_at_most(wrong: int, asked: int, rate: float) -> Fraction:
    p = Fraction(rate)
    return sum(
        (comb(asked, i) * p**i * (1 - p) ** (asked - i) for i in range(wrong + 1)), Fraction(0)
    )


@pytest.mark.parametrize(
    ("wrong", "asked", "bound"),
    [
        # upper limits of two-sided 90 % intervals, as statistical tables print them
        (0, 10, 0.2589),
        (1, 10, 0.3942),
        (2, 10, 0.5069),
        (5, 10, 0.7776),
        (9, 10, 0.9949),
        (0, 20, 0.1391),
        (1, 20, 0.2161),
        (3, 30, 0.2386),
        (0, 59, 0.0495),
        (1, 100, 0.0466),
    ],
)
def test_the_bound_is_the_tabulated_one(wrong: int, asked: int, bound: float) -> None:
    assert upper_bound(wrong, asked) == pytest.approx(bound, abs=6e-5)


def test_none_wrong_of_300_000_is_just_under_one_in_100_000() -> None:
    assert upper_bound(0, 300_000) == pytest.approx(9.98573e-6, rel=1e-5)
    assert parts(upper_bound(0, 300_000)) <= 10_000_000 < parts(upper_bound(0, 299_000))


def test_none_wrong_of_3_000_000_is_just_under_one_in_a_million() -> None:
    assert parts(upper_bound(0, 3_000_000)) <= 1_000_000


def test_one_wrong_of_many_is_the_bound_of_poisson() -> None:
    assert upper_bound(1, 3_000_000) * 3_000_000 == pytest.approx(4.74386, rel=1e-5)
    assert upper_bound(10, 3_000_000) * 3_000_000 == pytest.approx(16.9622, rel=1e-5)


@settings(deadline=None)
@given(COUNTS)
def test_seeing_so_few_has_probability_five_percent_at_the_bound(counts: tuple[int, int]) -> None:
    wrong, asked = counts
    bound = upper_bound(wrong, asked)
    if wrong == asked:
        assert bound == 1
    else:
        assert float(exact_at_most(wrong, asked, bound)) == pytest.approx(0.05, rel=1e-6)


@settings(deadline=None)
@given(COUNTS, st.floats(0.001, 0.999))
def test_the_tail_is_the_exact_sum(counts: tuple[int, int], rate: float) -> None:
    assert at_most(*counts, rate) == pytest.approx(
        float(exact_at_most(*counts, rate)), rel=1e-7, abs=1e-12
    )


@settings(deadline=None)
@given(COUNTS)
def test_more_wrong_or_fewer_asked_never_lower_the_bound(counts: tuple[int, int]) -> None:
    wrong, asked = counts
    assert upper_bound(min(wrong + 1, asked), asked) >= upper_bound(wrong, asked) * (1 - 1e-9)
    assert upper_bound(wrong, asked + 1) <= upper_bound(wrong, asked) * (1 + 1e-9)


def test_half_wrong_of_many_is_close_to_the_normal_bound() -> None:
    assert upper_bound(150_000, 300_000) == pytest.approx(
        0.5 + 1.6449 * (0.25 / 300_000) ** 0.5, abs=3e-6
    )


def test_nothing_asked_bounds_nothing() -> None:
    assert upper_bound(0, 0) == 1


def test_parts_are_rounded_up_and_never_over_the_whole() -> None:
    assert [parts(1e-12), parts(1.1e-12), parts(1.0)] == [1, 2, PARTS]


def test_more_wrong_than_asked_is_a_bug() -> None:
    with pytest.raises(ValueError, match="none to all"):
        upper_bound(2, 1)


def test_a_rate_of_nought_or_one_leaves_no_doubt() -> None:
    assert [at_most(3, 10, 0.0), at_most(3, 10, 1.0), at_most(10, 10, 1.0)] == [1.0, 0.0, 1.0]
