"""The one rule of who is told that a batch was reviewed.

Who reviewed a batch agreed with all of its sample. Another officer of disclosure looks at it with
their own eyes, and is not told before they have concluded: for them the batch is `determined`, and
nobody has reviewed it. So it is for whoever is nobody, such as `status` on the office's machine.

Concluded has the officer whose finding about these determinations is entered, by a review or by
disagreeing; and, on the pages, who answered every row of the sample in their session: the pages
alone say so (`concluded`: by batch, the digest of the determinations), and no question of the
API. Officers of other roles decide
nothing about a sample, and are told. Where the office asks for no sample, everybody is.

What it cannot hide: the ledger is public, and an entry `review` or `sample` stands in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from counterfoil.batches import store as batches
from counterfoil.batches.batch import Batch
from counterfoil.batches.officers import Role
from counterfoil.batches.states import BatchState
from counterfoil.controls.sampling.service import has_concluded
from counterfoil.core.errors import StateFault
from counterfoil.core.use_cases import SERVICE, Actor
from counterfoil.core.values import Officer
from counterfoil.database import Connection
from counterfoil.office import Office

NOT_TOLD: Final = BatchState.DETERMINED
"""What a batch is for who is not told that it was reviewed."""
NO_LOOKS: Final[Mapping[str, str]] = {}


def is_told(
    office: Office,
    connection: Connection,
    actor: Actor,
    batch: Batch,
    concluded: Mapping[str, str] = NO_LOOKS,
) -> bool:
    """Whether this actor is told of a review of the batch, where there is one. Raises KeyFault."""
    if not office.settings.sample_rows or batch.state is not BatchState.REVIEWED:
        return True
    if actor == SERVICE or concluded.get(batch.id) == batch.determinations_digest:
        return True
    if not isinstance(actor, Officer):
        return False
    if actor.name == batch.first_officer or not _may_release(connection, actor):
        return True
    return has_concluded(office.batch_session(connection, batch), actor)


def _may_release(connection: Connection, officer: Officer) -> bool:
    try:
        return batches.signing_officer(connection, officer.name)[1] is Role.DISCLOSURE
    except StateFault:
        return True  # retired, or unknown: signs nothing
