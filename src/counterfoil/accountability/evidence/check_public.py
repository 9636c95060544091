"""The public part of a bundle, checked: statements 2 to 5 of replay.py, which names them."""

from __future__ import annotations

from typing import Any, Final

from msgspec.structs import replace

from counterfoil import matching, register
from counterfoil.accountability.evidence.bundle import Bundle
from counterfoil.accountability.evidence.contents import (
    CERTIFICATE_ROLES,
    OFFICER_ROLES,
    ROLES,
    Proved,
    PublicPart,
    decode_public,
)
from counterfoil.batches.ruling import Determined, Reviewed, rule
from counterfoil.batches.statements import check_signed, read_signed
from counterfoil.certification.certificate import Certificate, read_certificate
from counterfoil.core import canonical
from counterfoil.core.errors import StateFault, VerifyFault
from counterfoil.core.values import Officer, Public, Role, Ruling
from counterfoil.gate.law.archive import law_of_texts
from counterfoil.gate.law.demands import CHECKS_VERSION, EARLIER_VERSIONS
from counterfoil.gate.law.load import Law
from counterfoil.ledger.entries import Entry, EntryKind, decode
from counterfoil.office import rules_of
from counterfoil.office.journal import officer_digest, officer_fields
from counterfoil.office.officers import key_purpose
from counterfoil.office.page_signatures import is_agreed_page
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
    **dict.fromkeys(OFFICER_ROLES, (EntryKind.KEY,)),
}
OFFICER_PURPOSE: Final = key_purpose(Role.DISCLOSURE)
_ALWAYS: Final = frozenset({"law", "batch", "gate", "inspection"})
_CERTIFICATES: Final = frozenset(CERTIFICATE_ROLES.values())
_OF_NO_BATCH: Final = _CERTIFICATES | {"law"} | OFFICER_ROLES.keys()
_NOT_IN_ORDER: Final = _CERTIFICATES | {"inspection"} | OFFICER_ROLES.keys()
_IN_ORDER: Final = [role for role in ROLES if role not in _NOT_IN_ORDER]


class Entries(Public, frozen=True):
    """The entries of a bundle, whose proofs verified to one checkpoint of `size` entries: each by
    its role, with its index."""

    found: dict[str, tuple[int, Entry]]
    size: int

    def index(self, role: str) -> int:
        """The index of the entry of this role; -1 where there is none."""
        return self.found[role][0] if role in self.found else -1

    def kind(self, role: str) -> EntryKind | None:
        """The kind of the entry of this role; None where there is none."""
        return self.found[role][1].kind if role in self.found else None

    def fields(self, role: str) -> dict[str, Any]:
        """What the entry of this role says; nothing where there is none."""
        return self.found[role][1].fields if role in self.found else {}


class Checked(Public, frozen=True):
    """A public part that holds together. `route` is the law of the batch's route; `certificates`
    those that governed, by scope; `ruling` and `manifest` None where there is none."""

    part: PublicPart
    law: Law
    route: Law
    entries: Entries
    manifest: register.Manifest | None
    certificates: dict[str, Certificate]
    ruling: Ruling | None
    statements: tuple[str, ...]


def versions(match: str = matching.MATCH_VERSION) -> dict[str, str]:
    """The versions of all that decides, the match rules being of version `match`: a bundle is
    replayed by the ones that made it, or by those that decide the same under its law."""
    return {"checks": str(CHECKS_VERSION), "forms": matching.forms_read_by(match), "match": match}


def check_part(bundle: Bundle) -> Checked:
    """Statements 2 to 5, of a bundle whose signature verified. Raises as `replay.check_public`."""
    part, holder = decode_public(bundle.public), bundle.holder
    match = part.versions.get("match", "")
    checks = (CHECKS_VERSION, *EARLIER_VERSIONS.values())
    known = [versions(match) | {"checks": each} for each in checks]
    if match not in matching.READABLE_VERSIONS or part.versions not in known:
        raise StateFault(
            "evidence_rules_other",
            "the bundle was made by another version of what decides",
            place="bundle",
            cure="Replay it with that version; its public part names the versions of checks, "
            "forms and match.",
        )
    law = _check_law(part)  # 2
    if match != matching.MATCH_VERSION:
        law = as_before(law, matching.forms_read_by(match))
    entries = _prove_entries(part, holder)  # 3
    _check_entries(part, holder, law, entries)  # 3
    manifest = _check_manifest(part, holder, entries)  # 4
    certificates = _check_certificates(part, holder, manifest, entries)  # 4
    ruling = _check_officers(part, entries)  # 5
    pages = _check_pages(law, ruling)  # 5
    route = _route(law, str(entries.fields("batch").get("route", "")))
    statements = (
        f"1. {holder.name} signed the bundle. Compare its key with the one that you have "
        f"from elsewhere: {holder}",
        f"2. The {len(part.law)} law files load, and are the rules {rules_of(law, match)}.",
        f"3. {len(entries.found)} entries stand in the ledger that {holder.name} signed at "
        f"{entries.size} entries: {_named(entries)}.",
        _snapshot_words(part, holder, certificates, entries),
        _ruling_words(ruling, entries) + pages,
    )
    return Checked(part, law, route, entries, manifest, certificates, ruling, statements)


def as_before(law: Law, forms: str) -> Law:
    """The law with the digest that its grants named under these earlier normal forms."""
    others = tuple([replace(each, digest=each.earlier_digests[forms]) for each in law.others])
    return replace(law, digest=law.earlier_digests[forms], others=others)


def _check_law(part: PublicPart) -> Law:
    """The law that the files are."""
    digests = {path: canonical.digest(text.encode()) for path, text in part.law.items()}
    _require(digests == part.law_digests, "a law file is not the one of its digest")
    law = law_of_texts(part.law)
    _require(
        law.agreement.id == part.agreement, "the agreement is not the one that the batch names"
    )
    return law


# -- entries -----------------------------------------------------------------------------------


def _prove_entries(part: PublicPart, holder: VerifierKey) -> Entries:
    """The entries of the bundle, all proved to one checkpoint, in the order of their roles."""
    found: dict[str, tuple[int, Entry]] = {}
    checkpoints: set[tuple[str, int]] = set()
    for proved in part.entries:
        _require(proved.role not in found, "two entries have one role")
        index, entry, checkpoint = _prove_entry(proved, holder)
        found[proved.role] = index, entry
        checkpoints.add(checkpoint)
    _require(
        found.keys() >= _ALWAYS
        and len(checkpoints) == 1
        and list(found) == [role for role in ROLES if role in found],
        "an entry is missing, or they are not proved to one checkpoint",
    )
    return Entries(found, checkpoints.pop()[1])


def _prove_entry(proved: Proved, holder: VerifierKey) -> tuple[int, Entry, tuple[str, int]]:
    """(index, entry, signed checkpoint and its size) of one entry whose proof verified."""
    data = proved.entry.encode()
    proof, checkpoint = check_proof(proved.proof, data, holder)
    entry = decode(data, f"entry {proof.index}")
    _require(
        proof.extra is None and entry.kind in KINDS_OF.get(proved.role, ()),
        "an entry is not of the kind that its role needs",
    )
    return proof.index, entry, (proof.note, checkpoint.size)


def _check_entries(part: PublicPart, holder: VerifierKey, law: Law, entries: Entries) -> None:
    """The entries are of this batch, under these rules, in the order of the steps."""
    of_batch = entries.found.keys() - _OF_NO_BATCH
    _require(
        all(entries.fields(role).get("batch") == part.batch for role in of_batch),
        "an entry is of another batch",
    )
    rules = {"agreement": law.agreement_digest, "rules": rules_of(law, part.versions["match"])}
    _require(
        all(rules.items() <= entries.fields(role).items() for role in ("law", "batch")),
        "the ledger says that other rules were in force",
    )
    received_at = entries.found["batch"][1].time
    _require(
        (part.office, part.received_at, part.gate_date.isoformat())
        == (holder.name, received_at, part.received_at[:10]),
        "the ledger names another office, time or day",
    )
    indices = [entries.index(role) for role in _IN_ORDER if role in entries.found]
    certified = [entries.index(role) for role in _CERTIFICATES if role in entries.found]
    _require(
        indices == sorted(indices)
        and all(index <= entries.index("opening") for index in certified),
        "the entries are not in the order of the steps",
    )


# -- snapshot and certificates -----------------------------------------------------------------


def _check_manifest(
    part: PublicPart, holder: VerifierKey, entries: Entries
) -> register.Manifest | None:
    if not part.snapshot:
        _require(
            not (part.manifest or part.manifest_signature), "there is a manifest of no snapshot"
        )
        return None
    data = part.manifest.encode()
    manifest = register.read_manifest(
        data, part.manifest_signature.encode(), holder.public, "bundle"
    )
    _require(
        entries.fields("opening").get("snapshot") == canonical.digest(data)
        and manifest.snapshot == part.snapshot,
        "the ledger does not say that this snapshot was opened for the batch",
    )
    return manifest


def _check_certificates(
    part: PublicPart, holder: VerifierKey, manifest: register.Manifest | None, entries: Entries
) -> dict[str, Certificate]:
    """The certificates that governed: each signed by the holder for this snapshot, and named by the
    ledger before the opening."""
    roles = {CERTIFICATE_ROLES.get(scope) for scope in part.certificates}
    _require(
        roles == entries.found.keys() & _CERTIFICATES,
        "certificates and their entries are not of the same scopes",
    )
    found: dict[str, Certificate] = {}
    for scope, text in part.certificates.items():
        if manifest is None:
            raise _fault("certificates and their entries are not of the same scopes")
        fields = entries.fields(CERTIFICATE_ROLES[scope])
        named = {"scope": scope, "snapshot": canonical.digest(part.manifest.encode())}
        _require(
            named.items() <= fields.items(),
            "the ledger names a certificate of another snapshot or scope",
        )
        found[scope] = read_certificate(
            text.certificate.encode(),
            text.signature.encode(),
            holder.public,
            manifest,
            (scope, str(fields["certificate"])),
        )
    return found


def _snapshot_words(
    part: PublicPart, holder: VerifierKey, certificates: dict[str, Certificate], entries: Entries
) -> str:
    if not part.snapshot:
        return "4. No snapshot of the register was asked for this request."
    governed = ", ".join(
        f"{scope} {entries.fields(CERTIFICATE_ROLES[scope])['certificate']}"
        for scope in certificates
    )
    return (
        f"4. {holder.name} signed the manifest of snapshot {part.snapshot}, which was opened "
        "for this batch. Certificates that governed, as the ledger names them: "
        f"{governed or 'none'}."
    )


def _route(law: Law, name: str) -> Law:
    """The law of the route that the ledger names."""
    for each in law.every_route:
        if each.route.id == name or not (name or law.others):
            return each
    raise _fault("the ledger names a route that the agreement does not have")


# -- officers ----------------------------------------------------------------------------------


def _check_officers(part: PublicPart, entries: Entries) -> Ruling | None:
    """The ruling of the two officers, where the batch was released."""
    if part.review is None or part.release is None:
        _require(
            not (part.review or part.release or part.determinations or entries.fields("release")),
            "the word of one officer is missing",
        )
        return None
    determined = Determined(part.office, part.batch, part.determinations)
    reviewed = Reviewed(determined, part.review.officer, part.review.signature)
    ruling = rule(reviewed, part.release.officer, part.release.signature)
    review = {"determinations": part.determinations, **officer_fields([ruling.first])}
    release = review | officer_fields([ruling.first, ruling.second])
    _require(
        release.items() <= entries.fields("release").items(),
        "the release in the ledger is of other officers or determinations",
    )
    _require(
        review.items() <= entries.fields("review").items(),
        "the review in the ledger is of another officer or other determinations",
    )
    _check_enrolled(ruling, entries)
    return ruling


def _check_enrolled(ruling: Ruling, entries: Entries) -> None:
    """The entries of the officers' keys, where the bundle has them, are of these officers, and came
    before what they signed."""
    enrolled = {"purpose": OFFICER_PURPOSE, "event": "added"}
    for (role, signed), officer in zip(
        OFFICER_ROLES.items(), (ruling.first, ruling.second), strict=True
    ):
        wanted = enrolled | {"key": officer_digest(officer)}
        _require(
            role not in entries.found
            or (
                wanted.items() <= entries.fields(role).items()
                and entries.index(role) < entries.index(signed)
            ),
            "the ledger does not say that an officer was enrolled before signing",
        )


def _check_pages(law: Law, ruling: Ruling | None) -> str:
    """What is to be said of signatures by security keys: the pages are those that the agreement in
    the bundle names. An agreement of before there were pages is told."""
    if ruling is None:
        return ""
    signed = ((ruling.first, ruling.first_signature), (ruling.second, ruling.second_signature))
    found = {page for officer, text in signed if (page := check_page(law, officer, text))}
    if not found:
        return ""
    named = "which the agreement names"
    if law.agreement.pages is None:
        named = "which the agreement in force when the batch was received does not name: ask which"
    return f" Signed with a security key on {', '.join(sorted(found))}, {named}."


def check_page(law: Law, officer: Officer, text: str) -> str:
    """The page on which an officer signed what is kept as `text`; "" of a key file. Raises
    VerifyFault `evidence_public` where the agreement names pages, and not this one."""
    said = check_signed(read_signed(text, officer)) if text.startswith("{") else None
    if said is None:
        return ""
    _require(
        law.agreement.pages is None or is_agreed_page(law.agreement.pages, said),
        "an officer signed on a page that the agreement does not name",
    )
    return said.origin


def _ruling_words(ruling: Ruling | None, entries: Entries) -> str:
    if ruling is None:
        return "5. The batch was not released when the bundle was made."
    said = (
        f"5. {ruling.first.name} reviewed and {ruling.second.name} released, each by a "
        "signature of their own key"
    )
    if OFFICER_ROLES.keys() <= entries.found.keys():
        places = " and ".join(str(entries.index(role)) for role in OFFICER_ROLES)
        return f"{said}. The ledger enrolled them before: entries {places}."
    return f"{said}. The bundle does not show when they were enrolled."


def _named(entries: Entries) -> str:
    return ", ".join(f"{role} {index}" for role, (index, _) in entries.found.items())


def _require(holds: bool, message: str) -> None:
    """Raise VerifyFault `evidence_public` unless the check holds; `message` says what is wrong."""
    if not holds:
        raise _fault(message)


def _fault(message: str) -> VerifyFault:
    return VerifyFault(
        "evidence_public",
        f"the public part does not hold together: {message}",
        place="bundle",
        cure="Do not rely on the bundle. Ask the holder for it again, and tell the inspector.",
    )
