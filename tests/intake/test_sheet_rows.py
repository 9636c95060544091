"""Rows count as the sender's spreadsheet counts them; blank rows are no requests."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from counterfoil.core.values import Reject, Request
from tests.intake.make import NAMES, csv_bytes, jsonl_bytes, read, read_bytes, row, write_parquet

HEAD = csv_bytes([])
GOOD = csv_bytes([row(1)]).removeprefix(HEAD)
BAD = csv_bytes([row(2, date_of_birth="1984-02-30")]).removeprefix(HEAD)
OVER_LINES = csv_bytes([row(3, reason="one\ntwo\nthree")]).removeprefix(HEAD)
BLANK = b"," * (len(NAMES) - 1) + b"\r\n"


def _rejects(rows: list[Request | Reject]) -> list[tuple[int, int, str, str]]:
    return [
        (each.row, each.sheet_row, each.code, each.request_id)
        for each in rows
        if isinstance(each, Reject)
    ]


def test_the_line_of_names_is_row_1_and_a_cell_over_lines_is_in_one_row(tmp_path: Path) -> None:
    rows = read_bytes(tmp_path, HEAD + OVER_LINES + BAD)
    assert _rejects(rows) == [(2, 3, "date_invalid", "R-0002")]


def test_blank_rows_are_passed_over_and_counted_as_the_spreadsheet_does(tmp_path: Path) -> None:
    blanks = b"\r\n" + BLANK + b" , ,\r\n" + b'"","",""\r\n' + b'"\n"' + BLANK + b"   \r\n"
    rows = read_bytes(tmp_path, b"\r\n" + HEAD + GOOD + blanks + BAD + BLANK)
    assert [each.row for each in rows] == [1, 2]
    assert _rejects(rows) == [(2, 10, "date_invalid", "R-0002")]


def test_blank_objects_and_rows_of_nulls_are_passed_over(tmp_path: Path) -> None:
    blank: dict[str, object] = dict.fromkeys(NAMES, "")
    bad = row(2, date_of_birth="1984-02-30")
    data = jsonl_bytes([row(1), blank, {**blank, "zip": None}, bad])
    assert _rejects(read_bytes(tmp_path, data, ".jsonl")) == [(2, 4, "date_invalid", "R-0002")]
    path = tmp_path / "file.parquet"
    write_parquet(path, [row(1), dict.fromkeys(NAMES, " "), bad], row_group_size=1)
    assert _rejects(read(path)) == [(2, 3, "date_invalid", "R-0002")]


def test_the_id_is_given_where_it_can_be_read(tmp_path: Path) -> None:
    many = b"R-9," + GOOD
    few = b"Maria,Garcia\r\n"
    twice = GOOD
    none = csv_bytes([row(4, request_id="")]).removeprefix(HEAD)
    odd = csv_bytes([row(4, request_id="no id")]).removeprefix(HEAD)
    quote = b'R-5,Ma"ria\r\n'
    found = _rejects(read_bytes(tmp_path, HEAD + GOOD + many + few + twice + none + odd + quote))
    assert [(code, request_id) for _, _, code, request_id in found] == [
        ("wrong_column_count", "R-9"),
        ("wrong_column_count", ""),
        ("duplicate_request_id", "R-0001"),
        ("request_id_missing", ""),
        ("request_id_invalid", ""),
        ("csv_malformed", ""),
    ]


def test_the_id_of_an_object_that_is_no_row_is_given(tmp_path: Path) -> None:
    unknown = jsonl_bytes([{**row(7), "nickname": "x"}, {**row(8), "zip": 2704}])
    found = _rejects(read_bytes(tmp_path, unknown + b'{"request_id": 5}\n[]\n', ".jsonl"))
    assert [request_id for *_, request_id in found] == ["R-0007", "R-0008", "", ""]


_CELL = st.text('ab ,"\n', max_size=6)


@settings(max_examples=200)
@given(st.lists(st.lists(_CELL, min_size=2, max_size=2), max_size=12))
def test_every_row_has_the_number_that_the_csv_module_gives_it(cells: list[list[str]]) -> None:
    """A spreadsheet reads records as the csv module does; a blank line is a row there too."""
    columns = ("request_id", *[name for name in NAMES if name != "request_id"])
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    sheet: dict[int, list[str]] = {}
    for number, pair in enumerate(cells, 2):
        record = [*pair, *[""] * (len(columns) - 2)]
        if number % 3:
            writer.writerow(record)
        else:
            out.write("\r\n")
            record = [""]
        sheet[number] = record
    with TemporaryDirectory() as directory:
        found = read_bytes(Path(directory), out.getvalue().encode())
    wanted = [number for number, record in sheet.items() if any(map(str.strip, record))]
    assert [each.row for each in found] == list(range(1, len(wanted) + 1))
    for each, number in zip(found, wanted, strict=True):
        assert not isinstance(each, Reject) or each.sheet_row == number
