"""The batches in outline, for who lists a page of them: all are checked, and none is read but those
that are shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from sqlalchemy import Connection, func, select

from counterfoil.batches.batch import Batch, batch_from_row
from counterfoil.batches.remembered import check_batches
from counterfoil.batches.states import BatchState
from counterfoil.batches.tables import BATCH

_AT_ONCE: Final = 500
"""Ids in one question to the database."""


class Outline(NamedTuple):
    """A batch's id, its state, when it was received, as text, and how many of its rows wait."""

    id: str
    state: str
    received_at: str
    waiting: int


def outline_batches(connection: Connection, waiting: str, admitted: str) -> list[Outline]:
    """Every batch, oldest first. `waiting`, `admitted`: the names under which it counts rows that
    wait and those of them that were admitted since. Raises VerifyFault `row_disagrees`."""
    check_batches(connection)
    waits, since = (
        func.coalesce(BATCH.c.counts[name].as_integer(), 0) for name in (waiting, admitted)
    )
    chosen = select(BATCH.c.id, BATCH.c.state, BATCH.c.received_at, waits - since)
    rows = connection.execute(chosen.order_by(BATCH.c.received_at, BATCH.c.id)).all()
    return [Outline(*row) for row in rows]


def batches_in(connection: Connection, states: Sequence[BatchState]) -> list[Batch]:
    """The batches in these states, oldest first. Raises VerifyFault `row_disagrees`."""
    check_batches(connection)
    chosen = select(BATCH).where(BATCH.c.state.in_(states))
    ordered = chosen.order_by(BATCH.c.received_at, BATCH.c.id)
    return [batch_from_row(row) for row in connection.execute(ordered).mappings()]


def closed_with_rows(connection: Connection, states: Sequence[BatchState]) -> list[str]:
    """The ids of the batches in these states whose key is kept, oldest first. Raises VerifyFault
    `row_disagrees`."""
    check_batches(connection)
    kept = BATCH.c.state.in_(states), BATCH.c.wrapped_key.is_not(None)
    chosen = select(BATCH.c.id).where(*kept).order_by(BATCH.c.received_at, BATCH.c.id)
    return list(connection.execute(chosen).scalars())


def read_batches(connection: Connection, ids: Sequence[str]) -> list[Batch]:
    """The batches of these ids, in their order, which were checked in this transaction."""
    by_id: dict[str, Batch] = {}
    for at in range(0, len(ids), _AT_ONCE):
        chosen = select(BATCH).where(BATCH.c.id.in_(ids[at : at + _AT_ONCE]))
        found = connection.execute(chosen).mappings()
        by_id |= {row["id"]: batch_from_row(row) for row in found}
    return [by_id[each] for each in ids]
