"""A row becomes a Request as it was sent, or a Reject that says where and how to mend it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from counterfoil.core.values import Address, EngagedOfficer, Person, Reject, RemovalOrder, Request
from counterfoil.intake.columns import COLUMNS, NAMES
from tests.intake.make import FULL, codes, csv_bytes, read, read_bytes, row, write

WHOLE = Request(
    "R-0001",
    1,
    Person("Maria", "Elena", "Garcia Lopez", "JR", date(1984, 3, 12), "900-00-1234"),
    Address("12 Example Street, Apt 4B", "Rear", "Springfield", "IL", "02704"),
    ("2023", "2024"),
    "8 USC 1253(a)(1)",
    'The address decides count one, "failure to depart".',
    "INV-1",
    date(2025, 1, 10),
    RemovalOrder("RO-1", date(2023, 5, 2), "8 USC 1227(a)(1)(B)", date(2023, 8, 1)),
    "none",
    (
        EngagedOfficer("A-1", "Jordan Sample", "Special Agent", "Agency A"),
        EngagedOfficer("A-2", "Kim Example", "Analyst", "Agency A"),
    ),
    True,
    "none",
    date(2023, 9, 4),
    "Hid the travel document from the officer",
    "Opened on forged papers, joined later",
)


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".ndjson", ".parquet", ".CSV"])
def test_a_full_row_arrives_whole_in_every_format(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"file{suffix}"
    if suffix == ".CSV":
        path.write_bytes(csv_bytes([FULL]))
    else:
        write(path, [FULL])
    assert read(path) == [WHOLE]


def test_absent_columns_are_empty(tmp_path: Path) -> None:
    needed = [column.name for column in COLUMNS if column.required]
    (found,) = read_bytes(tmp_path, csv_bytes([FULL], needed))
    assert found == Request(
        "R-0001",
        1,
        Person("Maria", family_name="Garcia Lopez"),
        Address("12 Example Street, Apt 4B", "", "Springfield", "IL", "02704"),
    )


def test_the_order_of_the_columns_is_free(tmp_path: Path) -> None:
    assert read_bytes(tmp_path, csv_bytes([FULL], NAMES[::-1])) == [WHOLE]


def test_what_the_law_asks_is_left_to_the_gate(tmp_path: Path) -> None:
    (found,) = read_bytes(
        tmp_path, csv_bytes([{"request_id": "R-1", "taxable_periods": "all years"}])
    )
    assert found == Request("R-1", 1, Person(), Address(), ("all years",))


def test_white_space_around_a_value_is_removed(tmp_path: Path) -> None:
    spaced = {name: f" \t{cell}\u00a0 " if cell else "  " for name, cell in FULL.items()}
    assert read_bytes(tmp_path, csv_bytes([spaced])) == [WHOLE]


@pytest.mark.parametrize(
    ("field", "cell", "code"),
    [
        ("request_id", "", "request_id_missing"),
        ("request_id", "-1", "request_id_invalid"),
        ("request_id", "R 1", "request_id_invalid"),
        ("request_id", "R\u00e9", "request_id_invalid"),
        ("request_id", "R" * 65, "field_too_long"),
        ("date_of_birth", "2023-02-29", "date_invalid"),
        ("date_of_birth", "20230228", "date_invalid"),
        ("date_of_birth", "2023-W05-1", "date_invalid"),
        ("date_of_birth", "2/28/2023", "date_invalid"),
        ("date_of_birth", "0000-01-01", "date_invalid"),
        ("date_of_birth", "\uff12\uff10\uff12\uff13-02-28", "date_invalid"),
        ("removal_order_date", "2023-13-01", "date_invalid"),
        ("court_order_date", "unknown", "date_invalid"),
        ("investigation_opened_on", "2025-04-31", "date_invalid"),
        ("given_name", "M\x00ria", "control_character"),
        ("given_name", "Ma\u202eria", "control_character"),
        ("given_name", "Ma\ufeffria", "control_character"),
        ("city", "Spring\nfield", "control_character"),
        ("reason", "be\x1bll", "control_character"),
        ("line1", "=HYPERLINK(1)", "formula_cell"),
        ("line1", "@SUM(A1)", "formula_cell"),
        ("reason", "+1+cmd", "formula_cell"),
        ("family_name", "-2+3", "formula_cell"),
        ("family_name", "  =1", "formula_cell"),
        ("engaged_officers", "A-1|Jordan Sample", "engaged_officers_invalid"),
        ("engaged_officers", "A-1|Jordan|Sample|Agent|Bureau", "engaged_officers_invalid"),
        ("use_certified", "maybe", "use_certified_invalid"),
    ],
)
@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_a_bad_cell_rejects_its_row_and_the_others_go_on(
    tmp_path: Path, suffix: str, field: str, cell: str, code: str
) -> None:
    found = read(write(tmp_path / f"file{suffix}", [row(1), row(2, **{field: cell}), row(3)]))
    assert codes(found) == [(2, field, code)]
    assert [good.request_id for good in found if isinstance(good, Request)] == ["R-0001", "R-0003"]


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.name)
def test_a_cell_may_fill_its_limit_and_no_more(tmp_path: Path, column: object) -> None:
    name, limit = column.name, column.limit  # type: ignore[attr-defined]
    found = codes(
        read_bytes(
            tmp_path,
            csv_bytes([row(1, **{name: "é" * limit}), row(2, **{name: "é" * (limit + 1)})]),
        )
    )
    assert (1, name, "field_too_long") not in found
    assert (2, name, "field_too_long") in found


@pytest.mark.parametrize("cell", ["-", "+1", "-12.50", "12 = 12", "a@example.org"])
def test_signs_and_plain_numbers_are_no_formulas(tmp_path: Path, cell: str) -> None:
    (found,) = read_bytes(tmp_path, csv_bytes([row(line2=cell)]))
    assert isinstance(found, Request)
    assert found.address.line2 == cell


def test_a_reason_may_hold_line_breaks_and_tabs(tmp_path: Path) -> None:
    (found,) = read_bytes(tmp_path, csv_bytes([row(reason="First.\nSecond.\tThird.")]))
    assert isinstance(found, Request)
    assert found.reason == "First.\nSecond.\tThird."


@pytest.mark.parametrize("word", ["TRUE", "yes", "Y", "1"])
def test_words_that_certify(tmp_path: Path, word: str) -> None:
    (found,) = read_bytes(tmp_path, csv_bytes([row(use_certified=word)]))
    assert isinstance(found, Request)
    assert found.use_certified is True


@pytest.mark.parametrize("word", ["", "false", "No", "n", "0"])
def test_words_that_do_not_certify(tmp_path: Path, word: str) -> None:
    (found,) = read_bytes(tmp_path, csv_bytes([row(use_certified=word)]))
    assert isinstance(found, Request)
    assert found.use_certified is False


def test_an_id_is_used_by_its_first_row_even_if_that_row_is_rejected(tmp_path: Path) -> None:
    rows = [row(7), row(7), row(8, date_of_birth="never"), row(8), row(9)]
    assert codes(read_bytes(tmp_path, csv_bytes(rows))) == [
        (2, "request_id", "duplicate_request_id"),
        (3, "date_of_birth", "date_invalid"),
        (4, "request_id", "duplicate_request_id"),
    ]


def test_an_id_is_remembered_over_the_whole_file(tmp_path: Path) -> None:
    rows = [row(number) for number in range(1, 2000)]
    assert codes(read_bytes(tmp_path, csv_bytes([*rows, row(1)]))) == [
        (2000, "request_id", "duplicate_request_id")
    ]


def test_a_row_has_one_reject_for_its_first_fault(tmp_path: Path) -> None:
    assert codes(
        read_bytes(tmp_path, csv_bytes([row(line1="=1+1", given_name="\x01", use_certified="so")]))
    ) == [(1, "given_name", "control_character")]


def test_equal_officers_are_one_value(tmp_path: Path) -> None:
    first, second = read_bytes(tmp_path, csv_bytes([row(1), row(2)]))
    assert isinstance(first, Request)
    assert isinstance(second, Request)
    assert first.engaged_officers is second.engaged_officers


def test_a_reject_says_what_to_do(tmp_path: Path) -> None:
    (found,) = read_bytes(tmp_path, csv_bytes([row(zip="1" * 21)]))
    assert found == Reject(
        1,
        "zip",
        "field_too_long",
        "the cell is longer than 20 characters",
        "Shorten the cell; the format names its limit.",
        sheet_row=2,
        request_id="R-0001",
    )
