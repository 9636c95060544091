"""The ledger of an office: what was asked, refused, opened and released, in an order that nobody
can change unseen.

    entries        what an entry can say: the closed list of kinds, the grammar of fields
    row_entries    encoding many entries that are appended together
    log            append, sign, prove
    store          the tables, the SQL, and finding entries
    check          everything computed anew, from a database or from exported files
    export         the ledger as static files of C2SP tlog-tiles
    attest         an attestation that none of a kind was entered, from exported files
    report         the yearly counts, from exported files
    clock          whether the ledger was published when it was promised, from entries
    certification  the technical part of a certification of a check

See docs/formats/ledger.md for the formats.
"""

from __future__ import annotations

from counterfoil.ledger.check import CheckReport, check, check_export
from counterfoil.ledger.entries import Draft, Entry, EntryKind
from counterfoil.ledger.export import export
from counterfoil.ledger.log import Ledger

__all__ = [
    "CheckReport",
    "Draft",
    "Entry",
    "EntryKind",
    "Ledger",
    "check",
    "check_export",
    "export",
]
