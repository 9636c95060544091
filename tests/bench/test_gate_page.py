"""The page of the gate's figures says what was measured, file by file."""

from __future__ import annotations

from pathlib import Path

from bench.gate.page import Measured, Run, write_page


def test_each_file_has_its_own_runs_and_steps(tmp_path: Path) -> None:
    files = [
        Measured(
            name,
            3.5,
            [("judge", 28.0, 8.0)],
            [Run("the gate alone", "2 beside the writer", rate, 66.0, 18.9)],
        )
        for name, rate in (("reported: as it was", 17_000.4), ("repeated: often", 9_786.0))
    ]
    write_page(tmp_path / "gate.md", 200_000, files, (0.1, 2.0))
    page = (tmp_path / "gate.md").read_text(encoding="utf-8")
    assert "Files of 200,000 requests, of which 100,000 were asked before" in page
    first, second = page.split("## Reported")[1].split("## Repeated")
    assert "| the gate alone | 2 beside the writer | 17,000 | 66.0 | 18.9 |" in first
    assert "| the gate alone | 2 beside the writer | 9,786 | 66.0 | 18.9 |" in second
    assert first.count("| judge | 28.00 | 8.0 |") == 1
