"""A CSV or JSON lines file of one endless line, cell or bracket is read in little memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.intake.make import FULL, csv_bytes, jsonl_bytes, row
from tests.intake.test_parquet_bounds import read_apart

MEBIBYTES = 100


@pytest.mark.parametrize("suffix", [".csv", ".jsonl"])
def test_a_line_of_128_megabytes_is_one_reject(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"file{suffix}"
    path.write_bytes(csv_bytes([row(1)]) if suffix == ".csv" else jsonl_bytes([row(1)]))
    with path.open("ab") as file:
        for _ in range(128):
            file.write(b"A" * (1 << 20))
        file.write(b"\n")
    found, mebibytes = read_apart(path)
    assert found == ["request", "row_too_long"]
    assert mebibytes < MEBIBYTES


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("file.csv", b"[" * 100_000_000, "column_unknown"),
        ("file.jsonl", b"[" * 100_000_000, "row_too_long"),
        ("file.jsonl", b"[" * 60_000, "json_malformed"),
        ("file.jsonl", b'{"header":' * 6_000, "json_malformed"),
        ("file.jsonl", b'{"header":' + b"[" * 60_000 + b"]" * 60_000 + b"}", "row_too_long"),
        ("file.csv", b'"' + b"\n" * 50_000_000, "column_unknown"),
        ("file.csv", ",".join(FULL).encode() + b'\n"' + b"\n" * 50_000_000, "quote_open"),
        ("file.csv", b"\n" * 20_000_000, "file_empty"),
    ],
    ids=["csv", "jsonl", "brackets", "headers", "header", "names", "cell", "blank"],
)
def test_what_has_no_end_is_refused_in_little_memory(
    name: str, text: bytes, code: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(text)
    found, mebibytes = read_apart(path)
    assert found in ([code], ["header_invalid"])
    assert mebibytes < MEBIBYTES
