"""Who may act as an officer: enrolling and retiring them, and who they are.

    the first two   of the role disclosure, by the office itself: they are who enrolls the others.
                    Whoever has the passphrase enrolls nobody after that
    recovery, inspector   one of each likewise, before the second of these is enrolled
    every other     by two officers of the role disclosure, who sign the name, the key and the role
    retiring        by two officers likewise, who may be retired themselves by it

A sandbox's officers are nobody: there the office enrolls and retires alone. What is enrolled is a
public key, of a key file or of two security keys (batches/security_keys.py); where it comes from is
not asked. Each is an entry `key`, which names the two officers
and commits to an act (acts.py) that keeps what they signed. What an officer reviewed and is not
released is reviewed again by another once the officer is retired, in the same commit.
"""

from __future__ import annotations

from typing import Final

from counterfoil.batches import store
from counterfoil.batches.states import BatchState
from counterfoil.core import canonical
from counterfoil.core.errors import StateFault
from counterfoil.core.use_cases import Actor, Service, SignedCommand, Statement
from counterfoil.core.values import Officer, Public, Role
from counterfoil.database import Connection
from counterfoil.ledger import EntryKind
from counterfoil.office import acts, authority
from counterfoil.office.authority import require_officer
from counterfoil.office.context import Office
from counterfoil.office.journal import enter
from counterfoil.office.roots import require_agreed_officer

FIRST_OFFICERS: Final = 2
RECOVERING: Final = (Role.RECOVERY, Role.INSPECTOR)
"""Whose keys the office may enroll alone while it is made."""
ADDED: Final = "added"
RETIRED: Final = "retired"
_TWO: Final = (Role.DISCLOSURE, Role.DISCLOSURE)
_FROM: Final = {ADDED: "enroll-officer", RETIRED: "retire-officer"}


class EnrollOfficer(SignedCommand, frozen=True):
    """Enroll an officer's public key in one role."""

    officer: Officer
    role: Role = Role.DISCLOSURE


class RetireOfficer(SignedCommand, frozen=True):
    """Take from an officer the power to sign, for good."""

    name: str


class EnrolledOfficer(Public, frozen=True):
    """An officer who is or was enrolled. `is_active`: whether the officer may sign now."""

    officer: Officer
    role: Role
    is_active: bool


def enroll_statement(office: Office, actor: Actor, command: EnrollOfficer) -> Statement:
    """What two officers are to sign. Raises as `require_officer`, `require_keys`."""
    authority.require_keys(office, command.officer)
    with office.store.reading() as connection:
        require_officer(connection, actor)
        form = _form(office, connection, ADDED, command.officer, command.role)
        return authority.state(office, form)


def enroll_officer(office: Office, actor: Actor, command: EnrollOfficer) -> Officer:
    """Enroll an officer and enter the key. Raises UsageFault `actor_refused`, KeyFault, StateFault
    `officer_taken`, `officers_two`; as `require_signed`, `require_keys`."""
    authority.require_keys(office, command.officer)
    signer = office.signer()
    with office.store.transaction() as connection:
        if isinstance(actor, Service):
            _require_alone(office, connection, command)
            enrol(office, connection, command.officer, command.role)
        else:
            form = _form(office, connection, ADDED, command.officer, command.role)
            new = _new_act(ADDED, command.officer, command.role)
            acts.enter_signed(office, connection, actor, form, new, command.signatures)
            store.enrol_officer(connection, command.officer, office.clock(), command.role)
        office.ledger.sign_checkpoint(connection, signer)
    return command.officer


def retire_statement(office: Office, actor: Actor, command: RetireOfficer) -> Statement:
    """What two officers are to sign. Raises as `retire_officer`."""
    with office.store.reading() as connection:
        require_officer(connection, actor)
        officer, role = store.signing_officer(connection, command.name)
        return authority.state(office, _form(office, connection, RETIRED, officer, role))


def retire_officer(office: Office, actor: Actor, command: RetireOfficer) -> Officer:
    """Retire an officer and enter it; what they signed still verifies. Raises UsageFault
    `actor_refused`, StateFault `officer_unknown`, `officer_retired`, `officers_two`, KeyFault; as
    `require_signed`."""
    signer = office.signer()
    with office.store.transaction() as connection:
        if isinstance(actor, Service):
            _require_sandbox(office)
            officer = retire(office, connection, command.name)
        else:
            officer, role = store.signing_officer(connection, command.name)
            form = _form(office, connection, RETIRED, officer, role)
            new = _new_act(RETIRED, officer, role)
            acts.enter_signed(office, connection, actor, form, new, command.signatures)
            _retire(connection, officer)
        office.ledger.sign_checkpoint(connection, signer)
    return officer


def list_officers(office: Office, _actor: Actor) -> list[EnrolledOfficer]:
    """Everybody who was ever enrolled, with their roles, by name. Anybody may ask."""
    with office.store.reading() as connection:
        return [EnrolledOfficer(*each) for each in store.list_enrolled(connection)]


def require_enrolled(office: Office, actor: Actor, role: Role = Role.DISCLOSURE) -> Officer:
    """The officer who acts, enrolled in this role. Raises as `require_officer`."""
    with office.store.reading() as connection:
        return require_officer(connection, actor, role)


# -- by the office itself ----------------------------------------------------------------------


def enrol(
    office: Office, connection: Connection, officer: Officer, role: Role = Role.DISCLOSURE
) -> None:
    """Enrol an officer in a role and enter the key. Raises StateFault `officer_taken`; as
    `require_keys`."""
    authority.require_keys(office, officer)
    store.enrol_officer(connection, officer, office.clock(), role)
    enter_key(office, connection, key_purpose(role), officer.vkey)


def retire(office: Office, connection: Connection, name: str) -> Officer:
    """Take from an officer the power to sign, and enter it. Raises StateFault `officer_unknown`,
    `officer_retired`."""
    officer, role = store.signing_officer(connection, name)
    _retire(connection, officer)
    enter_key(office, connection, key_purpose(role), officer.vkey, RETIRED)
    return officer


def key_purpose(role: Role) -> str:
    """What the ledger says that an officer's key is for."""
    return "officer" if role is Role.DISCLOSURE else str(role)


def enter_key(
    office: Office, connection: Connection, purpose: str, named: str, event: str = ADDED
) -> None:
    """Enter that a key is taken into use, or retired. `named`: the verifier key, or the id of a
    secret one."""
    fields = {"key": canonical.digest(named.encode()), "purpose": purpose, "event": event}
    enter(office, connection, EntryKind.KEY, fields)


def _retire(connection: Connection, officer: Officer) -> None:
    """The row, and every batch that this officer reviewed and nobody released: it is determined,
    and another officer reviews it."""
    store.retire_officer(connection, officer.name)
    for batch in store.list_batches(connection):
        if batch.first_officer == officer.name and batch.state is BatchState.REVIEWED:
            store.mark_held(connection, batch)
            store.mark_resumed(connection, store.find_batch(connection, batch.id))


def _require_alone(office: Office, connection: Connection, command: EnrollOfficer) -> None:
    """The office enrolls alone in a sandbox, and the first two officers anywhere, whom the parties
    may have named; before the second of them also who recovers, and an inspector."""
    role = command.role
    roles = [each for _, each, _ in store.list_enrolled(connection)]
    is_made = roles.count(Role.DISCLOSURE) >= FIRST_OFFICERS
    if role in RECOVERING and role not in roles and not is_made:
        return
    require_agreed_officer(office.law, command.officer)
    if role is not Role.DISCLOSURE or is_made:
        _require_sandbox(office)


def _require_sandbox(office: Office) -> None:
    if not office.settings.sandbox:
        raise StateFault(
            "officers_two",
            "only two officers of the role disclosure enroll or retire one, once there are two",
            place="officer",
            cure="Nothing was changed. Name both with --officer and --second.",
        )


def _form(
    office: Office, connection: Connection, event: str, officer: Officer, role: Role
) -> authority.ActForm:
    details: dict[str, str | int] = {"role": str(role), "vkey": officer.vkey}
    generation = acts.count_entered(office, connection, (EntryKind.KEY,))
    alone = "enroll or retire an officer"
    return authority.ActForm(_FROM[event], officer.name, generation, details, _TWO, alone)


def _new_act(event: str, officer: Officer, role: Role) -> acts.NewAct:
    said = {"event": event, "officer": officer.name, "role": str(role), "vkey": officer.vkey}
    digest = canonical.digest(officer.vkey.encode())
    fields = {"key": digest, "purpose": key_purpose(role), "event": event}
    committed = canonical.encode(said)
    return acts.NewAct(EntryKind.KEY, officer.name, committed, fields, event=event)
