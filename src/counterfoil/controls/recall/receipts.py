"""Receipts of a requester, and the clock over them.

    enter    two officers enter what a principal signed (answers/receipts.py) of answers that were
             recalled or expired; the duties that it does are closed in the same commit: a receipt
             of a recall acknowledges it; one that says destroyed or returned closes the second duty
             too, and of answers that expired theirs
    run      by the clock, daily: a duty is opened for each answer whose last day of use has passed;
             of each duty that waits for a receipt and is late an incident is opened, whose report
             to the inspector general is due in 24 hours. Once each

What makes a receipt one of this office:

    1  the principal is the one who asked; or, where the agreement lists that one no more, one that
       it lists now. The key that the agreement registers for them signed it
    2  it is of this office's recall or batch, and of the very notice, or envelope, that left; the
       envelope of a batch whose key was deleted cannot be compared any more
    3  it does something that was not done: acknowledges, or certifies

What is entered and kept: entered.py. An incident that is opened so names no batch, because its
public entry would tell which answers were recalled; `duty list` says of which duty it is.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from counterfoil.answers.receipts import (
    MAX_BYTES,
    Receipt,
    check_receipt,
    read_receipt,
    receipt_digest,
)
from counterfoil.answers.signed_object import read_unchecked
from counterfoil.batches import store as batches
from counterfoil.batches.batch import Batch
from counterfoil.batches.officers import Role
from counterfoil.batches.states import BatchState
from counterfoil.controls.duties import service as duties
from counterfoil.controls.duties.table import EXPIRY, duty_classes
from counterfoil.controls.incidents.service import IncidentClass, IncidentFacts, enter_incident
from counterfoil.controls.recall.entered import (
    KINDS,
    EnteredActs,
    RecallSeal,
    load_recalls,
    receipt_act,
)
from counterfoil.controls.recall.service import notice_digest, require_recall
from counterfoil.core import canonical
from counterfoil.core.errors import StateFault, VerifyFault
from counterfoil.core.use_cases import Actor, SignedCommand, Statement, Upload
from counterfoil.core.values import Public, Sensitive
from counterfoil.database import Connection
from counterfoil.ledger import EntryKind
from counterfoil.office import Office, acts, authority
from counterfoil.office.records import read_envelope
from counterfoil.tlog import VerifierKey, parse_vkey

_TWO: Final = (Role.DISCLOSURE, Role.DISCLOSURE)


class EnterReceipt(SignedCommand, frozen=True):
    """Enter a receipt; two officers."""

    receipt: Upload


class ReceiptEntered(Public, frozen=True):
    """What was entered: the receipt's place, its entry, and the numbers of the duties it closed."""

    place: int
    index: int
    receipt: Receipt
    closed: tuple[int, ...]


class ShownReceipt(Public, frozen=True):
    """A receipt as it was entered, with the time and place of its entry."""

    receipt: Receipt
    entered_at: str
    index: int


class ClockRun(Public, frozen=True):
    """What the clock did: the duties that it opened, and the duties of which it opened an
    incident."""

    opened: tuple[duties.Duty, ...]
    escalated: tuple[duties.Duty, ...]


class _Checked(Sensitive, frozen=True):
    """A receipt that is one of this office, and its file."""

    receipt: Receipt
    data: bytes
    digest: str
    closes: tuple[int, ...]
    place: int


# -- to enter ----------------------------------------------------------------------------------


def enter_receipt_statement(office: Office, actor: Actor, command: EnterReceipt) -> Statement:
    """What two officers are to sign. Raises as `enter_receipt`."""
    data = _read(office, actor, command)
    with office.store.reading() as connection:
        return authority.state(office, _form(office, connection, _check(office, connection, data)))


def enter_receipt(office: Office, actor: Actor, command: EnterReceipt) -> ReceiptEntered:
    """Enter a receipt and close what it does.

    Raises InputFault `file_unreadable`, `file_too_long`; VerifyFault `receipt_malformed`,
    `receipt_other`, `receipt_principal`; StateFault `receipt_nothing`, `recall_unknown`,
    `batch_unknown`, `orders_disagree`; as `check_object`, `require_signed`; KeyFault.
    """
    data, seal = _read(office, actor, command), RecallSeal(office)
    with office.store.transaction() as connection:
        checked = _check(office, connection, data)
        form, receipt = _form(office, connection, checked), checked.receipt
        officers = authority.require_signed(office, connection, actor, form, command.signatures)
        said: dict[str, Any] = {
            "about": receipt.about,
            "batch": receipt.batch,
            "disposed": receipt.disposed,
            "document": checked.digest,
            "number": receipt.number,
        }
        sealed = seal.seal(EntryKind.RECEIPT, str(checked.place), checked.data)
        new = receipt_act(checked.place, said, sealed)
        act = acts.enter_act(office, connection, new, officers, command.signatures)
        for number in checked.closes:
            duties.enter_closed(
                office, connection, number, checked.digest, officers, command.signatures
            )
    return ReceiptEntered(checked.place, act.entry_index, receipt, checked.closes)


class CameIn(Public, frozen=True):
    """A receipt that came in and is one of this office: what it is about, whose batch, what its
    file digest is, and whether all that it says is entered by now."""

    receipt: Receipt
    digest: str
    is_entered: bool


def check_came_in(office: Office, actor: Actor, data: bytes) -> CameIn:
    """Whether two officers could enter this receipt, for whoever takes it in for them: nothing is
    entered. Only the office itself may ask. Raises as `enter_receipt`, but nothing of officers;
    of one that was entered, nothing is raised."""
    authority.require_service(actor)
    digest = receipt_digest(data)
    with office.store.reading() as connection:
        entered = load_recalls(office, connection)
        if any(each.document == digest for each in entered.receipts):
            return CameIn(read_receipt(read_unchecked(data, "receipt", MAX_BYTES)), digest, True)
        return CameIn(_check(office, connection, data).receipt, digest, False)


def entered_receipts(office: Office, _actor: Actor) -> frozenset[str]:
    """The digests of the receipts that were entered. Raises StateFault `orders_disagree`."""
    with office.store.reading() as connection:
        return frozenset(each.document for each in load_recalls(office, connection).receipts)


def show_receipts(office: Office, actor: Actor) -> tuple[ShownReceipt, ...]:
    """Every receipt with who else had the answers, for an officer. Raises StateFault
    `orders_disagree`; as `require_officer`; KeyFault."""
    seal = RecallSeal(office)
    with office.store.reading() as connection:
        authority.require_officer(connection, actor)
        entered = load_recalls(office, connection)
    kept = (act for act in entered.acts if act.kind is EntryKind.RECEIPT)
    return tuple(
        ShownReceipt(
            read_receipt(read_unchecked(seal.open(act), "receipt", MAX_BYTES)),
            each.entered_at.isoformat(),
            each.entry_index,
        )
        for act, each in zip(kept, entered.receipts, strict=True)
    )


def _form(office: Office, connection: Connection, checked: _Checked) -> authority.ActForm:
    receipt = checked.receipt
    details: dict[str, str | int] = {
        "about": receipt.about,
        "closes": ", ".join(map(str, checked.closes)),
        "disposed": receipt.disposed,
        "number": receipt.number,
        "receipt": checked.digest,
    }
    generation = acts.count_entered(office, connection, KINDS)
    alone = "enter what a requester signed"
    return authority.ActForm("enter-receipt", receipt.batch, generation, details, _TWO, alone)


def _check(office: Office, connection: Connection, data: bytes) -> _Checked:
    """1 to 3 of the module."""
    claimed = read_receipt(read_unchecked(data, "receipt", MAX_BYTES))
    batch = batches.find_batch(connection, claimed.batch)
    receipt = check_receipt(data, _key_of(office, batch, claimed.principal))  # 1
    entered = load_recalls(office, connection)
    _require_ours(office, connection, batch, receipt)  # 2
    closes = _closes(office, connection, receipt)
    digest = receipt_digest(data)
    if not closes or any(each.document == digest for each in entered.receipts):  # 3
        raise StateFault(
            "receipt_nothing",
            "no duty waits for what this receipt says",
            place=batch.id,
            cure="`counterfoil duty list` shows which wait. One who acknowledged and did not "
            "destroy signs another when that is done; of answers that expire, `counterfoil duty "
            "run` opens the duty after their last day of use.",
        )
    return _Checked(receipt, data.strip(), digest, closes, len(entered.receipts) + 1)


def _key_of(office: Office, batch: Batch, principal: str) -> VerifierKey:
    """The registered key of the principal who may sign of this batch. Raises VerifyFault
    `receipt_principal`."""
    listed = {each.id: each.key for each in office.law.agreement.principals}
    asked = batch.header.principal
    key = listed.get(principal)
    if not key or (principal != asked and asked in listed):
        raise VerifyFault(
            "receipt_principal",
            "who signed is not the principal who asked, or has no registered key",
            place=batch.id,
            cure="Have the principal sign whom the batch names; where the agreement lists them no "
            "more, one whom it lists now.",
        )
    return parse_vkey(key)


def _require_ours(office: Office, connection: Connection, batch: Batch, receipt: Receipt) -> None:
    if receipt.about == "recall":
        is_of_batch = require_recall(office, connection, receipt.number).batch == batch.id
        notice = notice_digest(office, connection, receipt.number)
    else:
        batch.require(BatchState.RELEASED)
        is_of_batch, notice = True, receipt.notice
        if batch.wrapped_key is not None:
            envelope = read_envelope(office.batch_session(connection, batch))
            notice = canonical.digest(envelope.compact)
    if not is_of_batch or (receipt.office, receipt.notice) != (office.settings.name, notice):
        raise VerifyFault(
            "receipt_other",
            "the receipt is of another office, recall, batch or notice",
            place=batch.id,
            cure="Have it made from the notice, or the envelope, as this office gave it.",
        )


def _closes(office: Office, connection: Connection, receipt: Receipt) -> tuple[int, ...]:
    """The open duties that a receipt does."""
    found = duties.listed(office, connection).open
    if receipt.about == "recall":
        first, second = require_recall(office, connection, receipt.number).duties
        wanted = {first, second} if receipt.disposed else {first}
        return tuple(each.number for each in found if each.number in wanted)
    return tuple(
        each.number
        for each in found
        if each.about == EXPIRY and each.batch == receipt.batch and receipt.disposed
    )


def _read(office: Office, actor: Actor, command: EnterReceipt) -> bytes:
    with office.store.reading() as connection:
        authority.require_officer(connection, actor)
    return command.receipt.read_whole(MAX_BYTES)


# -- the clock ---------------------------------------------------------------------------------


def run_duties(office: Office, actor: Actor) -> ClockRun:
    """Open the duties whose day has come, and tell the inspector of those that are late. Running it
    again does nothing more.

    Raises UsageFault `actor_refused`; StateFault `orders_disagree`; KeyFault, StoreFault.
    """
    authority.require_service(actor)
    with office.store.transaction() as connection:
        entered, owed = load_recalls(office, connection), duties.listed(office, connection)
        if not owed.agrees:
            raise acts.acts_disagree("no late duty can be told from the others")
        known = {each.batch for each in owed.duties if each.about == EXPIRY}
        about, opened = duty_classes()[EXPIRY], list[duties.Duty]()
        for batch in batches.list_batches(connection):
            if batch.id in known or _is_gone(entered, batch.id):
                continue
            last = _last_day(office, connection, batch)
            if last is not None and last < office.clock().date():
                since = last + timedelta(days=1)
                facts = duties.DutyFacts(EXPIRY, since, about.due_on(since, None), "", batch.id)
                opened.append(duties.enter_duty(office, connection, facts, (), ()).duty)
        escalated = _escalate(office, connection)
    return ClockRun(tuple(opened), tuple(escalated))


def _escalate(office: Office, connection: Connection) -> list[duties.Duty]:
    late = [
        each
        for each in duties.listed(office, connection).open
        if each.late and not each.incident and duty_classes()[each.about].receipt
    ]
    for each in late:
        facts = IncidentFacts(IncidentClass.REQUESTER_SILENT, office.clock())
        incident = enter_incident(office, connection, facts)
        duties.enter_escalated(office, connection, each.number, incident.number)
    found = {each.number: each for each in duties.listed(office, connection).duties}
    return [found[each.number] for each in late]


def _is_gone(entered: EnteredActs, batch: str) -> bool:
    """Whether the whole answer was recalled, and certified destroyed or returned."""
    whole = {each.number for each in entered.recalls if each.batch == batch and each.is_whole}
    return any(each.number in whole and each.disposed for each in entered.receipts)


def _last_day(office: Office, connection: Connection, batch: Batch) -> date | None:
    """The last day of use of an answer that was released: as its envelope states it, or, where the
    batch's key was deleted, as the agreement has it now."""
    if batch.state is not BatchState.RELEASED or batch.released_at is None:
        return None
    if batch.wrapped_key is None:
        days = office.law.agreement.answer_expiry_days
        return batch.released_at.date() + timedelta(days=days)
    compact = read_envelope(office.batch_session(connection, batch)).compact
    said = read_unchecked(compact, "envelope", len(compact))
    return date.fromisoformat(said["expires_on"])
