"""Where rows rest: one database, one engine, one set of migrations; no table is defined here.

A room defines its tables in its own `tables.py` on `METADATA` and makes them in its own migration
under `migrations/versions/`. Rooms take a `Connection` from the flow, so that a ledger entry and
the state that it proves become durable in the same commit, or not at all.

The embedded default is SQLite (sqlite.py); PostgreSQL (postgres.py) keeps the same promises, which
one test holds both to: a commit that returned survives a power cut; writers take turns and wait up
to 30 seconds; readers see one moment, do not wait, and cannot write; the ledger's tables are only
added to (triggers.py). Any other database is refused.
"""

from __future__ import annotations

from sqlalchemy import Connection

from counterfoil.database.engine import (
    METADATA,
    Store,
    Watch,
    create_store,
    file_of,
    look_at_store,
    open_own_store,
    open_store,
)
from counterfoil.database.prepared import Prepared

__all__ = [
    "METADATA",
    "Connection",
    "Prepared",
    "Store",
    "Watch",
    "create_store",
    "file_of",
    "look_at_store",
    "open_own_store",
    "open_store",
]
