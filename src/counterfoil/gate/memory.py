"""Remembers what was asked, and recalls it for a chunk of rows: three queries a chunk, none a row. See tables.py.

A row of a batch is remembered once, however often its chunk is run again. What a batch asked itself is not its past.
Batches that are received at the same time see each other's questions as far as they are committed. Hashes go to the database
as one array a query (JSON in SQLite, an array of its own in PostgreSQL), and rows by one prepared statement: neither costs more
for being many.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from typing import Any, Final

import msgspec
from sqlalchemy import ARRAY, BigInteger, Column, Connection, Select, bindparam, delete, func, select, update

from counterfoil.gate.agreement import Guards
from counterfoil.gate.guards import Counts, group
from counterfoil.gate.marks import Marks
from counterfoil.gate.tables import ASKED, ASKED_FILE

YEAR_DAYS: Final = 365
_COLUMNS: Final = ("batch_id", "row", "day", "person", "door", "content", "probe")
_JSON: Final = msgspec.json.Encoder()


def recall(connection: Connection, marks: Marks, batch_id: str, on: date, window_days: int) -> Counts:
    """What earlier batches asked about these rows' people, doors and contents in the days that end with `on`."""
    today = on.toordinal()
    past = {"begins": today - window_days + 1, "today": today, "batch": batch_id}
    if connection.execute(_EARLIER, past).first() is None:
        return Counts()
    by_person = list(_asked(connection, ASKED.c.person, ASKED.c.door, past, marks.persons))
    by_door = list(_asked(connection, ASKED.c.door, ASKED.c.person, past, marks.doors))
    by_content = _asked(connection, ASKED.c.content, ASKED.c.content, past, marks.contents)
    attempts: dict[int, int] = {}
    for person, _, times in by_person:
        attempts[person] = attempts.get(person, 0) + times
    return Counts(attempts, _sets(by_person), _sets(by_door), {content: times for content, _, times in by_content})


def _in_past(day: Column[int], batch: Column[str]) -> Any:
    return day.between(bindparam("begins"), bindparam("today")) & (batch != bindparam("batch"))


_EARLIER: Final = select(ASKED_FILE.c.batch_id).where(_in_past(ASKED_FILE.c.day, ASKED_FILE.c.batch_id)).limit(1)
"""A file of the past: rows without their file's row are none, see `store.record_batch`."""


@cache
def _query(key: Column[int], value: Column[int], database: str) -> Select[int, int, int]:
    """Requests of the past by key and value, for the keys of one array."""
    if database == "postgresql":
        wanted = select(func.unnest(bindparam("keys", type_=ARRAY(BigInteger))))
    else:
        wanted = select(func.json_each(bindparam("keys")).table_valued("value").c.value)
    here = _in_past(ASKED.c.day, ASKED.c.batch_id) & key.in_(wanted)
    return select(key, value, func.count()).where(here).group_by(key, value)


def _asked(
    connection: Connection, key: Column[int], value: Column[int], past: dict[str, int | str], hashes: Iterable[int]
) -> Iterator[tuple[int, int, int]]:
    """(key, value, requests) of the past under these keys."""
    keys, database = sorted(set(hashes) - {0}), connection.dialect.name
    wanted = {**past, "keys": keys if database == "postgresql" else _JSON.encode(keys).decode()}
    for found in connection.execute(_query(key, value, database), wanted):
        yield found[0], found[1], found[2]


def _sets(rows: list[tuple[int, int, int]]) -> dict[int, set[int]]:
    keys = [key for key, _, _ in rows]
    return group(keys, [value for _, value, _ in rows], dict.fromkeys(keys, 1))


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
