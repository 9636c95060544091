"""The one column set of a request file: docs/formats/request-file.md, "Columns", in its order.

`limit` counts characters after surrounding white space is removed. A column that is `required` must
be in the file; its cells may be empty, because what the law asks for is for the gate to judge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from counterfoil.core.errors import InputFault

MAX_ROW_CHARACTERS: Final = 65_536


class ColumnKind(StrEnum):
    """How a cell is read."""

    ID = "id"
    TEXT = "text"
    REPEATED_TEXT = "repeated_text"  # text that many rows share
    FREE_TEXT = "free_text"  # line breaks and tabs allowed
    DATE = "date"
    PERIODS = "periods"
    OFFICERS = "officers"
    YES_NO = "yes_no"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, its limit in characters, how a cell is read, whether the file must have
    it."""

    name: str
    limit: int
    kind: ColumnKind = ColumnKind.TEXT
    required: bool = False


COLUMNS: Final = (
    Column("request_id", 64, ColumnKind.ID, required=True),
    Column("given_name", 100, required=True),
    Column("middle_name", 100),
    Column("family_name", 100, required=True),
    Column("suffix", 20, ColumnKind.REPEATED_TEXT),
    Column("date_of_birth", 10, ColumnKind.DATE),
    Column("tin", 20),
    Column("line1", 100, required=True),
    Column("line2", 100),
    Column("city", 60, ColumnKind.REPEATED_TEXT, required=True),
    Column("state", 30, ColumnKind.REPEATED_TEXT, required=True),
    Column("zip", 20, required=True),
    Column("taxable_periods", 200, ColumnKind.PERIODS),
    Column("statutory_authority", 200, ColumnKind.REPEATED_TEXT),
    Column("reason", 4000, ColumnKind.FREE_TEXT),
    Column("investigation_number", 64),
    Column("investigation_opened_on", 10, ColumnKind.DATE),
    Column("removal_order_number", 64),
    Column("removal_order_date", 10, ColumnKind.DATE),
    Column("removal_ground", 200, ColumnKind.REPEATED_TEXT),
    Column("court_order_date", 10, ColumnKind.DATE),
    Column("stay_or_deferral", 200, ColumnKind.REPEATED_TEXT),
    Column("engaged_officers", 4000, ColumnKind.OFFICERS),
    Column("use_certified", 10, ColumnKind.YES_NO),
    Column("review", 200, ColumnKind.REPEATED_TEXT),
    Column("offence_date", 10, ColumnKind.DATE),
    Column("offence_fact", 400),
    Column("earlier_investigation", 400, ColumnKind.REPEATED_TEXT),
)
NAMES: Final = tuple(column.name for column in COLUMNS)
BY_NAME: Final = {column.name: column for column in COLUMNS}
REQUIRED: Final = tuple(column.name for column in COLUMNS if column.required)


def check_columns(names: Sequence[str], name: str) -> None:
    """Raise InputFault unless the columns are known, each there once, and all required ones there.

    The codes are `column_unknown`, `column_repeated` and `column_missing`; `name` is the file's. An
    unknown name is given by position: in a file without header line it is somebody's value.
    """
    for position, column in enumerate(names, start=1):
        if column not in NAMES:
            raise InputFault(
                "column_unknown",
                "the file has a column that is not in the format",
                place=f"{name}, column {position}",
                cure="Begin with a line of column names, separated by commas, out of: "
                f"{', '.join(NAMES)}.",
            )
        if column in names[: position - 1]:
            raise InputFault(
                "column_repeated",
                f"the column {column} is there twice",
                place=f"{name}, column {position}",
                cure="Keep one of them.",
            )
    if missing := [column for column in REQUIRED if column not in names]:
        raise InputFault(
            "column_missing",
            f"the file lacks {', '.join(missing)}",
            place=name,
            cure="Add the columns; their cells may be empty.",
        )
