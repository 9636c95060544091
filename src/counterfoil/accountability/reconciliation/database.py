"""One batch as it stands in the database, held against what the ledger says of it.

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

import msgspec

from counterfoil.accountability.evidence.check_public import public_codes
from counterfoil.accountability.reconciliation.ledger_view import (
    ANSWERS,
    BatchEntries,
    Committed,
    difference,
)
from counterfoil.answers.format import commit_release
from counterfoil.answers.rows import render_rows
from counterfoil.batches import store as batches
from counterfoil.batches.batch import DETERMINATION, REQUEST, Batch
from counterfoil.batches.chunks import read_chunk
from counterfoil.batches.encryption import BatchKey, unwrap_key
from counterfoil.batches.rows import Gated, Granted, Refused, decode_gated, encode_row, ruled_chunks
from counterfoil.batches.states import BatchState
from counterfoil.core import canonical
from counterfoil.core.errors import CounterfoilError, StateFault, VerifyFault
from counterfoil.core.values import Answer, Ruling
from counterfoil.database import Connection
from counterfoil.disclosure.sealed_answer import ANSWER, ENVELOPE, Envelope
from counterfoil.gate.law.archive import kept_law, law_of_texts
from counterfoil.gate.law.load import Law
from counterfoil.ledger import Draft, EntryKind
from counterfoil.office import Office, journal

_RESTORE = (
    "Keep the database, tell the inspector, and compare with its backup: one of the two "
    "was altered, or a step was half done."
)


def compare_standing(batch: Batch, told: BatchEntries | None) -> Iterator[VerifyFault]:
    """1 to 3: what needs no key."""
    fields = {"agreement": batch.agreement_digest, "rules": batch.rules_digest}
    if told is None or len(told.of(EntryKind.BATCH, **fields)) != 1:
        yield difference(
            "reconcile_batch",
            batch.id,
            "the batch is not the one that the ledger has an entry of",
            _RESTORE,
        )
        return
    kinds, counts = told.kinds, batch.counts
    for kind in (EntryKind.GRANTED, EntryKind.REFUSED, EntryKind.REJECTED):
        held = counts.get(kind.value, 0)
        if held != kinds[kind]:
            yield difference(
                "reconcile_counts",
                batch.id,
                f"{held} rows are {kind.value} by the database, {kinds[kind]} by the ledger",
                _RESTORE,
            )
    if counts.get("compared", 0) > told.opened:
        yield difference(
            "reconcile_openings",
            batch.id,
            f"{counts['compared']} rows were compared, and openings entered for {told.opened}",
            _RESTORE,
        )
    if not _stands(batch, told):
        yield difference(
            "reconcile_state",
            batch.id,
            f"the batch is {batch.state}, and its entries of review, release and answers say "
            "otherwise",
            _RESTORE,
        )


def _stands(batch: Batch, told: BatchEntries) -> bool:
    """Statement 3."""
    answered, word = (
        sum(told.kinds[kind] for kind in ANSWERS),
        {"determinations": batch.determinations_digest},
    )
    reviewed = bool(told.of(EntryKind.REVIEW, **word))
    if batch.state is BatchState.RELEASED:
        told_all = answered == batch.counts.get("compared", 0) + batch.counts.get("not_compared", 0)
        return reviewed and told_all and told.of(EntryKind.RELEASE, **word) == [batch.release_index]
    if batch.state is BatchState.WITHDRAWN and not told.kinds[EntryKind.WITHDRAWAL]:
        return False
    return (
        not answered
        and not told.of(EntryKind.RELEASE)
        and (reviewed or batch.state is not BatchState.REVIEWED)
    )


def compare_rows(
    office: Office, connection: Connection, batch: Batch, told: BatchEntries
) -> Iterator[VerifyFault]:
    """4 and 5. What cannot be read is a difference too, under its own code."""
    try:
        key = unwrap_key(batch.id, batch.wrapped_key, office.payload_keys()[0])
        if _rows_made(connection, batch, key) != told.rows.digest() or not told.of(
            EntryKind.BATCH, file=_file(batch, key)
        ):
            message = "the rows that are kept are not those that the ledger commits to"
            yield difference("reconcile_rows", batch.id, message, _RESTORE)
        if batch.state is BatchState.RELEASED and not _answers_made(
            office, connection, batch, key, told
        ):
            message = (
                "the answers that are kept are not those that follow from the "
                "determinations and that the ledger commits to"
            )
            yield difference("reconcile_answers", batch.id, message, _RESTORE)
    except CounterfoilError as fault:
        yield difference(
            "reconcile_unreadable",
            fault.place or batch.id,
            f"the batch cannot be read: {fault.message} [{fault.code}]",
            fault.cure,
        )


def law_of_batch(office: Office, connection: Connection, batch: Batch) -> Law:
    """The law that judged the batch. Raises StateFault `rules_changed` where this office no longer
    has it."""
    if batch.rules_digest == office.rules:
        return office.law
    kept = kept_law(connection, batch.rules_digest)
    if kept is None:
        raise StateFault(
            "rules_changed",
            "the law, the agreement or the version changed since this batch was received",
            place=batch.id,
            cure="Reconcile it with the version and law that judged it.",
        )
    return law_of_texts(kept)


def released_files(connection: Connection, batch: Batch, key: BatchKey) -> Envelope:
    """The envelope of a released batch as it is kept. Raises StateFault, StoreFault."""
    return msgspec.msgpack.decode(read_chunk(connection, batch, key, ENVELOPE, 0), type=Envelope)


def _file(batch: Batch, key: BatchKey) -> str:
    return canonical.commit(key.salt("file", 0), batch.file_digest.encode())


def _rows_made(connection: Connection, batch: Batch, key: BatchKey) -> bytes:
    """The digest over the entries that the kept rows make."""
    made, first = Committed(), 0
    for chunk in batches.iterate_chunks(connection, batch, REQUEST):
        rows = decode_gated(key.open(REQUEST, chunk.seq, chunk.sealed))
        for row, salt in zip(
            rows, key.salts("request", range(first, first + len(rows))), strict=True
        ):
            made.add(_kind(row), canonical.commit(salt, encode_row(row)))
        first += len(rows)
    return made.digest()


def _kind(row: Gated) -> EntryKind:
    if isinstance(row, Granted):
        return EntryKind.GRANTED
    return EntryKind.REFUSED if isinstance(row, Refused) else EntryKind.REJECTED


def _answers_made(
    office: Office, connection: Connection, batch: Batch, key: BatchKey, told: BatchEntries
) -> bool:
    ruling, envelope = (
        batches.load_ruling(connection, batch, office.settings.name),
        released_files(connection, batch, key),
    )
    codes = public_codes(
        law_of_batch(office, connection, batch).for_route(batch.header.get("route", ""))
    )
    made, rendered, kept = Committed(), hashlib.sha256(), hashlib.sha256()
    for part in render_rows(_answers(connection, batch, key, ruling, codes, made), envelope.form):
        rendered.update(part)
    for chunk in batches.iterate_chunks(connection, batch, ANSWER):
        kept.update(key.open(ANSWER, chunk.seq, chunk.sealed))
    said = _payload(envelope.compact)
    words = {"officer": ruling.first, "second": ruling.second}
    release = {name: canonical.digest(officer.vkey.encode()) for name, officer in words.items()}
    release |= {
        "answers": commit_release(said, b64decode(said["salt"])),
        "determinations": batch.determinations_digest,
    }
    named = {f"sha256:{each.hexdigest()}" for each in (rendered, kept)} | {
        envelope.rows_digest,
        said["rows_digest"],
    }
    return (
        made.digest() == told.answers.digest()
        and len(named) == 1
        and told.of(EntryKind.RELEASE, **release) != []
    )


def _answers(
    connection: Connection,
    batch: Batch,
    key: BatchKey,
    ruling: Ruling,
    codes: dict[str, str],
    made: Committed,
) -> Iterator[Answer]:
    """Every answer made anew; the entries that they make are added to `made`. Raises VerifyFault
    `determinations_changed`."""
    total = batches.count_chunks(connection, batch, DETERMINATION)[0]
    plain = (read_chunk(connection, batch, key, DETERMINATION, seq) for seq in range(total))
    for rows in ruled_chunks(plain, key, ruling):
        answers = journal.answer_rows(rows, ruling, codes)
        draft: Draft
        for draft in journal.answer_drafts(rows, answers, batch.id, key):
            made.add(draft.kind, draft.fields["commitment"])
        yield from answers


def _payload(compact: bytes) -> dict[str, Any]:
    """What the sealed envelope says. Its signature is the reader's to check."""
    body = compact.split(b".")[1]
    return json.loads(urlsafe_b64decode(body + b"=" * (-len(body) % 4)))
