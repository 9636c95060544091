"""What spreadsheets do to cells that are text to us, found in the cells: each is told with its
cure, because what stood there before is not known.

    date_serial         a number of days where a date belongs: the cell is not formatted as a date
    date_order          a date in another order, which nobody has told (02/03/2026 is two days)
    zip_number          a ZIP with a fraction: 98001.0
    zip_short           a ZIP of fewer than five digits: its leading zeros are lost
    tin_short           a number of fewer than nine digits: the same
    number_scientific   a long number as 9.0E+08: its last digits are lost
    number_fraction     a number with .0 where digits belong
    cell_error          #N/A and its kin: a formula that failed
    replacement         the letter that stands where another could not be read, or two letters that
                        are one in another encoding
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from counterfoil.core.values import Public
from counterfoil.intake import COLUMN_NAMES, Table

_DATES: Final = frozenset(
    {
        "date_of_birth",
        "investigation_opened_on",
        "removal_order_date",
        "court_order_date",
        "offence_date",
    }
)
_NUMBERS: Final = frozenset({"request_id", "tin", "taxable_periods", "investigation_number"})
_NAMES: Final = frozenset({"given_name", "middle_name", "family_name", "line1", "line2", "city"})


class RowProblem(Public, frozen=True):
    """What is wrong with one row, and the cure. `row` counts as the sender's spreadsheet does.
    `kind`: `form` (it cannot be read), `habit` (a spreadsheet may have changed it), `rule` (it
    would be refused). Never a value, but the row's own id where one can be read."""

    row: int
    request_id: str
    field: str
    kind: str
    code: str
    message: str
    cure: str


class _Habit(Public, frozen=True, gc=False):
    code: str
    fields: frozenset[str]
    pattern: str
    message: str
    cure: str


_AS_TEXT: Final = "Format the column as text, then type the cell again."
HABITS: Final = (
    _Habit(
        "date_serial",
        _DATES,
        r"[0-9]{1,5}(\.[0-9]+)?",
        "the cell is a number, as spreadsheets count days",
        "Format the column as a date, or write YYYY-MM-DD as text.",
    ),
    _Habit(
        "date_order",
        _DATES,
        r"[0-9]{1,4}[/.-][0-9]{1,2}[/.-][0-9]{1,4}( .*)?(?<!^[0-9]{4}-[0-9]{2}-[0-9]{2})",
        "the cell is a date in another order",
        "Write YYYY-MM-DD; or say once for the whole file --dates mdy or --dates dmy.",
    ),
    _Habit(
        "zip_number",
        frozenset({"zip"}),
        r"[0-9]{1,9}\.[0-9]+",
        "the ZIP is a number with a fraction",
        _AS_TEXT,
    ),
    _Habit(
        "zip_short",
        frozenset({"zip"}),
        r"[0-9]{1,4}|[0-9]{6,8}",
        "the ZIP has lost its leading zeros, or digits",
        f"{_AS_TEXT} A ZIP of New England begins with 0.",
    ),
    _Habit(
        "tin_short",
        frozenset({"tin"}),
        r"[0-9]{1,8}",
        "the number has fewer than nine digits: its leading zeros are lost",
        _AS_TEXT,
    ),
    _Habit(
        "number_scientific",
        _NUMBERS | {"zip", "removal_order_number"},
        r"[0-9]+([.,][0-9]+)?[eE]\+?[0-9]{1,3}",
        "the cell is a long number as a spreadsheet shortens it: its last digits are lost",
        _AS_TEXT,
    ),
    _Habit(
        "number_fraction",
        _NUMBERS | {"removal_order_number"},
        r"[0-9]+\.0+",
        "the cell is a number with a fraction where digits belong",
        _AS_TEXT,
    ),
    _Habit(
        "cell_error",
        frozenset(COLUMN_NAMES),
        r"#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|CALC!)",
        "the cell is a formula that failed",
        "Write what belongs there as text.",
    ),
    _Habit(
        "replacement",
        _NAMES,
        r"(?s).*(\ufffd|[\u00c2\u00c3][\u0080-\u00bf\u20ac\u2122\u0152-\u0178\u2013-\u203a]).*",
        "the cell holds letters that another encoding has made of one",
        'Open the source again as UTF-8, and save it as "CSV UTF-8"; or say --encoding.',
    ),
)


def find_habits(table: Table) -> Iterator[RowProblem]:
    """Each habit that the cells of a table show, by row."""
    for name, cells in zip(COLUMN_NAMES, table.columns, strict=True):
        for habit, matches in _BY_COLUMN[name]:
            for position, cell in enumerate(cells):
                if cell and matches(cell.strip()):
                    yield RowProblem(
                        table.sheet_rows[position],
                        table.columns[0][position] or "",
                        name,
                        "habit",
                        habit.code,
                        habit.message,
                        habit.cure,
                    )


_BY_COLUMN: Final[dict[str, list[tuple[_Habit, Callable[[str], object]]]]] = {
    name: [(habit, re.compile(habit.pattern).fullmatch) for habit in HABITS if name in habit.fields]
    for name in COLUMN_NAMES
}
