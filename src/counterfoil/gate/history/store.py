"""The history of requests in the office's database: what earlier files asked, under keyed hashes.
The tables are in tables.py.

Of whole files, `record_batch` keeps how much a file asks and how often it names each engaged
officer, and `load_history` reads that of earlier files. Of single requests, `remember` keeps the
fingerprints of a file's rows, and `recall` counts what earlier files asked about the people,
addresses and contents of a chunk of rows, in at most three queries:

    by person     requests, addresses and contents: a request that is the same as another is about
                  the same person
    by address    people
    by content    only where there is no usable name; such a request is kept under person 0

Everything about a file is kept before its first row is decided, so that files received at the same
time count each other; a file is never part of its own past. To keep a file again adds nothing, so a
run that was cut off can be run again.

Each query is answered by the key of one table. Rows are written in the order of the keys, so that
each page of a table is written once a file instead of once a chunk. Hashes go to the database as
one array a query (JSON in SQLite, an array of its own in PostgreSQL), and rows by one prepared
statement, so that many cost no more than few.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import date, timedelta
from functools import cache
from itertools import compress, groupby, islice
from typing import Any, Final

import msgspec
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    Connection,
    Table,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from counterfoil.database import Prepared
from counterfoil.gate.history.batch_counts import BatchFacts, History
from counterfoil.gate.history.counts import Counts
from counterfoil.gate.history.fingerprints import Fingerprints
from counterfoil.gate.history.tables import ASKED, ASKED_AT, ASKED_FILE, CASELOAD
from counterfoil.gate.law.agreement import Agreement, Guards, Limits

YEAR_DAYS: Final = 365
COMMIT_ROWS: Final = 65_536
"""Rows of the memory written in one commit."""
_JSON: Final = msgspec.json.Encoder()
_NOBODY: Final = 0
"""What stands for a person without a usable name."""


def recall(
    connection: Connection, marks: Fingerprints, batch_id: str, on: date, window_days: int
) -> Counts:
    """What earlier batches asked about these rows' people, doors and contents in the days that end
    with `on`."""
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
    nameless = list(
        compress(zip(marks.doors, marks.contents, strict=True), map(_NOBODY.__eq__, marks.persons))
    )
    if nameless:
        named, asked = zip(*nameless, strict=True)
        contents |= {
            row[0]: row[1] for row in _asked(connection, "content", past, keys=asked, doors=named)
        }
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
    table = ASKED_AT if by == "door" else ASKED
    asked, past = table.c, _in_past(table.c.day, table.c.batch_id)
    if by == "person":
        of = (asked.person, asked.door, asked.content)
        found = (
            select(*of, func.sum(asked.times))
            .where(past, _is_among(asked.person, "keys", database))
            .group_by(*of)
        )
    elif by == "door":
        here = (past, _is_among(asked.door, "keys", database), asked.person != _NOBODY)
        found = select(asked.door, asked.person).where(*here).group_by(asked.door, asked.person)
    else:
        here = (past, asked.person == _NOBODY, _is_among(asked.door, "doors", database))
        same = _is_among(asked.content, "keys", database)
        found = (
            select(asked.content, func.sum(asked.times)).where(*here, same).group_by(asked.content)
        )
    return Prepared(found)


def _asked(
    connection: Connection, by: str, past: dict[str, int | str], **hashes: Iterable[int]
) -> Iterable[Sequence[Any]]:
    """The rows of a query, for these arrays of keys. Nobody and no door are no keys, but among the
    doors of the nameless."""
    database = connection.dialect.name
    sets = {
        name: sorted(set(of) - ({0} if name == "keys" else set())) for name, of in hashes.items()
    }
    keys = (
        sets
        if database == "postgresql"
        else {name: _JSON.encode(of).decode() for name, of in sets.items()}
    )
    return _query(by, database).read(connection, **past, **keys)


def remember(
    commit: Callable[[], AbstractContextManager[Connection]],
    batch_id: str,
    on: date,
    marks: Fingerprints,
) -> None:
    """Keep what a file asks: the marks of all its rows. `commit` gives a connection and commits it
    at the end.

    Each commit holds `COMMIT_ROWS` at most. Rows that are no requests ask nothing: their marks are
    0.
    """
    places = (
        (ASKED, (marks.persons, marks.doors, marks.contents), marks.contents),
        (ASKED_AT, (marks.doors, marks.persons), marks.doors),
    )
    for table, columns, asks in places:
        rows = _counted(
            sorted(compress(zip(*columns, strict=True), asks)), batch_id, on.toordinal()
        )
        while some := list(islice(rows, COMMIT_ROWS)):
            with commit() as connection:
                connection.exec_driver_sql(_insertion(table, connection.dialect.paramstyle), some)


def _counted(
    asked: Iterable[tuple[int, ...]], batch_id: str, day: int
) -> Iterator[tuple[int | str, ...]]:
    """A row of a table for all that is alike and stands together."""
    return ((*each, batch_id, day, len(list(same))) for each, same in groupby(asked))


def _insertion(table: Table, paramstyle: str) -> str:
    """The statement that the driver is given as it stands: through the toolkit each row would cost
    five times as much."""
    columns = [column.name for column in table.columns]
    places = ", ".join(["?" if paramstyle == "qmark" else "%s"] * len(columns))
    return (
        f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({places}) ON CONFLICT DO NOTHING"
    )


def add_probes(connection: Connection, batch_id: str, probes: int) -> None:
    """Count a chunk's attempts to probe, in the commit that keeps the chunk."""
    table = ASKED_FILE.c
    connection.execute(
        update(ASKED_FILE).where(table.batch_id == batch_id).values(probes=table.probes + probes)
    )


def forget(connection: Connection, on: date, guards: Guards) -> None:
    """Delete what no window reaches any more. The tables are looked through only where a file has
    left the window."""
    begins, table = on.toordinal() - guards.window_days + 1, ASKED_FILE.c
    left = (table.day < begins) & table.held
    if connection.execute(select(table.batch_id).where(left).limit(1)).first() is not None:
        for asked in (ASKED, ASKED_AT):
            connection.execute(delete(asked).where(asked.c.day < begins))
        connection.execute(update(ASKED_FILE).where(left).values(held=False))
    longest = max(YEAR_DAYS, guards.window_days, guards.lockout_days + 1)
    connection.execute(delete(ASKED_FILE).where(table.day <= on.toordinal() - longest))


def load_history(
    connection: Connection, facts: BatchFacts, batch_id: str, on: date, limits: Limits
) -> History:
    """What earlier files asked, in the limits' windows that end with `on`, this batch left out."""
    window_days = limits.officer_caseload.window_days
    begins = on - timedelta(days=window_days - 1)
    in_window = CASELOAD.c.day.between(begins, on) & (CASELOAD.c.batch_id != batch_id)
    asked = (
        select(CASELOAD.c.officer_hash, func.sum(CASELOAD.c.requests))
        .where(in_window)
        .group_by(CASELOAD.c.officer_hash)
    )
    officers = {
        bytes(hashed): int(requests)
        for hashed, requests in connection.execute(asked)
        if bytes(hashed) in facts.officers
    }
    files = _files(connection, batch_id, on, max(YEAR_DAYS, limits.guards.lockout_days + 1))
    today, year = on.toordinal(), on.toordinal() - YEAR_DAYS
    return History(
        officers,
        sum(requests for day, requests, _ in files if day == today),
        sum(requests for day, requests, _ in files if day > year),
        tuple((date.fromordinal(day), probes) for day, _, probes in files if probes),
    )


def _files(
    connection: Connection, batch_id: str, on: date, days: int
) -> list[tuple[int, int, int]]:
    """(day, requests, probes) of the other files of the last days."""
    table, today = ASKED_FILE.c, on.toordinal()
    in_window = table.day.between(today - days + 1, today) & (table.batch_id != batch_id)
    found = connection.execute(select(table.day, table.requests, table.probes).where(in_window))
    return [(day, requests, probes) for day, requests, probes in found]


def record_batch(
    connection: Connection, facts: BatchFacts, batch_id: str, on: date, agreement: Agreement
) -> None:
    """Record how much this batch asks and how often it names each engaged officer. Idempotent for a
    batch id.

    Called before its first row is decided, so that files received at the same time count each
    other. What no window reaches any more is forgotten, on days within the agreement's dates only:
    a clock that jumps must not empty the memory.
    """
    held = connection.execute(
        select(CASELOAD.c.officer_hash).where(CASELOAD.c.batch_id == batch_id)
    )
    known = {bytes(hashed) for (hashed,) in held}
    rows = [
        {"officer_hash": hashed, "batch_id": batch_id, "day": on, "requests": requests}
        for hashed, requests in facts.officers.items()
        if hashed not in known
    ]
    if rows:
        connection.execute(insert(CASELOAD), rows)
    if (
        connection.execute(
            select(ASKED_FILE.c.day).where(ASKED_FILE.c.batch_id == batch_id)
        ).first()
        is None
    ):
        requests = min(facts.rows, agreement.limits.batch_rows)
        row = {
            "batch_id": batch_id,
            "day": on.toordinal(),
            "requests": requests,
            "probes": 0,
            "held": True,
        }
        connection.execute(insert(ASKED_FILE).values(row))
    if agreement.in_force.covers(on):
        forget(connection, on, agreement.limits.guards)
