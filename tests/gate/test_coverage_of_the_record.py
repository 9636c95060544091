"""docs/coverage-of-the-record.md names a file and a test for every row of the record, and each of
them exists."""

from __future__ import annotations

import ast
from typing import NamedTuple

import pytest

from tests.house.tree import ROOT, syntax

PAGE = ROOT / "docs" / "coverage-of-the-record.md"
ROWS = [f"A{number}" for number in range(1, 15)] + [f"F{number}" for number in range(1, 23)]


class Row(NamedTuple):
    """One line of a table."""

    name: str
    held: str
    file: str
    test: str
    missing: str


def _rows() -> list[Row]:
    lines = [
        line for line in PAGE.read_text(encoding="utf-8").splitlines() if line[:3] in ("| A", "| F")
    ]
    return [
        Row(*(cell.strip().strip("`") for cell in line.strip("|").split("|"))) for line in lines
    ]


def test_every_row_of_the_record_stands_once() -> None:
    assert [row.name for row in _rows()] == ROWS


@pytest.mark.parametrize("row", _rows(), ids=lambda row: row.name)
def test_a_row_names_a_file_and_a_test_that_exist_or_says_that_it_is_not_built(row: Row) -> None:
    if not row.file:
        assert row.missing
        assert not row.test
        return
    assert row.held
    assert (ROOT / row.file).is_file()
    file, _, name = row.test.partition("::")
    assert name in {
        node.name for node in ast.walk(syntax(ROOT / file)) if isinstance(node, ast.FunctionDef)
    }
