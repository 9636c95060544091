"""The technical part of a certification of a ledger, from a check that was just made. Pure: text
from a report.

It is for the custodian of the record, or an expert, who signs under 28 USC 1746 for rules 902(13)
and 902(14) of the Federal Rules of Evidence. It says what the program did and found, and what the
check cannot show. It leaves blank what only the signer can say: name, office, and that they know it
to be so. It says nothing that the check did not establish.
"""

from __future__ import annotations

from datetime import datetime
from importlib.metadata import version
from typing import Final

from counterfoil.ledger.check import CheckReport
from counterfoil.ledger.entries import entry_time
from counterfoil.tlog.note import VerifierKey

_PROCESS: Final = (
    "What the process does: it reads every entry of the record in order, hashes each with "
    "SHA-256 into a Merkle tree,",
    "and compares counts, times, hashes and signatures (Ed25519) with those that were stored. Any "
    "difference ends it.",
)
_CANNOT: Final = (
    "It did not establish, and no check of a ledger can establish:",
    "  - that an entry was made for everything that happened;",
    "  - that an entry is true, or that its time is right beyond its order;",
    "  - that the same ledger is shown to everyone, unless a checkpoint held elsewhere was brought "
    "to this check.",
)
_BLANK: Final = "_" * 32
_LINE: Final = f"  {'_' * 94}"
_SIGNER: Final = (
    "To be completed by the person who signs. The program asserts nothing below this line.",
    "",
    f"  I, {_BLANK} (name), am {_BLANK} (position, employer).",
    "  I am responsible for, or qualified to speak on, the process described above, because",
    f"{_LINE}.",
    "  I ran the check myself / I was present when it was run (strike one), on the copy named",
    f"{_LINE}.",
    "",
    "  [ ] executed within the United States, its territories, possessions or commonwealths:",
    "      I declare (or certify, verify, or state) under penalty of perjury that the foregoing is "
    "true and correct.",
    "  [ ] executed without the United States:",
    "      I declare (or certify, verify, or state) under penalty of perjury under the laws of the "
    "United States of America",
    "      that the foregoing is true and correct.",
    "",
    f"  Executed on {'_' * 20} (date).        {'_' * 40} (signature)",
)


def certification(report: CheckReport, key: VerifierKey, elsewhere: int, when: datetime) -> str:
    """The text, ended by a newline. `elsewhere`: how many checkpoints were brought; `when`:
    of the check, UTC."""
    counts = [f"  {kind.value:<16}{count:>12}" for kind, count in report.counts.items() if count]
    facts = (
        ("Ledger", key.name),
        ("Verifier key", str(key)),
        ("Entries", str(report.size)),
        ("Root of the tree", f"{report.root} (SHA-256 after RFC 6962, base64)"),
        ("Last entry of", report.last_time or "there is none"),
        ("Checkpoints", f"{report.checkpoints}, of these {elsewhere} brought from elsewhere"),
        ("Checked on", entry_time(when)),
        ("Program", f"counterfoil {version('counterfoil')}, `counterfoil ledger check`"),
    )
    lines = [
        "TECHNICAL PART OF A CERTIFICATION (28 USC 1746; Federal Rules of Evidence 902(13), "
        "902(14))",
        "",
        "What was checked",
        *(f"  {name:<18}{text}" for name, text in facts),
        "",
        *_PROCESS,
        "",
        "What it established, with no difference found",
        *(f"  {statement}" for statement in report.statements),
        "",
        "Entries by kind",
        *counts,
        "",
        *_CANNOT,
        "",
        *_SIGNER,
    ]
    return "\n".join(lines) + "\n"
