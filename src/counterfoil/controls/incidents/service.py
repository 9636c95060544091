"""Incidents: opened at once, reported within 24 hours, closed; and the report, filled in from the
ledger.

    open       an officer enters that something may have gone wrong: the clock runs from when it was
               found
    reported   an officer enters that the inspector general was informed: the clock stops
    closed     an officer enters that nothing more is to be done

Each of them is an act (office/acts.py) of kind `incident`; its subject is the incident's number: 1,
2, 3 ... All of one incident commit, under one salt, to canonical JSON of {"batch": id or "",
"class": one of CLASSES, "found_at": when somebody of the holder first saw it, UTC}, so that the
ledger shows which opening a report belongs to. A report is due DUE_HOURS after an incident was
found, not after it was entered. What an officer opens of a class of which the Code has the taxpayer
told (26 USC 7431(e)) opens a dated duty as well, in the same commit and by the same signature.

The report is facts that the office can show: digests, dates, counts and places in the ledger. It
holds nothing of a person's record, because nothing of it is read: rows stay sealed. Nor is there a
field for text, because what is found in an incident is mostly somebody's data. What happened, in
words, is for the officer to write beside it.

Trusted: no. Which incidents are open is said only while the table's acts are those that the ledger
has entries of (`orders_disagree`): a row that is deleted would end its clock unseen. The entries
say when each was opened, reported and closed, and by whom. Lost: the entries still show it.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime, timedelta
from typing import Final

import msgspec

from counterfoil.batches import store as batches
from counterfoil.controls.duties.service import DutyFacts, enter_duty, listed
from counterfoil.controls.duties.table import PERSON_NOTICE, duty_classes
from counterfoil.controls.incidents.classes import CLASSES, DUTIES, NOTIFIES, IncidentClass
from counterfoil.controls.suspension.service import suspensions
from counterfoil.core import canonical
from counterfoil.core.errors import StateFault, UsageFault
from counterfoil.core.instants import from_instant, instant_text
from counterfoil.core.use_cases import Actor, SignedCommand, Statement
from counterfoil.core.values import Public
from counterfoil.database import Connection
from counterfoil.ledger import EntryKind
from counterfoil.office import Office, acts, authority
from counterfoil.office.acts import Act, NewAct

DUE_HOURS: Final = 24
"""From finding a possible improper inspection or disclosure to informing the inspector general
(LAW.md F18: IRS Publication 1075)."""
OPENED: Final = "opened"
REPORTED: Final = "reported"
CLOSED: Final = "closed"
_KINDS: Final = (EntryKind.INCIDENT,)
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


class IncidentFacts(Public, frozen=True, gc=False):
    """What the entries of an incident commit to. `batch`: what it is about, "" for every batch that
    was released."""

    about: IncidentClass
    found_at: datetime
    batch: str = ""

    def canonical_bytes(self) -> bytes:
        """The bytes that are committed to."""
        said = {"batch": self.batch, "class": str(self.about)}
        return canonical.encode(said | {"found_at": instant_text(self.found_at)})


class Incident(Public, frozen=True, gc=False):
    """One incident. `officer` is who opened it, "" where the office did by itself (a canary was
    asked for); `entry_index` that of the entry that opened it."""

    number: int
    facts: IncidentFacts
    opened_at: datetime
    officer: str
    salt: bytes
    entry_index: int
    reported_at: datetime | None = None
    closed_at: datetime | None = None

    @property
    def due_at(self) -> datetime:
        """When the report is due."""
        return self.facts.found_at + timedelta(hours=DUE_HOURS)

    @property
    def state(self) -> str:
        """open, reported or closed."""
        if self.closed_at is not None:
            return CLOSED
        return REPORTED if self.reported_at else "open"


class IncidentStatus(Public, frozen=True):
    """Where an incident stands. `state`: open, reported or closed; `hours_left`: whole hours until
    its report is due, from now or from when it was made, negative if that is late."""

    number: int
    about: IncidentClass
    state: str
    due_at: datetime
    hours_left: int


class OpenIncident(SignedCommand, frozen=True):
    """Enter that something may have gone wrong."""

    facts: IncidentFacts


class ReportIncident(SignedCommand, frozen=True):
    """Enter that the inspector general was informed of the incident of this number."""

    number: int


class CloseIncident(SignedCommand, frozen=True):
    """Enter that nothing more is to be done about the incident of this number."""

    number: int


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
    duties: tuple[str, ...]
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


# -- to open -----------------------------------------------------------------------------------


def open_incident_statement(office: Office, actor: Actor, command: OpenIncident) -> Statement:
    """What an officer is to sign. Raises as `open_incident`."""
    with office.store.reading() as connection:
        authority.require_officer(connection, actor)
        return authority.state(office, _open_form(office, connection, command.facts))


def open_incident(office: Office, actor: Actor, command: OpenIncident) -> IncidentStatus:
    """Enter an incident.

    Raises UsageFault `incident_found_later`, StateFault `batch_unknown`, StoreFault; as
    `require_signed`.
    """
    with office.store.transaction() as connection:
        authority.require_officer(connection, actor)
        form = _open_form(office, connection, command.facts)
        new = _new_act(len(_list(connection)) + 1, command.facts, OPENED)
        acts.enter_signed(office, connection, actor, form, new, command.signatures)
        _owe_notice(office, connection, command)
        return _status(office, _list(connection)[-1])


def _owe_notice(office: Office, connection: Connection, command: OpenIncident) -> None:
    """Open the duty of notice to the person, where the class has one. Where the duties in the
    database are not those of the ledger it is left out: the incident's clock runs all the same."""
    about, facts = duty_classes()[PERSON_NOTICE], command.facts
    if facts.about in NOTIFIES and listed(office, connection).agrees:
        since = facts.found_at.date()
        duty = DutyFacts(about.id, since, about.due_on(since, None), "", facts.batch)
        officers = [signed.officer for signed in command.signatures]
        enter_duty(office, connection, duty, officers, command.signatures)


def enter_incident(office: Office, connection: Connection, facts: IncidentFacts) -> Incident:
    """Enter an incident that the office found by itself, in the caller's commit."""
    acts.enter_act(office, connection, _new_act(len(_list(connection)) + 1, facts, OPENED))
    return _list(connection)[-1]


def _open_form(office: Office, connection: Connection, facts: IncidentFacts) -> authority.ActForm:
    if facts.found_at > office.clock():
        raise UsageFault(
            "incident_found_later",
            "an incident cannot have been found after now",
            place="--found-at",
            cure="Give the time in UTC, as 2026-03-02T14:05:00Z.",
        )
    if facts.batch:
        batches.find_batch(connection, facts.batch)
    number = len(_list(connection)) + 1
    return _form(office, connection, "open-incident", number, facts)


# -- to report and to close --------------------------------------------------------------------


def report_incident_statement(office: Office, actor: Actor, command: ReportIncident) -> Statement:
    """What an officer is to sign. Raises as `report_incident`."""
    return _step_statement(office, actor, command)


def report_incident(office: Office, actor: Actor, command: ReportIncident) -> IncidentStatus:
    """Stop the clock. Raises StateFault `incident_unknown`, `incident_reported`; as
    `require_signed`."""
    return _step(office, actor, command)


def close_incident_statement(office: Office, actor: Actor, command: CloseIncident) -> Statement:
    """What an officer is to sign. Raises as `close_incident`."""
    return _step_statement(office, actor, command)


def close_incident(office: Office, actor: Actor, command: CloseIncident) -> IncidentStatus:
    """Close a reported incident. Raises StateFault `incident_unknown`, `incident_not_reported`,
    `incident_closed`; as `require_signed`."""
    return _step(office, actor, command)


def _step_statement(
    office: Office, actor: Actor, command: ReportIncident | CloseIncident
) -> Statement:
    with office.store.reading() as connection:
        authority.require_officer(connection, actor)
        incident = find_incident(connection, command.number)
        return authority.state(office, _step_form(office, connection, incident, command))


def _step(office: Office, actor: Actor, command: ReportIncident | CloseIncident) -> IncidentStatus:
    event = REPORTED if isinstance(command, ReportIncident) else CLOSED
    with office.store.transaction() as connection:
        authority.require_officer(connection, actor)
        incident = find_incident(connection, command.number)
        form = _step_form(office, connection, incident, command)
        new, salt = _new_act(incident.number, incident.facts, event), incident.salt
        acts.enter_signed(office, connection, actor, form, new, command.signatures, salt=salt)
        return _status(office, find_incident(connection, command.number))


def _step_form(
    office: Office,
    connection: Connection,
    incident: Incident,
    command: ReportIncident | CloseIncident,
) -> authority.ActForm:
    if isinstance(command, ReportIncident):
        _require_unreported(incident)
        act = "report-incident"
    else:
        _require_closable(incident)
        act = "close-incident"
    return _form(office, connection, act, incident.number, incident.facts)


def _require_unreported(incident: Incident) -> None:
    if incident.reported_at is not None:
        raise StateFault(
            "incident_reported",
            "the incident was reported before",
            place=str(incident.number),
            cure="`counterfoil incident show NUMBER` says when.",
        )


def _require_closable(incident: Incident) -> None:
    if incident.reported_at is None:
        raise StateFault(
            "incident_not_reported",
            "the incident has not been reported, so it cannot be closed",
            place=str(incident.number),
            cure="Report it, then enter that with `counterfoil incident reported NUMBER`.",
        )
    if incident.closed_at is not None:
        raise StateFault(
            "incident_closed",
            "the incident is closed",
            place=str(incident.number),
            cure="There is nothing to do.",
        )


# -- to look -----------------------------------------------------------------------------------


def due_incidents(office: Office, _actor: Actor) -> list[IncidentStatus]:
    """Incidents that are not closed, oldest first. Anybody may ask. Raises StateFault
    `orders_disagree`."""
    with office.store.reading() as connection:
        if acts.altered_acts(office, connection, _KINDS):
            raise acts.acts_disagree("which incidents are open is not known")
        found = _list(connection)
    return [_status(office, each) for each in found if each.closed_at is None]


def find_incident(connection: Connection, number: int) -> Incident:
    """The incident of this number. Raises StateFault `incident_unknown`."""
    found = next((each for each in _list(connection) if each.number == number), None)
    if found is None:
        raise StateFault(
            "incident_unknown",
            "this office has no incident of that number",
            place=str(number),
            cure="`counterfoil incident list` shows those it has.",
        )
    return found


def fill_report(office: Office, _actor: Actor, number: int) -> Report:
    """The report's fields as they are now. Anybody may ask. Raises StateFault
    `incident_unknown`."""
    agreement = office.law.agreement
    with office.store.reading() as connection:
        incident = find_incident(connection, number)
        size, root = office.ledger.size(connection), office.ledger.root(connection).hex()
        now = suspensions(office, connection)
        found = _batches(office, connection, incident, size)
    return Report(
        office=office.settings.name,
        incident=number,
        about=str(incident.facts.about),
        sentence=CLASSES[incident.facts.about],
        duties=DUTIES[incident.facts.about],
        state=incident.state,
        found_at=instant_text(incident.facts.found_at),
        opened_at=instant_text(incident.opened_at),
        due_at=instant_text(incident.due_at),
        reported_at=instant_text(incident.reported_at) if incident.reported_at else "",
        hours_left=_status(office, incident).hours_left,
        holder=agreement.parties.holder.name,
        requester=agreement.parties.requester.name,
        agreement=agreement.id,
        agreement_digest=office.law.agreement_digest,
        statutes=tuple(item.citation for item in agreement.designated),
        ledger_size=size,
        ledger_root=root,
        suspended=now.covering() is not None,
        suspensions=tuple(now.scopes),
        batches=found,
    )


def _batches(
    office: Office, connection: Connection, incident: Incident, size: int
) -> tuple[BatchFacts, ...]:
    """The batch that the incident is about, or every one that was released."""
    wanted = [
        batch
        for batch in batches.list_batches(connection)
        if batch.id == incident.facts.batch
        or (not incident.facts.batch and batch.released_at is not None)
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


def _status(office: Office, incident: Incident) -> IncidentStatus:
    until = incident.reported_at or office.clock()
    left = int((incident.due_at - until).total_seconds() // 3600)
    about = incident.facts.about
    return IncidentStatus(incident.number, about, incident.state, incident.due_at, left)


# -- incidents and their acts ------------------------------------------------------------------


def _list(connection: Connection) -> list[Incident]:
    """Every incident, oldest first."""
    found = acts.list_acts(connection, *_KINDS)
    later = {(act.subject, act.event): act.entered_at for act in found if act.event != OPENED}
    return [_incident(act, later) for act in found if act.event == OPENED]


def _incident(opened: Act, later: dict[tuple[str, str], datetime]) -> Incident:
    said = msgspec.json.decode(opened.committed, type=dict[str, str])
    facts = IncidentFacts(
        IncidentClass(said["class"]), from_instant(said["found_at"]), said["batch"]
    )
    return Incident(
        int(opened.subject),
        facts,
        opened.entered_at,
        opened.officer,
        opened.salt,
        opened.entry_index,
        later.get((opened.subject, REPORTED)),
        later.get((opened.subject, CLOSED)),
    )


def _form(
    office: Office, connection: Connection, act: str, number: int, facts: IncidentFacts
) -> authority.ActForm:
    found_at = instant_text(facts.found_at)
    details: dict[str, str | int] = {"class": str(facts.about), "found_at": found_at}
    details |= {"batch": facts.batch}
    generation = acts.count_entered(office, connection, _KINDS)
    return authority.ActForm(act, str(number), generation, details)


def _new_act(number: int, facts: IncidentFacts, event: str) -> NewAct:
    fields = {"event": event} | ({"batch": facts.batch} if facts.batch else {})
    return NewAct(EntryKind.INCIDENT, str(number), facts.canonical_bytes(), fields, event=event)
