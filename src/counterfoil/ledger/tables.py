"""The ledger's four tables. All of them only grow; migrations 0001_ledger and 0006_cosigned make
them and the triggers that hold it.

    ledger_block        start, stop, time, counts, entries: the entries start .. stop-1, which were
                        appended together
    ledger_tile         level, idx, root (32 bytes), hashes (8,192 bytes): full tiles only, made
                        from the entries
    ledger_checkpoint   size, note: each checkpoint that this office signed
    ledger_cosigned     number (1, 2, ...), note: each checkpoint that came back from the witnesses
                        with their quorum

A block is a bundle of C2SP tlog-tiles (each entry after its length in two bytes) within one tile,
so of 1 to 256 entries: a row for each entry would cost more than making and hashing it. `time` and
`counts` (JSON: running count of each kind after the block) repeat what the entries say, so that the
next append reads one row.

Trusted: nothing. `ledger check` reckons columns, tiles and roots anew from the entries. Who owns
the file can drop a trigger and rewrite history: that is found against a checkpoint, signed here or
held by someone else. Who deletes the newest entries together with every checkpoint that covers them
is found only by a checkpoint held elsewhere: publish them. What is lost is lost: back the file up.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

from counterfoil.database import METADATA

_KEY: Final = BigInteger().with_variant(Integer, "sqlite")

BLOCK: Final = Table(
    "ledger_block",
    METADATA,
    Column("start", _KEY, primary_key=True, autoincrement=False),
    Column("stop", BigInteger, nullable=False),
    Column("time", String(20), nullable=False),
    Column("counts", Text, nullable=False),
    Column("entries", LargeBinary, nullable=False),
)

TILE: Final = Table(
    "ledger_tile",
    METADATA,
    Column("level", Integer, nullable=False),
    Column("idx", BigInteger, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("hashes", LargeBinary, nullable=False),
    PrimaryKeyConstraint("level", "idx"),
    sqlite_with_rowid=False,
)

CHECKPOINT: Final = Table(
    "ledger_checkpoint",
    METADATA,
    Column("size", _KEY, primary_key=True, autoincrement=False),
    Column("note", Text, nullable=False),
)

COSIGNED: Final = Table(
    "ledger_cosigned",
    METADATA,
    Column("number", _KEY, primary_key=True, autoincrement=False),
    Column("note", Text, nullable=False),
)
