"""Some released answers decided again, from what was kept: P7, seen to hold by the clock and by no
officer.

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
from counterfoil.accountability.reconciliation.database import law_of_batch
from counterfoil.accountability.reconciliation.ledger_view import difference
from counterfoil.batches.batch import Batch
from counterfoil.batches.chunks import read_compared
from counterfoil.batches.encryption import unwrap_key
from counterfoil.batches.rows import Granted, encode_determinations, encode_row
from counterfoil.certification.governing import governing
from counterfoil.certification.pinned import pinned_certificates
from counterfoil.controls.holds.pinned import pinned_holds
from counterfoil.controls.sampling.draw import SEED_BYTES
from counterfoil.controls.sampling.sheet import draw_of_each
from counterfoil.core.errors import CounterfoilError, StateFault, StoreFault, VerifyFault
from counterfoil.core.values import Grant, Public
from counterfoil.database import Connection
from counterfoil.gate.law.load import Law
from counterfoil.gate.replay import decide_again, set_aside
from counterfoil.ledger import Draft, EntryKind
from counterfoil.office import Office
from counterfoil.office.records import Recorded, read_recorded_rows

_CURE = (
    "Release nothing. Export the request with `counterfoil evidence export`, and send it to "
    "the inspector."
)


class Again(Public, frozen=True):
    """How many answers of a batch came out of being decided again, how many were left out, and what
    differs."""

    replayed: int
    left_out: int
    differences: tuple[VerifyFault, ...] = ()


def decide_some_again(office: Office, batch: Batch, count: int) -> Again:
    """Of a released batch: `count` that were confirmed, and `count` that were not. Enters `replay`
    before the register is opened."""
    rows: list[int] = []
    try:
        with office.store.reading() as connection:
            rows = drawn_matches(office, connection, batch, count, office.random(SEED_BYTES))
            law = law_of_batch(office, connection, batch)
            recorded = list(
                read_recorded_rows(connection, batch, *office.payload_keys(), frozenset(rows))
            )
        if not rows:
            return Again(0, 0)
        with office.open_register(batch.snapshot) as sealed:
            return _decide(office, batch, sealed, law, recorded)
    except (StateFault, StoreFault):
        return Again(0, len(rows))
    except VerifyFault as fault:
        told = f"what decided the batch cannot be read: {fault.message} [{fault.code}]"
        return Again(
            0,
            len(rows),
            (difference("reconcile_unreadable", fault.place or batch.id, told, fault.cure),),
        )


def drawn_matches(
    office: Office, connection: Connection, batch: Batch, count: int, seed: bytes
) -> list[int]:
    """Rows drawn by `seed` from those that were compared: `count` confirmed, and `count` not
    confirmed. Raises StoreFault."""
    key = unwrap_key(batch.id, batch.wrapped_key, office.payload_keys()[0])
    return draw_of_each(seed, read_compared(connection, batch, key), count)


def _decide(
    office: Office,
    batch: Batch,
    sealed: register.SealedRegister,
    law: Law,
    recorded: list[Recorded],
) -> Again:
    """2 to 4. Raises StoreFault where the register cannot be asked; what was entered stands."""
    grants = {
        each.request.row: each.grant
        for each in recorded
        if each.grant and _admits(law, batch, each)
    }
    found = [_differs(batch, each, "gate") for each in recorded if each.request.row not in grants]
    asked = [each for each in recorded if each.request.row in grants]
    if office.custodian().remaining() < len(asked):
        return Again(0, len(asked), tuple(found))
    snapshot = register.manifest_digest(sealed.manifest)
    with office.store.transaction() as connection:
        draft = Draft(
            EntryKind.REPLAY, {"batch": batch.id, "rows": len(asked), "snapshot": snapshot}
        )
        office.ledger.append(connection, [draft], office.clock())
        key = recorded[0].key
        pinned, marks = (
            pinned_certificates(connection, batch, key),
            pinned_holds(connection, batch, key),
        )
    weights = office.weights(sealed.manifest)
    governed = governing(pinned, law.agreement.confirmation, weights)
    wanted = [grants[each.request.row] for each in asked]
    for each, grant, residents in zip(asked, wanted, sealed.open_residents(wanted), strict=True):
        held = office.custodian().on_hold(residents, marks)
        again = matching.decide_suppressed(grant, residents, held, weights, governed.thresholds)
        if each.determination is None or encode_determinations([again]) != encode_determinations(
            [each.determination]
        ):
            found.append(_differs(batch, each, "match"))
    return Again(len(recorded), 0, tuple(found))


def _admits(law: Law, batch: Batch, recorded: Recorded) -> bool:
    """Whether the gate, or the gate and two roles, make the same grant again."""
    decision = decide_again(law, recorded.request, recorded.circumstances, batch.gate_date)
    if recorded.override is None:
        return isinstance(decision, Grant) and encode_row(Granted(decision)) == recorded.row_bytes
    try:
        elements = recorded.override.elements
        made = set_aside(law, recorded.request, recorded.circumstances, batch.gate_date, elements)
    except CounterfoilError:
        return False
    return made == recorded.override.grant


def _differs(batch: Batch, recorded: Recorded, what: str) -> VerifyFault:
    place = f"{batch.id} row {recorded.request.row}"
    return difference(
        "reconcile_replay", place, f"decided again, the {what} decides otherwise", _CURE
    )
