"""The page of a batch's steps says the median of the turns of two trees, and what was confirmed."""

from __future__ import annotations

from bench.release.__main__ import page_of
from bench.release.turn import asked_person


def turn(receive: float, release: float, confirmed: int) -> dict[str, object]:
    others = {"determine": (50.0, 0.5), "review": (1.0, 0.1)}
    return {"receive": (receive, 3.0), "release": (release, 1.0), "confirmed": confirmed, **others}


def test_medians_are_compared_step_by_step() -> None:
    pairs = [(turn(100, 40, 9), turn(each, 44, 8)) for each in (300, 210, 205)]
    page = page_of(pairs, "abc", ("abc1", "def2"), 1000, (0.1, 0.2))
    assert "| `receive` | 100.0 | 210.0 | 2.10 | 3.0 | 3.0 |" in page
    assert "| `release` | 40.0 | 44.0 | 1.10 | 1.0 | 1.0 |" in page
    assert "confirmed 9 of them; now: `def2`, which confirmed 8." in page


def test_no_two_of_those_who_are_asked_about_share_name_and_address() -> None:
    assert len({asked_person(number) for number in range(100_000)}) == 100_000
