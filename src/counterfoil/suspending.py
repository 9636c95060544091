"""Standing still by order, and going on by another: what `suspend` and `resume` do, and what every step asks first.

An office stands still while its ledger holds more entries `suspension` and `fork` than `resumption`: two courts may each stop it, and
each of their orders must be lifted. `suspend` needs one officer and no passphrase of the office, so that it is quick;
`resume` needs two officers, and an order that this office has not acted on before.

    1  a suspension is one commit: its entry, and every open batch held where it stands
    2  every step asks `require_running` inside each of its own commits, so a run in progress stops at its next chunk,
       and a release that has not been committed is not made
    3  a release that was committed before is entered before; its files are not written, or written again, until it is lifted
    4  the last resumption lets held batches go on where they were; one that was reviewed is reviewed again

So from the ledger alone: between a suspension and its resumption there is no `granted`, `opening`, `disclosure` or `release`.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from counterfoil import canon
from counterfoil.errors import InputFault, StateFault, VerifyFault
from counterfoil.ledger import Draft, Kind
from counterfoil.model import Officer, Public
from counterfoil.office import Office
from counterfoil.proof import Signer
from counterfoil.review import store as batches
from counterfoil.review.machine import BatchState
from counterfoil.review.orders import Order, keep_order, order_was_used
from counterfoil.store import Connection

MAX_ORDER_BYTES: Final = 50_000_000
_OPEN: Final = (BatchState.RECEIVED, BatchState.GATED, BatchState.DETERMINED, BatchState.REVIEWED)


class Stood(Public, frozen=True):
    """What an order did. `batches`: how many were held, or let go on; `running`: whether the office answers now."""

    order: str
    index: int
    batches: int
    running: bool


def require_running(office: Office, connection: Connection) -> None:
    """Raise StateFault `suspended` while the office stands still."""
    if stands_still(office, connection):
        raise StateFault(
            "suspended", "this office stands still, by order or because its ledger forked; nothing is received, decided or released",
            place="ledger",
            cure="Wait until `counterfoil resume` is run with the order that lifts it, then run the same command again.",
        )  # fmt: skip


@contextmanager
def acting(office: Office) -> Generator[Connection]:
    """A transaction of a step that receives, decides or releases. Raises StateFault `suspended`, StoreFault."""
    with office.store.transaction() as connection:
        require_running(office, connection)
        yield connection


def suspend(office: Office, order: Path, expected: str, name: str, signer: Signer) -> Stood:
    """Stop at once. `expected` is the order's digest where it was given apart from the file, else "".

    Raises InputFault or VerifyFault (the order), StateFault (the officer), StoreFault.
    """
    digest = read_order(order, expected)
    with office.store.transaction() as connection:
        officer = batches.officer_with_key(connection, name, str(signer.verifier))
        _require_new(connection, digest)
        held = hold_open(connection)
        index = _enter(office, connection, Kind.SUSPENSION, digest, officer, None)
    return Stood(digest, index, held, False)


def resume(office: Office, order: Path, expected: str, first: tuple[str, Signer], second: tuple[str, Signer]) -> Stood:
    """Lift one suspension by a new order. Raises as `suspend`; StateFault `not_suspended`, `officers_same`."""
    digest = read_order(order, expected)
    with office.store.transaction() as connection:
        officers = [
            batches.officer_with_key(connection, name, str(signer.verifier)) for name, signer in (first, second)
        ]
        if officers[0] == officers[1]:
            raise StateFault(
                "officers_same", "one officer cannot lift a suspension alone", place=officers[0].name,
                cure="Name two officers, each with a key of their own.",
            )  # fmt: skip
        if not stands_still(office, connection):
            raise StateFault("not_suspended", "this office does not stand still", cure="There is nothing to lift.")
        _require_new(connection, digest)
        index = _enter(office, connection, Kind.RESUMPTION, digest, officers[0], officers[1])
        running = not stands_still(office, connection)
        held = [batch for batch in batches.list_batches(connection) if batch.state is BatchState.HELD]
        for batch in held if running else ():
            batches.mark_resumed(connection, batch)
    return Stood(digest, index, len(held) if running else 0, running)


def hold_open(connection: Connection) -> int:
    """Hold every open batch where it stands; how many there were."""
    waiting = [batch for batch in batches.list_batches(connection) if batch.state in _OPEN]
    for batch in waiting:
        batches.mark_held(connection, batch)
    return len(waiting)


def read_order(path: Path, expected: str) -> str:
    """The digest of an order's file. Raises InputFault `order_unreadable`, `order_empty`, VerifyFault `order_digest`."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_ORDER_BYTES + 1)
    except OSError as fault:
        raise InputFault(
            "order_unreadable", f"the order cannot be read ({type(fault).__name__})", place=path.name,
            cure="Name the file of the order, as it was served.",
        ) from None  # fmt: skip
    if not data or len(data) > MAX_ORDER_BYTES:
        raise InputFault(
            "order_empty", f"the order's file is empty, or larger than {MAX_ORDER_BYTES} bytes", place=path.name,
            cure="Name the file of the order, as it was served.",
        )  # fmt: skip
    digest = canon.digest(data)
    if expected and digest != expected:
        raise VerifyFault(
            "order_digest", "the order's file does not match the digest that was given", place=path.name,
            cure="Get the order again from where it was issued; nothing was changed.",
        )  # fmt: skip
    return digest


def stands_still(office: Office, connection: Connection) -> bool:
    """Whether more suspensions and forks were entered than were lifted."""
    counts = office.ledger.counts(connection)
    return counts[Kind.SUSPENSION] + counts[Kind.FORK] > counts[Kind.RESUMPTION]


def _require_new(connection: Connection, digest: str) -> None:
    if order_was_used(connection, digest):
        raise StateFault(
            "order_used", "this office acted on that order before", place=digest,
            cure="A suspension, and what lifts it, each need an order of their own.",
        )  # fmt: skip


def _enter(
    office: Office, connection: Connection, kind: Kind, digest: str, officer: Officer, second: Officer | None
) -> int:
    now, salt = office.clock(), office.random(canon.SALT_BYTES)
    fields = {"commitment": canon.commit(salt, digest.encode()), "officer": canon.digest(officer.vkey.encode())}
    if second is not None:
        fields["second"] = canon.digest(second.vkey.encode())
    index = office.ledger.append(connection, [Draft(kind, {**fields})], now)[0]
    keep_order(connection, Order(kind.value, digest, salt, officer.name, second.name if second else "", now, index))
    return index
