"""Which requests of a batch wait for an officer of the holder: those whose findings are all
`needs_officer`, so that two roles may admit them (controls/overrides) before `determine`.

What is shown is ids and elements, nothing of what was asked about anybody: what a requester is
answered says no less. So nothing is entered in the ledger, as `explain` does.
"""

from __future__ import annotations

from counterfoil.batches import store as batches
from counterfoil.batches.rows import Refused
from counterfoil.core.use_cases import Actor
from counterfoil.core.values import Public
from counterfoil.disclosure.screening import waits
from counterfoil.office import Office


class WaitingRequest(Public, frozen=True):
    """One request that waits, and the elements that an override of it names: all of them."""

    request_id: str
    elements: tuple[str, ...]


class WaitingRequests(Public, frozen=True):
    """The requests of a batch that wait, in the file's order. `state` is the batch's: it must be
    `gated` for any of them to be admitted."""

    batch: str
    state: str
    waiting: tuple[WaitingRequest, ...]


def waiting_requests(office: Office, _actor: Actor, batch_id: str) -> WaitingRequests:
    """The requests that wait for an officer and were not admitted yet. Anybody who can open the
    office may ask. Raises StateFault `batch_unknown`, StoreFault, VerifyFault
    `officer_signature`."""
    with office.store.reading() as connection:
        batch = batches.find_batch(connection, batch_id)
        session = office.batch_session(connection, batch)
        admitted = session.overrides
        found = [
            WaitingRequest(
                row.request.request_id, tuple(each.element for each in row.refusal.failed)
            )
            for _, rows in session.gated_chunks()
            for row in rows
            if isinstance(row, Refused) and waits(row.refusal) and row.request.row not in admitted
        ]
    return WaitingRequests(batch.id, str(batch.state), tuple(found))
