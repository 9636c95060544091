"""Orders over one batch, and what they do.

batch_order      number 1, 2, 3 ...; kind; digest of the order's file; salt of the entry's
                 commitment; officers; last day; index
                   retention_hold    its rows are kept, whatever the agreement's retention says
                   retention_lift    one such order is lifted
                   delay             persons are not told of its requests up to and with the day
                                     `until`
                 commitment of the entry = canon.commit(salt, canonical JSON of {"order": digest,
                 "until": day or ""})

Trusted: batch_order is, for delaying and for keeping: who alters it can have rows disposed of
early, or a person told early; the entries still show each order.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import (
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    func,
    insert,
    select,
)

from counterfoil.batches.batch import instant_text
from counterfoil.core import canonical
from counterfoil.core.values import Public
from counterfoil.database import METADATA

BATCH_ORDER: Final = Table(
    "batch_order",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("batch_id", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("order_digest", String, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("officer", String, nullable=False),
    Column("second", String, nullable=False),
    Column("until", String, nullable=False),
    Column("entered_at", String, nullable=False),
    Column("entry_index", Integer, nullable=False),
    Index("batch_order_batch", "batch_id"),
)


class OrderKind(StrEnum):
    """What an order over a batch does."""

    HOLD = "retention_hold"
    LIFT = "retention_lift"
    DELAY = "delay"


class BatchOrder(Public, frozen=True, gc=False):
    """One order as it was entered. See the module."""

    batch_id: str
    kind: OrderKind
    order_digest: str
    salt: bytes
    officer: str
    second: str
    until: str
    entered_at: datetime
    entry_index: int


def order_bytes(order_digest: str, until: str) -> bytes:
    """What the entry of an order over a batch commits to."""
    return canonical.encode({"order": order_digest, "until": until})


def keep_batch_order(connection: Connection, order: BatchOrder) -> None:
    """Keep what an entry commits to, in the commit of the entry."""
    highest = connection.execute(
        select(func.coalesce(func.max(BATCH_ORDER.c.number), 0))
    ).scalar_one()
    row = {name: getattr(order, name) for name in order.__struct_fields__}
    row |= {
        "number": highest + 1,
        "kind": order.kind.value,
        "entered_at": instant_text(order.entered_at),
    }
    connection.execute(insert(BATCH_ORDER).values(row))


def is_held(connection: Connection, batch_id: str) -> bool:
    """Whether more orders keep the batch's rows than were lifted."""
    counted = (
        select(BATCH_ORDER.c.kind, func.count())
        .where(BATCH_ORDER.c.batch_id == batch_id)
        .group_by(BATCH_ORDER.c.kind)
    )
    counts: dict[str, int] = {str(kind): int(count) for kind, count in connection.execute(counted)}
    return counts.get(OrderKind.HOLD, 0) > counts.get(OrderKind.LIFT, 0)


def was_used(connection: Connection, batch_id: str, order_digest: str) -> bool:
    """Whether this order was acted on before, over this batch."""
    where = (BATCH_ORDER.c.batch_id == batch_id, BATCH_ORDER.c.order_digest == order_digest)
    return connection.execute(select(BATCH_ORDER.c.number).where(*where)).first() is not None


def delayed_until(connection: Connection, batch_id: str) -> date | None:
    """The last day of the longest delay over a batch, or None."""
    where = (BATCH_ORDER.c.batch_id == batch_id, BATCH_ORDER.c.kind == OrderKind.DELAY)
    last = connection.execute(select(func.max(BATCH_ORDER.c.until)).where(*where)).scalar_one()
    return date.fromisoformat(last) if last else None
