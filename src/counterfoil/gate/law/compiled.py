"""The words and numbers of a route and an agreement, compiled once into what the checks read.

`Terms` has nothing of a person in it. Everything comes from a law file; compiling checks what a
schema cannot: that a phrase is not empty once folded, and that a listed place is a whole address.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache
from typing import Final

import msgspec

from counterfoil.core.values import Address, AddressForm, Public
from counterfoil.gate.law.agreement import Agreement, Place, Principal
from counterfoil.gate.law.citations import Charge, SectionRange, charges_of, ranges_of
from counterfoil.gate.law.demands import check_format, edition_of
from counterfoil.gate.law.folding import (
    Screen,
    fold_citation,
    fold_entry,
    fold_screened,
    fold_stated,
    fold_tight,
    new_screen,
    screened_words,
    split_words,
)
from counterfoil.gate.law.lists import LawList, Lists
from counterfoil.gate.law.purposes import NOTHING, Purposes, compile_purposes
from counterfoil.gate.law.route import (
    Common,
    CommonRules,
    DatedDays,
    DocumentRules,
    OfficerRules,
    PeriodRules,
    PurposeRules,
    RemovalRules,
    Route,
)
from counterfoil.gate.law.schema import Span, require
from counterfoil.gate.law.wordings import (
    LaterWords,
    SignerWords,
    Wordings,
    later_words_of,
    signer_words_of,
    wordings_of,
)
from counterfoil.normalize import incomplete_part, normalize_address

_NOTHING: Final = re.compile(r"(?!)")
_SUBDIVISIONS: Final = r"(?: \( [a-z0-9]{1,4} \))*"
"""Subdivisions, in any order: how rules of the first version read them."""
_LETTERED: Final = r"(?: \( [a-z]{1,4} \)){0,5}"
"""Below a paragraph, which alone has numbers: subparagraph to subitem of a statute are letters."""
_PARAGRAPH: Final = r"(?: \( [a-z]{1,2} \))?(?: \( [0-9]{1,3}[a-z]? \))?"
_NUMBERED: Final = re.compile(r"\( [0-9]")
_OTHER_PURPOSES: Final = ("locating", "civil", "benefits", "voter_rolls", "other_purpose")
"""The lists of phrases that a reason must not have, by their fields in the rules and in `Terms`."""
_OF_FORMAT_3: Final = ("forfeiture", "missing_child", "pending")
"""The same of a common file of format 3."""
_EVERY_DAY: Final = Span(date.min, None)
"""Of what the agreement names: its own dates in force are an element of their own."""
PlaceKey = tuple[str, ...]
Dated = dict[str, tuple[Span, ...]]
"""Folded text to the spans on which a list has it."""


def is_listed(spans: Iterable[Span], day: date) -> bool:
    """Whether one of the spans covers the day."""
    return any(span.covers(day) for span in spans)


class TaxpayerTerms(Public, frozen=True, gc=False):
    """Words and signs of a name that is not one individual's; `may_join` as screens read them;
    `heads`: a name of letters without any of these words is one individual's."""

    heads: frozenset[str]
    joining: Screen
    may_join: frozenset[str]
    signs: frozenset[str]
    business: Screen
    estate: Screen
    child: Screen


class ConsentTerms(Public, frozen=True, gc=False):
    """Folded capacities in which a consent may be signed, `own` the taxpayer's, and purposes, as
    screens read them, that say nothing."""

    capacities: frozenset[str]
    own: str
    for_minors: frozenset[str]
    adult_years: int
    empty_purposes: frozenset[str]


class Terms(Public, frozen=True, gc=False):
    """What the checks of one agreement read. Sets are of folded text; patterns match folded
    citations.

    `requester` is the party's id and name; `absent` both `placeholders` and `nothing_stated`;
    `nothing_words` the latter as screens read them; `other_purposes` the phrases of each purpose
    that a reason must not have, `purposes` the patterns of words, `read_alone` the phrases of
    `forfeiture`, `missing_child` and `pending`, of which a reason with one is judged by itself;
    `group_words` the words of a group as screens read them; `edition` how much the law asks
    (demands.py); `asks_latin` whether it has an element for names in Latin letters;
    `authority_written` the designated citations as the agreement writes them.
    What a route's kind has no facts for is empty, and so is what came with format 3 under an
    earlier one:

    `agencies`: whose officers may receive; `statutes`, `ranges`: what the list of criminal statutes
    has; `wordings`: words that came with format 4, `later` with format 5;
    `designated`: those and their subdivisions that the agreement names; `courts`, `classes`: the
    lists of those names; `office_agencies`: the one agency that a class of official is of;
    `requester_agency`: the requester's in the list, or ""; `readings`: open questions of which the
    parties have signed a reading that discloses more."""

    agreement: Agreement
    rules: CommonRules
    offices: frozenset[str]
    principals: dict[str, Principal]
    requester: frozenset[str]
    placeholders: frozenset[str]
    nothing_stated: frozenset[str]
    absent: frozenset[str]
    nothing_words: frozenset[str]
    placeholder_phrases: Screen
    custodial_words: Screen
    custodial_places: frozenset[PlaceKey]
    shared_places: frozenset[PlaceKey]
    requester_offices: frozenset[PlaceKey]
    authority_written: frozenset[str]
    authority: re.Pattern[str]
    ground: re.Pattern[str]
    general_reasons: frozenset[str]
    group_words: frozenset[str]
    group_names: frozenset[str]
    edition: int
    agencies: Dated
    no_employees: Screen
    statutes: dict[str, Charge]
    ranges: tuple[SectionRange, ...]
    designated: frozenset[tuple[str, str]]
    courts: Dated
    classes: Dated
    office_agencies: dict[str, str]
    requester_agency: str
    readings: frozenset[str]
    forfeiture: Screen
    missing_child: Screen
    pending: Screen
    none_of: frozenset[str]
    asks_latin: bool
    read_alone: Screen
    itin_groups: frozenset[str]
    made_up_groups: frozenset[str]
    departure_days: int
    document_days: tuple[DatedDays, ...]
    document_items: frozenset[str]
    judges: frozenset[str]
    periods: PeriodRules
    consent: ConsentTerms
    taxpayer: TaxpayerTerms
    other_purposes: dict[str, Screen]
    purposes: Purposes
    wordings: Wordings
    signers: SignerWords
    later: LaterWords


def compile_terms(
    route: Route, common: Common, agreement: Agreement, lists: Lists | None = None
) -> Terms:
    """Compile. `lists`: those that a common file of format 3 names. Raises SettingsFault
    law_phrase_empty, law_place_incomplete, law_sandbox_only, law_principal_twice, law_pattern or
    law_rules_format."""
    check_format(route, common)
    rules, agreed, requester = common.rules, agreement.lists, agreement.parties.requester
    reason, officers, tin = rules.reason, rules.officers, rules.tin
    removal, document = route.rules.removal, route.rules.document
    edition = edition_of(common)
    placeholders = frozenset(map(fold_entry, rules.placeholder_entries))
    nothing_stated = frozenset(map(fold_entry, rules.nothing_stated)) | {""}
    authority = frozenset(
        spelling for item in agreement.designated for spelling in (item.citation, *item.written_as)
    )
    screens, aside = [
        {name: _screen(getattr(reason, name), f"rules.reason.{name}") for name in names}
        for names in (_OTHER_PURPOSES, _OF_FORMAT_3)
    ]
    readings = signed_readings(agreement)
    statutes = charges_of(lists.statutes) if lists else {}
    return Terms(
        agreement=agreement,
        rules=rules,
        offices=_offices(route, readings),
        principals=_principals(agreement),
        requester=frozenset(map(fold_entry, (requester.id, requester.name))),
        placeholders=placeholders,
        nothing_stated=nothing_stated,
        absent=placeholders | nothing_stated,
        nothing_words=frozenset(map(fold_screened, nothing_stated)),
        placeholder_phrases=_screen(agreed.placeholder_phrases, "lists.placeholder_phrases"),
        custodial_words=_screen(rules.custodial_words, "rules.custodial_words"),
        custodial_places=_places(agreed.custodial_places, "lists.custodial_places"),
        shared_places=_places(agreed.shared_places, "lists.shared_places"),
        requester_offices=_places(agreed.requester_offices, "lists.requester_offices"),
        authority_written=authority,
        authority=_citations(authority, edition),
        ground=_ground(removal, edition) if removal else _NOTHING,
        general_reasons=frozenset(map(fold_screened, reason.general_phrases)),
        forfeiture=aside["forfeiture"],
        missing_child=aside["missing_child"],
        pending=aside["pending"],
        group_words=_words(officers),
        group_names=frozenset(map(fold_tight, officers.group_names)),
        edition=edition,
        agencies=_agencies(route, agreement, lists) if lists else {},
        no_employees=_screen(officers.no_employees, "rules.officers.no_employees"),
        statutes=statutes,
        ranges=ranges_of(lists.statutes) if lists else (),
        designated=_designated(authority, statutes),
        courts=_dated(lists.courts, fold_court) if lists else {},
        classes=_dated(lists.classes, fold_citation) if lists else {},
        office_agencies={each.id: each.agency for each in route.rules.offices if each.agency},
        requester_agency=requester.agency or "",
        readings=readings,
        none_of=frozenset(word for text in reason.none_of for word in screened_words(text)),
        asks_latin=any(each.check == "name_is_in_latin_letters" for each in common.elements),
        read_alone=new_screen((*reason.forfeiture, *reason.missing_child, *reason.pending)),
        itin_groups=_groups(tin.itin_groups) | _groups(tin.atin_groups),
        made_up_groups=_groups(tin.made_up_groups),
        departure_days=removal.departure_days if removal else 0,
        document_days=document.days if document else (),
        document_items=frozenset(map(fold_entry, document.items)) if document else frozenset(),
        judges=frozenset(map(fold_entry, (document.judges or ()) if document else ())),
        periods=agreement.limits.periods or rules.periods,
        consent=_consent(document),
        taxpayer=_taxpayer(rules),
        other_purposes=screens,
        purposes=_purposes(rules),
        wordings=wordings_of(rules),
        later=later_words_of(rules, document, _titles_elsewhere(route, agreement, edition)),
        signers=signer_words_of(document, (requester.id, requester.name, *requester.written_as)),
    )


def _offices(route: Route, readings: frozenset[str]) -> frozenset[str]:
    """The classes of official that may ask: of an open question, under a signed reading alone."""
    return frozenset(
        office.id
        for office in route.rules.offices
        if office.reading is None or office.reading in readings
    )


def _designated(
    spellings: Iterable[str], statutes: dict[str, Charge]
) -> frozenset[tuple[str, str]]:
    """The listed statutes that these citations name, with the subdivision."""
    charges = (statutes.get(fold_citation(spelling)) for spelling in spellings)
    return frozenset((charge.statute, charge.below) for charge in charges if charge)


def _purposes(rules: CommonRules) -> Purposes:
    """Of a law whose common file came before these rules, none."""
    given = rules.purposes
    if isinstance(given, msgspec.UnsetType):
        return NOTHING
    phrases = [phrase for name in _OTHER_PURPOSES for phrase in getattr(rules.reason, name)]
    return _compiled_purposes(msgspec.msgpack.encode(given), tuple(phrases))


@lru_cache(maxsize=8)
def _compiled_purposes(encoded: bytes, phrases: tuple[str, ...]) -> Purposes:
    """One compilation for all laws and routes of the same rules, which are as good as constant."""
    given = msgspec.msgpack.decode(encoded, type=PurposeRules)
    return compile_purposes(
        given.classes,
        given.innocent,
        {name: getattr(given, name) for name in (*_OTHER_PURPOSES, "untold")},
        phrases,
        given.acts,
        given.bearing,
        given.least_bearing,
        given.proving,
        given.facts,
    )


def _consent(document: DocumentRules | None) -> ConsentTerms:
    """Of a route without a consent, or of a law that came before these rules, nothing."""
    rules = document.consent if document else msgspec.UNSET
    if isinstance(rules, msgspec.UnsetType):
        return ConsentTerms(frozenset(), "", frozenset(), 0, frozenset())
    return ConsentTerms(
        capacities=frozenset(map(fold_stated, rules.capacities)),
        own=fold_stated(rules.capacities[0]),
        for_minors=frozenset(map(fold_stated, rules.for_minors)),
        adult_years=rules.adult_years,
        empty_purposes=frozenset(map(fold_screened, rules.empty_purposes)),
    )


def _taxpayer(rules: CommonRules) -> TaxpayerTerms:
    """Of a law whose common file came before these rules, without words."""
    taxpayer = rules.taxpayer
    if isinstance(taxpayer, msgspec.UnsetType):
        none = new_screen(())
        return TaxpayerTerms(frozenset(), none, frozenset(), frozenset(), none, none, none)
    screens = {
        name: _screen(getattr(taxpayer, name), f"rules.taxpayer.{name}")
        for name in ("joining", "business", "estate", "child")
    }
    may_join = frozenset(map(fold_screened, taxpayer.may_join))
    return TaxpayerTerms(
        heads=may_join.union(*[screen.phrases for screen in screens.values()]),
        may_join=may_join,
        signs=frozenset(taxpayer.joining_signs),
        **screens,
    )


def signed_readings(agreement: Agreement) -> frozenset[str]:
    """The open questions of which the agreement has a reading; none where a party has not signed
    it."""
    signed = agreement.signatures
    if signed.holder is None or signed.requester is None:
        return frozenset()
    return frozenset(reading.question for reading in agreement.readings)


def fold_court(text: str) -> str:
    """The name of a court, in its words."""
    return " ".join(split_words(text))


@lru_cache(maxsize=16)
def _dated(found: LawList, fold: Callable[[str], str]) -> Dated:
    """What a list has, folded, with its days."""
    dated: Dated = {}
    for entry in found.entries:
        for spelling, _ in entry.spellings():
            folded = fold(spelling)
            dated[folded] = (*dated.get(folded, ()), entry.in_force)
    return dated


def _agencies(route: Route, agreement: Agreement, lists: Lists) -> Dated:
    """Whose officers and employees may receive: the requester's, 26 USC 6103(i)(2)(A); on a court's
    order any Federal agency's, (i)(1)(A)."""
    requester = agreement.parties.requester
    own = (requester.id, requester.name, *requester.written_as)
    dated: Dated = {fold_entry(name): (_EVERY_DAY,) for name in own}
    for entry in lists.agencies.entries:
        if route.kind == "court-order" or entry.id == requester.agency:
            for written in entry.written_as:
                folded = fold_entry(written)
                dated[folded] = (*dated.get(folded, ()), entry.in_force)
    return dated


def _titles_elsewhere(route: Route, agreement: Agreement, edition: int) -> list[str]:
    """Titles that the statute has in the case of another agency than the requester: a United States
    attorney is Justice's, whatever agency is written. A court's order lets any agency receive."""
    own = agreement.parties.requester.agency
    if route.kind != "written-request" or edition < 6:
        return []
    return [each.title.lower() for each in route.rules.offices if each.agency not in ("", own)]


def place_keys(form: AddressForm) -> tuple[PlaceKey, PlaceKey]:
    """The two keys under which a building is listed: by ZIP, and by city and state. The unit does
    not matter."""
    return (form.number, form.street, form.zip5), (form.number, form.street, form.city, form.state)


def _principals(agreement: Agreement) -> dict[str, Principal]:
    found: dict[str, Principal] = {}
    for principal in agreement.principals:
        place = f"agreement {agreement.id}: principals.{principal.id}"
        require(
            agreement.sandbox or not principal.unsigned_accepted,
            "law_sandbox_only",
            "only a sandbox may accept a principal's unsigned file",
            f"{place}.unsigned_accepted",
            "Write false, and register the principal's key.",
        )
        require(
            principal.id not in found,
            "law_principal_twice",
            "a principal is listed twice",
            place,
            "Keep one entry for each principal.",
        )
        former = (principal.former_key, principal.former_until)
        require(
            former == (None, None) or None not in (principal.key, *former),
            "law_former_key",
            "a former key has a last day, and a key that follows it",
            f"{place}.former_key",
            "Write key, former_key and former_until; or leave the last two out.",
        )
        found[principal.id] = principal
    return found


def _screen(phrases: Iterable[str], field: str) -> Screen:
    screen = new_screen(phrases)
    require(
        "" not in screen.phrases,
        "law_phrase_empty",
        "a phrase has no letters",
        field,
        "Write a word, or remove the line.",
    )
    return screen


def _places(places: Iterable[Place], field: str) -> frozenset[PlaceKey]:
    keys: set[PlaceKey] = set()
    for index, place in enumerate(places):
        form = normalize_address(Address(place.line1, "", place.city, place.state, place.zip))
        require(
            incomplete_part(form) is None,
            "law_place_incomplete",
            "a listed place has no complete address",
            f"{field}[{index}]",
            "Give number and street or box, city, state and ZIP.",
        )
        keys.update(place_keys(form))
    return frozenset(keys)


def _citations(spellings: Iterable[str], edition: int) -> re.Pattern[str]:
    """A folded citation of one of these, or of a subdivision of it."""
    folded = sorted({fold_citation(spelling) for spelling in spellings})
    choices = [
        f"{re.escape(each)}{_below(each) if edition > 1 else _SUBDIVISIONS}" for each in folded
    ]
    return re.compile(f"(?:{'|'.join(choices)})\\Z")


def _below(citation: str) -> str:
    """Subdivisions of a folded citation, as statutes have them."""
    return _LETTERED if _NUMBERED.search(citation) else f"{_PARAGRAPH}{_LETTERED}"


def _ground(removal: RemovalRules, edition: int) -> re.Pattern[str]:
    """A folded citation that names one class (paragraph), or a subdivision of it."""
    return _citations(
        (
            f"{spelling}({paragraph})"
            for spelling in removal.written_as
            for paragraph in removal.classes
        ),
        edition,
    )


def _words(officers: OfficerRules) -> frozenset[str]:
    return frozenset(word for phrase in officers.group_words for word in screened_words(phrase))


def _groups(ranges: Iterable[str]) -> frozenset[str]:
    """Two-digit groups of `50-65` and `93`."""
    found: set[str] = set()
    for text in ranges:
        first, _, last = text.partition("-")
        found.update(f"{group:02}" for group in range(int(first), int(last or first) + 1))
    return frozenset(found)
