"""What becomes of a file's questions once it was received: whether they count as asked.

    received      they are reserved: they count against later files at once (store.py)
    determined    they are final, with what the gate refused on the merits; what was answered
                  `not_compared` does not count, whatever kept it from being compared. A refused one
                  is marked as put to nobody: it counts, and its evidence was not tried
    withdrawn     before it was determined: all of them are free; after that they stay final

Each is written in the commit of its cause, so a run that was broken off leaves a reservation, which
counts, and the next run goes on from it. A batch that is determined again, after a hold, is counted
by what it was answered last.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence, Set
from typing import Final

from sqlalchemy import Connection, bindparam, delete, select, update

from counterfoil.core.values import Request
from counterfoil.database.prepared import Prepared
from counterfoil.gate.history.batch_counts import earlier_officer_hash, officers_hashed
from counterfoil.gate.history.fingerprints import (
    Fingerprinter,
    Fingerprints,
    forms_of,
    was_not_put,
    with_put,
)
from counterfoil.gate.history.memory_sum import change_rows, sum_earlier, touch_file
from counterfoil.gate.history.store import matters_of
from counterfoil.gate.history.tables import (
    ASKED,
    ASKED_AT,
    ASKED_FILE,
    ASKED_MATTER,
    ASKED_QUESTION,
    CASELOAD,
    INVESTIGATIONS,
    ROWS_OF_FILE,
    AskedState,
)

_ASKED_IN: Final = Prepared(
    select(ASKED_QUESTION.c.number, ASKED_QUESTION.c.counts, ASKED_QUESTION.c.question).where(
        ASKED_QUESTION.c.number.between(bindparam("first"), bindparam("last"))
    )
)
_KEEP_ASKED: Final = Prepared(
    update(ASKED_QUESTION)
    .where(ASKED_QUESTION.c.number == bindparam("of"))
    .values(question=bindparam("kept"))
)


def free_reservation(connection: Connection, batch_id: str) -> None:
    """Free what a withdrawn batch asked, unless it was determined before."""
    file = ASKED_FILE.c
    mine = (file.batch_id == batch_id, file.state == AskedState.RESERVED)
    touch_file(connection, batch_id)
    freed = update(ASKED_FILE).where(*mine).values(state=AskedState.FREE, requests=0, probes=0)
    if connection.execute(freed).rowcount:
        for table in (CASELOAD, ASKED, ASKED_AT):
            connection.execute(delete(table).where(table.c.batch_id == batch_id))
        sum_earlier(connection)


def make_final(connection: Connection, batch_id: str) -> None:
    """The batch was determined: what it asked counts, whatever becomes of the batch."""
    file = ASKED_FILE.c
    touch_file(connection, batch_id)
    mine = (file.batch_id == batch_id, file.state == AskedState.RESERVED)
    connection.execute(update(ASKED_FILE).where(*mine).values(state=AskedState.FINAL))


def settle(
    connection: Connection,
    key: bytes,
    batch_id: str,
    among: range,
    requests: Callable[[], Iterable[tuple[int, Request]]],
    unanswered: Set[int],
    refused: Set[int] = frozenset(),
) -> None:
    """Let the requests of a chunk count, but those that nobody answered, and mark the refused ones
    as put to nobody. `among` are the chunk's places in the file from 0, `requests` reads its
    requests with their places, where some of them change; `unanswered` and `refused` are some of
    these places; `key` is the history key. To settle a chunk again changes nothing, or what
    differs."""
    file = ASKED_FILE.c
    recorded = select(file.number, file.state).where(file.batch_id == batch_id)
    found = connection.execute(recorded).first()
    if found is None or found[1] == AskedState.FREE or not among:
        return
    first = found[0] * ROWS_OF_FILE
    question = ASKED_QUESTION.c
    places = question.number.between(first + among[0], first + among[-1])
    _mark_put(
        connection,
        range(first + among[0], first + among[-1] + 1),
        {first + place for place in refused},
    )
    before = connection.execute(select(question.number).where(places, ~question.counts)).scalars()
    was = {number - first for number in before}
    for counts, moved in ((False, unanswered - was), (True, was - unanswered)):
        if not moved:
            continue
        numbers = [first + place for place in moved]
        _let_count(connection, found[0], numbers, counts=counts)
        _move(
            connection,
            key,
            (batch_id, found[0]),
            [request for place, request in requests() if place in moved],
            1 if counts else -1,
        )


def _mark_put(connection: Connection, places: range, refused: Set[int]) -> None:
    """Mark the questions in `places`, by their numbers, as put to nobody where they were refused,
    and the others as they were first kept."""
    asked_in = _ASKED_IN.read(connection, first=places[0], last=places[-1])
    before = [
        (number, counts, bytes(asked))
        for number, counts, asked in asked_in
        if was_not_put(asked) != (number in refused)
    ]
    if not before:
        return
    after = [
        (number, counts, with_put(asked, number not in refused)) for number, counts, asked in before
    ]
    change_rows(connection, ASKED_QUESTION, before, after)
    _KEEP_ASKED.write(connection, [{"of": number, "kept": asked} for number, _, asked in after])


def _let_count(connection: Connection, file: int, numbers: Sequence[int], *, counts: bool) -> None:
    """Let these questions of a file count, or not."""
    question = ASKED_QUESTION.c
    mine = question.number.in_(numbers)
    asked = connection.execute(select(question.number, question.question).where(mine)).all()
    before, after = (
        [(number, each, bytes(asked_so)) for number, asked_so in asked]
        for each in (not counts, counts)
    )
    change_rows(connection, ASKED_QUESTION, before, after)
    connection.execute(update(ASKED_QUESTION).where(mine).values(counts=counts))


def _move(
    connection: Connection, key: bytes, file: tuple[str, int], moved: list[Request], sign: int
) -> None:
    """Add these requests to what the file counts as a whole, or take them from it."""
    batch_id, number = file
    touch_file(connection, batch_id)
    recorded = ASKED_FILE.c
    chosen = update(ASKED_FILE).where(recorded.batch_id == batch_id)
    connection.execute(chosen.values(requests=recorded.requests + sign * len(moved)))
    load, named = CASELOAD.c, Counter[bytes]()
    for request in moved:
        named.update(officers_hashed(key, request.engaged_officers))
        named.update({earlier_officer_hash(key, each) for each in request.engaged_officers})
    for hashed, times in sorted(named.items()):
        mine = (load.officer_hash == hashed, load.batch_id == batch_id)
        connection.execute(
            update(CASELOAD).where(*mine).values(requests=load.requests + sign * times)
        )
    rows = Fingerprinter(key).fingerprint(moved, forms_of(moved))
    missing = {
        of for (_, of, _), kept in _moved_matters(connection, rows, number, sign) if not kept
    }
    if not missing.isdisjoint(rows.investigations):  # the file came before their present keys
        _moved_matters(connection, rows, number, sign, as_written=True)


def _moved_matters(
    connection: Connection, rows: Fingerprints, file: int, sign: int, *, as_written: bool = False
) -> list[tuple[tuple[int, int, int], bool]]:
    """Add the matters of these rows to those that a file has, or take them from it; each with
    whether the file has it. `as_written`: investigations alone, under the keys that they had
    before."""
    matter, found = ASKED_MATTER.c, list[tuple[tuple[int, int, int], bool]]()
    for (kind, of, part), times in matters_of(rows, as_written=as_written):
        if as_written and kind != INVESTIGATIONS:
            continue
        mine = (matter.kind == kind, matter.key == of, matter.part == part, matter.file == file)
        was = connection.execute(select(matter.times).where(*mine)).scalar()
        found.append(((kind, of, part), was is not None))
        if was is not None:
            change = {"times": was + sign * times}
            connection.execute(update(ASKED_MATTER).where(*mine).values(change))
            row = (kind, of, part, file)
            change_rows(connection, ASKED_MATTER, [(*row, was)], [(*row, change["times"])])
    return found
