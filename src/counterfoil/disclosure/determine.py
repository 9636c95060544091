"""Determine: open the register for what the gate admitted, and decide. The order of things is in
receive.py."""

from __future__ import annotations

from counterfoil import matching, register
from counterfoil.batches import store as batches
from counterfoil.batches.batch import DETERMINATION, REQUEST, Batch
from counterfoil.batches.chunks import keep_chunk, read_chunk, read_overrides
from counterfoil.batches.encryption import BatchKey, unwrap_key
from counterfoil.batches.rows import DeterminationsDigest, decode_gated, encode_determinations
from counterfoil.batches.states import BatchState
from counterfoil.certification.governing import Governing
from counterfoil.certification.pinned import pin_certificates
from counterfoil.controls.canaries.alarm import page, raise_if_confirmed
from counterfoil.controls.holds.pinned import PinnedHolds, pin_holds, require_pinned_holds
from counterfoil.controls.sampling.service import enter_determined
from counterfoil.controls.suspension.stopped import acting
from counterfoil.disclosure.steps import (
    BatchStatus,
    Progress,
    find,
    find_running,
    quiet,
    require_in_force,
)
from counterfoil.ledger import Draft, EntryKind
from counterfoil.office import Office, journal

Deciding = tuple[matching.Weights, Governing, PinnedHolds]


KEEPER_LIMIT = "keeper_limit"


UNREADABLE = "register_unreadable"


def determine_batch(office: Office, batch_id: str, progress: Progress = quiet) -> BatchStatus:
    """Open the register for what the gate admitted, and decide. Nothing is told to anyone.

    Raises StateFault (not gated, other rules, other snapshot, a certificate is missing),
    StoreFault, KeyFault, VerifyFault.
    """
    batch = find_running(office, batch_id)
    if batch.state in (BatchState.DETERMINED, BatchState.REVIEWED, BatchState.RELEASED):
        return BatchStatus(batch.id, str(batch.state), batch.counts, already=True)
    batch.require(BatchState.GATED)
    require_in_force(office, batch)
    key = unwrap_key(batch.id, batch.wrapped_key, office.payload_keys()[0])
    with office.open_register(batch.snapshot) as sealed:
        weights = office.weights(sealed.manifest)
        with acting(office, batch) as connection:
            batches.pin_snapshot(connection, batch, sealed.snapshot)
            governed = pin_certificates(office, connection, batch, key, sealed.manifest, weights)
            held = pin_holds(office, connection, batch, key, office.custodian())
        batch = find(office, batch_id)
        _determine_chunks(office, batch, key, sealed, (weights, governed, held), progress)
    with acting(office, batch) as connection:
        require_pinned_holds(connection, batch, held)
        digest = DeterminationsDigest(key)
        for seq in range(batches.count_chunks(connection, batch, DETERMINATION)[0]):
            digest.add(read_chunk(connection, batch, key, DETERMINATION, seq))
        batches.mark_determined(
            connection, batches.find_batch(connection, batch.id), digest.digest(), {}
        )
        batch = batches.find_batch(connection, batch.id)
        enter_determined(office, connection, batch)
    return BatchStatus(batch.id, str(batch.state), batch.counts)


def _determine_chunks(
    office: Office,
    batch: Batch,
    key: BatchKey,
    sealed: register.SealedRegister,
    deciding: Deciding,
    progress: Progress,
) -> None:
    with office.store.reading() as connection:
        total, _ = batches.count_chunks(connection, batch, REQUEST)
        done, _ = batches.count_chunks(connection, batch, DETERMINATION)
    opening: dict[str, str | int] = {
        "batch": batch.id,
        "snapshot": register.manifest_digest(sealed.manifest),
    }
    for seq in range(done, total):
        _determine_chunk(office, batch, key, sealed, deciding, opening, seq)
        progress(seq + 1, total, "determine")


def _determine_chunk(
    office: Office,
    batch: Batch,
    key: BatchKey,
    sealed: register.SealedRegister,
    deciding: Deciding,
    opening: dict[str, str | int],
    seq: int,
) -> None:
    """Enter the openings, then open, then decide, then keep. Broken off between: entered once,
    opened again."""
    custodian, (weights, governed, held) = office.custodian(), deciding
    with acting(office, batch) as connection:
        require_pinned_holds(connection, batch, held)
        kept = batches.get_chunk(connection, batch, REQUEST, seq)
        rows = journal.with_overrides(
            decode_gated(key.open(REQUEST, seq, kept.sealed)),
            read_overrides(connection, batch, key),
        )
        admitted = [grant for grant in journal.grants_of(rows) if governed.puts(grant)]
        grants = admitted[: custodian.remaining()]
        if not kept.opened:
            draft = Draft(EntryKind.OPENING, {**opening, "rows": len(grants)})
            office.ledger.append(connection, [draft] if grants else [], office.clock())
            batches.mark_opened(connection, batch, seq)
    opened = journal.open_chunk(grants, sealed) if grants else {}
    code = KEEPER_LIMIT if len(grants) < len(admitted) else UNREADABLE
    decided = journal.decide_rows(
        rows, opened, weights, governed, code, lambda found: custodian.on_hold(found, held.marks)
    )
    with acting(office, batch) as connection:
        require_pinned_holds(connection, batch, held)
        plain = encode_determinations(decided)
        keep_chunk(connection, batch, key, DETERMINATION, seq, plain, len(decided), office.random)
        batches.add_counts(connection, batch, journal.count_determined(decided))
        alarm = raise_if_confirmed(office, connection, batch, decided, opened)
    page(office, alarm)
