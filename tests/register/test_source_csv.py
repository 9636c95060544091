"""Reading a CSV source."""

from __future__ import annotations

from pathlib import Path

import pytest

from counterfoil.core.errors import InputFault
from counterfoil.register.build import open_source
from counterfoil.register.source import BATCH_ROWS, COLUMNS
from tests.register.conftest import PEOPLE, write_csv

HEADER = ",".join(COLUMNS).encode()


def rows_of(path: Path) -> list[tuple[int, list[str]]]:
    return [
        (at, list(row))
        for batch in open_source(path).batches()
        for at, row in enumerate(batch.rows, batch.first_row)
    ]


def csv_of(folder: Path, data: bytes) -> Path:
    path = folder / "source.csv"
    path.write_bytes(data)
    return path


def test_every_row_comes_once_with_its_number(tmp_path: Path) -> None:
    people = PEOPLE * (BATCH_ROWS // 2)
    found = rows_of(write_csv(tmp_path / "source.csv", people))
    assert [at for at, _ in found] == list(range(1, len(people) + 1))
    assert [row[0] for _, row in found] == [person["record_ref"] for person in people]


def test_a_zip_keeps_its_zero(tmp_path: Path) -> None:
    found = rows_of(write_csv(tmp_path / "source.csv", PEOPLE))
    assert found[3][1][COLUMNS.index("zip")] == "03049"


def test_columns_may_stand_in_any_order(tmp_path: Path) -> None:
    found = rows_of(write_csv(tmp_path / "source.csv", PEOPLE, tuple(reversed(COLUMNS))))
    assert found == rows_of(write_csv(tmp_path / "other.csv", PEOPLE))


@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf"], ids=["bare", "byte order mark"])
@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b"\r"], ids=["lf", "crlf", "cr"])
def test_byte_order_mark_and_line_endings_make_no_difference(
    tmp_path: Path, before: bytes, ending: bytes
) -> None:
    path = csv_of(tmp_path, before + HEADER + ending + b"R1" + b"," * 12 + ending + ending)
    assert rows_of(path) == [(1, ["R1"] + [""] * 12)]


def test_a_quoted_line_break_is_part_of_its_field(tmp_path: Path) -> None:
    path = csv_of(tmp_path, HEADER + b'\nR1,"a\nb"' + b"," * 11 + b"\nR2" + b"," * 12 + b"\n")
    assert [(at, row[:2]) for at, row in rows_of(path)] == [(1, ["R1", "a\nb"]), (2, ["R2", ""])]


def test_a_row_of_another_width_is_passed_on_as_it_is(tmp_path: Path) -> None:
    path = csv_of(tmp_path, HEADER + b"\nR1,x\nR2" + b"," * 12 + b"\n")
    assert [(at, len(row)) for at, row in rows_of(path)] == [(1, 2), (2, 13)]


def test_a_nul_byte_is_passed_on_to_the_row_checks(tmp_path: Path) -> None:
    assert rows_of(csv_of(tmp_path, HEADER + b"\nR\x001" + b"," * 12 + b"\n"))[0][1][0] == "R\x001"


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(InputFault, match="source_empty"):
        rows_of(csv_of(tmp_path, data))


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (HEADER.replace(b",tin", b""), "missing: tin"),
        (HEADER + b",Achterberg", "unknown, by position: 14"),
        (HEADER + b",tin", "twice: tin"),
        (b"REF-7781,900-00-1234,Rosalind", "unknown, by position: 1, 2, 3"),
    ],
)
def test_other_columns_are_refused_without_repeating_their_names(
    tmp_path: Path, header: bytes, said: str
) -> None:
    with pytest.raises(InputFault, match="source_columns") as caught:
        rows_of(csv_of(tmp_path, header + b"\n"))
    assert said in str(caught.value)
    assert "Achterberg" not in str(caught.value)
    assert "Rosalind" not in str(caught.value)


def test_bad_encoding_is_refused_with_its_byte(tmp_path: Path) -> None:
    data = HEADER + b"\nR1,,Jos\xe9" + b"," * 10 + b"\n"
    with pytest.raises(InputFault, match="source_encoding") as caught:
        rows_of(csv_of(tmp_path, data))
    assert caught.value.place == f"byte {data.index(0xE9)}"


def test_a_bad_byte_is_found_beyond_the_first_megabyte_and_across_blocks(tmp_path: Path) -> None:
    data = HEADER + b"\n" + ("R1,,é" + "," * 10 + "\n").encode() * 90_000 + b"\xff"
    with pytest.raises(InputFault) as caught:
        rows_of(csv_of(tmp_path, data))
    assert caught.value.place == f"byte {len(data) - 1}"


def test_utf_16_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputFault, match="source_encoding"):
        rows_of(csv_of(tmp_path, HEADER.decode().encode("utf-16")))


@pytest.mark.parametrize("bad", [b'R1,"a"b', b'R1,"never closed', b"R1," + b"x" * 200_000])
def test_a_file_that_stops_being_csv_is_refused_with_its_line(tmp_path: Path, bad: bytes) -> None:
    with pytest.raises(InputFault, match="source_malformed") as caught:
        rows_of(csv_of(tmp_path, HEADER + b"\n" + bad + b"," * 11 + b"\n"))
    assert caught.value.place.startswith("line ")


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputFault, match="source_suffix"):
        open_source(tmp_path / "source.xlsx")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputFault, match="source_unreadable"):
        rows_of(tmp_path / "source.csv")
