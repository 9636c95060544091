"""Dated duties: what the law has the holder do by a day, once something has happened (table.py).

    open     an officer enters that the duty began, with the document that shows it
    close    two officers enter that it was done, with the document that shows that
    escalate the office enters that nobody answered by the day, and which incident says so
    list     every duty, with the day on which it is due, and LATE after it
    status   how many are open, and which are late

One mechanism for all of them: notice to a person once process is public, 5 USC 552a(e)(8);
corrections to recipients, (c)(4) (accountability/accounting/corrections.py opens these); reports
and findings about a recipient's safeguards, 26 USC 6103(p)(4); what a requester owes of answers
that were recalled or expired (controls/recall opens and closes these); notice to the person after
an incident, 26 USC 7431(e) (controls/incidents opens it).

Each step is an act (office/acts.py) of kind `duty`; its subject is the duty's number: 1, 2, 3 ...
They commit to canonical JSON

    {"about","batch","document","due","duty","event":"opened","since"}
    {"document","duty","event":"closed"}
    {"document":"","duty","event":"reported","incident"}     `incident`: its number, as text

`document` is the digest of the document's file, which stays where the office keeps its papers;
`since` and `due` are days, `batch` an id or "". No entry says which duty it is of, nor of which
batch.

Trusted: no. No step waits for a duty. Where the acts are not those of the ledger, the list says so
(`agrees`) and nothing is opened or closed (`orders_disagree`). Lost: restore the backup.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from counterfoil.batches import store as batches
from counterfoil.batches.officers import Role
from counterfoil.controls.duties.table import DutyClass, duty_classes
from counterfoil.core import canonical
from counterfoil.core.errors import StateFault, UsageFault
from counterfoil.core.instants import instant_text
from counterfoil.core.use_cases import Actor, Signed, SignedCommand, Statement, Upload
from counterfoil.core.values import Officer, Public
from counterfoil.database import Connection
from counterfoil.ledger import EntryKind
from counterfoil.office import Office, acts, authority
from counterfoil.office.acts import Act, NewAct

OPENED: Final = "opened"
CLOSED: Final = "closed"
ESCALATED: Final = "reported"
_KINDS: Final = (EntryKind.DUTY,)
_TWO: Final = (Role.DISCLOSURE, Role.DISCLOSURE)
_SAID: Final = {OPENED: ("about", "batch", "due", "since"), ESCALATED: ("incident",)}
"""What an act says besides its document, by its event."""


class DutyFacts(Public, frozen=True):
    """What opens a duty. `about`: its class; `document`: the digest of a file; `batch`: an id. ""
    for none."""

    about: str
    since: date
    due: date
    document: str
    batch: str = ""


class OpenDuty(SignedCommand, frozen=True):
    """Enter that a duty of this class began on the day `since`. `due`: where the class has the
    officer name the day."""

    about: str
    since: date
    document: Upload
    due: date | None = None
    batch: str = ""


class CloseDuty(SignedCommand, frozen=True):
    """Enter that the duty of this number was done; two officers."""

    number: int
    document: Upload


class Duty(Public, frozen=True):
    """One duty. Days and times are UTC text; what says how it was closed is empty while it is open.
    `late`: it is open and its day has passed, or it was closed after its day. `incident`: the one
    that told the inspector general that it was late, "" for none."""

    number: int
    about: str
    citation: str
    batch: str
    since: str
    due_on: str
    document: str
    opened_at: str
    opened_by: str
    late: bool
    closed_at: str = ""
    closed_by: tuple[str, ...] = ()
    closed_with: str = ""
    incident: str = ""


class DutyListing(Public, frozen=True):
    """Every duty, oldest first. `agrees`: whether they are those that the ledger has entries of."""

    duties: tuple[Duty, ...]
    agrees: bool

    @property
    def open(self) -> tuple[Duty, ...]:
        """Those that are not closed."""
        return tuple(each for each in self.duties if not each.closed_at)


class DutyResult(Public, frozen=True):
    """A duty as it stands after a step, and the place of the step's entry."""

    duty: Duty
    index: int


# -- to open -----------------------------------------------------------------------------------


def open_duty_statement(office: Office, actor: Actor, command: OpenDuty) -> Statement:
    """What an officer is to sign. Raises as `open_duty`."""
    document = _read(office, actor, command.document)
    with office.store.reading() as connection:
        return authority.state(office, _open_form(office, connection, command, document)[0])


def open_duty(office: Office, actor: Actor, command: OpenDuty) -> DutyResult:
    """Enter that a duty began. Raises UsageFault `duty_class`, `duty_since`, `duty_due`,
    `duty_batch`; InputFault (the document); StateFault `batch_unknown`, `orders_disagree`; as
    `require_signed`."""
    document = _read(office, actor, command.document)
    with office.store.transaction() as connection:
        form, facts = _open_form(office, connection, command, document)
        officers = authority.require_signed(office, connection, actor, form, command.signatures)
        return enter_duty(office, connection, facts, officers, command.signatures)


def enter_duty(
    office: Office,
    connection: Connection,
    facts: DutyFacts,
    officers: Sequence[Officer],
    signatures: Sequence[Signed],
) -> DutyResult:
    """Enter a duty whose officer signed an act that opens it, in the caller's commit. Raises
    StateFault `orders_disagree`."""
    number = next_number(office, connection)
    act = acts.enter_act(office, connection, _opened(number, facts), officers, signatures)
    return DutyResult(_find(office, connection, number), act.entry_index)


def next_number(office: Office, connection: Connection) -> int:
    """The number of the duty that is opened next. Raises StateFault `orders_disagree`."""
    return sum(act.event == OPENED for act in _require_agreed(office, connection)) + 1


def class_of(about: str) -> DutyClass:
    """The class of this id. Raises UsageFault `duty_class`."""
    found = duty_classes().get(about)
    if found is None:
        raise UsageFault(
            "duty_class",
            "there is no such class of duty, or it is opened otherwise",
            place="--class",
            cure="Classes: process-public, safeguard-report, safeguard-finding. Corrections are "
            "opened by `counterfoil duty correct --help`, others with what they follow from.",
        )
    return found


def require_since(office: Office, since: date) -> None:
    """Raise UsageFault `duty_since` for a day that has not come."""
    if since > office.clock().date():
        raise UsageFault(
            "duty_since",
            "a duty cannot begin after today",
            place="--since",
            cure="Give the day on which it began, as 2026-03-02, UTC.",
        )


def _open_form(
    office: Office, connection: Connection, command: OpenDuty, document: str
) -> tuple[authority.ActForm, DutyFacts]:
    about = class_of(command.about if command.about in openable() else "")
    require_since(office, command.since)
    due = about.due_on(command.since, command.due)
    if bool(command.batch) != (about.about == "batch"):
        raise UsageFault(
            "duty_batch",
            f"a duty of this class is about {'a' if about.about == 'batch' else 'no'} batch",
            place="--batch",
            cure="Name the batch by its id, or leave it out.",
        )
    if command.batch:
        batches.find_batch(connection, command.batch)
    facts = DutyFacts(about.id, command.since, due, document, command.batch)
    number = next_number(office, connection)
    said = canonical.read_object(_opened(number, facts).committed) or {}
    details = {name: said[name] for name in ("about", "batch", "document", "due", "since")}
    generation = acts.count_entered(office, connection, _KINDS)
    return authority.ActForm("open-duty", str(number), generation, details), facts


def openable() -> tuple[str, ...]:
    """The classes that an officer opens by name."""
    return tuple(
        each.id
        for each in duty_classes().values()
        if each.about != "disclosure" and each.opened_by == "officer"
    )


# -- to close ----------------------------------------------------------------------------------


def close_duty_statement(office: Office, actor: Actor, command: CloseDuty) -> Statement:
    """What two officers are to sign. Raises as `close_duty`."""
    document = _read(office, actor, command.document)
    with office.store.reading() as connection:
        return authority.state(office, _close_form(office, connection, command, document))


def close_duty(office: Office, actor: Actor, command: CloseDuty) -> DutyResult:
    """Enter that a duty was done. Raises InputFault (the document); StateFault `duty_unknown`,
    `duty_closed`, `duty_receipt`, `orders_disagree`; as `require_signed`."""
    document = _read(office, actor, command.document)
    with office.store.transaction() as connection:
        form = _close_form(office, connection, command, document)
        new = _closed(command.number, document)
        act = acts.enter_signed(office, connection, actor, form, new, command.signatures)
        return DutyResult(_find(office, connection, command.number), act.entry_index)


def _close_form(
    office: Office, connection: Connection, command: CloseDuty, document: str
) -> authority.ActForm:
    _require_agreed(office, connection)
    found = _require_open(office, connection, command.number)
    if duty_classes()[found.about].receipt:
        raise StateFault(
            "duty_receipt",
            "the requester's signed receipt closes this duty, and no other document",
            place=str(command.number),
            cure="`counterfoil recall receipt FILE --second KEY` enters it, by two officers.",
        )
    details: dict[str, str | int] = {"document": document}
    generation = acts.count_entered(office, connection, _KINDS)
    subject = str(command.number)
    return authority.ActForm("close-duty", subject, generation, details, _TWO, "close a duty")


def enter_closed(
    office: Office,
    connection: Connection,
    number: int,
    document: str,
    officers: Sequence[Officer],
    signatures: Sequence[Signed],
) -> DutyResult:
    """Enter that a duty was done whose officers signed an act that closes it, in the caller's
    commit. Raises StateFault `duty_unknown`, `duty_closed`, `orders_disagree`."""
    _require_agreed(office, connection)
    _require_open(office, connection, number)
    act = acts.enter_act(office, connection, _closed(number, document), officers, signatures)
    return DutyResult(_find(office, connection, number), act.entry_index)


def enter_escalated(office: Office, connection: Connection, number: int, incident: int) -> None:
    """Enter, in the caller's commit, that an incident says that this duty is late. The office does
    it by itself."""
    said = {"incident": str(incident)}
    acts.enter_act(office, connection, _act(ESCALATED, str(number), said, ""))


def _require_open(office: Office, connection: Connection, number: int) -> Duty:
    found = _find(office, connection, number)
    if found.closed_at:
        raise StateFault(
            "duty_closed",
            "two officers closed this duty before",
            place=str(number),
            cure="`counterfoil duty list` says when.",
        )
    return found


def _find(office: Office, connection: Connection, number: int) -> Duty:
    found = [each for each in listed(office, connection).duties if each.number == number]
    if not found:
        raise StateFault(
            "duty_unknown",
            "this office has no duty of that number",
            place=str(number),
            cure="`counterfoil duty list` shows those it has.",
        )
    return found[0]


# -- to list -----------------------------------------------------------------------------------


def list_duties(office: Office, _actor: Actor) -> DutyListing:
    """Every duty, closed ones too. Anybody may ask."""
    with office.store.reading() as connection:
        return listed(office, connection)


def listed(office: Office, connection: Connection) -> DutyListing:
    """Every duty as this transaction finds it."""
    loaded = acts.load_acts(office, connection, _KINDS, _meaning)
    closed = {act.subject: act for act in loaded.acts if act.event == CLOSED}
    told = {act.subject: _said(act) for act in loaded.acts if act.event == ESCALATED}
    today = office.clock().date()
    duties = [
        _duty(act, closed.get(act.subject), today, told.get(act.subject, {}))
        for act in loaded.acts
        if act.event == OPENED
    ]
    return DutyListing(tuple(duties), loaded.agrees)


def _duty(act: Act, closed: Act | None, today: date, told: dict[str, Any]) -> Duty:
    facts = _said(act)
    about, due = str(facts.get("about")), str(facts.get("due"))
    known = duty_classes().get(about)
    end = closed.entered_at.date() if closed else today
    return Duty(
        number=int(act.subject) if act.subject.isdecimal() else 0,
        about=about,
        citation=known.citation if known else "",
        batch=str(facts.get("batch")),
        since=str(facts.get("since")),
        due_on=due,
        document=act.document,
        opened_at=instant_text(act.entered_at),
        opened_by=act.officer,
        late=end.isoformat() > due,
        closed_at=instant_text(closed.entered_at) if closed else "",
        closed_by=(closed.officer, closed.second) if closed else (),
        closed_with=closed.document if closed else "",
        incident=str(told.get("incident", "")),
    )


# -- the acts ----------------------------------------------------------------------------------


def _require_agreed(office: Office, connection: Connection) -> tuple[Act, ...]:
    loaded = acts.load_acts(office, connection, _KINDS, _meaning)
    if not loaded.agrees:
        raise acts.acts_disagree("no duty is opened or closed")
    return loaded.acts


def _opened(number: int, facts: DutyFacts) -> NewAct:
    said = {
        "about": facts.about,
        "batch": facts.batch,
        "due": facts.due.isoformat(),
        "since": facts.since.isoformat(),
    }
    return _act(OPENED, str(number), said, facts.document)


def _closed(number: int, document: str) -> NewAct:
    return _act(CLOSED, str(number), {}, document)


def _act(event: str, number: str, said: dict[str, str], document: str) -> NewAct:
    committed = canonical.encode({**said, "document": document, "duty": number, "event": event})
    fields = {"event": event}
    return NewAct(EntryKind.DUTY, number, committed, fields, event=event, document=document)


def _meaning(act: Act) -> NewAct:
    """The act that the columns of one mean."""
    names = _SAID.get(act.event, ())
    said = _said(act)
    return _act(act.event, act.subject, {name: str(said.get(name)) for name in names}, act.document)


def _said(act: Act) -> dict[str, Any]:
    return canonical.read_object(act.committed) or {}


def _read(office: Office, actor: Actor, document: Upload) -> str:
    """The digest of a document, read for an enrolled officer."""
    with office.store.reading() as connection:
        authority.require_officer(connection, actor)
    return acts.read_document(document)
