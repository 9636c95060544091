"""Guards against probing, over the file and all earlier ones: the agreement's `limits.guards`.

Checks of a request are `(inputs, terms) -> State`, checks of the file `(file, terms) -> State`. A
guard against a thing is met where the thing is absent.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from counterfoil.core.values import State
from counterfoil.gate.checks.inputs import (
    MET,
    NEEDS_OFFICER,
    NOT_MET,
    CheckInput,
    FileInput,
    met_if,
)
from counterfoil.gate.law.agreement import Guards
from counterfoil.gate.law.compiled import Terms, place_keys

PROBING: Final = frozenset(
    {"person_is_not_asked_often", "person_addresses_are_few", "address_people_are_few"}
)
"""The checks whose refusals are attempts to probe: enough of them lock the requester out for some
days."""


def person_is_not_asked_often(inputs: CheckInput, terms: Terms) -> State:
    """No more requests about this person within the window than agreed, over all officers."""
    most = terms.agreement.limits.guards.attempts_on_person
    return MET if inputs.uses.attempts <= most else NOT_MET


def person_addresses_are_few(inputs: CheckInput, terms: Terms) -> State:
    """No more different addresses asked within the window than agreed: for this person, and for
    this date of birth and given name, whatever family name is written."""
    guards, uses = terms.agreement.limits.guards, inputs.uses
    if uses.addresses > guards.addresses_of_person:
        return NOT_MET
    return MET if uses.born_addresses <= guards.born_addresses else NOT_MET


def address_people_are_few(inputs: CheckInput, terms: Terms) -> State:
    """No more different people asked at this address within the window than agreed for an address
    of its class: a listed place of custody, a listed shared address, or any other."""
    guards, people = terms.agreement.limits.guards, inputs.uses.people
    if people <= guards.people_at_address:
        return MET
    keys = place_keys(inputs.address)
    if not terms.custodial_places.isdisjoint(keys):
        most = guards.people_at_custodial_place
        return met_if(most is None or people <= most)
    shared = not terms.shared_places.isdisjoint(keys)
    return met_if(shared and people <= guards.shared_place)


def evidence_is_not_tried(inputs: CheckInput, terms: Terms) -> State:
    """No other date of birth, tax number or set of taxable years is stated for this person and
    home within the window, nor none where one was. Two people of one name may live there, so an
    officer must look."""
    uses = inputs.uses
    return MET if uses.dates == uses.numbers == uses.years == 1 else NEEDS_OFFICER


def request_is_not_repeated(inputs: CheckInput, terms: Terms) -> State:
    """The request, but for its id, was not made more often within the window than agreed."""
    return MET if inputs.uses.contents <= terms.agreement.limits.guards.same_request else NOT_MET


def day_quota_is_kept(file: FileInput, terms: Terms) -> State:
    """The requests of the day, this file's included, are within the requester's quota."""
    most = terms.agreement.limits.guards.requests_per_day
    return met_if(file.history.day_requests + _counted_rows(file, terms) <= most)


def year_quota_is_kept(file: FileInput, terms: Terms) -> State:
    """The requests of 365 days, this file's included, are within the requester's quota."""
    most = terms.agreement.limits.guards.requests_per_year
    return met_if(file.history.year_requests + _counted_rows(file, terms) <= most)


def _counted_rows(file: FileInput, terms: Terms) -> int:
    """The file's rows as a quota counts them: a file too large uses no more of it."""
    return min(file.rows, terms.agreement.limits.batch_rows)


def no_lockout_is_in_force(file: FileInput, terms: Terms) -> State:
    """Earlier files together did not have as many attempts to probe as lock the requester out
    today. A lockout takes as many attempts as it needs: those before it count for no other."""
    guards, history = terms.agreement.limits.guards, file.history
    if not history.probe_days:
        return met_if(not _one_file_locks(file, guards))
    counting: list[tuple[date, int]] = []
    for day, probes in sorted(history.probes):
        counting = [each for each in counting if (day - each[0]).days < history.probe_days]
        counting.append((day, probes))
        if sum(each for _, each in counting) >= guards.lockout_attempts:
            if 0 <= (file.on - day).days <= guards.lockout_days:
                return NOT_MET
            counting = []
    return MET


def _one_file_locks(file: FileInput, guards: Guards) -> bool:
    """Whether one earlier file locks the requester out by itself, as in the first version."""
    return any(
        probes >= guards.lockout_attempts and 0 <= (file.on - day).days <= guards.lockout_days
        for day, probes in file.history.probes
    )
