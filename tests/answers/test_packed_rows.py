"""Packed, the rows of an answer take a length that their request decides; unpacked, they are the
answer file byte for byte."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.answers.format import CSV_HEADERS, FORMAT, FORMAT_2
from counterfoil.answers.packed_rows import pack_rows, packed_length, unpack_rows
from counterfoil.core.errors import StateFault, VerifyFault

LAW = ("purpose", "period", "route", "document", "principal")
Row = tuple[str, str, tuple[str, ...], int]
IDS = st.from_regex("[A-Za-z0-9][A-Za-z0-9._:-]{0,63}", fullmatch=True)
CODES = st.lists(st.sampled_from(LAW), min_size=1, unique=True).map(
    lambda codes: tuple(sorted(codes, key=LAW.index))
)
ONE = st.sampled_from(("keeper_limit", "not_certified")).map(lambda code: (code,))
PLAIN = st.one_of(
    st.tuples(IDS, st.sampled_from(("confirmed", "not_confirmed")), st.just(()), st.just(0)),
    st.tuples(IDS, st.just("refused"), CODES, st.just(0)),
    st.tuples(IDS, st.just("not_compared"), ONE, st.just(0)),
)
REJECTED = st.tuples(st.just("") | IDS, st.just("rejected"), ONE, st.integers(1, 10**9))


def lines(rows: list[Row], form: str, version: str) -> bytes:
    return (CSV_HEADERS[version] if form == "csv" else b"") + b"".join(
        _line(row, form, version) for row in rows
    )


def _line(row: Row, form: str, version: str) -> bytes:
    request_id, answer, codes, number = row
    if form == "csv":
        last = f",{number or ''}" if version == FORMAT_2 else ""
        return f"{request_id},{answer},{';'.join(codes)}{last}\r\n".encode()
    listed = ",".join(f'"{code}"' for code in codes)
    last = f',"row":{number}' if number else ""
    return (
        f'{{"request_id":"{request_id}","answer":"{answer}","codes":[{listed}]{last}}}\n'.encode()
    )


def packed(rows: list[Row], form: str = "csv", version: str = FORMAT) -> bytes:
    sink = io.BytesIO()
    pack_rows(io.BytesIO(lines(rows, form, version)), sink, form, version)
    return sink.getvalue()


@pytest.mark.parametrize("form", ["csv", "jsonl"])
@given(rows=st.lists(PLAIN | REJECTED, max_size=8))
def test_unpacked_rows_are_the_answer_file(form: str, rows: list[Row]) -> None:
    version = FORMAT_2 if any(row[1] == "rejected" for row in rows) else FORMAT
    data, sink = packed(rows, form, version), io.BytesIO()
    assert unpack_rows(io.BytesIO(data), sink) == (form, version)
    assert sink.getvalue() == lines(rows, form, version)
    assert len(data) == packed_length(len(rows), sum(len(row[0]) for row in rows))


@given(one=st.lists(PLAIN, min_size=3, max_size=3), other=st.lists(PLAIN, min_size=3, max_size=3))
def test_what_the_rows_say_does_not_change_their_length(one: list[Row], other: list[Row]) -> None:
    ids = [row[0] for row in one]
    renamed = [(request_id, *row[1:]) for request_id, row in zip(ids, other, strict=True)]
    assert len(packed(one)) == len(packed(renamed))


def test_rows_that_name_codes_in_two_orders_keep_both() -> None:
    rows: list[Row] = [("a", "refused", ("x", "y"), 0), ("b", "refused", ("y", "x"), 0)]
    sink = io.BytesIO()
    unpack_rows(io.BytesIO(packed(rows)), sink)
    assert sink.getvalue() == lines(rows, "csv", FORMAT)


def test_more_codes_than_fit_and_rows_of_no_form_are_not_sent() -> None:
    rows: list[Row] = [("a", "refused", tuple(f"c{n}" for n in range(257)), 0)]
    with pytest.raises(StateFault, match="packed_codes"):
        packed(rows)
    for data in (b"", b"request_id,answer\r\n", CSV_HEADERS[FORMAT] + b"q,maybe,\r\n"):
        with pytest.raises(StateFault, match="packed_row"):
            pack_rows(io.BytesIO(data), io.BytesIO(), "csv", FORMAT)


@given(st.data())
def test_what_is_not_packed_rows_is_refused(data: st.DataObject) -> None:
    whole = packed([("q-1", "confirmed", (), 0), ("q-2", "refused", ("purpose",), 0)])
    cut = data.draw(st.integers(0, len(whole) - 1).filter(lambda at: at not in (16_412, 16_457)))
    with pytest.raises(VerifyFault, match="packed_rows"):
        unpack_rows(io.BytesIO(whole[:cut]), io.BytesIO())
    for at, value in ((0, b"x"), (19, b"xml"), (-1 - 8 - 32, b"\x09")):
        place = at % len(whole)
        with pytest.raises(VerifyFault, match="packed_rows"):
            altered = whole[:place] + value + whole[place + len(value) :]
            unpack_rows(io.BytesIO(altered), io.BytesIO())
