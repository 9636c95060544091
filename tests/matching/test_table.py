"""The evidence table, its page, and the sentences in it."""

from __future__ import annotations

from pathlib import Path

from counterfoil.matching.table import LEVELS, MARGIN, REQUIREMENTS, THRESHOLD, Level

PAGE = Path(__file__).parents[2] / "docs/formats/evidence.md"


def row(name: str, level: Level) -> str:
    weight = "fatal" if level.fatal else f"{level.default / 100:+.2f}"
    bounds = (
        ""
        if level.bounds is None
        else f"{level.bounds[0] / 100:+.2f} to {level.bounds[1] / 100:+.2f}"
    )
    return f"| `{name}` | {weight} | {bounds} | {level.because} |"


def test_the_page_shows_every_row_of_the_table_as_it_is() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert [name for name, level in LEVELS.items() if row(name, level) not in page] == []


def test_the_page_shows_every_requirement() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for name, level in REQUIREMENTS.items():
        assert level.fatal
        assert f"| `{name}` | fatal | {level.because} |" in page


def test_the_page_states_threshold_and_margin() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert f"**threshold** ({THRESHOLD // 100} bits" in page
    assert f"**margin** ({MARGIN // 100} bits)" in page


def test_every_level_has_a_sentence_and_its_default_within_its_bounds() -> None:
    for level in LEVELS.values():
        least, most = level.bounds or (level.default, level.default)
        assert level.because
        assert least <= level.default <= most


def test_the_contradictions_are_those_that_the_design_names() -> None:
    assert {name for name, level in LEVELS.items() if level.fatal} == {
        "given.other",
        "suffix.differs",
        "dob.differs",
        "tin.differs",
    }
