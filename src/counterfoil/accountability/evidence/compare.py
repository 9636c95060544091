"""A bundle against the snapshot that decided it, where that still exists: what a bundle alone
cannot show.

12  The register key makes these doors from the address that was asked, and the snapshot has these
    buckets, byte for byte, and no others behind them.
"""

from __future__ import annotations

from counterfoil.accountability.evidence.bundle import open_bundle, open_sealed
from counterfoil.accountability.evidence.contents import decode_public, decode_sealed
from counterfoil.accountability.evidence.replay import differs, read_row
from counterfoil.batches.rows import Granted
from counterfoil.core.use_cases import Actor
from counterfoil.core.values import Sensitive
from counterfoil.office import Office
from counterfoil.office.authority import require_service


class CompareSnapshot(Sensitive, frozen=True):
    """Compare a bundle that was replayed. `key` is the bundle key, 32 bytes."""

    bundle: bytes
    key: bytes


def compare_snapshot(office: Office, actor: Actor, question: CompareSnapshot) -> str:
    """Statement 12. Counts one opening with the key custodian.

    Raises UsageFault `actor_refused`; VerifyFault `evidence_differs`, StoreFault (limit of
    openings, snapshot unreadable), KeyFault.
    """
    require_service(actor)
    bundle = open_bundle(question.bundle, office.holder_key)
    part = decode_public(bundle.public)
    sealed = decode_sealed(open_sealed(bundle, question.key))
    if sealed.residents_left_out:
        return "12. The residents are left out of this bundle: no snapshot was compared with it."
    if sealed.doors is None:
        return "12. No snapshot was asked for this request, so there is none to compare with."
    if not (office.register_directory / part.snapshot).is_dir():
        return f"12. Snapshot {part.snapshot} no longer exists here: it was not compared."
    row = read_row(sealed.row)
    with office.open_register(part.snapshot) as register:
        if not isinstance(row, Granted) or register.collect_buckets(row.grant) != sealed.doors:
            raise differs("the snapshot holds other buckets behind these doors")
    return (
        f"12. Snapshot {part.snapshot} still stands: its key makes these doors, and it holds "
        "these buckets, byte for byte."
    )
