"""The guards' memory, summed whole: whether what is remembered of earlier questions (tables.py) is
what the office's own commits wrote, so that a row that somebody deleted, added or altered shows.

    asked memory       value     "summed" once the office keeps sums; an older office's memory is
                                 summed as it is, once
    asked file BATCH   content   the file's row, and its rows of `caseload`
    asked sum NUMBER   value     "RUN.DONE SUM": of the file of this number, the sum of its rows of
                                 `asked_question`, `asked_key` and `asked_matter`. RUN counts the
                                 times that remembering it was begun, DONE the parts that are
                                 written; "whole SUM" once all are
    asked earlier      value     "whole SUM" of `asked` and `asked_at`

These are subjects of database/remembered.py, so an older value does not pass for a newer one. The
sum of a set of rows is the product of (r - row) modulo 2**127 - 1, where r is derived from the
office's key, for each table another, and row is a number that names the row: of a key its own bits,
of any other row 15 bytes of a hash under that key. Two sets of n rows have one sum with a
probability of at most n in 2**120. A row is added by a multiplication and
taken away by a division. Sums are kept sealed, so that they tell nothing about r.

Trusted: no. `check_memory` reads every row that is remembered: it is called once a file, before the
guards look at anything.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from functools import partial
from typing import Any, Final

from sqlalchemy import BindParameter, Connection, Table, bindparam, delete, select

from counterfoil.core.errors import StateFault, VerifyFault
from counterfoil.database import Prepared
from counterfoil.database.remembered import (
    adopt,
    check_all,
    derived_key,
    remember_value,
    remembered_subjects,
    remembered_value,
    row_content,
    touch,
)
from counterfoil.gate.history.tables import (
    ASKED,
    ASKED_AT,
    ASKED_FILE,
    ASKED_KEY,
    ASKED_MATTER,
    ASKED_QUESTION,
    CASELOAD,
    ROWS_OF_FILE,
)

_PRIME: Final = 2**127 - 1
_PURPOSE: Final = b"counterfoil/guards-memory/v1"
_MEMORY: Final = "asked memory"
_EARLIER: Final = "asked earlier"
_FILE: Final = "asked file "
_SUM: Final = "asked sum "
_WHOLE: Final = "whole"
_IV_BYTES: Final = 16
_ROWS_AT_ONCE: Final = 4096
_HASHED_BYTES: Final = 15
_SUM_BYTES: Final = 16

_one: Final[BindParameter[str]] = bindparam("one")
_FILE_ROW: Final = Prepared(select(ASKED_FILE).where(ASKED_FILE.c.batch_id == _one))
_LOADS: Final = Prepared(
    select(CASELOAD).where(CASELOAD.c.batch_id == _one).order_by(CASELOAD.c.officer_hash)
)
_FILES: Final = Prepared(select(ASKED_FILE.c.batch_id, ASKED_FILE))
_ALL_LOADS: Final = Prepared(
    select(CASELOAD.c.batch_id, CASELOAD).order_by(CASELOAD.c.batch_id, CASELOAD.c.officer_hash)
)


# -- what those who write the memory call -------------------------------------------------------


def touch_file(connection: Connection, batch_id: str) -> None:
    """Call before a file's row, or its rows of `caseload`, are written. Raises as `touch`."""
    if _is_kept(connection):
        touch(connection, _FILE + batch_id, partial(_content, connection, batch_id))


def begin_file(connection: Connection, number: int) -> int | None:
    """The run in which a file is remembered, from 1; None where all of it is. What an earlier run
    wrote, which was broken off, is deleted, and that run stops where it still goes on."""
    if not _is_kept(connection):
        return 0
    text = remembered_value(connection, f"{_SUM}{number}")
    if not text:
        return 1
    stage = text.partition(" ")[0]
    if stage == _WHOLE:
        return None
    run = int(stage.partition(".")[0]) + 1
    first = number * ROWS_OF_FILE
    for table, of in ((ASKED_QUESTION, ASKED_QUESTION.c.number), (ASKED_KEY, ASKED_KEY.c.number)):
        connection.execute(delete(table).where(of.between(first, first + ROWS_OF_FILE - 1)))
    connection.execute(delete(ASKED_MATTER).where(ASKED_MATTER.c.file == number))
    _keep(connection, number, f"{run}.0", 1)
    return run


def add_part(
    connection: Connection,
    number: int,
    table: Table,
    values: list[Any],
    place: tuple[int, int, int],
) -> None:
    """Add a part of a file's rows, whose values follow one another, in the commit that writes them.
    `place`: the run, how many parts are before it, and how many there are. Raises StateFault
    `receive_running` where another run has begun."""
    run, done, parts = place
    if not run:
        return
    text = remembered_value(connection, f"{_SUM}{number}")
    stage = text.partition(" ")[0]
    if (stage or "1.0") != f"{run}.{done}":
        raise received_elsewhere()
    key, width = _key(connection), len(table.columns)
    rows = zip(*(values[at::width] for at in range(width)), strict=True)
    summed = _product(key, table, rows, _open(key, text))
    _keep(connection, number, _WHOLE if done + 1 == parts else f"{run}.{done + 1}", summed)


def change_rows(
    connection: Connection,
    number: int,
    table: Table,
    before: Iterable[Sequence[Any]],
    after: Iterable[Sequence[Any]],
) -> None:
    """Take rows of a file from its sum and add others, in the commit that writes them."""
    if not _is_kept(connection):
        return
    key, text = _key(connection), remembered_value(connection, f"{_SUM}{number}")
    summed = _product(key, table, after, _open(key, text))
    taken = pow(_product(key, table, before, 1), -1, _PRIME)
    _keep(connection, number, text.partition(" ")[0] or _WHOLE, summed * taken % _PRIME)


def forget_files(connection: Connection, numbers: Iterable[int]) -> None:
    """All rows of these files were deleted."""
    if _is_kept(connection):
        for number in numbers:
            remember_value(connection, f"{_SUM}{number}", "")


def sum_earlier(connection: Connection) -> None:
    """Rows of what the first version remembered were deleted."""
    if _is_kept(connection):
        _keep_earlier(connection, _key(connection))


def received_elsewhere(batch_id: str = "") -> StateFault:
    """Another process receives the same file."""
    return StateFault(
        "receive_running",
        "another process is receiving this file",
        place=batch_id,
        cure="Nothing is lost, and nothing is counted twice. Let the other process finish, or run "
        "`counterfoil receive` on the file again: it says where the batch stands.",
    )


# -- what the guards call -----------------------------------------------------------------------


def check_memory(connection: Connection) -> None:
    """Check every row that is remembered, and that none is missing, before guards look at them.
    Nothing where the office keeps no sums yet, or its key is not at hand. Raises VerifyFault
    `memory_altered`, `row_disagrees`."""
    key = derived_key(connection, _PURPOSE)
    if key is None or not remembered_value(connection, _MEMORY):
        return
    check_all(connection, _FILE, partial(_contents, connection))
    expected = 1
    for subject in remembered_subjects(connection, _SUM):
        expected = expected * _open(key, remembered_value(connection, subject)) % _PRIME
    found = 1
    for table in (ASKED_QUESTION, ASKED_KEY, ASKED_MATTER):
        found = _product(key, table, _rows(connection, table), found)
    earlier = _open(key, remembered_value(connection, _EARLIER))
    if found != expected or _earlier_product(connection, key) != earlier:
        raise VerifyFault(
            "memory_altered",
            "what the guards remember of earlier questions is not what the office entered",
            place="asked_file, asked_question, asked_key, asked_matter",
            cure="Nothing is received. Keep this database, restore a copy that checks, and tell "
            "the inspector: somebody wrote into it who is not the office.",
        )


# -- sums ---------------------------------------------------------------------------------------


def _is_kept(connection: Connection) -> bool:
    """Whether this office keeps sums. One that has not begun begins with what it remembers."""
    key = derived_key(connection, _PURPOSE)
    if key is None:
        return False
    if not remembered_value(connection, _MEMORY):
        remember_value(connection, _MEMORY, "summed")
        adopt(
            connection,
            {
                subject: partial(_content, connection, subject.removeprefix(_FILE))
                for subject in _contents(connection)
            },
        )
        for number, summed in _sums(connection, key).items():
            _keep(connection, number, "0.0", summed)
        _keep_earlier(connection, key)
    return True


def _key(connection: Connection) -> bytes:
    key = derived_key(connection, _PURPOSE)
    if key is None:  # pragma: no cover - Asked for after `_is_kept` only.
        raise AssertionError("sums are kept under a key")
    return key


def _product(key: bytes, table: Table, rows: Iterable[Sequence[Any]], summed: int) -> int:
    """The sum with these rows of a table."""
    secret = hmac.digest(key, table.name.encode(), "sha512")
    point, mine = int.from_bytes(secret[:32], "big") % _PRIME, secret[32:]
    if table is ASKED_KEY:
        for found, number in rows:
            summed = summed * (point - (found << 62) - number) % _PRIME
        return summed
    blake, from_bytes, text = hashlib.blake2b, int.from_bytes, _TEXTS[table]
    for row in rows:
        hashed = blake(text(row), digest_size=_HASHED_BYTES, key=mine).digest()
        summed = summed * (point - from_bytes(hashed)) % _PRIME
    return summed


def _text_of_question(row: Sequence[Any]) -> bytes:
    number, counts, question = row
    return b"%d %d " % (number, counts) + bytes(question)


def _text_of_row(row: Sequence[Any]) -> bytes:
    """Numbers, and the id of a batch among them."""
    return repr(tuple(row)).encode()


_TEXTS: Final = dict.fromkeys([ASKED_MATTER, ASKED, ASKED_AT], _text_of_row) | {
    ASKED_QUESTION: _text_of_question
}


def _rows(connection: Connection, table: Table) -> Iterable[Sequence[Any]]:
    """Every row of a table, as the driver gives it, a few thousand in memory at a time."""
    columns = ", ".join(column.name for column in table.columns)
    found = connection.exec_driver_sql(
        f"SELECT {columns} FROM {table.name}",
        execution_options={"stream_results": True, "max_row_buffer": _ROWS_AT_ONCE},
    )
    for part in found.partitions(_ROWS_AT_ONCE):
        yield from part


def _sums(connection: Connection, key: bytes) -> dict[int, int]:
    """The sum of each file's rows."""
    found: dict[int, int] = defaultdict(lambda: 1)
    for table, place in ((ASKED_QUESTION, 0), (ASKED_KEY, 1)):
        for row in _rows(connection, table):
            number = row[place] // ROWS_OF_FILE
            found[number] = _product(key, table, [row], found[number])
    for row in _rows(connection, ASKED_MATTER):
        found[row[3]] = _product(key, ASKED_MATTER, [row], found[row[3]])
    return found


def _earlier_product(connection: Connection, key: bytes) -> int:
    found = 1
    for table in (ASKED, ASKED_AT):
        found = _product(key, table, _rows(connection, table), found)
    return found


def _keep_earlier(connection: Connection, key: bytes) -> None:
    sealed = _seal(key, 0, _earlier_product(connection, key))
    remember_value(connection, _EARLIER, f"{_WHOLE} {sealed}")


def _keep(connection: Connection, number: int, stage: str, summed: int) -> None:
    sealed = _seal(_key(connection), number, summed)
    remember_value(connection, f"{_SUM}{number}", f"{stage} {sealed}")


def _seal(key: bytes, number: int, summed: int) -> str:
    """A sum, sealed: a keyed hash of file and sum, then the sum under a key stream of that hash."""
    plain = summed.to_bytes(_SUM_BYTES, "big")
    mark = hmac.digest(key, b"mark" + number.to_bytes(8, "big") + plain, "sha256")[:_IV_BYTES]
    stream = hmac.digest(key, b"stream" + mark, "sha256")[:_SUM_BYTES]
    return (mark + bytes(map(int.__xor__, plain, stream))).hex()


def _open(key: bytes, text: str) -> int:
    """The sum of a value; of no rows where there is none."""
    if not text:
        return 1
    data = bytes.fromhex(text.partition(" ")[2])
    mark, sealed = data[:_IV_BYTES], data[_IV_BYTES:]
    stream = hmac.digest(key, b"stream" + mark, "sha256")[:_SUM_BYTES]
    return int.from_bytes(bytes(map(int.__xor__, sealed, stream)), "big")


# -- rows of files ------------------------------------------------------------------------------


def _content(connection: Connection, batch_id: str) -> bytes | None:
    file, loads = (each.read(connection, one=batch_id) for each in (_FILE_ROW, _LOADS))
    return _joined(file, loads) if file or loads else None


def _contents(connection: Connection) -> dict[str, bytes]:
    """The content of every file."""
    files: dict[str, tuple[list[Any], list[Any]]] = defaultdict(lambda: ([], []))
    for at, query in enumerate((_FILES, _ALL_LOADS)):
        for row in query.read(connection):
            files[row[0]][at].append(row[1:])
    return {f"{_FILE}{batch}": _joined(*found) for batch, found in files.items()}


def _joined(file: Sequence[Sequence[Any]], loads: Sequence[Sequence[Any]]) -> bytes:
    return row_content(*[[*map(_plain, row)] for row in (*file, *loads)])


def _plain(value: Any) -> Any:
    """What drivers give in two ways, in one: flags as numbers, days as text, bytes in hex."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int | str):
        return value
    return value.isoformat() if isinstance(value, date) else bytes(value).hex()
