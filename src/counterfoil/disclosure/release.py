"""Release: the second officer signs; the answers are entered and sealed in the same commit. What
was released is read back to be written, the same bytes each time."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import get_args

import msgspec

from counterfoil.answers.format import FORMAT, FORMAT_2
from counterfoil.answers.rows import RowsFormat
from counterfoil.batches import store as batches
from counterfoil.batches.batch import Batch
from counterfoil.batches.ruling import Act, rule
from counterfoil.batches.session import BatchSession
from counterfoil.batches.statements import keep_signed
from counterfoil.batches.states import BatchState
from counterfoil.controls.notices.service import require_noticed
from counterfoil.controls.sampling.own_look import as_told
from counterfoil.controls.sampling.service import require_sampled
from counterfoil.controls.witnesses import (
    require_no_later_history,
    require_witnessed,
    witnessed_proof,
)
from counterfoil.core.collection import collecting_rarely
from counterfoil.core.errors import UsageFault
from counterfoil.core.use_cases import Actor, SignedCommand, Statement
from counterfoil.core.values import Public
from counterfoil.disclosure.sealed_answer import AnswerFile, read_sealed, seal_answer
from counterfoil.disclosure.steps import (
    BatchStatus,
    acting_on,
    require_in_force,
    running_batch,
    status_of,
)
from counterfoil.ledger import EntryKind
from counterfoil.office import Office, authority


class ReleaseBatch(SignedCommand, frozen=True):
    """The second officer signs what was reviewed. `form`: how the answer file is written."""

    batch: str
    form: RowsFormat = "jsonl"


class ReadAnswer(Public, frozen=True):
    """The answer of a released batch, in the form that it was released in."""

    batch: str


def release_statement(office: Office, actor: Actor, command: ReleaseBatch) -> Statement:
    """What the second officer is to sign. Raises StateFault; as `require_officer`."""
    with office.store.reading() as connection:
        authority.require_officer(connection, actor)
        batch = running_batch(office, connection, command.batch)
    return authority.state(office, _release_form(batch, command))


def release_batch(office: Office, actor: Actor, command: ReleaseBatch) -> BatchStatus:
    """Enter and seal the answers of a reviewed batch. Who reviewed it must not be retired since.

    Raises StateFault, VerifyFault, StoreFault; as `require_signed`.
    """
    require_no_later_history(office)
    with acting_on(office, actor, command.batch) as (session, _):
        connection, batch = session.connection, session.batch
        form = _release_form(batch, command)
        require_witnessed(office, connection, _review_index(office, session))
        require_in_force(office, batch)
        require_sampled(office, session)
        require_noticed(office, connection, batch)
        officers = authority.require_signed(office, connection, actor, form, command.signatures)
        batches.signing_officer(connection, batch.first_officer)
        reviewed = batches.load_reviewed(connection, batch, office.settings.name)
        ruling = rule(reviewed, officers[0], keep_signed(command.signatures[0]))
        with collecting_rarely():
            seal_answer(office, session, ruling, command.form)
        return status_of(batches.find_batch(connection, batch.id))


def _review_index(office: Office, session: BatchSession) -> int:
    """The place of the entry of the review that stands; -1 where there is none."""
    for index, entry in office.ledger.newest_of(session.connection, EntryKind.REVIEW):
        if entry.fields["batch"] == session.batch.id:
            return index
    return -1


def is_released(office: Office, actor: Actor, batch_id: str) -> bool:
    """Whether a batch was released already. Raises StateFault (suspended, unknown); as
    `require_officer`."""
    with office.store.reading() as connection:
        authority.require_officer(connection, actor)
        return running_batch(office, connection, batch_id).state is BatchState.RELEASED


@contextmanager
def read_answer(office: Office, actor: Actor, question: ReadAnswer) -> Generator[AnswerFile]:
    """The answer of a released batch, for as long as it is being written.

    Raises StateFault (not released, suspended, not witnessed, the officer), StoreFault.
    """
    with office.store.reading() as connection:
        authority.require_officer(connection, actor)
        batch = running_batch(office, connection, question.batch)
        as_told(office, connection, actor, batch).require(BatchState.RELEASED)
        require_witnessed(office, connection)
        answer = read_sealed(office.batch_session(connection, batch))
        proof = witnessed_proof(office, connection, batch.release_index)
        yield msgspec.structs.replace(answer, proof=proof)


class ReleasedFile(Public, frozen=True):
    """A released answer as it leaves in an item: when it was released, its form and the version of
    its format, the signed envelope, the parts of its rows in order, and the release's proof to the
    checkpoint that a quorum of witnesses cosigned, "" where the office names no witnesses."""

    at: datetime
    form: RowsFormat
    version: str
    envelope: bytes
    parts: Iterator[bytes]
    proof: str


@contextmanager
def released_file(office: Office, actor: Actor, batch_id: str) -> Generator[ReleasedFile]:
    """The answer of a released batch for the office's own process, which hands it to nobody but
    whoever asked. Raises as `read_answer`, UsageFault `actor_refused`; StateFault `cosign_behind`
    until the witnesses cosigned its release, because it leaves with their proof."""
    authority.require_service(actor)
    with office.store.reading() as connection:
        batch = running_batch(office, connection, batch_id)
        batch.require(BatchState.RELEASED)
        index = batch.release_index
        require_witnessed(office, connection, -1 if index is None else index)
        proof = witnessed_proof(office, connection, index)
        found = read_sealed(office.batch_session(connection, batch))
        version = FORMAT_2 if batch.counts.get("rejected", 0) else FORMAT
        at = batch.released_at or office.clock()
        yield ReleasedFile(at, found.form, version, found.envelope, found.parts, proof)


def _release_form(batch: Batch, command: ReleaseBatch) -> authority.ActForm:
    if command.form not in get_args(RowsFormat):
        raise UsageFault(
            "out_format",
            "an answer file has no such form",
            place="form",
            cure=f"Name one of: {', '.join(get_args(RowsFormat))}.",
        )
    batch.require(BatchState.REVIEWED)
    details = {"determinations": batch.determinations_digest, "form": command.form}
    return authority.ActForm(Act.RELEASE, batch.id, batch.generation, {**details})
