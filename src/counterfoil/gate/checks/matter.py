"""Checks of the matter: period, authority, reason, investigation, engaged officers, use.

Every check is `(inputs, terms) -> State`. A guard against a thing is met where the thing is absent;
an element that needs a thing is not shown where it is missing.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from counterfoil.core.values import State
from counterfoil.gate.checks import officer_names
from counterfoil.gate.checks.fillers import (
    is_filler_number,
    is_numbered_matter,
    is_short_number,
    is_spelled_short,
    is_usual_number,
    lacks_number,
    tells,
)
from counterfoil.gate.checks.inputs import (
    MET,
    NEEDS_OFFICER,
    NOT_MET,
    NOT_SHOWN,
    CheckInput,
    Engaged,
    met_if,
)
from counterfoil.gate.law.citations import Charge, fold_cited, is_within, listed_citations, range_of
from counterfoil.gate.law.compiled import Terms, is_listed
from counterfoil.gate.law.folding import (
    count_letters,
    first_reading,
    fold_citation,
    fold_stated,
    screened_words,
)
from counterfoil.gate.law.purposes import Judged, judge
from counterfoil.normalize.plain_text import mixes_scripts

_DIGIT: Final = re.compile(r"[0-9]")
_PARTED: Final = re.compile(r"\b\w(?: \w\b){5}")
"""Six letters in a row that are words by themselves."""
_INITIALS: Final = re.compile(r"(?<![A-Za-z.])(?:[A-Z]\.){2,5}(?![A-Za-z])")
"""`I.R.S.`: an abbreviation of two to five capitals with their stops is no parted word."""
_LETTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyz")
_ONE_SIGN: Final = re.compile(r"[\W_]*([^\W_])(?:\1|[\W_])*\Z")
"""One letter or digit, whatever is between its repetitions."""


def period_is_given(inputs: CheckInput, terms: Terms) -> State:
    """A taxable period is stated."""
    return MET if inputs.periods.given else NOT_SHOWN


def period_is_not_vague(inputs: CheckInput, terms: Terms) -> State:
    """Every period is a year or a range of years."""
    periods = inputs.periods
    return met_if(not periods.vague and (terms.edition > 2 or not periods.beyond))


def period_is_within_limits(inputs: CheckInput, terms: Terms) -> State:
    """No period is earlier or longer, and there are no more of them, than the agreement allows."""
    return met_if(not inputs.periods.beyond)


def period_is_not_in_future(inputs: CheckInput, terms: Terms) -> State:
    """No period lies after the year of the request."""
    years = inputs.periods.years
    return met_if(not years or years[-1] <= inputs.day.year)


def authority_is_given(inputs: CheckInput, terms: Terms) -> State:
    """The statutory authority is stated."""
    return (
        NOT_SHOWN
        if fold_stated(inputs.request.statutory_authority) in terms.nothing_stated
        else MET
    )


def authority_is_designated(inputs: CheckInput, terms: Terms) -> State:
    """The authority is one federal criminal statute, not a tax one, that the agreement
    designates."""
    authority = inputs.request.statutory_authority
    if terms.edition > 2:
        charge = charge_of(authority, terms)
        if charge is not None and is_listed(charge.spans, inputs.day):
            named = [below for statute, below in terms.designated if statute == charge.statute]
            return met_if(any(is_within(charge.below, below) for below in named))
    elif authority in terms.authority_written or terms.authority.match(fold_citation(authority)):
        return MET
    return NOT_MET if authority else NOT_SHOWN


def authority_is_the_orders(inputs: CheckInput, terms: Terms) -> State:
    """The authority is a statute that the order names, or a subdivision of it; of several, each
    is."""
    cited = charges_of(inputs.request.statutory_authority, terms)
    ordered = charges_of(inputs.scope.statute, terms) if inputs.scope else []
    if not ordered or not inputs.request.statutory_authority:
        return NOT_SHOWN
    return met_if(
        bool(cited)
        and all(any(is_within(each.cited, order.cited) for order in ordered) for each in cited)
    )


def charge_of(citation: str, terms: Terms) -> Charge | None:
    """What the list of criminal statutes has for this citation; None where it has nothing."""
    if terms.edition < 4:
        return terms.statutes.get(_cited(citation))
    return _listed(fold_cited(citation, is_wide=terms.edition > 4), terms)


def charges_of(text: str, terms: Terms) -> list[Charge]:
    """What the list has for each citation of an order, which may name several statutes; none where
    it has nothing for one of them."""
    if terms.edition < 4:
        charge = charge_of(text, terms)
        return [charge] if charge else []
    named = listed_citations(
        text, lambda folded: _listed(folded, terms) is not None, is_wide=terms.edition > 4
    )
    return [charge for folded in named if (charge := _listed(folded, terms))]


def _listed(folded: str, terms: Terms) -> Charge | None:
    return terms.statutes.get(folded) or range_of(folded, terms.ranges)


_cited: Final = lru_cache(maxsize=4096)(fold_citation)


def reason_is_given(inputs: CheckInput, terms: Terms) -> State:
    """A reason is stated."""
    return NOT_SHOWN if inputs.reason in terms.nothing_words else MET


def reason_is_specific(inputs: CheckInput, terms: Terms) -> State:
    """The reason is more than a general phrase, and its words are words: repetitions, rows of keys
    and fillers do not count, nor does what only names the field or the statute."""
    reason, rules = inputs.reason, terms.rules.reason
    if not reason:
        return NOT_SHOWN
    count = reason.count(" ") + 1
    if (
        count < rules.least_words
        or not _has_letters(inputs, rules.least_letters)
        or reason in terms.general_reasons
    ):
        return NOT_MET
    words = inputs.reason_words
    if len(words) > count:
        words = first_reading(words)
    return met_if(terms.edition < 2 or tells(words, rules.least_words, rules.least_letters))


def _has_letters(inputs: CheckInput, least: int) -> bool:
    """Whether the reason has so many letters. As screens read it, it has no more than it has."""
    reason = inputs.reason
    return len(reason) - reason.count(" ") >= least or count_letters(inputs.request.reason) >= least


def judged(inputs: CheckInput, terms: Terms) -> Judged:
    """What the reason is for. One that is not specific, or is another provision's, has an element
    for that, and is not asked what it is for besides."""
    reason, words = inputs.request.reason, inputs.reason_words
    found = judge(reason, words, terms.other_purposes, terms.purposes)
    if found.is_told or (
        reason_is_specific(inputs, terms) is MET
        and not terms.forfeiture.hits(inputs.reason_words)
        and (_of_order(terms) or not terms.missing_child.hits(inputs.reason_words))
    ):
        return found
    return found._replace(is_told=True)


def _of_order(terms: Terms) -> bool:
    """Whether a court's order may serve the case of a missing child, so that a reason is asked for
    as any other."""
    return terms.edition > 3 and bool(terms.judges)


def reason_tells_purpose(inputs: CheckInput, terms: Terms) -> State:
    """The reason tells what the disclosure is for: how the answer bears on the offence, or another
    purpose, which is other elements' concern. What cannot be told is not shown."""
    return MET if judged(inputs, terms).is_told else NOT_SHOWN


def reason_does_not_locate(inputs: CheckInput, terms: Terms) -> State:
    """The reason is not to find a person: that is another provision, 26 USC 6103(i)(5)."""
    return met_if("locating" not in judged(inputs, terms).purposes)


def reason_is_not_civil(inputs: CheckInput, terms: Terms) -> State:
    """The reason is not civil or administrative enforcement."""
    return met_if("civil" not in judged(inputs, terms).purposes)


def reason_is_not_benefits(inputs: CheckInput, terms: Terms) -> State:
    """The reason is not benefits in use, which are other provisions' purpose, 26 USC 6103(l)."""
    return met_if("benefits" not in judged(inputs, terms).purposes)


def reason_is_not_voter_rolls(inputs: CheckInput, terms: Terms) -> State:
    """The reason is not voter rolls, for which 26 USC 6103 has no provision."""
    return met_if("voter_rolls" not in judged(inputs, terms).purposes)


def reason_is_of_this_purpose(inputs: CheckInput, terms: Terms) -> State:
    """The reason is no other purpose that this route does not serve: collection, statistics."""
    return met_if("other_purpose" not in judged(inputs, terms).purposes)


def reason_is_not_forfeiture(inputs: CheckInput, terms: Terms) -> State:
    """The reason is no civil forfeiture: there only what was disclosed already may be used, 26 USC
    6103(i)(4)."""
    return met_if(not terms.forfeiture.hits(inputs.reason_words))


def reason_is_not_missing_child(inputs: CheckInput, terms: Terms) -> State:
    """The reason is not the case of a missing or exploited child: an order under 26 USC 6103(i)(1)
    serves it, and (i)(1)(C) where a state or local agency helps."""
    return met_if(not terms.missing_child.hits(inputs.reason_words))


def reason_is_not_repeated(inputs: CheckInput, terms: Terms) -> State:
    """No more requests within the window give the same reason, or a similar one, than the agreement
    allows."""
    limits, uses = terms.agreement.limits, inputs.uses
    return met_if(uses.reasons <= limits.same_reason and uses.similar <= limits.similar_reason)


def investigation_is_numbered(inputs: CheckInput, terms: Terms) -> State:
    """An investigation number is stated and has the form of one."""
    return number_state(inputs.request.investigation_number, terms)


def investigation_is_dated(inputs: CheckInput, terms: Terms) -> State:
    """The day on which the investigation was opened is stated."""
    return MET if inputs.request.investigation_opened_on else NOT_SHOWN


def investigation_has_begun(inputs: CheckInput, terms: Terms) -> State:
    """The investigation was not opened after the request was made."""
    opened = inputs.request.investigation_opened_on
    return met_if(opened is None or opened <= inputs.day)


def investigation_is_of_few_people(inputs: CheckInput, terms: Terms) -> State:
    """No more people within the window are under one investigation number than the agreement
    allows."""
    return met_if(inputs.uses.investigated <= terms.agreement.limits.people_per_investigation)


def officers_are_named(inputs: CheckInput, terms: Terms) -> State:
    """At least one engaged officer is stated, each with id, name and title."""
    for officer in inputs.engaged:
        if not terms.absent.isdisjoint(officer.entries) or officer_names.states_nobody(
            officer.entries, officer.words, terms.wordings.no_officers
        ):
            return NOT_SHOWN
    return MET if inputs.engaged else NOT_SHOWN


def officers_are_individuals(inputs: CheckInput, terms: Terms) -> State:
    """No engaged officer is a group, an office or a unit, none is named by initials, by a duty or
    by a name that stands for anybody, and none is several. Where one is named by one word, an
    officer of the holder must look."""
    states = [_individual(officer, terms) for officer in inputs.engaged]
    if NOT_MET in states:
        return NOT_MET
    return NEEDS_OFFICER if NEEDS_OFFICER in states else MET


def _individual(officer: Engaged, terms: Terms) -> State:
    """The state of one engaged officer. A name that is missing is another element's concern."""
    if terms.edition > 3 and officer.entries[1] not in terms.absent:
        state = _told_apart(officer, terms)
        if state is not None:
            return state
    name = officer.words
    is_group = officer.name in terms.group_names
    if is_group and terms.edition > 5:
        is_group = not officer_names.names_by_initial(name)
    if not is_group and not terms.group_words.isdisjoint(officer.screened):
        is_group = terms.edition < 3 or not officer_names.names_group_as_person(name)
    if is_group:
        return NOT_MET
    if terms.edition < 2 or officer.entries[1] in terms.absent:
        return MET
    if terms.edition > 2:
        if (
            officer_names.names_several(officer.entries[1])
            or officer_names.names_an_office(name)
            or officer_names.title_is_of_several(officer.entries[2])
        ):
            return NOT_MET
        is_later = terms.edition > 5
        is_one_word = officer_names.names_one_word(name, 2 if is_later else 3)
        if is_one_word or (is_later and _is_looked_at(officer, terms)):
            return NEEDS_OFFICER
    return NOT_MET if officer_names.names_no_one(name) else MET


def _is_looked_at(officer: Engaged, terms: Terms) -> bool:
    """What law of format 6 has looked at: a title and one word, a word of emptiness that people are
    called too, a name in letters that are not Latin."""
    name = officer.words
    return (
        not name
        or officer_names.names_titled_word(name, officer.entries[1])
        or officer_names.may_be_called(name, terms.wordings.names_too)
    )


def _told_apart(officer: Engaged, terms: Terms) -> State | None:
    """The state of an officer whose name has a word of a company, of a unit or of a place, or may
    be of two people; None where the other rules say."""
    entry, name, rules = officer.entries[1], officer.words, terms.wordings
    beside = officer_names.beside_name(entry)
    if not rules.business_forms.isdisjoint(name) or (
        beside and terms.no_employees.hits(screened_words(beside))
    ):
        return NOT_MET
    if officer_names.names_two(entry):
        return NOT_MET
    if terms.edition > 4 and (state := _joined_or_unit(officer, terms)) is not None:
        return state
    units = rules.unit_words | rules.group_words
    if officer_names.may_name_two(entry) or officer_names.names_person_as_unit(
        name, units, rules.unit_heads
    ):
        return NEEDS_OFFICER
    if not rules.unit_words.isdisjoint(name):
        return NOT_MET
    may_be_none = officer_names.names_one_alone(name) or officer_names.may_be_an_office(name)
    return NEEDS_OFFICER if may_be_none else None


def _joined_or_unit(officer: Engaged, terms: Terms) -> State | None:
    """What law of format 5 finds: a word between names that joins two, or words of units alone."""
    name = officer.words
    is_joined = not terms.later.joining.isdisjoint(name[1:-1])
    if is_joined or officer_names.names_only_units(name, terms.wordings.unit_heads):
        return NOT_MET
    entry = officer.entries[1] if terms.edition > 5 else ""
    return NEEDS_OFFICER if officer_names.may_join_two(name, entry) else None


def officer_caseload_is_possible(inputs: CheckInput, terms: Terms) -> State:
    """No engaged officer is named in more requests within the window than a person can be engaged
    in. Where it is all officers of one name together, of other ids and titles, who are in more, an
    officer of the holder must look whether they are one."""
    most = terms.agreement.limits.officer_caseload.limit
    state = MET
    for officer in inputs.engaged:
        if officer.load > most:
            return NOT_MET
        if officer.namesakes_load > most and terms.edition > 2:
            state = NEEDS_OFFICER
    return state


def officers_are_of_agency(inputs: CheckInput, terms: Terms) -> State:
    """Every engaged officer's agency is stated, and is the requester's; by a court's order, it is a
    Federal agency of the dated list."""
    for officer in inputs.engaged:
        if officer.agency in terms.absent:
            return NOT_SHOWN
    for officer in inputs.engaged:
        if not is_listed(terms.agencies.get(officer.agency, ()), inputs.day):
            return NOT_MET
    return MET


def officers_are_employees(inputs: CheckInput, terms: Terms) -> State:
    """No engaged officer is by title a contractor, or an officer of a state or a town; an officer
    of the holder looks at a title that may be one's, and at one that names no occupation."""
    state = MET
    for officer in inputs.engaged:
        if terms.no_employees.hits(officer.titled):
            return NOT_MET
        if not terms.wordings.business_forms.isdisjoint(officer.titled):
            return NOT_MET
        if terms.edition > 4 and officer.entries[2] not in terms.absent:
            is_doubtful = terms.later.titles.hits(officer.titled)
            if is_doubtful or terms.later.occupations.isdisjoint(officer.titled):
                state = NEEDS_OFFICER
    return state


def text_is_in_one_script(inputs: CheckInput, terms: Terms) -> State:
    """No word of the request mixes letters of several scripts, and no reason is written in parted
    letters: both are written so that a reader sees what a screen does not."""
    request = inputs.request
    person, address, order = request.person, request.address, request.removal_order
    texts = (
        person.given_name,
        person.middle_name,
        person.family_name,
        address.line1,
        address.line2,
        address.city,
        request.statutory_authority,
        request.reason,
        request.investigation_number,
        order.number,
        order.ground,
    )
    if not "".join(texts).isascii() and mixes_scripts(" ".join(texts)):
        return NOT_MET
    for officer in inputs.engaged:
        if officer.is_mixed:
            return NOT_MET
    if len(_LETTERS.intersection(inputs.reason_words)) < 2 or not _PARTED.search(inputs.reason):
        return MET
    if terms.edition < 3:
        return NOT_MET
    without = screened_words(_INITIALS.sub(" ", request.reason))
    return met_if(_PARTED.search(" ".join(first_reading(without))) is None)


def use_is_certified(inputs: CheckInput, terms: Terms) -> State:
    """The use by the engaged officers alone is certified."""
    return MET if inputs.request.use_certified else NOT_SHOWN


def number_state(number: str, terms: Terms) -> State:
    """The state of a number of an order or investigation: not shown where it is absent or a
    placeholder; met where it has a digit, differing characters and a usual length, and is no
    filler."""
    rules = terms.rules.identifiers
    if (
        is_usual_number(number, terms.wordings.numbers)
        and rules.least_characters <= len(number) <= rules.most_characters
        and number.lower() not in terms.absent
    ):
        return MET
    entry = fold_stated(number)
    if entry in terms.absent:
        return NOT_SHOWN
    if (
        not rules.least_characters <= len(entry) <= rules.most_characters
        or _DIGIT.search(entry) is None
    ):
        return NOT_MET
    if (terms.edition > 2 and is_numbered_matter(entry)) or (
        terms.edition > 3 and is_short_number(entry)
    ):
        return MET
    if (
        lacks_number(entry, terms.wordings.numbers)
        or (terms.edition > 1 and is_filler_number(entry))
        or (terms.edition > 5 and is_spelled_short(entry))
    ):
        return NOT_MET
    differs = entry[:2].isalnum() and entry[0] != entry[1:2]  # true of most numbers, and cheap
    return MET if differs or _ONE_SIGN.match(entry) is None else NOT_MET
