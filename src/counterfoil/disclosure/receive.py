"""The order of things. This is the only file that knows it.

    bytes -intake-> Request -gate-> Grant | Refusal
                            Grant -register-> Residents -match-> Match   (private)
                                              Match -review-> Ruling -respond-> Answer   (public)

Each step yields ledger entries, and a step's effect is not seen before they are durable (P5):

    receive     `batch`; then for each chunk `granted` | `refused` | `rejected` with its encrypted
                rows, in one commit
    comparison  of a file by court order: an officer's signed comparison of order and header
                (controls/comparison.py)
    override    `override` and the grant that two roles made, in one commit
                (controls/overrides/service.py)
    determine   snapshot, certificates and holds are pinned; then for each chunk: `opening` is
                committed, the key custodian counts, only then is a door opened; at the end
                `determined`, from which the sample is drawn
    review      `sample` with what the first officer found of it, and `review` with the same
                officer's signature, in one commit
    release     `disclosure` | `not_compared` for each answer, `release`, the checkpoint and the
                sealed answer, in one commit; only then are files written

Two processes that begin one of these steps do it one after the other, and the second finds it done.
A step that was broken off, by Ctrl-C, a kill or a full disk, is run again with the same words: it
goes on where its last commit was, under the rules and the date that the batch was received with. A
step under other rules is refused. Each of these commits asks first whether the office, or that
batch, is suspended by order (controls/suspension/service.py); a canary stops all but receiving.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import tee
from typing import Final

import msgspec

from counterfoil import intake
from counterfoil.batches import store as batches
from counterfoil.batches.batch import Batch, BatchHeader, ChunkKind, NewBatch
from counterfoil.batches.encryption import KEY_BYTES, BatchKey, new_key, unwrap_key
from counterfoil.batches.rows import pack
from counterfoil.batches.session import BatchSession
from counterfoil.batches.states import BatchState
from counterfoil.controls.canaries.alarm import page_apart, raise_if_repeated, watched_addresses
from counterfoil.controls.suspension.scope import name_digest
from counterfoil.controls.suspension.service import acting, require_running, require_same_rules
from counterfoil.controls.witnesses import windows_end
from counterfoil.core import canonical
from counterfoil.core.collection import collecting_rarely
from counterfoil.core.use_cases import Actor, Progress, Upload, Work
from counterfoil.core.values import Header, Public
from counterfoil.core.worker_pool import WorkerPool, worker_count, worker_pool
from counterfoil.disclosure.screening import Screened, Screener, Whole
from counterfoil.disclosure.steps import BatchStatus, find, status_of
from counterfoil.gate import (
    BatchFacts,
    BatchFactsBuilder,
    Gate,
    History,
    require_document,
    require_signed,
)
from counterfoil.gate.history.counts import Counting
from counterfoil.gate.history.fingerprints import Fingerprints
from counterfoil.gate.history.memory_sum import check_memory, received_elsewhere
from counterfoil.gate.history.snapshot import (
    HistorySnapshot,
    decode_snapshot,
    encode_snapshot,
    snapshot_of,
)
from counterfoil.gate.history.store import (
    add_probes,
    load_history,
    recall,
    record_batch,
    remember,
    remembers_earlier,
)
from counterfoil.gate.history.uses import Uses
from counterfoil.ledger import EntryKind
from counterfoil.office import Office, new_batch_id
from counterfoil.office.authority import require_service
from counterfoil.office.batch_lock import one_at_a_time
from counterfoil.office.journal import enter, enter_law, enter_screened

_RECEIVED_WHOLE: Final = (
    BatchState.GATED,
    BatchState.DETERMINED,
    BatchState.REVIEWED,
    BatchState.RELEASED,
)


class ReceiveFile(Public, frozen=True):
    """Receive a request file. `document`: the order or consent that its header names."""

    file: Upload
    document: Upload | None = None


def receive_file(office: Office, actor: Actor, command: ReceiveFile) -> Work[BatchStatus]:
    """Read a request file, put every row before the law, and keep both. The same bytes are one
    batch for ever. Yields each row that could not be read, and the progress.

    Raises UsageFault `actor_refused`; InputFault or VerifyFault for a file that is refused whole;
    GateFault where the agreement is not signed by both parties, has no such route, or the document
    is not the one that is named; StateFault where the office is suspended.
    """
    require_service(actor)
    with office.store.reading() as connection:
        require_running(office, connection)
    path = command.file.path
    file = intake.open_file(
        path, default_header=office.default_header(), principal_keys=office.principal_keys()
    )
    _, history_key = office.payload_keys()
    require_signed(office.law.agreement)
    document = intake.file_digest(command.document.path) if command.document else ""
    require_document(file.header, document, path.name)
    header = _batch_header(file.header, office, history_key)
    with office.store.reading() as connection:
        require_running(office, connection, "", header, receiving=True)
        earlier = remembers_earlier(connection)
    count = worker_count(office.settings.workers, path.stat().st_size)
    with collecting_rarely(), worker_pool(count, Screener, history_key, earlier) as pool:
        whole = yield from _read_through(file, office.settings.chunk_rows, history_key, pool)
        batch, key, new = _batch_of(office, file, header)
        if batch.state is BatchState.RECEIVED:
            with one_at_a_time(office, batch.id):
                batch = _found(office, batch.id)
                if batch.state is BatchState.RECEIVED:
                    require_same_rules(office, batch)
                    batch = yield from _gate_batch(office, batch, key, file, whole, pool)
    return _receipt(batch, already=not new)


def _found(office: Office, batch_id: str) -> Batch:
    """The batch as it stands now, unless it is suspended. Raises as `require_running`."""
    with office.store.reading() as connection:
        batch = batches.find_batch(connection, batch_id)
        require_running(office, connection, batch.id, batch.header, receiving=True)
        return batch


def _receipt(batch: Batch, *, already: bool) -> BatchStatus:
    """Where a batch stands for who sent it. One that is held, and is received all the same, waits
    for the day on which that is shown: until then it stands where it was held."""
    shown = status_of(batch, already=already)
    held_from = batch.standing.held_from
    return shown if held_from is None else msgspec.structs.replace(shown, state=str(held_from))


def _read_through(
    file: intake.RequestFile, size: int, history_key: bytes, pool: WorkerPool
) -> Work[Whole]:
    """Read the whole file once before any row is decided: guards look at all of it, and rejects are
    yielded."""
    builder, done, kept = BatchFactsBuilder(history_key), 0, set[int]()
    for number, counted in enumerate(pool.each("count", enumerate(file.stretches(size)))):
        builder.count(counted.tally)
        done += counted.rows
        if counted.kept:
            kept.add(number)
        yield from counted.rejects
        if counted.rows == size:
            yield Progress(done, None, "read")
    return Whole(builder.finish(file.header, file.digest), builder.fingerprints, frozenset(kept))


def _batch_of(
    office: Office, file: intake.RequestFile, header: BatchHeader
) -> tuple[Batch, BatchKey, bool]:
    """The batch of this file: the one that is there, or a new one whose `batch` entry is in the
    same commit."""
    now, batch_id = office.clock(), new_batch_id(office.random)
    key, wrapping = new_key(batch_id, office.random), office.payload_keys()[0]
    share = office.random(KEY_BYTES)
    wanted = NewBatch(
        id=batch_id,
        file_digest=file.digest,
        agreement=office.law.agreement.id,
        agreement_digest=office.law.agreement_digest,
        rules_digest=office.rules,
        header=header,
        received_at=now,
        gate_date=now.date(),
        wrapped_key=key.wrap(wrapping, share, office.random),
    )
    with acting(office, wanted, receiving=True) as connection:
        now = office.clock()  # Another process may have entered something while this one waited.
        dated = msgspec.structs.replace(wanted, received_at=now, gate_date=now.date())
        batch, new = batches.create_batch(connection, dated)
        if new:
            office.shares.keep({batch.id: share})  # durable before the batch is
            enter_law(office, connection)
            enter(office, connection, EntryKind.BATCH, _entry_fields(batch, key), at=now)
            return batch, key, True
        require_running(office, connection, batch.id, batch.header, receiving=True)
    kept = office.shares.find(batch.id)
    return batch, unwrap_key(batch.id, batch.wrapped_key, wrapping, kept), False


def _entry_fields(batch: Batch, key: BatchKey) -> dict[str, str | int]:
    """The entry of a file: whose it is, its route, and salted commitments to the file and to the
    document that it rests on."""
    header = batch.header
    fields: dict[str, str | int] = {
        "batch": batch.id,
        "agreement": batch.agreement_digest,
        "rules": batch.rules_digest,
        "file": canonical.commit(key.salt("file", 0), batch.file_digest.encode()),
        "route": header.route,
        "principal": name_digest(header.principal),
        "requester": name_digest(header.party),
    }
    if header.document:
        salt = key.salt("document", 0)
        fields["commitment"] = canonical.commit(salt, header.document.encode())
    return fields


def _batch_header(sent: Header, office: Office, history_key: bytes) -> BatchHeader:
    """What is kept of the header. Raises GateFault where the agreement has no such route."""
    stated = canonical.encode(intake.body_of(sent).get("document"))
    return BatchHeader(
        requester=sent.requester,
        principal=sent.principal,
        sent_on=sent.sent_on.isoformat(),
        signed=sent.signed,
        route=office.law.for_route(sent.route).route.id,
        party=office.law.agreement.parties.requester.id,
        document=sent.document.digest if sent.document else "",
        stated=canonical.commit(history_key, stated) if sent.document else "",
    )


def _gate_batch(
    office: Office,
    batch: Batch,
    key: BatchKey,
    file: intake.RequestFile,
    whole: Whole,
    pool: WorkerPool,
) -> Work[Batch]:
    """Put every row before the law, chunk by chunk, and keep both. Where the batch's lock does not
    reach another process that receives the same file, whoever keeps a chunk first goes on."""
    facts, limits, watched = whole.facts, office.law.agreement.limits, watched_addresses(office)
    with office.store.reading() as connection:
        check_memory(connection, whole.asked)
        seen = windows_end(office, connection, batch)
    history, (seq, done) = _record(office, batch, key, facts, seen)
    remember(lambda: acting(office, batch, receiving=True), batch.id, whole.asked)
    counting = Counting(whole.asked, limits.guards.largest + 1, whole.facts.key)
    pool.every("begin", office.law, facts, history, batch.gate_date)
    sent, chunks = tee(_to_screen(office, batch, file, whole, done, counting, seen))
    for judged, (*_, first, uses) in zip(pool.each("judge", sent, seq), chunks, strict=True):
        known = snapshot_of(facts, history, uses)
        part = whole.asked.part(first, first + len(judged.rows))
        if not _keep_screened(office, batch, key, judged, (part, known), (seq, done), watched):
            return find(office, batch.id)
        seq, done = seq + 1, done + len(judged.rows)
        yield Progress(done, facts.rows, "gate")
    with acting(office, batch, receiving=True) as connection:
        batch = batches.find_batch(connection, batch.id)
        if batch.state is BatchState.RECEIVED:
            batches.mark_gated(connection, batch, batch.counts)
            office.ledger.sign_checkpoint(connection, office.signer())
        return batches.find_batch(connection, batch.id)


def _record(
    office: Office, batch: Batch, key: BatchKey, facts: BatchFacts, seen: date
) -> tuple[History, tuple[int, int]]:
    """Reserve what the file asks, and (chunks, rows) that were kept before. A file that is refused
    whole, as one that nobody signed is, or that names another agreement, reserves nothing: its
    elements are evaluated before anything is counted. A run that was broken off goes on with the
    history that it began with."""
    agreement, on = office.law.agreement, batch.gate_date
    with acting(office, batch, receiving=True) as connection:
        batches.find_batch(connection, batch.id).require(BatchState.RECEIVED)
        done = batches.count_chunks(connection, batch, ChunkKind.REQUEST)
        if done[0]:
            known = decode_snapshot(BatchSession(connection, batch, key).read(ChunkKind.KNOWN))
            return known.history, done
        history = load_history(connection, facts, batch.id, on, agreement.limits, seen)
        counts = not Gate(office.law, facts, history, on).batch_failed
        record_batch(connection, facts, batch.id, on, agreement, counts=counts, seen=seen)
        return history, done


def _to_screen(
    office: Office,
    batch: Batch,
    file: intake.RequestFile,
    whole: Whole,
    done: int,
    counting: Counting,
    seen: date,
) -> Iterator[tuple[int, intake.Table | None, int, dict[int, Uses]]]:
    """Each chunk that is not in the store yet: its number, its cells where who counted it has not
    kept it, the place of its first row, and the counts of its rows. Chunks of another size, of a
    run before the setting was changed, are read again."""
    size, limits = office.settings.chunk_rows, office.law.agreement.limits
    again: Iterator[intake.Table] | None = None
    for start in range(done, len(whole.asked), size):
        if again is None and (start % size or start // size not in whole.kept):
            again = file.stretches(size, start)
        rows = range(start, min(start + size, len(whole.asked)))
        with office.store.reading() as connection:
            past = recall(connection, counting, rows, batch.id, batch.gate_date, limits, seen)
        yield start // size, next(again) if again else None, start, counting.uses(rows, past)


def _keep_screened(
    office: Office,
    batch: Batch,
    key: BatchKey,
    judged: Screened,
    known: tuple[Fingerprints, HistorySnapshot],
    place: tuple[int, int],
    watched: frozenset[int],
) -> bool:
    """The rows, what the guards knew of them, their counts and their entries, in one commit;
    nothing of them where the batch was withdrawn meanwhile. False, and nothing is kept, where
    another process has received the whole file meanwhile."""
    (asked, snapshot), (seq, first) = known, place
    with acting(office, batch, receiving=True) as connection:
        found = batches.find_batch(connection, batch.id)
        if found.state in _RECEIVED_WHOLE:
            return False
        found.require(BatchState.RECEIVED)
        session = BatchSession(connection, batch, key)
        if session.count(ChunkKind.REQUEST) != (seq, first):
            raise received_elsewhere(batch.id)
        plain = pack([data for _, data in judged.rows])
        session.keep(ChunkKind.REQUEST, plain, office.random, seq=seq, rows=len(judged.rows))
        session.keep(ChunkKind.KNOWN, encode_snapshot(snapshot), office.random, seq=seq)
        batches.add_counts(connection, batch, judged.counts)
        add_probes(connection, batch.id, judged.probes)
        enter_screened(office, connection, batch.id, judged.rows, key, first)
        alarm = raise_if_repeated(office, connection, batch, first + 1, asked, watched)
    page_apart(office, alarm)
    return True
