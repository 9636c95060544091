"""What is remembered between batches.

`caseload`: who is engaged

    officer_hash   16 bytes under the office's history key (batch_counts.py): no id is stored
    batch_id       the batch that named the officer
    day            the day on which the batch was received
    requests       how many of its requests named the officer and count

`asked_file`: how much was asked, one row a file; forgotten after a year

    batch_id, day  as above; the day is counted as `date.toordinal` does
    number         of the file, from 1
    requests       requests of the file that count, at most the agreement's limit of a file
    probes         how many of them a guard against probing refused
    held           whether its questions are still remembered
    state          `reserved` while they count although nobody has answered; `final` once the batch
                   was determined; `free` where none of them counts: the file was refused whole, or
                   withdrawn before it was determined

`asked_question`: one row a request of a file that counts, or has counted

    number         2**32 times the file's number, and the row's place in the file from 0
    counts         whether it counts: not where it was answered `not_compared`
    question       its fingerprint (fingerprints.py): keyed hashes, the name sealed, and whether it
                   was refused, so that nobody put it to the register

`asked_key`: under which keys a question is found: (key, number of the question)

`asked_matter`: reasons and investigations: (kind, key, part, file), and how many requests `times`.
kind 0: the similar reason and the reason; kind 1: the investigation and the person under it

`asked`, `asked_at`: what the first version remembered, until no window reaches it; nothing is added

    person, door, content    its hashes (earlier.py; `door` is the address's)
    batch_id, day, times     the file, its day, how many of its requests asked just this

Trusted: yes, for refusing only. Whoever lowers a count lets an officer be named more often than
agreed; the ledger's entries still show every request. If a table is lost, its windows begin empty:
say so in the ledger and lower the limit meanwhile. If the history key is lost, old counts can no
longer be found.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
)

from counterfoil.database import METADATA

ROWS_OF_FILE: Final = 1 << 32
"""The numbers that the questions of one file may have."""
REASONS: Final = 0
INVESTIGATIONS: Final = 1
"""The kinds of matter."""


class AskedState(StrEnum):
    """Whether the questions of a file count. See the module."""

    RESERVED = "reserved"
    FINAL = "final"
    FREE = "free"


CASELOAD: Final = Table(
    "caseload",
    METADATA,
    Column("officer_hash", LargeBinary(16), primary_key=True),
    Column("batch_id", String(64), primary_key=True),
    Column("day", Date, nullable=False),
    Column("requests", Integer, nullable=False),
    Index("caseload_day", "day"),
)

ASKED_FILE: Final = Table(
    "asked_file",
    METADATA,
    Column("batch_id", String(64), primary_key=True),
    Column("day", Integer, nullable=False),
    Column("requests", Integer, nullable=False),
    Column("probes", Integer, nullable=False),
    Column("held", Boolean, nullable=False),
    Column("number", Integer, nullable=False),
    Column("state", String(16), nullable=False),
)

ASKED_QUESTION: Final = Table(
    "asked_question",
    METADATA,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("counts", Boolean, nullable=False),
    Column("question", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

ASKED_KEY: Final = Table(
    "asked_key",
    METADATA,
    Column("key", BigInteger, primary_key=True, autoincrement=False),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

ASKED_MATTER: Final = Table(
    "asked_matter",
    METADATA,
    Column("kind", SmallInteger, primary_key=True, autoincrement=False),
    Column("key", BigInteger, primary_key=True, autoincrement=False),
    Column("part", BigInteger, primary_key=True, autoincrement=False),
    Column("file", Integer, primary_key=True, autoincrement=False),
    Column("times", Integer, nullable=False),
    sqlite_with_rowid=False,
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
