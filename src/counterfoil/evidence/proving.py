"""The ledger entries of a bundle: found, and proved to one checkpoint."""

from __future__ import annotations

from counterfoil.errors import StateFault
from counterfoil.evidence.contents import Proved
from counterfoil.ledger.entries import Entry, Kind
from counterfoil.ledger.search import find_law_before, find_of_batch
from counterfoil.office import Office
from counterfoil.review.batch import Batch
from counterfoil.store import Connection

_ROLE_OF = {
    Kind.BATCH: "batch",
    Kind.GRANTED: "gate",
    Kind.REFUSED: "gate",
    Kind.OPENING: "opening",
    Kind.REVIEW: "review",
    Kind.DISCLOSURE: "answer",
    Kind.NOT_COMPARED: "answer",
    Kind.RELEASE: "release",
}


def prove_entries(
    office: Office, connection: Connection, batch: Batch, commitments: frozenset[str], inspection: int, note: str
) -> tuple[Proved, ...]:
    """The entries that a bundle carries, in the order of `contents.ROLES`, each with its proof under `note`.

    `commitments`: of the row, and of its answer where it was given one. Raises StateFault `evidence_entry`, VerifyFault.
    """
    found = list(find_of_batch(connection, batch.id, commitments))
    places = _places(found, batch.determinations_digest)
    law = find_law_before(connection, batch.agreement_digest, batch.rules_digest, places.get("batch", 0))
    if law is None or not {"batch", "gate"} <= places.keys():
        raise StateFault(
            "evidence_entry", "the ledger does not hold the entries that this request must have", place=batch.id,
            cure="Run `counterfoil ledger check`, and tell the inspector.",
        )  # fmt: skip
    prove = office.ledger.prover(connection, note)
    ordered = {"law": law, **places, "inspection": inspection}
    return tuple(
        Proved(role, next(office.ledger.entries(connection, index, index + 1)).decode("ascii"), prove(index))
        for role, index in ordered.items()
    )


def _places(found: list[tuple[int, Entry]], determinations: str) -> dict[str, int]:
    """Index by role: the first opening; the last review, of these determinations; the only one of every other."""
    places: dict[str, int] = {}
    for index, entry in found:
        role = _ROLE_OF.get(entry.kind)
        if role is None or (entry.kind is Kind.REVIEW and entry.fields["determinations"] != determinations):
            continue
        if role != "opening" or role not in places:
            places[role] = index
    return places
