"""The threshold is the lowest from which on every kind meets the limit."""

from __future__ import annotations

import csv
import io

import pytest

from counterfoil.certification.compose import normal_mix, refusal, weighted_bound
from counterfoil.certification.curves import Point, curve, curve_csv, lowest_meeting, point_at
from counterfoil.certification.decoys import KINDS
from counterfoil.certification.tally import PROXY, Count, Tally, new_tally
from counterfoil.core.errors import StateFault

LIMIT = 10_000_000


def tally(
    asked: int = 300_000, recalled: dict[str, int] | None = None, **wrong: dict[str, int]
) -> Tally:
    """So many decoys of each kind, and confirmations by half bits."""
    counts = {name: Count(asked=asked, confirmed=wrong.get(name, {})) for name in KINDS}
    return (
        new_tally()
        | counts
        | {PROXY: Count(asked=1000, confirmed=recalled or {"20": 900, "30": 100})}
    )


def test_without_a_wrong_answer_the_weights_own_threshold_stands() -> None:
    chosen = lowest_meeting(curve(tally(), 600), LIMIT)
    assert chosen is not None
    assert (chosen.threshold, chosen.worst.wrong, chosen.recall) == (600, 0, 1.0)


def test_one_wrong_answer_raises_the_threshold_over_its_score() -> None:
    chosen = lowest_meeting(curve(tally(withheld={"15": 1}), 600), LIMIT)
    assert chosen is not None
    assert chosen.threshold == 800


def test_every_kind_counts() -> None:
    chosen = lowest_meeting(curve(tally(sibling={"13": 2}, former={"17": 1}), 600), LIMIT)
    assert chosen is not None
    assert chosen.threshold == 900


def test_too_few_decoys_meet_no_limit() -> None:
    assert lowest_meeting(curve(tally(asked=299_000), 600), LIMIT) is None


def test_a_threshold_off_the_grid_begins_on_the_next_step() -> None:
    assert [point.threshold for point in curve(tally(), 620)][:2] == [650, 700]


def test_the_search_goes_down_and_ends_at_the_first_that_fails() -> None:
    """A point that passes below one that fails is not taken: the order of tests is fixed."""
    points = [
        point_at(tally(withheld={"15": 1}), 700),
        point_at(tally(), 650),
        point_at(tally(), 750),
    ]
    chosen = lowest_meeting(points, LIMIT)
    assert chosen is not None
    assert chosen.threshold == 750


def test_a_threshold_that_confirms_too_few_is_refused_with_its_figures() -> None:
    points = curve(tally(withheld={"25": 3}), 600)
    chosen = lowest_meeting(points, LIMIT)
    fault = refusal(chosen, points, LIMIT, 0.5)
    assert isinstance(fault, StateFault)
    assert fault.code == "certify_limit_not_met"
    assert "withheld 3 of 300000, bound 2.58e-05" in fault.message
    assert "met from 13.0 bits on, where 0.100 are confirmed" in fault.message


def test_a_threshold_that_confirms_enough_is_not_refused() -> None:
    points = curve(tally(withheld={"15": 3}), 600)
    assert refusal(lowest_meeting(points, LIMIT), points, LIMIT, 0.5) is None


def test_a_limit_that_nothing_meets_is_refused() -> None:
    points = curve(tally(asked=10), 600)
    fault = refusal(lowest_meeting(points, LIMIT), points, LIMIT, 0.5)
    assert fault is not None
    assert fault.message.count("0 of 10") == len(KINDS)


def test_the_weighted_bound_lies_between_the_least_and_the_highest() -> None:
    point = point_at(tally(withheld={"15": 30}), 600)
    equal = weighted_bound(point, normal_mix(dict.fromkeys(KINDS, 1)))
    assert min(kind.bound for kind in point.kinds) < equal < point.worst.bound
    assert weighted_bound(point, normal_mix({"withheld": 5})) == point.worst.bound


def test_the_curve_as_csv_has_a_line_for_each_threshold() -> None:
    points = curve(tally(withheld={"15": 30}), 600)
    rows = list(csv.DictReader(io.StringIO(curve_csv(points))))
    assert len(rows) == len(points)
    assert (
        rows[0]["threshold_bits"],
        rows[0]["withheld_wrong"],
        rows[0]["own_people_as_held"],
    ) == ("6.0", "30", "1.000000")


@pytest.mark.parametrize("threshold", [600, 750])
def test_a_point_counts_confirmations_from_its_threshold_on(threshold: int) -> None:
    point: Point = point_at(tally(withheld={"12": 4, "15": 3, "20": 2}), threshold)
    assert point.kinds[0].wrong == {600: 9, 750: 5}[threshold]
