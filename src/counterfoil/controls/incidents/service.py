"""Incidents: opened at once, reported within 24 hours, closed; and the report, filled in from the
ledger.

    open       an officer enters that something may have gone wrong: the clock runs from when it was
               found
    reported   an officer enters that the inspector general was told: the clock stops
    closed     an officer enters that nothing more is to be done

The report is facts that the office can show: digests, dates, counts and places in the ledger. It
holds nothing of a person's record, because nothing of it is read: rows stay sealed. What happened,
in words, is for the officer to write beside it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from counterfoil.batches import store as batches
from counterfoil.batches.batch import instant_text
from counterfoil.controls.incidents import store
from counterfoil.controls.incidents.store import CLASSES, Incident, IncidentClass
from counterfoil.controls.suspension.stopped import stopped
from counterfoil.core import canonical
from counterfoil.core.errors import UsageFault
from counterfoil.core.values import Officer, Public
from counterfoil.database import Connection
from counterfoil.ledger import Draft, EntryKind
from counterfoil.office import Office
from counterfoil.tlog import Signer

Mark = Callable[[Connection, Incident, datetime], None]
_COUNTED: Final = tuple(
    map(
        str,
        (
            EntryKind.GRANTED,
            EntryKind.REFUSED,
            EntryKind.REJECTED,
            EntryKind.DISCLOSURE,
            EntryKind.NOT_COMPARED,
        ),
    )
)


class BatchFacts(Public, frozen=True):
    """What the ledger and the batch's own row say of one batch. `entries` counts its entries by
    kind; no row is opened."""

    batch: str
    received_at: str
    principal: str
    agreement_digest: str
    rules_digest: str
    file_digest: str
    snapshot: str
    state: str
    released_at: str
    release_index: int | None
    officers: tuple[str, ...]
    entries: dict[str, int]


class Report(Public, frozen=True):
    """The fields of the report. Times are UTC text; `hours_left` is rounded down, negative once it
    is overdue."""

    office: str
    incident: int
    about: str
    sentence: str
    state: str
    found_at: str
    opened_at: str
    due_at: str
    reported_at: str
    hours_left: int
    holder: str
    requester: str
    agreement: str
    agreement_digest: str
    statutes: tuple[str, ...]
    ledger_size: int
    ledger_root: str
    suspended: bool
    suspensions: tuple[str, ...]
    batches: tuple[BatchFacts, ...]


def open_incident(
    office: Office, about: IncidentClass, found_at: datetime, batch: str, name: str, signer: Signer
) -> Incident:
    """Enter an incident. `batch`: what it is about, or "" for every batch that was released.

    Raises UsageFault `incident_found_later`, StateFault (officer, batch), StoreFault.
    """
    now = office.clock()
    if found_at > now:
        raise UsageFault(
            "incident_found_later",
            "an incident cannot have been found after now",
            place="--found-at",
            cure="Give the time in UTC, as 2026-03-02T14:05:00Z.",
        )
    with office.store.transaction() as connection:
        officer = batches.officer_with_key(connection, name, str(signer.verifier))
        if batch:
            batches.find_batch(connection, batch)
        return enter_incident(office, connection, about, found_at, batch, officer)


def enter_incident(
    office: Office,
    connection: Connection,
    about: IncidentClass,
    found_at: datetime,
    batch: str,
    officer: Officer | None,
) -> Incident:
    """Enter an incident in the caller's commit. No officer: the office found it by itself."""
    number, salt = store.next_number(connection), office.random(canonical.SALT_BYTES)
    name = officer.name if officer else ""
    opened = Incident(number, about, found_at, office.clock(), batch, name, salt, entry_index=0)
    entered = replace(opened, entry_index=_enter(office, connection, opened, officer, "opened"))
    store.keep_incident(connection, entered)
    return entered


def report_incident(office: Office, number: int, name: str, signer: Signer) -> Incident:
    """Enter that the inspector general was told. Raises StateFault."""
    return _go_on(office, number, (name, signer), store.mark_reported, "reported")


def close_incident(office: Office, number: int, name: str, signer: Signer) -> Incident:
    """Enter that nothing more is to be done. Raises StateFault."""
    return _go_on(office, number, (name, signer), store.mark_closed, "closed")


def _go_on(
    office: Office, number: int, who: tuple[str, Signer], mark: Mark, event: str
) -> Incident:
    name, signer = who
    with office.store.transaction() as connection:
        officer = batches.officer_with_key(connection, name, str(signer.verifier))
        incident = store.find_incident(connection, number)
        mark(connection, incident, office.clock())
        _enter(office, connection, incident, officer, event)
        return store.find_incident(connection, number)


def due_incidents(office: Office) -> list[tuple[Incident, int]]:
    """Incidents that are not closed, oldest first, each with the hours left to report it."""
    with office.store.reading() as connection:
        found = [each for each in store.list_incidents(connection) if each.closed_at is None]
    return [(each, hours_left(office, each)) for each in found]


def hours_left(office: Office, incident: Incident) -> int:
    """Whole hours until the report is due, from now or from when it was made; negative if that is
    late."""
    stopped = incident.reported_at or office.clock()
    return int((incident.due_at - stopped).total_seconds() // 3600)


def fill_report(office: Office, number: int) -> Report:
    """The report's fields as they stand now. Raises StateFault `incident_unknown`."""
    agreement = office.law.agreement
    with office.store.reading() as connection:
        incident = store.find_incident(connection, number)
        size, root = office.ledger.size(connection), office.ledger.root(connection).hex()
        still = stopped(office, connection)
        found = _batches(office, connection, incident, size)
    return Report(
        office=office.settings.name,
        incident=number,
        about=str(incident.about),
        sentence=CLASSES[incident.about],
        state=_state(incident),
        found_at=instant_text(incident.found_at),
        opened_at=instant_text(incident.opened_at),
        due_at=instant_text(incident.due_at),
        reported_at=instant_text(incident.reported_at) if incident.reported_at else "",
        hours_left=hours_left(office, incident),
        holder=agreement.parties.holder.name,
        requester=agreement.parties.requester.name,
        agreement=agreement.id,
        agreement_digest=office.law.agreement_digest,
        statutes=tuple(item.citation for item in agreement.designated),
        ledger_size=size,
        ledger_root=root,
        suspended=still.holds() is not None,
        suspensions=tuple(still.reaches),
        batches=found,
    )


def _state(incident: Incident) -> str:
    if incident.closed_at is not None:
        return "closed"
    return "reported" if incident.reported_at else "open"


def _batches(
    office: Office, connection: Connection, incident: Incident, size: int
) -> tuple[BatchFacts, ...]:
    """The batch that the incident is about, or every one that was released."""
    wanted = [
        batch
        for batch in batches.list_batches(connection)
        if batch.id == incident.batch or (not incident.batch and batch.released_at is not None)
    ]
    entries: dict[str, Counter[str]] = {batch.id: Counter() for batch in wanted}
    for data in office.ledger.entries(connection, 0, size) if wanted else ():
        entry = json.loads(data)
        if entry.get("batch") in entries and entry["kind"] in _COUNTED:
            entries[entry["batch"]][entry["kind"]] += 1
    return tuple(
        BatchFacts(
            batch.id,
            instant_text(batch.received_at),
            batch.header.principal,
            batch.agreement_digest,
            batch.rules_digest,
            batch.file_digest,
            batch.snapshot,
            str(batch.state),
            instant_text(batch.released_at) if batch.released_at else "",
            batch.release_index,
            tuple(filter(None, (batch.first_officer, batch.second_officer))),
            {kind: entries[batch.id][kind] for kind in _COUNTED},
        )
        for batch in wanted
    )


def _enter(
    office: Office, connection: Connection, incident: Incident, officer: Officer | None, event: str
) -> int:
    salted = canonical.commit(incident.salt, incident.facts_bytes())
    fields = {"commitment": salted, "event": event}
    fields |= {"officer": canonical.digest(officer.vkey.encode())} if officer else {}
    about = {"batch": incident.batch} if incident.batch else {}
    return office.ledger.append(
        connection, [Draft(EntryKind.INCIDENT, {**fields, **about})], office.clock()
    )[0]
