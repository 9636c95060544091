"""Tables of this room. Nothing of a person's record stands in clear in any of them.

office_officer   enrolled officers and their roles. Public.
batch            one request file: state, digests, the two signatures (ruling.py), how many steps it
                 took (`generation`, 0 when it is received), and how often it was sent back to be
                 determined anew (`round`). Public but for `wrapped_key`, which opens nothing
                 without the office's payload key.
chunk            sealed rows (rows.py, encryption.py). Lost: the batch cannot be answered or
                 replayed; the ledger still verifies.

Trusted: no. An officer's row, a batch's row, and of each batch how many chunks of each kind there
are, with how many rows and openings, are remembered (database/remembered.py): where they are not
what the newest entry about them commits to, whoever loads them stops. What a chunk holds is bound
by its key. Not remembered: chunks of an answer, and of what the guards knew.

Times are text, UTC, `2026-04-07T12:00:00Z`; dates `2026-04-07`. Absent text is "".
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Integer, LargeBinary, String, Table

from counterfoil.database import METADATA

OFFICER: Final = Table(
    "office_officer",
    METADATA,
    Column("name", String, primary_key=True),
    Column("vkey", String, nullable=False, unique=True),
    Column("public_key", String, nullable=False, unique=True),
    Column("enrolled_at", String, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("role", String, nullable=False),
)

BATCH: Final = Table(
    "batch",
    METADATA,
    Column("id", String, primary_key=True),
    Column("state", String, nullable=False),
    Column("held_from", String, nullable=False),
    Column("identity", String, nullable=False, unique=True),
    Column("file_digest", String, nullable=False),
    Column("agreement", String, nullable=False),
    Column("agreement_digest", String, nullable=False),
    Column("rules_digest", String, nullable=False),
    Column("snapshot", String, nullable=False),
    Column("header", JSON, nullable=False),
    Column("received_at", String, nullable=False),
    Column("gate_date", String, nullable=False),
    Column("wrapped_key", LargeBinary, nullable=True),
    Column("counts", JSON, nullable=False),
    Column("determinations_digest", String, nullable=False),
    Column("first_officer", String, nullable=False),
    Column("first_signature", String, nullable=False),
    Column("second_officer", String, nullable=False),
    Column("second_signature", String, nullable=False),
    Column("released_at", String, nullable=False),
    Column("release_index", Integer, nullable=True),
    Column("generation", Integer, nullable=False),
    Column("round", Integer, nullable=False),
)

CHUNK: Final = Table(
    "chunk",
    METADATA,
    Column("batch_id", String, ForeignKey("batch.id"), primary_key=True),
    Column("kind", String, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("row_count", Integer, nullable=False),
    Column("opened", Boolean, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("openings", Integer, nullable=False),
)
