"""Review and withdraw: what the first officer signs, or how a batch is closed unanswered.

A batch that one officer has reviewed may be reviewed by another before it is released: the later
review then stands, and the first of the two officers may release.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from counterfoil.batches import store as batches
from counterfoil.batches.batch import Batch
from counterfoil.batches.ruling import Act, Determined, Reviewed
from counterfoil.batches.session import BatchSession
from counterfoil.batches.statements import keep_signed
from counterfoil.batches.states import BatchState
from counterfoil.controls.sampling.service import Found, disagreed, enter_sample, find_sample
from counterfoil.core.use_cases import Actor, SignedCommand, Statement
from counterfoil.core.values import Officer
from counterfoil.disclosure.steps import BatchStatus, acting_on, running_batch, status_of
from counterfoil.gate.history.reservations import free_reservation
from counterfoil.ledger import EntryKind
from counterfoil.office import Office, authority, journal
from counterfoil.office.keep_accounting import keep_accounting

_REVIEWED: Final = BatchState.REVIEWED


class ReviewBatch(SignedCommand, frozen=True):
    """The first officer signs what was determined, and what they found of its sample: `sheet`, by
    the digest of each row as it was shown, whether the officer agrees; None where no sample was
    looked at."""

    batch: str
    sheet: Mapping[str, bool] | None = None


class WithdrawBatch(SignedCommand, frozen=True):
    """Close a batch unanswered, for good."""

    batch: str


def review_statement(office: Office, actor: Actor, command: ReviewBatch) -> Statement:
    """What the first officer is to sign. Raises StateFault, InputFault (the sheet), as
    `require_officer`."""
    with office.store.reading() as connection:
        officer = authority.require_officer(connection, actor)
        batch = running_batch(office, connection, command.batch)
        session = office.batch_session(connection, batch)
        _require_reviewable(batch, officer)
        found = find_sample(office, session, officer, command.sheet)
        return authority.state(office, _review_form(batch, found))


def review_batch(office: Office, actor: Actor, command: ReviewBatch) -> BatchStatus:
    """The first officer's review of the determinations and of the sample.

    Raises StateFault, `sample_disagreed` after it was entered among them, InputFault (the sheet),
    VerifyFault; as `require_signed`.
    """
    with acting_on(office, actor, command.batch) as (session, officer):
        _require_reviewable(session.batch, officer)
        found = find_sample(office, session, officer, command.sheet)
        form = _review_form(session.batch, found)
        authority.require_signed(office, session.connection, actor, form, command.signatures)
        signed = keep_signed(command.signatures[0])
        if found is not None:
            enter_sample(office, session, found, signed)
        differing = found.finding.disagreed if found else 0
        before = session.batch
        current = _as_determined(office, session) if before.state is _REVIEWED else session
        if not differing:
            _enter_review(office, current, officer, signed)
        after = batches.find_batch(current.connection, command.batch)
    if differing:
        raise disagreed(after, differing)
    return status_of(after)


def _review_form(batch: Batch, found: Found | None) -> authority.ActForm:
    sample = found.commitment if found else ""
    details = {"determinations": batch.determinations_digest, "sample": sample}
    act = Act.DISAGREE if found and found.finding.disagreed else Act.REVIEW
    return authority.ActForm(act, batch.id, batch.generation, {**details})


def _require_reviewable(batch: Batch, officer: Officer) -> None:
    """Raise StateFault `batch_not_ready` unless this officer may review the batch as it stands."""
    if batch.state is not _REVIEWED or batch.first_officer == officer.name:
        batch.require(BatchState.DETERMINED)


def _as_determined(office: Office, session: BatchSession) -> BatchSession:
    """The batch without the review of the officer before."""
    connection = session.connection
    batches.mark_held(connection, session.batch)
    batches.mark_resumed(connection, batches.find_batch(connection, session.batch.id))
    return office.batch_session(connection, batches.find_batch(connection, session.batch.id))


def _enter_review(office: Office, session: BatchSession, officer: Officer, signed: str) -> None:
    batch = session.batch
    subject = Determined(office.settings.name, batch.id, batch.determinations_digest)
    batches.mark_reviewed(session.connection, batch, Reviewed(subject, officer, signed))
    fields = {"batch": batch.id, "determinations": batch.determinations_digest}
    journal.enter(office, session.connection, EntryKind.REVIEW, fields, officer)


def withdraw_statement(office: Office, actor: Actor, command: WithdrawBatch) -> Statement:
    """What an officer is to sign. Raises StateFault `batch_unknown`, as `require_officer`."""
    with office.store.reading() as connection:
        authority.require_officer(connection, actor)
        batch = batches.find_batch(connection, command.batch)
        return authority.state(office, _withdraw_form(batch))


def withdraw_batch(office: Office, actor: Actor, command: WithdrawBatch) -> BatchStatus:
    """Close a batch unanswered, for good. Raises StateFault; as `require_signed`."""
    with office.store.transaction() as connection:
        authority.require_officer(connection, actor)
        batch = batches.find_batch(connection, command.batch)
        form = _withdraw_form(batch)
        officers = authority.require_signed(office, connection, actor, form, command.signatures)
        batches.mark_withdrawn(connection, batch)
        free_reservation(connection, batch.id)
        journal.enter(office, connection, EntryKind.WITHDRAWAL, {"batch": batch.id}, *officers)
        keep_accounting(office, connection, batch.id)
        office.ledger.sign_checkpoint(connection, office.signer())
        return status_of(batches.find_batch(connection, batch.id))


def _withdraw_form(batch: Batch) -> authority.ActForm:
    return authority.ActForm("withdraw", batch.id, batch.generation, {"state": str(batch.state)})
