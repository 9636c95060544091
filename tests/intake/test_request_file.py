"""A file is known by its digest, read as often as needed, and is the same each time."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterfoil import intake
from counterfoil.core.errors import InputFault
from counterfoil.core.values import Reject, Request
from counterfoil.intake.columns import COLUMNS, NAMES
from counterfoil.intake.rejects import WORDS
from tests.intake.make import HEADER, csv_bytes, read, read_bytes, row, write

ROOT = Path(__file__).parents[2]
FORMAT = (ROOT / "docs" / "formats" / "request-file.md").read_text(encoding="utf-8")


def _open(path: Path) -> intake.RequestFile:
    return intake.open_file(path, default_header=HEADER, principal_keys={})


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_rows_may_be_read_twice(tmp_path: Path, suffix: str) -> None:
    file = _open(write(tmp_path / f"file{suffix}", [row(1), row(1), row(2)]))
    assert list(file.rows()) == list(file.rows())


def test_the_digest_is_that_of_the_bytes(tmp_path: Path) -> None:
    path = write(tmp_path / "file.csv", [row(1)])
    assert _open(path).digest == "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("when", ["before", "while"])
def test_a_file_that_changes_after_it_was_opened_is_refused(tmp_path: Path, when: str) -> None:
    path = write(tmp_path / "file.csv", [row(1), row(2)])
    file = _open(path)
    rows = file.rows()
    if when == "while":
        next(rows)
    path.write_bytes(csv_bytes([row(3)]))
    with pytest.raises(InputFault) as found:
        list(rows)
    assert found.value.code == "file_changed"


@pytest.mark.parametrize("name", ["file.txt", "file.csv.gz", "csv", "file"])
def test_a_name_with_another_end_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(csv_bytes([row(1)]))
    with pytest.raises(InputFault) as found:
        read(tmp_path / name)
    assert found.value.code == "format_unknown"


def _absent(path: Path) -> None:
    """Leave nothing there."""


@pytest.mark.parametrize(
    "make", [_absent, Path.mkdir, os.mkfifo], ids=["absent", "directory", "pipe"]
)
def test_what_is_no_ordinary_file_is_refused(tmp_path: Path, make: object) -> None:
    make(tmp_path / "file.csv")  # type: ignore[operator]
    with pytest.raises(InputFault) as found:
        read(tmp_path / "file.csv")
    assert found.value.code == "file_unreadable"


CELL = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            "2024-02-30",
            "2024-02-29",
            "=1+1",
            " x ",
            "\u00a0",
            "-1",
            "a\nb",
            "yes",
            "1|2|3;",
            "é" * 120,
        ]
    ),
)
ROWS = st.lists(st.dictionaries(st.sampled_from(NAMES), CELL, max_size=5), min_size=1, max_size=6)


def _clean(cell: str) -> str:
    """What every format can carry: no carriage return (CSV reads CRLF as LF), nothing that is not
    UTF-8."""
    return cell.replace("\r", "").encode("utf-8", "ignore").decode()


@settings(max_examples=60, deadline=None)
@given(ROWS)
def test_the_same_rows_are_read_alike_from_every_format(cells: list[dict[str, str]]) -> None:
    rows = [
        row(number, **{name: _clean(cell) for name, cell in changes.items()})
        for number, changes in enumerate(cells, 1)
    ]
    with TemporaryDirectory() as directory:
        by_csv, by_jsonl, by_parquet = (
            read(write(Path(directory) / f"file{suffix}", rows))
            for suffix in (".csv", ".jsonl", ".parquet")
        )
    numbers = range(1, len(rows) + 1)
    for found in (by_csv, by_jsonl, by_parquet):
        assert [each.row for each in found] == list(numbers)
        shift = 1 if found is by_csv else 0
        assert all(each.sheet_row == each.row + shift for each in found if isinstance(each, Reject))
    assert _alike(by_csv) == _alike(by_jsonl) == _alike(by_parquet)


def _alike(rows: list[Request | Reject]) -> list[Request | Reject]:
    """The rows without the numbers that a spreadsheet gives them: Parquet has no line of names."""
    return [
        msgspec.structs.replace(each, sheet_row=0) if isinstance(each, Reject) else each
        for each in rows
    ]


MARKER = "Zzyzx"


def _told(path: Path) -> str:
    """Everything that intake says about a file, its errors included."""
    try:
        return " ".join(
            repr(found) if isinstance(found, Reject) else f"{found}{found!r}"
            for found in read(path)
        )
    except InputFault as fault:
        return f"{fault} {fault!r} {fault.args} {fault.message} {fault.place} {fault.cure}"


@settings(max_examples=150, deadline=None)
@given(ROWS, st.sampled_from([".csv", ".jsonl", ".parquet"]))
def test_p1_no_reject_and_no_error_carries_a_value_of_a_row(
    cells: list[dict[str, str]], suffix: str
) -> None:
    rows = [
        row(
            number,
            **{
                name: MARKER + _clean(cell) + MARKER
                for name, cell in changes.items()
                if name != "request_id"  # an id is what a reject is found by
            },
        )
        for number, changes in enumerate(cells, 1)
    ]
    with TemporaryDirectory() as directory:
        assert MARKER not in _told(write(Path(directory) / f"file{suffix}", rows))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [MARKER, ",", '"', "\n", "{", "}", ":", '"request_id"', "\x00", "\udc80", "=", " "]
        ),
        max_size=30,
    ),
    st.booleans(),
)
def test_p1_no_error_about_a_broken_file_carries_its_text(parts: list[str], headed: bool) -> None:
    body = "".join(parts).encode("utf-8", "surrogateescape")
    with TemporaryDirectory() as directory:
        for suffix in (".csv", ".jsonl", ".parquet"):
            path = Path(directory) / f"file{suffix}"
            path.write_bytes(csv_bytes([]) + body if headed and suffix == ".csv" else body)
            assert MARKER not in _told(path)


def test_the_example_files_hold_the_same_requests() -> None:
    directory = ROOT / "examples" / "tiny-agency"
    files = [
        intake.open_file(directory / name, default_header=None, principal_keys={})
        for name in ("requests.csv", "requests.jsonl")
    ]
    first, second = (
        [found for found in file.rows() if isinstance(found, Request)] for file in files
    )
    assert (len(first), files[0].header) == (6, files[1].header)
    assert first == second


def test_the_examples_in_the_format_are_read_whole(tmp_path: Path) -> None:
    blocks = [
        re.sub(r"^    ", "", block, flags=re.MULTILINE)
        for block in re.findall(r"(?:^    .*\n)+", FORMAT, flags=re.MULTILINE)
    ]
    assert [type(found) for found in read_bytes(tmp_path, blocks[0].encode())] == [Request, Request]
    assert [type(found) for found in read_bytes(tmp_path, blocks[1].encode(), ".jsonl")] == [
        Request
    ]


def test_the_format_lists_the_columns_as_they_are() -> None:
    listed = re.findall(r"^\| `(\w+)` \| (yes)? ?\| (\d+) \|", FORMAT, flags=re.MULTILINE)
    assert listed == [
        (column.name, "yes" if column.required else "", str(column.limit)) for column in COLUMNS
    ]


def test_the_format_lists_every_code_of_a_reject() -> None:
    table = FORMAT.partition("Rejects (one row")[2].partition("Faults (")[0]
    assert re.findall(r"^\| `(\w+)` \|", table, flags=re.MULTILINE) == list(WORDS)


def test_the_format_lists_every_code_that_refuses_a_file() -> None:
    table = FORMAT.partition("Faults (")[2]
    rooms = ROOT / "src" / "counterfoil"
    intake = "".join(path.read_text(encoding="utf-8") for path in (rooms / "intake").glob("*.py"))
    documents = (rooms / "gate" / "law" / "signatures.py").read_text(encoding="utf-8")
    raised = set(re.findall(r'Fault\(\s*"(\w+)"', intake)) | set(
        re.findall(r'GateFault\(\s*"(document_\w+)"', documents)
    )
    assert set(re.findall(r"^\| `(\w+)` \|", table, flags=re.MULTILINE)) == raised
