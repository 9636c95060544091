"""The measurement page's table is of the curve, and names the threshold from which on the limit is
met."""

from __future__ import annotations

from bench.certify.page import kinds_of, lowest_meeting, shown, table

LINES = [
    {
        "threshold_bits": f"{6 + at / 2}", "own_people_as_held": f"{0.98 - at / 100}",
        "withheld_asked": "300000", "withheld_wrong": str(wrong), "withheld_bound": f"{1e-5 + wrong * 5e-6:.3e}",
    }
    for at, wrong in enumerate([7, 2, 0, 1, 0, 0, 0, 0, 0])
]  # fmt: skip


def test_the_limit_is_met_from_the_last_failure_on_and_not_before() -> None:
    met = lowest_meeting(LINES, 1e-5)
    assert met is not None
    assert met["threshold_bits"] == "8.0"
    assert lowest_meeting(LINES, 1e-6) is None


def test_the_table_shows_the_own_threshold_and_those_from_the_chosen_one() -> None:
    assert [line["threshold_bits"] for line in shown(LINES, 1e-5)] == ["6.0", "8.0", "9.0", "10.0"]
    assert kinds_of(LINES[0]) == ["withheld"]
    assert "| `withheld` | 300,000 | 7 | 0 | 0 | 0 | 1.000e-05 |" in table(LINES, 1e-5)
    assert "Met nowhere" in table(LINES, 1e-6)
