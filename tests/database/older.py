"""A database as an older version made it."""

from __future__ import annotations

from counterfoil.database import engine


def make(url: str, revision: str) -> None:
    """Make the tables of the version whose newest migration is `revision`."""
    with engine._first(url) as (store, connection):
        engine._upgrade(connection, revision)
    store.close()
