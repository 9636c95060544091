"""A file in tables of one length: the same rows, whatever the length, the blocks it was read in,
and where one begins."""

from __future__ import annotations

from pathlib import Path

import pytest

from counterfoil.core.values import Header
from counterfoil.intake import RowReader, open_file
from counterfoil.intake import lines as blocks
from counterfoil.intake.columns import NAMES, REQUIRED
from tests.world.office import NOW

HEADER = Header("Agency A", "sandbox", "p", NOW.date())
ROWS = 90


def _file(directory: Path) -> Path:
    lines = [",".join(NAMES)]
    for number in range(ROWS):
        cells = dict.fromkeys(NAMES, "") | {
            "request_id": f"R{number - (number % 17 == 3)}",
            "given_name": f"Zoë{number}",
        }
        if number % 11 == 5:
            cells["date_of_birth"] = "soon"
        if number % 19 == 7:
            cells["given_name"] = '"two\nlines"'
        lines.append(",".join(cells.values()) + (",one too many" if number % 13 == 2 else ""))
        lines += [""] * (number % 5 == 0)
    path = directory / "many.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.mark.parametrize("block_bytes", [64, 700, 1 << 16])
@pytest.mark.parametrize("size", [1, 2, 7, 40, ROWS, 1000])
@pytest.mark.parametrize("skip", [0, 1, 3, 39, ROWS])
def test_stretches_hold_the_rows_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block_bytes: int, size: int, skip: int
) -> None:
    monkeypatch.setattr(blocks, "BLOCK_BYTES", block_bytes)
    file = open_file(_file(tmp_path), default_header=HEADER, principal_keys={})
    tables = list(file.stretches(size, skip))
    lengths = [len(table.rows) + len(table.rejects) for table in tables]
    assert lengths[:-1] == [size] * (len(lengths) - 1)
    assert sum(lengths) == ROWS - skip
    read = [RowReader().read(table) for table in reversed(tables)]
    assert [row for rows in reversed(read) for row in rows] == list(file.rows())[skip:]


def test_the_file_of_this_test_holds_every_kind_of_row(tmp_path: Path) -> None:
    rows = list(open_file(_file(tmp_path), default_header=HEADER, principal_keys={}).rows())
    assert [row.row for row in rows] == list(range(1, ROWS + 1))
    assert {getattr(row, "code", "request") for row in rows} == {
        "request",
        "duplicate_request_id",
        "date_invalid",
        "wrong_column_count",
        "control_character",
    }
    assert set(REQUIRED) <= set(NAMES)
