"""Some released answers decided again, from what was kept: P7, seen by the clock to be kept, and by
no officer.

    1  Rows are drawn at random from those that were compared: so many that were confirmed, and as
       many that were not.
    2  The gate, asked again under the law, day and counts of then, admits each by the same bytes.
    3  `replay` is entered; only then is the snapshot that decided opened again, through the key
       custodian, which counts.
    4  The match, made again under the certificates and holds that were pinned, gives the same
       determination, byte for byte.

Left out, and counted so: batches whose law, version or snapshot is gone, and what the key
custodian's limit of the day leaves no room for.
"""

from __future__ import annotations

from counterfoil import matching, register
from counterfoil.accountability.reconciliation.ledger_view import difference
from counterfoil.batches.batch import Batch
from counterfoil.batches.rows import Granted, encode_determinations, encode_row
from counterfoil.batches.session import BatchSession
from counterfoil.certification.governing import governing
from counterfoil.certification.pinned import pinned_certificates
from counterfoil.controls.holds.pinned import pinned_holds
from counterfoil.controls.sampling.draw import SEED_BYTES
from counterfoil.controls.sampling.sheet import draw_of_each
from counterfoil.core.errors import CounterfoilError, StateFault, StoreFault, VerifyFault
from counterfoil.core.values import Grant, Public
from counterfoil.gate.law.load import Law
from counterfoil.gate.replay import decide_again, set_aside
from counterfoil.ledger import EntryKind
from counterfoil.office import Office, match_version_of
from counterfoil.office.openings import enter_openings
from counterfoil.office.records import Recorded, law_of_batch, read_recorded_rows

_CURE = (
    "Release nothing. Export the request with `counterfoil evidence export REQUEST_ID --batch "
    "BATCH --to FILE`, and send it to "
    "the inspector."
)


class Redecided(Public, frozen=True):
    """How many answers of a batch came out of being decided again, how many were left out, and what
    differs."""

    replayed: int
    left_out: int
    differences: tuple[VerifyFault, ...] = ()


def decide_some_again(office: Office, batch: Batch, count: int) -> Redecided:
    """Of a released batch: `count` that were confirmed, and `count` that were not. Enters `replay`
    before the register is opened."""
    rows: list[int] = []
    try:
        with office.store.reading() as connection:
            session = office.batch_session(connection, batch)
            rows = draw_of_each(office.random(SEED_BYTES), session.compared(), count)  # 1
            law = law_of_batch(office, connection, batch, "Reconcile")
            history_key = office.payload_keys()[1]
            recorded = list(read_recorded_rows(session, history_key, frozenset(rows)))
        if not rows:
            return Redecided(0, 0)
        with office.open_register(batch.snapshot) as sealed:
            return _decide(office, session, sealed, law, recorded)
    except (StateFault, StoreFault):
        return Redecided(0, len(rows))
    except VerifyFault as fault:
        message = f"what decided the batch cannot be read: {fault.message} [{fault.code}]"
        place = fault.place or batch.id
        found = difference("reconcile_unreadable", place, message, fault.cure)
        return Redecided(0, len(rows), (found,))


def _decide(
    office: Office,
    known: BatchSession,
    sealed: register.SealedRegister,
    law: Law,
    recorded: list[Recorded],
) -> Redecided:
    """2 to 4. Raises StoreFault where the register cannot be asked; what was entered stays."""
    batch = known.batch
    asked = [
        (each, each.grant) for each in recorded if each.grant and _admits(law, batch, each)
    ]  # 2
    admitted = {each.request.row for each, _ in asked}
    found = [_differs(batch, each, "gate") for each in recorded if each.request.row not in admitted]
    if office.custodian().remaining() < len(asked):
        return Redecided(0, len(asked), tuple(found))
    with office.store.transaction() as connection:
        replayed = (EntryKind.REPLAY, batch.id, sealed.manifest, len(asked))
        enter_openings(office, connection, *replayed)  # 3
        session = BatchSession(connection, batch, known.key)
        pinned, holds = pinned_certificates(session), pinned_holds(session)
    version = match_version_of(law, batch.rules_digest) or matching.MATCH_VERSION
    weights = office.weights(sealed.manifest, version)
    thresholds = governing(pinned, law.agreement.confirmation, weights).thresholds
    opened = sealed.open_residents([grant for _, grant in asked])
    for (each, grant), residents in zip(asked, opened, strict=True):  # 4
        suppressed = office.custodian(sealed.manifest.key_id).on_hold(residents, holds)
        again = matching.decide_suppressed(grant, residents, suppressed, weights, thresholds)
        before = each.determination
        if before is None or encode_determinations([again]) != encode_determinations([before]):
            found.append(_differs(batch, each, "match"))
    return Redecided(len(recorded), 0, tuple(found))


def _admits(law: Law, batch: Batch, recorded: Recorded) -> bool:
    """Whether the gate, or the gate and two roles, make the same grant again."""
    request, counted, override = recorded.request, recorded.circumstances, recorded.override
    decision = decide_again(law, request, counted, batch.gate_date)
    if override is None:
        return isinstance(decision, Grant) and encode_row(Granted(decision)) == recorded.row_bytes
    try:
        made = set_aside(law, request, counted, batch.gate_date, override.elements)
    except CounterfoilError:
        return False
    return made == override.grant


def _differs(batch: Batch, recorded: Recorded, what: str) -> VerifyFault:
    place = f"{batch.id} row {recorded.request.row}"
    message = f"decided again, the {what} decides otherwise"
    return difference("reconcile_replay", place, message, _CURE)
