"""How an office goes on when one of its two disclosure officers is gone.

    opened    the remaining officer, whoever holds the recovery key and an inspector sign who takes
              whose place: an entry `key` of event `opened`
    published the ledger is published with that entry in it
    objected  within 14 days any disclosure officer may object, alone, who is not gone after all: an
              entry of event `closed`, and nothing comes of it
    finished  once 14 days have passed, by the time that a quorum of witnesses vouches for, or by
              the ledger's newest entry where there are no witnesses, the same three sign again: the
              replacement is enrolled, in the role disclosure. With the remaining officer it then
              retires the one who is gone

The recovery key and the inspector's are enrolled while the office is made, or by two officers
(office/officers.py). They act nowhere else: a recovery releases nothing, and opens nothing. Where
two other officers are enrolled there is nothing to recover: they enroll another.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import msgspec

from counterfoil.batches import store
from counterfoil.controls.witnesses import known_time
from counterfoil.core import canonical
from counterfoil.core.errors import StateFault
from counterfoil.core.instants import from_instant, instant_text
from counterfoil.core.use_cases import Actor, SignedCommand, Statement
from counterfoil.core.values import Officer, Public, Role
from counterfoil.database import Connection
from counterfoil.ledger import EntryKind
from counterfoil.office import Office, acts, authority
from counterfoil.office.enrolment import RECOVERY_EVENTS
from counterfoil.office.journal import officer_digest
from counterfoil.office.officers import ADDED, FIRST_OFFICERS, key_purpose

RECOVERY_DAYS: Final = 14
"""How long a recovery stands published before it is finished."""
OPENED, OBJECTED, FINISHED = RECOVERY_EVENTS
_EVENTS: Final = {OPENED: "opened", OBJECTED: "closed", FINISHED: ADDED}
_ROLES: Final = (Role.DISCLOSURE, Role.RECOVERY, Role.INSPECTOR)


class Recover(SignedCommand, frozen=True):
    """Put `officer` into the place of the officer `lost`. `step`: one of `RECOVERY_EVENTS`."""

    step: str
    officer: Officer
    lost: str


class Recovery(Public, frozen=True):
    """A step that was entered. `not_before`: when it can be finished, "" where it is over."""

    step: str
    entry: int
    not_before: str = ""


def recovery_statement(office: Office, actor: Actor, command: Recover) -> Statement:
    """What each of those who sign is to sign. Raises as `recover`."""
    with office.store.reading() as connection:
        authority.require_officer(connection, actor)
        _require_step(office, connection, actor, command)
        return authority.state(office, _form(office, connection, command))


def recover(office: Office, actor: Actor, command: Recover) -> Recovery:
    """One step of a recovery. Raises StateFault `recovery_needless`, `recovery_open`,
    `recovery_none`, `recovery_early`, `recovery_unpublished`, `officer_unknown`,
    `officer_retired`, `officer_taken`, `officers_same`; KeyFault; as `require_signed`."""
    signer = office.signer()
    with office.store.transaction() as connection:
        _require_step(office, connection, actor, command)
        form = _form(office, connection, command)
        new = _new_act(command)
        act = acts.enter_signed(office, connection, actor, form, new, command.signatures)
        if command.step == FINISHED:
            store.enrol_officer(connection, command.officer, office.clock(), Role.DISCLOSURE)
        office.ledger.sign_checkpoint(connection, signer)
    is_open = command.step == OPENED
    until = act.entered_at + timedelta(days=RECOVERY_DAYS)
    return Recovery(command.step, act.entry_index, instant_text(until) if is_open else "")


def _require_step(office: Office, connection: Connection, actor: Actor, command: Recover) -> None:
    """Whether the step is the next one."""
    if command.step != OBJECTED:
        authority.require_keys(office, command.officer)
    opened = _open_recovery(office, connection, command)
    if command.step == OPENED:
        _require_need(connection, actor, command)
        if opened is not None:
            raise _fault("recovery_open", "this recovery is open already", "Wait for its day.")
        return
    if opened is None or command.step not in RECOVERY_EVENTS:
        raise _fault(
            "recovery_none",
            "no recovery of this officer by this key is open",
            "Open one first: `counterfoil officer recover --help`.",
        )
    if command.step == FINISHED:
        _require_need(connection, actor, command)
        _require_delay(office, connection, opened)


def _require_need(connection: Connection, actor: Actor, command: Recover) -> None:
    """One officer is gone and one remains, who acts."""
    lost, _ = store.signing_officer(connection, command.lost)
    active = [each for each, role in store.list_officers(connection) if role is Role.DISCLOSURE]
    if lost not in active or len(active) > FIRST_OFFICERS:
        raise _fault(
            "recovery_needless",
            "two officers of the role disclosure are left, or the one named is none",
            "Have two officers enroll another: `counterfoil officer enroll FILE`.",
        )
    if actor == lost:
        raise _fault(
            "recovery_needless", "who is gone does not act", "Have the remaining officer do it."
        )


def _require_delay(office: Office, connection: Connection, opened: acts.Act) -> None:
    published = office.ledger.index_of_newest(connection, EntryKind.PUBLISHED)
    if published < opened.entry_index:
        raise _fault(
            "recovery_unpublished",
            "the ledger was not published since the recovery was opened",
            "Run `counterfoil ledger publish`, and wait for the day.",
        )
    entry = office.ledger.entry(connection, opened.entry_index)
    known = known_time(office, connection, opened.entry_index)
    begun = from_instant(entry.time) if entry is not None else None
    if known is None or begun is None or known < begun + timedelta(days=RECOVERY_DAYS):
        raise _fault(
            "recovery_early",
            f"a recovery stands published for {RECOVERY_DAYS} days before it is finished, by the "
            "witnesses' time where there are any",
            "Wait for the day; with witnesses, run `counterfoil ledger cosign` first.",
        )


def _open_recovery(office: Office, connection: Connection, command: Recover) -> acts.Act | None:
    """The act by which this recovery was opened, as the ledger has it, where nothing closed it
    since."""
    key = officer_digest(command.officer)
    newest = next(
        (
            (index, entry)
            for index, entry in office.ledger.newest_of(connection, EntryKind.KEY)
            if entry.fields["key"] == key
        ),
        None,
    )
    if newest is None or newest[1].fields["event"] != _EVENTS[OPENED]:
        return None
    for act in acts.list_acts(connection, EntryKind.KEY):
        if act.entry_index == newest[0] and act.event == OPENED:
            is_same = newest[1].fields.get("commitment") == canonical.commit(
                act.salt, act.committed
            )
            said = msgspec.json.decode(act.committed, type=dict[str, str])
            return act if is_same and said["lost"] == command.lost else None
    return None


def _form(office: Office, connection: Connection, command: Recover) -> authority.ActForm:
    details: dict[str, str | int] = {"lost": command.lost, "vkey": command.officer.vkey}
    generation = acts.count_entered(office, connection, (EntryKind.KEY,))
    roles = _ROLES[:1] if command.step == OBJECTED else _ROLES
    alone = "recover an office"
    subject = command.officer.name
    return authority.ActForm(command.step, subject, generation, details, roles, alone)


def _new_act(command: Recover) -> acts.NewAct:
    names = (*(signed.officer.name for signed in command.signatures[1:]), "", "")
    said = _said(command, command.step, *names[:2])
    fields = {
        "key": officer_digest(command.officer),
        "purpose": key_purpose(Role.DISCLOSURE),
        "event": _EVENTS[command.step],
    }
    return acts.NewAct(
        EntryKind.KEY, command.officer.name, canonical.encode(said), fields, event=command.step
    )


def _said(command: Recover, step: str, recovery: str, inspector: str) -> dict[str, str]:
    said = {"event": step, "lost": command.lost, "officer": command.officer.name}
    return said | {"vkey": command.officer.vkey, "recovery": recovery, "inspector": inspector}


def _fault(code: str, message: str, cure: str) -> StateFault:
    return StateFault(code, message, place="recovery", cure=cure)
