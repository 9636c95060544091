"""What became of a dispute: a person said that a record, or an answer that rested on it, is wrong.

An officer opened a duty of class `correction` for it (corrections.py), whatever was found, and gave
the person its number. What is told of it is the same whether somebody was confirmed, was not, or
was never asked about: the days, and whether the duty is done. How many recipients were informed is
not told, because it would tell how many answers there were. Nothing here names the person, so
nothing is entered.
"""

from __future__ import annotations

from typing import Final

from counterfoil.controls.duties.service import list_duties
from counterfoil.controls.duties.table import CORRECTION
from counterfoil.core.errors import UsageFault
from counterfoil.core.use_cases import NOBODY, Actor
from counterfoil.core.values import Public
from counterfoil.office import Office, acts
from counterfoil.office.authority import require_reader

_DAY: Final = len("2026-03-02")


class ShowDispute(Public, frozen=True):
    """The dispute of this number: the number of its duty."""

    number: int


class Dispute(Public, frozen=True):
    """One dispute. Days are YYYY-MM-DD, UTC. `done_on`: when two officers closed it, "" while it is
    open; `late`: it is open and its day has passed, or it was closed after its day."""

    number: int
    since: str
    entered_on: str
    due_on: str
    done_on: str
    late: bool


def show_dispute(office: Office, actor: Actor, question: ShowDispute) -> Dispute:
    """What became of a dispute, for an officer or an inspector.

    Raises as `require_reader`; UsageFault `dispute_unknown`; StateFault `orders_disagree`.
    """
    with office.store.reading() as connection:
        require_reader(connection, actor)
    listed = list_duties(office, NOBODY)
    if not listed.agrees:
        raise acts.acts_disagree("nothing is told of disputes")
    for duty in listed.duties:
        if (duty.number, duty.about) == (question.number, CORRECTION):
            entered, done = duty.opened_at[:_DAY], duty.closed_at[:_DAY]
            return Dispute(duty.number, duty.since, entered, duty.due_on, done, duty.late)
    raise UsageFault(
        "dispute_unknown",
        "no dispute or correction was entered under this number",
        place="dispute",
        cure="Take the number that was given when it was entered: `counterfoil duty list` shows "
        "them.",
    )
