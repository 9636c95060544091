"""The rows of a whole file that the guards rely on, as one content: its row of `asked_file` and
its rows of `caseload`. A subject `asked file BATCH` of database/remembered.py; see memory_sum.py.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import BindParameter, Connection, bindparam, select

from counterfoil.database import Prepared
from counterfoil.database.remembered import Rows, row_content
from counterfoil.gate.history.tables import ASKED_FILE, CASELOAD

FILE: Final = "asked file "

_one: Final[BindParameter[str]] = bindparam("one")
_FILE_ROW: Final = Prepared(select(ASKED_FILE).where(ASKED_FILE.c.batch_id == _one))
_LOADS: Final = Prepared(
    select(CASELOAD).where(CASELOAD.c.batch_id == _one).order_by(CASELOAD.c.officer_hash)
)
_FILES: Final = Prepared(select(ASKED_FILE.c.batch_id, ASKED_FILE))
_ALL_LOADS: Final = Prepared(
    select(CASELOAD.c.batch_id, CASELOAD).order_by(CASELOAD.c.batch_id, CASELOAD.c.officer_hash)
)


def file_content(connection: Connection, batch_id: str) -> bytes | None:
    """The content of one file; None where there are no rows of it."""
    file, loads = (each.read(connection, one=batch_id) for each in (_FILE_ROW, _LOADS))
    return _joined(file, loads) if file or loads else None


def file_rows(connection: Connection) -> Rows:
    """The rows of every file: its own, and its loads."""
    return _FILES.read(connection), _ALL_LOADS.read(connection)


def file_contents(rows: Rows) -> dict[str, bytes]:
    """The content of every file."""
    files: dict[str, tuple[list[Any], list[Any]]] = defaultdict(lambda: ([], []))
    for at, found in enumerate(rows):
        for row in found:
            files[row[0]][at].append(row[1:])
    return {f"{FILE}{batch}": _joined(*found) for batch, found in files.items()}


def _joined(file: Sequence[Sequence[Any]], loads: Sequence[Sequence[Any]]) -> bytes:
    return row_content(*[[*map(_plain, row)] for row in (*file, *loads)])


def _plain(value: Any) -> Any:
    """What drivers give in two ways, in one: flags as numbers, days as text, bytes in hex."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int | str):
        return value
    return value.isoformat() if isinstance(value, date) else bytes(value).hex()
