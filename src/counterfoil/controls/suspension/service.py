"""Standing still by order, and going on by another: what `suspend` and `resume` do.

A suspension reaches the whole office, or a batch, a route, a principal or the requester
(controls/suspension/scope.py). What it reaches stands still while the ledger holds more suspensions
of that reach than resumptions of it (controls/suspension/stopped.py): two courts may each stop it,
and each of their orders must be lifted. `suspend` needs one officer and no passphrase of the
office, so that it is quick; `resume` needs two officers, and an order that this office has not
acted on before.

    1  a suspension is one commit: its entry, which says its reach, and every open batch within it
       held where it stands
    2  every step asks `require_running` inside each of its own commits, so a run in progress stops
       at its next chunk, and a release that has not been committed is not made
    3  a release that was committed before is entered before; its files are not written, or written
       again, until it is lifted
    4  a resumption lifts one suspension of the same reach; a held batch that no other reaches goes
       on where it was, and one that was reviewed is reviewed again

So from the ledger alone: between a suspension and its resumption there is no `granted`, `opening`,
`disclosure` or `release` of a batch that it reaches. Each entry `batch` says what tells that.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, get_args

from counterfoil.batches import store as batches
from counterfoil.batches.officers import require_two
from counterfoil.batches.states import BatchState
from counterfoil.controls.suspension.scope import OFFICE, Over, Reach, read_reach
from counterfoil.controls.suspension.stopped import orders_disagree, stopped
from counterfoil.controls.suspension.store import Order, keep_order, order_was_used
from counterfoil.core import canonical
from counterfoil.core.errors import InputFault, StateFault, UsageFault, VerifyFault
from counterfoil.core.values import Officer, Public
from counterfoil.database import Connection
from counterfoil.gate.law.route import RouteKind
from counterfoil.ledger import Draft, EntryKind
from counterfoil.office import Office
from counterfoil.tlog import Signer

MAX_ORDER_BYTES: Final = 50_000_000
_OPEN: Final = (BatchState.RECEIVED, BatchState.GATED, BatchState.DETERMINED, BatchState.REVIEWED)


class OrderResult(Public, frozen=True):
    """What an order did. `batches`: how many were held, or let go on; `running`: whether what it
    reaches answers now."""

    order: str
    index: int
    batches: int
    running: bool
    scope: str


def suspend(
    office: Office, order: Path, expected: str, name: str, signer: Signer, scope: str = "office"
) -> OrderResult:
    """Stop at once. `expected` is the order's digest where it was given apart from the file, else
    ""; `scope` as `read_reach` reads it.

    Raises InputFault or VerifyFault (the order), StateFault (the officer, a batch), UsageFault (the
    scope), StoreFault.
    """
    digest, reach = (
        read_order(order, expected),
        read_reach(scope, office.law.agreement.parties.requester.id),
    )
    with office.store.transaction() as connection:
        officer = batches.officer_with_key(connection, name, str(signer.verifier))
        _require_there(office, connection, reach)
        _require_new(connection, digest)
        return stop_here(office, connection, reach, digest, officer)


def stop_here(
    office: Office, connection: Connection, reach: Reach, digest: str, officer: Officer | None
) -> OrderResult:
    """Enter a suspension and hold what it reaches, in the caller's commit. No officer: the office
    stopped by itself."""
    index = _enter(
        office, connection, EntryKind.SUSPENSION, (digest, reach), [officer] if officer else []
    )
    return OrderResult(digest, index, hold_open(connection, reach), False, str(reach))


def resume(
    office: Office,
    order: Path,
    expected: str,
    first: tuple[str, Signer],
    second: tuple[str, Signer],
    scope: str = "office",
) -> OrderResult:
    """Lift one suspension of `scope` by a new order.

    Raises as `suspend`; StateFault `not_suspended`, `officers_same`, `orders_disagree`.
    """
    digest, reach = (
        read_order(order, expected),
        read_reach(scope, office.law.agreement.parties.requester.id),
    )
    with office.store.transaction() as connection:
        officers = [
            batches.officer_with_key(connection, name, str(signer.verifier))
            for name, signer in (first, second)
        ]
        require_two(officers, "lift a suspension")
        _require_stopped(office, connection, reach)
        _require_new(connection, digest)
        index = _enter(office, connection, EntryKind.RESUMPTION, (digest, reach), officers)
        now = stopped(office, connection)
        held = [
            batch for batch in batches.list_batches(connection) if batch.state is BatchState.HELD
        ]
        going = [batch for batch in held if now.holds(batch.id, batch.header) is None]
        for batch in going:
            batches.mark_resumed(connection, batch)
    return OrderResult(
        digest,
        index,
        len(going),
        str(reach) not in now.reaches and str(OFFICE) not in now.reaches,
        str(reach),
    )


def hold_open(connection: Connection, reach: Reach = OFFICE) -> int:
    """Hold every open batch within `reach` where it stands; how many there were."""
    standing = batches.list_batches(connection)
    waiting = [
        batch for batch in standing if batch.state in _OPEN and reach.covers(batch.id, batch.header)
    ]
    for batch in waiting:
        batches.mark_held(connection, batch)
    return len(waiting)


def read_order(path: Path, expected: str) -> str:
    """The digest of an order's file. Raises InputFault `order_unreadable`, `order_empty`,
    VerifyFault `order_digest`."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_ORDER_BYTES + 1)
    except OSError as fault:
        raise InputFault(
            "order_unreadable",
            f"the order cannot be read ({type(fault).__name__})",
            place=path.name,
            cure="Name the file of the order, as it was served.",
        ) from None
    if not data or len(data) > MAX_ORDER_BYTES:
        raise InputFault(
            "order_empty",
            f"the order's file is empty, or larger than {MAX_ORDER_BYTES} bytes",
            place=path.name,
            cure="Name the file of the order, as it was served.",
        )
    digest = canonical.digest(data)
    if expected and digest != expected:
        raise VerifyFault(
            "order_digest",
            "the order's file does not match the digest that was given",
            place=path.name,
            cure="Get the order again from where it was issued; nothing was changed.",
        )
    return digest


def _require_stopped(office: Office, connection: Connection, reach: Reach) -> None:
    now = stopped(office, connection)
    if not now.agrees:
        raise orders_disagree()
    if str(reach) not in now.reaches:
        raise StateFault(
            "not_suspended",
            "no suspension of this scope stands",
            place=str(reach),
            cure="`counterfoil status` shows what stands still, by scope; each is lifted in its "
            "own.",
        )


def _require_there(office: Office, connection: Connection, reach: Reach) -> None:
    """A name that is mistyped would stop nobody: refused."""
    agreement, held = office.law.agreement, batches.list_batches(connection)
    known = {
        Over.OFFICE: {""},
        Over.BATCH: {batch.id for batch in held},
        Over.ROUTE: set(get_args(RouteKind)),
        Over.PRINCIPAL: {each.id for each in agreement.principals}
        | {batch.header.principal for batch in held},
        Over.REQUESTER: {agreement.parties.requester.id} | {batch.header.party for batch in held},
    }[reach.over]
    if reach.of not in known:
        raise UsageFault(
            "scope_nothing",
            f"this office knows no {reach.over} of that name",
            place="--scope",
            cure="Name it as the agreement or `counterfoil status` does.",
        )


def _require_new(connection: Connection, digest: str) -> None:
    if order_was_used(connection, digest):
        raise StateFault(
            "order_used",
            "this office acted on that order before",
            place=digest,
            cure="A suspension, and what lifts it, each need an order of their own.",
        )


def _enter(
    office: Office,
    connection: Connection,
    kind: EntryKind,
    what: tuple[str, Reach],
    officers: list[Officer],
) -> int:
    (digest, reach), now, salt = what, office.clock(), office.random(canonical.SALT_BYTES)
    keys = [canonical.digest(officer.vkey.encode()) for officer in officers]
    fields = {"commitment": canonical.commit(salt, digest.encode()), **reach.fields()}
    fields |= dict(zip(("officer", "second"), keys, strict=False))
    index = office.ledger.append(connection, [Draft(kind, {**fields})], now)[0]
    first, second = (*(officer.name for officer in officers), "", "")[:2]
    keep_order(connection, Order(kind.value, digest, salt, str(reach), first, second, now, index))
    return index
