"""The ledger entries of a bundle: found, and proved to one checkpoint."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from counterfoil.accountability.evidence.contents import (
    CERTIFICATE_ROLES,
    OFFICER_ROLES,
    ROLES,
    Proved,
)
from counterfoil.batches.batch import Batch
from counterfoil.core.errors import StateFault, VerifyFault
from counterfoil.core.values import Officer, Public
from counterfoil.database import Connection
from counterfoil.ledger.entries import Entry, EntryKind
from counterfoil.ledger.store import find_before, find_of_batch
from counterfoil.office import Office
from counterfoil.office.enrolment import read_enrolments
from counterfoil.office.journal import officer_digest

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
    each that governed. `inspection`: the index of the look's own entry. `officers`: who reviewed
    and who released, where somebody did."""

    commitments: frozenset[str]
    certificates: dict[str, dict[str, str]]
    inspection: int
    officers: tuple[Officer, ...] = ()


def prove_entries(
    office: Office, connection: Connection, batch: Batch, wanted: Wanted, note: str
) -> tuple[Proved, ...]:
    """The entries that a bundle carries, in the order of `contents.ROLES`, each with its proof
    under the checkpoint `note`.

    Raises StateFault `evidence_entry`, VerifyFault, `evidence_officer` among them.
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
    enrolled = _enrolled(office, connection, wanted.officers, places)
    found = {**before, **places, **enrolled, "inspection": wanted.inspection}
    return tuple(
        Proved(
            role,
            next(office.ledger.entries(connection, index, index + 1)).decode("ascii"),
            prove(index),
        )
        for role in ROLES
        if (index := found.get(role)) is not None
    )


def _enrolled(
    office: Office, connection: Connection, officers: tuple[Officer, ...], places: Mapping[str, int]
) -> dict[str, int]:
    """By role, where each officer was enrolled who signed. Raises VerifyFault `evidence_officer`
    where one was not enrolled, or was retired, when the entry was made."""
    enrolments, found = read_enrolments(office, connection), dict[str, int]()
    for (role, signed), officer in zip(OFFICER_ROLES.items(), officers, strict=False):
        at, digest = places.get(signed, 0), officer_digest(officer)
        if not enrolments.had(digest, at):
            raise VerifyFault(
                "evidence_officer",
                "who signed was not enrolled then as an officer who may",
                place=f"entry {at}",
                cure="Run `counterfoil reconcile`, and tell the inspector.",
            )
        found[role] = max(
            index
            for index, entry in enrolments.entries
            if index < at and entry.fields["key"] == digest
        )
    return found


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
