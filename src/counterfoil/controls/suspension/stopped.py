"""What stands still now: asked inside every commit of every step.

A part of the office (controls/suspension/scope.py) stands still while more entries `suspension`
reach it than entries `resumption` of the same reach; a `fork` counts as a suspension of the whole
office. The table of orders says which reach each entry has, and is not believed:

    1  it holds as many suspensions and resumptions as the ledger counts, each entry once
    2  the entry at the index of each is of that kind, says that reach, and commits to that order

Where either fails, the whole office stands still (`orders_disagree`): closed by default.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager

from counterfoil.batches.batch import Batch, BatchHeader, NewBatch
from counterfoil.controls.suspension.scope import OFFICE, Reach, read_reach
from counterfoil.controls.suspension.store import Order, list_orders
from counterfoil.core import canonical
from counterfoil.core.errors import StateFault
from counterfoil.core.values import Public
from counterfoil.database import Connection
from counterfoil.ledger import EntryKind
from counterfoil.ledger.entries import decode
from counterfoil.office import Office


class Stopped(Public, frozen=True):
    """`reaches`: by the text of a reach, how many suspensions of it are not lifted. `agrees`:
    whether the table of orders says what the ledger says."""

    reaches: dict[str, int]
    agrees: bool = True

    def holds(self, batch_id: str = "", header: BatchHeader | None = None) -> Reach | None:
        """The reach for which a batch stands still, or, of no batch, the office; None where it goes
        on."""
        if not self.agrees:
            return OFFICE
        found = (read_reach(text, "") for text in self.reaches)
        return next((reach for reach in found if reach.covers(batch_id, header)), None)


def stopped(office: Office, connection: Connection) -> Stopped:
    """What stands still now."""
    orders, counts = list_orders(connection), office.ledger.counts(connection)
    entered = {
        EntryKind.SUSPENSION: counts[EntryKind.SUSPENSION],
        EntryKind.RESUMPTION: counts[EntryKind.RESUMPTION],
    }
    kept = Counter(order.kind for order in orders)
    agrees = (
        all(kept[kind.value] == count for kind, count in entered.items())
        and len({order.entry_index for order in orders}) == len(orders) == sum(entered.values())
        and all(_is_entered(office, connection, order) for order in orders)
    )
    net = Counter({str(OFFICE): counts[EntryKind.FORK]})
    for order in orders:
        net[order.reach] += 1 if order.kind == EntryKind.SUSPENSION.value else -1
    return Stopped({text: count for text, count in net.items() if count > 0}, agrees)


def require_running(
    office: Office, connection: Connection, batch_id: str = "", header: BatchHeader | None = None
) -> None:
    """Raise StateFault `suspended` while a batch of this id and header stands still,
    `orders_disagree`.

    Of no batch: while the whole office does.
    """
    now = stopped(office, connection)
    if not now.agrees:
        raise orders_disagree()
    reach = now.holds(batch_id, header)
    if reach is not None:
        still = "this office stands" if reach == OFFICE else f"what is within {reach.over} stands"
        raise StateFault(
            "suspended",
            f"{still} still, by order or because its ledger forked; nothing is received, "
            "decided or released",
            place="ledger" if reach == OFFICE else str(reach),
            cure="Wait until `counterfoil resume` is run with the order that lifts it, then run "
            "the same command again.",
        )


@contextmanager
def acting(office: Office, batch: Batch | NewBatch | None = None) -> Generator[Connection]:
    """A transaction of a step that receives, decides or releases. Raises as `require_running`, and
    StoreFault."""
    with office.store.transaction() as connection:
        if batch is None:
            require_running(office, connection)
        else:
            require_running(office, connection, batch.id, batch.header)
        yield connection


def require_same_rules(office: Office, batch: Batch) -> None:
    """A batch is finished under the rules that it was received under, or not at all. Raises
    StateFault `rules_changed`."""
    if batch.rules_digest != office.rules:
        raise StateFault(
            "rules_changed",
            "the law, the agreement or the version changed since this batch was received",
            place=batch.id,
            cure="Withdraw the batch, and have the requester send it again: it is judged anew "
            "under the rules in force.",
        )


def orders_disagree() -> StateFault:
    """The whole office stands still, because what stopped it cannot be told."""
    return StateFault(
        "orders_disagree",
        "the table of orders does not say what the ledger says; the whole office stands still",
        place="standing_order",
        cure="Restore the database from its backup, and find out who altered it.",
    )


def _is_entered(office: Office, connection: Connection, order: Order) -> bool:
    data = next(
        iter(office.ledger.entries(connection, order.entry_index, order.entry_index + 1)), None
    )
    if data is None:
        return False
    entry = decode(data, f"entry {order.entry_index}")
    said = {
        name: entry.fields[name]
        for name in ("batch", "route", "principal", "requester")
        if name in entry.fields
    }
    return (entry.kind.value, said, entry.fields["commitment"]) == (
        order.kind,
        read_reach(order.reach, "").fields(),
        canonical.commit(order.salt, order.order_digest.encode()),
    )
