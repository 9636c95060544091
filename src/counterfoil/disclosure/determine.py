"""Determine: open the register for what the gate admitted, and decide.

For each chunk: the openings are entered, then the key custodian counts, only then is the register
opened, and what is decided is sealed. With several workers (deciding.py) the next chunks are
entered, counted and opened while this one is; what is kept is the same bytes. With the engine
`spark` the chunks of a window are (register/spark/pool.py), and the key custodian counts for each
Spark worker, on the connection through which that worker opens. Broken off between, openings are
entered once, and opened again.

A bucket that somebody emptied is a false `not_confirmed`, which no bucket shows: a register of page
files compares each page that it reads, and stops the step; the whole file of an older one is
compared with its signed manifest before the first chunk and after the last.

Where the batch is withdrawn meanwhile, nothing more is opened. Another process that begins to
determine the batch waits for this one, and finds the work done. The order of the steps is in
receive.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Final

from counterfoil import register
from counterfoil.batches import store as batches
from counterfoil.batches.batch import ChunkKind
from counterfoil.batches.rows import DeterminationsDigest, Rejected
from counterfoil.batches.session import BatchSession, request_of
from counterfoil.batches.states import BatchState
from counterfoil.certification.pinned import pin_certificates
from counterfoil.controls.canaries.alarm import page, raise_if_confirmed
from counterfoil.controls.comparison import require_compared
from counterfoil.controls.holds.pinned import pin_holds, require_pinned_holds
from counterfoil.controls.sampling.service import enter_determined
from counterfoil.controls.suspension.service import acting
from counterfoil.controls.witnesses import require_cosigned_batch, require_no_later_history
from counterfoil.core.collection import collecting_rarely
from counterfoil.core.use_cases import Actor, Progress, Work
from counterfoil.core.values import Grant, Public, Request
from counterfoil.core.worker_pool import CallPool, InProcess, worker_count_of, worker_pool
from counterfoil.database import Connection
from counterfoil.disclosure.deciding import (
    Decided,
    Deciding,
    Determiner,
    LentDeterminer,
    shared_determiner,
)
from counterfoil.disclosure.steps import (
    BatchStatus,
    find,
    find_running,
    require_in_force,
    status_of,
)
from counterfoil.gate.history.reservations import make_final, settle
from counterfoil.ledger import EntryKind
from counterfoil.office import Office
from counterfoil.office.authority import require_service
from counterfoil.office.batch_lock import batch_running, one_at_a_time
from counterfoil.office.context import LOCAL, Engine
from counterfoil.office.openings import (
    check_counted,
    check_register,
    enter_openings,
    require_entered_snapshot,
)
from counterfoil.register.snapshot_age import is_too_old
from counterfoil.register.spark.pool import Cluster, spark_pool

_DETERMINED: Final = (BatchState.DETERMINED, BatchState.REVIEWED, BatchState.RELEASED)


class DetermineBatch(Public, frozen=True):
    """Decide every row of a batch that the gate has admitted. `engine`: `local`, or `spark` for the
    endpoint of the settings."""

    batch: str
    engine: Engine = LOCAL


def determine_batch(office: Office, actor: Actor, command: DetermineBatch) -> Work[BatchStatus]:
    """Open the register for what the gate admitted, and decide. Nothing is told to anyone.

    Raises UsageFault `actor_refused`; StateFault (not gated, other rules, other snapshot, a
    certificate is missing, an order that no officer has compared, `batch_running`), StoreFault,
    KeyFault, VerifyFault; as `Office.cluster` and `spark_pool`.
    """
    require_service(actor)
    batch = find_running(office, command.batch)
    if batch.state in _DETERMINED:
        return status_of(batch, already=True)
    batch.require(BatchState.GATED)
    cluster = office.cluster(command.engine)
    with one_at_a_time(office, batch.id):
        return (yield from _determine(office, command.batch, cluster))


def _determine(office: Office, batch_id: str, cluster: Cluster | None) -> Work[BatchStatus]:
    """The step, by the one process that is at it."""
    batch = find_running(office, batch_id)
    if batch.state in _DETERMINED:
        return status_of(batch, already=True)
    batch.require(BatchState.GATED)
    require_in_force(office, batch)
    require_compared(office, batch)
    require_no_later_history(office)
    with office.store.reading() as connection:
        require_cosigned_batch(office, connection, batch)
    with office.open_register(batch.snapshot) as sealed:
        version = office.match_version_of(batch.rules_digest)
        weights = office.weights(sealed.manifest, version)
        with acting(office, batch) as connection:
            if not batch.snapshot:
                require_entered_snapshot(office, connection, sealed.manifest)
            batches.pin_snapshot(connection, batch, sealed.snapshot)
            session = office.batch_session(connection, batch)
            governed = pin_certificates(office, session, sealed.manifest, weights)
            held = pin_holds(office, session, office.custodian(sealed.manifest.key_id))
        oldest = office.law.agreement.confirmation.oldest_days
        too_old = is_too_old(sealed.manifest.built_at, oldest, office.clock().date())
        deciding = Deciding(weights, governed, held, too_old)
        if not sealed.compares_pages:
            check_register(office, sealed.snapshot)
        with collecting_rarely():
            yield from _determine_chunks(office, batch_id, sealed, deciding, cluster)
        if not sealed.compares_pages:
            check_register(office, sealed.snapshot)
    with acting(office, batch) as connection:
        session = office.batch_session(connection, batches.find_batch(connection, batch.id))
        require_pinned_holds(session, held)
        digest = DeterminationsDigest(session.key)
        for plain in session.read_all(ChunkKind.DETERMINATION):
            digest.add(plain)
        batches.mark_determined(connection, session.batch, digest.digest(), {})
        make_final(connection, batch.id)
        determined = batches.find_batch(connection, batch.id)
        enter_determined(office, connection, determined)
    return status_of(determined)


def _pool(
    office: Office,
    sealed: register.SealedRegister,
    deciding: Deciding,
    rows: int,
    chunks: int,
    cluster: Cluster | None,
) -> AbstractContextManager[CallPool]:
    """Who decides so many chunks of a batch of so many rows: this process, or several beside it, or
    Spark's workers. A custodian in a process of its own lends no key, so that this process, or each
    worker of Spark, opens through it."""
    custodian = office.custodian(sealed.manifest.key_id)
    place, publics = str(office.register_directory.resolve()), office.signing_publics
    given = place, publics, sealed.snapshot, deciding
    if cluster is not None:
        return spark_pool(cluster, custodian, shared_determiner, *given)
    count = worker_count_of(office.settings.workers, rows, chunks)
    if count == 1 or office.settings.custodian:
        return nullcontext(InProcess(Determiner(sealed, custodian, deciding)))
    return worker_pool(count, LentDeterminer, custodian.lend_key(), *given)


def _determine_chunks(
    office: Office,
    batch_id: str,
    sealed: register.SealedRegister,
    deciding: Deciding,
    cluster: Cluster | None,
) -> Work[None]:
    batch = find(office, batch_id)
    with office.store.reading() as connection:
        session = office.batch_session(connection, batch)
        (total, rows), done = session.count(ChunkKind.REQUEST), _done(session)
    if done == total:
        return
    with _pool(office, sealed, deciding, rows, total - done, cluster) as pool:
        run = _Run(office, session, sealed, deciding, kept=done)
        counted_here = cluster is None and not isinstance(pool, InProcess)
        calls = (run.prepare(seq, counted_here=counted_here) for seq in range(done, total))
        for decided in pool.each("decide", calls, done):
            run.keep(decided)
            yield Progress(run.kept, total, "determine")


class _Run:
    """The chunks of one batch, one after the other: what is entered before a chunk is opened, and
    what is kept after it was decided. Several may be opened and decided between the two, as many
    as there are workers; they are prepared and kept in their order."""

    def __init__(
        self,
        office: Office,
        known: BatchSession,
        sealed: register.SealedRegister,
        deciding: Deciding,
        *,
        kept: int,
    ) -> None:
        self._office, self._known, self._deciding = office, known, deciding
        self._manifest = sealed.manifest
        self._ahead = dict[int, int]()
        self.kept = kept

    def prepare(self, seq: int, *, counted_here: bool) -> tuple[bytes, Mapping[int, Grant], int]:
        """Enter the openings of chunk `seq`; `counted_here`: and have the key custodian count them,
        which a register that is opened through the custodian does by itself. What
        `Determiner.decide` is given.

        Raises as `acting`; StateFault `batch_moved`, `batch_running`; StoreFault, VerifyFault.
        """
        office, batch = self._office, self._known.batch
        custodian = office.custodian(self._manifest.key_id)
        with acting(office, batch) as connection:
            batches.find_batch(connection, batch.id).require(BatchState.GATED)
            session = self._session(connection)
            chunk = session.chunk(ChunkKind.REQUEST, seq)
            plain, grants = session.open_chunk(chunk), session.grants
            asked = self._deciding.count_asked(plain, grants)
            left = custodian.remaining() - sum(self._ahead.values()) if asked else 0
            openings = min(asked, max(0, left))
            if not chunk.opened:
                if openings:
                    opening = EntryKind.OPENING
                    enter_openings(office, connection, opening, batch.id, self._manifest, openings)
                batches.mark_opened(connection, batch, seq, openings)
            elif chunk.openings >= 0:
                openings = min(openings, chunk.openings)
        if openings and counted_here:
            custodian.reserve(openings)
        else:
            self._ahead[seq] = openings
        return plain, grants, openings

    def keep(self, decided: Decided) -> None:
        """Keep what became of the next chunk, in one commit. Raises as `prepare`."""
        office, batch, seq = self._office, self._known.batch, self.kept
        with acting(office, batch) as connection:
            session = self._session(connection)
            check_counted(office, connection)
            determination = ChunkKind.DETERMINATION
            session.keep(determination, decided.plain, office.random, seq=seq, rows=decided.rows)
            batches.add_counts(connection, batch, decided.counts)
            _settle(office, session, seq, decided)
            alarm = raise_if_confirmed(office, connection, batch, decided.confirmed)
        self._ahead.pop(seq, 0)
        self.kept += 1
        page(office, alarm)

    def _session(self, connection: Connection) -> BatchSession:
        """The batch in this transaction, still under the same holds. Raises StateFault
        `batch_moved`; `batch_running` where another process has determined a chunk: nothing is
        decided twice, also where the batch's lock does not reach that process."""
        session = BatchSession(connection, self._known.batch, self._known.key)
        require_pinned_holds(session, self._deciding.held)
        if _done(session) != self.kept:
            raise batch_running(session.batch.id)
        return session


def _done(session: BatchSession) -> int:
    return session.count(ChunkKind.DETERMINATION)[0]


def _settle(office: Office, session: BatchSession, seq: int, decided: Decided) -> None:
    """What nobody answered does not count as asked, and the evidence of what was refused was not
    tried."""
    first = session.rows_before(ChunkKind.REQUEST, seq)

    def asked() -> Iterator[tuple[int, Request]]:
        for place, row in enumerate(session.rows(seq), first):
            if not isinstance(row, Rejected):
                yield place, request_of(row)

    settle(
        session.connection,
        office.payload_keys()[1],
        session.batch.id,
        range(first, first + decided.places),
        asked,
        {first + place for place in decided.unanswered},
        {first + place for place in decided.refused},
    )
