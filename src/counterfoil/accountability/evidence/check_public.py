"""The public part of a bundle, checked: statements 2 to 5 of replaying.py, which names them."""

from __future__ import annotations

from typing import Final

from counterfoil import matching, normalize, register
from counterfoil.accountability.evidence.bundle import Bundle
from counterfoil.accountability.evidence.contents import (
    CERTIFICATE_ROLES,
    ROLES,
    Proved,
    PublicPart,
    decode_public,
)
from counterfoil.batches.ruling import Determined, Reviewed, rule
from counterfoil.certification.certificate import Certificate, read_certificate
from counterfoil.core import canonical
from counterfoil.core.errors import StateFault, VerifyFault
from counterfoil.core.values import Public, Ruling
from counterfoil.gate.law.archive import law_of_texts
from counterfoil.gate.law.demands import CHECKS_VERSION
from counterfoil.gate.law.load import Law
from counterfoil.ledger.entries import Entry, EntryKind, decode
from counterfoil.office import rules_of
from counterfoil.tlog import VerifierKey, check_proof

KINDS_OF: Final[dict[str, tuple[EntryKind, ...]]] = {
    "law": (EntryKind.LAW,),
    **dict.fromkeys(CERTIFICATE_ROLES.values(), (EntryKind.CERTIFICATE,)),
    "batch": (EntryKind.BATCH,),
    "gate": (EntryKind.GRANTED, EntryKind.REFUSED),
    "override": (EntryKind.OVERRIDE,),
    "opening": (EntryKind.OPENING,),
    "review": (EntryKind.REVIEW,),
    "answer": (EntryKind.DISCLOSURE, EntryKind.NOT_COMPARED),
    "release": (EntryKind.RELEASE,),
    "inspection": (EntryKind.INSPECTION,),
}
_ALWAYS: Final = frozenset({"law", "batch", "gate", "inspection"})
_OF_NO_BATCH: Final = frozenset({"law", *CERTIFICATE_ROLES.values()})


class Checked(Public, frozen=True):
    """A public part that holds. `route` is the law of the batch's route. `entries` and `indices` by
    role; `certificates` that governed, by scope; `ruling` and `manifest` None where there is
    none."""

    part: PublicPart
    law: Law
    route: Law
    entries: dict[str, Entry]
    indices: dict[str, int]
    size: int
    manifest: register.Manifest | None
    certificates: dict[str, Certificate]
    ruling: Ruling | None
    statements: tuple[str, ...]


def versions() -> dict[str, str]:
    """The versions of all that decides: a bundle is replayed by the ones that made it."""
    return {
        "checks": str(CHECKS_VERSION),
        "forms": normalize.FORMS_VERSION,
        "match": matching.MATCH_VERSION,
    }


def public_codes(law: Law) -> dict[str, str]:
    """The public code of each element, by its id."""
    return {element.id: element.code for element in law.elements}


def check_part(bundle: Bundle) -> Checked:
    """Statements 2 to 5, of a bundle whose signature verified. Raises as
    `replaying.check_public`."""
    part = decode_public(bundle.public)
    _require_versions(part)
    said = [
        f"1. {bundle.holder.name} signed the bundle. Compare its key with the one that you have "
        f"from elsewhere: {bundle.holder}"
    ]
    law = _check_law(part, said)
    entries, indices, size = _check_entries(part, bundle.holder, law)
    said.append(
        f"3. {len(entries)} entries stand in the ledger that {bundle.holder.name} signed at "
        f"{size} entries: {_named(indices)}."
    )
    manifest = _check_manifest(part, bundle.holder, entries, said)
    certificates = _check_certificates(part, bundle.holder, manifest, entries, said)
    ruling = _check_words(part, entries, said)
    route = _route(law, str(entries["batch"].fields.get("route", "")))
    return Checked(
        part, law, route, entries, indices, size, manifest, certificates, ruling, tuple(said)
    )


def _require_versions(part: PublicPart) -> None:
    if part.versions != versions():
        raise StateFault(
            "evidence_rules_other",
            "the bundle was made by another version of what decides",
            place="bundle",
            cure="Replay it with that version; its public part names the versions of checks, "
            "forms and match.",
        )


def _check_law(part: PublicPart, said: list[str]) -> Law:
    """The law that the files are."""
    if {
        path: canonical.digest(text.encode()) for path, text in part.law.items()
    } != part.law_digests:
        raise _fault("a law file is not the one of its digest")
    law = law_of_texts(part.law)
    if law.agreement.id != part.agreement:
        raise _fault("the agreement is not the one that the batch names")
    said.append(f"2. The {len(part.law)} law files load, and are the rules {rules_of(law)}.")
    return law


def _check_entries(
    part: PublicPart, holder: VerifierKey, law: Law
) -> tuple[dict[str, Entry], dict[str, int], int]:
    """(entries by role, indices by role, size of the ledger) of entries that are proved and fit
    together."""
    entries: dict[str, Entry] = {}
    indices: dict[str, int] = {}
    notes: set[tuple[str, int]] = set()
    for proved in part.entries:
        entry, index, note, size = _proved(proved, holder)
        if proved.role in entries:
            raise _fault("two entries have one role")
        entries[proved.role], indices[proved.role] = entry, index
        notes.add((note, size))
    if (
        not entries.keys() >= _ALWAYS
        or len(notes) != 1
        or list(entries) != [role for role in ROLES if role in entries]
    ):
        raise _fault("an entry is missing, or they are not proved to one checkpoint")
    if any(
        entry.fields.get("batch") != part.batch
        for role, entry in entries.items()
        if role not in _OF_NO_BATCH
    ):
        raise _fault("an entry is of another batch")
    rules = {"agreement": law.agreement_digest, "rules": rules_of(law)}
    for role in ("law", "batch"):
        if any(entries[role].fields[name] != value for name, value in rules.items()):
            raise _fault("the ledger says that other rules were in force")
    day = part.received_at[:10]
    if (part.office, part.received_at, part.gate_date.isoformat()) != (
        holder.name,
        entries["batch"].time,
        day,
    ):
        raise _fault("the ledger names another office, time or day")
    certified = [indices[role] for role in CERTIFICATE_ROLES.values() if role in indices]
    in_order = [
        indices[role]
        for role in ROLES
        if role in {*indices} - {"inspection", *CERTIFICATE_ROLES.values()}
    ]
    if in_order != sorted(in_order) or any(
        index > indices.get("opening", -1) for index in certified
    ):
        raise _fault("the entries are not in the order of the steps")
    return entries, indices, notes.pop()[1]


def _proved(proved: Proved, holder: VerifierKey) -> tuple[Entry, int, str, int]:
    """(entry, index, note, size) of one entry whose proof verified."""
    data = proved.entry.encode()
    proof, checkpoint = check_proof(proved.proof, data, holder)
    entry = decode(data, f"entry {proof.index}")
    if proof.extra is not None or entry.kind not in KINDS_OF.get(proved.role, ()):
        raise _fault("an entry is not of the kind that its role needs")
    return entry, proof.index, proof.note, checkpoint.size


def _check_manifest(
    part: PublicPart, holder: VerifierKey, entries: dict[str, Entry], said: list[str]
) -> register.Manifest | None:
    if not part.snapshot:
        if part.manifest or part.manifest_signature:
            raise _fault("there is a manifest of no snapshot")
        said.append("4. No snapshot of the register was asked for this request.")
        return None
    data = part.manifest.encode()
    manifest = register.read_manifest(
        data, part.manifest_signature.encode(), holder.public, "bundle"
    )
    opening = entries.get("opening")
    if (
        opening is None
        or opening.fields["snapshot"] != canonical.digest(data)
        or manifest.snapshot != part.snapshot
    ):
        raise _fault("the ledger does not say that this snapshot was opened for the batch")
    said.append(
        f"4. {holder.name} signed the manifest of snapshot {part.snapshot}, which was opened "
        "for this batch."
    )
    return manifest


def _check_certificates(
    part: PublicPart,
    holder: VerifierKey,
    manifest: register.Manifest | None,
    entries: dict[str, Entry],
    said: list[str],
) -> dict[str, Certificate]:
    """The certificates that governed: each signed by the holder for this snapshot, and named by the
    ledger before the opening."""
    roles = [CERTIFICATE_ROLES.get(scope) for scope in part.certificates]
    if set(roles) != {role for role in entries if role in CERTIFICATE_ROLES.values()} or (
        roles and manifest is None
    ):
        raise _fault("certificates and their entries are not of the same scopes")
    if manifest is None:
        return {}
    found: dict[str, Certificate] = {}
    for scope, text in part.certificates.items():
        fields = entries[CERTIFICATE_ROLES[scope]].fields
        named = {"scope": scope, "snapshot": canonical.digest(part.manifest.encode())}
        if any(fields.get(name) != value for name, value in named.items()):
            raise _fault("the ledger names a certificate of another snapshot or scope")
        data, signature, digest = (
            text.certificate.encode(),
            text.signature.encode(),
            str(fields["certificate"]),
        )
        found[scope] = read_certificate(data, signature, holder.public, manifest, (scope, digest))
    told = ", ".join(
        f"{scope} {entries[CERTIFICATE_ROLES[scope]].fields['certificate']}" for scope in found
    )
    said[-1] += f" Certificates that governed, as the ledger names them: {told or 'none'}."
    return found


def _route(law: Law, name: str) -> Law:
    """The law of the route that the ledger names."""
    for each in law.every_route:
        if each.route.id == name or not (name or law.others):
            return each
    raise _fault("the ledger names a route that the agreement does not have")


def _check_words(part: PublicPart, entries: dict[str, Entry], said: list[str]) -> Ruling | None:
    """The ruling of the two officers, where the batch was released."""
    if part.review is None or part.release is None:
        if part.review or part.release or part.determinations or "release" in entries:
            raise _fault("the word of one officer is missing")
        said.append("5. The batch was not released when the bundle was made.")
        return None
    word = Determined(part.office, part.batch, part.determinations)
    ruling = rule(
        Reviewed(word, part.review.officer, part.review.signature),
        part.release.officer,
        part.release.signature,
    )
    release, review = entries.get("release"), entries.get("review")
    named = tuple(canonical.digest(each.vkey.encode()) for each in (ruling.first, ruling.second))
    wanted = (part.determinations, *named)
    if (
        release is None
        or tuple(release.fields[name] for name in ("determinations", "officer", "second")) != wanted
    ):
        raise _fault("the release in the ledger is of other officers or determinations")
    if review is None or (review.fields["determinations"], review.fields["officer"]) != wanted[:2]:
        raise _fault("the review in the ledger is of another officer or other determinations")
    said.append(
        f"5. {ruling.first.name} reviewed and {ruling.second.name} released, each by a "
        "signature of their own key."
    )
    return ruling


def _named(indices: dict[str, int]) -> str:
    return ", ".join(f"{role} {index}" for role, index in indices.items())


def _fault(message: str) -> VerifyFault:
    return VerifyFault(
        "evidence_public",
        f"the public part does not hold together: {message}",
        place="bundle",
        cure="Do not rely on the bundle. Ask the holder for it again, and tell the inspector.",
    )
