"""Suspension by order, and what lifts it.

A suspension is of the whole office, or of a batch, a route, a principal or the requester
(controls/suspension/scope.py). What is within its scope is suspended while the ledger has more
suspensions of that scope than resumptions of it: two courts may each suspend it, and each of their
orders must be lifted. An entry `fork` counts as a suspension of the whole office. `suspend` needs
one officer and no passphrase of the office, so that it is quick; `resume` needs two officers, and
an order that this office has not acted on before.

    1  a suspension is one commit: its entry, which says its scope, and every open batch within it
       held in its state; where it was entered without the passphrase, without which no batch can be
       written, they are held before it is lifted
    2  every step asks `require_running` inside each of its own commits, so a run in progress stops
       at its next chunk, and a release that has not been committed is not made
    3  a release that was committed before is entered before; its files are not written, or written
       again, until the suspension is lifted
    4  a resumption lifts one suspension of the same scope; a held batch that is within no other
       goes on where it was, and one that was reviewed is reviewed again

So from the ledger alone: between a suspension and its resumption there is no `granted`, `opening`,
`disclosure` or `release` of a batch within its scope. Each entry `batch` says what shows that.

A suspension that the office enters by itself, because somebody asked for a canary, stops 2 and 3 at
once, and receiving not before its day of notice: the first midnight (UTC) of a period of
`canary_notice_days` that is the same whatever happened in it. Until then the requester's files are
received and judged as any are, and wait; so that what the requester sees does not tell which file,
or which row, was about a canary (docs/decisions/0017). Between such a suspension and its day of
notice there may be `granted`, and neither `opening`, `disclosure` nor `release`.

The table of acts says which scope each entry has, and is not believed: where it does not say what
the ledger says (office/acts.py), the whole office is suspended (`orders_disagree`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from typing import Final, get_args

from counterfoil.batches import store as batches
from counterfoil.batches.batch import Batch, BatchHeader, NewBatch
from counterfoil.batches.officers import Role
from counterfoil.batches.states import BatchState
from counterfoil.controls.suspension.scope import OFFICE, Scope, ScopeKind, read_scope
from counterfoil.core.errors import StateFault, UsageFault
from counterfoil.core.use_cases import Actor, SignedCommand, Statement, Upload
from counterfoil.core.values import Public
from counterfoil.database import Connection
from counterfoil.gate.law.route import RouteKind
from counterfoil.ledger import EntryKind
from counterfoil.office import Office, acts, authority
from counterfoil.office.acts import Act, NewAct

KINDS: Final = (EntryKind.SUSPENSION, EntryKind.RESUMPTION)
_OPEN: Final = (BatchState.RECEIVED, BatchState.GATED, BatchState.DETERMINED, BatchState.REVIEWED)


class Suspend(SignedCommand, frozen=True):
    """Suspend `scope` (the text of `read_scope`) by an order. `digest` is the order's where it was
    given apart from the file, else ""."""

    order: Upload
    digest: str = ""
    scope: str = "office"


class Resume(SignedCommand, frozen=True):
    """Lift one suspension of `scope` by a new order; two officers. Fields as of `Suspend`."""

    order: Upload
    digest: str = ""
    scope: str = "office"


class OrderResult(Public, frozen=True):
    """What an order did. `batches`: how many were held, or let go on; `running`: whether what is
    within the scope answers now."""

    order: str
    index: int
    batches: int
    running: bool
    scope: str


class SuspensionStatus(Public, frozen=True):
    """`scopes`: by the text of a scope, how many suspensions of it are not lifted. `agrees`:
    whether the table of acts says what the ledger says. `unnoticed`: the scopes whose suspensions
    have not come to their day of notice, so that their files are still received."""

    scopes: dict[str, int]
    agrees: bool = True
    unnoticed: frozenset[str] = frozenset()

    def covering(
        self, batch_id: str = "", header: BatchHeader | None = None, *, receiving: bool = False
    ) -> Scope | None:
        """The scope in which a batch is suspended, or, of no batch, the office; None where it goes
        on. `receiving`: whether it may be received, rather than decided or released."""
        if not self.agrees:
            return OFFICE
        passed = self.unnoticed if receiving else frozenset[str]()
        found = map(read_scope, [text for text in self.scopes if text not in passed])
        return next((scope for scope in found if scope.covers(batch_id, header)), None)


# -- what is suspended now ---------------------------------------------------------------------


def suspension_status(office: Office, _actor: Actor) -> SuspensionStatus:
    """What is suspended now. Anybody may ask."""
    with office.store.reading() as connection:
        return suspensions(office, connection)


def suspensions(office: Office, connection: Connection) -> SuspensionStatus:
    """What is suspended in this transaction."""
    loaded = acts.load_acts(office, connection, KINDS, _meaning)
    net = Counter({str(OFFICE): office.ledger.counts(connection)[EntryKind.FORK]})
    waiting = Counter[str]()
    now, days = office.clock(), office.settings.canary_notice_days
    for act in loaded.acts:
        net[act.subject] += 1 if act.kind is EntryKind.SUSPENSION else -1
        is_own = act.kind is EntryKind.SUSPENSION and not act.officer
        waiting[act.subject] += is_own and now < notice_of(act.entered_at, days)
    scopes = {text: count for text, count in net.items() if count > 0}
    unnoticed = frozenset(text for text, count in scopes.items() if count <= waiting[text])
    return SuspensionStatus(scopes, loaded.agrees, unnoticed)


def notice_of(entered_at: datetime, days: int) -> datetime:
    """When a suspension that the office entered by itself begins to show: the midnight (UTC) that
    ends the period of `days` in which it was entered. Periods are counted from the first day of the
    calendar, and so do not depend on what happened."""
    last = (entered_at.astimezone(UTC).toordinal() // days + 1) * days
    return datetime.combine(date.fromordinal(last), time(), UTC)


def require_running(
    office: Office,
    connection: Connection,
    batch_id: str = "",
    header: BatchHeader | None = None,
    *,
    receiving: bool = False,
) -> None:
    """Raise StateFault `suspended` while a batch of this id and header is suspended,
    `orders_disagree`.

    Of no batch: while the whole office is. `receiving`: for a step that receives.
    """
    now = suspensions(office, connection)
    if not now.agrees:
        raise _orders_disagree()
    scope = now.covering(batch_id, header, receiving=receiving)
    if scope is not None:
        what = "this office is" if scope == OFFICE else f"what is within {scope.kind} is"
        raise StateFault(
            "suspended",
            f"{what} suspended, by order or because its ledger forked; nothing is received, "
            "decided or released",
            place="ledger" if scope == OFFICE else str(scope),
            cure="Wait until `counterfoil resume --order FILE --second KEY` is run with the order "
            "that lifts it, then run "
            "the same command again.",
        )


@contextmanager
def acting(
    office: Office, batch: Batch | NewBatch | None = None, *, receiving: bool = False
) -> Generator[Connection]:
    """A transaction of a step that receives, decides or releases. Raises as `require_running`, and
    StoreFault."""
    with office.store.transaction() as connection:
        if batch is None:
            require_running(office, connection)
        else:
            require_running(office, connection, batch.id, batch.header, receiving=receiving)
        yield connection


def require_same_rules(office: Office, batch: Batch) -> None:
    """A batch is finished under the rules that it was received under, or not at all. Raises
    StateFault `rules_changed`."""
    if not office.match_version_of(batch.rules_digest):
        raise StateFault(
            "rules_changed",
            "the law, the agreement or the version changed since this batch was received",
            place=batch.id,
            cure="Withdraw the batch, and have the requester send it again: it is judged anew "
            "under the rules in force.",
        )


# -- to suspend --------------------------------------------------------------------------------


def suspend_statement(office: Office, actor: Actor, command: Suspend) -> Statement:
    """What one officer is to sign. Raises as `suspend`."""
    document, scope = _read_order(office, actor, command)
    with office.store.reading() as connection:
        return authority.state(office, _suspend_form(office, connection, document, scope))


def suspend(office: Office, actor: Actor, command: Suspend) -> OrderResult:
    """Suspend at once.

    Raises InputFault or VerifyFault (the order), UsageFault `scope_unknown`, `scope_nothing`,
    StateFault `order_used`, StoreFault; as `require_signed`.
    """
    document, scope = _read_order(office, actor, command)
    with office.store.transaction() as connection:
        form = _suspend_form(office, connection, document, scope)
        new = _new_act(EntryKind.SUSPENSION, document, scope)
        act = acts.enter_signed(office, connection, actor, form, new, command.signatures)
        held = hold_batches(connection, scope) if office.passphrase else 0
    return OrderResult(document, act.entry_index, held, False, str(scope))


def enter_suspension(office: Office, connection: Connection, document: str, scope: Scope) -> None:
    """Enter a suspension that the office makes by itself, and hold what is within it and is
    received, in the caller's commit. What is being received goes on until it is judged."""
    acts.enter_act(office, connection, _new_act(EntryKind.SUSPENSION, document, scope))
    hold_batches(connection, scope, _OPEN[1:])


def hold_batches(
    connection: Connection, scope: Scope = OFFICE, states: Sequence[BatchState] = _OPEN
) -> int:
    """Hold every open batch within `scope` in its state; how many there were. `states`: those that
    are open."""
    waiting = [
        batch
        for batch in batches.list_batches(connection)
        if batch.state in states and scope.covers(batch.id, batch.header)
    ]
    for batch in waiting:
        batches.mark_held(connection, batch)
    return len(waiting)


def _suspend_form(
    office: Office, connection: Connection, document: str, scope: Scope
) -> authority.ActForm:
    _require_known(office, connection, scope)
    _require_new(connection, document)
    return _form(office, connection, "suspend", document, scope)


def _require_known(office: Office, connection: Connection, scope: Scope) -> None:
    """A scope that is mistyped would suspend nothing. Raises UsageFault `scope_nothing`."""
    agreement, received = office.law.agreement, batches.list_batches(connection)
    requester = agreement.parties.requester.id
    known = {
        ScopeKind.OFFICE: {""},
        ScopeKind.BATCH: {batch.id for batch in received},
        ScopeKind.ROUTE: set(get_args(RouteKind)),
        ScopeKind.PRINCIPAL: {each.id for each in agreement.principals}
        | {batch.header.principal for batch in received},
        ScopeKind.REQUESTER: {requester} | {batch.header.party for batch in received},
    }[scope.kind]
    if scope.id not in known:
        raise UsageFault(
            "scope_nothing",
            f"this office knows no {scope.kind} of that name",
            place="--scope",
            cure="Name it as the agreement or `counterfoil status` does.",
        )


# -- to resume ---------------------------------------------------------------------------------


def resume_statement(office: Office, actor: Actor, command: Resume) -> Statement:
    """What two officers are to sign. Raises as `resume`, but for the signatures."""
    document, scope = _read_order(office, actor, command)
    with office.store.reading() as connection:
        return authority.state(office, _resume_form(office, connection, document, scope))


def resume(office: Office, actor: Actor, command: Resume) -> OrderResult:
    """Lift one suspension of the scope.

    Raises InputFault or VerifyFault (the order), UsageFault `scope_unknown`, StateFault
    `order_used`, `not_suspended`, `orders_disagree`; as `require_signed`.
    """
    document, scope = _read_order(office, actor, command)
    with office.store.transaction() as connection:
        form = _resume_form(office, connection, document, scope)
        new = _new_act(EntryKind.RESUMPTION, document, scope)
        _hold_late(connection, scope)
        act = acts.enter_signed(office, connection, actor, form, new, command.signatures)
        now = suspensions(office, connection)
        stopped = [
            batch for batch in batches.list_batches(connection) if batch.state is BatchState.HELD
        ]
        waiting = [each for each in stopped if now.covering(each.id, each.header) is not None]
        going = [each for each in stopped if each not in waiting]
        for batch in going:
            batches.mark_resumed(connection, batch)
    running = now.scopes.keys().isdisjoint({str(scope), str(OFFICE)}) and (
        scope.kind is not ScopeKind.BATCH or scope.id not in {each.id for each in waiting}
    )
    return OrderResult(document, act.entry_index, len(going), running, str(scope))


def _hold_late(connection: Connection, scope: Scope) -> None:
    """Hold what an officer's suspension, entered without the passphrase, did not. What the office
    suspends by itself holds what it reaches at once, or lets it be received."""
    suspended = acts.list_acts(connection, EntryKind.SUSPENSION)
    if any(act.officer and act.subject == str(scope) for act in suspended):
        hold_batches(connection, scope)


def _resume_form(
    office: Office, connection: Connection, document: str, scope: Scope
) -> authority.ActForm:
    now = suspensions(office, connection)
    if not now.agrees:
        raise _orders_disagree()
    if str(scope) not in now.scopes:
        raise StateFault(
            "not_suspended",
            "nothing of this scope is suspended",
            place=str(scope),
            cure="`counterfoil status` shows what stands still, by scope; each is lifted in its "
            "own.",
        )
    _require_new(connection, document)
    return _form(office, connection, "resume", document, scope, two="lift a suspension")


# -- what both share ---------------------------------------------------------------------------


def _read_order(office: Office, actor: Actor, command: Suspend | Resume) -> tuple[str, Scope]:
    """The digest of the order and the scope, read for an enrolled officer."""
    with office.store.reading() as connection:
        authority.require_officer(connection, actor)
    document = acts.read_document(command.order, command.digest)
    return document, read_scope(command.scope, office.law.agreement.parties.requester.id)


def _require_new(connection: Connection, document: str) -> None:
    if acts.was_used(acts.list_acts(connection, *KINDS), document):
        raise StateFault(
            "order_used",
            "this office acted on that order before",
            place=document,
            cure="A suspension, and what lifts it, each need an order of their own.",
        )


def _form(
    office: Office, connection: Connection, act: str, document: str, scope: Scope, *, two: str = ""
) -> authority.ActForm:
    """`two`: what one officer cannot do alone, where two must sign."""
    roles = (Role.DISCLOSURE,) * (2 if two else 1)
    generation = acts.count_entered(office, connection, KINDS)
    return authority.ActForm(act, str(scope), generation, {"order": document}, roles, two)


def _new_act(kind: EntryKind, document: str, scope: Scope) -> NewAct:
    return NewAct(kind, str(scope), document.encode(), scope.fields(), document=document)


def _meaning(act: Act) -> NewAct:
    try:
        return _new_act(act.kind, act.document, read_scope(act.subject))
    except UsageFault:  # the subject was altered: commits to nothing, so that it does not agree
        return NewAct(act.kind, act.subject, b"", {})


def _orders_disagree() -> StateFault:
    return acts.acts_disagree("the whole office is suspended")
