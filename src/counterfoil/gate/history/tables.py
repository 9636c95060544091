"""What is remembered between batches: four tables.

`caseload`: who is engaged

    officer_hash   16 bytes under the office's history key (batch_counts.py): no id is stored
    batch_id       the batch that named the officer
    day            the day on which the batch was received
    requests       how many of its requests named the officer

`asked`: who was asked about, where and with what request; forgotten after the longest window

    person, door, content    64-bit keyed hashes (fingerprints.py; `door` is the address's); person
                             and door are 0 where there is none
    batch_id       the file that asked
    day            the day on which the file was received, counted as `date.toordinal` does
    times          how many of its requests asked just this

`asked_at`: the same by address: door, person, batch_id, day, times

`asked_file`: how much was asked, one row a file; forgotten after a year

    batch_id, day  as above
    requests       requests of the file, at most the agreement's limit of a file: a file too large
                   uses no more of a quota
    probes         how many of them a guard against probing refused
    held           whether its questions are still remembered

Trusted: yes, for refusing only. Whoever lowers a count lets an officer be named more often than
agreed; the ledger's entries still show every request. If a table is lost, its windows begin empty:
say so in the ledger and lower the limit meanwhile. If the history key is lost, old counts can no
longer be found.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Date, Index, Integer, LargeBinary, String, Table

from counterfoil.database import METADATA

CASELOAD: Final = Table(
    "caseload",
    METADATA,
    Column("officer_hash", LargeBinary(16), primary_key=True),
    Column("batch_id", String(64), primary_key=True),
    Column("day", Date, nullable=False),
    Column("requests", Integer, nullable=False),
    Index("caseload_day", "day"),
)

ASKED: Final = Table(
    "asked",
    METADATA,
    Column("person", BigInteger, primary_key=True, autoincrement=False),
    Column("door", BigInteger, primary_key=True, autoincrement=False),
    Column("content", BigInteger, primary_key=True, autoincrement=False),
    Column("batch_id", String(64), primary_key=True),
    Column("day", Integer, nullable=False),
    Column("times", Integer, nullable=False),
    sqlite_with_rowid=False,
)

ASKED_AT: Final = Table(
    "asked_at",
    METADATA,
    Column("door", BigInteger, primary_key=True, autoincrement=False),
    Column("person", BigInteger, primary_key=True, autoincrement=False),
    Column("batch_id", String(64), primary_key=True),
    Column("day", Integer, nullable=False),
    Column("times", Integer, nullable=False),
    sqlite_with_rowid=False,
)

ASKED_FILE: Final = Table(
    "asked_file",
    METADATA,
    Column("batch_id", String(64), primary_key=True),
    Column("day", Integer, nullable=False),
    Column("requests", Integer, nullable=False),
    Column("probes", Integer, nullable=False),
    Column("held", Boolean, nullable=False),
)
