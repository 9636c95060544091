"""A bundle against the snapshot that decided it, where that still exists: what a bundle alone
cannot show.

12  The register key makes these doors from the address that was asked, and the snapshot holds these
    buckets, byte for byte, and no others behind them.
"""

from __future__ import annotations

from counterfoil.accountability.evidence.bundle import open_bundle, open_sealed
from counterfoil.accountability.evidence.contents import decode_public, decode_sealed
from counterfoil.accountability.evidence.replay import differs
from counterfoil.batches.rows import Granted, decode_gated, pack
from counterfoil.office import Office


def compare_snapshot(office: Office, data: bytes, key: bytes) -> str:
    """Statement 12, of a bundle that was replayed. Counts one opening with the key custodian.

    Raises VerifyFault `evidence_differs`, StoreFault (limit of openings, snapshot unreadable),
    KeyFault.
    """
    bundle = open_bundle(data, office.holder_key)
    part, sealed = decode_public(bundle.public), decode_sealed(open_sealed(bundle, key))
    if sealed.doors is None:
        return "12. No snapshot was asked for this request, so there is none to compare with."
    if not (office.register_directory / part.snapshot).is_dir():
        return f"12. Snapshot {part.snapshot} no longer exists here: it was not compared."
    [row] = decode_gated(pack([sealed.row]))
    with office.open_register(part.snapshot) as held:
        if not isinstance(row, Granted) or held.collect_buckets(row.grant) != sealed.doors:
            raise differs("the snapshot holds other buckets behind these doors")
    return (
        f"12. Snapshot {part.snapshot} still stands: its key makes these doors, and it holds "
        "these buckets, byte for byte."
    )
