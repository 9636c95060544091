"""What a court's order demands of notice before release: two officers enter it, and lift it by
another order. What an act commits to: service.py."""

from __future__ import annotations

from typing import Final

from counterfoil.batches.officers import Role
from counterfoil.controls.notices.entered import (
    ADDED,
    KINDS,
    LIFTED,
    entered_of,
    load_entered_acts,
    rule_act,
    source_of,
)
from counterfoil.controls.notices.rules import Demand
from counterfoil.core import canonical
from counterfoil.core.errors import StateFault, UsageFault
from counterfoil.core.use_cases import Actor, SignedCommand, Statement, Upload
from counterfoil.core.values import Public
from counterfoil.database import Connection
from counterfoil.office import Office, acts, authority
from counterfoil.office.acts import Act, NewAct

MOST_ROWS: Final = 999_999_999
MOST_HOURS: Final = 8_760
MOST_NAMES: Final = 16
MOST_NAME_LETTERS: Final = 200
_TWO: Final = (Role.DISCLOSURE, Role.DISCLOSURE)


class OrderNotice(SignedCommand, frozen=True):
    """Enter what a court's order demands; two officers. `to`: who is to have notice."""

    order: Upload
    over_rows: int
    hours: int
    to: tuple[str, ...]


class LiftNotice(SignedCommand, frozen=True):
    """Lift the demand of this number by another order; two officers."""

    number: int
    order: Upload


class DemandEntered(Public, frozen=True):
    """A demand of an order, as it was entered or lifted."""

    rule: int
    index: int


def order_notice_statement(office: Office, actor: Actor, command: OrderNotice) -> Statement:
    """What two officers are to sign. Raises as `order_notice`."""
    document = _read(office, actor, command.order)
    with office.store.reading() as connection:
        return authority.state(office, _order_form(office, connection, command, document)[0])


def order_notice(office: Office, actor: Actor, command: OrderNotice) -> DemandEntered:
    """Enter the demand: from this commit on no batch is released that does not meet it. Raises
    InputFault (the order), UsageFault `notice_bounds`, StateFault `order_used`,
    `orders_disagree`; as `require_signed`."""
    document = _read(office, actor, command.order)
    with office.store.transaction() as connection:
        form, new = _order_form(office, connection, command, document)
        act = acts.enter_signed(office, connection, actor, form, new, command.signatures)
    return DemandEntered(int(act.subject), act.entry_index)


def lift_notice_statement(office: Office, actor: Actor, command: LiftNotice) -> Statement:
    """What two officers are to sign. Raises as `lift_notice`."""
    document = _read(office, actor, command.order)
    with office.store.reading() as connection:
        return authority.state(office, _lift_form(office, connection, command, document)[0])


def lift_notice(office: Office, actor: Actor, command: LiftNotice) -> DemandEntered:
    """Lift a demand of an order; the agreement's stays. Raises as `order_notice`; StateFault
    `notice_rule_unknown`."""
    document = _read(office, actor, command.order)
    with office.store.transaction() as connection:
        form, new = _lift_form(office, connection, command, document)
        act = acts.enter_signed(office, connection, actor, form, new, command.signatures)
    return DemandEntered(command.number, act.entry_index)


def _order_form(
    office: Office, connection: Connection, command: OrderNotice, document: str
) -> tuple[authority.ActForm, NewAct]:
    _require_bounds(command)
    before = load_entered_acts(office, connection)
    _require_unused(before, document)
    number = sum(act.event == ADDED for act in before) + 1
    demand = Demand(source_of(number), command.over_rows, command.hours, command.to)
    return _rule_form(office, connection, "order-notice", number, rule_act(ADDED, demand, document))


def _lift_form(
    office: Office, connection: Connection, command: LiftNotice, document: str
) -> tuple[authority.ActForm, NewAct]:
    before = load_entered_acts(office, connection)
    _require_unused(before, document)
    demand = entered_of(office, before).ordered.get(command.number)
    if demand is None:
        raise StateFault(
            "notice_rule_unknown",
            "no demand of an order has that number, or it was lifted",
            place=str(command.number),
            cure="`counterfoil notice list` shows those in force. The agreement's cannot be "
            "lifted: both parties sign another one.",
        )
    new = rule_act(LIFTED, demand, document)
    return _rule_form(office, connection, "lift-notice", command.number, new)


def _rule_form(
    office: Office, connection: Connection, act: str, number: int, new: NewAct
) -> tuple[authority.ActForm, NewAct]:
    said = canonical.read_object(new.committed) or {}
    details: dict[str, str | int] = {
        "hours": said["hours"],
        "order": new.document,
        "over_rows": said["over_rows"],
        "to": "; ".join(said["to"]),
    }
    generation = acts.count_entered(office, connection, KINDS)
    alone = "change what notice is demanded"
    return authority.ActForm(act, str(number), generation, details, _TWO, alone), new


def _require_bounds(command: OrderNotice) -> None:
    names = command.to
    are_names = 0 < len(names) <= MOST_NAMES and all(
        name.isprintable() and name.strip() and len(name) <= MOST_NAME_LETTERS for name in names
    )
    if not (0 <= command.over_rows <= MOST_ROWS and 0 < command.hours <= MOST_HOURS and are_names):
        raise UsageFault(
            "notice_bounds",
            "the order's size, hours or names are not within their bounds",
            place="--over-rows, --hours, --to",
            cure=f"A size of 0 rows or more, 1 to {MOST_HOURS:,} hours, and 1 to {MOST_NAMES} "
            f"names of officials or courts of at most {MOST_NAME_LETTERS} characters, a line each.",
        )


def _require_unused(before: tuple[Act, ...], document: str) -> None:
    if acts.was_used(before, document):
        raise StateFault(
            "order_used",
            "this office acted on that order before",
            place=document,
            cure="Each demand, and what lifts it, needs an order of its own.",
        )


def _read(office: Office, actor: Actor, order: Upload) -> str:
    """The digest of an order, read for an enrolled officer."""
    with office.store.reading() as connection:
        authority.require_officer(connection, actor)
    return acts.read_document(order)
