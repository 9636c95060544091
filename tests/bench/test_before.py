"""The page that compares two trees leaves out of both what the earlier one confirmed by a near
date, and says what parts the rest."""

from __future__ import annotations

from typing import Any

from bench.before.__main__ import compare, page_of


def _answer(name: str, *levels: str, truth: bool = True, kind: str = "") -> dict[str, Any]:
    confirmed = not kind and bool(levels)
    return {
        "request_id": name,
        "truth": truth,
        "confirmed": confirmed,
        "kind": kind,
        "levels": levels,
    }


def test_near_dates_are_left_out_of_both_and_the_rest_is_told_by_cause() -> None:
    before = [
        _answer("a", "dob.equal"),
        _answer("b", "dob.near"),
        _answer("c", "dob.equal"),
        _answer("d", "dob.equal", truth=False),
    ]
    now = [
        _answer("a", "dob.equal"),
        _answer("b", "dob.near", kind="name: dob near"),
        _answer("c", "given.untraced", kind="name: given missing"),
        _answer("d", truth=False),
    ]
    trees = [{answer["request_id"]: answer for answer in tree} for tree in (before, now)]
    found = compare(11, trees[0], trees[1])
    assert (found.true, found.near, found.wrong, found.won) == (3, 1, (1, 0), 0)
    assert found.without == (1.0, 0.5)
    costs = [({"decision": cost}, {"decision": 2 * cost}) for cost in (9.0, 5.0, 4.0)]
    page = page_of([found], costs, ("abc", "aaa", "bbb"), (0.1, 0.2))
    assert "| 11 | 3 | 1.0000 | 0.3333 | 1 | 0 | 1 | 1.0000 | 0.5000 |" in page
    assert "| name: given missing | given.untraced | 1 |\n| all | | 1 |" in page
    assert "| decision | 5.0 | 10.0 | 2.00 |" in page
