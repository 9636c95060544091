"""A page of the batches, for who lists them; the rows of the others are checked, and not read."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection, select

from counterfoil.batches.batch import Batch, batch_from_row
from counterfoil.batches.remembered import check_batches
from counterfoil.batches.states import BatchState
from counterfoil.batches.tables import BATCH


class BatchesPage(NamedTuple):
    """A page of batches; when those that are open were received, oldest first, as texts; the number
    of the page from 1, and how many there are."""

    batches: list[Batch]
    waiting: tuple[str, ...]
    number: int
    pages: int


def page_batches(
    connection: Connection, open_states: Collection[BatchState], number: int, size: int
) -> BatchesPage:
    """A page of the batches: those in an open state, oldest first, and then the others, newest
    first. All are checked, and none but those of the page is read."""
    check_batches(connection)
    chosen = select(BATCH.c.id, BATCH.c.state, BATCH.c.received_at)
    rows = connection.execute(chosen.order_by(BATCH.c.received_at, BATCH.c.id)).all()
    waiting = [row for row in rows if row.state in open_states]
    ordered = waiting + [row for row in reversed(rows) if row.state not in open_states]
    pages = max(1, -(-len(ordered) // size))
    number = min(max(number, 1), pages)
    wanted = [row.id for row in ordered[(number - 1) * size : number * size]]
    found = connection.execute(select(BATCH).where(BATCH.c.id.in_(wanted))).mappings()
    by_id = {row["id"]: batch_from_row(row) for row in found}
    received = tuple(row.received_at for row in waiting)
    return BatchesPage([by_id[each] for each in wanted], received, number, pages)
