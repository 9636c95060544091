"""Remembers what was asked, and recalls it for a chunk of rows: three queries a chunk at most, none a row. See tables.py.

By person: requests, doors and contents, since a request that is the same as another is about the same person. By door: people. By
content only where there is no usable name; such a request stands under person 0 and the same door. Each query is answered by one
index.

A row of a batch is remembered once, however often its chunk is run again. What a batch asked itself is not its past.
Batches that are received at the same time see each other's questions as far as they are committed. Hashes go to the database
as one array a query (JSON in SQLite, an array of its own in PostgreSQL), and rows by one prepared statement: neither costs more
for being many.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from itertools import compress
from typing import Any, Final

import msgspec
from sqlalchemy import ARRAY, BigInteger, Column, Connection, bindparam, delete, func, select, update

from counterfoil.gate.agreement import Guards
from counterfoil.gate.guards import Counts
from counterfoil.gate.marks import Marks
from counterfoil.gate.tables import ASKED, ASKED_FILE
from counterfoil.store import Prepared

YEAR_DAYS: Final = 365
_COLUMNS: Final = ("batch_id", "row", "day", "person", "door", "content", "probe")
_JSON: Final = msgspec.json.Encoder()
_NOBODY: Final = 0
"""What stands for a person without a usable name."""


def recall(connection: Connection, marks: Marks, batch_id: str, on: date, window_days: int) -> Counts:
    """What earlier batches asked about these rows' people, doors and contents in the days that end with `on`."""
    today = on.toordinal()
    past = {"begins": today - window_days + 1, "today": today, "batch": batch_id}
    if not _EARLIER.read(connection, **past):
        return Counts()
    attempts: dict[int, int] = {}
    doors: dict[int, set[int]] = {}
    people: dict[int, set[int]] = {}
    contents: dict[int, int] = {}
    for person, door, content, times in _asked(connection, "person", past, keys=marks.persons):
        attempts[person] = attempts.get(person, 0) + times
        contents[content] = contents.get(content, 0) + times
        if door:
            doors.setdefault(person, set()).add(door)
    for door, person in _asked(connection, "door", past, keys=marks.doors):
        people.setdefault(door, set()).add(person)
    nameless = list(compress(zip(marks.doors, marks.contents, strict=True), map(_NOBODY.__eq__, marks.persons)))
    if nameless:
        named, asked = zip(*nameless, strict=True)
        contents |= {row[0]: row[1] for row in _asked(connection, "content", past, keys=asked, doors=named)}
    wanted = contents.keys() & set(marks.contents)
    return Counts(attempts, doors, people, {content: contents[content] for content in wanted})


def _in_past(day: Column[int], batch: Column[str]) -> Any:
    return day.between(bindparam("begins"), bindparam("today")) & (batch != bindparam("batch"))


_EARLIER: Final = Prepared(
    select(ASKED_FILE.c.batch_id).where(_in_past(ASKED_FILE.c.day, ASKED_FILE.c.batch_id)).limit(1)
)
"""A file of the past: rows without their file's row are none, see `store.record_batch`."""


def _is_among(column: Column[int], name: str, database: str) -> Any:
    """Whether the column's number is one of an array's."""
    if database == "postgresql":
        return column.in_(select(func.unnest(bindparam(name, type_=ARRAY(BigInteger)))))
    return column.in_(select(func.json_each(bindparam(name)).table_valued("value").c.value))


@cache
def _query(by: str, database: str) -> Prepared:
    """What was asked in the past, by `person`, `door`, or `content` without a usable name."""
    past, asked = _in_past(ASKED.c.day, ASKED.c.batch_id), ASKED.c
    if by == "person":
        of = (asked.person, asked.door, asked.content)
        found = select(*of, func.count()).where(past, _is_among(asked.person, "keys", database)).group_by(*of)
    elif by == "door":
        here = (past, _is_among(asked.door, "keys", database), asked.person != _NOBODY)
        found = select(asked.door, asked.person).where(*here).group_by(asked.door, asked.person)
    else:
        here = (past, asked.person == _NOBODY, _is_among(asked.door, "doors", database))
        same = _is_among(asked.content, "keys", database)
        found = select(asked.content, func.count()).where(*here, same).group_by(asked.content)
    return Prepared(found)


def _asked(
    connection: Connection, by: str, past: dict[str, int | str], **hashes: Iterable[int]
) -> Iterable[Sequence[Any]]:
    """The rows of a query, for these arrays of keys. Nobody and no door are no keys, but among the doors of the nameless."""
    database = connection.dialect.name
    sets = {name: sorted(set(of) - ({0} if name == "keys" else set())) for name, of in hashes.items()}
    keys = sets if database == "postgresql" else {name: _JSON.encode(of).decode() for name, of in sets.items()}
    return _query(by, database).read(connection, **past, **keys)


def remember(
    connection: Connection, batch_id: str, on: date, first: int, marks: Marks, probes: Sequence[bool | None]
) -> None:
    """Keep a chunk's questions, in the commit that keeps the chunk. Rows that are kept already stay as they are.

    first: the number of the first row. probes: for each row whether a guard against probing refused it; None for a row that
    is no request.
    """
    last, day = first + len(probes) - 1, on.toordinal()
    held = select(ASKED.c.row).where(ASKED.c.batch_id == batch_id, ASKED.c.row.between(first, last))
    known = set(connection.execute(held).scalars())
    asked = zip(range(first, last + 1), marks.persons, marks.doors, marks.contents, probes, strict=True)
    new = [
        (batch_id, row, day, person, door, content, probe)
        for row, person, door, content, probe in asked
        if probe is not None and row not in known
    ]
    if new:
        connection.exec_driver_sql(_insertion(connection.dialect.paramstyle), new)
        probing = ASKED_FILE.c.probes + sum(row[-1] for row in new)
        connection.execute(update(ASKED_FILE).where(ASKED_FILE.c.batch_id == batch_id).values(probes=probing))


def _insertion(paramstyle: str) -> str:
    """The statement that the driver is given as it stands: through the toolkit each row would cost five times as much."""
    places = ", ".join(["?" if paramstyle == "qmark" else "%s"] * len(_COLUMNS))
    names = ", ".join(f'"{name}"' for name in _COLUMNS)
    return f"INSERT INTO {ASKED.name} ({names}) VALUES ({places})"


def forget(connection: Connection, on: date, guards: Guards) -> None:
    """Delete what no window reaches any more, batch by batch."""
    begins = on.toordinal() - guards.window_days + 1
    old = select(ASKED_FILE.c.batch_id).where(ASKED_FILE.c.day < begins)
    connection.execute(delete(ASKED).where(ASKED.c.batch_id.in_(old)))
    longest = max(YEAR_DAYS, guards.window_days, guards.lockout_days + 1)
    connection.execute(delete(ASKED_FILE).where(ASKED_FILE.c.day <= on.toordinal() - longest))
