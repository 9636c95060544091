"""Checks of the file as a whole: who asks, under what, how much. Each is asked once a batch.

Every check is `(sent, terms) -> State`; the element that names it carries its citation and its
words.
"""

from __future__ import annotations

from counterfoil.core.values import State
from counterfoil.gate.checks.inputs import MET, NOT_MET, NOT_SHOWN, Sent, met_if
from counterfoil.gate.law.agreement import DELEGATE, Principal
from counterfoil.gate.law.compiled import Terms
from counterfoil.gate.law.folding import fold_entry


def _principal(sent: Sent, terms: Terms) -> Principal | None:
    return terms.principals.get(sent.header.principal)


def principal_is_listed(sent: Sent, terms: Terms) -> State:
    """The principal is of the closed list of offices, in force when the file was sent and now."""
    if not sent.header.principal:
        return NOT_SHOWN
    principal = _principal(sent, terms)
    if principal is None or principal.office not in terms.offices | {DELEGATE}:
        return NOT_MET
    return met_if(
        principal.in_force.covers(sent.header.sent_on) and principal.in_force.covers(sent.on)
    )


def principal_is_no_delegate(sent: Sent, terms: Terms) -> State:
    """The principal acts in person, or the agreement admits delegates and this one's papers are
    registered."""
    principal = _principal(sent, terms)
    if principal is None:
        return NOT_SHOWN
    admitted = terms.agreement.delegation.allowed and principal.papers is not None
    return met_if(principal.office != DELEGATE or admitted)


def request_is_signed(sent: Sent, terms: Terms) -> State:
    """The file carries the principal's own verified signature, or a sandbox accepts it unsigned."""
    principal = _principal(sent, terms)
    if principal is None:
        return NOT_SHOWN
    if principal.unsigned_accepted and terms.agreement.sandbox:
        return MET
    if principal.key is None:
        return NOT_MET
    return MET if sent.header.signed else NOT_SHOWN


def agreement_is_named(sent: Sent, terms: Terms) -> State:
    """The file names this agreement."""
    if not sent.header.agreement:
        return NOT_SHOWN
    return met_if(sent.header.agreement == terms.agreement.id)


def agreement_is_in_force(sent: Sent, terms: Terms) -> State:
    """The agreement is in force on the day of decision and was when the file was sent."""
    span = terms.agreement.in_force
    return met_if(span.covers(sent.on) and span.covers(sent.header.sent_on))


def requester_is_party(sent: Sent, terms: Terms) -> State:
    """The requester is the agreement's, by id or name."""
    if not sent.header.requester:
        return NOT_SHOWN
    party = terms.agreement.parties.requester
    return met_if(
        fold_entry(sent.header.requester) in {fold_entry(party.id), fold_entry(party.name)}
    )


def law_is_in_force(sent: Sent, terms: Terms) -> State:
    """Every statute that the route rests on is in force on the day of decision."""
    del terms
    return met_if(bool(sent.statutes) and all(span.covers(sent.on) for span in sent.statutes))


def safeguards_are_current(sent: Sent, terms: Terms) -> State:
    """The requester's safeguards are known to be current on the day of decision."""
    until = terms.agreement.safeguards.current_until
    return NOT_SHOWN if until is None else met_if(sent.on <= until)


def batch_is_within_limit(sent: Sent, terms: Terms) -> State:
    """The file holds no more rows than the agreement allows."""
    return met_if(sent.rows <= terms.agreement.limits.batch_rows)


def batch_is_plausible(sent: Sent, terms: Terms) -> State:
    """The file holds no more rows than the requester's declared caseload makes plausible."""
    declared = terms.agreement.limits.declared_caseload
    return met_if(sent.rows <= declared.matters * declared.multiple)


def sent_date_has_come(sent: Sent, terms: Terms) -> State:
    """The file was not sent after the day of decision."""
    del terms
    return met_if(sent.header.sent_on <= sent.on)


def sent_date_is_recent(sent: Sent, terms: Terms) -> State:
    """The file was sent within the agreement's number of days."""
    return met_if((sent.on - sent.header.sent_on).days <= terms.agreement.limits.sent_within_days)
