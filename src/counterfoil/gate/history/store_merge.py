"""Reads and records the guards' memory of whole files on the flow's connection; see tables.py for
what rests there.

Recording a batch again adds nothing, so a run that was cut off can be run again. The questions of a
file are in memory.py.
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import Connection, func, insert, select

from counterfoil.gate.history.batch_counts import BatchFacts, History
from counterfoil.gate.history.store import YEAR_DAYS, forget
from counterfoil.gate.history.tables import ASKED_FILE, CASELOAD
from counterfoil.gate.law.agreement import Agreement, Limits


def load_history(
    connection: Connection, facts: BatchFacts, batch_id: str, on: date, limits: Limits
) -> History:
    """What earlier files asked, in the limits' windows that end with `on`, this batch left out."""
    window_days = limits.officer_caseload.window_days
    begins = on - timedelta(days=window_days - 1)
    in_window = CASELOAD.c.day.between(begins, on) & (CASELOAD.c.batch_id != batch_id)
    asked = (
        select(CASELOAD.c.officer_hash, func.sum(CASELOAD.c.requests))
        .where(in_window)
        .group_by(CASELOAD.c.officer_hash)
    )
    officers = {
        bytes(hashed): int(requests)
        for hashed, requests in connection.execute(asked)
        if bytes(hashed) in facts.officers
    }
    files = _files(connection, batch_id, on, max(YEAR_DAYS, limits.guards.lockout_days + 1))
    today, year = on.toordinal(), on.toordinal() - YEAR_DAYS
    return History(
        officers,
        sum(requests for day, requests, _ in files if day == today),
        sum(requests for day, requests, _ in files if day > year),
        tuple((date.fromordinal(day), probes) for day, _, probes in files if probes),
    )


def _files(
    connection: Connection, batch_id: str, on: date, days: int
) -> list[tuple[int, int, int]]:
    """(day, requests, probes) of the other files of the last days."""
    table, today = ASKED_FILE.c, on.toordinal()
    in_window = table.day.between(today - days + 1, today) & (table.batch_id != batch_id)
    found = connection.execute(select(table.day, table.requests, table.probes).where(in_window))
    return [(day, requests, probes) for day, requests, probes in found]


def record_batch(
    connection: Connection, facts: BatchFacts, batch_id: str, on: date, agreement: Agreement
) -> None:
    """Record how much this batch asks and how often it names each engaged officer. Idempotent for a
    batch id.

    Called before its first row is decided, so that files received at the same time count each
    other. What no window reaches any more is forgotten, on days within the agreement's dates only:
    a clock that jumps must not empty the memory.
    """
    held = connection.execute(
        select(CASELOAD.c.officer_hash).where(CASELOAD.c.batch_id == batch_id)
    )
    known = {bytes(hashed) for (hashed,) in held}
    rows = [
        {"officer_hash": hashed, "batch_id": batch_id, "day": on, "requests": requests}
        for hashed, requests in facts.officers.items()
        if hashed not in known
    ]
    if rows:
        connection.execute(insert(CASELOAD), rows)
    if (
        connection.execute(
            select(ASKED_FILE.c.day).where(ASKED_FILE.c.batch_id == batch_id)
        ).first()
        is None
    ):
        requests = min(facts.rows, agreement.limits.batch_rows)
        row = {
            "batch_id": batch_id,
            "day": on.toordinal(),
            "requests": requests,
            "probes": 0,
            "held": True,
        }
        connection.execute(insert(ASKED_FILE).values(row))
    if agreement.in_force.covers(on):
        forget(connection, on, agreement.limits.guards)
