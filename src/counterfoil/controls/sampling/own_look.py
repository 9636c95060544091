"""The one rule of who is told what an officer found of a sample.

Who reviewed a batch agreed with all of its sample. Another officer of disclosure looks at it with
their own eyes, and is not told before they have concluded: for them the batch is `determined`,
nobody has reviewed it, and its entries `sample` and `review` are left out of what they read of the
ledger. For whoever is nobody, such as `status` on the office's machine, it is `determined` too.

Concluded has the officer whose finding about these determinations is entered, by a review or by
disagreeing; and, on the pages, who answered every row of the sample in their session: the pages
alone say so (`looks`: by batch, the digest of the determinations), and no question of the API.
Officers of other roles decide nothing about a sample, and are told. Where the office asks for no
sample, everybody is.

What it cannot hide: the ledger is published, and whoever fetches it reads those entries; a batch's
generation, which statements name beside a state, counts a review; who asks to sign a release learns
whether there is something to release.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from counterfoil.batches import store as batches
from counterfoil.batches.batch import Batch
from counterfoil.batches.officers import Role
from counterfoil.batches.states import BatchState, Standing
from counterfoil.controls.sampling.service import has_concluded
from counterfoil.core.errors import StateFault
from counterfoil.core.use_cases import SERVICE, Actor
from counterfoil.core.values import Officer
from counterfoil.database import Connection
from counterfoil.ledger import EntryKind
from counterfoil.ledger.entries import Entry
from counterfoil.office import Office

NOT_TOLD: Final = BatchState.DETERMINED
"""What a batch is for who is not told that it was reviewed."""
NO_LOOKS: Final[Mapping[str, str]] = {}
FINDINGS: Final = (EntryKind.SAMPLE, EntryKind.REVIEW)
"""Kinds of entries that say what an officer found."""
_UNDER_WAY: Final = (BatchState.DETERMINED, BatchState.REVIEWED)


def is_told(
    office: Office,
    connection: Connection,
    actor: Actor,
    batch: Batch,
    looks: Mapping[str, str] = NO_LOOKS,
) -> bool:
    """Whether this actor is told of a review of the batch, where there is one. Raises KeyFault."""
    if batch.state is not BatchState.REVIEWED:
        return True
    return _may_know(office, connection, actor, batch, looks)


def as_told(office: Office, connection: Connection, actor: Actor, batch: Batch) -> Batch:
    """The batch as this actor is told of it, for what says where it stands. Raises KeyFault."""
    if is_told(office, connection, actor, batch):
        return batch
    return msgspec.structs.replace(batch, standing=Standing(NOT_TOLD), first_officer="")


class ToldEntries:
    """Which entries of the ledger an actor is told, in one transaction."""

    def __init__(
        self,
        office: Office,
        connection: Connection,
        actor: Actor,
        looks: Mapping[str, str] = NO_LOOKS,
    ) -> None:
        self._office, self._connection = office, connection
        self._actor, self._looks = actor, looks
        self._known: dict[str, bool] = {}

    def tell(self, entry: Entry) -> bool:
        """Whether the actor is told this entry. Raises KeyFault."""
        if entry.kind not in FINDINGS:
            return True
        name = str(entry.fields["batch"])
        if name not in self._known:
            self._known[name] = self._may_know(name)
        return self._known[name]

    def _may_know(self, name: str) -> bool:
        try:
            batch = batches.find_batch(self._connection, name)
        except StateFault:
            return True  # of another time
        if batch.state not in _UNDER_WAY:
            return True
        return _may_know(self._office, self._connection, self._actor, batch, self._looks)


def _may_know(
    office: Office, connection: Connection, actor: Actor, batch: Batch, looks: Mapping[str, str]
) -> bool:
    if not office.settings.sample_rows or actor == SERVICE:
        return True
    if looks.get(batch.id) == batch.determinations_digest:
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
