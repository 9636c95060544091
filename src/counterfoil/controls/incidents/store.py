"""Incidents: what an entry `incident` commits to, and the clock that runs from it. Table
`incident`.

    number        1, 2, 3 ...
    class         one of CLASSES
    found_at      when somebody of the holder first saw it, UTC
    opened_at     when it was entered, UTC
    batch         the batch that it is about, or ""
    officer       who opened it; "" where the office did by itself (a canary was asked for)
    salt          32 bytes: the commitment of the entry that opened it = canon.commit(salt,
                  facts_bytes)
    entry_index   the index of that entry
    reported_at, closed_at    UTC, or "" while it is not

A report is due DUE_HOURS after an incident was found, not after it was entered. Nothing here holds
words of a person: there is no field for text, because what is found in an incident is mostly
somebody's data.

Trusted: no. The entries say when each was opened, reported and closed, and by whom. Lost: the
entries still stand.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    LargeBinary,
    RowMapping,
    String,
    Table,
    func,
    insert,
    select,
)

from counterfoil.batches.batch import from_instant, instant_text
from counterfoil.core import canonical
from counterfoil.core.errors import StateFault
from counterfoil.core.values import Public
from counterfoil.database import METADATA

DUE_HOURS: Final = 24
"""From finding a possible improper inspection or disclosure to telling the inspector general
(LAW.md F18: IRS Publication 1075)."""

INCIDENT: Final = Table(
    "incident",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("class", String, nullable=False),
    Column("found_at", String, nullable=False),
    Column("opened_at", String, nullable=False),
    Column("batch", String, nullable=False),
    Column("officer", String, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("entry_index", Integer, nullable=False),
    Column("reported_at", String, nullable=False),
    Column("closed_at", String, nullable=False),
)


class IncidentClass(StrEnum):
    """What is thought to have happened. The closed list, in the words of the command line."""

    WRONG_ANSWER = "wrong-answer"
    UNLAWFUL_DISCLOSURE = "unlawful-disclosure"
    UNAUTHORISED_INSPECTION = "unauthorised-inspection"
    COPY_LOST = "copy-lost"
    KEY_LOST = "key-lost"
    LEDGER_FAULT = "ledger-fault"
    USE_BEYOND_AGREEMENT = "use-beyond-agreement"
    CANARY_ASKED = "canary-asked"


CLASSES: Final[dict[IncidentClass, str]] = {
    IncidentClass.WRONG_ANSWER: "Answers that were released were wrong, or not compared as they "
    "should have been.",
    IncidentClass.UNLAWFUL_DISCLOSURE: "Answers left for a request that the law did not admit.",
    IncidentClass.UNAUTHORISED_INSPECTION: "Somebody of the holder looked at records or "
    "evidence without a reason.",
    IncidentClass.COPY_LOST: "A copy of requests, answers or the register is where it should "
    "not be.",
    IncidentClass.KEY_LOST: "A key or a passphrase is lost, or known to somebody else.",
    IncidentClass.LEDGER_FAULT: "The ledger does not check, or a witness refused a checkpoint.",
    IncidentClass.USE_BEYOND_AGREEMENT: "The requester used answers for another purpose or "
    "passed them on.",
    IncidentClass.CANARY_ASKED: "A made-up person or address was asked for, which nobody can "
    "truthfully ask about.",
}


class Incident(Public, frozen=True, gc=False):
    """One incident as it stands. See the module."""

    number: int
    about: IncidentClass
    found_at: datetime
    opened_at: datetime
    batch: str
    officer: str
    salt: bytes
    entry_index: int
    reported_at: datetime | None = None
    closed_at: datetime | None = None

    @property
    def due_at(self) -> datetime:
        """When the report is due."""
        return self.found_at + timedelta(hours=DUE_HOURS)

    def facts_bytes(self) -> bytes:
        """What the entry that opened it commits to."""
        return canonical.encode(
            {"batch": self.batch, "class": str(self.about), "found_at": instant_text(self.found_at)}
        )


def next_number(connection: Connection) -> int:
    """The number of the next incident."""
    return (
        int(connection.execute(select(func.coalesce(func.max(INCIDENT.c.number), 0))).scalar_one())
        + 1
    )


def keep_incident(connection: Connection, incident: Incident) -> None:
    """Keep an incident that was entered, in the commit of its entry."""
    row: dict[str, Any] = {
        "number": incident.number,
        "class": str(incident.about),
        "batch": incident.batch,
        "officer": incident.officer,
        "found_at": instant_text(incident.found_at),
        "opened_at": instant_text(incident.opened_at),
        "salt": incident.salt,
        "entry_index": incident.entry_index,
        "reported_at": "",
        "closed_at": "",
    }
    connection.execute(insert(INCIDENT).values(row))


def find_incident(connection: Connection, number: int) -> Incident:
    """The incident of this number. Raises StateFault `incident_unknown`."""
    row = connection.execute(select(INCIDENT).where(INCIDENT.c.number == number)).mappings().first()
    if row is None:
        raise StateFault(
            "incident_unknown",
            "this office has no incident of that number",
            place=str(number),
            cure="`counterfoil incident list` shows those it has.",
        )
    return _incident(row)


def list_incidents(connection: Connection) -> list[Incident]:
    """Every incident, oldest first."""
    return [
        _incident(row)
        for row in connection.execute(select(INCIDENT).order_by(INCIDENT.c.number)).mappings()
    ]


def mark_reported(connection: Connection, incident: Incident, at: datetime) -> None:
    """Stop the clock. Raises StateFault `incident_reported` where it was stopped before."""
    if incident.reported_at is not None:
        raise StateFault(
            "incident_reported",
            "the incident was reported before",
            place=str(incident.number),
            cure="`counterfoil incident show` says when.",
        )
    _set(connection, incident, "reported_at", at)


def mark_closed(connection: Connection, incident: Incident, at: datetime) -> None:
    """Close a reported incident. Raises StateFault `incident_not_reported`, `incident_closed`."""
    if incident.reported_at is None:
        raise StateFault(
            "incident_not_reported",
            "the incident has not been reported, so it cannot be closed",
            place=str(incident.number),
            cure="Report it, then enter that with `counterfoil incident reported`.",
        )
    if incident.closed_at is not None:
        raise StateFault(
            "incident_closed",
            "the incident is closed",
            place=str(incident.number),
            cure="There is nothing to do.",
        )
    _set(connection, incident, "closed_at", at)


def _set(connection: Connection, incident: Incident, column: str, at: datetime) -> None:
    chosen = INCIDENT.update().where(INCIDENT.c.number == incident.number)
    connection.execute(chosen.values({column: instant_text(at)}))


def _incident(row: RowMapping) -> Incident:
    return Incident(
        row["number"],
        IncidentClass(row["class"]),
        from_instant(row["found_at"]),
        from_instant(row["opened_at"]),
        row["batch"],
        row["officer"],
        row["salt"],
        row["entry_index"],
        from_instant(row["reported_at"]) if row["reported_at"] else None,
        from_instant(row["closed_at"]) if row["closed_at"] else None,
    )
