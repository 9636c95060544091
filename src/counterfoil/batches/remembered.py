"""What is remembered of officers, batches and chunks (database/remembered.py), by subject:

    officer NAME     the row of the officer
    batch ID         the row of the batch, and of each kind of chunk that decides something how many
                     there are, with how many rows, how many opened, how many openings
    file IDENTITY    the id of the batch that stands for a request file

Contents are what the driver gives, so that a value of another type than its column's is another
content; a flag as a number and a JSON column as its value, which drivers give in two ways: an
office's entries are the same on each. Nothing here commits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Final

import msgspec
from sqlalchemy import (
    JSON,
    BindParameter,
    Connection,
    Integer,
    bindparam,
    cast,
    func,
    literal_column,
    select,
)

from counterfoil.batches.batch import ChunkKind
from counterfoil.batches.tables import BATCH, CHUNK, OFFICER
from counterfoil.database import Prepared
from counterfoil.database.remembered import (
    Content,
    Rows,
    check_all,
    check_remembered,
    row_content,
    touch,
)

_UNCOUNTED: Final = (ChunkKind.ANSWER, ChunkKind.ENVELOPE, ChunkKind.KNOWN)
"""Kinds of which a missing chunk decides nothing: it is missed when it is read."""
_JSON_AT: Final = [at for at, column in enumerate(BATCH.c) if isinstance(column.type, JSON)]
_one: Final[BindParameter[str]] = bindparam("one")
_OFFICER: Final = Prepared(select(OFFICER).where(OFFICER.c.name == _one))
_OFFICERS: Final = Prepared(select(OFFICER.c.name, OFFICER))
_BATCH: Final = Prepared(select(BATCH).where(BATCH.c.id == _one))
_BATCHES: Final = Prepared(select(BATCH.c.id, BATCH))
_IDENTITY: Final = Prepared(select(BATCH.c.id).where(BATCH.c.identity == _one))
_IDENTITIES: Final = Prepared(select(BATCH.c.identity))
_COUNTED: Final = (
    select(
        CHUNK.c.batch_id,
        CHUNK.c.kind,
        func.count(),
        func.sum(CHUNK.c.row_count),
        func.sum(cast(CHUNK.c.opened, Integer)),
        func.sum(CHUNK.c.openings),
    )
    .where(*(CHUNK.c.kind != literal_column(f"'{kind}'") for kind in _UNCOUNTED))
    .group_by(CHUNK.c.batch_id, CHUNK.c.kind)
    .order_by(CHUNK.c.batch_id, CHUNK.c.kind)
)
_CHUNKS: Final = Prepared(_COUNTED.where(CHUNK.c.batch_id == _one))
_ALL_CHUNKS: Final = Prepared(_COUNTED)


def check_officer(connection: Connection, name: str) -> None:
    """Raise VerifyFault `row_disagrees` unless the officer's row is the one that was entered."""
    check_remembered(connection, f"officer {name}", partial(_content, connection, _OFFICER, name))


def touch_officer(connection: Connection, name: str) -> None:
    """Call before an officer's row is written."""
    touch(connection, f"officer {name}", partial(_content, connection, _OFFICER, name))


def check_officers(connection: Connection) -> None:
    """As `check_officer`, of all of them, and that none is missing."""
    check_all(connection, "officer ", partial(_OFFICERS.read, connection), _officers)


def check_batch(connection: Connection, batch_id: str) -> None:
    """Raise VerifyFault `row_disagrees` unless the batch and its chunks are what was entered."""
    check_remembered(connection, f"batch {batch_id}", partial(_batch, connection, batch_id))


def touch_batch(connection: Connection, batch_id: str) -> None:
    """Call before a batch's row, or a chunk of it, is written."""
    touch(connection, f"batch {batch_id}", partial(_batch, connection, batch_id))


def check_batches(connection: Connection) -> None:
    """As `check_batch`, of all of them, and that none is missing."""
    check_all(connection, "batch ", partial(_batch_rows, connection), _batches)


def check_identity(connection: Connection, identity: str) -> None:
    """Raise VerifyFault `row_disagrees` unless the batch that stands for a file is the one that was
    entered, or none where none was."""
    content = partial(_content, connection, _IDENTITY, identity)
    check_remembered(connection, f"file {identity}", content)


def touch_identity(connection: Connection, identity: str) -> None:
    """Call before it is written which batch stands for a file."""
    touch(connection, f"file {identity}", partial(_content, connection, _IDENTITY, identity))


def touch_chunk(connection: Connection, batch_id: str, kind: ChunkKind) -> None:
    """Call before a chunk is written."""
    if kind not in _UNCOUNTED:
        touch_batch(connection, batch_id)


def contents(connection: Connection) -> dict[str, Content]:
    """Every subject as it is now, for an office that remembered nothing."""
    found = _officers(_OFFICERS.read(connection)) | _batches(_batch_rows(connection))
    made: dict[str, Content] = {name: partial(_same, content) for name, content in found.items()}
    for (identity,) in _IDENTITIES.read(connection):
        made[f"file {identity}"] = partial(_content, connection, _IDENTITY, identity)
    return made


def _same(content: bytes) -> bytes:
    return content


def _content(connection: Connection, query: Prepared, one: str) -> bytes | None:
    rows = query.read(connection, one=one)
    return row_content(*map(_flat, rows)) if rows else None


def _batch(connection: Connection, batch_id: str) -> bytes | None:
    rows = _BATCH.read(connection, one=batch_id)
    return _with_chunks(rows, _CHUNKS.read(connection, one=batch_id)) if rows else None


def _with_chunks(rows: Sequence[Sequence[Any]], chunks: Sequence[Sequence[Any]]) -> bytes:
    counted = [[str(each[1]), *(int(number or 0) for number in each[2:])] for each in chunks]
    return row_content(*map(_of_batch, rows), counted)


def _flat(row: Sequence[Any]) -> list[Any]:
    return [int(value) if isinstance(value, bool) else value for value in row]


def _of_batch(row: Sequence[Any]) -> list[Any]:
    found = _flat(row)
    for at in _JSON_AT:
        if isinstance(found[at], str):
            with suppress(msgspec.MsgspecError):
                found[at] = msgspec.json.decode(found[at])
    return found


def _officers(rows: Rows) -> dict[str, bytes]:
    return {f"officer {row[0]}": row_content(_flat(row[1:])) for row in rows}


def _batch_rows(connection: Connection) -> Rows:
    return _BATCHES.read(connection), _ALL_CHUNKS.read(connection)


def _batches(found: Rows) -> dict[str, bytes]:
    rows, counted = found
    chunks: dict[str, list[Sequence[Any]]] = defaultdict(list)
    for each in counted:
        chunks[each[0]].append(each)
    return {f"batch {row[0]}": _with_chunks([row[1:]], chunks[row[0]]) for row in rows}
