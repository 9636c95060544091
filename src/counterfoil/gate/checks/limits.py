"""Guards against probing, over the file and all earlier ones: limits of the agreement,
`limits.guards`.

Request checks are `(asked, terms) -> State`, checks of the file `(sent, terms) -> State`. A guard
is met where the thing is absent.
"""

from __future__ import annotations

from typing import Final

from counterfoil.core.values import State
from counterfoil.gate.checks.inputs import MET, NOT_MET, CheckInput, Sent, met_if
from counterfoil.gate.law.compiled import Terms, place_keys

PROBING: Final = frozenset(
    {"person_is_not_asked_often", "person_addresses_are_few", "address_people_are_few"}
)
"""The checks whose refusals are attempts to probe: enough of them lock the requester out for some
days."""


def person_is_not_asked_often(asked: CheckInput, terms: Terms) -> State:
    """No more requests about this person within the window than agreed, whoever asks."""
    return (
        MET if asked.uses.attempts <= terms.agreement.limits.guards.attempts_on_person else NOT_MET
    )


def person_addresses_are_few(asked: CheckInput, terms: Terms) -> State:
    """No more different addresses asked for this person within the window than agreed."""
    return MET if asked.uses.doors <= terms.agreement.limits.guards.addresses_of_person else NOT_MET


def address_people_are_few(asked: CheckInput, terms: Terms) -> State:
    """No more different people asked at this address within the window than agreed; listed places
    of custody aside."""
    if asked.uses.people <= terms.agreement.limits.guards.people_at_address:
        return MET
    return NOT_MET if terms.custodial_places.isdisjoint(place_keys(asked.address)) else MET


def request_is_not_repeated(asked: CheckInput, terms: Terms) -> State:
    """The request, but for its id, was not made more often within the window than agreed."""
    return MET if asked.uses.contents <= terms.agreement.limits.guards.same_request else NOT_MET


def day_quota_is_kept(sent: Sent, terms: Terms) -> State:
    """The requests of the day, this file's included, are within the requester's quota."""
    limits = terms.agreement.limits
    return met_if(
        sent.history.day_requests + min(sent.rows, limits.batch_rows)
        <= limits.guards.requests_per_day
    )


def year_quota_is_kept(sent: Sent, terms: Terms) -> State:
    """The requests of 365 days, this file's included, are within the requester's quota."""
    limits = terms.agreement.limits
    return met_if(
        sent.history.year_requests + min(sent.rows, limits.batch_rows)
        <= limits.guards.requests_per_year
    )


def no_lockout_is_in_force(sent: Sent, terms: Terms) -> State:
    """No earlier file of the last days held as many attempts to probe as lock the requester out."""
    guards = terms.agreement.limits.guards
    days = [
        (sent.on - day).days
        for day, probes in sent.history.probes
        if probes >= guards.lockout_attempts
    ]
    return met_if(not any(0 <= passed <= guards.lockout_days for passed in days))
