"""The acts of notice before release: what of demands and notices was entered. Kinds and what each
commits to: service.py."""

from __future__ import annotations

from typing import Any, Final

from counterfoil.controls.notices.rules import Demand, Notice
from counterfoil.core import canonical
from counterfoil.core.values import Public
from counterfoil.database import Connection
from counterfoil.ledger import EntryKind
from counterfoil.office import Office, acts
from counterfoil.office.acts import Act, NewAct

ADDED: Final = "added"
LIFTED: Final = "lifted"
KINDS: Final = (EntryKind.NOTICE_RULE, EntryKind.NOTICE)


class EnteredNotices(Public, frozen=True):
    """What acts and agreement say: demands in force, those of orders by number, and notices."""

    demands: tuple[Demand, ...]
    ordered: dict[int, Demand]
    notices: tuple[Notice, ...]


def one_line(text: str) -> str:
    """A text with single spaces between its words, so that it stands on one line of a notice."""
    return " ".join(text.split())


def load_entered_acts(office: Office, connection: Connection) -> tuple[Act, ...]:
    """Every act of the two kinds, as the ledger has them. Raises StateFault `orders_disagree`."""
    loaded = acts.load_acts(office, connection, KINDS, _meaning)
    if not loaded.agrees:
        raise acts.acts_disagree("nothing is released")
    return loaded.acts


def entered_of(office: Office, loaded: tuple[Act, ...]) -> EnteredNotices:
    """What these acts and the agreement say now."""
    lifted = {act.subject for act in loaded if act.event == LIFTED}
    ordered = {
        int(act.subject): _demand_of(act)
        for act in loaded
        if act.event == ADDED and act.subject not in lifted
    }
    demands = [*ordered.values()]
    if (agreed := office.law.agreement.release_notice) is not None:
        to = tuple(map(one_line, agreed.to))
        demands.insert(0, Demand("agreement", agreed.over_rows, agreed.hours, to))
    notices = [
        Notice(act.subject, tuple(map(str, _said(act).get("to") or ())), act.entered_at)
        for act in loaded
        if act.kind is EntryKind.NOTICE
    ]
    return EnteredNotices(tuple(demands), ordered, tuple(notices))


def source_of(number: int) -> str:
    """How the demand of an order is named."""
    return f"order {number}"


def rule_act(event: str, demand: Demand, document: str) -> NewAct:
    """The act by which a demand of an order is added or lifted, before it is entered."""
    number = demand.source.rpartition(" ")[2]
    said = {
        "event": event,
        "hours": demand.hours,
        "order": document,
        "over_rows": demand.over_rows,
        "rule": number,
        "to": list(demand.to),
    }
    return NewAct(
        EntryKind.NOTICE_RULE,
        number,
        canonical.encode(said),
        {"event": event},
        event=event,
        document=document,
    )


def notice_act(batch: str, to: tuple[str, ...], document: str) -> NewAct:
    """The act of a notice before it is entered. `document`: the digest of its file."""
    committed = canonical.encode({"batch": batch, "notice": document, "to": list(to)})
    return NewAct(EntryKind.NOTICE, batch, committed, {"batch": batch}, document=document)


def _meaning(act: Act) -> NewAct:
    """The act that the columns of one mean."""
    if act.kind is EntryKind.NOTICE:
        to = tuple(map(str, _said(act).get("to") or ()))
        return notice_act(act.subject, to, act.document)
    return rule_act(act.event, _demand_of(act), act.document)


def _demand_of(act: Act) -> Demand:
    said = _said(act)
    rows, hours = _whole(said.get("over_rows")), _whole(said.get("hours"))
    return Demand(f"order {act.subject}", rows, hours, tuple(map(str, said.get("to") or ())))


def _whole(value: object) -> int:
    return value if type(value) is int else -1


def _said(act: Act) -> dict[str, Any]:
    return canonical.read_object(act.committed) or {}
