"""The ledger of an office: what was asked, refused, opened and released, in an order that nobody
can change unseen.

    entries        what an entry can say: the closed list of kinds, the grammar of fields
    log            append, sign, prove
    check          everything reckoned anew from a database            check_export   the same from
                   exported files
    export         the ledger as static files of C2SP tlog-tiles
    reckon         the pure part of both checks
    tables, store  the tables and the SQL

See docs/formats/ledger.md for the formats.
"""

from __future__ import annotations

from counterfoil.ledger.check import CheckReport, check
from counterfoil.ledger.check_export import check_export
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
