"""What spreadsheets do to a file is read rightly or told, with its row, column and cure, and never
with what the cell holds. One table for workbooks, one for text, one for files refused whole."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from counterfoil.core.errors import CounterfoilError
from counterfoil.core.values import Request
from counterfoil.intake import COLUMN_NAMES, open_file
from counterfoil.requester.check import Checked, check_request_file, header_for
from counterfoil.requester.sheets.convert import Reading, to_request_file
from counterfoil.requester.sheets.habits import RowProblem
from counterfoil.requester.sheets.template import EXPLAINED, write_template
from tests.world.people import REQUESTS

NAMES = [name for name in COLUMN_NAMES if name in REQUESTS[0]]
ROW = {name: str(REQUESTS[0][name]) for name in NAMES}
ON = date(2026, 5, 4)
PLAIN = Reading()
Edit = Callable[[Worksheet], object]


def read(path: Path, how: Reading = PLAIN) -> tuple[list[Request], list[RowProblem], Checked]:
    """Requests, problems and counts of a file."""
    target, _ = to_request_file(path, how, path.with_name("converted.csv"))
    problems: list[RowProblem] = []
    done: Checked | None = None
    header = header_for(None, "", "", ON)
    for event in check_request_file(target, header, None, ON):
        if isinstance(event, RowProblem):
            problems.append(event)
        elif isinstance(event, Checked):
            done = event
    rows = open_file(target, default_header=header, principal_keys={}).rows()
    assert done is not None
    return [row for row in rows if isinstance(row, Request)], problems, done


def workbook(path: Path, edit: Edit | None = None, rows: int = 1) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.append(NAMES)
    for number in range(rows):
        sheet.append([*[f"Q-{number}"], *[ROW[name] for name in NAMES[1:]]])
    if edit is not None:
        edit(sheet)
    book.save(path)
    return path


def put(name: str, value: Any, form: str = "") -> Edit:
    """Put a value into the first row's cell of a column."""

    def edit(sheet: Worksheet) -> None:
        cell = sheet.cell(2, NAMES.index(name) + 1)
        cell.value = value
        if form:
            cell.number_format = form

    return edit


RIGHT: dict[str, tuple[Edit, str, Any]] = {
    "a date that is one": (put("date_of_birth", date(1984, 3, 12)), "person.date_of_birth", date(1984, 3, 12)),
    "a date with midnight": (put("date_of_birth", datetime(1984, 3, 12)), "person.date_of_birth", date(1984, 3, 12)),
    "a date as text": (put("date_of_birth", "1984-03-12"), "person.date_of_birth", date(1984, 3, 12)),
    "a ZIP as a number": (put("zip", 98001), "address.zip", "98001"),
    "a ZIP as a float": (put("zip", 98001.0), "address.zip", "98001"),
    "a ZIP whose zeros its format keeps": (put("zip", 1234, "00000"), "address.zip", "01234"),
    "a ZIP of nine digits by its format": (put("zip", 12340077, "00000\\-0000"), "address.zip", "01234-0077"),
    "a number of nine digits by its format": (put("tin", 900001001, "000\\-00\\-0000"), "person.tin", "900-00-1001"),
    "a year as a number": (put("taxable_periods", 2024), "taxable_periods", ("2024",)),
    "yes as a check box": (put("use_certified", True), "use_certified", True),
    "line breaks in the reason": (put("reason", "One.\nTwo."), "reason", "One.\nTwo."),
    "commas, quotes and semicolons": (put("reason", 'He said: "no"; then, yes'), "reason", 'He said: "no"; then, yes'),
}  # fmt: skip


@pytest.mark.parametrize("name", RIGHT)
def test_a_cell_of_a_workbook_is_read_rightly(name: str, tmp_path: Path) -> None:
    edit, field, expected = RIGHT[name]
    [request], problems, _ = read(workbook(tmp_path / "a.xlsx", edit))
    found: Any = request
    for part in field.split("."):
        found = getattr(found, part)
    assert (found, problems) == (expected, [])


TOLD: dict[str, tuple[Edit, str, str]] = {
    "a date as a number of days": (put("date_of_birth", 30753), "date_of_birth", "date_serial"),
    "a date with a time": (put("date_of_birth", datetime(1984, 3, 12, 8, 30)), "date_of_birth", "date_order"),
    "a time where a date belongs": (put("date_of_birth", time(8, 30)), "date_of_birth", "date_invalid"),
    "a date in another order": (put("date_of_birth", "03/12/1984"), "date_of_birth", "date_order"),
    "a date of two digits": (put("date_of_birth", "3/12/84"), "date_of_birth", "date_order"),
    "a date in words": (put("date_of_birth", "12 March 1984"), "date_of_birth", "field_too_long"),
    "a ZIP that lost its zeros": (put("zip", 1234), "zip", "zip_short"),
    "a ZIP with a fraction": (put("zip", 98001.5), "zip", "zip_number"),
    "a number that lost its zeros": (put("tin", 1001001), "tin", "tin_short"),
    "a number longer than Excel keeps": (put("investigation_number", 12345678901234567890), "investigation_number", "number_scientific"),
    "a number in short form": (put("investigation_number", "1.23E+11"), "investigation_number", "number_scientific"),
    "a number with .0": (put("investigation_number", "1234.0"), "investigation_number", "number_fraction"),
    "a formula": (put("family_name", "=A2&B2"), "family_name", "formula_cell"),
    "a formula that failed": (put("city", "#N/A"), "city", "cell_error"),
    "letters of another encoding": (put("family_name", "Garc\u00c3\u00ada"), "family_name", "replacement"),
    "a letter that was lost": (put("given_name", "Jos\ufffd"), "given_name", "replacement"),
    "a line break in a name": (put("given_name", "Ada\nMay"), "given_name", "control_character"),
}  # fmt: skip


@pytest.mark.parametrize("name", TOLD)
def test_a_cell_of_a_workbook_that_is_not_what_it_was_is_told(name: str, tmp_path: Path) -> None:
    edit, field, code = TOLD[name]
    path = workbook(tmp_path / "a.xlsx", edit)
    _, problems, done = read(path)
    assert (field, code) in {(each.field, each.code) for each in problems}
    assert {each.row for each in problems} == {2} and done.rows == 1
    sheet = openpyxl.load_workbook(path).active
    assert isinstance(sheet, Worksheet)
    value = str(sheet.cell(2, NAMES.index(field) + 1).value)
    for each in problems:
        assert each.cure and value not in each.message + each.cure


def title_above(sheet: Worksheet) -> None:
    sheet.insert_rows(1)
    sheet["A1"] = "Requests of May"


def blank_rows(sheet: Worksheet) -> None:
    sheet.insert_rows(1, 2)
    sheet.insert_rows(4, 3)
    for row in range(20, 60):
        sheet.cell(row, 1).value = "  "


def test_blank_rows_and_columns_are_passed_over_and_rows_keep_their_numbers(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", blank_rows, rows=2)
    book = openpyxl.load_workbook(path)
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.cell(8, NAMES.index("date_of_birth") + 1).value = "never"
    sheet.cell(3, len(NAMES) + 2).value = " "
    book.save(path)
    _, problems, done = read(path)
    assert ([each.row for each in problems], done.rows) == ([8], 2)


def another_sheet(state: str, names: bool = True) -> Edit:
    def edit(sheet: Worksheet) -> None:
        assert sheet.parent is not None
        other = sheet.parent.create_sheet("other")
        other.append(NAMES if names else ["a list", "of things"])
        other.sheet_state = state

    return edit


def hide_row(sheet: Worksheet) -> None:
    sheet.row_dimensions[2].hidden = True


def hide_column(sheet: Worksheet) -> None:
    sheet.column_dimensions["C"].hidden = True


def test_hidden_sheets_and_sheets_of_other_things_are_left(tmp_path: Path) -> None:
    for number, edit in enumerate((another_sheet("hidden"), another_sheet("visible", names=False))):
        path = workbook(tmp_path / f"{number}.xlsx", edit)
        assert len(read(path)[0]) == 1
    _, remarks = to_request_file(tmp_path / "0.xlsx", Reading(), tmp_path / "x.csv")
    assert remarks == ("1 hidden sheets were not read.",)


WHOLE: dict[str, tuple[Edit, str]] = {
    "a title above the names": (title_above, "names_missing"),
    "merged names": (lambda sheet: sheet.merge_cells("A1:B1"), "merged_cells"),
    "merged cells": (lambda sheet: sheet.merge_cells("C2:C3"), "merged_cells"),
    "a hidden row": (hide_row, "sheet_hidden"),
    "a hidden column": (hide_column, "sheet_hidden"),
    "two sheets with requests": (another_sheet("visible"), "sheet_choice"),
    "a cell beside the names": (lambda sheet: sheet.cell(2, len(NAMES) + 1, "Ada"), "column_unnamed"),
    "a name twice": (lambda sheet: sheet.cell(1, 2, "request_id"), "column_repeated"),
    "another name": (lambda sheet: sheet.cell(1, 2, "Ada Lovelace"), "column_unknown"),
    "nothing": (lambda sheet: sheet.delete_rows(1, 9), "file_empty"),
    "far too many columns": (lambda sheet: sheet.cell(2, 300, "x"), "workbook_large"),
}  # fmt: skip


def refusal(path: Path, how: Reading = PLAIN) -> str:
    with pytest.raises(CounterfoilError) as raised:
        read(path, how)
    fault = raised.value
    assert fault.cure and "Ada" not in f"{fault.message}{fault.place}{fault.cure}"
    return fault.code


@pytest.mark.parametrize("name", WHOLE)
def test_a_workbook_that_cannot_be_read_rightly_is_refused(name: str, tmp_path: Path) -> None:
    edit, code = WHOLE[name]
    assert refusal(workbook(tmp_path / "a.xlsx", edit)) == code


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
FORMS: dict[str, tuple[str, bytes | None, str]] = {
    "an encrypted workbook": ("a.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), "workbook_encrypted"),
    "an old workbook": ("a.xls", OLE + b"Workbook", "workbook_form"),
    "an old workbook under a new name": ("a.xlsx", OLE + b"Workbook", "workbook_form"),
    "a binary workbook": ("a.xlsb", b"PK", "workbook_form"),
    "OpenDocument": ("a.ods", b"PK", "workbook_form"),
    "no workbook": ("a.xlsx", b"request_id,zip\r\n", "workbook_unreadable"),
    "a missing one": ("a.xlsx", None, "file_unreadable"),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_a_form_that_is_not_read_is_told(name: str, tmp_path: Path) -> None:
    file, data, code = FORMS[name]
    if data is not None:
        (tmp_path / file).write_bytes(data)
    assert refusal(tmp_path / file) == code


def test_macros_entities_and_bombs_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with zipfile.ZipFile(workbook(tmp_path / "m.xlsx"), "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    assert refusal(tmp_path / "m.xlsx") == "workbook_macros"
    with zipfile.ZipFile(workbook(tmp_path / "e.xlsx"), "a") as archive:
        archive.writestr("xl/extra.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a/>')
    assert refusal(tmp_path / "e.xlsx") == "workbook_unreadable"
    monkeypatch.setattr("counterfoil.requester.sheets.workbook.MAX_UNPACKED_BYTES", 200_000)
    with zipfile.ZipFile(workbook(tmp_path / "b.xlsx"), "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/x.bin", bytes(200_000))
    assert refusal(tmp_path / "b.xlsx") == "workbook_large"


BOUND = "counterfoil.requester.sheets.workbook.{}"


@pytest.mark.parametrize(
    ("part", "data", "bound", "most"),
    [
        ("xl/many.xml", b"<a>" + b"<b/>" * 40_000, "MAX_TAGS", 40_000),
        ("xl/many.txt", b"<a>" + b"<b/>" * 40_000, "MAX_TAGS", 40_000),
        ("xl/one.txt", b'<!DOCTYPE a [<!ENTITY b "c">]><a/>', "", 0),
    ],
)
def test_every_part_is_looked_at_whatever_it_is_called(
    part: str, data: bytes, bound: str, most: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if bound:
        monkeypatch.setattr(BOUND.format(bound), most)
        assert len(read(workbook(tmp_path / "a.xlsx"))[0]) == 1
    with zipfile.ZipFile(workbook(tmp_path / "b.xlsx"), "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(part, data)
    assert refusal(tmp_path / "b.xlsx") == ("workbook_large" if bound else "workbook_unreadable")


def test_parts_are_counted_before_one_of_them_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(BOUND.format("MAX_PARTS"), 40)
    with zipfile.ZipFile(workbook(tmp_path / "a.xlsx"), "a") as archive:
        for number in range(40):
            archive.writestr(f"{number}.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a/>')
    assert refusal(tmp_path / "a.xlsx") == "workbook_large"


def test_a_text_that_every_cell_has_is_counted_in_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workbook(tmp_path / "a.xlsx", lambda sheet: sheet.cell(2, 3, "x" * 30_000))
    monkeypatch.setattr(BOUND.format("MAX_CHARACTERS"), 30_000)
    assert refusal(path) == "workbook_large"


def test_a_sheet_is_named_and_a_hidden_one_is_not_read_by_name(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", another_sheet("visible"))
    assert len(read(path, Reading(sheet="Sheet"))[0]) == 1
    assert refusal(path, Reading(sheet="none")) == "sheet_choice"
    hidden = workbook(tmp_path / "h.xlsx", another_sheet("hidden"))
    assert refusal(hidden, Reading(sheet="other")) == "sheet_hidden"


# -- text --------------------------------------------------------------------------------------


def text(rows: list[list[str]], separator: str = ",", end: str = "\r\n") -> str:
    sink = io.StringIO()
    csv.writer(sink, delimiter=separator, lineterminator=end).writerows(rows)
    return sink.getvalue()


LINES = [NAMES, [ROW[name] for name in NAMES]]
SPANISH = [NAMES, [("Núñez" if name == "family_name" else ROW[name]) for name in NAMES]]
NORMAL = text(SPANISH)
TEXTS: dict[str, tuple[bytes, Reading]] = {
    "UTF-8": (NORMAL.encode(), Reading()),
    "UTF-8 with its mark": (NORMAL.encode("utf-8-sig"), Reading()),
    "UTF-16 with its mark": (NORMAL.encode("utf-16"), Reading()),
    "UTF-16 that is told": (NORMAL.encode("utf-16"), Reading("utf-16")),
    "cp1252 that is told": (NORMAL.encode("cp1252"), Reading("cp1252")),
    "semicolons": (text(SPANISH, ";").encode(), Reading()),
    "tabs": (text(SPANISH, "\t").encode(), Reading()),
    "Excel's own first line": (b"sep=;\r\n" + text(SPANISH, ";").encode(), Reading()),
    "names in capitals with blanks": (text([[name.upper().replace("_", " ") for name in NAMES], SPANISH[1]]).encode(), Reading()),
    "Unix lines": (text(SPANISH, end="\n").encode(), Reading()),
    "empty rows at the end": (NORMAL.encode() + b",,,,\r\n\r\n;;\r\n"[:8], Reading()),
    "empty columns at the end": (text([[*SPANISH[0], "", ""], [*SPANISH[1], "", ""]], ";").encode(), Reading()),
}  # fmt: skip


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_file_is_read_rightly(name: str, tmp_path: Path) -> None:
    data, how = TEXTS[name]
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    [request], problems, done = read(path, how)
    assert (request.person.family_name, problems, done.rows) == ("Núñez", [], 1)
    assert request.reason == REQUESTS[0]["reason"]


def test_quoted_line_breaks_and_quotes_are_read(tmp_path: Path) -> None:
    said = 'One,\r\n"two";\nthree'
    rows = [NAMES, [said if name == "reason" else ROW[name] for name in NAMES]]
    for separator in (",", ";"):
        path = tmp_path / f"{ord(separator)}.csv"
        path.write_text(text(rows, separator), encoding="utf-8", newline="")
        [request], problems, _ = read(path)
        assert (request.reason.replace("\r\n", "\n"), problems) == (said.replace("\r\n", "\n"), [])


def test_a_file_that_is_a_request_file_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(NORMAL, encoding="utf-8", newline="")
    assert to_request_file(path, Reading(), tmp_path / "b.csv") == (path, ())


REFUSED: dict[str, tuple[bytes, Reading, str]] = {
    "cp1252 that nobody told": (NORMAL.encode("cp1252"), Reading(), "encoding_invalid"),
    "cp1252 with semicolons": (text(SPANISH, ";").encode("cp1252"), Reading(), "encoding_invalid"),
    "UTF-16 without its mark": (NORMAL.encode("utf-16-le"), Reading(), "encoding_utf16"),
    "no names": (text([SPANISH[1]]).encode(), Reading(), "names_missing"),
    "other names": (b"Ada;Lovelace\r\n1;2\r\n", Reading(), "names_missing"),
    "open quotes": (text([NAMES], ";").encode() + b'"Q-1;Ada;\r\n', Reading(), "quote_open"),
    "a cell beside the names": (text([NAMES, [*LINES[1], "Ada"]], ";").encode(), Reading(), "column_unnamed"),
    "nothing": (b"", Reading(), "names_missing"),
    "an encoding that is none": (NORMAL.encode(), Reading("ebcdic"), "reading_unknown"),
    "an order that is none": (NORMAL.encode(), Reading(dates="ydm"), "reading_unknown"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_text_file_that_cannot_be_read_rightly_is_refused(name: str, tmp_path: Path) -> None:
    data, how, code = REFUSED[name]
    (tmp_path / "a.csv").write_bytes(data)
    assert refusal(tmp_path / "a.csv", how) == code


def test_a_short_row_is_told_and_not_filled_up(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text([*LINES, LINES[1][:-2]], ";"), encoding="utf-8", newline="")
    _, problems, done = read(path)
    assert ([(each.row, each.code) for each in problems], done.rows) == (
        [(3, "wrong_column_count")],
        2,
    )


DATES = [
    ("03/12/1984", "mdy", date(1984, 3, 12)),
    ("3-12-1984", "mdy", date(1984, 3, 12)),
    ("12.3.1984", "dmy", date(1984, 3, 12)),
    ("1984-03-12", "dmy", date(1984, 3, 12)),
]


@pytest.mark.parametrize(("cell", "order", "expected"), DATES)
def test_another_order_of_dates_is_read_where_it_is_told(cell: str, order: str, expected: date, tmp_path: Path) -> None:  # fmt: skip
    rows = [NAMES, [cell if name == "date_of_birth" else ROW[name] for name in NAMES]]
    (tmp_path / "a.csv").write_text(text(rows), encoding="utf-8", newline="")
    [request], problems, _ = read(tmp_path / "a.csv", Reading(dates=order))
    assert (request.person.date_of_birth, problems) == (expected, [])


def test_a_day_that_is_none_in_the_order_that_was_told_is_told(tmp_path: Path) -> None:
    rows = [NAMES, ["13/25/1984" if name == "date_of_birth" else ROW[name] for name in NAMES]]
    (tmp_path / "a.csv").write_text(text(rows), encoding="utf-8", newline="")
    _, problems, _ = read(tmp_path / "a.csv", Reading(dates="mdy"))
    assert {each.code for each in problems} == {"date_order", "date_invalid"}


# -- the template --------------------------------------------------------------------------------


def test_a_template_filled_in_is_a_request_file_and_explains_every_column(tmp_path: Path) -> None:
    assert set(EXPLAINED) == set(COLUMN_NAMES)
    path = tmp_path / "t.xlsx"
    write_template(path)
    book = openpyxl.load_workbook(path)
    sheet = book["requests"]
    names = [str(cell.value) for cell in sheet[1]]
    for name, value in ROW.items():
        cell = sheet.cell(2, names.index(name) + 1)
        assert sheet.column_dimensions[cell.column_letter].number_format == "@"
        cell.value = value
    assert [str(row[0].value) for row in book["columns"].iter_rows(min_row=2)] == list(COLUMN_NAMES)
    book.save(path)
    [request], problems, _ = read(path)
    assert (request.request_id, problems) == (ROW["request_id"], [])
    write_template(tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_text("utf-8").strip().split(",") == list(COLUMN_NAMES)
    for name in ("t.csv", "t.pdf"):
        with pytest.raises(CounterfoilError, match=r"out_taken|template_form"):
            write_template(tmp_path / name)
