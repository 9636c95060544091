"""What `receive` does to a chunk of rows: requests in; decisions, their bytes and their counts out.
Pure.

Nothing here opens a database or a register, and nothing of either is imported: a worker begins in a
fraction of the time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from counterfoil.batches.rows import Gated, Granted, Refused, Rejected, encode_row
from counterfoil.core.values import AddressForm, Grant, Refusal, Reject, Request, Sensitive
from counterfoil.gate import Gate
from counterfoil.gate.history.counts import Counts
from counterfoil.gate.history.fingerprints import Fingerprints

REFUSED_BY: Final = "refused."
"""Before an element's id: the name under which a batch counts the refusals that the element
caused."""

_KINDS: Final[dict[type[Gated], str]] = {
    Granted: "granted",
    Refused: "refused",
    Rejected: "rejected",
}
"""The kind of each row's entry in the ledger (ledger.Kind)."""


class Screened(Sensitive, frozen=True, gc=False):
    """A chunk that met the gate: the bytes of its rows, the kinds of their entries, what to count,
    and how many were attempts to probe."""

    encoded: list[bytes]
    kinds: list[str]
    counts: dict[str, int]
    probes: int


def judge(
    rows: Sequence[Request | Reject],
    addresses: Sequence[AddressForm],
    gate: Gate,
    marks: Fingerprints,
    past: Counts,
) -> Screened:
    """Put a chunk before the law. `addresses` are the forms of its rows and `marks` their marks, in
    order."""
    gated = gate_rows(rows, addresses, gate, marks, past)
    probes = sum(gate.is_probe(row.refusal) for row in gated if isinstance(row, Refused))
    return Screened(
        encode_rows(gated), [_KINDS[type(row)] for row in gated], count_gated(gated), probes
    )


def gate_rows(
    rows: Sequence[Request | Reject],
    addresses: Sequence[AddressForm],
    gate: Gate,
    marks: Fingerprints,
    past: Counts,
) -> list[Gated]:
    """Put each row before the law."""
    pairs = zip(rows, marks.questions(addresses), strict=True)
    asked = [(row, question) for row, question in pairs if isinstance(row, Request)]
    decided = iter(gate.decide_all(asked, past))
    return [
        Rejected(row) if isinstance(row, Reject) else _judged(row, next(decided)) for row in rows
    ]


def count_gated(rows: Sequence[Gated]) -> dict[str, int]:
    """Rows by what became of them at the gate, and refusals by element: one that fails three counts
    in three."""
    kinds = Counter(map(type, rows))
    failed = Counter(
        each.element for row in rows if isinstance(row, Refused) for each in row.refusal.failed
    )
    counts = {"granted": kinds[Granted], "refused": kinds[Refused], "rejected": kinds[Rejected]}
    return counts | {f"{REFUSED_BY}{element}": times for element, times in failed.items()}


def encode_rows(rows: Sequence[Gated]) -> list[bytes]:
    """The bytes of each row that are sealed and committed to."""
    return [encode_row(row) for row in rows]


def _judged(request: Request, decision: Grant | Refusal) -> Gated:
    return Granted(decision) if isinstance(decision, Grant) else Refused(request, decision)
