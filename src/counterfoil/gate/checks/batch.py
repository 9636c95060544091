"""Checks of the file as a whole: who asks, under what, how much. Each is evaluated once a batch.

Every check is `(file, terms) -> State`; the element that names it has its citation and its words.
"""

from __future__ import annotations

from counterfoil.core.values import State
from counterfoil.gate.checks.inputs import MET, NOT_MET, NOT_SHOWN, FileInput, met_if
from counterfoil.gate.law.agreement import DELEGATE, DELEGATION, Principal
from counterfoil.gate.law.compiled import Terms
from counterfoil.gate.law.folding import fold_entry


def _principal(file: FileInput, terms: Terms) -> Principal | None:
    return terms.principals.get(file.header.principal)


def principal_is_listed(file: FileInput, terms: Terms) -> State:
    """The principal is of the closed list of offices, in force when the file was sent and now."""
    if not file.header.principal:
        return NOT_SHOWN
    principal = _principal(file, terms)
    if principal is None or principal.office not in terms.offices | {DELEGATE}:
        return NOT_MET
    return met_if(
        principal.in_force.covers(file.header.sent_on) and principal.in_force.covers(file.on)
    )


def principal_is_no_delegate(file: FileInput, terms: Terms) -> State:
    """The principal acts in person, or the agreement admits delegates, both parties have signed the
    reading by which they may ask, and this one's papers are registered."""
    principal = _principal(file, terms)
    if principal is None:
        return NOT_SHOWN
    admitted = terms.agreement.delegation.allowed and principal.papers is not None
    is_read = terms.edition < 3 or DELEGATION in terms.readings
    return met_if(principal.office != DELEGATE or (admitted and is_read))


def principal_is_of_agency(file: FileInput, terms: Terms) -> State:
    """An official whom the statute names of one agency asks for that agency alone."""
    principal = _principal(file, terms)
    if principal is None:
        return NOT_SHOWN
    agency = terms.office_agencies.get(principal.office, terms.requester_agency)
    return met_if(agency == terms.requester_agency)


def request_is_signed(file: FileInput, terms: Terms) -> State:
    """The file carries the principal's own verified signature, or a sandbox accepts it unsigned."""
    principal = _principal(file, terms)
    if principal is None:
        return NOT_SHOWN
    if principal.unsigned_accepted and terms.agreement.sandbox:
        return MET
    if principal.key is None:
        return NOT_MET
    return MET if file.header.signed else NOT_SHOWN


def agreement_is_named(file: FileInput, terms: Terms) -> State:
    """The file names this agreement."""
    if not file.header.agreement:
        return NOT_SHOWN
    return met_if(file.header.agreement == terms.agreement.id)


def agreement_is_in_force(file: FileInput, terms: Terms) -> State:
    """The agreement is in force on the day of decision and was when the file was file."""
    span = terms.agreement.in_force
    return met_if(span.covers(file.on) and span.covers(file.header.sent_on))


def requester_is_party(file: FileInput, terms: Terms) -> State:
    """The requester is the agreement's, by id or name."""
    if not file.header.requester:
        return NOT_SHOWN
    return met_if(fold_entry(file.header.requester) in terms.requester)


def law_is_in_force(file: FileInput, terms: Terms) -> State:
    """Every statute that the route rests on is in force on the day of decision."""
    return met_if(bool(file.statutes) and all(span.covers(file.on) for span in file.statutes))


def safeguards_are_current(file: FileInput, terms: Terms) -> State:
    """The requester's safeguards are known to be current on the day of decision."""
    until = terms.agreement.safeguards.current_until
    return NOT_SHOWN if until is None else met_if(file.on <= until)


def batch_is_within_limit(file: FileInput, terms: Terms) -> State:
    """The file has no more rows than the agreement allows."""
    return met_if(file.rows <= terms.agreement.limits.batch_rows)


def batch_is_plausible(file: FileInput, terms: Terms) -> State:
    """The file has no more rows than the requester's declared caseload makes plausible."""
    declared = terms.agreement.limits.declared_caseload
    return met_if(file.rows <= declared.matters * declared.multiple)


def sent_date_has_come(file: FileInput, terms: Terms) -> State:
    """The file was not sent after the day of decision."""
    return met_if(file.header.sent_on <= file.on)


def sent_date_is_recent(file: FileInput, terms: Terms) -> State:
    """The file was sent within the agreement's number of days."""
    return met_if((file.on - file.header.sent_on).days <= terms.agreement.limits.sent_within_days)
