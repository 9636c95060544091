"""The guards' memory, summed in parts: whether what is remembered of earlier questions (tables.py)
is what the office's own commits wrote, so that a row that somebody deleted, added or altered shows.

    asked memory       value     "in parts"; "summed" in an older office, whose memory was summed
                                 whole; "" where no sums are kept yet: it is taken as it is, once
    asked file BATCH   content   the file's row, and its rows of `caseload`
    asked sum NUMBER   value     "STAGE SUMS": of the file of this number, one sum for each 1,024
                                 of its rows of `asked_question`. STAGE is RUN.DONE, where RUN
                                 counts the times that remembering it was begun and DONE the parts
                                 that are written, and "whole" once all are
    asked keys P       value     64 sums of `asked_key`, P from 0 to 63: of its rows whose keys have
                                 the same first 12 bits, the first 6 of them being P
    asked matters P    value     the same of `asked_matter`
    asked earlier      value     "whole SUM" of `asked` and `asked_at`

These are subjects of database/remembered.py, so an older value does not pass for a newer one. The
sum of a set of rows is the product of (r - row) modulo 2**127 - 1, where r is derived from the
office's key, for each table another, and row is a number that names the row: of a key its own bits,
of any other row 15 bytes of a hash under that key. Two sets of n rows have one sum with a
probability of at most n in 2**120. A row is added by a multiplication and taken away by a division.
Sums are kept sealed, so that they tell nothing about r.

What is looked up about a question is found by its keys and matters. So `check_memory` reads the
rows of the same first 12 bits as those of the file that is received, and of each question found
there the 1,024 among which it stands: no row about that file can be missing or altered unseen, and
a file of one row costs some ten of 4,096 parts. Rows elsewhere are checked when a file asks of
them, and all of them where no file is named.

Trusted: no. It is called once a file, before the guards look at anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection, Table, delete

from counterfoil.core.errors import StateFault, VerifyFault
from counterfoil.database.remembered import (
    adopt,
    check_all,
    derived_key,
    remember_value,
    remembered_subjects,
    remembered_value,
    touch,
)
from counterfoil.gate.history.fingerprints import Fingerprints
from counterfoil.gate.history.memory_files import FILE, file_content, file_contents, file_rows
from counterfoil.gate.history.memory_parts import (
    BLOCK_BITS,
    PREFIXES,
    PRIME,
    SUM,
    SUMMED,
    WHOLE,
    Sums,
    open_older,
    open_sums,
    part_of,
    parts_of,
    product_of,
    rows_of,
    seal_sums,
    trimmed,
)
from counterfoil.gate.history.tables import (
    ASKED,
    ASKED_AT,
    ASKED_KEY,
    ASKED_MATTER,
    ASKED_QUESTION,
    ROWS_OF_FILE,
)

_PURPOSE: Final = b"counterfoil/guards-memory/v1"
_MEMORY: Final = "asked memory"
_EARLIER: Final = "asked earlier"
_IN_PARTS: Final = "in parts"
_BATCH_ROWS: Final = 1 << 18


# -- what those who write the memory call -------------------------------------------------------


def touch_file(connection: Connection, batch_id: str) -> None:
    """Call before a file's row, or its rows of `caseload`, are written. Raises as `touch`."""
    if _is_kept(connection):
        touch(connection, FILE + batch_id, partial(file_content, connection, batch_id))


def begin_file(connection: Connection, number: int) -> int | None:
    """The run in which a file is remembered, from 1; None where all of it is. What an earlier run
    wrote, which was broken off, is deleted, and that run stops where it still goes on."""
    if not _is_kept(connection):
        return 0
    text = remembered_value(connection, f"{SUM}{number}")
    if not text:
        return 1
    stage = text.partition(" ")[0]
    if stage == WHOLE:
        return None
    run = int(stage.partition(".")[0]) + 1
    forget_files(connection, [number])
    first = number * ROWS_OF_FILE
    for table, of in ((ASKED_QUESTION, ASKED_QUESTION.c.number), (ASKED_KEY, ASKED_KEY.c.number)):
        connection.execute(delete(table).where(of.between(first, first + ROWS_OF_FILE - 1)))
    connection.execute(delete(ASKED_MATTER).where(ASKED_MATTER.c.file == number))
    _set_stage(connection, number, f"{run}.0")
    return run


def add_part(
    connection: Connection,
    number: int,
    table: Table,
    values: list[Any],
    place: tuple[int, int, bool],
) -> None:
    """Add a part of a file's rows, whose values follow one another, in the commit that writes them.
    `place`: the run, how many parts are before it, and whether it is the last. Raises StateFault
    `receive_running` where another run has begun."""
    run, done, last = place
    if not run:
        return
    stage = remembered_value(connection, f"{SUM}{number}").partition(" ")[0]
    if (stage or "1.0") != f"{run}.{done}":
        raise received_elsewhere()
    width = len(table.columns)
    rows = zip(*(values[at::width] for at in range(width)), strict=True)
    _multiply(connection, table, rows)
    _set_stage(connection, number, WHOLE if last else f"{run}.{done + 1}")


def change_rows(
    connection: Connection,
    table: Table,
    before: Iterable[Sequence[Any]],
    after: Iterable[Sequence[Any]],
) -> None:
    """Take rows from the sums and add others, in the commit that writes them."""
    if _is_kept(connection):
        _multiply(connection, table, after)
        _multiply(connection, table, before, taken=True)


def forget_files(connection: Connection, numbers: Sequence[int]) -> None:
    """All rows of these files are about to be deleted."""
    if not numbers or not _is_kept(connection):
        return
    for first in sorted(numbers):
        of_file = f"number BETWEEN {first * ROWS_OF_FILE} AND {(first + 1) * ROWS_OF_FILE - 1}"
        _multiply(connection, ASKED_KEY, rows_of(connection, ASKED_KEY, of_file), taken=True)
        matters = rows_of(connection, ASKED_MATTER, f"file = {first:d}")
        _multiply(connection, ASKED_MATTER, matters, taken=True)
        remember_value(connection, f"{SUM}{first}", "")


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
        "`counterfoil receive FILE` on the file again: it says where the batch stands.",
    )


# -- what the guards call -----------------------------------------------------------------------


def check_memory(connection: Connection, asked: Fingerprints | None = None) -> None:
    """Check what is remembered, and that nothing of it is missing, before guards look at it: what
    these questions are compared with, or all of it. Nothing where the office keeps no sums yet, or
    its key is not at hand. Raises VerifyFault `memory_altered`, `row_disagrees`."""
    key = derived_key(connection, _PURPOSE)
    kept = remembered_value(connection, _MEMORY)
    if key is None or not kept:
        return
    check_all(connection, FILE, partial(file_rows, connection), file_contents)
    if kept != _IN_PARTS:
        agrees = _agrees_whole(connection, key)
    elif asked is None:
        agrees = _agree_all(connection, key)
    else:
        agrees = _agree(connection, key, asked)
    text = remembered_value(connection, _EARLIER)
    earlier = open_sums(key, text) if kept == _IN_PARTS else [open_older(key, text)]
    if not agrees or trimmed([_earlier_product(connection, key)]) != trimmed(earlier):
        raise VerifyFault(
            "memory_altered",
            "what the guards remember of earlier questions is not what the office entered",
            place="asked_file, asked_question, asked_key, asked_matter",
            cure="Nothing is received. Keep this database, restore a copy that checks, and tell "
            "the inspector: somebody wrote into it who is not the office.",
        )


def _agree(connection: Connection, key: bytes, asked: Fingerprints) -> bool:
    """Whether the parts agree in which these questions, and what is found by them, stand."""
    keys = set(asked.keys)
    blocks: set[int] = set()
    for table, wanted in (
        (ASKED_KEY, keys),
        (
            ASKED_MATTER,
            {*asked.similar, *asked.merged, *asked.investigations, *asked.written, *asked.parted}
            - {0},
        ),
    ):
        product, sums = product_of(key, table), Sums(connection, key)
        found = dict.fromkeys(map(part_of, wanted), 1)
        for part, rows in parts_of(connection, table, found.keys()):
            found[part] = product(rows, found[part])
            if table is ASKED_KEY:
                blocks.update([number >> BLOCK_BITS for each, number in rows if each in keys])
        if any(each != sums.part(table, part) for part, each in found.items()):
            return False
    return _blocks_agree(connection, key, sorted(blocks))


def _blocks_agree(connection: Connection, key: bytes, blocks: Iterable[int]) -> bool:
    product, sums = product_of(key, ASKED_QUESTION), Sums(connection, key)
    for block in blocks:
        first = block << BLOCK_BITS
        among = f"number BETWEEN {first} AND {first + (1 << BLOCK_BITS) - 1}"
        if product(rows_of(connection, ASKED_QUESTION, among), 1) != sums.block(block):
            return False
    return True


def _agree_all(connection: Connection, key: bytes) -> bool:
    """Whether all sums are those of all rows, and there are no others."""
    found = Sums(connection, key, begin_empty=True)
    for table in SUMMED:
        for rows in _in_batches(rows_of(connection, table)):
            found.multiply(table, rows)
    names = {
        name
        for prefix in (SUM, *PREFIXES.values())
        for name in remembered_subjects(connection, prefix)
    }
    return all(
        trimmed(open_sums(key, remembered_value(connection, name)))
        == trimmed(found.opened.get(name, []))
        for name in names | found.opened.keys()
    )


def _agrees_whole(connection: Connection, key: bytes) -> bool:
    """Whether the memory of an older office has the sum that it kept: one of each file."""
    expected = found = 1
    for subject in remembered_subjects(connection, SUM):
        text = remembered_value(connection, subject)
        expected = expected * open_older(key, text) % PRIME
    for table in SUMMED:
        found = product_of(key, table)(rows_of(connection, table), found)
    return found == expected


# -- an office begins ---------------------------------------------------------------------------


def _multiply(
    connection: Connection, table: Table, rows: Iterable[Sequence[Any]], *, taken: bool = False
) -> None:
    sums = Sums(connection, _key(connection))
    sums.multiply(table, rows, taken=taken)
    sums.keep()


def _set_stage(connection: Connection, number: int, stage: str) -> None:
    sealed = remembered_value(connection, f"{SUM}{number}").partition(" ")[2]
    remember_value(connection, f"{SUM}{number}", f"{stage} {sealed}")


def _is_kept(connection: Connection) -> bool:
    """Whether this office keeps sums. One that has not begun begins with what it remembers; one
    that kept older sums with what agrees with them."""
    key = derived_key(connection, _PURPOSE)
    if key is None:
        return False
    kept = remembered_value(connection, _MEMORY)
    if kept == _IN_PARTS:
        return True
    if kept:
        check_memory(connection)
    remember_value(connection, _MEMORY, _IN_PARTS)
    if not kept:
        names = file_contents(file_rows(connection))
        adopt(
            connection,
            {name: partial(file_content, connection, name.removeprefix(FILE)) for name in names},
        )
    for name in remembered_subjects(connection, SUM):
        stage = remembered_value(connection, name).partition(" ")[0]
        remember_value(connection, name, f"{stage} ")
    for table in SUMMED:
        for rows in _in_batches(rows_of(connection, table)):
            _multiply(connection, table, rows)
    _keep_earlier(connection, key)
    return True


def _in_batches(rows: Iterable[Sequence[Any]]) -> Iterator[list[Sequence[Any]]]:
    found: list[Sequence[Any]] = []
    for row in rows:
        found.append(row)
        if len(found) == _BATCH_ROWS:
            yield found
            found = []
    yield found


def _key(connection: Connection) -> bytes:
    key = derived_key(connection, _PURPOSE)
    if key is None:  # pragma: no cover - Asked for after `_is_kept` only.
        raise AssertionError("sums are kept under a key")
    return key


def _earlier_product(connection: Connection, key: bytes) -> int:
    found = 1
    for table in (ASKED, ASKED_AT):
        found = product_of(key, table)(rows_of(connection, table), found)
    return found


def _keep_earlier(connection: Connection, key: bytes) -> None:
    sealed = seal_sums(key, _EARLIER, [_earlier_product(connection, key)])
    remember_value(connection, _EARLIER, f"{WHOLE} {sealed}")
