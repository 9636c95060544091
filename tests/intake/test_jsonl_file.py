"""JSON lines are read strictly: strings under known keys, one object a line."""

from __future__ import annotations

from pathlib import Path

import pytest

from counterfoil.core.errors import InputFault
from counterfoil.core.values import Request
from tests.intake.make import FULL, codes, jsonl_bytes, read_bytes, row


def test_booleans_and_null_are_read_as_their_words(tmp_path: Path) -> None:
    rows = [
        {**row(1), "use_certified": True, "suffix": None},
        {**row(2), "use_certified": False},
        {**row(3), "use_certified": None},
    ]
    found = [
        good
        for good in read_bytes(tmp_path, jsonl_bytes(rows), ".jsonl")
        if isinstance(good, Request)
    ]
    assert [(good.use_certified, good.person.suffix) for good in found] == [
        (True, ""),
        (False, "JR"),
        (False, "JR"),
    ]


@pytest.mark.parametrize(
    ("line", "field", "code"),
    [
        (b'{"request_id": "R-2"', "", "json_malformed"),
        (b"[1, 2]", "", "json_malformed"),
        (b"null", "", "json_malformed"),
        (b'{"a": ' + b"[" * 60_000, "", "json_malformed"),
        (b'"\\ud800"', "", "json_malformed"),
        (jsonl_bytes([{**FULL, "nickname": "Mia"}])[:-1], "", "column_unknown"),
        (b'{"header": {}}', "", "column_unknown"),
        (jsonl_bytes([FULL])[:-2] + b', "city": "Elsewhere"}', "", "key_repeated"),
        (jsonl_bytes([FULL])[:-2] + b', "c\\u0069ty": ""}', "", "key_repeated"),
        (jsonl_bytes([FULL])[:-2] + b', "request_id": "R-2"}', "", "key_repeated"),
        (
            jsonl_bytes([{key: cell for key, cell in FULL.items() if key != "zip"}])[:-1],
            "zip",
            "column_missing",
        ),
        (jsonl_bytes([{**FULL, "zip": 2704}])[:-1], "zip", "text_expected"),
        (jsonl_bytes([{**FULL, "given_name": True}])[:-1], "given_name", "text_expected"),
        (
            jsonl_bytes([{**FULL, "taxable_periods": ["2023"]}])[:-1],
            "taxable_periods",
            "text_expected",
        ),
        (jsonl_bytes([{**FULL, "use_certified": 1}])[:-1], "use_certified", "text_expected"),
        (jsonl_bytes([{**FULL, "reason": "x" * 70_000}])[:-1], "", "row_too_long"),
        (b" " * 400_000, "", "row_too_long"),
        (jsonl_bytes([{**FULL, "city": "X"}])[:-2] + b', "city": "\\ud800"}', "", "json_malformed"),
    ],
)
def test_a_line_that_is_no_row_is_rejected_and_the_others_go_on(
    tmp_path: Path, line: bytes, field: str, code: str
) -> None:
    found = read_bytes(
        tmp_path, jsonl_bytes([row(1)]) + line + b"\n" + jsonl_bytes([row(3)]), ".jsonl"
    )
    assert codes(found) == [(2, field, code)]
    assert [good.row for good in found if isinstance(good, Request)] == [1, 3]


def test_a_colon_in_a_value_is_no_key(tmp_path: Path) -> None:
    found = read_bytes(tmp_path, jsonl_bytes([{**row(1), "reason": 'a: "b": c'}]), ".jsonl")
    assert [good.reason for good in found if isinstance(good, Request)] == ['a: "b": c']


def test_blank_lines_are_no_rows_and_lines_are_counted(tmp_path: Path) -> None:
    found = read_bytes(tmp_path, b"\n \n" + jsonl_bytes([row(1)]) + b"\n\r\nx\n", ".jsonl")
    assert codes(found) == [(2, "", "json_malformed")]
    assert found[1].message.endswith("(line 6)")  # type: ignore[union-attr]


@pytest.mark.parametrize("data", [b"", b"\n \n"])
def test_an_empty_file_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(InputFault) as found:
        read_bytes(tmp_path, data, ".jsonl")
    assert found.value.code == "file_empty"


def test_escaped_control_characters_are_found(tmp_path: Path) -> None:
    assert codes(read_bytes(tmp_path, jsonl_bytes([row(1, city="X\x00")]), ".jsonl")) == [
        (1, "city", "control_character")
    ]
