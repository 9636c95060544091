"""What a Reject says, one line a code: what is wrong, and the cure.

A reject names the row and the column. It never carries a value of the row: the only things filled
in are the column's own name and limit, and the number of a line. docs/formats/request-file.md,
"Codes".
"""

from __future__ import annotations

from typing import Final

from counterfoil.core.values import Reject
from counterfoil.intake.columns import BY_NAME, MAX_ROW_CHARACTERS

WORDS: Final = {
    "request_id_missing": ("the row has no request_id", "Give every row an id of its own."),
    "request_id_invalid": (
        "the request_id is not of the allowed form",
        "Begin with a letter or digit; go on with letters, digits, '.', '_', ':' or '-'; at "
        "most 64 characters.",
    ),
    "duplicate_request_id": (
        "an earlier row has the same request_id",
        "Give every row an id of its own.",
    ),
    "date_invalid": ("the cell is not a date that exists", "Write dates as YYYY-MM-DD."),
    "field_too_long": (
        "the cell is longer than {limit} characters",
        "Shorten the cell; the format names its limit.",
    ),
    "control_character": (
        "the cell holds a character that is not text",
        "Remove control characters, signs of text direction and, outside the reason, line breaks.",
    ),
    "formula_cell": (
        "the cell begins like a spreadsheet formula",
        "Begin the cell with a letter or digit, not with '=', '+', '-' or '@'.",
    ),
    "engaged_officers_invalid": (
        "an engaged officer is not written as four parts",
        "Write id|name|title|agency for each officer, with semicolons between officers.",
    ),
    "use_certified_invalid": ("the cell is neither yes nor no", "Write true or false."),
    "wrong_column_count": (
        "the row has more or fewer cells than the file has columns",
        "Put cells that hold commas in double quotes, and keep empty cells.",
    ),
    "csv_malformed": (
        "the row breaks the quoting rules of CSV",
        "Put a cell that holds a quote in double quotes and write the quote twice.",
    ),
    "row_too_long": (
        f"the row is longer than {MAX_ROW_CHARACTERS} characters",
        "Shorten the row, or close its quotes.",
    ),
    "json_malformed": (
        "the line is not one whole JSON object",
        "Write one JSON object a line, without line breaks.",
    ),
    "key_repeated": (
        "the row has one key twice, and programs differ in which they read",
        "Write each key once.",
    ),
    "column_unknown": (
        "the row has a key that is not a column",
        "Use the columns of the request file format only.",
    ),
    "column_missing": (
        "the row lacks a column that must be in it",
        "Add the key; its value may be empty.",
    ),
    "text_expected": (
        "the value is not a string",
        "Write values in double quotes: a number loses its leading zeros.",
    ),
}


def reject(
    row: int, field: str, code: str, *, line: int = 0, sheet_row: int = 0, request_id: str = ""
) -> Reject:
    """The Reject of data row `row` (from 1). `field` is a column's name, or "" for the whole
    row.

    `line` is the line of the file, from 1, where it helps to find the row; 0 says nothing.
    `sheet_row` and `request_id` are as in `Reject`.
    """
    message, cure = WORDS[code]
    if field:
        message = message.format(limit=BY_NAME[field].limit)
    if line:
        message = f"{message} (line {line})"
    return Reject(row, field, code, message, cure, sheet_row, request_id)


def told_reject(
    row: int, field: str, code: str, message: str, cure: str, request_id: str
) -> Reject:
    """A Reject that was told elsewhere with its own words, for the one list of rejects. `row` is
    the sheet's."""
    return Reject(row, field, code, message, cure, row, request_id)
