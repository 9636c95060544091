"""The files that Splink and Counterfoil are measured by, the page, and the table at the end of `make
bench`."""

from __future__ import annotations

import csv
from pathlib import Path

from bench.speed.data import write_files
from bench.speed.page import Figures, Row, page_of
from bench.summary import keep, table


def test_the_files_are_the_same_every_time_and_each_question_is_of_a_home_of_its_own(
    tmp_path: Path,
) -> None:
    made: list[bytes] = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        people, asked = write_files(tmp_path / name, 600, 60)
        made += [people.read_bytes() + asked.read_bytes()]
    assert made[0] == made[1]
    with asked.open(encoding="utf-8", newline="") as file:
        questions = list(csv.DictReader(file))
    with people.open(encoding="utf-8", newline="") as file:
        held = {(row["line1"], row["line2"], row["zip"]) for row in csv.DictReader(file)}
    homes = [(row["line1"], row["line2"], row["zip"]) for row in questions]
    assert len(questions) == 60
    assert 40 < sum(home in held for home in homes) < 60
    assert len({row["investigation_number"] for row in questions}) == 60


def test_the_page_sets_the_whole_of_both_beside_each_other() -> None:
    one = Row(2.0, 3.0, 100.0, 50.0)
    stages = ("build", "receive", "determine", "release")
    named = [*stages, "splink", *(f"floor-{each}" for each in (*stages, "commits"))]
    figures = Figures(
        1000,
        100,
        1,
        (0.5, 0.5),
        dict.fromkeys(named, one),
        {"register": 230_000},
        dict.fromkeys(named, 7),
    )
    page = page_of(figures)
    assert "| all three | 6.0 | 9.0 | 90,000.0 | | | | 100 | 50 |" in page
    assert "3.0 times by the clock, 3.0 times the CPU,\n1.00 of its memory" in page
    assert "| register | 0.2 | 230 |" in page


def test_the_table_has_the_newest_lines_of_each_part(tmp_path: Path) -> None:
    kept = tmp_path / "data" / "bench.json"
    keep("gate", [("receive", "1 us", "csv")], kept)
    keep("speed", [("build", "9 s", "10 rows")], kept)
    keep("gate", [("receive", "2 us", "csv")], kept)
    assert [line.split() for line in table(kept).splitlines()] == [
        ["part", "what", "figure", "beside"],
        ["gate", "receive", "2", "us", "csv"],
        ["speed", "build", "9", "s", "10", "rows"],
    ]
