"""The order of things. This is the only file that knows it.

    bytes -intake-> Request -gate-> Grant | Refusal
                            Grant -register-> Residents -match-> Match   (private)
                                              Match -review-> Ruling -respond-> Answer   (public)

Each step yields ledger entries, and a step's effect is not seen before they are durable (P5):

    receive     `batch`; then for each chunk `granted` | `refused` | `rejected` with its encrypted
                rows, in one commit
    override    `override` and the grant that two roles made, in one commit
                (controls/overrides/service.py)
    determine   snapshot, certificates and holds are pinned; then for each chunk: `opening` is
                committed, the key custodian counts, only then is a door opened; at the end
                `determined`, from which the sample is drawn
    review      `sample` with what the first officer found of it, and `review` with the same
                officer's signature, in one commit
    release     `disclosure` | `not_compared` for each answer, `release`, the checkpoint and the
                sealed answer, in one commit; only then are files written

A step that was broken off, by Ctrl-C, a kill or a full disk, is run again with the same words: it
goes on where its last commit was, under the rules and the date that the batch was received with. A
step under other rules is refused. Each of these commits asks first whether the office, or that
batch, stands still by order (controls/suspension/stopped.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import tee
from pathlib import Path

from counterfoil import intake
from counterfoil.batches import store as batches
from counterfoil.batches.batch import KNOWN, REQUEST, Batch, NewBatch
from counterfoil.batches.chunks import keep_chunk
from counterfoil.batches.encryption import BatchKey, new_key, unwrap_key
from counterfoil.batches.rows import pack
from counterfoil.batches.states import BatchState
from counterfoil.controls.canaries.alarm import page, raise_if_repeated, watched_doors
from counterfoil.controls.suspension.scope import name_digest
from counterfoil.controls.suspension.stopped import acting, require_running, require_same_rules
from counterfoil.core import canonical
from counterfoil.core.values import Header, Reject
from counterfoil.disclosure.judging import Screened
from counterfoil.disclosure.screening import Whole
from counterfoil.disclosure.steps import BatchStatus, Progress, quiet
from counterfoil.disclosure.workers import WorkerPool, worker_pool
from counterfoil.gate import BatchFactsBuilder, require_document, require_signed
from counterfoil.gate.history.counts import Counts
from counterfoil.gate.history.fingerprints import Fingerprints
from counterfoil.gate.history.snapshot import HistorySnapshot, encode_snapshot
from counterfoil.gate.history.store import add_probes, load_history, recall, record_batch, remember
from counterfoil.ledger import Draft, EntryKind
from counterfoil.office import Office, enter_law, journal, new_batch_id

RejectSink = Callable[[Reject], None]


def receive_file(
    office: Office,
    path: Path,
    reject: RejectSink,
    progress: Progress = quiet,
    *,
    document: Path | None = None,
) -> BatchStatus:
    """Read a request file, put every row before the law, and keep both. The same bytes are one
    batch for ever.

    `reject` is told each row that could not be read; `document` is the file of the order or consent
    that the header names. Raises InputFault or VerifyFault for a file that is refused whole,
    GateFault where the agreement is not signed by both parties, has no such route, or the document
    is not the one that is named, StateFault where the office stands still.
    """
    with office.store.reading() as connection:
        require_running(office, connection)
    file = intake.open_file(
        path, default_header=office.default_header(), principal_keys=office.principal_keys()
    )
    wrapping, history_key = office.payload_keys()
    require_signed(office.law.agreement)
    require_document(file.header, intake.file_digest(document) if document else "", path.name)
    header = _header_fields(file.header, office, history_key)
    with office.store.reading() as connection:
        require_running(office, connection, "", header)
    with worker_pool(office.settings.workers, path.stat().st_size, history_key) as at_work:
        whole = _read_through(
            file, office.settings.chunk_rows, history_key, at_work, reject, progress
        )
        batch, key, new = _batch_of(office, file, wrapping, header)
        if batch.state is BatchState.RECEIVED:
            require_same_rules(office, batch)
            batch = _gate_batch(office, batch, key, file, whole, at_work, progress)
    return BatchStatus(batch.id, str(batch.state), batch.counts, already=not new)


def _read_through(
    file: intake.RequestFile,
    size: int,
    history_key: bytes,
    at_work: WorkerPool,
    reject: RejectSink,
    progress: Progress,
) -> Whole:
    """Read the whole file once before any row is decided: guards look at all of it, and rejects are
    told."""
    builder, done, kept = BatchFactsBuilder(history_key), 0, set[int]()
    for number, counted in enumerate(at_work.each("count", enumerate(file.stretches(size)))):
        builder.count(counted.tally)
        done += counted.rows
        if counted.kept:
            kept.add(number)
        for row in counted.rejects:
            reject(row)
        if counted.rows == size:
            progress(done, None, "read")
    return Whole(builder.finish(file.header, file.digest), builder.fingerprints, frozenset(kept))


def _batch_of(
    office: Office, file: intake.RequestFile, wrapping: bytes, header: dict[str, str]
) -> tuple[Batch, BatchKey, bool]:
    """The batch of this file: the one that stands, or a new one whose `batch` entry is in the same
    commit."""
    now, batch_id = office.clock(), new_batch_id(office.random)
    key = new_key(batch_id, office.random)
    wanted = NewBatch(
        id=batch_id,
        file_digest=file.digest,
        agreement=office.law.agreement.id,
        agreement_digest=office.law.agreement_digest,
        rules_digest=office.rules,
        header=header,
        received_at=now,
        gate_date=now.date(),
        wrapped_key=key.wrap(wrapping, office.random),
    )
    with acting(office, wanted) as connection:
        batch, new = batches.create_batch(connection, wanted)
        if new:
            enter_law(office, connection)
            office.ledger.append(connection, [_batch_draft(batch, key, file)], now)
        else:
            require_running(office, connection, batch.id, batch.header)
    return (
        (batch, key, True)
        if new
        else (batch, unwrap_key(batch.id, batch.wrapped_key, wrapping), False)
    )


def _batch_draft(batch: Batch, key: BatchKey, file: intake.RequestFile) -> Draft:
    """The entry of a file: whose it is, its route, and salted commitments to the file and to the
    document that it rests on."""
    fields: dict[str, str | int] = {
        "batch": batch.id,
        "agreement": batch.agreement_digest,
        "rules": batch.rules_digest,
    }
    fields |= {
        "file": canonical.commit(key.salt("file", 0), file.digest.encode()),
        "route": batch.header["route"],
    }
    fields |= {
        "principal": name_digest(batch.header["principal"]),
        "requester": name_digest(batch.header["party"]),
    }
    if document := batch.header["document"]:
        fields["commitment"] = canonical.commit(key.salt("document", 0), document.encode())
    return Draft(EntryKind.BATCH, fields)


def _header_fields(sent: Header, office: Office, history_key: bytes) -> dict[str, str]:
    """What is kept of the header. Of a document: its digest, and a keyed hash of all that is stated
    of it. `requester` is what the file says; `party` is the agreement's. Raises GateFault where the
    agreement has no such route."""
    stated = canonical.encode(intake.body_of(sent).get("document"))
    return {
        "requester": sent.requester,
        "principal": sent.principal,
        "sent_on": sent.sent_on.isoformat(),
        "signed": "true" if sent.signed else "false",
        "route": office.law.for_route(sent.route).route.id,
        "party": office.law.agreement.parties.requester.id,
        "document": sent.document.digest if sent.document else "",
        "stated": canonical.commit(history_key, stated) if sent.document else "",
    }


def _gate_batch(
    office: Office,
    batch: Batch,
    key: BatchKey,
    file: intake.RequestFile,
    whole: Whole,
    at_work: WorkerPool,
    progress: Progress,
) -> Batch:
    agreement, facts, watched = office.law.agreement, whole.facts, watched_doors(office)
    with acting(office, batch) as connection:
        record_batch(connection, facts, batch.id, batch.gate_date, agreement)
        seq, done = batches.count_chunks(connection, batch, REQUEST)
        history = load_history(connection, facts, batch.id, batch.gate_date, agreement.limits)
    if not done:
        remember(lambda: acting(office, batch), batch.id, batch.gate_date, whole.marks)
    at_work.every("begin", office.law, facts, history, batch.gate_date)
    sent, told = tee(_to_judge(office, batch, file, whole, done))
    for judged, (*_, part, past) in zip(at_work.each("judge", sent, seq), told, strict=True):
        known = HistorySnapshot(file.header, history, past)
        batch = _keep_judged(office, batch, key, judged, (part, known), (seq, done), watched)
        seq, done = seq + 1, done + len(judged.kinds)
        progress(done, facts.rows, "gate")
    with acting(office, batch) as connection:
        batches.mark_gated(connection, batch, batch.counts)
        office.ledger.sign_checkpoint(connection, office.signer())
        return batches.find_batch(connection, batch.id)


def _to_judge(
    office: Office, batch: Batch, file: intake.RequestFile, whole: Whole, done: int
) -> Iterator[tuple[int, intake.Table | None, Fingerprints, Counts]]:
    """Each chunk that is not in the store yet: its number, its cells where who counted it has not
    kept it, its marks, and what earlier batches asked about its rows. Chunks of another size, of a
    run before the setting was changed, are read again."""
    size, window = office.settings.chunk_rows, office.law.agreement.limits.guards.window_days
    again: Iterator[intake.Table] | None = None
    for start in range(done, len(whole.marks), size):
        if again is None and (start % size or start // size not in whole.kept):
            again = file.stretches(size, start)
        part = whole.marks.part(start, start + size)
        with office.store.reading() as connection:
            past = recall(connection, part, batch.id, batch.gate_date, window)
        yield start // size, next(again) if again else None, part, past


def _keep_judged(
    office: Office,
    batch: Batch,
    key: BatchKey,
    judged: Screened,
    told: tuple[Fingerprints, HistorySnapshot],
    place: tuple[int, int],
    watched: frozenset[int],
) -> Batch:
    """The rows, what the guards knew of them, their counts and their entries, in one commit."""
    (marks, known), (seq, first) = told, place
    with acting(office, batch) as connection:
        keep_chunk(
            connection,
            batch,
            key,
            REQUEST,
            seq,
            pack(judged.encoded),
            len(judged.kinds),
            office.random,
        )
        keep_chunk(connection, batch, key, KNOWN, seq, encode_snapshot(known), 0, office.random)
        batches.add_counts(connection, batch, judged.counts)
        add_probes(connection, batch.id, judged.probes)
        office.ledger.append(
            connection, journal.gate_drafts(judged, batch.id, key, first), office.clock()
        )
        alarm = raise_if_repeated(office, connection, batch, first + 1, marks, watched)
        kept = batches.find_batch(connection, batch.id)
    page(office, alarm)
    return kept
