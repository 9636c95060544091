"""The current snapshot with the certificates that the ledger names for it, as an officer is shown
them: verified, and counts alone. Nothing is opened, and no key is needed.
"""

from __future__ import annotations

from counterfoil import register
from counterfoil.certification.certificate import SCOPES, Certificate, open_certificate
from counterfoil.certification.governing import agreed_limit, entered_certificates
from counterfoil.core.errors import CounterfoilError
from counterfoil.core.use_cases import Actor
from counterfoil.core.values import Public
from counterfoil.office import Office


class ShownCertificate(Public, frozen=True):
    """What covers questions of a scope. `digest`: "" where none was entered; `fault`: the code of
    what keeps it from being read; `agreed`: the agreement's limit, in parts of 10**12."""

    scope: str
    digest: str
    fault: str
    agreed: int
    certificate: Certificate | None


class ShownRegister(Public, frozen=True):
    """`manifest`: None where no register can be asked, and `fault` then the code that says why."""

    fault: str
    manifest: register.Manifest | None
    certificates: tuple[ShownCertificate, ...]


def show_register(office: Office, _actor: Actor) -> ShownRegister:
    """The current snapshot. Anybody may ask. Raises StoreFault (database)."""
    try:
        name = register.current_snapshot(office.register_directory)
        built = register.check_manifest(office.register_directory, office.signing_publics, name)
    except CounterfoilError as fault:
        return ShownRegister(fault.code, None, ())
    with office.store.reading() as connection:
        entered = entered_certificates(office, connection, register.manifest_digest(built))
    shown = tuple(_certificate(office, built, scope, entered.get(scope, "")) for scope in SCOPES)
    return ShownRegister("", built, shown)


def _certificate(
    office: Office, built: register.Manifest, scope: str, digest: str
) -> ShownCertificate:
    agreed = agreed_limit(office.law.agreement.confirmation, scope)
    found, code = None, ""
    if digest:
        folder = office.register_directory / built.snapshot
        try:
            found = open_certificate(folder, office.signing_publics, built, scope, digest)
        except CounterfoilError as fault:
            code = fault.code
    return ShownCertificate(scope, digest, code, agreed, found)
