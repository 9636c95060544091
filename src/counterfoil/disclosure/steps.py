"""What every step of a batch shares: where a batch stands, how it is found, and what must be in
force."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from counterfoil.batches import store as batches
from counterfoil.batches.batch import Batch
from counterfoil.batches.session import BatchSession
from counterfoil.batches.states import BatchState
from counterfoil.controls.sampling.own_look import as_told
from counterfoil.controls.suspension.service import acting, require_running, require_same_rules
from counterfoil.core.errors import StateFault
from counterfoil.core.use_cases import Actor
from counterfoil.core.values import Officer, Public
from counterfoil.database import Connection
from counterfoil.disclosure.screening import OVERRIDDEN, WAITING
from counterfoil.ledger import EntryKind
from counterfoil.office import Office
from counterfoil.office.authority import require_officer


class BatchStatus(Public, frozen=True):
    """Where a batch stands after a step. `counts` are of rows, as they were when each was counted:
    `refused` stays what the gate said, and `overridden` says how many of those were admitted since.
    `already`: the step had been done before."""

    batch: str
    state: str
    counts: dict[str, int]
    already: bool = False

    @property
    def waiting(self) -> int:
        """How many requests wait for an officer and can still be admitted; none of a batch that an
        earlier version received is known of."""
        if self.state != BatchState.GATED:
            return 0
        return self.counts.get(WAITING, 0) - self.counts.get(OVERRIDDEN, 0)


def status_of(batch: Batch, *, already: bool = False) -> BatchStatus:
    """Where this batch stands."""
    return BatchStatus(batch.id, str(batch.state), batch.counts, already)


def in_order(office: Office, connection: Connection) -> list[Batch]:
    """Every batch, oldest first; those of one second in the order of their entries."""
    found = batches.list_batches(connection)
    if len({batch.received_at for batch in found}) < len(found):
        entered = office.ledger.newest_of(connection, EntryKind.BATCH)
        places = {str(entry.fields["batch"]): index for index, entry in entered}
        found.sort(key=lambda batch: (batch.received_at, places.get(batch.id, -1)))
    return found


def batch_statuses(office: Office, _actor: Actor) -> list[BatchStatus]:
    """Every batch, oldest first. Anybody may ask."""
    with office.store.reading() as connection:
        return [status_of(batch) for batch in in_order(office, connection)]


def batch_status(office: Office, actor: Actor, batch_id: str) -> BatchStatus:
    """Where one batch stands, as this actor is told of it (controls/sampling/own_look.py).
    Anybody may ask. Raises StateFault `batch_unknown`."""
    with office.store.reading() as connection:
        batch = batches.find_batch(connection, batch_id)
        return status_of(as_told(office, connection, actor, batch))


@contextmanager
def acting_on(
    office: Office, actor: Actor, batch_id: str
) -> Generator[tuple[BatchSession, Officer]]:
    """A transaction of an officer's step: the batch as it stands in it, and the enrolled officer
    who acts. Raises as `require_officer`, before the batch is looked at; as `acting`, and as
    `Office.batch_session`."""
    with office.store.reading() as connection:
        require_officer(connection, actor)
    with acting(office, find_running(office, batch_id)) as connection:
        officer = require_officer(connection, actor)
        yield office.batch_session(connection, batches.find_batch(connection, batch_id)), officer


def find_running(office: Office, batch_id: str) -> Batch:
    """The batch, unless it is suspended. Raises as `running_batch`."""
    with office.store.reading() as connection:
        return running_batch(office, connection, batch_id)


def running_batch(office: Office, connection: Connection, batch_id: str) -> Batch:
    """The batch as this transaction sees it. Raises StateFault `suspended`, `orders_disagree`,
    `batch_unknown`."""
    require_running(office, connection)
    batch = batches.find_batch(connection, batch_id)
    require_running(office, connection, batch.id, batch.header)
    return batch


def find(office: Office, batch_id: str) -> Batch:
    """The batch as it stands. Raises StateFault `batch_unknown`."""
    with office.store.reading() as connection:
        return batches.find_batch(connection, batch_id)


def require_in_force(office: Office, batch: Batch) -> None:
    """Nothing is opened and nothing leaves outside the agreement's dates, whatever was admitted
    before."""
    require_same_rules(office, batch)
    if not office.law.agreement.in_force.covers(office.clock().date()):
        raise StateFault(
            "agreement_not_in_force",
            "the agreement is not in force today",
            place=batch.agreement,
            cure="Nothing is determined or released outside its dates. Withdraw the batch.",
        )
