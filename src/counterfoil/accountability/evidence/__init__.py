"""Evidence bundles: one request, whole, in one file that can be carried to a court and decided
again there.

    bundle          the format: two parts, their keys and signature; pure
    contents        what the two parts hold; pure
    suppressed      who is suppressed by a hold, in a form that tells nothing without the bundle
                    key; pure
    export          from an office into a bundle; the look is entered in the ledger
    prove           the ledger's entries of a bundle, found and proved
    check_public    the public part, checked
    replay          the answer made again from a bundle alone; numbered statements
    compare         the same asked of the snapshot, where it still exists

docs/formats/evidence-bundle.md says it for a reader without the source.
"""

from __future__ import annotations

from counterfoil.accountability.evidence.bundle import (
    MAX_BYTES,
    MAX_KEY_FILE_BYTES,
    read_key,
    write_key,
)
from counterfoil.accountability.evidence.compare import CompareSnapshot, compare_snapshot
from counterfoil.accountability.evidence.export import Exported, ExportEvidence, export_evidence
from counterfoil.accountability.evidence.replay import Replayed, check_public, replay
from counterfoil.tlog.policy import MAX_POLICY_BYTES

__all__ = [
    "MAX_BYTES",
    "MAX_KEY_FILE_BYTES",
    "MAX_POLICY_BYTES",
    "CompareSnapshot",
    "ExportEvidence",
    "Exported",
    "Replayed",
    "check_public",
    "compare_snapshot",
    "export_evidence",
    "read_key",
    "replay",
    "write_key",
]
