"""Checks of the facts of 8 USC 1253(a)(1): a final order, its ground, 90 days, no stay.

How the days are counted: day 1 is the day after the final order, or after the court's final order
where review was had and that is later. The offence is complete only when day 90 has passed, so the
first day on which a request can be met is day 91: an order of 2 January 2025 is met from 3 April
2025.
"""

from __future__ import annotations

from counterfoil.core.values import State
from counterfoil.gate.checks.inputs import MET, NOT_MET, NOT_SHOWN, CheckInput
from counterfoil.gate.checks.matter import number_state
from counterfoil.gate.law.compiled import Terms
from counterfoil.gate.law.folding import fold_citation, fold_entry, fold_stated


def removal_order_is_numbered(inputs: CheckInput, terms: Terms) -> State:
    """The final order's number is stated and has the form of one."""
    return number_state(inputs.request.removal_order.number, terms)


def removal_order_is_dated(inputs: CheckInput, terms: Terms) -> State:
    """The final order's date is stated and is not after the request."""
    ordered = inputs.request.removal_order.ordered_on
    if ordered is None:
        return NOT_SHOWN
    return MET if ordered <= inputs.day else NOT_MET


def removal_ground_is_deportability(inputs: CheckInput, terms: Terms) -> State:
    """The ground is a class described in 8 USC 1227(a), cited to its paragraph."""
    ground = inputs.request.removal_order.ground
    if fold_stated(ground) in terms.nothing_stated:
        return NOT_SHOWN
    return MET if terms.ground.match(fold_citation(ground)) else NOT_MET


def court_order_date_is_possible(inputs: CheckInput, terms: Terms) -> State:
    """The court's order, if review was had, is neither before the order nor after the request."""
    order = inputs.request.removal_order
    court = order.court_ordered_on
    if court is None:
        return MET
    if order.ordered_on is None:
        return NOT_SHOWN
    return MET if order.ordered_on <= court <= inputs.day else NOT_MET


def departure_days_have_passed(inputs: CheckInput, terms: Terms) -> State:
    """Day 90 after the later of the two orders has passed. See the module for the count."""
    order = inputs.request.removal_order
    if order.ordered_on is None:
        return NOT_SHOWN
    last_order = max(order.ordered_on, order.court_ordered_on or order.ordered_on)
    return MET if (inputs.day - last_order).days > terms.departure_days else NOT_MET


def no_stay_is_stated(inputs: CheckInput, terms: Terms) -> State:
    """No stay of removal and no deferral is stated."""
    return MET if fold_entry(inputs.request.stay_or_deferral) in terms.nothing_stated else NOT_MET
