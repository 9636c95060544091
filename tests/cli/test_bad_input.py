"""Bad input, end to end: a clear error with place, code and cure; the good rows go on; nothing is
lost."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from counterfoil.core import keyfile
from tests.cli.desk import Desk, command
from tests.world.people import REQUEST_COLUMNS, REQUESTS, request, write_csv

GOOD = request(1, "Marisol", "Quintanilla", "1847 Heron Lake Rd")
HEAD = ",".join(REQUEST_COLUMNS)
LINE = ",".join(GOOD[name] for name in REQUEST_COLUMNS)


def _file(desk: Desk, content: bytes | str, name: str = "requests.csv") -> Path:
    path = desk.directory / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def _expect_refused_whole(desk: Desk, file: Path, code: str, exit_code: int = 1) -> None:
    told = desk.answer(file, "--json")
    assert (told.code, told.error) == (exit_code, code)
    error = told.json["error"]
    assert all(error[field] for field in ("message", "place", "cure"))
    assert desk.batches() == []
    assert list(desk.directory.glob("*answers.jsonl*")) == []


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "file_empty"),
        ("\n\n", "file_empty"),
        (f"{LINE}\n", "column_unknown"),
        (f"{HEAD},nickname\n{LINE},Sol\n", "column_unknown"),
        (f"{HEAD},request_id\n{LINE},q2\n", "column_repeated"),
        ("request_id,given_name\nq1,Marisol\n", "column_missing"),
        (f'{HEAD}\n"{LINE}\n', "quote_open"),
        (f"{HEAD}\n{LINE}\n".encode("utf-16"), "encoding_invalid"),
        (
            f"{HEAD}\n".encode() + LINE.replace("Marisol", "Marisól").encode("latin-1") + b"\n",
            "encoding_invalid",
        ),
    ],
    ids=[
        "empty",
        "blank",
        "no header",
        "column",
        "twice",
        "missing",
        "open quote",
        "utf-16",
        "latin-1",
    ],
)
def test_a_file_that_cannot_be_read_is_expect_refused_whole(
    desk: Desk, content: bytes | str, code: str
) -> None:
    _expect_refused_whole(desk, _file(desk, content), code)


@pytest.mark.parametrize("name", ["requests.xlsx", "requests.csv.gz", "requests"])
def test_another_kind_of_file_is_refused(desk: Desk, name: str) -> None:
    _expect_refused_whole(desk, _file(desk, f"{HEAD}\n{LINE}\n", name), "format_unknown")


def test_a_missing_file_and_a_folder_are_refused(desk: Desk) -> None:
    _expect_refused_whole(desk, desk.directory / "missing.csv", "file_unreadable")
    (desk.directory / "folder.csv").mkdir()
    _expect_refused_whole(desk, desk.directory / "folder.csv", "file_unreadable")


def test_a_truncated_parquet_is_expect_refused_whole(desk: Desk) -> None:
    path = desk.directory / "requests.parquet"
    pq.write_table(
        pa.table({name: [row[name] for row in REQUESTS] for name in REQUEST_COLUMNS}), path
    )
    path.write_bytes(path.read_bytes()[:-20])
    _expect_refused_whole(desk, path, "parquet_unreadable")


def test_a_whole_parquet_is_answered(desk: Desk) -> None:
    path = desk.directory / "requests.parquet"
    pq.write_table(pa.table({name: [GOOD[name]] for name in REQUEST_COLUMNS}), path)
    assert desk.answer(path).code == 0
    assert desk.answers() == {"q1": "confirmed"}


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"given_name": "x" * 101}, "given_name", "field_too_long"),
        ({"reason": "word " * 20_000}, "", "row_too_long"),
        ({"line1": "12 Elm\x00St"}, "line1", "control_character"),
        ({"family_name": '=HYPERLINK("x")'}, "family_name", "formula_cell"),
        ({"city": "@SUM(A1)"}, "city", "formula_cell"),
        ({"request_id": "q1"}, "request_id", "duplicate_request_id"),
        ({"request_id": ""}, "request_id", "request_id_missing"),
        ({"date_of_birth": "2001-02-30"}, "date_of_birth", "date_invalid"),
        ({"removal_order_date": "06/02/2025"}, "removal_order_date", "date_invalid"),
        ({"engaged_officers": "E1"}, "engaged_officers", "engaged_officers_invalid"),
        ({"use_certified": "perhaps"}, "use_certified", "use_certified_invalid"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_bad_row_is_rejected_and_the_good_rows_are_answered(
    desk: Desk, changes: dict[str, str], field: str, code: str
) -> None:
    bad = {**request(2, "Nobody", "Atall", "1 Elm St"), **changes}
    told = desk.answer(desk.requests([GOOD, bad]))
    assert told.code == 3
    assert f"[{code}]" in told.err
    assert desk.answers() == {"q1": "confirmed"}
    readable = "" if field in ("", "request_id") and code != "duplicate_request_id" else "q2"
    assert desk.rejected() == [(3, changes.get("request_id", readable), code)]
    rejects = (
        (desk.directory / "answers.jsonl.rejects.jsonl").read_text(encoding="utf-8").splitlines()
    )
    found = [json.loads(line) for line in rejects]
    assert [(each["row"], each["field"], each["code"]) for each in found] == [(3, field, code)]
    assert all(each["message"] and each["cure"] for each in found)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (f"{LINE},surplus", "wrong_column_count"),
        (LINE.replace("Marisol", 'Mari"sol'), "csv_malformed"),
    ],
    ids=["columns", "quotes"],
)
def test_a_malformed_line_is_rejected_and_the_good_rows_are_answered(
    desk: Desk, line: str, code: str
) -> None:
    told = desk.answer(_file(desk, f"{HEAD}\n{line.replace('q1', 'q2', 1)}\n{LINE}\n"), "--json")
    assert (told.code, told.json["rejected"]) == (3, 1)
    assert code in Path(told.json["rejects"]).read_text(encoding="utf-8")
    assert desk.answers() == {"q1": "confirmed"}
    assert desk.rejected() == [(2, "q2" if code == "wrong_column_count" else "", code)]


def test_many_rejects_are_counted_and_listed_but_not_all_told(desk: Desk) -> None:
    rows = [request(number, "A", "B", "1 Elm St", date_of_birth="never") for number in range(2, 40)]
    told = desk.answer(desk.requests([GOOD, *rows]))
    assert told.err.count("[date_invalid]") == 10
    assert "more rows were rejected; the list has all" in told.err
    listed = (desk.directory / "answers.jsonl.rejects.jsonl").read_bytes()
    assert listed.count(b"\n") == 38


def test_a_file_of_rejects_only_is_answered_with_rejected_rows_alone(desk: Desk) -> None:
    told = desk.answer(desk.requests([{**GOOD, "date_of_birth": "never"}]), "--json")
    assert told.code == 3
    assert (desk.answers(), desk.rejected()) == ({}, [(2, "q1", "date_invalid")])


def test_a_file_without_rows_is_answered_with_no_rows(desk: Desk) -> None:
    assert desk.answer(_file(desk, f"{HEAD}\n")).code == 0
    assert desk.answers() == {}


def test_the_list_of_rejects_that_cannot_be_written_is_said(desk: Desk) -> None:
    told = desk.answer(desk.requests([{**GOOD, "date_of_birth": "never"}]), "--json")
    assert told.code == 3
    rejects = ("--rejects", desk.directory / "missing" / "list.jsonl")
    bad = write_csv(
        desk.directory / "again.csv", [{**GOOD, "date_of_birth": "never", "request_id": "q9"}]
    )
    told = command("receive", bad, *desk.at, *rejects, "--json")
    assert (told.code, told.error) == (1, "rejects_not_written")


def test_out_in_a_missing_folder_is_said_before_anything_is_received(desk: Desk) -> None:
    told = desk.answer(desk.requests(), "--json", out="missing/answers.jsonl")
    assert (told.code, told.error) == (2, "out_folder")
    assert desk.batches() == []


def test_out_that_is_taken_is_not_overwritten_and_the_batch_can_go_elsewhere(desk: Desk) -> None:
    taken = desk.directory / "answers.jsonl"
    taken.write_text("mine", encoding="utf-8")
    told = desk.answer(desk.requests(), "--json")
    assert (told.code, told.error, taken.read_text(encoding="utf-8")) == (2, "out_taken", "mine")
    assert desk.answer(desk.requests(), out="elsewhere.jsonl").code == 0


def test_a_changed_answer_file_is_not_overwritten_by_a_second_run(desk: Desk) -> None:
    desk.answer(desk.requests())
    (desk.directory / "answers.jsonl").write_text("changed", encoding="utf-8")
    assert desk.answer(desk.requests(), "--json").error == "out_taken"


def test_without_a_register_the_batch_waits(desk: Desk, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    command("office", "create", bare, "--sandbox")
    batch = command("receive", desk.requests(), "--office", bare).out.strip()
    assert command("determine", batch, "--office", bare, "--json").error == "register_missing"
    command("register", "build", desk.source(), "--office", bare, "--made-up")
    assert command("determine", batch, "--office", bare).code == 0


def test_a_register_built_with_another_key_does_not_open(desk: Desk) -> None:
    key = desk.office / "keys" / "register.key"
    passphrase = (desk.office / "keys" / "office.passphrase").read_text(encoding="utf-8").strip()
    key.unlink()
    keyfile.seal_key(key, name="x", purpose="register", secret=bytes(64), passphrase=passphrase)
    told = desk.answer(desk.requests(), "--json")
    assert (told.code, told.error) == (1, "register_key_other")
    assert [each["state"] for each in desk.batches()] == ["gated"]


def test_a_damaged_register_answers_nothing_and_never_a_no(desk: Desk) -> None:
    [store] = desk.office.glob("register/0*/whole.pages")
    data = store.read_bytes()
    store.write_bytes(data[: len(data) // 2])
    told = desk.answer(desk.requests(), "--json")
    assert told.code in (0, 1, 5)
    if told.code == 0:
        assert "not_confirmed" not in desk.answers().values()
        assert "confirmed" not in desk.answers().values()


def test_a_database_from_a_newer_version_is_left_alone(desk: Desk) -> None:
    path = desk.office / "office.db"
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    told = desk.answer(desk.requests(), "--json")
    assert (told.code, told.error) == (1, "database_newer")


@pytest.mark.parametrize(
    "content", [b"", b"not a database, but of some length to be read as one " * 30]
)
def test_a_database_that_is_none_is_said(desk: Desk, content: bytes) -> None:
    for path in desk.office.glob("office.db*"):
        path.unlink()
    (desk.office / "office.db").write_bytes(content)
    told = desk.answer(desk.requests(), "--json")
    assert (told.code, told.error) == (1, "store_failed" if content else "database_empty")


def test_a_database_that_is_gone_is_not_made_anew(desk: Desk) -> None:
    for path in desk.office.glob("office.db*"):
        path.unlink()
    assert desk.answer(desk.requests(), "--json").error == "database_empty"
    assert not (desk.office / "office.db").exists()


@pytest.mark.parametrize("content", ["", "format = ", 'format = "counterfoil-office-9"\n'])
def test_settings_that_cannot_be_used_open_nothing(desk: Desk, content: str) -> None:
    (desk.office / "office.toml").write_text(content, encoding="utf-8")
    told = desk.answer(desk.requests(), "--json")
    assert (told.code, told.error) == (1, "office_settings")


@pytest.mark.parametrize(
    "header",
    [
        '{"requester":"agency-a"}',
        "not json",
        '{"requester":"agency-a","agreement":"sandbox","principal":"sandbox-principal","sent_on":"2026-02-30"}',
    ],
)
def test_a_header_that_cannot_be_read_refuses_the_file(desk: Desk, header: str) -> None:
    file = desk.requests()
    file.with_name("requests.csv.header.json").write_text(header, encoding="utf-8")
    _expect_refused_whole(desk, file, "header_invalid")


def test_a_requester_that_the_agreement_does_not_name_is_refused_row_by_row(desk: Desk) -> None:
    file = desk.requests()
    header = '{"requester":"agency-z","agreement":"sandbox","principal":"sandbox-principal","sent_on":"2026-03-02"}'
    file.with_name("requests.csv.header.json").write_text(header, encoding="utf-8")
    assert desk.answer(file).code == 0
    assert set(desk.answers().values()) == {"refused"}
