"""The answer of a batch, sealed in the store in the commit that enters its release, and read back
for writing.

Kept as chunks of the batch, under its key: kind `answer`, the parts of the file in order; kind
`envelope`, one chunk: MessagePack of [form, digest of the rows, bytes of FILE.jws]. So that running
`release` again writes the same bytes (P7) whatever became of the law or the version meanwhile, and
deleting the batch's key deletes the holder's copy of the answer too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec

from counterfoil.answers.coarsen import coarsen
from counterfoil.answers.envelope import (
    Cited,
    LedgerProof,
    ReleaseFacts,
    release_commitment,
    seal_envelope,
)
from counterfoil.answers.format import FORMAT, FORMAT_2
from counterfoil.answers.rows import RowsFormat, render_rows
from counterfoil.batches import store as batches
from counterfoil.batches.batch import ChunkKind
from counterfoil.batches.rows import ruled_chunks
from counterfoil.batches.session import BatchSession
from counterfoil.certification.governing import cited
from counterfoil.certification.pinned import pinned_certificates
from counterfoil.core.values import Answer, Public, RejectedRow, Ruling
from counterfoil.ledger import EntryKind
from counterfoil.office import Office, journal
from counterfoil.office.keep_accounting import keep_accounting
from counterfoil.office.records import Envelope, public_codes, read_envelope, with_rejects


class AnswerFile(Public, frozen=True):
    """A released answer: the form of FILE, the bytes of FILE.jws, the parts of FILE in order, the
    digest of FILE. `proof`: FILE.proof, to the checkpoint that a quorum of witnesses cosigned; ""
    where none that covers the release was cosigned yet."""

    form: RowsFormat
    envelope: bytes
    parts: Iterator[bytes]
    digest: str
    proof: str = ""


def seal_answer(office: Office, session: BatchSession, ruling: Ruling, form: RowsFormat) -> None:
    """Coarsen, enter, sign and seal the whole answer inside the session's transaction."""
    now, holder, connection = office.clock(), office.signer(), session.connection
    digest = hashlib.sha256()
    version = FORMAT_2 if session.batch.counts.get("rejected", 0) else FORMAT
    answers = _entered_answers(office, session, ruling, now)
    for seq, part in enumerate(render_rows(answers, form, version)):
        digest.update(part)
        session.keep(ChunkKind.ANSWER, part, office.random, seq=seq)
    facts = _facts(office, session, now, f"sha256:{digest.hexdigest()}", (form, version))
    index = _enter_release(office, session, ruling, facts)
    batches.mark_released(connection, session.batch, ruling, now, index)
    keep_accounting(office, connection, session.batch.id)
    checkpoint = office.ledger.sign_checkpoint(connection, holder)
    proof = LedgerProof(
        origin=office.settings.name,
        index=index,
        entry=next(office.ledger.entries(connection, index, index + 1)),
        proof=office.ledger.tlog_proof(connection, index, checkpoint),
    )
    envelope = Envelope(form, facts.rows_digest, seal_envelope(facts, proof, holder.private))
    session.keep(ChunkKind.ENVELOPE, msgspec.msgpack.encode(envelope), office.random)


def read_sealed(session: BatchSession) -> AnswerFile:
    """The answer as it was sealed."""
    envelope = read_envelope(session)
    parts = session.read_all(ChunkKind.ANSWER)
    return AnswerFile(envelope.form, envelope.compact, parts, envelope.rows_digest)


def _entered_answers(
    office: Office, session: BatchSession, ruling: Ruling, now: datetime
) -> Iterator[Answer | RejectedRow]:
    """Each answer, its entry appended before it is handed on, and each rejected row in its place;
    at the end it is certain that they are what was signed."""
    batch, key = session.batch, session.key
    codes = public_codes(office.law.for_route(batch.header.route))
    determined = session.read_all(ChunkKind.DETERMINATION)
    for seq, rows in enumerate(ruled_chunks(determined, key, ruling)):
        answers = [coarsen(row, ruling, codes) for row in rows]
        drafts = journal.answer_drafts(rows, answers, batch.id, key)
        office.ledger.append(session.connection, drafts, now)
        yield from with_rejects(session, ruling, seq, rows, answers)


def _cited(office: Office, session: BatchSession) -> dict[str, Cited]:
    """The certificates that governed the batch and count under its agreement, by scope."""
    held = cited(pinned_certificates(session), office.law.agreement.confirmation)
    return {scope: Cited(found.certificate, found.limit) for scope, found in held.items()}


def _facts(
    office: Office,
    session: BatchSession,
    now: datetime,
    digest: str,
    written: tuple[RowsFormat, str],
) -> ReleaseFacts:
    """`written`: the form of the rows, and the version of the format."""
    batch, (form, version) = session.batch, written
    rejected = batch.counts.get("rejected", 0)
    agreement = office.law.agreement
    return ReleaseFacts(
        office=office.settings.name,
        agreement=batch.agreement,
        agreement_digest=batch.agreement_digest,
        batch=batch.id,
        request_file_digest=batch.file_digest,
        register_snapshot=batch.snapshot,
        rules_digest=batch.rules_digest,
        certificates=_cited(office, session),
        use_limits=office.law.for_route(batch.header.route).use_limits,
        released_at=now,
        expires_on=now.date() + timedelta(days=agreement.answer_expiry_days),
        rows_digest=digest,
        row_count=session.count(ChunkKind.DETERMINATION)[1] + rejected,
        rows_format=form,
        salt=session.key.salt("release", 0),
        format=version,
    )


def _enter_release(
    office: Office, session: BatchSession, ruling: Ruling, facts: ReleaseFacts
) -> int:
    fields: dict[str, str | int] = {
        "batch": session.batch.id,
        "determinations": session.batch.determinations_digest,
        "answers": release_commitment(facts),
        "rows": facts.row_count,
    }
    officers = (ruling.first, ruling.second)
    return journal.enter(
        office, session.connection, EntryKind.RELEASE, fields, *officers, at=facts.released_at
    )
