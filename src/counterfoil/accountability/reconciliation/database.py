"""One batch in the database, compared with what the ledger says of it.

1  It has one entry `batch`, of this file, agreement and rules.
2  As many rows were granted, refused and rejected as there are entries; no more were compared than
   openings were entered.
3  Its state is what its entries make of it: a review of these determinations, one release at the
   index that is kept, no answer before. -- what follows needs the office's keys, and rows that were
   not disposed of --
4  The rows that are kept, sealed, make the entries of their kinds anew, each with its commitment,
   in this order.
5  The determinations are those that two officers signed. They make every answer anew, byte for byte
   the sealed answer; the answers make the entries `disclosure` and `not_compared` anew; the sealed
   envelope names those bytes, and the release commits to it.
"""

from __future__ import annotations

import hashlib
import json
from base64 import b64decode, urlsafe_b64decode
from collections.abc import Iterator
from typing import Any

from counterfoil.accountability.reconciliation.ledger_view import (
    ANSWERS,
    BatchEntries,
    Committed,
    difference,
)
from counterfoil.answers.coarsen import coarsen
from counterfoil.answers.format import FORMAT, commit_release
from counterfoil.answers.rows import render_rows
from counterfoil.batches import store as batches
from counterfoil.batches.batch import Batch, ChunkKind
from counterfoil.batches.rows import Gated, Granted, Refused, encode_row, ruled_chunks
from counterfoil.batches.session import BatchSession
from counterfoil.batches.states import BatchState
from counterfoil.core import canonical
from counterfoil.core.errors import CounterfoilError, VerifyFault
from counterfoil.core.values import Answer, RejectedRow, Ruling
from counterfoil.database import Connection
from counterfoil.ledger import EntryKind
from counterfoil.office import Office, journal
from counterfoil.office.records import law_of_batch, public_codes, read_envelope, with_rejects

_RESTORE = (
    "Keep the database, tell the inspector, and compare with its backup: one of the two "
    "was altered, or a step was half done."
)


def compare_state(batch: Batch, entries: BatchEntries | None) -> Iterator[VerifyFault]:
    """1 to 3: what needs no key."""
    fields = {"agreement": batch.agreement_digest, "rules": batch.rules_digest}
    if entries is None or len(entries.of(EntryKind.BATCH, **fields)) != 1:
        yield difference(
            "reconcile_batch",
            batch.id,
            "the batch is not the one that the ledger has an entry of",
            _RESTORE,
        )
        return
    for kind in (EntryKind.GRANTED, EntryKind.REFUSED, EntryKind.REJECTED):
        kept, entered = batch.counts.get(kind.value, 0), entries.kinds[kind]
        if kept != entered:
            yield difference(
                "reconcile_counts",
                batch.id,
                f"{kept} rows are {kind.value} by the database, {entered} by the ledger",
                _RESTORE,
            )
    yield from _compare_progress(batch, entries)


def _compare_progress(batch: Batch, entries: BatchEntries) -> Iterator[VerifyFault]:
    """The openings of statement 2, and statement 3."""
    compared = batch.counts.get("compared", 0)
    if compared > entries.opened:
        yield difference(
            "reconcile_openings",
            batch.id,
            f"{compared} rows were compared, and openings entered for {entries.opened}",
            _RESTORE,
        )
    if not _is_state_entered(batch, entries):
        yield difference(
            "reconcile_state",
            batch.id,
            f"the batch is {batch.state}, and its entries of review, release and answers say "
            "otherwise",
            _RESTORE,
        )


def _is_state_entered(batch: Batch, entries: BatchEntries) -> bool:
    """Statement 3."""
    answered = sum(entries.kinds[kind] for kind in ANSWERS)
    signed = {"determinations": batch.determinations_digest}
    reviewed = bool(entries.of(EntryKind.REVIEW, **signed))
    if batch.state is BatchState.RELEASED:
        answers = batch.counts.get("compared", 0) + batch.counts.get("not_compared", 0)
        released = entries.of(EntryKind.RELEASE, **signed)
        return reviewed and answered == answers and released == [batch.release_index]
    if batch.state is BatchState.WITHDRAWN and not entries.kinds[EntryKind.WITHDRAWAL]:
        return False
    return (
        not answered
        and not entries.of(EntryKind.RELEASE)
        and (reviewed or batch.state is not BatchState.REVIEWED)
    )


def compare_rows(
    office: Office, connection: Connection, batch: Batch, entries: BatchEntries
) -> Iterator[VerifyFault]:
    """4 and 5. What cannot be read is a difference too, under its own code."""
    try:
        session = office.batch_session(connection, batch)
        if not _makes_rows(session, entries):
            message = "the rows that are kept are not those that the ledger commits to"
            yield difference("reconcile_rows", batch.id, message, _RESTORE)
        if batch.state is BatchState.RELEASED and not _makes_answers(office, session, entries):
            message = (
                "the answers that are kept are not those that follow from the "
                "determinations and that the ledger commits to"
            )
            yield difference("reconcile_answers", batch.id, message, _RESTORE)
    except CounterfoilError as fault:
        message = f"the batch cannot be read: {fault.message} [{fault.code}]"
        place = fault.place or batch.id
        yield difference("reconcile_unreadable", place, message, fault.cure)


def _makes_rows(session: BatchSession, entries: BatchEntries) -> bool:
    """Statement 4, and the file of statement 1."""
    made, first = Committed(), 0
    for _, rows in session.gated_chunks():
        salts = session.key.salts("request", range(first, first + len(rows)))
        for row, salt in zip(rows, salts, strict=True):
            made.add(_kind(row), canonical.commit(salt, encode_row(row)))
        first += len(rows)
    digest = session.batch.file_digest.encode()
    file = canonical.commit(session.key.salt("file", 0), digest)
    return made.digest() == entries.rows.digest() and entries.of(EntryKind.BATCH, file=file) != []


def _kind(row: Gated) -> EntryKind:
    if isinstance(row, Granted):
        return EntryKind.GRANTED
    return EntryKind.REFUSED if isinstance(row, Refused) else EntryKind.REJECTED


def _makes_answers(office: Office, session: BatchSession, entries: BatchEntries) -> bool:
    """Statement 5."""
    connection, batch = session.connection, session.batch
    ruling = batches.load_ruling(connection, batch, office.settings.name)
    envelope = read_envelope(session)
    law = law_of_batch(office, connection, batch, "Reconcile").for_route(batch.header.route)
    made, rendered, kept = Committed(), hashlib.sha256(), hashlib.sha256()
    said = _payload(envelope.compact)
    answers = _answers(session, ruling, public_codes(law), made, said["format"])
    for part in render_rows(answers, envelope.form, said["format"]):
        rendered.update(part)
    for chunk in batches.iterate_chunks(connection, batch, ChunkKind.ANSWER):
        kept.update(session.open_chunk(chunk))
    digests = {f"sha256:{each.hexdigest()}" for each in (rendered, kept)}
    release = {
        "answers": commit_release(said, b64decode(said["salt"])),
        "determinations": batch.determinations_digest,
        **journal.officer_fields([ruling.first, ruling.second]),
    }
    return (
        made.digest() == entries.answers.digest()
        and len(digests | {envelope.rows_digest, said["rows_digest"]}) == 1
        and entries.of(EntryKind.RELEASE, **release) != []
    )


def _answers(
    session: BatchSession, ruling: Ruling, codes: dict[str, str], made: Committed, version: str
) -> Iterator[Answer | RejectedRow]:
    """Every answer made anew, and where the answer's format has them the rows that were rejected;
    the entries that the answers make are added to `made`. Raises VerifyFault
    `determinations_changed`."""
    determined = session.read_all(ChunkKind.DETERMINATION)
    for seq, rows in enumerate(ruled_chunks(determined, session.key, ruling)):
        answers = [coarsen(row, ruling, codes) for row in rows]
        for draft in journal.answer_drafts(rows, answers, session.batch.id, session.key):
            made.add(draft.kind, draft.fields["commitment"])
        if version == FORMAT:  # of an older version, or no row was rejected
            yield from answers
        else:
            yield from with_rejects(session, ruling, seq, rows, answers)


def _payload(compact: bytes) -> dict[str, Any]:
    """What the sealed envelope says. Its signature is the reader's to check."""
    body = compact.split(b".")[1]
    return json.loads(urlsafe_b64decode(body + b"=" * (-len(body) % 4)))
