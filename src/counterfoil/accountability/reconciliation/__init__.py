"""Reconciliation: what the database, the ledger, the answer files and the rules say of the same
batches, compared by the clock.

    told       what the ledger says of each batch, in one walk; pure
    kept       a batch as it stands in the database, held against that: state and counts, and every
               commitment made anew
    files      answer files in a folder, held against what was released
    again      some released answers decided again from what was kept: gate, register, match
    daily      the run: all of it, entered in the ledger

A difference is a value, not an exception: an error of the tree with code, place and cure, collected
and told. All are told.
"""

from counterfoil.accountability.reconciliation.run import Reconciled as Reconciled
from counterfoil.accountability.reconciliation.run import (
    ReconciliationStatus as ReconciliationStatus,
)
from counterfoil.accountability.reconciliation.run import reconcile as reconcile
from counterfoil.accountability.reconciliation.run import (
    reconciliation_status as reconciliation_status,
)
