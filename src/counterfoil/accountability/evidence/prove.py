"""The ledger entries of a bundle: found, and proved to one checkpoint."""

from __future__ import annotations

from collections.abc import Iterable

from counterfoil.accountability.evidence.contents import CERTIFICATE_ROLES, ROLES, Proved
from counterfoil.batches.batch import Batch
from counterfoil.core.errors import StateFault
from counterfoil.core.values import Public
from counterfoil.database import Connection
from counterfoil.ledger.entries import Entry, EntryKind
from counterfoil.ledger.store import find_before, find_of_batch
from counterfoil.office import Office

_ROLE_OF = {
    EntryKind.BATCH: "batch",
    EntryKind.GRANTED: "gate",
    EntryKind.REFUSED: "gate",
    EntryKind.OVERRIDE: "override",
    EntryKind.OPENING: "opening",
    EntryKind.REVIEW: "review",
    EntryKind.DISCLOSURE: "answer",
    EntryKind.NOT_COMPARED: "answer",
    EntryKind.RELEASE: "release",
}


class Wanted(Public, frozen=True):
    """Which entries a bundle carries. `commitments`: of the row, of the override that admitted it,
    and of its answer, where there are such. `certificates`: by scope, the fields of the entry of
    each that governed. `inspection`: the index of the look's own entry."""

    commitments: frozenset[str]
    certificates: dict[str, dict[str, str]]
    inspection: int


def prove_entries(
    office: Office, connection: Connection, batch: Batch, wanted: Wanted, note: str
) -> tuple[Proved, ...]:
    """The entries that a bundle carries, in the order of `contents.ROLES`, each with its proof
    under the checkpoint `note`.

    Raises StateFault `evidence_entry`, VerifyFault.
    """
    places = _places(
        find_of_batch(connection, batch.id, wanted.commitments), batch.determinations_digest
    )
    rules = {"agreement": batch.agreement_digest, "rules": batch.rules_digest}
    before = {"law": find_before(connection, EntryKind.LAW, rules, places.get("batch", 0))}
    for scope, fields in wanted.certificates.items():
        before[CERTIFICATE_ROLES[scope]] = find_before(
            connection, EntryKind.CERTIFICATE, fields, places.get("opening", 0)
        )
    if None in before.values() or not {"batch", "gate"} <= places.keys():
        raise StateFault(
            "evidence_entry",
            "the ledger does not hold the entries that this request must have",
            place=batch.id,
            cure="Run `counterfoil ledger check`, and tell the inspector.",
        )
    prove = office.ledger.prover(connection, note)
    found = {**before, **places, "inspection": wanted.inspection}
    return tuple(
        Proved(
            role,
            next(office.ledger.entries(connection, index, index + 1)).decode("ascii"),
            prove(index),
        )
        for role in ROLES
        if (index := found.get(role)) is not None
    )


def _places(found: Iterable[tuple[int, Entry]], determinations: str) -> dict[str, int]:
    """Index by role: the first opening; the last review, of these determinations; the only one of
    every other."""
    places: dict[str, int] = {}
    for index, entry in found:
        role = _ROLE_OF.get(entry.kind, "")
        other_review = role == "review" and entry.fields["determinations"] != determinations
        later_opening = role == "opening" and role in places
        if role and not other_review and not later_opening:
            places[role] = index
    return places
