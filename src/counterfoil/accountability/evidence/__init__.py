"""Evidence bundles: one request, whole, in one file that can be carried to a court and reckoned
again there.

    bundle       the format: two parts, their keys and signature; pure
    contents     what stands in the two parts; pure
    withheld     who is withheld by a hold, in a form that tells nothing without the bundle key;
                 pure
    gathering    export: from an office into a bundle; the look is entered in the ledger
    replaying    the answer reckoned anew from a bundle alone; numbered statements
    comparing    the same asked of the snapshot, where it still exists

docs/formats/evidence-bundle.md says it for a reader without the source.
"""

from counterfoil.accountability.evidence.comparing import compare_snapshot as compare_snapshot
from counterfoil.accountability.evidence.export import Exported as Exported
from counterfoil.accountability.evidence.export import export_evidence as export_evidence
from counterfoil.accountability.evidence.replay import Replayed as Replayed
from counterfoil.accountability.evidence.replay import check_public as check_public
from counterfoil.accountability.evidence.replay import replay as replay
