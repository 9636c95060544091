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

from collections.abc import Callable, Iterable, Sequence
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
"""Rows of the questions' tables written in one commit."""
_JSON: Final = msgspec.json.Encoder()
_NOBODY: Final = 0
"""The person of a request without a usable name."""


def recall(
    connection: Connection, rows: Fingerprints, batch_id: str, on: date, window_days: int
) -> Counts:
    """What earlier batches asked about the people, addresses and contents of these rows in the
    `window_days` days that end with `on`."""
    today = on.toordinal()
    past = {"begins": today - window_days + 1, "today": today, "batch": batch_id}
    if not _EARLIER.read(connection, **past):
        return Counts()
    attempts: dict[int, int] = {}
    addresses: dict[int, set[int]] = {}
    people: dict[int, set[int]] = {}
    contents: dict[int, int] = {}
    for person, address, content, times in _asked(connection, "person", past, keys=rows.persons):
        attempts[person] = attempts.get(person, 0) + times
        contents[content] = contents.get(content, 0) + times
        if address:
            addresses.setdefault(person, set()).add(address)
    for address, person, _ in _asked(connection, "door", past, keys=rows.addresses):
        people.setdefault(address, set()).add(person)
    nameless = list(
        compress(zip(rows.addresses, rows.contents, strict=True), map(_NOBODY.__eq__, rows.persons))
    )
    if nameless:
        asked_at, asked = zip(*nameless, strict=True)
        found = _asked(connection, "content", past, keys=asked, doors=asked_at)
        contents |= {row[0]: row[1] for row in found}
    wanted = contents.keys() & set(rows.contents)
    return Counts(attempts, addresses, people, {content: contents[content] for content in wanted})


def _in_past(day: Column[int], batch: Column[str]) -> Any:
    return day.between(bindparam("begins"), bindparam("today")) & (batch != bindparam("batch"))


_EARLIER: Final = Prepared(
    select(ASKED_FILE.c.batch_id).where(_in_past(ASKED_FILE.c.day, ASKED_FILE.c.batch_id)).limit(1)
)
"""A file of the past. There are no questions without their file's row: see `record_batch`."""


def _is_among(column: Column[int], name: str, database: str) -> Any:
    """Whether the column's number is one of an array's."""
    if database == "postgresql":
        return column.in_(select(func.unnest(bindparam(name, type_=ARRAY(BigInteger)))))
    return column.in_(select(func.json_each(bindparam(name)).table_valued("value").c.value))


@cache
def _query(by: str, database: str) -> Prepared:
    """What was asked in the past, and how often: by `person`, by `door` (an address), or by
    `content` without a usable name."""
    asked, at = ASKED.c, ASKED_AT.c
    columns, where = {
        "person": (
            (asked.person, asked.door, asked.content),
            (_is_among(asked.person, "keys", database),),
        ),
        "door": (
            (at.door, at.person),
            (_is_among(at.door, "keys", database), at.person != _NOBODY),
        ),
        "content": (
            (asked.content,),
            (
                asked.person == _NOBODY,
                _is_among(asked.door, "doors", database),
                _is_among(asked.content, "keys", database),
            ),
        ),
    }[by]
    table = at if by == "door" else asked
    found = select(*columns, func.sum(table.times)).group_by(*columns)
    return Prepared(found.where(_in_past(table.day, table.batch_id), *where))


def _asked(
    connection: Connection, by: str, past: dict[str, int | str], **hashes: Iterable[int]
) -> Iterable[Sequence[Any]]:
    """The rows of a query, for these arrays of hashes. What is absent (0) is no key; requests
    without a usable name may be without an address too."""
    database = connection.dialect.name
    keys: dict[str, Any] = {
        name: sorted(set(of) - ({0} if name == "keys" else set())) for name, of in hashes.items()
    }
    if database != "postgresql":
        keys = {name: _JSON.encode(of).decode() for name, of in keys.items()}
    return _query(by, database).read(connection, **past, **keys)


def remember(
    commit: Callable[[], AbstractContextManager[Connection]],
    batch_id: str,
    on: date,
    rows: Fingerprints,
) -> None:
    """Keep what a file asks: the fingerprints of all its rows. `commit` gives a connection and
    commits it at the end, after `COMMIT_ROWS` rows at most. Rows that are no requests are left out.
    """
    tables = (
        (ASKED, (rows.persons, rows.addresses, rows.contents), rows.contents),
        (ASKED_AT, (rows.addresses, rows.persons), rows.addresses),
    )
    for table, columns, present in tables:
        asked = sorted(compress(zip(*columns, strict=True), present))
        counted = (
            (*each, batch_id, on.toordinal(), len(list(same))) for each, same in groupby(asked)
        )
        while some := list(islice(counted, COMMIT_ROWS)):
            with commit() as connection:
                connection.exec_driver_sql(_insertion(table, connection.dialect.paramstyle), some)


def _insertion(table: Table, paramstyle: str) -> str:
    """The statement as the driver takes it: through the toolkit each row would cost five times as
    much."""
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


def load_history(
    connection: Connection, facts: BatchFacts, batch_id: str, on: date, limits: Limits
) -> History:
    """What earlier files asked, in the limits' windows that end with `on`, this batch left out."""
    named, begins = CASELOAD.c, on - timedelta(days=limits.officer_caseload.window_days - 1)
    loads = connection.execute(
        select(named.officer_hash, func.sum(named.requests))
        .where(named.day.between(begins, on), named.batch_id != batch_id)
        .group_by(named.officer_hash)
    )
    table, today = ASKED_FILE.c, on.toordinal()
    longest = max(YEAR_DAYS, limits.guards.lockout_days + 1)
    files = connection.execute(
        select(table.day, table.requests, table.probes).where(
            table.day.between(today - longest + 1, today), table.batch_id != batch_id
        )
    ).all()
    return History(
        {bytes(by): int(load) for by, load in loads if bytes(by) in facts.officers},
        sum(requests for day, requests, _ in files if day == today),
        sum(requests for day, requests, _ in files if day > today - YEAR_DAYS),
        tuple((date.fromordinal(day), probes) for day, _, probes in files if probes),
    )


def record_batch(
    connection: Connection, facts: BatchFacts, batch_id: str, on: date, agreement: Agreement
) -> None:
    """Record how much this batch asks and how often it names each engaged officer. To record a
    batch again adds nothing.

    Called before its first row is decided, so that files received at the same time count each
    other. What no window reaches any more is forgotten, on days within the agreement's dates only:
    a clock that jumps must not empty the history.
    """
    named, files = CASELOAD.c, ASKED_FILE.c
    recorded = connection.execute(select(named.officer_hash).where(named.batch_id == batch_id))
    before = {bytes(hashed) for (hashed,) in recorded}
    loads = [
        {"officer_hash": hashed, "batch_id": batch_id, "day": on, "requests": requests}
        for hashed, requests in facts.officers.items()
        if hashed not in before
    ]
    if loads:
        connection.execute(insert(CASELOAD), loads)
    if connection.execute(select(files.day).where(files.batch_id == batch_id)).first() is None:
        requests = min(facts.rows, agreement.limits.batch_rows)
        file = {"batch_id": batch_id, "day": on.toordinal(), "requests": requests}
        connection.execute(insert(ASKED_FILE).values(file | {"probes": 0, "held": True}))
    if agreement.in_force.covers(on):
        forget(connection, on, agreement.limits.guards)


def forget(connection: Connection, on: date, guards: Guards) -> None:
    """Delete what no window that ends with `on` reaches. The questions are looked through only
    where a file has left the window."""
    begins, table = on.toordinal() - guards.window_days + 1, ASKED_FILE.c
    left = (table.day < begins) & table.held
    if connection.execute(select(table.batch_id).where(left).limit(1)).first() is not None:
        for asked in (ASKED, ASKED_AT):
            connection.execute(delete(asked).where(asked.c.day < begins))
        connection.execute(update(ASKED_FILE).where(left).values(held=False))
    longest = max(YEAR_DAYS, guards.window_days, guards.lockout_days + 1)
    connection.execute(delete(ASKED_FILE).where(table.day <= on.toordinal() - longest))
