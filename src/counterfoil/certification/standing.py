"""How an office stands with what runs out: its agreement, the requester's safeguards, the age of
the register, the certificates, and its clock against its own ledger; and the current snapshot with
its certificates as an officer is shown them, verified and counts alone. Nothing is opened, and no
key is needed.
"""

from __future__ import annotations

from datetime import date

from counterfoil import register
from counterfoil.certification.certificate import SCOPES, Certificate, open_certificate
from counterfoil.certification.curves import PARTS
from counterfoil.certification.governing import agreed_limit, entered_certificates
from counterfoil.core.errors import CounterfoilError
from counterfoil.core.instants import from_instant, instant_text
from counterfoil.core.use_cases import Actor
from counterfoil.core.values import Public
from counterfoil.database import Connection
from counterfoil.office import Office
from counterfoil.register.snapshot_age import is_too_old


class OfficeStanding(Public, frozen=True):
    """`now` and `newest_entry` are UTC text. `snapshot`: "" where no register was built, and
    `register_fault` the code of what keeps it from being read. `uncertified`: the kinds of
    questions that the agreement lets through with a certificate only, and that none covers."""

    now: str
    newest_entry: str
    agreement: str
    agreement_from: date
    agreement_until: date | None
    safeguards_until: date | None
    snapshot: str
    built_at: str
    too_old: bool
    register_fault: str
    uncertified: tuple[str, ...]

    @property
    def today(self) -> date:
        """The day of the office's clock."""
        return from_instant(self.now).date()

    @property
    def clock_behind(self) -> bool:
        """Whether the machine's clock is before the newest entry of the ledger."""
        return self.now < self.newest_entry


def office_standing(office: Office, _actor: Actor) -> OfficeStanding:
    """How the office stands. Anybody may ask. Raises KeyFault, StoreFault (database)."""
    agreement, now = office.law.agreement, office.clock()
    oldest = agreement.confirmation.oldest_days
    built, fault = None, ""
    try:
        name = register.current_snapshot(office.register_directory)
        built = register.check_manifest(office.register_directory, office.signing_publics, name)
    except CounterfoilError as found:
        fault = found.code
    with office.store.reading() as connection:
        newest = _newest_time(office, connection)
        missing = () if built is None else _uncertified(office, connection, built)
    return OfficeStanding(
        now=instant_text(now),
        newest_entry=newest,
        agreement=agreement.id,
        agreement_from=agreement.in_force.first,
        agreement_until=agreement.in_force.last,
        safeguards_until=agreement.safeguards.current_until,
        snapshot=built.snapshot if built else "",
        built_at=built.built_at if built else "",
        too_old=built is not None and is_too_old(built.built_at, oldest, now.date()),
        register_fault=fault,
        uncertified=missing,
    )


def _newest_time(office: Office, connection: Connection) -> str:
    size = office.ledger.size(connection)
    entry = office.ledger.entry(connection, size - 1) if size else None
    return entry.time if entry else ""


def _uncertified(
    office: Office, connection: Connection, built: register.Manifest
) -> tuple[str, ...]:
    agreed = office.law.agreement.confirmation
    if agreed.certificate != "required":
        return ()
    folder, keys = office.register_directory / built.snapshot, office.signing_publics
    entered = entered_certificates(office, connection, register.manifest_digest(built))

    def covers(scope: str) -> bool:
        try:
            if scope not in entered:
                return False
            found = open_certificate(folder, keys, built, scope, entered[scope])
        except CounterfoilError:
            return False
        return found.limit <= agreed_limit(agreed, scope)

    return tuple(scope for scope in SCOPES if not covers(scope))


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

    def rate(self, parts: int) -> str:
        """A bound in parts of 10**12 as a share, such as 1.2e-06."""
        return f"{parts / PARTS:.1e}"


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
