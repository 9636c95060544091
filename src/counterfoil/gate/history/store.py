"""The history of requests in the office's database: what earlier files asked, under keyed hashes.
The tables are in tables.py, what becomes of a file that was remembered in reservations.py.

Of whole files, `record_batch` keeps how much a file asks and how often it names each engaged
officer, and `load_history` reads that of earlier files. Of single requests, `remember` keeps the
fingerprints of a file's rows, and `recall` finds what earlier files asked under the keys of a chunk
of rows:

    numbers     the questions of each key of the chunk, this file's left out
    questions   their fingerprints
    matters     reasons and investigations of the chunk
    earlier     what the first version remembered, while a window reaches it

A file is kept before its first row is decided, so that files received at the same time count each
other; a file is never part of its own past. A file that is refused whole, as one that nobody signed
is, is recorded as free: nothing of it counts and nothing of it is remembered. To keep a file again
adds nothing, so a run that was cut off can be run again.

Each query is answered by the key of one table, and asks once for what a file repeats. Rows are
written in the order of the keys, so that each page of a table is written once a file instead of
once a chunk. Hashes go to the database as one array a query (JSON in SQLite, an array of its own in
PostgreSQL), and rows by one prepared statement, so that many cost no more than few.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import date, timedelta
from functools import cache
from itertools import chain, compress, count, islice, repeat
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
    union_all,
    update,
)

from counterfoil.database import Prepared
from counterfoil.gate.history.batch_counts import BatchFacts, History
from counterfoil.gate.history.bulk_insert import insert_rows
from counterfoil.gate.history.counts import Counting, Recalled
from counterfoil.gate.history.earlier import NO_COUNTS, Counts
from counterfoil.gate.history.fingerprints import Fingerprints
from counterfoil.gate.history.key_ranges import ranges_of
from counterfoil.gate.history.memory_sum import (
    add_part,
    begin_file,
    forget_files,
    sum_earlier,
    touch_file,
)
from counterfoil.gate.history.tables import (
    ASKED,
    ASKED_AT,
    ASKED_FILE,
    ASKED_KEY,
    ASKED_MATTER,
    ASKED_QUESTION,
    CASELOAD,
    INVESTIGATIONS,
    REASONS,
    ROWS_OF_FILE,
    AskedState,
)
from counterfoil.gate.law.agreement import Agreement, Limits

YEAR_DAYS: Final = 365
SMALL_FILE: Final = 512
"""Rows of a file that is remembered in one commit: so few are made ready while it waits."""
COMMIT_ROWS: Final = 65_536
"""Rows of the questions' tables written in one commit."""
_Part = tuple[Table, list[Any]]
"""A table, and the values of some rows of it, one row after the other."""
_Matter = tuple[Sequence[int], Sequence[int], Sequence[int] | Sequence[bytes]]
"""Columns of keys, of parts, and of what says which of them are there."""
_JSON: Final = msgspec.json.Encoder()

# -- what earlier files asked ------------------------------------------------------------------


def recall(
    connection: Connection,
    counting: Counting,
    rows: range,
    batch_id: str,
    on: date,
    limits: Limits,
    seen: date = date.max,
) -> Recalled:
    """What earlier batches asked about the people, homes and matters of these rows of a file, in
    the windows that end with `on`; they begin no later than if they ended with `seen`."""
    last = min(on, seen)
    past = {"begins": _begins(last, limits.guards.window_days), "today": on.toordinal()}
    past |= {"batch": batch_id}
    own = file_number(connection, batch_id)
    begins = _begins(last, limits.window_of_matters)
    if not _EARLIER_FILE.read(connection, **past | {"begins": min(past["begins"], begins)}):
        return Recalled()
    wanted = counting.wanted(rows)
    numbers = _read(connection, "numbers", keys=wanted.keys, own=own * ROWS_OF_FILE, **past)
    asked = {number for _, number in numbers}
    found = _read(connection, "questions", keys=asked) if asked else ()
    questions = {int(number): question for number, question in found}
    earlier = _recall_earlier(connection, counting.fingerprints, rows, past)
    past["begins"] = begins
    matters = {"reasons": wanted.similar, "investigations": wanted.investigations}
    return Recalled(
        [(key, number, questions[number]) for key, number in numbers if number in questions],
        list(_read(connection, "matters", **matters, **past)),
        earlier,
    )


def _begins(on: date, days: int) -> int:
    return on.toordinal() - days + 1


def _of_the_past() -> Any:
    """The numbers of the files that count, in the window, this one left out."""
    file = ASKED_FILE.c
    return (
        select(file.number)
        .where(file.day.between(bindparam("begins"), bindparam("today")))
        .where(file.state != str(AskedState.FREE), file.batch_id != bindparam("batch"))
    )


_EARLIER_FILE: Final = Prepared(_of_the_past().limit(1))
"""A file of the past. There are no questions without their file's row: see `record_batch`."""
_NUMBER: Final = Prepared(
    select(ASKED_FILE.c.number).where(ASKED_FILE.c.batch_id == bindparam("batch"))
)


def file_number(connection: Connection, batch_id: str) -> int:
    """The number of a recorded file; 0, which no file has, where it is not recorded."""
    found = _NUMBER.read(connection, batch=batch_id)
    return int(found[0][0]) if found else 0


def _is_among(column: Any, name: str, database: str) -> Any:
    """Whether the column's number is one of an array's. It is no join: of one, a database may look
    through the array for each row of the table."""
    if database == "postgresql":
        return column.in_(select(func.unnest(bindparam(name, type_=ARRAY(BigInteger)))))
    return column.in_(select(func.json_each(bindparam(name)).table_valued("value").c.value))


@cache
def _query(name: str, database: str) -> Prepared:
    """The queries of the module's list, and the three of the first version's memory."""
    key, question, matter = ASKED_KEY.c, ASKED_QUESTION.c, ASKED_MATTER.c
    if name == "numbers":
        elsewhere = ~key.number.between(bindparam("own"), bindparam("own") + (ROWS_OF_FILE - 1))
        counted = (key.number // ROWS_OF_FILE).in_(_of_the_past())
        among = _is_among(key.key, "keys", database)
        return Prepared(select(key.key, key.number).where(among, elsewhere, counted))
    if name == "questions":
        among = _is_among(question.number, "keys", database)
        return Prepared(select(question.number, question.question).where(among, question.counts))
    if name == "matters":
        return Prepared(
            union_all(
                *[
                    select(matter.kind, matter.key, matter.part, func.sum(matter.times))
                    .where(matter.kind == kind, _is_among(matter.key, array, database))
                    .where(matter.file.in_(_of_the_past()))
                    .group_by(matter.kind, matter.key, matter.part)
                    .having(func.sum(matter.times) > 0)
                    for kind, array in ((REASONS, "reasons"), (INVESTIGATIONS, "investigations"))
                ]
            )
        )
    return _earlier_query(name, database)


def _read(connection: Connection, name: str, **values: Any) -> list[Sequence[Any]]:
    """The rows of a query. What is no number or text is an array of hashes."""
    database = connection.dialect.name
    given = {
        name: of if isinstance(of, int | str) else _array(of, database)
        for name, of in values.items()
    }
    return _query(name, database).read(connection, **given)


def _array(hashes: Iterable[int], database: str) -> Any:
    """An array of hashes as the database takes it. What is absent (0) is no key."""
    keys = list(set(hashes) - {0})
    return keys if database == "postgresql" else _JSON.encode(keys).decode()


# -- what the first version remembered ---------------------------------------------------------


def remembers_earlier(connection: Connection) -> bool:
    """Whether there is anything left of what the first version remembered."""
    return connection.execute(select(ASKED.c.day).limit(1)).first() is not None


def _earlier_query(name: str, database: str) -> Prepared:
    asked, at = ASKED.c, ASKED_AT.c
    columns, where = {
        "earlier_people": (
            (asked.person, asked.door, asked.content),
            (_is_among(asked.person, "keys", database),),
        ),
        "earlier_addresses": (
            (at.door, at.person),
            (_is_among(at.door, "keys", database), at.person != 0),
        ),
        "earlier_contents": (
            (asked.content,),
            (
                asked.person == 0,
                _is_among(asked.door, "doors", database) | (asked.door == 0),
                _is_among(asked.content, "keys", database),
            ),
        ),
    }[name]
    table = at if name == "earlier_addresses" else asked
    found = select(*columns, func.sum(table.times)).group_by(*columns)
    return Prepared(found.where(_in_past(table.day, table.batch_id), *where))


def _in_past(day: Column[int], batch: Column[str]) -> Any:
    return day.between(bindparam("begins"), bindparam("today")) & (batch != bindparam("batch"))


def _recall_earlier(
    connection: Connection, rows: Fingerprints, some: range, past: dict[str, Any]
) -> Counts:
    """What the first version's memory says of these rows; nothing where they have no hashes of the
    first version."""
    if not rows.earlier_people:
        return NO_COUNTS
    persons = rows.earlier_people[some.start : some.stop]
    addresses = rows.addresses[some.start : some.stop]
    contents = rows.earlier_contents[some.start : some.stop]
    attempts, found = Counter[int](), Counter[int]()
    at: dict[int, set[int]] = {}
    people: dict[int, set[int]] = {}
    known = _read(connection, "earlier_people", keys=persons, **past)
    for person, address, content, times in known:
        attempts[person] += int(times)
        found[content] += int(times)
        if address:
            at.setdefault(person, set()).add(address)
    for address, person, _ in _read(connection, "earlier_addresses", keys=addresses, **past):
        people.setdefault(address, set()).add(person)
    nameless = _read(connection, "earlier_contents", keys=contents, doors=addresses, **past)
    found.update({content: int(times) for content, times in nameless})
    return Counts(attempts, at, people, {each: found[each] for each in set(contents) & set(found)})


# -- what this file asks -----------------------------------------------------------------------


def remember(
    commit: Callable[[], AbstractContextManager[Connection]], batch_id: str, rows: Fingerprints
) -> None:
    """Keep what a recorded file asks: the fingerprints of all its rows. `commit` gives a connection
    and commits it at the end, after `COMMIT_ROWS` rows at most, and once for a small file. Rows
    that are no requests are left out, and all rows of a file that does not count."""
    with commit() as connection:
        file = ASKED_FILE.c
        recorded = select(file.number, file.state).where(file.batch_id == batch_id)
        number, state = connection.execute(recorded).one()
        run = None if state == AskedState.FREE else begin_file(connection, number)
        if run is None:
            return
        if len(rows) <= SMALL_FILE:
            few = [*_parts(rows, number)]
            for done, part in enumerate(few, 1):
                _write(connection, number, part, (run, done - 1, done == len(few)))
            return
    parts, done = _parts(rows, number), 0
    part = next(parts, None)
    while part is not None:
        written, part = part, next(parts, None)
        with commit() as connection:
            _write(connection, number, written, (run, done, part is None))
        done += 1


def _write(connection: Connection, number: int, part: _Part, place: tuple[int, int, bool]) -> None:
    """Insert a part of the file of this number; `place` as `add_part` has it."""
    table, values = part
    insert_rows(connection, table, values)
    add_part(connection, number, table, values, place)


def _parts(rows: Fingerprints, number: int) -> Iterator[_Part]:
    """What is inserted at one time, of `COMMIT_ROWS` rows at most."""
    first = number * ROWS_OF_FILE
    for table, found in (
        (ASKED_QUESTION, _questions(rows, first)),
        (ASKED_KEY, _keys(rows, first)),
        (ASKED_MATTER, ((*matter, number, times) for matter, times in matters_of(rows))),
    ):
        while values := [*chain.from_iterable(islice(found, COMMIT_ROWS))]:
            yield table, values


def _questions(rows: Fingerprints, first: int) -> Iterator[tuple[int, bool, bytes]]:
    return ((number, True, asked) for number, asked in enumerate(rows.asked, first) if asked)


def _keys(rows: Fingerprints, first: int) -> Iterator[tuple[int, int]]:
    sizes = map(int.__add__, rows.homes, rows.people)
    numbers = chain.from_iterable(map(repeat, count(first), sizes))
    for some, of in ranges_of(rows.keys, numbers, len(rows.keys)):
        order = _in_order(some)
        pairs = zip(map(some.__getitem__, order), map(of.__getitem__, order), strict=True)
        yield from dict.fromkeys(pairs)  # Two keys of one home may be the same.


def _in_order(keys: Sequence[int]) -> list[int]:
    """The places of keys in the order of the keys, to the 53 bits of a float, which are compared in
    a quarter of the time: the order matters for pages alone."""
    return sorted(range(len(keys)), key=[*map(float, keys)].__getitem__)


def matters_of(
    rows: Fingerprints, *, as_written: bool = False
) -> Iterator[tuple[tuple[int, int, int], int]]:
    """The matters of these rows (kind, key, part), in their order, and how often each is named.
    `as_written`: investigations under the keys that they had before."""
    numbers = rows.written if as_written else rows.investigations
    reasons: list[_Matter] = [(rows.similar, rows.reasons, rows.asked)]
    people: list[_Matter] = [(numbers, rows.owners, numbers)]
    if not as_written:
        reasons.append((rows.merged, rows.reasons, rows.merged))
        people.append((rows.parted, rows.owners, rows.parted))
    for kind, columns in ((REASONS, reasons), (INVESTIGATIONS, people)):
        keys = chain.from_iterable(compress(keys, there) for keys, _, there in columns)
        parts = chain.from_iterable(compress(parts, there) for _, parts, there in columns)
        for some, of in ranges_of(keys, parts, len(columns) * len(rows)):
            matters = [*Counter(zip(some, of, strict=True)).items()]
            for at in _in_order([key for (key, _), _ in matters]):
                (key, part), times = matters[at]
                yield (kind, key, part), times


def add_probes(connection: Connection, batch_id: str, probes: int) -> None:
    """Count a chunk's attempts to probe, in the commit that keeps the chunk. A file that does not
    count has none."""
    if not probes:
        return
    touch_file(connection, batch_id)
    table = ASKED_FILE.c
    mine = (table.batch_id == batch_id, table.state != AskedState.FREE)
    connection.execute(update(ASKED_FILE).where(*mine).values(probes=table.probes + probes))


# -- whole files -------------------------------------------------------------------------------


def load_history(
    connection: Connection,
    facts: BatchFacts,
    batch_id: str,
    on: date,
    limits: Limits,
    seen: date = date.max,
) -> History:
    """What earlier files asked, in the limits' windows that end with `on`, this batch left out;
    they begin no later than if they ended with `seen`. Officers of the first version's hashes are
    among them."""
    last, guards = min(on, seen), limits.guards
    days = min(limits.officer_caseload.window_days, last.toordinal())
    named, begins = CASELOAD.c, last - timedelta(days=days - 1)
    loads = connection.execute(
        select(named.officer_hash, func.sum(named.requests))
        .where(named.day.between(begins, on), named.batch_id != batch_id)
        .group_by(named.officer_hash)
        .order_by(named.officer_hash)
    )
    table, today, moved = ASKED_FILE.c, on.toordinal(), (on - last).days
    longest = max(YEAR_DAYS, guards.days_of_probes)
    files = connection.execute(
        select(table.day, table.requests, table.probes).where(
            table.day.between(today - moved - longest + 1, today),
            table.batch_id != batch_id,
            table.state != AskedState.FREE,
        )
    ).all()
    return History(
        {bytes(by): int(load) for by, load in loads},
        sum(requests for day, requests, _ in files if day == today),
        sum(requests for day, requests, _ in files if day > today - moved - YEAR_DAYS),
        tuple(
            (date.fromordinal(min(day + moved, today)), probes)
            for day, _, probes in files
            if probes
        ),
        guards.window_of_probes,
    )


def record_batch(
    connection: Connection,
    facts: BatchFacts,
    batch_id: str,
    on: date,
    agreement: Agreement,
    *,
    counts: bool = True,
    seen: date = date.max,
) -> None:
    """Record how much this batch asks and how often it names each engaged officer, or that nothing
    of it counts. To record a batch again adds nothing, unless it counts now and did not before.

    Called before its first row is decided, so that files received at the same time count each
    other. What no window that ends with `seen` reaches any more is forgotten, on days within the
    agreement's dates only: a clock that jumps must not empty the history.
    """
    touch_file(connection, batch_id)
    files = ASKED_FILE.c
    before = connection.execute(select(files.state).where(files.batch_id == batch_id)).scalar()
    if before is None:
        last = connection.execute(select(func.max(files.number))).scalar() or 0
        file = {"batch_id": batch_id, "day": on.toordinal(), "number": last + 1, "probes": 0}
        file |= {"requests": 0, "held": True, "state": AskedState.FREE}
        connection.execute(insert(ASKED_FILE).values(file))
    if counts and before in (None, AskedState.FREE):
        requests = min(facts.rows, agreement.limits.batch_rows)
        mine = update(ASKED_FILE).where(files.batch_id == batch_id)
        connection.execute(mine.values(requests=requests, state=AskedState.RESERVED))
        loads = [
            {"officer_hash": hashed, "batch_id": batch_id, "day": on, "requests": requests}
            for hashed, requests in facts.officers.items()
        ]
        if loads:
            connection.execute(insert(CASELOAD), loads)
    if agreement.in_force.covers(on):
        forget(connection, min(on, seen), agreement.limits)


def forget(connection: Connection, on: date, limits: Limits) -> None:
    """Delete what no window that ends with `on` reaches. The questions are looked through only
    where a file has left the window."""
    guards, table = limits.guards, ASKED_FILE.c
    begins = _begins(on, max(guards.window_days, limits.window_of_matters))
    left = (table.day < begins) & table.held
    going = connection.execute(select(table.number, table.batch_id).where(left)).all()
    longest = max(YEAR_DAYS, guards.window_days, limits.window_of_matters, guards.days_of_probes)
    gone_by = table.day <= on.toordinal() - longest
    ended = connection.execute(select(table.batch_id).where(gone_by)).scalars().all()
    for batch_id in {*ended, *(batch_id for _, batch_id in going)}:
        touch_file(connection, batch_id)
    if going:
        forget_files(connection, [number for number, _ in going])
        for asked in (ASKED, ASKED_AT):
            connection.execute(delete(asked).where(asked.c.day < begins))
        gone = select(table.number).where(left)
        for asked, number in (
            (ASKED_QUESTION, ASKED_QUESTION.c.number // ROWS_OF_FILE),
            (ASKED_KEY, ASKED_KEY.c.number // ROWS_OF_FILE),
            (ASKED_MATTER, ASKED_MATTER.c.file),
        ):
            connection.execute(delete(asked).where(number.in_(gone)))
        connection.execute(update(ASKED_FILE).where(left).values(held=False))
        sum_earlier(connection)
    connection.execute(delete(ASKED_FILE).where(gone_by))


def times_asked_at(
    connection: Connection, address: int, keys: Iterable[int], begins: int, today: int
) -> int:
    """How many requests named this hashed exact address in the days `begins` to `today`
    (ordinals), over all files that count. `keys` are the home keys of a question at it."""
    past = {"begins": begins, "today": today, "batch": ""}
    numbers = _read(connection, "numbers", keys=keys, own=0, **past)
    asked = {number for _, number in numbers}
    found = _read(connection, "questions", keys=asked) if asked else []
    mine = address.to_bytes(8, "big", signed=True)
    at = (ASKED_AT.c.door == address, ASKED_AT.c.day.between(begins, today))
    earlier = connection.execute(select(func.sum(ASKED_AT.c.times)).where(*at)).scalar_one() or 0
    return sum(bytes(question)[16:24] == mine for _, question in found) + int(earlier)
