"""The page of the replay says what its figures say."""

from __future__ import annotations

from bench.replay import render

FIGURES = {
    "rows": 20_000,
    "limited": {"granted": 0, "refused": 20_000, "whole_file": ["batch-limit"]},
    "lifted": {
        "residents": 40_000,
        "opened": 90,
        "outcomes": {
            "F2": {"refused": 19_910},
            "held": {"confirmed": 70, "not_confirmed": 2},
            "other": {"not_confirmed": 18},
        },
        "stopped_by": {"F2": {"i2-address-complete": 19_910}},
    },
}


def test_every_group_has_its_outcomes_and_the_element_that_must_stop_it() -> None:
    page = render(FIGURES, 12.4, 10.0, 512.0, "Two cores.")
    assert (
        "| held | 72 | 70 | 2 | 0 |  |  |\n| other | 18 | 0 | 18 | 0 |  |  |\n| F2 | 19,910 | 0 "
        "| 0 | 19,910 |" in page
    )
    assert "`i2-address-complete` | `i2-address-complete` 19,910 |" in page
    assert (
        "90 requests reached the register, 70 were confirmed, all of them among the 72 made" in page
    )
    assert "12 s in all by the clock" in page
