"""Checks of the facts of 8 USC 1326, reentry of removed aliens: a removal or an order, and a later
day on which the person entered, tried to enter, or was found.

A request under another statute meets them all: they are not its facts.
"""

from __future__ import annotations

from counterfoil.core.values import State
from counterfoil.gate.checks.inputs import MET, NOT_MET, NOT_SHOWN, CheckInput, met_if
from counterfoil.gate.checks.removal import fact_state, under
from counterfoil.gate.law.compiled import Terms

REENTRY = "us-8-1326"
"""The entry of the list of criminal statutes whose facts these are."""


@under(REENTRY)
def reentry_order_is_dated(inputs: CheckInput, terms: Terms) -> State:
    """The day of the order or removal is stated, and is not after the request."""
    ordered = inputs.request.removal_order.ordered_on
    return NOT_SHOWN if ordered is None else met_if(ordered <= inputs.day)


@under(REENTRY)
def reentry_is_dated(inputs: CheckInput, terms: Terms) -> State:
    """The day of the entry, the attempt or the finding is stated, after the order and not after the
    request."""
    ordered, found = inputs.request.removal_order.ordered_on, inputs.request.offence_date
    if found is None:
        return NOT_SHOWN
    if found > inputs.day:
        return NOT_MET
    return MET if ordered is None else met_if(ordered < found)


@under(REENTRY)
def reentry_fact_is_stated(inputs: CheckInput, terms: Terms) -> State:
    """What happened on that day is stated in words."""
    return fact_state(inputs.request.offence_fact, terms)
