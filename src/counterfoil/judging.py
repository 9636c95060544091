"""What `receive` does to a chunk of rows: requests in; decisions, their bytes and their counts out. Pure.

Nothing here opens a database or a register, and nothing of either is imported: a worker begins in a fraction of the time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from counterfoil.gate import Gate
from counterfoil.gate.guards import Counts
from counterfoil.gate.marks import Marks
from counterfoil.model import AddressForm, Grant, Refusal, Reject, Request, Sensitive
from counterfoil.review.determinations import Gated, Granted, Refused, Rejected, encode_row

REFUSED_BY: Final = "refused."
"""Before an element's id: the name under which a batch counts the refusals that the element caused."""

_KINDS: Final[dict[type[Gated], str]] = {Granted: "granted", Refused: "refused", Rejected: "rejected"}
"""The kind of each row's entry in the ledger (ledger.Kind)."""


class Judged(Sensitive, frozen=True, gc=False):
    """A chunk that met the gate: the bytes of its rows, the kinds of their entries, what to count, and for each row whether it was a
    probe."""

    encoded: list[bytes]
    kinds: list[str]
    counts: dict[str, int]
    probes: list[bool | None]


def judge(
    rows: Sequence[Request | Reject], addresses: Sequence[AddressForm], gate: Gate, marks: Marks, past: Counts
) -> Judged:
    """Put a chunk before the law. `addresses` are the forms of its rows and `marks` their marks, in order."""
    gated = gate_rows(rows, addresses, gate, marks, past)
    probes = [
        gate.is_probe(row.refusal) if isinstance(row, Refused) else None if isinstance(row, Rejected) else False
        for row in gated
    ]
    return Judged(encode_rows(gated), [_KINDS[type(row)] for row in gated], count_gated(gated), probes)


def gate_rows(
    rows: Sequence[Request | Reject], addresses: Sequence[AddressForm], gate: Gate, marks: Marks, past: Counts
) -> list[Gated]:
    """Put each row before the law."""
    return [
        Rejected(row) if isinstance(row, Reject) else _judged(row, gate.decide(row, question, past))
        for row, question in zip(rows, marks.questions(addresses), strict=True)
    ]


def count_gated(rows: Sequence[Gated]) -> dict[str, int]:
    """Rows by what became of them at the gate, and refusals by element: one that fails three counts in three."""
    kinds = Counter(map(type, rows))
    failed = Counter(each.element for row in rows if isinstance(row, Refused) for each in row.refusal.failed)
    counts = {"granted": kinds[Granted], "refused": kinds[Refused], "rejected": kinds[Rejected]}
    return counts | {f"{REFUSED_BY}{element}": times for element, times in failed.items()}


def encode_rows(rows: Sequence[Gated]) -> list[bytes]:
    """The bytes of each row that are sealed and committed to."""
    return [encode_row(row) for row in rows]


def _judged(request: Request, decision: Grant | Refusal) -> Gated:
    return Granted(decision) if isinstance(decision, Grant) else Refused(request, decision)
