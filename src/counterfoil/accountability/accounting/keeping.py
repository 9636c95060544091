"""Keeping the permanent accounting: of batches that an earlier version closed, and again where the
database lost it while the rows are there."""

from __future__ import annotations

from collections.abc import Iterable

from counterfoil.batches import store as batches
from counterfoil.batches.batch import Batch
from counterfoil.core.errors import CounterfoilError
from counterfoil.core.use_cases import Actor, Progress, Work
from counterfoil.core.values import Public
from counterfoil.database import Connection
from counterfoil.ledger import EntryKind
from counterfoil.office import Office
from counterfoil.office.accounting_records import (
    AccountingSeal,
    count_kept,
    delete_records,
    find_kept,
)
from counterfoil.office.authority import require_service
from counterfoil.office.keep_accounting import (
    CLOSED,
    KeptAccounting,
    accounting_disagrees,
    keep_accounting,
    read_kept,
)


class KeepAccounting(Public, frozen=True):
    """Make what is missing of the permanent accounting."""


class KeepResult(Public, frozen=True):
    """What was kept now, oldest batch first; how many batches had their accounting, and checked;
    and the batches whose rows an earlier version disposed of, of which no more can be had than it
    kept."""

    kept: tuple[KeptAccounting, ...]
    checked: int
    earlier: tuple[str, ...]


def keep_missing(office: Office, actor: Actor, command: KeepAccounting) -> Work[KeepResult]:
    """Check the accounting of every closed batch and make what is missing, a batch a commit. One
    that was altered or lost is made again from its rows, if they are there and make what the ledger
    commits to.

    Raises UsageFault `actor_refused`; VerifyFault `accounting_disagrees`; KeyFault, StoreFault.
    """
    require_service(actor)
    with office.store.reading() as connection:
        closed = [each for each in batches.list_batches(connection) if each.state in CLOSED]
    kept: list[KeptAccounting] = []
    earlier: list[str] = []
    for done, batch in enumerate(closed, 1):
        found = _keep(office, batch)
        if found is None:
            earlier.append(batch.id)
        elif not found.already:
            kept.append(found)
        yield Progress(done, len(closed), "keep")
    with office.store.transaction() as connection:
        require_all_kept(office, connection)
        office.ledger.sign_checkpoint(connection, office.signer())
    return KeepResult(tuple(kept), len(closed) - len(kept) - len(earlier), tuple(earlier))


def require_accounting(office: Office, connection: Connection, batch_id: str) -> KeptAccounting:
    """The accounting of a closed batch, read whole and held against the ledger, or made in this
    commit. Raises as `keep_accounting` and `read_kept`."""
    kept = find_kept(connection, batch_id)
    if kept is None:
        return keep_accounting(office, connection, batch_id)
    _exhaust(read_kept(office, connection, kept, AccountingSeal(office))[1])
    return KeptAccounting(batch_id, kept.entry_index, kept.row_count, already=True)


def require_all_kept(office: Office, connection: Connection) -> None:
    """Raise VerifyFault `accounting_disagrees` unless there is an accounting of as many batches as
    the ledger has entries of one."""
    if count_kept(connection) != office.ledger.counts(connection)[EntryKind.ACCOUNTING]:
        raise accounting_disagrees("accounting")


def _keep(office: Office, batch: Batch) -> KeptAccounting | None:
    try:
        with office.store.reading() as connection:
            kept = find_kept(connection, batch.id)
            if kept is None and batch.wrapped_key is None:
                return None
            if kept is not None:
                return require_accounting(office, connection, batch.id)
    except CounterfoilError:
        if batch.wrapped_key is None:
            raise
    with office.store.transaction() as connection:
        delete_records(connection, batch.id)
        return keep_accounting(office, connection, batch.id)


def _exhaust(lines: Iterable[bytes]) -> None:
    for _ in lines:
        pass
