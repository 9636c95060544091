"""The page of mutants counts as killed what a test noticed, and nothing else."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from scripts.mutants_page import page, read_modules

DAY = date(2026, 11, 22)


def _run(directory: Path, **codes: int | None) -> Path:
    (directory / "gate").mkdir()
    (directory / "gate" / "a.py.meta").write_text(
        json.dumps({"exit_code_by_key": codes}), encoding="utf-8"
    )
    return directory


@pytest.mark.parametrize("code", [1, 3])
def test_a_mutant_is_killed_when_the_tests_fail_or_break_off(tmp_path: Path, code: int) -> None:
    [module] = read_modules(_run(tmp_path, one=code))[0]
    assert (module.name, module.made, module.tried, module.killed) == ("a.py", 1, 1, 1)


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (0, ""),
        (33, "no test reaches it"),
        (5, "no test reaches it"),
        (24, "out of time"),
        (36, "out of time"),
        (-24, "out of time"),
        (2, ""),
    ],
)
def test_what_nobody_would_notice_is_not_killed_and_says_why(
    tmp_path: Path, code: int, why: str
) -> None:
    [module] = read_modules(_run(tmp_path, one=code, two=1))[0]
    assert (module.tried, module.killed, module.survivors) == (2, 1, {"one": why})


def test_the_page_says_how_many_were_killed_when_and_what_was_not_tried(tmp_path: Path) -> None:
    modules, _ = read_modules(_run(tmp_path, one=1, two=0, three=33, four=None))
    written = page(modules, DAY, "## Survivors that change nothing\n\nby hand\n")
    assert "Last run: 2026-11-22. 1 of 3 tried mutants were killed (33.3 %)." in written
    assert "| `a.py` | 3 | 1 | 33.3 % |" in written
    assert "Made and not tried: `a.py` (1 of 4)." in written
    assert "- `two`\n- `three`: no test reaches it\n" in written
    assert written.endswith("by hand\n")


def test_a_file_of_which_nothing_was_tried_is_named_and_has_no_row(tmp_path: Path) -> None:
    modules, _ = read_modules(_run(tmp_path, one=None))
    (tmp_path / "gate" / "b.py.meta").write_text('{"exit_code_by_key": {"x": 1}}', encoding="utf-8")
    written = page(read_modules(tmp_path)[0], DAY, "")
    assert modules[0].killed == 0
    assert "| `a.py`" not in written
    assert "`a.py` (1 of 1)" in written


def test_a_random_sample_is_told_as_one_with_its_bound(tmp_path: Path) -> None:
    codes = {f"m{number}": 1 for number in range(95)} | {f"n{number}": 0 for number in range(5)}
    modules, _ = read_modules(_run(tmp_path, **codes, left=None))
    text = page(modules, DAY, "")
    assert (
        "95 of 100 tried mutants were killed (95.0 %). They are a random sample of all 101" in text
    )
    assert "with 95 % confidence at least 89.8 % of all would be." in text
    assert "random sample" not in page([modules[0]._replace(made=100)], DAY, "")
