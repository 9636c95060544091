"""Which certificates govern a snapshot, and what that means for a question. docs/decisions/0008
says why.

For each scope, the newest ledger entry of kind `certificate` for the snapshot names the certificate
by its digest. So a file that was deleted, restored from an older day or exchanged changes nothing:
`find_certificates` raises instead. Entries without a scope are from before certificates governed,
and name none.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from counterfoil import matching, register
from counterfoil.answers.format import PARTS, SCOPES
from counterfoil.certification.certificate import (
    BIRTH,
    NAMES,
    Certificate,
    not_verified,
    open_certificate,
)
from counterfoil.core.values import Grant, Public
from counterfoil.database import Connection
from counterfoil.gate.law.agreement import Confirmation
from counterfoil.ledger import EntryKind
from counterfoil.matching.weights import UNIT
from counterfoil.office.context import Office

NOT_CERTIFIED: Final = "not_certified"
"""The code of a question that no certificate covers where the agreement requires one."""


class Certified(Public, frozen=True, gc=False):
    """One certificate in force: digest, limit in parts of 10**12, threshold in hundredths of a
    bit."""

    certificate: str
    limit: int
    threshold: int


class Certificates(Public, frozen=True, gc=False, kw_only=True):
    """The certificates in force for a snapshot, by scope. None: none was entered."""

    birth: Certified | None = None
    names: Certified | None = None


class Governing(Public, frozen=True, gc=False, kw_only=True):
    """What certificates and agreement make of a batch. `put`: scopes whose questions are put to the
    register."""

    thresholds: matching.Thresholds
    put: frozenset[str]

    def puts(self, grant: Grant) -> bool:
        """Whether this question is put to the register: by what it states, never by what the
        register holds (P2)."""
        return scope_of(grant) in self.put


def scope_of(grant: Grant) -> str:
    """`birth` where the question states a date of birth, else `names`. A date that stands for an
    unknown one is read as none by intake."""
    return NAMES if grant.request.person.date_of_birth is None else BIRTH


def agreed_limit(confirmation: Confirmation, scope: str) -> int:
    """The agreement's limit on the bound of wrong confirmations per kind of decoy, in parts of
    10**12."""
    rate = confirmation.most_wrong.birth if scope == BIRTH else confirmation.most_wrong.names
    return round(Decimal(rate) * PARTS)


def find_certificates(
    office: Office, connection: Connection, manifest: register.Manifest, weights: matching.Weights
) -> Certificates:
    """Those that the ledger names for this snapshot, each opened and verified.

    Raises StateFault `certificate_missing`, `certificate_unknown`, StoreFault, VerifyFault
    `certificate_not_verified`.
    """
    folder, key = office.register_directory / manifest.snapshot, office.signing_publics
    found: dict[str, Certified] = {}
    for scope, digest in entered_certificates(
        office, connection, register.manifest_digest(manifest)
    ).items():
        found[scope] = certified_of(
            open_certificate(folder, key, manifest, scope, digest), digest, weights
        )
    return Certificates(birth=found.get(BIRTH), names=found.get(NAMES))


def certified_of(certificate: Certificate, digest: str, weights: matching.Weights) -> Certified:
    """What a verified certificate makes of questions of its scope. Raises VerifyFault where it was
    made over other weights."""
    own, margin = round(weights.threshold_bits * UNIT), round(weights.margin_bits * UNIT)
    if (certificate.own_threshold, certificate.margin) != (
        own,
        margin,
    ) or certificate.threshold < own:
        raise not_verified("it was made over other weights", certificate.snapshot)
    return Certified(digest, certificate.limit, certificate.threshold)


def governing(
    certificates: Certificates, confirmation: Confirmation, weights: matching.Weights
) -> Governing:
    """The rule of docs/decisions/0008. A certificate made to a looser limit than the agreement's
    counts as none, but its threshold stays: none lowers a threshold."""
    own = matching.own_thresholds(weights).names
    entered = by_scope(certificates)
    least = {
        scope: max(own, entered[scope].threshold if scope in entered else own) for scope in SCOPES
    }
    put = frozenset(
        cited(certificates, confirmation) if confirmation.certificate == "required" else SCOPES
    )
    least |= {scope: matching.NEVER for scope in SCOPES if scope not in put}
    thresholds = matching.Thresholds(
        birth=least[BIRTH],
        names=least[NAMES],
        undated=matching.undated(max(least.values()), weights),
    )
    return Governing(thresholds=thresholds, put=put)


def cited(certificates: Certificates, confirmation: Confirmation) -> dict[str, Certified]:
    """The certificates that count under the agreement, by scope: those that answers cite."""
    entered = by_scope(certificates)
    return {
        scope: found
        for scope, found in entered.items()
        if found.limit <= agreed_limit(confirmation, scope)
    }


def by_scope(certificates: Certificates) -> dict[str, Certified]:
    """Those that were entered, by scope."""
    entered = {BIRTH: certificates.birth, NAMES: certificates.names}
    return {scope: found for scope, found in entered.items() if found is not None}


def entered_certificates(office: Office, connection: Connection, manifest: str) -> dict[str, str]:
    """Digest of the newest certificate by scope, as the ledger says."""
    found: dict[str, str] = {}
    for _, entry in office.ledger.newest_of(connection, EntryKind.CERTIFICATE):
        scope = str(entry.fields.get("scope", ""))
        if entry.fields["snapshot"] == manifest and scope in SCOPES:
            found.setdefault(scope, str(entry.fields["certificate"]))
        if len(found) == len(SCOPES):
            break
    return found
