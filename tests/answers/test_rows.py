"""Answers as JSON lines and CSV: one form each, in the order asked."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.answers.rows import CHUNK_ROWS, answer_bytes, render_rows, rows_format
from counterfoil.core import canonical
from counterfoil.core.errors import StateFault
from counterfoil.core.values import Answer, Outcome
from tests.answers.answers import ANSWERS, rows_bytes

IDS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}", fullmatch=True)
CODES = st.lists(st.sampled_from(["period", "name_missing", "keeper_limit"]), min_size=1).map(tuple)
NO_CODES = st.builds(Answer, IDS, st.sampled_from([Outcome.CONFIRMED, Outcome.NOT_CONFIRMED]))
ROWS = st.lists(NO_CODES | st.builds(Answer, IDS, st.just(Outcome.REFUSED), CODES), max_size=12)


def test_jsonl_is_one_object_a_line_in_the_order_asked() -> None:
    assert rows_bytes("jsonl").splitlines() == [
        b'{"request_id":"q1","answer":"confirmed","codes":[]}',
        b'{"request_id":"q2","answer":"not_confirmed","codes":[]}',
        b'{"request_id":"q3","answer":"refused","codes":["period","purpose"]}',
        b'{"request_id":"q4","answer":"not_compared","codes":["keeper_limit"]}',
    ]


def test_csv_has_a_header_and_codes_joined_by_semicolons() -> None:
    assert rows_bytes("csv") == (
        b"request_id,answer,codes\r\nq1,confirmed,\r\nq2,not_confirmed,\r\nq3,refused,period;purpose\r\nq4,not_compared,keeper_limit\r\n"
    )


@given(ROWS)
def test_any_csv_reads_back_with_an_ordinary_reader(answers: list[Answer]) -> None:
    read = list(csv.reader(io.StringIO(rows_bytes("csv", answers).decode(), newline="")))[1:]
    assert read == [[a.request_id, a.answer.value, ";".join(a.codes)] for a in answers]


@given(ROWS)
def test_any_jsonl_reads_back_with_an_ordinary_reader(answers: list[Answer]) -> None:
    read = [json.loads(line) for line in rows_bytes("jsonl", answers).split(b"\n")[:-1]]
    assert [(row["request_id"], row["answer"], tuple(row["codes"])) for row in read] == [
        (a.request_id, a.answer.value, a.codes) for a in answers
    ]


@pytest.mark.parametrize("request_id", ["q1", "A.b_c:d-9", "", 'q"1', "q\\1", "q\n1", "q\u00e9"])
def test_an_entry_commits_to_the_canonical_bytes_of_its_answer(request_id) -> None:
    for outcome, codes in ((Outcome.CONFIRMED, ()), (Outcome.REFUSED, ("period", "purpose"))):
        row = {"request_id": request_id, "answer": str(outcome), "codes": list(codes)}
        assert answer_bytes(Answer(request_id, outcome, codes)) == canonical.encode(row)


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_rows_come_in_parts_of_bounded_size_and_lose_nothing(form) -> None:
    answers = [Answer(f"q{number}", Outcome.CONFIRMED) for number in range(2 * CHUNK_ROWS + 1)]
    parts = list(render_rows(iter(answers), form))
    assert max(part.count(b"\n") for part in parts) == CHUNK_ROWS
    assert b"".join(parts).count(b"confirmed") == len(answers)


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.csv", "csv"),
        ("a.CSV", "csv"),
        ("a.jsonl", "jsonl"),
        ("a", "jsonl"),
        ("csv.json", "jsonl"),
    ],
)
def test_the_name_chooses_the_form(name: str, form: str) -> None:
    assert rows_format(Path(name)) == form


@pytest.mark.parametrize("form", ["jsonl", "csv"])
@pytest.mark.parametrize(
    "answer",
    [
        Answer("=1+1", Outcome.CONFIRMED),
        Answer("q1,confirmed", Outcome.CONFIRMED),
        Answer("", Outcome.CONFIRMED),
        Answer("Zoë", Outcome.CONFIRMED),
        Answer("q1\n", Outcome.CONFIRMED),
        Answer("q1", Outcome.NOT_CONFIRMED, ("no_record",)),
        Answer("q1", Outcome.CONFIRMED, ("exact",)),
        Answer("q1", Outcome.REFUSED),
        Answer("q1", Outcome.REFUSED, ("1847 Heron Lake Rd",)),
        Answer("q1", Outcome.NOT_COMPARED, ("a", "b")),
    ],
)
def test_p1_an_answer_that_has_no_form_cannot_leave(form, answer: Answer) -> None:
    with pytest.raises(StateFault) as fault:
        list(render_rows([*ANSWERS, answer], form))
    assert fault.value.code == "row_form" and "Heron" not in str(fault.value)
