"""Retention: the key of a batch is deleted when the agreement's time is over, and everything that
was proved stays proved.

A batch is due when it is closed (released or withdrawn) and `retention_days` have passed since; the
ledger's own entry says when it was closed. `dispose` does for each batch, in one commit:

    1  its permanent accounting is read and held against the ledger, or, of a batch that an earlier
       version closed, made (office/keep_accounting.py): it outlives the rows. Where it does not
       agree, nothing is disposed of
    2  its wrapped key is deleted: rows, salts, evidence and the holder's copy of the answer cannot
       be read again by anyone
    3  a `disposal` is entered, with the number of rows; then the ledger is signed

After the commit its share is deleted from the store of batch keys (batches/shares.py), so that an
older copy of the database opens nothing of it; a run that was broken off in between is made good by
the next. A batch that an earlier version received is first given a share. In the end the logs are
folded into the databases and cut to nothing; what is deleted is written over (`secure_delete`).
What a disk keeps of its own accord is not reached, nor a copy of the store of batch keys.

Nothing is disposed of while the office is suspended, nor a batch that is within a suspension, or
that an order keeps: while more orders keep it than were lifted; or that a litigation hold keeps
(litigation.py). What is passed over, and why, is listed (`kept_by`).

Orders over a batch are acts (office/acts.py), whose subject is the batch:

    retention_hold   its rows are kept, whatever the agreement's retention says
    retention_lift   one such order is lifted, by two officers
    delay            persons are not informed of its requests up to and with a day
                     (accountability/accounting/orders.py)

Each commits to canonical JSON of {"order": digest of the order's file, "until": day or ""}. Where
the acts are not those of the ledger, nothing is disposed of (`orders_disagree`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from counterfoil.accountability.accounting.keeping import require_accounting
from counterfoil.accountability.accounting.orders import order_act, order_meaning
from counterfoil.accountability.retention.litigation import LitigationHolds
from counterfoil.batches import store as batches
from counterfoil.batches.batch import Batch, ChunkKind
from counterfoil.batches.officers import Role
from counterfoil.batches.pages import closed_with_rows, read_batches
from counterfoil.batches.states import BatchState
from counterfoil.controls.suspension.service import acting, suspensions
from counterfoil.core.errors import StateFault
from counterfoil.core.use_cases import Actor, Progress, SignedCommand, Statement, Upload, Work
from counterfoil.core.values import Public
from counterfoil.database import Connection
from counterfoil.ledger import EntryKind
from counterfoil.office import Office, acts, authority, journal
from counterfoil.office.acts import Act
from counterfoil.office.keys.wrapped_keys import give_shares
from counterfoil.tlog import Signer

_CLOSED: Final = {
    BatchState.RELEASED: EntryKind.RELEASE,
    BatchState.WITHDRAWN: EntryKind.WITHDRAWAL,
}
_KINDS: Final = (EntryKind.RETENTION_HOLD, EntryKind.RETENTION_LIFT, EntryKind.DELAY)


class KeepRows(SignedCommand, frozen=True):
    """Keep a batch's rows from disposal by an order."""

    batch: str
    order: Upload


class LiftRetention(SignedCommand, frozen=True):
    """Lift one such order by another; two officers."""

    batch: str
    order: Upload


class DelayNotice(SignedCommand, frozen=True):
    """Put off informing persons of a batch's requests, up to and with the day `until`."""

    batch: str
    until: date
    order: Upload


Command = KeepRows | LiftRetention | DelayNotice


class Due(Public, frozen=True):
    """A closed batch that has its rows: when it was closed, from when it is due, whether it is
    `held`, and what keeps it, in words. A hold of a person is told only of a batch whose day has
    come. `passed_over`: its day has come, and something keeps it."""

    batch: str
    closed_on: str
    due_on: str
    rows: int
    held: bool
    is_due: bool
    kept_by: tuple[str, ...] = ()
    passed_over: bool = False


class Ordered(Public, frozen=True):
    """An order over a batch as it was entered. `held`: whether an order keeps the batch's rows
    now."""

    batch: str
    kind: str
    order: str
    index: int
    held: bool


# -- disposal ----------------------------------------------------------------------------------


class PageDue(Public, frozen=True):
    """Show a page of the closed batches that have their rows. `number` counts from 1; `size`: of a
    page, 1 to 200."""

    number: int = 1
    size: int = 25


class DuePage(Public, frozen=True):
    """A page of them, the oldest first. `count`: how many there are."""

    batches: tuple[Due, ...]
    count: int
    number: int
    pages: int


def page_due(office: Office, _actor: Actor, question: PageDue) -> DuePage:
    """A page of what `list_due` lists. Anybody may ask; a number beyond the last page is the last.
    Raises as `list_due`."""
    size = min(max(question.size, 1), 200)
    with office.store.reading() as connection:
        closed = closed_with_rows(connection, tuple(_CLOSED))
        pages = max(1, -(-len(closed) // size))
        number = min(max(question.number, 1), pages)
        shown = closed[(number - 1) * size : number * size]
        found = tuple(_dues(office, connection, read_batches(connection, shown)))
    return DuePage(found, len(closed), number, pages)


def list_due(office: Office, _actor: Actor) -> tuple[Due, ...]:
    """Every closed batch that has its rows, oldest first; `is_due` for those that `dispose` would
    take now. Anybody may ask; where a litigation hold is of a person, whoever has the office's
    keys. Raises StateFault `orders_disagree`, KeyFault; as `LitigationHolds.keep`."""
    with office.store.reading() as connection:
        found = read_batches(connection, closed_with_rows(connection, tuple(_CLOSED)))
        return tuple(_dues(office, connection, found))


def dispose(office: Office, actor: Actor) -> Work[tuple[Due, ...]]:
    """Dispose of every batch that is due. Only the office itself may. Broken off, it goes on where
    its last commit was.

    Raises StateFault `suspended`, `orders_disagree`, KeyFault, StoreFault `log_not_cut` where
    another program still reads what was deleted.
    """
    authority.require_service(actor)
    holder = office.signer()
    with acting(office) as connection:
        _load_acts(office, connection)
        give_shares(office, connection)
    _destroy_shares(office)
    due = [each for each in list_due(office, actor) if each.is_due]
    disposed: list[Due] = []
    for done, each in enumerate(due, 1):
        if _dispose(office, each, holder):
            disposed.append(each)
            office.shares.destroy({each.batch})
        yield Progress(done, len(due), "dispose")
    office.store.cut_log()
    return tuple(disposed)


def _destroy_shares(office: Office) -> None:
    """Delete the share of every batch whose key is gone: a run may have been broken off."""
    with office.store.reading() as connection:
        found = batches.list_batches(connection)
    office.shares.destroy({batch.id for batch in found if batch.wrapped_key is None})


def _dispose(office: Office, due: Due, holder: Signer) -> bool:
    """One batch in one commit. False where another program was quicker, or an order came."""
    with acting(office) as connection:
        batch = batches.find_batch(connection, due.batch)
        suspended = suspensions(office, connection).covering(batch.id, batch.header)
        if batch.wrapped_key is None or suspended:
            return False
        if _is_kept(_load_acts(office, connection), batch.id):
            return False
        if LitigationHolds(office, connection).keep(batch):
            return False
        require_accounting(office, connection, batch.id)
        batches.destroy_key(connection, batch)
        fields = {"batch": batch.id, "rows": due.rows}
        journal.enter(office, connection, EntryKind.DISPOSAL, fields)
        office.ledger.sign_checkpoint(connection, holder)
        return True


def _dues(office: Office, connection: Connection, found: Sequence[Batch]) -> Iterator[Due]:
    orders = acts.list_acts(connection, *_KINDS)
    holds = LitigationHolds(office, connection)
    for batch in found:
        yield _due(office, connection, batch, orders, holds)


def _due(
    office: Office,
    connection: Connection,
    batch: Batch,
    orders: Sequence[Act],
    holds: LitigationHolds,
) -> Due:
    closed = _closed_on(office, connection, batch)
    due_on = closed + timedelta(days=office.law.agreement.retention_days)
    day_has_come = office.clock().date() >= due_on
    kept_by = holds.keep(batch, rows=day_has_come)
    if _is_kept(orders, batch.id):
        kept_by = ("an order over the batch", *kept_by)
    if suspensions(office, connection).covering(batch.id, batch.header):
        kept_by = (*kept_by, "a suspension")
    return Due(
        batch=batch.id,
        closed_on=closed.isoformat(),
        due_on=due_on.isoformat(),
        rows=batches.count_chunks(connection, batch, ChunkKind.REQUEST)[1],
        held=bool(kept_by),
        is_due=day_has_come and not kept_by,
        kept_by=kept_by,
        passed_over=day_has_come and bool(kept_by),
    )


def _closed_on(office: Office, connection: Connection, batch: Batch) -> date:
    """The day of the entry that closed the batch. Raises StateFault `closing_entry` where the
    ledger has none."""
    wanted, index = _CLOSED[batch.state], batch.release_index
    entries = office.ledger.newest_of(connection, wanted)
    if wanted is EntryKind.RELEASE and index is not None:
        found = office.ledger.entry(connection, index)
        entries = iter([(index, found)] if found and found.kind is wanted else [])
    for _, entry in entries:
        if entry.fields["batch"] == batch.id:
            return date.fromisoformat(entry.time[:10])
    raise StateFault(
        "closing_entry",
        "the ledger does not hold the entry that closed this batch",
        place=batch.id,
        cure="Run `counterfoil ledger check`, and tell the inspector. Nothing was disposed of.",
    )


# -- orders over a batch -----------------------------------------------------------------------


def keep_rows_statement(office: Office, actor: Actor, command: KeepRows) -> Statement:
    """What one officer is to sign. Raises as `keep_rows`."""
    return _statement(office, actor, command)


def keep_rows(office: Office, actor: Actor, command: KeepRows) -> Ordered:
    """Keep a batch's rows from disposal by an order. Raises InputFault (the order), StateFault
    `batch_unknown`, `payload_destroyed`, `order_used`; as `require_signed`."""
    return _order(office, actor, command)


def lift_retention_statement(office: Office, actor: Actor, command: LiftRetention) -> Statement:
    """What two officers are to sign. Raises as `lift_retention`."""
    return _statement(office, actor, command)


def lift_retention(office: Office, actor: Actor, command: LiftRetention) -> Ordered:
    """Lift one such order by the order that lifts it. Raises as `keep_rows`; StateFault
    `officers_same`, `not_held`."""
    return _order(office, actor, command)


def delay_notice_statement(office: Office, actor: Actor, command: DelayNotice) -> Statement:
    """What one officer is to sign. Raises as `delay_notice`."""
    return _statement(office, actor, command)


def delay_notice(office: Office, actor: Actor, command: DelayNotice) -> Ordered:
    """Put off informing persons of a batch's requests, on a request in the holder's papers: no
    words of 5 USC 552a speak of a delay. Raises as `keep_rows`; StateFault `delay_over` for a day
    that has passed."""
    return _order(office, actor, command)


def _statement(office: Office, actor: Actor, command: Command) -> Statement:
    document = _read_order(office, actor, command)
    with office.store.reading() as connection:
        return authority.state(office, _form(office, connection, command, document))


def _order(office: Office, actor: Actor, command: Command) -> Ordered:
    document = _read_order(office, actor, command)
    with office.store.transaction() as connection:
        form = _form(office, connection, command, document)
        new = order_act(_kind_of(command), command.batch, document, _until(command))
        act = acts.enter_signed(office, connection, actor, form, new, command.signatures)
        kept = _is_kept(acts.list_acts(connection, *_KINDS), command.batch)
    return Ordered(command.batch, str(act.kind), document, act.entry_index, kept)


def _read_order(office: Office, actor: Actor, command: Command) -> str:
    """The digest of the order, read for an enrolled officer."""
    with office.store.reading() as connection:
        authority.require_officer(connection, actor)
    return acts.read_document(command.order)


def _form(
    office: Office, connection: Connection, command: Command, document: str
) -> authority.ActForm:
    batch = batches.find_batch(connection, command.batch)
    before = [act for act in acts.list_acts(connection, *_KINDS) if act.subject == batch.id]
    _require_possible(office, command, batch, before)
    if acts.was_used(before, document):
        raise StateFault(
            "order_used",
            "this office acted on that order before",
            place=document,
            cure="Each hold, and what lifts it, needs an order of its own.",
        )
    act = {KeepRows: "keep-rows", LiftRetention: "lift-retention", DelayNotice: "delay-notice"}
    details: dict[str, str | int] = {"order": document, "until": _until(command)}
    generation = acts.count_entered(office, connection, _KINDS)
    two = isinstance(command, LiftRetention)
    roles = (Role.DISCLOSURE,) * (2 if two else 1)
    alone = "lift an order" if two else ""
    return authority.ActForm(act[type(command)], batch.id, generation, details, roles, alone)


def _require_possible(
    office: Office, command: Command, batch: Batch, before: Sequence[Act]
) -> None:
    if isinstance(command, DelayNotice) and command.until < office.clock().date():
        raise StateFault(
            "delay_over",
            "the last day of the delay has passed",
            cure="Name a later day with --until.",
        )
    if isinstance(command, LiftRetention) and not _is_kept(before, batch.id):
        raise StateFault(
            "not_held",
            "no order holds this batch",
            place=batch.id,
            cure="There is nothing to lift.",
        )
    if isinstance(command, KeepRows) and batch.wrapped_key is None:
        raise StateFault(
            "payload_destroyed",
            "the rows of this batch were disposed of",
            place=batch.id,
            cure="Its entries in the ledger still verify; the rows cannot be had again.",
        )


def _kind_of(command: Command) -> EntryKind:
    return {
        KeepRows: EntryKind.RETENTION_HOLD,
        LiftRetention: EntryKind.RETENTION_LIFT,
        DelayNotice: EntryKind.DELAY,
    }[type(command)]


def _until(command: Command) -> str:
    return command.until.isoformat() if isinstance(command, DelayNotice) else ""


# -- the acts ----------------------------------------------------------------------------------


def _load_acts(office: Office, connection: Connection) -> tuple[Act, ...]:
    """Every order over a batch. Raises StateFault `orders_disagree`."""
    loaded = acts.load_acts(office, connection, _KINDS, order_meaning)
    if not loaded.agrees:
        raise acts.acts_disagree("nothing is disposed of")
    return loaded.acts


def _is_kept(orders: Sequence[Act], batch_id: str) -> bool:
    """Whether more orders keep the batch's rows than were lifted."""
    kinds = [act.kind for act in orders if act.subject == batch_id]
    return kinds.count(EntryKind.RETENTION_HOLD) > kinds.count(EntryKind.RETENTION_LIFT)
