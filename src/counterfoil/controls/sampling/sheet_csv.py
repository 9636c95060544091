"""The sheet of a sample as a table, for a spreadsheet: the other way to fill it in. Pure.

    agrees,request_id,decided,authority,reason,investigation,asked,evidence,row
    ,R-1,confirmed,26 USC 6103(i)(2),"...",INV-1,"given: ...; door: ...","given: equal",sha256:...

The officer writes `yes` or `no` (or `true`, `false`, `y`, `n`) under `agrees`. `row` names the row
as it was shown (sheet.py), so that a spreadsheet may sort, format or cut everything else: what is
signed is that row, not what the spreadsheet made of its text. A cell that a spreadsheet would take
for a formula begins with an apostrophe. Commas, semicolons or tabs part the cells of what comes
back.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from typing import Final

from counterfoil.controls.sampling.sheet import SheetRow, read_sheet
from counterfoil.core.errors import InputFault

COLUMNS: Final = (
    "agrees",
    "request_id",
    "decided",
    "authority",
    "reason",
    "investigation",
    "asked",
    "evidence",
    "row",
)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_YES: Final = frozenset({"yes", "y", "true", "1"})
_NO: Final = frozenset({"no", "n", "false", "0"})
_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")
_MOST_ROWS: Final = 10_000


def write_csv_sheet(rows: Iterable[SheetRow]) -> bytes:
    """The sheet as CSV, UTF-8 with a byte order mark, which spreadsheets need to read names as they
    are written."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        asked = "; ".join(f"{name}: {value}" for name, value in row.asked.items())
        evidence = "; ".join(f"{feature}: {level}" for feature, level in row.evidence)
        cells = (row.request_id, row.decided, row.authority, row.reason, row.investigation)
        writer.writerow(["", *map(_plain, (*cells, asked, evidence)), row.digest])
    return text.getvalue().encode("utf-8-sig")


def read_any_sheet(data: bytes) -> dict[str, bool]:
    """What the officer wrote of each row, by the row's digest, of a sheet of JSON lines or of CSV.
    Raises InputFault `sample_sheet`, `sample_row_open`: never with a value."""
    return read_sheet(data) if data.lstrip()[:1] == b"{" else read_csv_sheet(data)


def read_csv_sheet(data: bytes) -> dict[str, bool]:
    """The same of a sheet of CSV."""
    lines = _lines(data)
    head = [name.strip().lower() for name in (lines[0] if lines else [])]
    if "agrees" not in head or "row" not in head:
        raise _fault("sample_sheet", "the sheet has no line of names with `agrees` and `row`", 1)
    agrees_at, row_at = head.index("agrees"), head.index("row")
    found: dict[str, bool] = {}
    for number, line in enumerate(lines[1:], 2):
        if not any(cell.strip() for cell in line):
            continue
        cells = line + [""] * (len(head) - len(line))
        digest, said = cells[row_at].strip(), cells[agrees_at].strip().lower()
        if not _DIGEST.fullmatch(digest) or digest in found:
            what = "names no row, or one that stood before"
            raise _fault("sample_sheet", f"line {number} of the sheet {what}", number)
        if said not in _YES | _NO:
            what = "does not say whether you agree"
            raise _fault("sample_row_open", f"line {number} of the sheet {what}", number)
        found[digest] = said in _YES
    return found


def _lines(data: bytes) -> list[list[str]]:
    """The cells. The two columns that count are ASCII, whatever a spreadsheet wrote the rest in."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    text = data.decode(encoding, "replace")
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        raise _fault("sample_sheet", "the sheet is no table that can be read", 1) from None
    if len(lines) > _MOST_ROWS:
        raise _fault("sample_sheet", "the sheet has more lines than a sample has", _MOST_ROWS)
    return lines


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _fault(code: str, message: str, number: int) -> InputFault:
    cure = (
        "Write yes or no under `agrees` in each line, leave the column `row` as it is, and hand in "
        "the whole sheet."
    )
    return InputFault(code, message, place=f"--sheet, line {number}", cure=cure)
