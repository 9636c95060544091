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
from pathlib import Path

import msgspec

from counterfoil.answers.envelope import (
    Cited,
    LedgerProof,
    ReleaseFacts,
    release_commitment,
    seal_envelope,
)
from counterfoil.answers.rows import RowsFormat, render_rows, rows_format
from counterfoil.batches import store as batches
from counterfoil.batches.batch import DETERMINATION, Batch
from counterfoil.batches.chunks import keep_chunk, read_chunk
from counterfoil.batches.encryption import BatchKey
from counterfoil.batches.rows import ruled_chunks
from counterfoil.certification.governing import cited
from counterfoil.certification.pinned import pinned_certificates
from counterfoil.core import canonical
from counterfoil.core.errors import UsageFault
from counterfoil.core.values import Answer, Ruling
from counterfoil.database import Connection
from counterfoil.ledger import Draft, EntryKind
from counterfoil.office import Office, journal
from counterfoil.tlog import Signer

ANSWER = "answer"
ENVELOPE = "envelope"


class Envelope(msgspec.Struct, frozen=True, array_like=True):
    """What the envelope chunk holds."""

    form: RowsFormat
    rows_digest: str
    compact: bytes


def seal_answer(
    office: Office,
    connection: Connection,
    batch: Batch,
    ruling: Ruling,
    key: BatchKey,
    holder: Signer,
    out: Path,
) -> None:
    """Coarsen, enter, sign and seal the whole answer inside the caller's transaction."""
    now, form = office.clock(), rows_format(out)
    answers = _entered_answers(office, connection, batch, ruling, key, now)
    digest = hashlib.sha256()
    for seq, part in enumerate(render_rows(answers, form)):
        digest.update(part)
        keep_chunk(connection, batch, key, ANSWER, seq, part, 0, office.random)
    _, row_count = batches.count_chunks(connection, batch, DETERMINATION)
    facts = _facts(
        office,
        batch,
        key,
        now,
        f"sha256:{digest.hexdigest()}",
        row_count,
        form,
        _cited(office, connection, batch, key),
    )
    index = office.ledger.append(connection, [_release_draft(batch, ruling, facts)], now)[0]
    batches.mark_released(connection, batch, ruling, now, index)
    checkpoint = office.ledger.sign_checkpoint(connection, holder)
    proof = LedgerProof(
        origin=office.settings.name,
        index=index,
        entry=next(office.ledger.entries(connection, index, index + 1)),
        proof=office.ledger.tlog_proof(connection, index, checkpoint),
    )
    envelope = Envelope(form, facts.rows_digest, seal_envelope(facts, proof, holder.private))
    keep_chunk(
        connection, batch, key, ENVELOPE, 0, msgspec.msgpack.encode(envelope), 0, office.random
    )


def answer_of(
    connection: Connection, batch: Batch, key: BatchKey, out: Path
) -> tuple[bytes, Iterator[bytes], str]:
    """(bytes of FILE.jws, parts of FILE, digest of FILE) of a released batch.

    Raises UsageFault `out_format` where `out` is of another form than the one that was released.
    """
    envelope = msgspec.msgpack.decode(
        read_chunk(connection, batch, key, ENVELOPE, 0), type=Envelope
    )
    if rows_format(out) != envelope.form:
        raise UsageFault(
            "out_format",
            f"this batch was released as {envelope.form}",
            place=out.name,
            cure=f"Name a file that ends in .{envelope.form}.",
        )
    total, _ = batches.count_chunks(connection, batch, ANSWER)
    parts = (read_chunk(connection, batch, key, ANSWER, seq) for seq in range(total))
    return envelope.compact, parts, envelope.rows_digest


def _entered_answers(
    office: Office,
    connection: Connection,
    batch: Batch,
    ruling: Ruling,
    key: BatchKey,
    now: datetime,
) -> Iterator[Answer]:
    """Each answer, its entry appended before it is handed on; at the end it is certain that they
    are what was signed."""
    total, _ = batches.count_chunks(connection, batch, DETERMINATION)
    plain = (read_chunk(connection, batch, key, DETERMINATION, seq) for seq in range(total))
    codes = {
        element.id: element.code
        for element in office.law.for_route(batch.header.get("route", "")).elements
    }
    for rows in ruled_chunks(plain, key, ruling):
        answers = journal.answer_rows(rows, ruling, codes)
        office.ledger.append(connection, journal.answer_drafts(rows, answers, batch.id, key), now)
        yield from answers


def _cited(office: Office, connection: Connection, batch: Batch, key: BatchKey) -> dict[str, Cited]:
    """The certificates that governed the batch and count under its agreement, by scope."""
    held = cited(pinned_certificates(connection, batch, key), office.law.agreement.confirmation)
    return {scope: Cited(found.certificate, found.limit) for scope, found in held.items()}


def _facts(
    office: Office,
    batch: Batch,
    key: BatchKey,
    now: datetime,
    digest: str,
    row_count: int,
    form: RowsFormat,
    certificates: dict[str, Cited],
) -> ReleaseFacts:
    agreement = office.law.agreement
    return ReleaseFacts(
        office=office.settings.name,
        agreement=batch.agreement,
        agreement_digest=batch.agreement_digest,
        batch=batch.id,
        request_file_digest=batch.file_digest,
        register_snapshot=batch.snapshot,
        rules_digest=batch.rules_digest,
        certificates=certificates,
        use_limits=agreement.use_limits,
        released_at=now,
        expires_on=now.date() + timedelta(days=agreement.answer_expiry_days),
        rows_digest=digest,
        row_count=row_count,
        rows_format=form,
        salt=key.salt("release", 0),
    )


def _release_draft(batch: Batch, ruling: Ruling, facts: ReleaseFacts) -> Draft:
    officers = {
        "officer": canonical.digest(ruling.first.vkey.encode()),
        "second": canonical.digest(ruling.second.vkey.encode()),
    }
    body = {
        "batch": batch.id,
        "determinations": batch.determinations_digest,
        "answers": release_commitment(facts),
    }
    return Draft(EntryKind.RELEASE, {**body, **officers, "rows": facts.row_count})
