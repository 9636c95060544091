"""Parquet is read as the text that CSV would hold; types that lose something are refused."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from counterfoil.core.errors import InputFault
from counterfoil.core.values import Request
from counterfoil.intake import parquet_file
from tests.intake.make import FULL, codes, read, row, write_parquet


def _write(path: Path, **arrays: pa.Array) -> Path:
    columns = {name: pa.array([cell]) for name, cell in FULL.items()}
    pq.write_table(pa.table({**columns, **arrays}), path)
    return path


def _fault(path: Path) -> InputFault:
    with pytest.raises(InputFault) as found:
        read(path)
    return found.value


@pytest.mark.parametrize(
    "array",
    [
        pa.array([date(1984, 3, 12)]),
        pa.array([date(1984, 3, 12)], pa.date64()),
        pa.array([datetime(1984, 3, 12)], pa.timestamp("us")),
        pa.array([datetime(1984, 3, 12)], pa.timestamp("ns")),
        pa.array(["1984-03-12"], pa.large_string()),
        pa.array(["1984-03-12"]).dictionary_encode(),
    ],
    ids=lambda array: str(array.type),
)
def test_dates_may_be_typed(tmp_path: Path, array: pa.Array) -> None:
    (found,) = read(_write(tmp_path / "file.parquet", date_of_birth=array))
    assert isinstance(found, Request)
    assert found.person.date_of_birth == date(1984, 3, 12)


@pytest.mark.parametrize(
    ("array", "certified"),
    [(pa.array([True]), True), (pa.array([False]), False), (pa.array([None], pa.bool_()), False)],
)
def test_use_certified_may_be_a_boolean(tmp_path: Path, array: pa.Array, certified: bool) -> None:
    (found,) = read(_write(tmp_path / "file.parquet", use_certified=array))
    assert isinstance(found, Request)
    assert found.use_certified is certified


@pytest.mark.parametrize("array", [pa.array([None], pa.string()), pa.array([None])])
def test_null_is_empty(tmp_path: Path, array: pa.Array) -> None:
    (found,) = read(_write(tmp_path / "file.parquet", suffix=array, date_of_birth=array))
    assert isinstance(found, Request)
    assert (found.person.suffix, found.person.date_of_birth) == ("", None)


@pytest.mark.parametrize(
    ("column", "array"),
    [
        ("zip", pa.array([2704])),
        ("tin", pa.array([900001234])),
        ("taxable_periods", pa.array([["2023"]])),
        ("date_of_birth", pa.array([datetime(1984, 3, 12, 10)], pa.timestamp("us"))),
        ("date_of_birth", pa.array([datetime(1984, 3, 12)], pa.timestamp("us", "UTC"))),
        ("given_name", pa.array([date(1984, 3, 12)])),
        ("given_name", pa.array([b"Maria"], pa.binary())),
        ("reason", pa.array([True])),
    ],
)
def test_a_type_that_loses_something_refuses_the_file_and_names_the_column(
    tmp_path: Path, column: str, array: pa.Array
) -> None:
    fault = _fault(_write(tmp_path / "file.parquet", **{column: array}))
    assert (fault.code, fault.place) == ("column_type", f"file.parquet, column {column}")


def test_a_day_after_the_year_9999_is_rejected(tmp_path: Path) -> None:
    days = pa.array([10_000_000], pa.int32()).cast(pa.date32())
    assert codes(read(_write(tmp_path / "file.parquet", date_of_birth=days))) == [
        (1, "date_of_birth", "field_too_long")
    ]


def test_text_that_is_not_utf_8_refuses_the_file(tmp_path: Path) -> None:
    broken = pa.Array.from_buffers(pa.string(), 1, pa.array([b"Jos\xe9"], pa.binary()).buffers())
    fault = _fault(_write(tmp_path / "file.parquet", given_name=broken))
    assert (fault.code, fault.place) == ("encoding_invalid", "file.parquet, row 1 or after")


def test_a_file_cut_anywhere_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "file.parquet"
    write_parquet(path, [row(number) for number in range(1, 3000)])
    whole = path.read_bytes()
    for length in (0, 3, 4, 100, len(whole) // 2, len(whole) - 9, len(whole) - 1):
        path.write_bytes(whole[:length])
        assert _fault(path).code == "parquet_unreadable"


def test_a_damaged_page_refuses_the_file_from_its_row_on(tmp_path: Path) -> None:
    path = tmp_path / "file.parquet"
    write_parquet(
        path,
        [row(number) for number in range(1, 3000)],
        row_group_size=1000,
        compression="zstd",
        use_dictionary=False,
    )
    start = pq.ParquetFile(path).metadata.row_group(1).column(0).data_page_offset
    damaged = bytearray(path.read_bytes())
    damaged[start + 60 : start + 400] = b"\xff" * 340
    path.write_bytes(damaged)
    fault = _fault(path)
    assert fault.code == "parquet_unreadable"
    assert fault.place.startswith("file.parquet, row ")


def test_a_row_group_over_its_limit_refuses_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet_file, "MAX_ROW_GROUP_BYTES", 100)
    assert _fault(_write(tmp_path / "file.parquet")).code == "row_group_too_large"


def test_an_unknown_column_is_named_by_position(tmp_path: Path) -> None:
    fault = _fault(_write(tmp_path / "file.parquet", nickname=pa.array(["Mia"])))
    assert (fault.code, fault.place) == ("column_unknown", "file.parquet, column 29")
    assert "nickname" not in str(fault)


def test_rows_are_numbered_through_batches_and_row_groups(tmp_path: Path) -> None:
    path = tmp_path / "file.parquet"
    write_parquet(path, [row(number) for number in range(1, 3001)], row_group_size=700)
    assert [good.row for good in read(path)] == list(range(1, 3001))
