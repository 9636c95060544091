"""Checks of the document that a file rests on: a court's order, 26 USC 6103(i)(1), or a taxpayer's
consent, 26 USC 6103(c).

What is checked is what the file's header states of the document, which the principal has signed.
Whether the document's own file was given and is the one that the header names is settled before
(documents.py): a file without it is never decided.

How the days are counted: the document's date is day 0, and its last day is taken. An order of 1
March that is taken for 60 days is good until 30 April, and so is a consent of 1 March that must be
received within 60 days.
"""

from __future__ import annotations

from typing import Final

from counterfoil.core.values import State
from counterfoil.gate.checks.inputs import MET, NOT_MET, NOT_SHOWN, CheckInput, Sent, met_if
from counterfoil.gate.checks.periods import person_key
from counterfoil.gate.law.compiled import Terms
from counterfoil.gate.law.folding import fold_entry, fold_words

FINDS_ACT: Final = "specific_act"
FINDS_RELEVANCE: Final = "relevance"
FINDS_EXCLUSIVE_USE: Final = "exclusive_use"


def document_is_stated(sent: Sent, terms: Terms) -> State:
    """The header names the document by digest, with its date and what it reaches."""
    del terms
    return NOT_SHOWN if sent.header.document is None else MET


def document_is_not_future(sent: Sent, terms: Terms) -> State:
    """The document is not dated after the day of sending."""
    del terms
    document = sent.header.document
    return NOT_SHOWN if document is None else met_if(document.issued_on <= sent.header.sent_on)


def document_is_recent(sent: Sent, terms: Terms) -> State:
    """The day of decision is within the route's days after the document's date."""
    document = sent.header.document
    if document is None:
        return NOT_SHOWN
    days = [each.days for each in terms.document_days if each.in_force.covers(sent.on)]
    return met_if(bool(days) and (sent.on - document.issued_on).days <= min(days))


def document_has_not_expired(sent: Sent, terms: Terms) -> State:
    """The document's own last day, if it names one, has not passed."""
    del terms
    document = sent.header.document
    if document is None:
        return NOT_SHOWN
    return met_if(document.expires_on is None or sent.on <= document.expires_on)


def document_reaches_item(sent: Sent, terms: Terms) -> State:
    """The document reaches what is asked: the address."""
    document = sent.header.document
    if document is None or not document.items:
        return NOT_SHOWN
    return met_if(not terms.document_items.isdisjoint(map(fold_entry, document.items)))


def person_is_reached(asked: CheckInput, terms: Terms) -> State:
    """The person is one whom the document names; where it gives a date of birth, the request gives
    the same."""
    del terms
    scope = asked.scope
    if scope is None or not scope.people:
        return NOT_SHOWN
    return met_if(scope.names(person_key(asked.request.person), asked.request.person.date_of_birth))


def periods_are_reached(asked: CheckInput, terms: Terms) -> State:
    """Every taxable year of the request is one that the document names."""
    del terms
    scope = asked.scope
    if scope is None or not scope.years or not asked.periods.years:
        return NOT_SHOWN
    return met_if(all(year in scope.years for year in asked.periods.years))


def order_court_is_named(sent: Sent, terms: Terms) -> State:
    """The court that made the order is named."""
    document = sent.header.document
    return NOT_SHOWN if document is None or fold_entry(document.court) in terms.absent else MET


def order_judge_is_listed(sent: Sent, terms: Terms) -> State:
    """The order is of a judge of a class that may grant it."""
    document = sent.header.document
    if document is None or fold_entry(document.judge) in terms.absent:
        return NOT_SHOWN
    return MET if fold_entry(document.judge) in terms.judges else NOT_MET


def order_finds_act(sent: Sent, terms: Terms) -> State:
    """The order states the first finding: reasonable cause to believe that a specific criminal act
    was committed."""
    del terms
    return _finds(sent, FINDS_ACT)


def order_finds_relevance(sent: Sent, terms: Terms) -> State:
    """The order states the second finding: the information is or may be relevant to the act."""
    del terms
    return _finds(sent, FINDS_RELEVANCE)


def order_finds_exclusive_use(sent: Sent, terms: Terms) -> State:
    """The order states the third finding: used for the federal criminal matter alone, and not to be
    had elsewhere."""
    del terms
    return _finds(sent, FINDS_EXCLUSIVE_USE)


def consent_names_recipient(sent: Sent, terms: Terms) -> State:
    """The consent designates the requester as who may receive."""
    document = sent.header.document
    if document is None or fold_entry(document.recipient) in terms.absent:
        return NOT_SHOWN
    party = terms.agreement.parties.requester
    return met_if(fold_entry(document.recipient) in {fold_entry(party.id), fold_entry(party.name)})


def consent_purpose_is_stated(sent: Sent, terms: Terms) -> State:
    """The consent states the purpose for which the answer may be used."""
    document = sent.header.document
    return (
        NOT_SHOWN
        if document is None or fold_words(document.purpose) in terms.nothing_words
        else MET
    )


def consent_is_of_one_person(sent: Sent, terms: Terms) -> State:
    """A consent is one taxpayer's own."""
    del terms
    document = sent.header.document
    return (
        NOT_SHOWN if document is None or not document.people else met_if(len(document.people) == 1)
    )


def _finds(sent: Sent, finding: str) -> State:
    document = sent.header.document
    return MET if document is not None and finding in map(fold_entry, document.finds) else NOT_SHOWN
