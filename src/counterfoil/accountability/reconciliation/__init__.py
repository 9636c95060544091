"""Reconciliation: what the database, the ledger, the answer files and the rules say of the same
batches, compared by the clock.

    ledger_view    what the ledger says of each batch, in one walk; pure
    database       a batch in the database, compared with that: state and counts, and every
                   commitment made anew
    files          answer files in a folder, compared with what was released
    officers       rows, enrolments and signers, compared with the entries of officers' keys
    redecide       some released answers decided again from what was kept: gate, register, match
    run            all of it, entered in the ledger

A difference is a value, not an exception: an error of the tree with code, place and cure. All of
them are collected.
"""

from __future__ import annotations

from counterfoil.accountability.reconciliation.run import (
    Reconcile,
    Reconciled,
    ReconciliationStatus,
    reconcile,
    reconciliation_status,
)

__all__ = ["Reconcile", "Reconciled", "ReconciliationStatus", "reconcile", "reconciliation_status"]
