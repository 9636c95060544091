"""What the guards remember between batches: table `caseload`.

    officer_hash   16 bytes, HMAC-SHA256 under the office's history key (facts.py): no id rests here
    batch_id       the batch that named the officer
    day            the day on which the batch was received
    requests       how many of its requests named the officer

Trusted: yes, for refusing only. Who lowers a count lets an officer be named more often than agreed;
the ledger's entries still show every request. If the table is lost, windows begin empty: say so in
the ledger and lower the limit meanwhile. If the history key is lost, old counts can no longer be found.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Date, Index, Integer, LargeBinary, String, Table

from counterfoil.store import METADATA

CASELOAD: Final = Table(
    "caseload",
    METADATA,
    Column("officer_hash", LargeBinary(16), primary_key=True),
    Column("batch_id", String(64), primary_key=True),
    Column("day", Date, nullable=False),
    Column("requests", Integer, nullable=False),
    Index("caseload_day", "day"),
)
