"""Corrections to earlier recipients, 5 USC 552a(c)(4): whoever was answered about a person is
informed when the holder corrected the person's record, or noted that the person disputes it.

    1  an officer names the person (`counterfoil-person-1`), the document of the correction and its
       day, and signs; the look at the accounting is entered
    2  each answer about the person that left, in another spelling of the name too (sought.py), and
       that the table of duties informs of (`outcomes` of `correction`), has a notice of its own,
       which the holder's key signs
    3  a duty of class `correction` is entered, whether or not there was such an answer, so that
       nobody sees in the ledger that somebody was confirmed. Two officers close it with the
       receipts

A notice is a signed note (tlog/note.py) of this text, in lines:

    counterfoil-correction-1
    office NAME
    requester NAME OF THE AGREEMENT'S PARTY
    batch ID                                 as the answer's envelope names it
    request ID                               the requester's own
    answered DAY
    corrected DAY                            or: disputed DAY
    duty NUMBER
    one sentence that says what to do

It holds no value of a record, and does not say which answer it is about: the requester has it. The
duty's `document` is the digest of canonical JSON of {"document": digest of the document's file,
"notices": the digests of the notices, in order}.
"""

from __future__ import annotations

from datetime import date
from typing import Final, Literal

import msgspec

from counterfoil.accountability.accounting.lines import older_lines, raw_lines
from counterfoil.accountability.accounting.service import MAX_PERSON_BYTES, read_person
from counterfoil.accountability.accounting.sought import SoughtPerson, is_theirs, seek
from counterfoil.batches import store as batches
from counterfoil.batches.batch import Batch
from counterfoil.controls.duties.service import (
    Duty,
    DutyFacts,
    class_of,
    enter_duty,
    next_number,
    require_since,
)
from counterfoil.controls.duties.table import CORRECTION
from counterfoil.core import canonical
from counterfoil.core.use_cases import Actor, SignedCommand, Statement, Upload
from counterfoil.core.values import Public, Sensitive
from counterfoil.database import Connection
from counterfoil.gate.history.traces import is_about
from counterfoil.ledger import EntryKind
from counterfoil.office import Office, acts, authority, journal
from counterfoil.office.accounting_records import Occasion, read_occasion, read_record
from counterfoil.tlog.note import sign_note

FORMAT: Final = "counterfoil-correction-1"
What = Literal["corrected", "disputed"]
TELLS: Final[dict[What, str]] = {
    "corrected": "5 USC 552a(c)(4): the record on which this answer rested was corrected. Do not "
    "rely on the answer; ask again if the law lets you ask.",
    "disputed": "5 USC 552a(c)(4), (d)(4): the person disputes the record on which this answer "
    "rested, and the dispute is noted. Say so wherever you use the answer.",
}


class CorrectRecord(SignedCommand, frozen=True):
    """Inform earlier recipients. `since`: the day of the correction or of the notation."""

    person: Upload
    document: Upload
    since: date
    what: What = "corrected"


class CorrectionNotice(Sensitive, frozen=True):
    """One notice, signed, and the name of the party that it goes to."""

    requester: str
    text: str


class Corrected(Public, frozen=True):
    """What was entered, and the notices to be given, oldest batch first."""

    duty: Duty
    index: int
    notices: tuple[CorrectionNotice, ...]


class _Answered(Sensitive, frozen=True):
    """An answer that left, of which its recipient is to be informed."""

    occasion: Occasion
    request_id: str


def correct_record_statement(office: Office, actor: Actor, command: CorrectRecord) -> Statement:
    """What an officer is to sign. Raises as `correct_record`, but for what is found."""
    document = _read(office, actor, command)
    with office.store.reading() as connection:
        return authority.state(office, _form(office, connection, command, document))


def correct_record(office: Office, actor: Actor, command: CorrectRecord) -> Corrected:
    """Enter the correction and make its notices. Broken off before the duty is entered, it is run
    again.

    Raises InputFault (the document), `person_file`; UsageFault `duty_since`; StateFault
    `orders_disagree`; as `require_signed`, `raw_lines`; KeyFault.
    """
    document = _read(office, actor, command)
    about = class_of(CORRECTION)
    person = read_person(command.person.read_whole(MAX_PERSON_BYTES))
    with office.store.transaction() as connection:  # 1
        form = _form(office, connection, command, document)
        officers = authority.require_signed(office, connection, actor, form, command.signatures)
        said = {"correction": canonical.digest(msgspec.msgpack.encode(person))}
        journal.enter_look(office, connection, officers[0], said)
    sought = seek(office, person)
    with office.store.reading() as connection:
        answered = _answers_about(office, connection, sought, frozenset(about.outcomes))
    with office.store.transaction() as connection:
        number = next_number(office, connection)
        notices = tuple(_notice(office, command, number, each) for each in answered)  # 2
        digests = [canonical.digest(each.text.encode()) for each in notices]
        bound = canonical.digest(canonical.encode({"document": document, "notices": digests}))
        facts = DutyFacts(about.id, command.since, about.due_on(command.since, None), bound)
        done = enter_duty(office, connection, facts, officers, command.signatures)  # 3
    return Corrected(done.duty, done.index, notices)


def _answers_about(
    office: Office, connection: Connection, sought: SoughtPerson, outcomes: frozenset[str]
) -> list[_Answered]:
    found: list[_Answered] = []
    for batch in batches.list_batches(connection):
        if batch.released_at is not None:
            found += _in_batch(office, connection, batch, sought, outcomes)
    return found


def _in_batch(
    office: Office,
    connection: Connection,
    batch: Batch,
    sought: SoughtPerson,
    outcomes: frozenset[str],
) -> list[_Answered]:
    """Those of one batch; of one whose rows an earlier version disposed of, by what it kept."""
    kept = raw_lines(office, connection, batch)
    if kept is None:
        occasion, older = older_lines(office, connection, batch)
        return [
            _Answered(occasion, line.request_id)
            for line in older
            if line.outcome in outcomes and is_about(sought.traces, line.traces)
        ]
    occasion, records = read_occasion(kept[0]), map(read_record, kept[1])
    return [
        _Answered(occasion, record.request_id)
        for record in records
        if record.outcome in outcomes and is_theirs(record, sought)
    ]


def _notice(
    office: Office, command: CorrectRecord, number: int, answered: _Answered
) -> CorrectionNotice:
    occasion = answered.occasion
    party = occasion.requester_name or office.law.agreement.parties.requester.name
    requester = " ".join(party.split())
    lines = (
        FORMAT,
        f"office {office.settings.name}",
        f"requester {requester}",
        f"batch {occasion.batch}",
        f"request {answered.request_id}",
        f"answered {occasion.released_on}",
        f"{command.what} {command.since.isoformat()}",
        f"duty {number}",
        TELLS[command.what],
    )
    text = "".join(f"{line}\n" for line in lines)
    return CorrectionNotice(requester, sign_note(text, [office.signer()]))


def _form(
    office: Office, connection: Connection, command: CorrectRecord, document: str
) -> authority.ActForm:
    require_since(office, command.since)
    details: dict[str, str | int] = {
        "document": document,
        "since": command.since.isoformat(),
        "what": command.what,
    }
    counts = office.ledger.counts(connection)
    generation = counts[EntryKind.DUTY] + counts[EntryKind.INSPECTION]
    return authority.ActForm("correct-record", CORRECTION, generation, details)


def _read(office: Office, actor: Actor, command: CorrectRecord) -> str:
    """The digest of the document, read for an enrolled officer."""
    with office.store.reading() as connection:
        authority.require_officer(connection, actor)
    return acts.read_document(command.document)
