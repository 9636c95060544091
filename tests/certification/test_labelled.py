"""Labelled questions are read by intake's own rules, in three formats."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from counterfoil.certification.labelled import read_labelled
from counterfoil.core.errors import InputFault
from counterfoil.core.values import Reject, Request

COLUMNS = ("given_name", "family_name", "line1", "city", "state", "zip", "taxable_periods", "truth")
ROWS = [
    ("Marisol", "Quintanilla", "1847 Heron Lake Rd", "Anytown", "WA", "02139", "2023;2024", "true"),
    ("Leopold", "Winterbourne", "12 Elm St, Apt 4", "Anytown", "WA", "98101", "2024", "false"),
]


def _csv(path: Path) -> None:
    lines = [",".join(COLUMNS), *(",".join(f'"{cell}"' for cell in row) for row in ROWS)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _jsonl(path: Path) -> None:
    path.write_text(
        "".join(json.dumps(dict(zip(COLUMNS, row, strict=True))) + "\n" for row in ROWS),
        encoding="utf-8",
    )


def _parquet(path: Path) -> None:
    columns = {name: [row[place] for row in ROWS] for place, name in enumerate(COLUMNS)}
    columns["truth"] = [word == "true" for word in columns["truth"]]
    pq.write_table(pa.table(columns), path)


WRITERS = {"asked.csv": _csv, "asked.jsonl": _jsonl, "asked.parquet": _parquet}


@pytest.mark.parametrize("name", sorted(WRITERS))
def test_each_format_gives_the_same_questions(tmp_path: Path, name: str) -> None:
    WRITERS[name](tmp_path / name)
    read = list(read_labelled(tmp_path / name))
    assert [truth for _, truth in read] == [True, False]
    requests = [row for row, _ in read if isinstance(row, Request)]
    assert [
        (r.request_id, r.row, r.person.family_name, r.address.zip, r.taxable_periods)
        for r in requests
    ] == [
        ("row-1", 1, "Quintanilla", "02139", ("2023", "2024")),
        ("row-2", 2, "Winterbourne", "98101", ("2024",)),
    ]


def test_a_row_that_a_request_file_would_reject_is_rejected_here(tmp_path: Path) -> None:
    path = tmp_path / "asked.csv"
    path.write_text(
        ",".join((*COLUMNS, "date_of_birth")) + "\n" + ",".join((*ROWS[0], "2001-02-30")) + "\n"
    )
    (row, truth), *rest = read_labelled(path)
    assert (isinstance(row, Reject) and row.code, truth, rest) == ("date_invalid", True, [])


def test_a_column_that_is_missing_is_named(tmp_path: Path) -> None:
    (tmp_path / "asked.csv").write_text("given_name,family_name\nA,B\n")
    with pytest.raises(InputFault) as caught:
        list(read_labelled(tmp_path / "asked.csv"))
    assert (caught.value.code, "line1" in caught.value.message) == ("column_missing", True)


def test_another_word_than_true_or_false_is_refused_by_row_and_not_repeated(tmp_path: Path) -> None:
    path = tmp_path / "asked.csv"
    path.write_text(",".join(COLUMNS) + "\n" + ",".join((*ROWS[0][:-1], "Thornquist")) + "\n")
    with pytest.raises(InputFault) as caught:
        list(read_labelled(path))
    assert caught.value.code == "truth_invalid"
    assert caught.value.place == "asked.csv, row 1"
    assert "Thornquist" not in str(caught.value)


@pytest.mark.parametrize("name", ["none.csv", "none.jsonl", "none.parquet"])
@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00 not a table"])
def test_a_file_that_cannot_be_read_is_refused_whole(
    tmp_path: Path, name: str, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(InputFault) as caught:
        list(read_labelled(tmp_path / name))
    assert caught.value.code in {"labelled_unreadable", "column_missing"}
