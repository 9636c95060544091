"""CSV is read as RFC 4180 writes it, and never guessed at."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.core.errors import InputFault
from counterfoil.core.values import Request
from counterfoil.intake.columns import NAMES
from counterfoil.intake.csv_file import split_record
from tests.intake.make import codes, csv_bytes, read_bytes, row

COLUMNS = ["request_id", "given_name", "family_name", "line1", "city", "state", "zip", "reason"]
HEAD = ",".join(COLUMNS).encode() + b"\n"


def _fault(tmp_path: Path, data: bytes) -> InputFault:
    with pytest.raises(InputFault) as found:
        read_bytes(tmp_path, data)
    return found.value


@given(
    st.lists(st.text(alphabet='ab",\n é', max_size=6), min_size=1, max_size=6),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)
def test_every_record_that_the_standard_library_writes_is_split_alike(
    fields: list[str], quoting: int
) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, quoting=quoting, lineterminator="").writerow(fields)
    assert split_record(out.getvalue()) == fields


@given(
    st.text(alphabet='a",', min_size=1, max_size=12).filter(lambda text: text.count('"') % 2 == 0)
)
def test_what_is_split_differently_from_the_standard_library_is_refused(record: str) -> None:
    fields = split_record(record)
    out = list(csv.reader([record], strict=False)) or [[""]]
    assert fields in (None, out[0])


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_byte_order_marks_make_no_difference(
    tmp_path: Path, line_end: str, mark: bytes
) -> None:
    rows = [row(1), row(2, reason="One.\nTwo."), row(3)]
    assert read_bytes(tmp_path, mark + csv_bytes(rows, line_end=line_end)) == read_bytes(
        tmp_path, csv_bytes(rows)
    )


def test_the_last_line_needs_no_line_end(tmp_path: Path) -> None:
    assert len(read_bytes(tmp_path, csv_bytes([row(1), row(2)]).rstrip())) == 2


def test_blank_lines_are_no_rows(tmp_path: Path) -> None:
    found = read_bytes(
        tmp_path, b"\n" + HEAD + b"\nR-1,A,B,1 Elm,X,IL,1,\n\r\n\nR-2,A,B,1 Elm,X,IL,1,\n\n"
    )
    assert [(good.row, good.request_id) for good in found if isinstance(good, Request)] == [
        (1, "R-1"),
        (2, "R-2"),
    ]


def test_a_file_with_a_header_line_alone_has_no_rows(tmp_path: Path) -> None:
    assert read_bytes(tmp_path, HEAD) == []


def test_rows_are_counted_right_past_quoted_line_breaks(tmp_path: Path) -> None:
    rows = [row(1, reason="One.\n\nTwo."), row(2, date_of_birth="never")]
    assert codes(read_bytes(tmp_path, csv_bytes(rows))) == [(2, "date_of_birth", "date_invalid")]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"R-2,A,B,1 Elm,X,IL,1", "wrong_column_count"),
        (b"R-2,A,B,1 Elm,X,IL,1,,", "wrong_column_count"),
        (b"R-2;A;B;1 Elm;X;IL;1;", "wrong_column_count"),
        (b'R-2,A "Al",B,1 Elm,X,IL,1,', "csv_malformed"),
        (b'R-2,"A" Al,B,1 Elm,X,IL,1,', "csv_malformed"),
        (b'R-2,A,B,5" pipe,X,IL,1,', "csv_malformed"),
        (b'R-2,"A"Al",B,1 Elm,X,IL,1,', "csv_malformed"),
        (b"R-2,A,B,1 Elm,X,IL,1," + b"x" * 70_000, "row_too_long"),
        (b"R-2,A,B,1 Elm,X,IL,1," + b"x" * 3_000_000, "row_too_long"),
        (b'R-2,A,B,1 Elm,X,IL,1,"' + b"x" * 70_000 + b'"', "row_too_long"),
    ],
)
def test_a_line_that_is_no_row_is_rejected_and_the_others_go_on(
    tmp_path: Path, line: bytes, code: str
) -> None:
    data = HEAD + b"R-1,A,B,1 Elm,X,IL,1,\n" + line + b"\nR-3,A,B,1 Elm,X,IL,1,\n"
    found = read_bytes(tmp_path, data)
    assert codes(found) == [(2, "", code)]
    assert [good.row for good in found if isinstance(good, Request)] == [1, 3]


def test_a_reject_of_a_whole_row_names_its_line(tmp_path: Path) -> None:
    data = HEAD + b'R-1,A,B,1 Elm,X,IL,1,"One.\nTwo."\nR-2\n'
    assert read_bytes(tmp_path, data)[1].message.endswith("(line 4)")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("rest", "place"),
    [
        (b'R-2,A,B,"1 Elm,X,IL,1,\nR-3,A,B,1 Elm,X,IL,1,\n', "file.csv, row 3, line 3"),
        (b'R-2,A,B,"1 Elm,X,IL,1,\nR-3,A,B,"1 Elm",X,IL,1,\n', "file.csv, row 3, line 3"),
        (
            b'R-2,A,B,"1 Elm,X,IL,1,\n' + b"R-3,A,B,1 Elm,X,IL,1,\n" * 10_000 + b'"',
            "file.csv, row 3, line 3",
        ),
        (b'R-2,"A\nB",B\n', "file.csv, row 3, line 3"),
    ],
    ids=[
        "never closed",
        "closed by another row's quote",
        "closed too late",
        "wrong count over lines",
    ],
)
def test_a_quote_that_swallows_rows_refuses_the_file(
    tmp_path: Path, rest: bytes, place: str
) -> None:
    fault = _fault(tmp_path, HEAD + b"R-1,A,B,1 Elm,X,IL,1,\n" + rest)
    assert (fault.code, fault.place) == ("quote_open", place)


def test_the_process_wide_field_limit_of_the_csv_module_does_not_matter(tmp_path: Path) -> None:
    before = csv.field_size_limit(10)
    try:
        assert codes(read_bytes(tmp_path, csv_bytes([row(1)]))) == []
    finally:
        csv.field_size_limit(before)


def test_an_unknown_column_is_named_by_position_and_never_by_its_text(tmp_path: Path) -> None:
    fault = _fault(tmp_path, b"request_id,given_name,Zebedee\n")
    assert (fault.code, fault.place) == ("column_unknown", "file.csv, column 3")
    assert "Zebedee" not in str(fault)
    assert all(name in fault.cure for name in NAMES)


@pytest.mark.parametrize(
    "head",
    [b'"request_id\n', b'request"_id\n', b"x" * 70_000 + b"\n", b"\xff\xfer\x00e\x00"],
    ids=["open", "malformed", "long", "utf-16"],
)
def test_a_first_line_that_is_no_header_line_refuses_the_file(tmp_path: Path, head: bytes) -> None:
    assert _fault(tmp_path, head).code in {"column_unknown", "encoding_invalid"}


def test_a_column_that_stands_twice_refuses_the_file(tmp_path: Path) -> None:
    fault = _fault(tmp_path, b"request_id,zip,zip\n")
    assert (fault.code, fault.place) == ("column_repeated", "file.csv, column 3")


def test_a_missing_column_refuses_the_file(tmp_path: Path) -> None:
    fault = _fault(tmp_path, b"request_id,given_name,family_name,line1,city,state\n")
    assert (fault.code, fault.message) == ("column_missing", "the file lacks zip")


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(tmp_path: Path, data: bytes) -> None:
    assert _fault(tmp_path, data).code == "file_empty"


@pytest.mark.parametrize("before", [0, 500, 100_000])
def test_a_byte_that_is_not_utf_8_refuses_the_file_and_is_named(
    tmp_path: Path, before: int
) -> None:
    data = HEAD + b"R-1,A,B,1 Elm,X,IL,1,\n" * (before // 22)
    fault = _fault(tmp_path, data + b"R-0,Jos\xe9,B,1 Elm,X,IL,1,\n")
    assert (fault.code, fault.place) == ("encoding_invalid", f"file.csv, byte {len(data) + 7}")


def test_bytes_are_counted_right_past_a_byte_order_mark_and_a_dropped_line(tmp_path: Path) -> None:
    data = b"\xef\xbb\xbf" + HEAD + b"x" * 3_000_000 + b"\n" + HEAD
    assert _fault(tmp_path, data + b"\xff").place == f"file.csv, byte {len(data)}"
