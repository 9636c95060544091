"""Override: two roles admit one request that the gate left waiting for an officer. What is asked,
in this order:

    1  an officer of the role disclosure acts, and the office is not suspended
    2  the batch is gated, and the chunk of the request has not been opened: nothing of it is
       decided yet
    3  the gate, asked again with the counts that it was refused with, finds that nothing failed and
       exactly the named elements wait
    4  that officer and one of the role counsel signed the same statement (batches/override.py)
    5  entry `override` and the sealed chunk are one commit

The refusal stays where it is, in the rows and in the ledger; `determine` puts the grant in its
place. Nobody can set aside a finding that is not met or not shown: only the gate makes a grant, and
it does not make this one.
"""

from __future__ import annotations

from typing import Final

from counterfoil.batches import store as batches
from counterfoil.batches.batch import Batch, ChunkKind
from counterfoil.batches.officers import Role
from counterfoil.batches.override import (
    OVERRIDE,
    Override,
    encode_override,
    override_details,
    read_reason,
)
from counterfoil.batches.rows import Refused
from counterfoil.batches.session import BatchSession
from counterfoil.batches.statements import keep_signed
from counterfoil.batches.states import BatchState
from counterfoil.controls.suspension.service import require_running, require_same_rules
from counterfoil.core import canonical
from counterfoil.core.errors import StateFault
from counterfoil.core.use_cases import Actor, Signed, SignedCommand, Statement
from counterfoil.core.values import Grant, Public, Sensitive
from counterfoil.database import Connection
from counterfoil.gate.replay import set_aside
from counterfoil.ledger import EntryKind
from counterfoil.office import Office, authority, journal
from counterfoil.office.records import Recorded, public_codes, read_recorded

_ROLES: Final = (Role.DISCLOSURE, Role.COUNSEL)


class OverrideRequest(SignedCommand, Sensitive, frozen=True):
    """Admit one request although `elements` wait for an officer. `reason`: the officers' words;
    they may speak of a person. The officers of the roles disclosure and counsel sign."""

    batch: str
    request_id: str
    elements: tuple[str, ...]
    reason: str


class OverrideResult(Public, frozen=True):
    """What was set aside, and the entry that says so."""

    batch: str
    request_id: str
    elements: tuple[str, ...]
    index: int


class _Admissible(Sensitive, frozen=True):
    """A request that two roles may admit, and the grant that the gate then makes."""

    row: Recorded
    elements: tuple[str, ...]
    reason: str
    grant: Grant


def override_statement(office: Office, actor: Actor, command: OverrideRequest) -> Statement:
    """What two officers are to sign. Raises as `override_request`."""
    with office.store.reading() as connection:
        session = _session(office, connection, actor, command)
        return authority.state(office, _form(session, _find_admissible(office, session, command)))


def override_request(office: Office, actor: Actor, command: OverrideRequest) -> OverrideResult:
    """Admit one request. Raises UsageFault `override_reason`, StateFault (batch, request),
    GateFault as `set_aside`; as `require_running` and `require_signed`."""
    with office.store.transaction() as connection:
        session = _session(office, connection, actor, command)
        found = _find_admissible(office, session, command)
        form, signed = _form(session, found), command.signatures
        authority.require_signed(office, connection, actor, form, signed)
        index = _enter(office, session, _override(office, session, found, signed))
    return OverrideResult(command.batch, command.request_id, found.elements, index)


def _session(
    office: Office, connection: Connection, actor: Actor, command: OverrideRequest
) -> BatchSession:
    """Step 1, and the batch in this transaction."""
    authority.require_officer(connection, actor)
    batch = batches.find_batch(connection, command.batch)
    require_running(office, connection, batch.id, batch.header)
    return office.batch_session(connection, batch)


def _find_admissible(
    office: Office, session: BatchSession, command: OverrideRequest
) -> _Admissible:
    """Steps 2 and 3. Raises as `override_request`."""
    reason = read_reason(command.reason)
    batch = session.batch
    batch.require(BatchState.GATED)
    require_same_rules(office, batch)
    row = read_recorded(session, office.payload_keys()[1], command.request_id)
    if row.override is not None:
        raise StateFault(
            "override_stands",
            "this request was admitted by an override before",
            place=batch.id,
            cure="`counterfoil determine BATCH` decides it with its batch.",
        )
    if session.chunk(ChunkKind.REQUEST, row.seq).opened:
        raise StateFault(
            "override_late",
            "the part of the batch that holds this request is being determined",
            place=batch.id,
            cure="Nothing was changed. The requester can ask again; the override is then made "
            "before `determine`.",
        )
    elements = _elements(office, batch, row, command.elements)
    grant = set_aside(office.law, row.request, row.circumstances, batch.gate_date, elements)
    return _Admissible(row, elements, reason, grant)


def _elements(
    office: Office, batch: Batch, row: Recorded, named: tuple[str, ...]
) -> tuple[str, ...]:
    """The ids of the elements that were named by their id or by their code; of a code, those that
    the request did not meet."""
    codes = public_codes(office.law.for_route(batch.header.route))
    failed = row.row.refusal.failed if isinstance(row.row, Refused) else ()
    found = {
        each.element
        for name in named
        for each in failed
        if name in (each.element, codes.get(each.element))
    }
    known = {*found, *(codes.get(each, "") for each in found)}
    return tuple(sorted(found | (set(named) - known)))


def _form(session: BatchSession, found: _Admissible) -> authority.ActForm:
    details = override_details(found.row.commitment, found.elements, found.reason)
    overridden = session.count(ChunkKind.OVERRIDE)[0]
    return authority.ActForm(OVERRIDE, session.batch.id, overridden, details, _ROLES)


def _override(
    office: Office, session: BatchSession, found: _Admissible, signed: tuple[Signed, ...]
) -> Override:
    """What is kept, in the form of the chunk. An officer has one role, so these are two officers
    and two keys."""
    first, second = signed
    return Override(
        office=office.settings.name,
        batch=session.batch.id,
        refused=found.row.commitment,
        elements=found.elements,
        reason=found.reason,
        first=first.officer,
        first_signature=keep_signed(first),
        second=second.officer,
        second_signature=keep_signed(second),
        grant=found.grant,
    )


def _enter(office: Office, session: BatchSession, override: Override) -> int:
    plain, connection, batch = encode_override(override), session.connection, session.batch
    salt = session.key.salt(ChunkKind.OVERRIDE, override.grant.request.row)
    session.keep(ChunkKind.OVERRIDE, plain, office.random, seq=session.count(ChunkKind.OVERRIDE)[0])
    batches.add_counts(connection, batch, {"overridden": 1})
    fields = {"batch": batch.id, "commitment": canonical.commit(salt, plain)}
    return journal.enter(
        office, connection, EntryKind.OVERRIDE, fields, override.first, override.second
    )
