"""The accounting that earlier versions kept when they disposed of a batch's rows. Table
`accounting`; nothing writes it any more, and nothing deletes it:

    batch_id     the batch
    seq          0, 1, 2 ... in the order of its rows
    row_count    how many lines the chunk has
    sealed       the lines, sealed under the accounting key (lines.py)

Trusted: no, a chunk that was altered does not open. Lost: it cannot be made again, so back it up.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Column, Connection, Integer, LargeBinary, String, Table, select

from counterfoil.database import METADATA

ACCOUNTING: Final = Table(
    "accounting",
    METADATA,
    Column("batch_id", String, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("row_count", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)


def read_accounting(connection: Connection, batch_id: str) -> Iterator[tuple[int, bytes]]:
    """(seq, sealed) of each chunk of a batch's accounting, in order."""
    chosen = select(ACCOUNTING.c.seq, ACCOUNTING.c.sealed).where(ACCOUNTING.c.batch_id == batch_id)
    for seq, sealed in connection.execute(chosen.order_by(ACCOUNTING.c.seq)):
        yield int(seq), bytes(sealed)
