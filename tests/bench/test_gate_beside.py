"""The page that compares two trees says the median of the turns, and the gate without reading."""

from __future__ import annotations

from bench.gate.beside import Compared, page_of


def test_medians_are_compared_and_reading_is_no_part_of_the_gate() -> None:
    compared = Compared(
        "reported: as it was",
        [(100.0, 150.0), (90.0, 120.0), (300.0, 110.0)],
        ([("read: cells", 5.0), ("judge", 20.0)], [("judge", 30.0)]),
    )
    page = page_of([compared], ("aaaaaaaaaaaa", "bbbbbbbbbbbb"), 2000, 3, (0.1, 0.2))
    assert "| `receive` | 100.0 | 120.0 | 1.20 |" in page
    assert "| the gate alone | 20.0 | 30.0 | 1.50 |" in page
    assert "| read: cells | 5.0 | judge | 30.0 |\n| judge | 20.0 | | |" in page
