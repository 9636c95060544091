"""Orders about informing persons of a batch's requests. Acts (office/acts.py) whose subject is the
batch:

    inform    an officer decided that persons who ask may be informed of its requests, where the
              table of routes leaves that to a decision (office/accounting_law.py)
    delay     persons are not informed of its requests up to and with a day, whatever else was
              decided (5 USC 552a(b)(7), (c)(3))

Each commits to canonical JSON of {"order": digest of the order's file, "until": the last day, or
""}.

Trusted: no. They are held against the ledger before a person is informed of anything: who alters,
adds or deletes one has nobody informed (`orders_disagree`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from counterfoil.batches import store as batches
from counterfoil.core import canonical
from counterfoil.core.errors import StateFault
from counterfoil.core.use_cases import Actor, SignedCommand, Statement, Upload
from counterfoil.core.values import Public
from counterfoil.database import Connection
from counterfoil.ledger import EntryKind
from counterfoil.office import Office, acts, authority
from counterfoil.office.acts import Act, NewAct

_INFORM: Final = (EntryKind.INFORM,)
_BOTH: Final = (EntryKind.INFORM, EntryKind.DELAY)


class InformPersons(SignedCommand, frozen=True):
    """Decide that persons who ask may be informed of a batch's requests."""

    batch: str
    order: Upload


class Informing(Public, frozen=True):
    """A decision as it was entered. `delayed_until`: the last day of a delay over the batch that
    is not over, until which nobody is informed all the same; "" where there is none."""

    batch: str
    order: str
    index: int
    delayed_until: str = ""


class InformOrders(Public, frozen=True):
    """The batches of which persons may be informed, and the last day of the longest delay over each
    batch, as text, where it is not over."""

    decided: frozenset[str]
    delays: Mapping[str, str]


def inform_persons_statement(office: Office, actor: Actor, command: InformPersons) -> Statement:
    """What the officer is to sign. Raises as `inform_persons`."""
    document = _read_order(office, actor, command)
    with office.store.reading() as connection:
        return authority.state(office, _form(office, connection, command, document))


def inform_persons(office: Office, actor: Actor, command: InformPersons) -> Informing:
    """Enter the decision. It is taken back by a delay. Raises InputFault (the order), StateFault
    `batch_unknown`, `order_used`; as `require_signed`."""
    document = _read_order(office, actor, command)
    with office.store.transaction() as connection:
        form = _form(office, connection, command, document)
        new = order_act(EntryKind.INFORM, command.batch, document, "")
        act = acts.enter_signed(office, connection, actor, form, new, command.signatures)
        delays = delays_in_force(connection, office.clock().date())
    return Informing(command.batch, document, act.entry_index, delays.get(command.batch, ""))


def load_inform_orders(office: Office, connection: Connection, today: date) -> InformOrders:
    """The orders as the ledger has them. Raises StateFault `orders_disagree`."""
    loaded = acts.load_acts(office, connection, _BOTH, order_meaning)
    if not loaded.agrees:
        raise acts.acts_disagree("no person is informed")
    decided = (act.subject for act in loaded.acts if act.kind is EntryKind.INFORM)
    return InformOrders(frozenset(decided), _delays(loaded.acts, today))


def delays_in_force(connection: Connection, today: date) -> dict[str, str]:
    """The delays of `InformOrders` as the table has them, for whoever is shown all requests."""
    return _delays(acts.list_acts(connection, EntryKind.DELAY), today)


def _delays(listed: tuple[Act, ...] | list[Act], today: date) -> dict[str, str]:
    found: dict[str, str] = {}
    for act in listed:
        until = _until_of(act)
        if act.kind is EntryKind.DELAY and until >= today.isoformat():
            found[act.subject] = max(found.get(act.subject, ""), until)
    return found


def order_act(kind: EntryKind, batch_id: str, document: str, until: str) -> NewAct:
    """An order over a batch before it is entered."""
    committed = canonical.encode({"order": document, "until": until})
    return NewAct(kind, batch_id, committed, {"batch": batch_id}, document=document)


def order_meaning(act: Act) -> NewAct:
    """The order that the columns of an act mean."""
    return order_act(act.kind, act.subject, act.document, _until_of(act))


def _until_of(act: Act) -> str:
    return str((canonical.read_object(act.committed) or {}).get("until"))


def _read_order(office: Office, actor: Actor, command: InformPersons) -> str:
    """The digest of the order, read for an enrolled officer."""
    with office.store.reading() as connection:
        authority.require_officer(connection, actor)
    return acts.read_document(command.order)


def _form(
    office: Office, connection: Connection, command: InformPersons, document: str
) -> authority.ActForm:
    batch = batches.find_batch(connection, command.batch)
    before = [act for act in acts.list_acts(connection, *_BOTH) if act.subject == batch.id]
    if acts.was_used(before, document):
        raise StateFault(
            "order_used",
            "this office acted on that order before",
            place=document,
            cure="Each decision needs a paper of its own.",
        )
    generation = acts.count_entered(office, connection, _INFORM)
    details: dict[str, str | int] = {"order": document}
    return authority.ActForm("inform-persons", batch.id, generation, details)
