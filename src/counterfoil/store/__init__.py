"""Where rows rest: one database, one engine, one set of migrations; no table is defined here.

A room defines its tables in its own `tables.py` on `METADATA` and makes them in its own migration
under `migrations/versions/`. Rooms take a `Connection` from the flow, so that a ledger entry and
the state that it proves become durable in the same commit, or not at all.

SQLite runs in WAL mode with `synchronous=FULL`: a commit that returned survives a power cut. Writers take turns
(`BEGIN IMMEDIATE`, waiting up to 30 seconds); readers see one moment, do not wait, and cannot write. SQLite is the only
database that has the append-only triggers, so any other is refused.
"""

from __future__ import annotations

from sqlalchemy import Connection

from counterfoil.store.engine import METADATA, Store, create_store, open_store
from counterfoil.store.prepared import Prepared

__all__ = ["METADATA", "Connection", "Prepared", "Store", "create_store", "open_store"]
