"""Determine: open the register for what the gate admitted, and decide.

For each chunk: the openings are entered, then the key custodian counts, only then is the register
opened, and what is decided is sealed. Broken off between, openings are entered once, and opened
again. A bucket that somebody emptied is a false `not_confirmed`, which no bucket shows: a register
of page files compares each page that it reads, and stops the step; the whole file of an older one
is compared with its signed manifest before the first chunk and after the last.
Where the batch is withdrawn meanwhile, nothing more is opened. Another process that begins
to determine the batch waits for this one, and finds the work done. The order of the steps is in
receive.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from counterfoil import matching, register
from counterfoil.batches import store as batches
from counterfoil.batches.batch import ChunkKind
from counterfoil.batches.rows import (
    Determination,
    DeterminationsDigest,
    Gated,
    Granted,
    Refused,
    Rejected,
    count_determined,
    encode_determinations,
)
from counterfoil.batches.session import BatchSession, request_of
from counterfoil.batches.states import BatchState
from counterfoil.certification.governing import NOT_CERTIFIED, Governing
from counterfoil.certification.pinned import pin_certificates
from counterfoil.controls.canaries.alarm import page, raise_if_confirmed
from counterfoil.controls.comparison import require_compared
from counterfoil.controls.holds.pinned import PinnedHolds, pin_holds, require_pinned_holds
from counterfoil.controls.sampling.service import enter_determined
from counterfoil.controls.suspension.service import acting
from counterfoil.controls.witnesses import require_cosigned_batch
from counterfoil.core.collection import collecting_rarely
from counterfoil.core.errors import VerifyFault
from counterfoil.core.use_cases import Actor, Progress, Work
from counterfoil.core.values import Grant, NotCompared, Public, Refusal, Residents
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
from counterfoil.office.openings import check_counted, check_register, enter_openings
from counterfoil.register.snapshot_age import SNAPSHOT_OLD, is_too_old

KEEPER_LIMIT: Final = "keeper_limit"
UNREADABLE: Final = "register_unreadable"
_DETERMINED: Final = (BatchState.DETERMINED, BatchState.REVIEWED, BatchState.RELEASED)


class DetermineBatch(Public, frozen=True):
    """Decide every row of a batch that the gate has admitted."""

    batch: str


class Deciding(Public, frozen=True):
    """What decides a batch: pinned when it is first determined. `too_old`: the snapshot is older
    today than the agreement lets it be."""

    sealed: register.SealedRegister
    weights: matching.Weights
    governed: Governing
    held: PinnedHolds
    too_old: bool = False

    def unasked(self, grant: Grant) -> str:
        """The code by which a question is not put to the register; "" where it is."""
        if self.too_old:
            return SNAPSHOT_OLD
        return "" if self.governed.puts(grant) else NOT_CERTIFIED


def determine_batch(office: Office, actor: Actor, command: DetermineBatch) -> Work[BatchStatus]:
    """Open the register for what the gate admitted, and decide. Nothing is told to anyone.

    Raises UsageFault `actor_refused`; StateFault (not gated, other rules, other snapshot, a
    certificate is missing, an order that no officer has compared, `batch_running`), StoreFault,
    KeyFault, VerifyFault.
    """
    require_service(actor)
    batch = find_running(office, command.batch)
    if batch.state in _DETERMINED:
        return status_of(batch, already=True)
    batch.require(BatchState.GATED)
    with one_at_a_time(office, batch.id):
        return (yield from _determine(office, command.batch))


def _determine(office: Office, batch_id: str) -> Work[BatchStatus]:
    """The step, by the one process that is at it."""
    batch = find_running(office, batch_id)
    if batch.state in _DETERMINED:
        return status_of(batch, already=True)
    batch.require(BatchState.GATED)
    require_in_force(office, batch)
    require_compared(office, batch)
    with office.store.reading() as connection:
        require_cosigned_batch(office, connection, batch)
    with office.open_register(batch.snapshot) as sealed:
        version = office.match_version_of(batch.rules_digest)
        weights = office.weights(sealed.manifest, version)
        with acting(office, batch) as connection:
            batches.pin_snapshot(connection, batch, sealed.snapshot)
            session = office.batch_session(connection, batch)
            governed = pin_certificates(office, session, sealed.manifest, weights)
            held = pin_holds(office, session, office.custodian(sealed.manifest.key_id))
        oldest = office.law.agreement.confirmation.oldest_days
        too_old = is_too_old(sealed.manifest.built_at, oldest, office.clock().date())
        deciding = Deciding(sealed, weights, governed, held, too_old)
        if not sealed.compares_pages:
            check_register(office, sealed.snapshot)
        with collecting_rarely():
            yield from _determine_chunks(office, batch_id, deciding)
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


def _determine_chunks(office: Office, batch_id: str, deciding: Deciding) -> Work[None]:
    batch = find(office, batch_id)
    with office.store.reading() as connection:
        session = office.batch_session(connection, batch)
        total, done = session.count(ChunkKind.REQUEST)[0], session.count(ChunkKind.DETERMINATION)[0]
    for seq in range(done, total):
        _determine_chunk(office, session, deciding, seq)
        yield Progress(seq + 1, total, "determine")


def _determine_chunk(office: Office, known: BatchSession, deciding: Deciding, seq: int) -> None:
    batch, held = known.batch, deciding.held
    custodian = office.custodian(deciding.sealed.manifest.key_id)
    with acting(office, batch) as connection:
        batches.find_batch(connection, batch.id).require(BatchState.GATED)
        session = BatchSession(connection, batch, known.key)
        require_pinned_holds(session, held)
        _require_next(session, seq)
        rows = session.rows(seq)
        admitted = [
            row.grant
            for row in rows
            if isinstance(row, Granted) and not deciding.unasked(row.grant)
        ]
        grants = admitted[: custodian.remaining()]
        chunk = session.chunk(ChunkKind.REQUEST, seq)
        if not chunk.opened:
            if grants:
                manifest = deciding.sealed.manifest
                opening = EntryKind.OPENING
                enter_openings(office, connection, opening, batch.id, manifest, len(grants))
            batches.mark_opened(connection, batch, seq, len(grants))
        elif chunk.openings >= 0:
            grants = grants[: chunk.openings]
    opened = open_residents(grants, deciding.sealed) if grants else {}
    code = KEEPER_LIMIT if len(grants) < len(admitted) else UNREADABLE
    decided = decide_rows(
        rows, opened, deciding, code, lambda found: custodian.on_hold(found, held.marks)
    )
    with acting(office, batch) as connection:
        session = BatchSession(connection, batch, known.key)
        require_pinned_holds(session, held)
        check_counted(office, connection)
        _require_next(session, seq)
        plain = encode_determinations(decided)
        session.keep(ChunkKind.DETERMINATION, plain, office.random, seq=seq, rows=len(decided))
        batches.add_counts(connection, batch, count_determined(decided))
        _settle(office, session, seq, rows, decided)
        alarm = raise_if_confirmed(office, connection, batch, decided, opened)
    page(office, alarm)


def _require_next(session: BatchSession, seq: int) -> None:
    """Raise StateFault `batch_running` where another process has determined chunk `seq`: nothing
    is decided twice, also where the batch's lock does not reach that process."""
    if session.count(ChunkKind.DETERMINATION)[0] != seq:
        raise batch_running(session.batch.id)


def _settle(
    office: Office,
    session: BatchSession,
    seq: int,
    rows: Sequence[Gated],
    decided: Sequence[Determination],
) -> None:
    """What nobody answered does not count as asked, and the evidence of what was refused was not
    tried."""
    first = session.rows_before(ChunkKind.REQUEST, seq)
    asked = [
        (place, request_of(row))
        for place, row in enumerate(rows, first)
        if not isinstance(row, Rejected)
    ]
    unanswered = {each.row for each in decided if isinstance(each, NotCompared)}
    refusals = {each.row for each in decided if isinstance(each, Refusal)}
    places = {place for place, request in asked if request.row in unanswered}
    refused = {place for place, request in asked if request.row in refusals}
    key = office.payload_keys()[1]
    settle(session.connection, key, session.batch.id, asked, places, refused)


def open_residents(
    grants: Sequence[Grant], sealed: register.SealedRegister
) -> dict[int, Residents]:
    """Residents by row; of an older register none at all where one bucket of the chunk is damaged.

    To leave out only the question that needs the bucket would tell that there is one at its address
    (P4). Raises VerifyFault where a page of page files is not what the manifest was signed for.
    """
    try:
        opened = sealed.open_residents(grants)
    except VerifyFault:
        if sealed.compares_pages:
            raise
        return {}
    return {grant.request.row: residents for grant, residents in zip(grants, opened, strict=True)}


def decide_rows(
    rows: Iterable[Gated],
    residents: Mapping[int, Residents],
    deciding: Deciding,
    code: str,
    held_among: Callable[[Residents], frozenset[int]],
) -> list[Determination]:
    """What becomes of each request: its refusal, its match, or `not_compared`: `not_certified`
    or `snapshot_old` where it is not put to the register, `code` where no residents were opened for
    its row. `held_among` finds the places of the residents whom a disclosure hold suppresses."""
    decided: list[Determination] = []
    for row in rows:
        if isinstance(row, Refused):
            decided.append(row.refusal)
        elif isinstance(row, Granted):
            decided.append(
                _decide(row.grant, residents.get(row.grant.request.row), deciding, code, held_among)
            )
    return decided


def _decide(
    grant: Grant,
    opened: Residents | None,
    deciding: Deciding,
    code: str,
    held_among: Callable[[Residents], frozenset[int]],
) -> Determination:
    if unasked := deciding.unasked(grant):
        return register.not_compared(grant, unasked)
    if opened is None:
        return register.not_compared(grant, code)
    return matching.decide_suppressed(
        grant, opened, held_among(opened), deciding.weights, deciding.governed.thresholds
    )
