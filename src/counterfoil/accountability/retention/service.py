"""Disposal: the key of a batch is deleted when the agreement's time is over, and everything that
was proved stays proved.

A batch is due when it is closed (released or withdrawn) and `retention_days` have passed since; the
ledger's own entry says when it was closed.
For each batch, in one commit:

    1  its accounting is sealed under the accounting key (accountability/accounting/lines.py): it
       outlives the rows
    2  its key is deleted: rows, salts, evidence and the holder's copy of the answer cannot be read
       again by anyone
    3  a `disposal` is entered, with the number of rows; then the ledger is signed

Afterwards the write-ahead log is folded into the database and cut to nothing; the database
overwrites what it deletes (`secure_delete`). What a disk or a backup keeps of its own accord is not
reached: let backups expire by the same days.

Nothing is disposed of while the office stands still by order, nor of a batch that an order holds
(`hold`); `lift` takes two officers.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from counterfoil.accountability.accounting.lines import keep_lines
from counterfoil.accountability.retention.store import (
    BatchOrder,
    OrderKind,
    is_held,
    keep_batch_order,
    order_bytes,
    was_used,
)
from counterfoil.batches import store as batches
from counterfoil.batches.batch import Batch, ChunkKind
from counterfoil.batches.officers import require_two
from counterfoil.batches.states import BatchState
from counterfoil.controls.suspension.service import read_order
from counterfoil.controls.suspension.stopped import acting, require_running, stopped
from counterfoil.core import canonical
from counterfoil.core.errors import StateFault
from counterfoil.core.values import Officer, Public
from counterfoil.database import Connection
from counterfoil.ledger import Draft, EntryKind
from counterfoil.ledger.search import find_of_batch
from counterfoil.office import Office
from counterfoil.tlog import Signer

_CLOSED = {BatchState.RELEASED: EntryKind.RELEASE, BatchState.WITHDRAWN: EntryKind.WITHDRAWAL}
_ENTERED_AS = {
    OrderKind.HOLD: EntryKind.RETENTION_HOLD,
    OrderKind.LIFT: EntryKind.RETENTION_LIFT,
    OrderKind.DELAY: EntryKind.DELAY,
}


class Due(Public, frozen=True):
    """A closed batch whose rows still stand: when it was closed, from when it is due, whether an
    order holds it."""

    batch: str
    closed_on: str
    due_on: str
    rows: int
    held: bool
    is_due: bool


class Ordered(Public, frozen=True):
    """An order over a batch as it was entered. `held`: whether the batch is held now."""

    batch: str
    kind: str
    order: str
    index: int
    held: bool


def list_due(office: Office) -> list[Due]:
    """Every closed batch whose rows still stand, oldest first; `is_due` for those that `dispose`
    would take now."""
    with office.store.reading() as connection:
        standing = [
            batch
            for batch in batches.list_batches(connection)
            if batch.state in _CLOSED and batch.wrapped_key
        ]
        return [_due(office, connection, batch) for batch in standing]


def dispose(office: Office) -> list[Due]:
    """Dispose of every batch that is due. Broken off, it goes on where its last commit was.

    Raises StateFault `suspended`, KeyFault, StoreFault `log_not_cut` where another program still
    reads what was deleted.
    """
    holder = office.signer()
    with office.store.reading() as connection:
        require_running(office, connection)
    disposed: list[Due] = []
    for due in list_due(office):
        if due.is_due and _dispose(office, due, holder):
            disposed.append(due)
    office.store.cut_log()
    return disposed


def _dispose(office: Office, due: Due, holder: Signer) -> bool:
    """One batch in one commit. False where another program was quicker, or an order came."""
    with acting(office) as connection:
        batch = batches.find_batch(connection, due.batch)
        standing = stopped(office, connection).holds(batch.id, batch.header)
        if batch.wrapped_key is None or standing or is_held(connection, batch.id):
            return False
        keep_lines(office, connection, batch)
        batches.destroy_key(connection, batch)
        draft = Draft(EntryKind.DISPOSAL, {"batch": batch.id, "rows": due.rows})
        office.ledger.append(connection, [draft], office.clock())
        office.ledger.sign_checkpoint(connection, holder)
        return True


def hold(office: Office, batch_id: str, order: Path, officer: tuple[str, Signer]) -> Ordered:
    """Keep a batch's rows from disposal by an order. Raises InputFault (the order), StateFault,
    KeyFault."""
    return _order(office, batch_id, OrderKind.HOLD, read_order(order, ""), "", [officer])


def lift(
    office: Office,
    batch_id: str,
    order: Path,
    first: tuple[str, Signer],
    second: tuple[str, Signer],
) -> Ordered:
    """Lift one such order: two officers, and the order that lifts it. Raises as `hold`; StateFault
    `officers_same`, `not_held`."""
    return _order(office, batch_id, OrderKind.LIFT, read_order(order, ""), "", [first, second])


def delay(
    office: Office, batch_id: str, until: date, order: Path, officer: tuple[str, Signer]
) -> Ordered:
    """Put off telling persons of a batch's requests, up to and with a day (5 USC 552a(b)(7),
    (c)(3)). Raises as `hold`.

    StateFault `delay_over` for a day that has passed.
    """
    if until < office.clock().date():
        raise StateFault(
            "delay_over",
            "the last day of the delay has passed",
            cure="Name a later day with --until.",
        )
    return _order(
        office, batch_id, OrderKind.DELAY, read_order(order, ""), until.isoformat(), [officer]
    )


def _order(
    office: Office,
    batch_id: str,
    kind: OrderKind,
    digest: str,
    until: str,
    who: list[tuple[str, Signer]],
) -> Ordered:
    with office.store.transaction() as connection:
        officers = [
            batches.officer_with_key(connection, name, str(signer.verifier)) for name, signer in who
        ]
        batch = batches.find_batch(connection, batch_id)
        _require_possible(connection, batch, kind, digest, officers)
        now, salt = office.clock(), office.random(canonical.SALT_BYTES)
        fields = {
            "batch": batch.id,
            "commitment": canonical.commit(salt, order_bytes(digest, until)),
        }
        fields |= dict(
            zip(
                ("officer", "second"),
                (canonical.digest(each.vkey.encode()) for each in officers),
                strict=False,
            )
        )
        index = office.ledger.append(connection, [Draft(_ENTERED_AS[kind], {**fields})], now)[0]
        names = [*(each.name for each in officers), ""]
        keep_batch_order(
            connection,
            BatchOrder(batch.id, kind, digest, salt, names[0], names[1], until, now, index),
        )
        return Ordered(batch.id, kind.value, digest, index, is_held(connection, batch.id))


def _require_possible(
    connection: Connection, batch: Batch, kind: OrderKind, digest: str, officers: list[Officer]
) -> None:
    if kind is OrderKind.LIFT:
        require_two(officers, "lift an order")
    if kind is OrderKind.LIFT and not is_held(connection, batch.id):
        raise StateFault(
            "not_held",
            "no order holds this batch",
            place=batch.id,
            cure="There is nothing to lift.",
        )
    if kind is OrderKind.HOLD and batch.wrapped_key is None:
        raise StateFault(
            "payload_destroyed",
            "the rows of this batch were disposed of",
            place=batch.id,
            cure="Its entries in the ledger still verify; the rows cannot be had again.",
        )
    if was_used(connection, batch.id, digest):
        raise StateFault(
            "order_used",
            "this office acted on that order before",
            place=digest,
            cure="Each hold, and what lifts it, needs an order of its own.",
        )


def _due(office: Office, connection: Connection, batch: Batch) -> Due:
    closed = _closed_on(connection, batch)
    due_on = closed + timedelta(days=office.law.agreement.retention_days)
    held = is_held(connection, batch.id)
    rows = batches.count_chunks(connection, batch, ChunkKind.REQUEST)[1]
    is_due = not held and office.clock().date() >= due_on
    return Due(batch.id, closed.isoformat(), due_on.isoformat(), rows, held, is_due)


def _closed_on(connection: Connection, batch: Batch) -> date:
    """The day of the entry that closed the batch. Raises StateFault `evidence_entry` where the
    ledger holds none."""
    wanted = _CLOSED[batch.state]
    found = [
        entry
        for _, entry in find_of_batch(connection, batch.id, frozenset())
        if entry.kind is wanted
    ]
    if not found:
        raise StateFault(
            "closing_entry",
            "the ledger does not hold the entry that closed this batch",
            place=batch.id,
            cure="Run `counterfoil ledger check`, and tell the inspector. Nothing was disposed of.",
        )
    return date.fromisoformat(found[-1].time[:10])
