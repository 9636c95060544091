"""A blank request file: one sheet to fill in, all cells text, and one that explains the columns."""

from __future__ import annotations

import csv
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from counterfoil.core.errors import StoreFault, UsageFault
from counterfoil.intake.columns import COLUMNS, Column, ColumnKind

EXPLAINED: Final = {
    "request_id": "An id of your own for the row: letters, digits, . _ : -; once in the file.",
    "given_name": "First name as the document has it.",
    "middle_name": "Middle name or initial, if you know it.",
    "family_name": "Family name; both, where there are two.",
    "suffix": "JR, SR, III.",
    "date_of_birth": "YYYY-MM-DD. It makes a wrong yes less likely.",
    "tin": "Taxpayer number, if you have it: nine digits, with or without hyphens.",
    "line1": "Number, street, unit; or a whole PO box. The address that you ask about.",
    "line2": "What does not fit in line1.",
    "city": "City.",
    "state": "Two letters.",
    "zip": "Five digits, or nine with a hyphen. Keep leading zeros.",
    "taxable_periods": "Years: 2023;2024 or 2021-2023. Not: all years.",
    "statutory_authority": "The criminal statute, to its paragraph: 8 USC 1253(a)(1).",
    "reason": "Which fact of this investigation the answer bears on, in a sentence of its own.",
    "investigation_number": "Number of the investigation.",
    "investigation_opened_on": "YYYY-MM-DD.",
    "removal_order_number": "Number of the final order.",
    "removal_order_date": "YYYY-MM-DD.",
    "removal_ground": "Each ground of the order, semicolons between.",
    "court_order_date": "YYYY-MM-DD, where a court ordered removal.",
    "stay_or_deferral": "none, if there is none. An empty cell says nothing.",
    "engaged_officers": "id|name|title|agency of each officer engaged, semicolons between.",
    "use_certified": "yes: the answer is for this investigation alone.",
    "review": "none, if no review or motion is pending.",
    "offence_date": "YYYY-MM-DD: the day of the act, for (a)(1)(B) to (D) and 8 USC 1326.",
    "offence_fact": "The act in words, for the same.",
    "earlier_investigation": "Why the investigation is older than the order, where it is.",
}
"""What to write under each column. tests/requester holds it to the format's columns."""


def write_template(path: Path) -> None:
    """Write a blank request file, .xlsx or .csv. Raises UsageFault `out_taken`, `template_form`,
    StoreFault `file_not_written`."""
    if path.exists():
        raise UsageFault(
            "out_taken",
            "a file of that name stands already",
            place=path.name,
            cure="Name another file: nothing is overwritten.",
        )
    if path.suffix.lower() not in (".xlsx", ".csv"):
        raise UsageFault(
            "template_form",
            "a template is a .xlsx or a .csv file",
            place=path.name,
            cure="Name a file that ends in .xlsx.",
        )
    try:
        if path.suffix.lower() == ".csv":
            with path.open("x", encoding="utf-8", newline="") as file:
                names = [column.name for column in COLUMNS]
                csv.writer(file, lineterminator="\r\n").writerow(names)
        else:
            _workbook().save(path)
    except OSError:
        raise StoreFault(
            "file_not_written",
            "the file could not be written",
            place=path.name,
            cure="Name a file in a folder that exists and that you may write in.",
        ) from None


def _workbook() -> Any:
    openpyxl: Any = import_module("openpyxl")
    styles: Any = import_module("openpyxl.styles")
    book = openpyxl.Workbook()
    sheet, explained = book.active, book.create_sheet("columns")
    sheet.title = "requests"
    bold = styles.Font(bold=True)
    for place, column in enumerate(COLUMNS, start=1):
        name = sheet.cell(1, place, column.name)
        name.font = bold
        sheet.column_dimensions[name.column_letter].width = max(14, len(column.name) + 2)
        sheet.column_dimensions[name.column_letter].number_format = "@"
    sheet.freeze_panes = "B2"
    for row in (("column", "must be there", "at most", "what to write"), *map(_line, COLUMNS)):
        explained.append(row)
    explained.column_dimensions["A"].width, explained.column_dimensions["D"].width = 26, 90
    for cell in explained[1]:
        cell.font = bold
    return book


def _line(column: Column) -> tuple[str, str, int, str]:
    limit = 10 if column.kind is ColumnKind.DATE else column.limit
    return column.name, "yes" if column.required else "", limit, EXPLAINED[column.name]
