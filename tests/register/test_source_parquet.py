"""Reading a Parquet source."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from counterfoil.core.errors import InputFault
from counterfoil.register.build import open_source
from counterfoil.register.source import BATCH_ROWS, COLUMNS


def parquet_of(folder: Path, rows: int = 1, **columns: Any) -> Path:
    given = {name: pa.array([f"{name}-{at}" for at in range(rows)]) for name in COLUMNS} | columns
    pq.write_table(pa.table(given), folder / "source.parquet")
    return folder / "source.parquet"


def column(path: Path, name: str) -> list[str]:
    return [row[COLUMNS.index(name)] for batch in open_source(path).batches() for row in batch.rows]


def test_every_row_comes_once_and_the_total_is_known(tmp_path: Path) -> None:
    path = parquet_of(tmp_path, BATCH_ROWS * 2 + 3)
    assert open_source(path).total_rows == BATCH_ROWS * 2 + 3
    assert column(path, "line1") == [f"line1-{at}" for at in range(BATCH_ROWS * 2 + 3)]
    assert [batch.first_row for batch in open_source(path).batches()] == [
        1,
        BATCH_ROWS + 1,
        2 * BATCH_ROWS + 1,
    ]


@pytest.mark.parametrize(
    "dates",
    [
        pa.array([date(1961, 4, 9), None], pa.date32()),
        pa.array([date(1961, 4, 9), None], pa.date64()),
        pa.array([datetime(1961, 4, 9, 23), None], pa.timestamp("us")),
        pa.array(["1961-04-09", None]),
    ],
    ids=["date32", "date64", "timestamp", "text"],
)
def test_a_typed_date_of_birth_is_its_day(tmp_path: Path, dates: Any) -> None:
    assert column(parquet_of(tmp_path, 2, date_of_birth=dates), "date_of_birth") == [
        "1961-04-09",
        "",
    ]


def test_an_integer_zip_gets_its_zeros_back(tmp_path: Path) -> None:
    path = parquet_of(tmp_path, 4, zip=pa.array([2139, 94939, 21391234, None], pa.int32()))
    assert column(path, "zip") == ["02139", "94939", "021391234", ""]


def test_an_integer_tin_and_period_are_read_as_digits(tmp_path: Path) -> None:
    path = parquet_of(
        tmp_path,
        2,
        tin=pa.array([900001234, 12001234]),
        taxable_period=pa.array([2019, 2020], pa.int16()),
    )
    assert column(path, "tin") == ["900001234", "012001234"]
    assert column(path, "taxable_period") == ["2019", "2020"]


def test_dictionaries_large_strings_and_null_columns_are_text(tmp_path: Path) -> None:
    path = parquet_of(
        tmp_path,
        2,
        state=pa.array(["CA", None]).dictionary_encode(),
        city=pa.array(["Hollis", None], pa.large_string()),
        suffix=pa.nulls(2),
        zip=pa.array([2139, None], pa.int32()).dictionary_encode(),
    )
    assert [column(path, name) for name in ("state", "city", "suffix", "zip")] == [
        ["CA", ""],
        ["Hollis", ""],
        ["", ""],
        ["02139", ""],
    ]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("zip", pa.array([2139.0])),
        ("line1", pa.array([12])),
        ("city", pa.array([["Hollis"]])),
        ("line2", pa.array([b"x"])),
        ("tin", pa.array([date(2020, 1, 1)])),
    ],
)
def test_a_column_of_a_type_that_loses_text_is_refused(
    tmp_path: Path, name: str, values: Any
) -> None:
    with pytest.raises(InputFault, match="source_column_type") as caught:
        open_source(parquet_of(tmp_path, 1, **{name: values}))
    assert caught.value.place == name


def test_other_columns_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputFault, match="source_columns"):
        open_source(parquet_of(tmp_path, 1, remark=pa.array(["x"])))


def test_a_cut_file_is_refused(tmp_path: Path) -> None:
    path = parquet_of(tmp_path, 100)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(InputFault, match="source_unreadable"):
        open_source(path)


def test_a_damaged_page_is_refused_with_its_place(tmp_path: Path) -> None:
    path = parquet_of(tmp_path, 100)
    data = bytearray(path.read_bytes())
    data[8:400] = b"\xff" * 392
    path.write_bytes(bytes(data))
    with pytest.raises(InputFault, match="source_unreadable") as caught:
        column(path, "tin")
    assert caught.value.place == "after row 0"


def test_text_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    bad = pa.array([b"Jos\xe9"]).view(pa.string())
    with pytest.raises(InputFault, match="source_encoding"):
        column(parquet_of(tmp_path, 1, given_name=bad), "given_name")


@pytest.mark.parametrize("data", [None, b"", b"PAR1"])
def test_a_file_that_is_no_parquet_is_refused(tmp_path: Path, data: bytes | None) -> None:
    path = tmp_path / "source.parquet"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(InputFault, match="source_unreadable"):
        open_source(path)
