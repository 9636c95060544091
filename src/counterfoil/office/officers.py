"""Who may act as an officer: enrolling and retiring them, and who they are."""

from __future__ import annotations

from counterfoil.batches import store
from counterfoil.core import canonical
from counterfoil.core.use_cases import Actor
from counterfoil.core.values import Officer, Public, Role
from counterfoil.database import Connection
from counterfoil.ledger import EntryKind
from counterfoil.office.authority import require_officer, require_service
from counterfoil.office.context import Office
from counterfoil.office.journal import enter


class EnrollOfficer(Public, frozen=True):
    """Enroll an officer's public key in one role."""

    officer: Officer
    role: Role = Role.DISCLOSURE


class RetireOfficer(Public, frozen=True):
    """Take from an officer the power to sign, for good."""

    name: str


def enroll_officer(office: Office, actor: Actor, command: EnrollOfficer) -> Officer:
    """Enroll an officer and enter the key. The office's passphrase is proved by the checkpoint over
    the entry. Raises UsageFault `actor_refused`, KeyFault, StateFault `officer_taken`."""
    require_service(actor)
    signer = office.signer()
    with office.store.transaction() as connection:
        enrol(office, connection, command.officer, command.role)
        office.ledger.sign_checkpoint(connection, signer)
    return command.officer


def retire_officer(office: Office, actor: Actor, command: RetireOfficer) -> Officer:
    """Retire an officer and enter it; what they signed still verifies. Raises UsageFault
    `actor_refused`, StateFault `officer_unknown`, `officer_retired`, KeyFault."""
    require_service(actor)
    signer = office.signer()
    with office.store.transaction() as connection:
        officer = retire(office, connection, command.name)
        office.ledger.sign_checkpoint(connection, signer)
    return officer


def list_officers(office: Office, _actor: Actor) -> list[tuple[Officer, Role]]:
    """The officers who may sign now, with their roles, by name. Anybody may ask."""
    with office.store.reading() as connection:
        return store.list_officers(connection)


def require_enrolled(office: Office, actor: Actor, role: Role = Role.DISCLOSURE) -> Officer:
    """The officer who acts, enrolled in this role. Raises as `require_officer`."""
    with office.store.reading() as connection:
        return require_officer(connection, actor, role)


def enrol(
    office: Office, connection: Connection, officer: Officer, role: Role = Role.DISCLOSURE
) -> None:
    """Enrol an officer in a role and enter the key. Raises StateFault `officer_taken`."""
    store.enrol_officer(connection, officer, office.clock(), role)
    enter_key(office, connection, key_purpose(role), officer.vkey)


def key_purpose(role: Role) -> str:
    """What the ledger says that an officer's key is for."""
    return "officer" if role is Role.DISCLOSURE else str(role)


def retire(office: Office, connection: Connection, name: str) -> Officer:
    """Take from an officer the power to sign, and enter it. Raises StateFault `officer_unknown`,
    `officer_retired`."""
    officer, role = store.signing_officer(connection, name)
    store.retire_officer(connection, name)
    enter_key(office, connection, key_purpose(role), officer.vkey, "retired")
    return officer


def enter_key(
    office: Office, connection: Connection, purpose: str, named: str, event: str = "added"
) -> None:
    """Enter that a key is taken into use, or retired. `named`: the verifier key, or the id of a
    secret one."""
    fields = {"key": canonical.digest(named.encode()), "purpose": purpose, "event": event}
    enter(office, connection, EntryKind.KEY, fields)
