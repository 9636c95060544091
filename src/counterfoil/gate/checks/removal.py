"""Checks of the facts of 8 USC 1253(a)(1), a final order, its ground, the offence of one
subparagraph, and nothing pending against the order; and of those of 8 USC 1326, a removal and a
later day on which the person entered, tried to enter, or was found.

    (A)   failure to depart: 90 days must have passed
    (B)   no timely application for travel documents  ) the day of the act, and what it was; the
    (C)   an act to prevent or hamper the departure   ) 90 days do not matter
    (D)   failure to appear for removal               )

A citation of the paragraph alone is read as (A). A request under another statute meets all the
checks of one: they are not its facts. Under law of format 1 or 2 (demands.py) every request is
taken as one under (A).

How the days are counted: day 1 is the day after the final order, or after the court's final order
where review was had and that is later. The offence of (A) is complete only when day 90 has passed,
so the first day on which a request can be met is day 91: an order of 2 January 2025 is met from 3
April 2025.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Final

from counterfoil.core.values import State
from counterfoil.gate.checks.fillers import tells
from counterfoil.gate.checks.inputs import (
    MET,
    NEEDS_OFFICER,
    NOT_MET,
    NOT_SHOWN,
    CheckInput,
    met_if,
)
from counterfoil.gate.checks.matter import charge_of, number_state
from counterfoil.gate.checks.pending import says_none
from counterfoil.gate.law.citations import listed_citations
from counterfoil.gate.law.compiled import Terms, is_listed
from counterfoil.gate.law.folding import (
    first_reading,
    fold_citation,
    fold_entry,
    fold_stated,
    screened_words,
)

REMOVAL: Final = "us-8-1253-a-1"
REENTRY: Final = "us-8-1326"
"""The entries of the list of criminal statutes whose facts these are."""
_DEPARTURE: Final = ("", "( a )")
"""The folded subdivisions that are the failure to depart."""
_SEPARATOR: Final = re.compile(r"\s*(?:;|,|&|\band\b)\s*", re.IGNORECASE)
_LEAST_WORDS: Final = 3
_LEAST_LETTERS: Final = 12
_LEAST_OWN: Final = 2
"""Words of a fact that are neither empty nor the statute's own, at least."""
_Check = Callable[[CheckInput, Terms], State]


def under(statute: str) -> Callable[[_Check], _Check]:
    """A check of the facts of one criminal statute: met by a request under another one."""

    def of_statute(check: _Check) -> _Check:
        def checked(inputs: CheckInput, terms: Terms) -> State:
            state = check(inputs, terms)
            if state is MET or terms.edition < 3:  # most are met, and need not be asked about more
                return state
            charge = charge_of(inputs.request.statutory_authority, terms)
            return state if charge is not None and charge.statute == statute else MET

        checked.__doc__ = check.__doc__
        return checked

    return of_statute


def fact_state(fact: str, terms: Terms) -> State:
    """The state of a fact stated in words: not shown where it is absent or of words that state
    nothing (`see file`, `not known at this time`), met where its words tell something."""
    if fold_stated(fact) in terms.absent:
        return NOT_SHOWN
    words, empty = first_reading(screened_words(fact)), terms.wordings.empty_facts
    if empty and empty.issuperset(words):
        return NOT_SHOWN
    return met_if(len(words) >= _LEAST_WORDS and tells(words, _LEAST_WORDS, _LEAST_LETTERS))


def _offence_state(fact: str, terms: Terms, *lists: frozenset[str], is_numbered: bool) -> State:
    """The state of the fact of one offence: words of the statute and of emptiness alone state none,
    and where a fact has no word of one of the lists, an officer of the holder looks whether it is
    this offence's. `is_numbered`: a number is as good as a word of the last list."""
    state = fact_state(fact, terms)
    if state is not MET or terms.edition < 5:
        return state
    words = frozenset(first_reading(screened_words(fact)))
    if len(words - terms.wordings.empty_facts - terms.later.of_statute) < _LEAST_OWN:
        return NOT_SHOWN
    *some, last = (not each.isdisjoint(words) for each in lists)
    told = all(some) and (last or (is_numbered and any(map(str.isdigit, fact))))
    return MET if told else NEEDS_OFFICER


def _is_departure(inputs: CheckInput, terms: Terms) -> bool:
    """Whether the offence is the failure to depart."""
    charge = charge_of(inputs.request.statutory_authority, terms)
    return charge is None or charge.below in _DEPARTURE


@under(REMOVAL)
def removal_order_is_numbered(inputs: CheckInput, terms: Terms) -> State:
    """The final order's number is stated and has the form of one."""
    return number_state(inputs.request.removal_order.number, terms)


@under(REMOVAL)
def removal_order_is_dated(inputs: CheckInput, terms: Terms) -> State:
    """The final order's date is stated, is not after the request, and is after the birth of the
    person whom the order is about."""
    return _order_state(inputs, terms)


def _order_state(inputs: CheckInput, terms: Terms) -> State:
    """The state of an order's or a removal's day."""
    ordered = inputs.request.removal_order.ordered_on
    if ordered is None:
        return NOT_SHOWN
    is_before = terms.edition > 5 and is_before_birth(ordered, inputs)
    return met_if(ordered <= inputs.day and not is_before)


def is_before_birth(day: date | None, inputs: CheckInput) -> bool:
    """Whether a day is the one on which the person was born, or an earlier one: nobody is ordered
    to leave, or investigated, before. False where either is not stated."""
    born = inputs.request.person.date_of_birth
    return day is not None and born is not None and day <= born


@under(REMOVAL)
def removal_ground_is_deportability(inputs: CheckInput, terms: Terms) -> State:
    """Each ground is a class described in 8 USC 1227(a), cited to its paragraph at least. An order
    may rest on several."""
    ground = inputs.request.removal_order.ground
    if fold_stated(ground) in terms.nothing_stated:
        return NOT_SHOWN
    if terms.edition < 3:
        return MET if terms.ground.match(fold_citation(ground)) else NOT_MET
    if terms.edition > 3:
        found = listed_citations(
            ground, lambda each: _is_class(each, inputs, terms), is_wide=terms.edition > 4
        )
        return met_if(bool(found))
    grounds = [each for each in _SEPARATOR.split(ground.strip()) if each]
    return met_if(
        bool(grounds) and all(_is_class(fold_citation(each), inputs, terms) for each in grounds)
    )


def _is_class(folded: str, inputs: CheckInput, terms: Terms) -> bool:
    """Whether a folded citation is of a class on the day of the request."""
    return is_listed(terms.classes.get(folded, ()), inputs.day)


@under(REMOVAL)
def court_order_date_is_possible(inputs: CheckInput, terms: Terms) -> State:
    """The court's order, if review was had, is neither before the order nor after the request."""
    order = inputs.request.removal_order
    court = order.court_ordered_on
    if court is None:
        return MET
    if order.ordered_on is None:
        return NOT_SHOWN
    return MET if order.ordered_on <= court <= inputs.day else NOT_MET


@under(REMOVAL)
def departure_days_have_passed(inputs: CheckInput, terms: Terms) -> State:
    """Day 90 after the later of the two orders has passed, where the offence is (A). See the module
    for the count."""
    order = inputs.request.removal_order
    if not _is_departure(inputs, terms):
        return MET
    if order.ordered_on is None:
        return NOT_SHOWN
    last_order = max(order.ordered_on, order.court_ordered_on or order.ordered_on)
    return MET if (inputs.day - last_order).days > terms.departure_days else NOT_MET


@under(REMOVAL)
def documents_are_stated(inputs: CheckInput, terms: Terms) -> State:
    """Where the offence is (B): the day and the fact of the application for travel documents that
    was not made."""
    return _act_state("( b )", inputs, terms, terms.later.failures, terms.later.documents)


@under(REMOVAL)
def hampering_is_stated(inputs: CheckInput, terms: Terms) -> State:
    """Where the offence is (C): the day and the fact of the act that was to prevent or hamper the
    departure."""
    return _act_state("( c )", inputs, terms, terms.later.hampering)


@under(REMOVAL)
def appearance_is_stated(inputs: CheckInput, terms: Terms) -> State:
    """Where the offence is (D): the day, and the place at which the person was to appear for
    removal."""
    words = terms.later
    return _act_state("( d )", inputs, terms, words.failures, words.places, is_numbered=True)


def _act_state(
    below: str, inputs: CheckInput, terms: Terms, *lists: frozenset[str], is_numbered: bool = False
) -> State:
    """The state of the act of one subparagraph: its day is stated, neither before the order nor
    after the request, and so is what it was (`_offence_state`)."""
    request = inputs.request
    charge = charge_of(request.statutory_authority, terms)
    if charge is None or charge.below != below:
        return MET
    ordered, done = request.removal_order.ordered_on, request.offence_date
    if done is None:
        return NOT_SHOWN
    if done > inputs.day or (ordered is not None and done < ordered):
        return NOT_MET
    return _offence_state(request.offence_fact, terms, *lists, is_numbered=is_numbered)


@under(REMOVAL)
def no_stay_is_stated(inputs: CheckInput, terms: Terms) -> State:
    """It is stated that there is no stay of removal and no deferral. Under law of format 1 or 2 an
    empty field says so."""
    return _none_state(inputs.request.stay_or_deferral, terms)


@under(REMOVAL)
def no_review_is_pending(inputs: CheckInput, terms: Terms) -> State:
    """It is stated that no review of the order and no motion against it is pending."""
    return _none_state(inputs.request.review, terms)


def reason_states_none_pending(inputs: CheckInput, terms: Terms) -> State:
    """The reason says of no stay, withholding, deferral, review or motion that there is one, where
    the offence is of 8 USC 1253(a)(1)."""
    words = inputs.reason_words
    if not terms.pending.hits(words):
        return MET
    charge = charge_of(inputs.request.statutory_authority, terms)
    if charge is None or charge.statute != REMOVAL:
        return MET
    return met_if(not terms.pending.hits(_without_denials(words, terms)))


@under(REMOVAL)
def investigation_follows_order(inputs: CheckInput, terms: Terms) -> State:
    """The investigation was opened on the day of the order or later, or it is explained why it is
    older: what is investigated is what was done after the order. Nothing explains one that is older
    than the person."""
    opened = inputs.request.investigation_opened_on
    ordered = inputs.request.removal_order.ordered_on
    if terms.edition > 5 and is_before_birth(opened, inputs):
        return NOT_MET
    if opened is None or ordered is None or opened >= ordered:
        return MET
    return fact_state(inputs.request.earlier_investigation, terms)


@under(REENTRY)
def reentry_order_is_dated(inputs: CheckInput, terms: Terms) -> State:
    """The day of the order or removal is stated, is not after the request, and is after the
    person's birth."""
    return _order_state(inputs, terms)


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
    fact = inputs.request.offence_fact
    return _offence_state(fact, terms, terms.later.presence, is_numbered=False)


def _none_state(entry: str, terms: Terms) -> State:
    """The state of a field in which it must be stated that there is none."""
    if terms.edition > 2 and not fold_stated(entry):
        return NOT_SHOWN
    if fold_entry(entry) in terms.nothing_stated:
        return MET
    return met_if(says_none(entry, terms.wordings, is_strict=terms.edition > 4))


def _without_denials(words: list[str], terms: Terms) -> list[str]:
    """The words without each phrase for a stay or a review that directly follows a word which says
    that there is none."""
    kept: list[str] = []
    skipped = 0
    for place, word in enumerate(words):
        if skipped:
            skipped -= 1
            continue
        kept.append(word)
        if word in terms.none_of:
            skipped = _phrase_length(words[place + 1 :], terms)
    return kept


def _phrase_length(words: list[str], terms: Terms) -> int:
    """How many of the first words are one phrase for a stay or a review, at most the longest; 0
    where none is."""
    longest = max(
        phrase.count(" ") - 1 for group in terms.pending.phrases.values() for phrase in group
    )
    for count in range(longest, 0, -1):
        text = " ".join(words[:count])
        if any(f" {text} " in phrases for phrases in terms.pending.phrases.values()):
            return count
    return 0
