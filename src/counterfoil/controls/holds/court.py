"""What (i)(6) asks of the holder where a court ordered the disclosure: to certify to the court.

    "The Secretary shall not disclose ... if the Secretary determines (and, in the case of a request
    for disclosure pursuant to a court order described in paragraph (1)(B) or (5)(B), certifies to
    the court) that such disclosure would identify a confidential informant or seriously impair a
    civil or criminal tax investigation."                                  26 USC 6103(i)(6)

Which answer a hold changed is nowhere kept (decision 10), so the duty is looked at by batch: each
batch by a court's order that was determined while a hold stood is a matter, whether or not a held
person is among those whom the order names. Two officers of the role `holds` compare the order with
their own papers, and sign one of two answers:

    certified    the certification went to the court
    nothing      nobody whom the order names is held

    list       each matter with the day by which it is to be answered, and LATE after it
    prepare    the certification, with the court and the order; its blanks are for the officers
    answer     an act (office/acts.py) of kind `hold` whose subject is the batch

The days stand in the route's file (`rules.document.certify`). An answer has an entry that looks
like that of an addition or a lifting, and which of the two it is rests with the act alone, so that
the ledger tells neither that a court was written to nor of what batch. Trusted: no; see service.py.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final, Literal

import msgspec

from counterfoil.batches import store as batches
from counterfoil.batches.batch import Batch, ChunkKind
from counterfoil.controls.holds.pinned import pinned_holds
from counterfoil.controls.holds.service import ANSWERED, court_answer, holds_form
from counterfoil.core.errors import StateFault
from counterfoil.core.instants import instant_text
from counterfoil.core.use_cases import Actor, SignedCommand, Statement
from counterfoil.core.values import Public, Role, Sensitive
from counterfoil.database import Connection
from counterfoil.gate.history.snapshot import decode_snapshot
from counterfoil.ledger import EntryKind
from counterfoil.office import Office, acts, authority, journal
from counterfoil.office.acts import Act

_COURT_ORDER: Final = "court-order"
_BLANK: Final = "____________________"
Answer = Literal["certified", "nothing"]


class CourtMatter(Public, frozen=True):
    """One batch by a court's order that was determined under holds. `due_on`: "" where the law
    names no days; `answered_at` and `answered_by` are empty until it is answered."""

    batch: str
    order: str
    received_on: str
    due_on: str
    late: bool
    answered_at: str
    answered_by: tuple[str, ...]


class Certification(Sensitive, frozen=True):
    """The certification of one batch, prepared: text, to be completed and signed on paper."""

    batch: str
    text: str


class AnswerCourt(SignedCommand, frozen=True):
    """Sign what was done for the court that ordered the disclosure; two officers."""

    batch: str
    answer: Answer


class CourtAnswered(Public, frozen=True):
    """The entry of an answer."""

    batch: str
    index: int


def list_court_matters(office: Office, actor: Actor) -> list[CourtMatter]:
    """Every matter, oldest first. Entered as a look at the list of holds is. Raises as
    `require_officer`; KeyFault."""
    with office.store.transaction() as connection:
        officer = authority.require_officer(connection, actor, Role.HOLDS)
        journal.enter_look(office, connection, officer, {"holds": "listed"})
        answers = _answers(connection)
        return [
            _matter(office, connection, batch, answers.get(batch.id))
            for batch in batches.list_batches(connection)
            if _is_matter(office, connection, batch)
        ]


def prepare_certification(office: Office, actor: Actor, batch_id: str) -> Certification:
    """The certification of one matter, for officers of the role. Entered as a look. Raises
    StateFault `batch_unknown`, `court_no_matter`; as `require_officer`."""
    with office.store.transaction() as connection:
        officer = authority.require_officer(connection, actor, Role.HOLDS)
        journal.enter_look(office, connection, officer, {"holds": "listed"})
        batch = _require_matter(office, connection, batch_id)
        session = office.batch_session(connection, batch)
        document = decode_snapshot(session.read(ChunkKind.KNOWN)).header.document
        matter = _matter(office, connection, batch, None)
        court = document.court if document else ""
        issued = document.issued_on.isoformat() if document else ""
    return Certification(batch_id, _text(office, matter, court, issued))


def answer_court_statement(office: Office, actor: Actor, command: AnswerCourt) -> Statement:
    """What two officers are to sign. Raises as `answer_court`."""
    with office.store.reading() as connection:
        authority.require_officer(connection, actor, Role.HOLDS)
        return authority.state(office, _form(office, connection, command))


def answer_court(office: Office, actor: Actor, command: AnswerCourt) -> CourtAnswered:
    """Enter the answer. Raises StateFault `batch_unknown`, `court_no_matter`, `court_answered`; as
    `require_signed`."""
    with office.store.transaction() as connection:
        authority.require_officer(connection, actor, Role.HOLDS)
        form = _form(office, connection, command)
        new = court_answer(command.batch, command.answer.encode())
        act = acts.enter_signed(office, connection, actor, form, new, command.signatures)
    return CourtAnswered(command.batch, act.entry_index)


def _form(office: Office, connection: Connection, command: AnswerCourt) -> authority.ActForm:
    _require_matter(office, connection, command.batch)
    if command.batch in _answers(connection):
        raise StateFault(
            "court_answered",
            "two officers have answered for this batch before",
            place=command.batch,
            cure="`counterfoil hold court-list` says when.",
        )
    return holds_form(office, connection, "answer-court", command.batch, {"answer": command.answer})


def _answers(connection: Connection) -> dict[str, Act]:
    found = acts.list_acts(connection, EntryKind.HOLD)
    return {act.subject: act for act in found if act.event == ANSWERED}


def _is_matter(office: Office, connection: Connection, batch: Batch) -> bool:
    """Whether a batch is by a court's order, was determined under holds, and has its rows yet."""
    if batch.wrapped_key is None or not batch.snapshot:
        return False
    law = office.law.for_route(batch.header.route)
    if law.route.kind != _COURT_ORDER:
        return False
    return bool(pinned_holds(office.batch_session(connection, batch)))


def _require_matter(office: Office, connection: Connection, batch_id: str) -> Batch:
    batch = batches.find_batch(connection, batch_id)
    if not _is_matter(office, connection, batch):
        raise StateFault(
            "court_no_matter",
            "the batch is by no court's order, or was not determined while a hold stood",
            place=batch_id,
            cure="`counterfoil hold court-list` shows the batches that are to be looked at.",
        )
    return batch


def _matter(
    office: Office, connection: Connection, batch: Batch, answer: Act | None
) -> CourtMatter:
    due = _due(office, batch)
    late = answer is None and due is not None and office.clock().date() > due
    return CourtMatter(
        batch.id,
        batch.header.document,
        batch.gate_date.isoformat(),
        due.isoformat() if due else "",
        late,
        instant_text(answer.entered_at) if answer else "",
        (answer.officer, answer.second) if answer else (),
    )


def _due(office: Office, batch: Batch) -> date | None:
    """The last day for an answer, counted from the day on which the file was received."""
    rules = office.law.for_route(batch.header.route).route.rules.document
    days = rules.certify if rules else msgspec.UNSET
    if isinstance(days, msgspec.UnsetType):
        return None
    named = [each.days for each in days if each.in_force.covers(batch.gate_date)]
    return batch.gate_date + timedelta(days=min(named)) if named else None


def _text(office: Office, matter: CourtMatter, court: str, issued: str) -> str:
    parties = office.law.agreement.parties
    return f"""CERTIFICATION UNDER 26 USC 6103(i)(6)
To be filed under seal.

To: {court or _BLANK}
Order of {issued or _BLANK}, digest {matter.order}
Request received on {matter.received_on}; this office's number for it: {matter.batch}
{f"To be filed by {matter.due_on}." if matter.due_on else ""}

{parties.holder.name} has determined that the disclosure of return information with respect to
{_BLANK}{_BLANK}
pursuant to this order would (strike what does not apply)

    identify a confidential informant
    seriously impair a civil or criminal tax investigation

and, as 26 USC 6103(i)(6) requires, certifies this to the court. The return information was not
disclosed. The answer that the applicant received does not say so, and does not say why.

Date: {_BLANK}
Signed: {_BLANK}
For the Secretary, under the delegation of {_BLANK}
"""
