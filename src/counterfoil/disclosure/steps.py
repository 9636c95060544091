"""What every step of a batch shares: where a batch stands, how it is found, and what must be in
force."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager

from counterfoil.batches import store as batches
from counterfoil.batches.batch import Batch
from counterfoil.controls.suspension.stopped import acting, require_running, require_same_rules
from counterfoil.core.errors import StateFault
from counterfoil.core.values import Public
from counterfoil.database import Connection
from counterfoil.office import Office

Progress = Callable[[int, int | None, str], None]


class BatchStatus(Public, frozen=True):
    """Where a batch stands after a step. `counts` are of rows; `already`: the step had been done
    before."""

    batch: str
    state: str
    counts: dict[str, int]
    already: bool = False


def quiet(_done: int, _total: int | None, _phase: str) -> None:
    """No progress is shown."""


def batch_statuses(office: Office) -> list[BatchStatus]:
    """Every batch, oldest first."""
    with office.store.reading() as connection:
        return [
            BatchStatus(batch.id, str(batch.state), batch.counts)
            for batch in batches.list_batches(connection)
        ]


@contextmanager
def acting_on(office: Office, batch_id: str) -> Generator[tuple[Connection, Batch]]:
    """A transaction of a step, and the batch as it stands in it. Raises as `acting`."""
    with acting(office, find_running(office, batch_id)) as connection:
        yield connection, batches.find_batch(connection, batch_id)


def find_running(office: Office, batch_id: str) -> Batch:
    """The batch, unless it stands still."""
    with office.store.reading() as connection:
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
