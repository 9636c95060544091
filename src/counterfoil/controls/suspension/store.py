"""Orders that stop and lift: what an entry `suspension` or `resumption` commits to. Table
`standing_order`.

    number          1, 2, 3 ...
    kind            suspension | resumption
    order_digest    SHA-256 of the order's file; the file itself stays where the office keeps its
                    papers
    salt            32 bytes: commitment of the entry = canon.commit(salt, order_digest)
    reach           what it reaches, as controls/suspension/scope.py writes it
    officer, second names of the officers whose keys were at hand; second "" for a suspension
    entered_at      UTC
    entry_index     the entry's index in the ledger

Trusted: no. Every row is held against its entry and the ledger's counts in each commit of each step
(controls/suspension/stopped.py). Who alters or deletes a row brings the whole office to a stand,
and can let nothing go on that was stopped. Lost: the same; the entries still stand, and the backup
has the rows.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Column, Connection, Integer, LargeBinary, String, Table, func, insert, select

from counterfoil.batches.batch import from_instant, instant_text
from counterfoil.core.values import Public
from counterfoil.database import METADATA

ORDER: Final = Table(
    "standing_order",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("order_digest", String, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("reach", String, nullable=False),
    Column("officer", String, nullable=False),
    Column("second", String, nullable=False),
    Column("entered_at", String, nullable=False),
    Column("entry_index", Integer, nullable=False),
)


class Order(Public, frozen=True, gc=False):
    """One order as it was entered. See the module."""

    kind: str
    order_digest: str
    salt: bytes
    reach: str
    officer: str
    second: str
    entered_at: datetime
    entry_index: int


def keep_order(connection: Connection, order: Order) -> None:
    """Keep what an entry commits to, in the commit of the entry."""
    highest = connection.execute(select(func.coalesce(func.max(ORDER.c.number), 0))).scalar_one()
    row = {name: getattr(order, name) for name in order.__struct_fields__}
    row |= {"number": highest + 1, "entered_at": instant_text(order.entered_at)}
    connection.execute(insert(ORDER).values(row))


def list_orders(connection: Connection) -> list[Order]:
    """Every order, oldest first."""
    columns = [ORDER.c[name] for name in Order.__struct_fields__]
    rows = connection.execute(select(*columns).order_by(ORDER.c.number)).mappings()
    return [_order(dict[str, Any](row)) for row in rows]


def _order(row: dict[str, Any]) -> Order:
    row["entered_at"] = from_instant(row["entered_at"])
    return Order(**row)


def order_was_used(connection: Connection, order_digest: str) -> bool:
    """Whether this office acted on the order before."""
    found = connection.execute(select(ORDER.c.number).where(ORDER.c.order_digest == order_digest))
    return found.first() is not None
