"""Remembers what was asked, and recalls it for a chunk of questions: three queries a chunk, none a row. See tables.py.

A row of a batch is remembered once, however often its chunk is run again. What a batch asked itself is not its past.
Batches that are received at the same time see each other's questions as far as they are committed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import Column, Connection, delete, func, insert, select, update

from counterfoil.gate.agreement import Guards
from counterfoil.gate.guards import Counts, Question, group
from counterfoil.gate.tables import ASKED, ASKED_FILE

YEAR_DAYS: Final = 365
_AT_ONCE: Final = 4096
"""Hashes in one query: databases limit the values of a statement."""

Remembered = tuple[int, Question, bool]
"""A row's number, its question, and whether a guard against probing refused it."""


def recall(connection: Connection, questions: Sequence[Question], batch_id: str, on: date, window_days: int) -> Counts:
    """What earlier batches asked about these questions' people, doors and contents in the days that end with `on`."""
    past = (
        (ASKED.c.day > on.toordinal() - window_days) & (ASKED.c.day <= on.toordinal()) & (ASKED.c.batch_id != batch_id)
    )
    by_person = list(_asked(connection, past, ASKED.c.person, {each.person for each in questions}, ASKED.c.door))
    by_door = list(_asked(connection, past, ASKED.c.door, {each.door for each in questions}, ASKED.c.person))
    by_content = _asked(connection, past, ASKED.c.content, {each.content for each in questions}, ASKED.c.content)
    attempts: dict[int, int] = {}
    for person, _, times in by_person:
        attempts[person] = attempts.get(person, 0) + times
    return Counts(attempts, _sets(by_person), _sets(by_door), {content: times for content, _, times in by_content})


def _asked(
    connection: Connection, past: Any, key: Column[int], hashes: set[int], value: Column[int]
) -> Iterator[tuple[int, int, int]]:
    """(key, value, requests) of the past under these keys."""
    wanted = sorted(hashes - {0})
    for start in range(0, len(wanted), _AT_ONCE):
        here = past & key.in_(wanted[start : start + _AT_ONCE])
        for found in connection.execute(select(key, value, func.count()).where(here).group_by(key, value)):
            yield found[0], found[1], found[2]


def _sets(rows: list[tuple[int, int, int]]) -> dict[int, set[int]]:
    keys = [key for key, _, _ in rows]
    return group(keys, [value for _, value, _ in rows], dict.fromkeys(keys, 1))


def remember(connection: Connection, batch_id: str, on: date, rows: Iterable[Remembered]) -> None:
    """Keep a chunk's questions, in the commit that keeps the chunk. Rows that are kept already stay as they are."""
    asked = list(rows)
    if not asked:
        return
    first, last = asked[0][0], asked[-1][0]
    held = select(ASKED.c.row).where(ASKED.c.batch_id == batch_id, ASKED.c.row.between(first, last))
    known = set(connection.execute(held).scalars())
    new = [
        {
            "batch_id": batch_id, "row": row, "day": on.toordinal(), "person": question.person, "door": question.door,
            "content": question.content, "probe": probe,
        }
        for row, question, probe in asked
        if row not in known
    ]  # fmt: skip
    if new:
        connection.execute(insert(ASKED), new)
        probes = ASKED_FILE.c.probes + sum(bool(row["probe"]) for row in new)
        connection.execute(update(ASKED_FILE).where(ASKED_FILE.c.batch_id == batch_id).values(probes=probes))


def forget(connection: Connection, on: date, guards: Guards) -> None:
    """Delete what no window reaches any more, batch by batch."""
    begins = on.toordinal() - guards.window_days + 1
    old = select(ASKED_FILE.c.batch_id).where(ASKED_FILE.c.day < begins)
    connection.execute(delete(ASKED).where(ASKED.c.batch_id.in_(old)))
    longest = max(YEAR_DAYS, guards.window_days, guards.lockout_days + 1)
    connection.execute(delete(ASKED_FILE).where(ASKED_FILE.c.day <= on.toordinal() - longest))
