"""Reads and records the guards' memory on the flow's connection; see tables.py for what rests there.

Recording a batch again adds nothing, so a run that was cut off can be run again.
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import Connection, func, insert, select

from counterfoil.gate.facts import BatchFacts, History
from counterfoil.gate.tables import CASELOAD


def load_history(connection: Connection, facts: BatchFacts, batch_id: str, on: date, window_days: int) -> History:
    """Earlier requests of this batch's officers in the `window_days` days that end with `on`, this batch left out."""
    begins = on - timedelta(days=window_days - 1)
    in_window = CASELOAD.c.day.between(begins, on) & (CASELOAD.c.batch_id != batch_id)
    asked = (
        select(CASELOAD.c.officer_hash, func.sum(CASELOAD.c.requests))
        .where(in_window)
        .group_by(CASELOAD.c.officer_hash)
    )
    return History(
        {
            bytes(hashed): int(requests)
            for hashed, requests in connection.execute(asked)
            if bytes(hashed) in facts.officers
        }
    )


def record_batch(connection: Connection, facts: BatchFacts, batch_id: str, on: date) -> None:
    """Record how often this batch names each engaged officer. Idempotent for a batch id."""
    held = connection.execute(select(CASELOAD.c.officer_hash).where(CASELOAD.c.batch_id == batch_id))
    known = {bytes(hashed) for (hashed,) in held}
    rows = [
        {"officer_hash": hashed, "batch_id": batch_id, "day": on, "requests": requests}
        for hashed, requests in facts.officers.items()
        if hashed not in known
    ]
    if rows:
        connection.execute(insert(CASELOAD), rows)
