"""Checks of the document that a file rests on: a court's order, 26 USC 6103(i)(1), or a taxpayer's
consent, 26 USC 6103(c).

What is checked is what the file's header states of the document, which the principal has signed.
That the document's own file was given, and is the one that the header names, is established before
(law/signatures.py): a file without it is never decided. A check of the document itself is
`(document, file, terms) -> State` before `_of_document` makes it `(file, terms) -> State`.

How the days are counted: the document's date is day 0, and its last day counts. An order of 1 March
that is good for 60 days is good until 30 April, and so is a consent of 1 March that must be
received within 60 days.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Final

from counterfoil.core.values import Document, Person, State
from counterfoil.gate.checks.fillers import tells
from counterfoil.gate.checks.inputs import (
    MET,
    NEEDS_OFFICER,
    NOT_MET,
    NOT_SHOWN,
    CheckInput,
    FileInput,
    met_if,
)
from counterfoil.gate.checks.matter import charges_of
from counterfoil.gate.checks.taxpayer import age_on
from counterfoil.gate.law.compiled import Terms, fold_court, is_listed
from counterfoil.gate.law.folding import (
    first_reading,
    fold_entry,
    fold_screened,
    fold_stated,
    screened_words,
    split_words,
)
from counterfoil.gate.law.purposes import judge

_COURT: Final = re.compile(r"(?:united states|u s|us) district court(?: for)?(?: the)? (.+)\Z")
"""How the name of a district court begins, in words; what follows names its district."""
_OWN_NAME: Final = "district court "
"""How the names of the district courts of territories begin, which are listed whole."""
_YES_AND_NO: Final = frozenset({"yes", "no"})
_NO_PURPOSES: Final = frozenset({"locating", "civil"})
"""Other purposes that a consent cannot have."""
_PARENT: Final = "parent"
_TITLES: Final = frozenset({"mr", "mrs", "ms", "miss", "dr", "rev", "jr", "sr", "ii", "iii", "iv"})
_DOUBT: Final = re.compile(r"[?(\[{<]|\bp\. ?p\b", re.IGNORECASE)
"""What stands in a signature's name beside it."""
_SPACES: Final = re.compile(r"[\s_-]+")
_HONORABLE: Final = ("hon ", "hon. ", "the hon", "honorable ", "judge ")
_GENERATIONS: Final = frozenset({"sr", "senior", "jr", "junior", "ii", "iii", "iv"})
"""Words by which a parent of a child's name is told from the child."""
_PURPOSE_WORDS: Final = 2
_PURPOSE_LETTERS: Final = 8
"""So many different words, of so many letters together, has a purpose that says something."""
FINDS_ACT: Final = "specific_act"
FINDS_RELEVANCE: Final = "relevance"
FINDS_EXCLUSIVE_USE: Final = "exclusive_use"
FINDS_NO_OTHER_SOURCE: Final = "no_other_source"


def _of_document(
    check: Callable[[Document, FileInput, Terms], State],
) -> Callable[[FileInput, Terms], State]:
    """The check of the file that its header's document meets; not shown where it states none."""

    def check_file(file: FileInput, terms: Terms) -> State:
        document = file.header.document
        return NOT_SHOWN if document is None else check(document, file, terms)

    return check_file


@_of_document
def document_is_stated(document: Document, file: FileInput, terms: Terms) -> State:
    """The header names the document by digest, with its date and what it reaches."""
    return MET


@_of_document
def document_is_not_future(document: Document, file: FileInput, terms: Terms) -> State:
    """The document is not dated after the day of sending."""
    return met_if(document.issued_on <= file.header.sent_on)


@_of_document
def document_is_recent(document: Document, file: FileInput, terms: Terms) -> State:
    """The day of decision is within the route's days after the document's date. An order that names
    its own last day is judged by that day instead (`document_has_not_expired`)."""
    if terms.edition > 2 and terms.judges and document.expires_on is not None:
        return _own_days(document.issued_on, document.expires_on, file.on, terms)
    days = [each.days for each in terms.document_days if each.in_force.covers(file.on)]
    return met_if(bool(days) and (file.on - document.issued_on).days <= min(days))


def _own_days(issued_on: date, expires_on: date, on: date, terms: Terms) -> State:
    """The state of an order that names its own last day: an officer looks at one of long ago or for
    long, and one that is dated beyond what an order can be is none."""
    rules = terms.signers.own_days
    if rules is None:
        return MET
    if max((on - issued_on).days, (expires_on - on).days) > rules.most:
        return NOT_MET
    return NEEDS_OFFICER if (expires_on - issued_on).days > rules.looked_at else MET


@_of_document
def document_has_not_expired(document: Document, file: FileInput, terms: Terms) -> State:
    """The document's own last day, if it names one, has not passed."""
    return met_if(document.expires_on is None or file.on <= document.expires_on)


@_of_document
def document_reaches_item(document: Document, file: FileInput, terms: Terms) -> State:
    """The document reaches what is asked: the address."""
    if not document.items:
        return NOT_SHOWN
    items = {fold_entry(item) for item in document.items}
    if terms.edition > 4:
        items |= {item.rstrip(" .") for item in items}
    return met_if(not terms.document_items.isdisjoint(items))


def person_is_reached(inputs: CheckInput, terms: Terms) -> State:
    """The person is one whom the document names; where it gives a middle name or a date of birth,
    the request gives the same."""
    scope = inputs.scope
    if scope is None or not scope.people:
        return NOT_SHOWN
    return met_if(scope.names(inputs.name, inputs.request.person.date_of_birth))


def periods_are_reached(inputs: CheckInput, terms: Terms) -> State:
    """Every taxable year of the request is one that the document names."""
    scope, years = inputs.scope, inputs.periods.years
    if scope is None or not scope.years or not years:
        return NOT_SHOWN
    return met_if(scope.years.issuperset(years))


@_of_document
def order_court_is_named(document: Document, file: FileInput, terms: Terms) -> State:
    """The court that made the order is named."""
    return NOT_SHOWN if fold_stated(document.court) in terms.absent else MET


@_of_document
def order_court_is_district(document: Document, file: FileInput, terms: Terms) -> State:
    """The court is a Federal district court of the dated list: a magistrate judge is one of its
    judges too."""
    if fold_stated(document.court) in terms.absent:
        return NOT_SHOWN
    court = fold_court(document.court)
    if terms.edition > 4:
        court = court_in_short(court, lambda name: name in terms.courts)
    if terms.edition > 3 and court.startswith(_OWN_NAME):
        return met_if(is_listed(terms.courts.get(court, ()), file.on))
    found = _COURT.match(court)
    return met_if(found is not None and is_listed(terms.courts.get(found[1], ()), file.on))


@_of_document
def order_statute_is_criminal(document: Document, file: FileInput, terms: Terms) -> State:
    """The order names its statute, and that is a Federal criminal one of the dated list, which has
    none of tax administration."""
    if fold_stated(document.statute) in terms.absent:
        return NOT_SHOWN
    charges = charges_of(document.statute, terms)
    return met_if(bool(charges) and all(is_listed(each.spans, file.on) for each in charges))


@_of_document
def order_judge_is_listed(document: Document, file: FileInput, terms: Terms) -> State:
    """The order is of a judge of a class that may grant it."""
    judge = fold_stated(document.judge)
    if judge in terms.absent:
        return NOT_SHOWN
    if terms.edition > 4:  # `Hon. Ada Marsh, United States District Judge`, `magistrate-judge`
        name, _, office = judge.replace("-", " ").rpartition(", ")
        judge = office if name.startswith(_HONORABLE) else judge.replace("-", " ")
    return met_if(judge in terms.judges)


def _order_finds(finding: str) -> Callable[[FileInput, Terms], State]:
    """The check that the order states this finding."""

    @_of_document
    def check(document: Document, file: FileInput, terms: Terms) -> State:
        finds = map(fold_entry, document.finds)
        if terms.edition > 4:
            finds = (_SPACES.sub("_", each) for each in finds)
        return MET if finding in finds else NOT_SHOWN

    return check


order_finds_act: Final = _order_finds(FINDS_ACT)
"""The order states the first finding: reasonable cause to believe that a specific criminal act was
committed."""
order_finds_relevance: Final = _order_finds(FINDS_RELEVANCE)
"""The order states the second finding: the information is or may be relevant to the act."""
order_finds_exclusive_use: Final = _order_finds(FINDS_EXCLUSIVE_USE)
"""The order states the third finding: used for the federal criminal matter alone. Before law of
format 3, the one word stood for the fourth finding too."""
order_finds_no_other_source: Final = _order_finds(FINDS_NO_OTHER_SOURCE)
"""The order states the fourth finding: not to be had elsewhere."""


@_of_document
def consent_names_recipient(document: Document, file: FileInput, terms: Terms) -> State:
    """The consent designates the requester as who may receive."""
    recipient = fold_stated(document.recipient)
    return NOT_SHOWN if recipient in terms.absent else met_if(recipient in terms.requester)


@_of_document
def consent_purpose_is_stated(document: Document, file: FileInput, terms: Terms) -> State:
    """The consent states the purpose for which the answer may be used, in words that say
    something."""
    purpose = fold_screened(document.purpose)
    if purpose in terms.nothing_words:
        return NOT_SHOWN
    if terms.edition < 3:
        return MET
    if terms.edition > 3:
        if not _is_own_purpose(document.purpose, terms):
            return NOT_MET
        acts, looked_at = terms.purposes.acts, terms.later.purposes
        if acts.hits(purpose.split()) or looked_at.hits(screened_words(document.purpose)):
            return NEEDS_OFFICER
    says = tells(purpose.split(), _PURPOSE_WORDS, _PURPOSE_LETTERS)
    return met_if(says and purpose.removeprefix("for ") not in terms.consent.empty_purposes)


def _is_own_purpose(purpose: str, terms: Terms) -> bool:
    """Whether a consent's purpose says more than that somebody uses it, and is neither to find the
    person nor civil enforcement. A taxpayer may consent to what no other provision serves."""
    words = screened_words(purpose)
    if terms.signers.empty_purpose.issuperset(first_reading(words)):
        return False
    found = judge(purpose, words, terms.other_purposes, terms.purposes)
    return found.purposes.isdisjoint(_NO_PURPOSES)


@_of_document
def consent_is_of_one_person(document: Document, file: FileInput, terms: Terms) -> State:
    """A consent is one taxpayer's own."""
    return met_if(len(document.people) == 1) if document.people else NOT_SHOWN


def _yes_or_no(stated: str, wanted: str) -> State:
    """Met where `wanted` is stated, not met where the other is, not shown where neither is."""
    folded = fold_stated(stated)
    return met_if(folded == wanted) if folded in _YES_AND_NO else NOT_SHOWN


@_of_document
def consent_is_alone(document: Document, file: FileInput, terms: Terms) -> State:
    """The consent is a document that pertains to the disclosure alone."""
    return _yes_or_no(document.alone, "yes")


@_of_document
def consent_is_not_revoked(document: Document, file: FileInput, terms: Terms) -> State:
    """The consent, which can be revoked, is not, as far as the designee knows."""
    return _yes_or_no(document.revoked, "no")


@_of_document
def consent_is_signed(document: Document, file: FileInput, terms: Terms) -> State:
    """Who signed the consent is stated, in a capacity that lets; in the taxpayer's own, the name is
    the taxpayer's. An officer looks at one with an initial for the given name, `R. Quill`."""
    capacity = fold_stated(document.capacity)
    signer = frozenset(split_words(document.signed_by))
    if capacity in terms.absent or not signer:
        return NOT_SHOWN
    if capacity not in terms.consent.capacities:
        return NOT_MET
    if terms.edition > 3:
        state = _signer_state(document, capacity == terms.consent.own, terms)
        if state is not MET:
            return state
    if capacity != terms.consent.own:
        return MET
    if not document.people:
        return NOT_SHOWN
    may_be_own = terms.edition > 5 and any(_has_initial(document, each) for each in document.people)
    return NEEDS_OFFICER if may_be_own else met_if(_is_taxpayers(signer, document))


def _has_initial(document: Document, person: Person) -> bool:
    """Whether a signer's name is a person's but for initials in the place of the given names:
    another of the family may have the same."""
    words, family = split_words(document.signed_by), split_words(person.family_name)
    initials = [word for word in words if word not in family]
    return (
        bool(family and initials)
        and set(family) <= set(words)
        and all(len(word) == 1 for word in initials)
        and person.given_name[:1].lower() == initials[0]
    )


def _signer_state(document: Document, is_own: bool, terms: Terms) -> State:
    """The state of who signed, by the name: not shown where it says that nobody did; not met where
    it is the requester's, an office's or an officer's, or where another should have signed and it
    is the taxpayer's; for one word, or a company's name, an officer looks."""
    rules, words = terms.signers, split_words(document.signed_by)
    signer = frozenset(words)
    if not rules.unsigned.isdisjoint(signer) or signer <= terms.wordings.no_officers:
        return NOT_SHOWN
    tight = " ".join(words)
    names_requester = any(f" {fold_court(name)} " in f" {tight} " for name in terms.requester)
    if names_requester or not rules.no_signers.isdisjoint(signer):
        return NOT_MET
    state = _doubt_state(document, signer, is_own, terms)
    if is_own or state is not MET:
        return state
    if document.signed_by and _is_taxpayers(signer, document):
        more = signer.intersection(_GENERATIONS)
        return NEEDS_OFFICER if more else NOT_MET
    if len(words) < 2 or not terms.wordings.business_forms.isdisjoint(signer):
        return NEEDS_OFFICER
    return MET


def _doubt_state(document: Document, signer: frozenset[str], is_own: bool, terms: Terms) -> State:
    """What law of format 5 finds beside a signer's name, or in a capacity."""
    if terms.edition < 5:
        return MET
    if not is_own:
        return _other_state(document, terms)
    named = _is_taxpayers(signer, document)
    return _beside_state(document, signer, terms) if named else MET


def _beside_state(document: Document, signer: frozenset[str], terms: Terms) -> State:
    """The state of what stands beside the taxpayer's name: not met where it says that another
    signed, or that the taxpayer cannot have (`Rosalind Quill per Dana Fields`, `deceased`); where
    it may, an officer looks."""
    own = {
        word
        for person in document.people
        for field in (person.given_name, person.middle_name, person.family_name)
        for word in split_words(field)
    }
    beside = signer - own
    if not terms.later.for_others.isdisjoint(beside):
        return NOT_MET
    is_doubtful = len(beside - _TITLES) > 1 or _DOUBT.search(document.signed_by)
    return NEEDS_OFFICER if is_doubtful else MET


def _other_state(document: Document, terms: Terms) -> State:
    """An officer looks at another's signature in the place of a taxpayer who has died, since the
    route asks about the living, and at a name with brackets or a question mark."""
    is_dead = fold_stated(document.capacity) in terms.later.for_the_dead
    return NEEDS_OFFICER if is_dead or _DOUBT.search(document.signed_by) else MET


def _is_taxpayers(signer: frozenset[str], document: Document) -> bool:
    """Whether the words of a signer's name have those of a person of the document."""
    names = (f"{person.given_name} {person.family_name}" for person in document.people)
    return any(signer.issuperset(split_words(name)) for name in names)


def minor_consents_by_guardian(inputs: CheckInput, terms: Terms) -> State:
    """The consent of a taxpayer who was under age on its day is signed by a parent or guardian, and
    that of one who was not by no parent as such.
    The age is told by the request's date of birth and by the document's."""
    scope = inputs.scope
    if scope is None:
        return NOT_SHOWN
    stated = {day for people in scope.people.values() for _, day in people}
    born = [day for day in (*stated, inputs.request.person.date_of_birth) if day is not None]
    is_minor = any(age_on(scope.issued_on, day) < terms.consent.adult_years for day in born)
    if terms.edition > 4 and born and not is_minor and scope.capacity == _PARENT:
        return NOT_MET
    return met_if(not is_minor or scope.capacity in terms.consent.for_minors)


_FRONT: Final = re.compile(
    r"(?:the )?(?:usdc|(?:united states|u s|us) dist(?:rict)? (?:court|ct))\b"
)
_SHORT: Final = "united states district court"
_DISTRICT: Final = re.compile(r"united states district court(?: in and)?(?: for)?(?: the)? ")
_PLACE: Final = re.compile(
    r"(?P<district>.+?)(?: at (?P<at>.+)| (?P<of>[a-z]+(?: [a-z]+){0,2}) division)\Z"
)
_OTHERS: Final = frozenset(
    ("bankruptcy", "immigration", "probation", "pretrial", "tax", "appellate", "appeals", "clerk",
     "civil", "office", "administrative")
)  # fmt: skip
"""Words of divisions and offices that are no place."""


def court_in_short(court: str, is_district: Callable[[str], bool]) -> str:
    """The name of a court with `united states district court` in front and without the place where
    it sits, if what is left names a district; the name as it is where it is none of these."""
    written = _FRONT.sub(_SHORT, court, count=1) if _FRONT.match(court) else court
    front = _DISTRICT.match(written)
    if front is None:
        return court
    district = written[front.end() :]
    if " " not in district and is_district(" ".join(district)):
        district = " ".join(district)  # `SDNY`
    found = None if is_district(district) else _PLACE.match(district)
    if found and _OTHERS.isdisjoint((found["at"] or found["of"]).split()):
        shorter = _longest_district(f"{found['district']} {found['of'] or ''}".strip(), is_district)
        district = shorter or district
    return f"{_SHORT} for the {district}"


def _longest_district(words: str, is_district: Callable[[str], bool]) -> str:
    """The most first words that name a district, where at most three are left; "" for none."""
    parts = words.split()
    for left in range(min(4, len(parts))):
        name = " ".join(parts[: len(parts) - left])
        if is_district(name):
            return name
    return ""
