"""Who may act: an officer's signed statement against the state as it is, in the transaction that
relies on it.

    1  an officer acts; as many signed as the act needs, and the first of them is whoever acts
    2  each is enrolled under that key, in the role that the act needs, and is not retired
    3  where two sign, they are two officers
    4  each signed the very statement that the state gives now, as this office hands it out and of
       the types that it has (true is not 1), and it has not expired
    5  each signature verifies under the officer's key: a key file's or, made on a page that the
       agreement names and with a sign count that rose, a security key's

Nothing here does the act. Raises what the numbered checks find, in that order.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from counterfoil.batches.officers import Role, require_two
from counterfoil.batches.statements import check_signed, signature_fault
from counterfoil.batches.store import officer_with_key, signing_officer
from counterfoil.core.errors import StateFault, UsageFault
from counterfoil.core.instants import from_instant, instant_text
from counterfoil.core.use_cases import Actor, Service, Signed, Statement
from counterfoil.core.values import Officer, Public
from counterfoil.database import Connection
from counterfoil.office.context import Office
from counterfoil.office.page_signatures import (
    require_enrollable,
    require_page,
    require_rising,
    signature_name,
)

STATEMENT_MINUTES: Final = 15
"""How long a statement can be signed and brought back."""
_NONCE: Final = re.compile(r"[0-9a-f]{32}")


class ActForm(Public, frozen=True):
    """What an act would say of the state as it is now. `roles`: of each officer who must sign;
    `alone`: what the fault says that one officer cannot do alone, where two must sign."""

    act: str
    subject: str
    generation: int
    details: dict[str, str | int]
    roles: tuple[Role, ...] = (Role.DISCLOSURE,)
    alone: str = "do this"


def require_service(actor: Actor) -> None:
    """Raise UsageFault `actor_refused` unless the office's own process acts."""
    if not isinstance(actor, Service):
        raise UsageFault(
            "actor_refused",
            "only the office's own process does this",
            cure="Have the operator of the office run it.",
        )


def require_officer(connection: Connection, actor: Actor, role: Role = Role.DISCLOSURE) -> Officer:
    """The enrolled officer who acts, in this role. Raises UsageFault `actor_refused`; as
    `officer_with_key`."""
    if not isinstance(actor, Officer):
        raise _no_officer()
    return officer_with_key(connection, actor.name, actor.vkey, role)


def require_reader(connection: Connection, actor: Actor) -> Officer:
    """The enrolled officer who looks at what an inspector may look at as well: in the role
    `disclosure` or `inspector`. Raises as `require_officer`."""
    if not isinstance(actor, Officer):
        raise _no_officer()
    _, held = signing_officer(connection, actor.name)
    reads = held is Role.INSPECTOR
    return require_officer(connection, actor, Role.INSPECTOR if reads else Role.DISCLOSURE)


def state(office: Office, form: ActForm) -> Statement:
    """The statement of an act over the state as it is, to be signed elsewhere."""
    expires = office.clock() + timedelta(minutes=STATEMENT_MINUTES)
    return Statement(
        form.act,
        office.settings.name,
        form.subject,
        form.generation,
        form.details,
        office.random(16).hex(),
        instant_text(expires),
    )


def require_signed(
    office: Office,
    connection: Connection,
    actor: Actor,
    form: ActForm,
    signatures: Sequence[Signed],
) -> list[Officer]:
    """The officers who signed this act over the state as it is now. See the module.

    Raises UsageFault `actor_refused`, `signatures_missing`; StateFault `officer_unknown`,
    `officer_retired`, `officer_role`, `officers_same`, `statement_moved`, `statement_expired`;
    KeyFault `officer_key_other`; VerifyFault `officer_signature`; as `check_signed`, `require_page`
    and `require_rising`.
    """
    if not isinstance(actor, Officer):
        raise _no_officer()
    if len(signatures) != len(form.roles) or signatures[0].officer != actor:  # 1
        raise UsageFault(
            "signatures_missing",
            f"this needs {len(form.roles)} signed statements, the first by the officer who acts",
            cure="Ask for the statement, have each officer sign it, and bring all of them.",
        )
    officers = [  # 2
        require_officer(connection, signed.officer, role)
        for signed, role in zip(signatures, form.roles, strict=True)
    ]
    if len(officers) > 1:
        require_two(officers, form.alone)  # 3
    for signed in signatures:
        _require_current(office, form, _of_its_types(signed).statement)  # 4
    for signed in signatures:
        said = check_signed(signed)  # 5
        if said is not None:
            require_page(office.law.agreement.pages, said, signed.officer)
            require_rising(office.counted, connection, signed, said)
    return officers


def take_early(office: Office, signed: Signed) -> None:
    """Check a signature that comes in before the act can be done, because another officer has yet
    to sign, and remember the sign count of a security key in a transaction of its own. Raises as
    `check_signed`, `require_page`, `require_rising`."""
    said = check_signed(signed)
    if said is None:
        return
    require_page(office.law.agreement.pages, said, signed.officer)
    with office.store.transaction() as connection:
        require_rising(office.counted, connection, signed, said)
    office.counted.add(signature_name(signed))


def require_keys(office: Office, officer: Officer) -> None:
    """Raise unless this officer's key is of a kind that the office enrolls. Raises as
    `require_enrollable`."""
    pages, sandbox = office.law.agreement.pages, office.settings.sandbox
    require_enrollable(pages, officer, sandbox=sandbox)


def _of_its_types(signed: Signed) -> Signed:
    try:
        return msgspec.convert(msgspec.to_builtins(signed), Signed)
    except (msgspec.ValidationError, TypeError):
        raise signature_fault(signed.officer, "act") from None


def _no_officer() -> UsageFault:
    return UsageFault(
        "actor_refused",
        "only an enrolled officer does this",
        cure="Have an officer do it, with their own key.",
    )


def _require_current(office: Office, form: ActForm, statement: Statement) -> None:
    now = msgspec.structs.replace(
        statement,
        act=form.act,
        office=office.settings.name,
        subject=form.subject,
        generation=form.generation,
        details=form.details,
    )
    if now != statement or not _NONCE.fullmatch(statement.nonce):
        raise StateFault(
            "statement_moved",
            "what the officer signed is not how things stand now",
            place=form.subject,
            cure="Nothing was done. Ask for the statement again, read it, and sign it anew; on the "
            "command line, run the command again.",
        )
    if not _can_be_used(statement, office.clock()):
        raise StateFault(
            "statement_expired",
            f"a statement can be used for {STATEMENT_MINUTES} minutes",
            place=form.subject,
            cure="Nothing was done. Ask for the statement again, and sign it anew.",
        )


def _can_be_used(statement: Statement, now: datetime) -> bool:
    """Whether it has not expired, and expires no later than what the office hands out now: an
    officer who writes a later day into a statement does not make it last."""
    try:
        expires = from_instant(statement.expires)
    except ValueError:
        return False
    if instant_text(expires) != statement.expires:
        return False
    return now <= expires <= now + timedelta(minutes=STATEMENT_MINUTES)
