"""Recall of released answers: two officers say that they must no longer be used.

    recall   all answers of a released batch, or the rows that are named, with a reason and a
             document: the entry `recall`, two duties of the requester (controls/duties), and a
             notice signed by the holder's key, in one commit
    notice   the notice of a recall, written again: the same fields, and the same bytes while the
             holder's key is the same
    show     one recall, whole, for an officer
    list     every recall with where its duties stand, for anybody

A suspension does not stop it: nothing is answered, and a court that has the office stand still does
not want wrong answers used. What was recalled is not recalled again; the rest of its batch can be.
A row is any that the answer file has an answer for, a refusal too; one that was rejected has none.

What is entered and kept: entered.py; the formats: answers/recalls.py. Trusted: no. Whoever alters
the table has nothing recalled and no list made (`orders_disagree`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from counterfoil.answers.recalls import NOTICE_FORMAT, recall_key, rows_commitment
from counterfoil.answers.signed_object import sign_object
from counterfoil.batches import store as batches
from counterfoil.batches.batch import Batch
from counterfoil.batches.officers import Role
from counterfoil.batches.states import BatchState
from counterfoil.controls.duties import service as duties
from counterfoil.controls.duties.table import ACKNOWLEDGMENT, DESTRUCTION, duty_classes
from counterfoil.controls.recall.entered import (
    KINDS,
    EnteredRecall,
    KeptRecall,
    RecallSeal,
    load_recalls,
    read_recalls,
    recall_act,
)
from counterfoil.controls.recall.reasons import REASONS, RecallReason
from counterfoil.core import canonical
from counterfoil.core.errors import StateFault, UsageFault
from counterfoil.core.instants import instant_text
from counterfoil.core.use_cases import Actor, SignedCommand, Statement, Upload
from counterfoil.core.values import Public, Sensitive
from counterfoil.database import Connection
from counterfoil.office import Office, acts, authority
from counterfoil.office.accounting_records import REJECTED as NO_ANSWER
from counterfoil.office.accounting_records import AccountingSeal, find_kept, read_record
from counterfoil.office.keep_accounting import make_lines, read_kept
from counterfoil.tlog.encoding import to_base64

MOST_ROWS: Final = 10_000
"""Rows that one recall may name."""
_TWO: Final = (Role.DISCLOSURE, Role.DISCLOSURE)


class RecallAnswers(SignedCommand, frozen=True):
    """Recall answers of a batch; two officers. `rows`: their request ids, none for all of them;
    `reason`: a word of reasons.py."""

    batch: str
    reason: str
    document: Upload
    rows: tuple[str, ...] = ()


class WriteNotice(Public, frozen=True):
    """The notice of the recall of this number."""

    number: int


class ShowRecall(Public, frozen=True):
    """The recall of this number, whole."""

    number: int


class RecallStatus(Public, frozen=True):
    """Where a recall stands. `acknowledge` and `destroy` are the two duties; `is_whole`: of the
    whole answer. No row is named."""

    number: int
    batch: str
    is_whole: bool
    recalled_at: str
    officers: tuple[str, str]
    document: str
    index: int
    acknowledge: duties.Duty
    destroy: duties.Duty


class RecallListing(Public, frozen=True):
    """Every recall, oldest first. `agrees`: whether they are those that the ledger has entries of,
    and their duties too; where not, none is listed."""

    recalls: tuple[RecallStatus, ...]
    agrees: bool


class Recalled(Sensitive, frozen=True):
    """What was entered, and the notice to the requester, to be given to them."""

    status: RecallStatus
    notice: bytes


class ShownRecall(Sensitive, frozen=True):
    """A recall as an officer sees it."""

    status: RecallStatus
    reason: str
    rows: tuple[str, ...]


# -- to recall ---------------------------------------------------------------------------------


def recall_answers_statement(office: Office, actor: Actor, command: RecallAnswers) -> Statement:
    """What two officers are to sign. Raises as `recall_answers`."""
    document = _read(office, actor, command)
    with office.store.reading() as connection:
        return authority.state(office, _recall_form(office, connection, command, document)[0])


def recall_answers(office: Office, actor: Actor, command: RecallAnswers) -> Recalled:
    """Enter the recall and make its notice.

    Raises UsageFault `recall_reason`, `recall_rows`; InputFault (the document); StateFault
    `batch_unknown`, `batch_not_ready` (not released), `recall_row_unknown`, `recall_done`,
    `recall_rows_gone`, `order_used`, `orders_disagree`; as `require_signed`; KeyFault, StoreFault,
    VerifyFault.
    """
    document, signer, seal = _read(office, actor, command), office.signer(), RecallSeal(office)
    with office.store.transaction() as connection:
        form, batch, number = _recall_form(office, connection, command, document)
        officers = authority.require_signed(office, connection, actor, form, command.signatures)
        today, first = office.clock().date(), duties.next_number(office, connection)
        for name in (ACKNOWLEDGMENT, DESTRUCTION):
            due = duty_classes()[name].due_on(today, None)
            facts = duties.DutyFacts(name, today, due, document, batch.id)
            duties.enter_duty(office, connection, facts, officers, command.signatures)
        rows, reason = _sorted(command.rows), command.reason
        said: dict[str, Any] = {
            "batch": batch.id,
            "document": document,
            "duties": [first, first + 1],
            "number": number,
            "reason": canonical.commit(seal.salt("reason", number), reason.encode()),
            "rows": rows_commitment(rows, seal.salt("rows", number)),
        }
        kept = KeptRecall(reason, rows, recall_key(_secret(office, connection, batch), batch.id))
        new = recall_act(number, said, seal.seal_recall(number, kept))
        acts.enter_act(office, connection, new, officers, command.signatures)
        status = _status_of(office, connection, number)
        notice = _notice(office, connection, seal, number)
    return Recalled(status, sign_object(notice, signer))


def _recall_form(
    office: Office, connection: Connection, command: RecallAnswers, document: str
) -> tuple[authority.ActForm, Batch, int]:
    _require_sound(command)
    entered = load_recalls(office, connection)
    batch = batches.find_batch(connection, command.batch)
    batch.require(BatchState.RELEASED)
    seal, rows = RecallSeal(office), _sorted(command.rows)
    _require_answered(office, connection, batch, rows)
    before = [each for each in entered.recalls if each.batch == batch.id]
    opened = [seal.open_recall(entered.act_of(each.number))[0] for each in before]
    done = {row for each in opened for row in each.rows}
    if any(not each.rows for each in opened) or done & set(rows):
        raise StateFault(
            "recall_done",
            "these answers were recalled before, or some of them",
            place=batch.id,
            cure="`counterfoil recall list` says when. Name the rows that were not.",
        )
    if any(each.document == document for each in before):
        raise StateFault(
            "order_used",
            "answers of this batch were recalled on that document before",
            place=document,
            cure="Each recall of a batch needs a document of its own.",
        )
    number = len(entered.recalls) + 1
    details: dict[str, str | int] = {
        "document": document,
        "reason": command.reason,
        "rows": len(rows),
        "which": seal.keyed_digest(rows),
    }
    generation = acts.count_entered(office, connection, KINDS)
    form = authority.ActForm("recall", batch.id, generation, details, _TWO, "recall answers")
    return form, batch, number


def _require_sound(command: RecallAnswers) -> None:
    if command.reason not in set(RecallReason):
        raise UsageFault(
            "recall_reason",
            "there is no such reason to recall answers",
            place="--reason",
            cure="Reasons: " + "; ".join(f"{name} ({said})" for name, said in REASONS.items()),
        )
    rows = command.rows
    if len(rows) > MOST_ROWS or len(set(rows)) != len(rows) or "" in rows:
        raise UsageFault(
            "recall_rows",
            f"more than {MOST_ROWS:,} rows are named, or one is named twice or is empty",
            place="--row",
            cure="Name each request id once, or recall the whole answer.",
        )


def _require_answered(
    office: Office, connection: Connection, batch: Batch, rows: tuple[str, ...]
) -> None:
    """Each row is one that the answer has an answer for. Read to the end, which is when it is
    certain that the accounting is what the ledger says."""
    if not rows:
        return
    wanted, found = set(rows), set[str]()
    for line in _account_lines(office, connection, batch):
        record = read_record(line)
        if record.request_id in wanted and record.outcome != NO_ANSWER:
            found.add(record.request_id)
    if missing := len(wanted - found):
        raise StateFault(
            "recall_row_unknown",
            f"of {missing} of the rows that are named, this batch has no answer",
            place=batch.id,
            cure="Name the request ids as they stand in the answer file.",
        )


def _account_lines(office: Office, connection: Connection, batch: Batch) -> Iterable[bytes]:
    kept = find_kept(connection, batch.id)
    if kept is not None:
        return read_kept(office, connection, kept, AccountingSeal(office))[1]
    if batch.wrapped_key is None:
        raise StateFault(
            "recall_rows_gone",
            "an earlier version disposed of the rows and kept no accounting of them",
            place=batch.id,
            cure="Recall the whole answer.",
        )
    return make_lines(office, office.batch_session(connection, batch))[1]


def _secret(office: Office, connection: Connection, batch: Batch) -> bytes:
    """What the key of the sealed parts is made from: answers/recalls.py."""
    if batch.wrapped_key is None:
        return batch.file_digest.encode()
    return office.batch_session(connection, batch).key.salt("release", 0)


def _sorted(rows: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(rows))


def _read(office: Office, actor: Actor, command: RecallAnswers) -> str:
    """The digest of the document, read for an enrolled officer."""
    with office.store.reading() as connection:
        authority.require_officer(connection, actor)
    return acts.read_document(command.document)


# -- the notice --------------------------------------------------------------------------------


def write_recall_notice(office: Office, actor: Actor, question: WriteNotice) -> bytes:
    """The notice of a recall, for an officer. Raises StateFault `recall_unknown`,
    `orders_disagree`; as `require_officer`; KeyFault."""
    seal, signer = RecallSeal(office), office.signer()
    with office.store.reading() as connection:
        authority.require_officer(connection, actor)
        require_recall(office, connection, question.number)
        return sign_object(_notice(office, connection, seal, question.number), signer)


def notice_for_outbox(office: Office, actor: Actor, question: WriteNotice) -> bytes:
    """The same notice, for the service that puts it into the outbox. Raises UsageFault
    `actor_refused`; as `write_recall_notice`."""
    authority.require_service(actor)
    seal, signer = RecallSeal(office), office.signer()
    with office.store.reading() as connection:
        require_recall(office, connection, question.number)
        return sign_object(_notice(office, connection, seal, question.number), signer)


def notice_digest(office: Office, connection: Connection, number: int) -> str:
    """How a receipt names the notice of a recall. Raises as `write_recall_notice`."""
    require_recall(office, connection, number)
    return canonical.digest(
        canonical.encode(_notice(office, connection, RecallSeal(office), number))
    )


def _notice(
    office: Office, connection: Connection, seal: RecallSeal, number: int
) -> dict[str, Any]:
    """The fields of the notice of a recall."""
    recall = require_recall(office, connection, number)
    opening = seal.open_recall(load_recalls(office, connection).act_of(number))[1]
    batch = batches.find_batch(connection, recall.batch)
    due = {each.number: each.due_on for each in duties.listed(office, connection).duties}
    entry = next(office.ledger.entries(connection, recall.entry_index, recall.entry_index + 1))
    return opening.fields() | {
        "acknowledge_by": due[recall.duties[0]],
        "agreement": batch.agreement,
        "destroy_by": due[recall.duties[1]],
        "entry": to_base64(entry),
        "format": NOTICE_FORMAT,
        "index": recall.entry_index,
        "office": office.settings.name,
        "principal": batch.header.principal,
        "released_on": batch.released_at.date().isoformat() if batch.released_at else "",
        "requester": batch.header.party or batch.header.requester,
    }


# -- to look -----------------------------------------------------------------------------------


def list_recalls(office: Office, _actor: Actor) -> RecallListing:
    """Every recall with its duties. Anybody may ask."""
    with office.store.reading() as connection:
        entered, owed = read_recalls(office, connection), duties.listed(office, connection)
    if not (entered.agrees and owed.agrees):
        return RecallListing((), agrees=False)
    by_number = {each.number: each for each in owed.duties}
    found = tuple(_status(each, by_number) for each in entered.recalls)
    return RecallListing(found, agrees=True)


def show_recall(office: Office, actor: Actor, question: ShowRecall) -> ShownRecall:
    """A recall with its reason and rows, for an officer. Raises as `write_recall_notice`."""
    seal = RecallSeal(office)
    with office.store.reading() as connection:
        authority.require_officer(connection, actor)
        require_recall(office, connection, question.number)
        act = load_recalls(office, connection).act_of(question.number)
        kept, _ = seal.open_recall(act)
        status = _status_of(office, connection, question.number)
    return ShownRecall(status, kept.reason, kept.rows)


def require_recall(office: Office, connection: Connection, number: int) -> EnteredRecall:
    """The recall of this number. Raises StateFault `recall_unknown`, `orders_disagree`."""
    found = [each for each in load_recalls(office, connection).recalls if each.number == number]
    if not found:
        raise StateFault(
            "recall_unknown",
            "this office has no recall of that number",
            place=str(number),
            cure="`counterfoil recall list` shows those it has.",
        )
    return found[0]


class RecalledRows(Sensitive, frozen=True):
    """What was recalled of a batch, by the day: of the whole answer, "" for not; of single rows."""

    whole_on: str
    rows_on: dict[str, str]

    def day_of(self, request_id: str) -> str:
        """The day on which the answer of a row was recalled first, or ""."""
        days = filter(None, (self.whole_on, self.rows_on.get(request_id, "")))
        return min(days, default="")

    def is_in(self, year: str) -> bool:
        """Whether something was recalled on a day that begins so."""
        return any(day.startswith(year) for day in (self.whole_on, *self.rows_on.values()))


def recalled_rows(office: Office, connection: Connection) -> dict[str, RecalledRows]:
    """What was recalled, by batch. Raises StateFault `orders_disagree`; KeyFault."""
    entered, found = load_recalls(office, connection), dict[str, RecalledRows]()
    seal = RecallSeal(office) if entered.recalls else None
    for each in entered.recalls:
        before = found.get(each.batch, RecalledRows("", {}))
        day = each.recalled_at.date().isoformat()
        rows = seal.open_recall(entered.act_of(each.number))[0].rows if seal else ()
        found[each.batch] = RecalledRows(
            before.whole_on or ("" if rows else day), dict.fromkeys(rows, day) | before.rows_on
        )
    return found


def _status_of(office: Office, connection: Connection, number: int) -> RecallStatus:
    by_number = {each.number: each for each in duties.listed(office, connection).duties}
    return _status(require_recall(office, connection, number), by_number)


def _status(recall: EnteredRecall, by_number: dict[int, duties.Duty]) -> RecallStatus:
    first, second = recall.duties
    return RecallStatus(
        number=recall.number,
        batch=recall.batch,
        is_whole=recall.is_whole,
        recalled_at=instant_text(recall.recalled_at),
        officers=recall.officers,
        document=recall.document,
        index=recall.entry_index,
        acknowledge=by_number[first],
        destroy=by_number[second],
    )
