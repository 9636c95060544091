"""Review and withdraw: what the first officer signs, or how a batch is closed unanswered."""

from __future__ import annotations

from collections.abc import Mapping

from counterfoil.batches import store as batches
from counterfoil.batches.batch import Batch
from counterfoil.batches.ruling import Act, Determined, Reviewed, sign_word
from counterfoil.batches.states import BatchState
from counterfoil.controls.sampling.service import disagreed, enter_sample
from counterfoil.core import canonical
from counterfoil.core.values import Officer
from counterfoil.database import Connection
from counterfoil.disclosure.steps import BatchStatus, acting_on
from counterfoil.ledger import Draft, EntryKind
from counterfoil.office import Office
from counterfoil.tlog import Signer


def review_batch(
    office: Office,
    batch_id: str,
    name: str,
    signer: Signer,
    sheet: Mapping[str, bool] | None = None,
) -> BatchStatus:
    """The first officer signs the determinations, and what they found of the sample: `sheet`, by
    request id (controls/sampling/service.py).

    Raises StateFault, `sample_disagreed` after it was entered among them, InputFault (the sheet),
    VerifyFault.
    """
    with acting_on(office, batch_id) as (connection, batch):
        officer = batches.officer_with_key(connection, name, str(signer.verifier))
        batch.require(BatchState.DETERMINED)
        looked = enter_sample(office, connection, batch, officer, signer, sheet)
        if looked is None or not looked.disagreed:
            _enter_review(office, connection, batch, officer, signer)
        after = batches.find_batch(connection, batch_id)
    if looked is not None and looked.disagreed:
        raise disagreed(after, looked.disagreed)
    return BatchStatus(after.id, str(after.state), after.counts)


def _enter_review(
    office: Office, connection: Connection, batch: Batch, officer: Officer, signer: Signer
) -> None:
    word = Determined(office.settings.name, batch.id, batch.determinations_digest)
    batches.mark_reviewed(
        connection, batch, Reviewed(word, officer, sign_word(word, Act.REVIEW, signer.private))
    )
    fields: dict[str, str | int] = {
        "batch": batch.id,
        "determinations": batch.determinations_digest,
        "officer": canonical.digest(officer.vkey.encode()),
    }
    office.ledger.append(connection, [Draft(EntryKind.REVIEW, fields)], office.clock())


def withdraw_batch(office: Office, batch_id: str, name: str, signer: Signer) -> BatchStatus:
    """Close a batch unanswered, for good. Raises StateFault."""
    with office.store.transaction() as connection:
        batch = batches.find_batch(connection, batch_id)
        officer = batches.officer_with_key(connection, name, str(signer.verifier))
        batches.mark_withdrawn(connection, batch)
        fields = {"batch": batch.id, "officer": canonical.digest(officer.vkey.encode())}
        office.ledger.append(connection, [Draft(EntryKind.WITHDRAWAL, {**fields})], office.clock())
        office.ledger.sign_checkpoint(connection, office.signer())
        batch = batches.find_batch(connection, batch_id)
    return BatchStatus(batch.id, str(batch.state), batch.counts)
