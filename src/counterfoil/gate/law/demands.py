"""The checks that each kind of route demands: a row for each check, with the routes it is of.

A law file says which element asks which check; this table says which checks a route may not be
without. A route of a kind has an element for every check of its kind, and no other: a law file that
leaves one without an element, or that names another, is refused when it is loaded, because a rule
ends by a dated entry and not by deletion. That is why the table is code and not a field of the law
files: whoever deletes an element would delete its demand with it. The functions of these names are
in gate/checks/table.py; docs/formats/law.md shows this table.
"""

from __future__ import annotations

from typing import Final

import msgspec

from counterfoil.gate.law.route import Common, PurposeRules, Route, RouteKind
from counterfoil.gate.law.schema import require

CHECKS_VERSION: Final = "checks-8"
"""Part of the law's digest: raise it when a check's behavior changes."""
EARLIER_VERSIONS: Final = {
    1: "checks-3", 2: "checks-4", 3: "checks-5", 4: "checks-6", 5: "checks-7",
}  # fmt: skip
"""The same of an office whose law has a common file of an earlier format: it goes on under that
law, its digest is what it was, and what was decided under it is decided again the same."""

Kinds = frozenset[RouteKind]
EVERY_ROUTE: Final[Kinds] = frozenset({"written-request", "court-order", "consent"})
ENFORCEMENT: Final[Kinds] = frozenset({"written-request", "court-order"})
"""Routes of a criminal matter: a consent states no authority, reason, investigation or officers."""
ON_A_DOCUMENT: Final[Kinds] = frozenset({"court-order", "consent"})
WRITTEN_REQUEST: Final[Kinds] = frozenset({"written-request"})
"""Beside the facts of removal, what is of one matter: an order speaks of its own act, and may reach
several people for one reason."""
COURT_ORDER: Final[Kinds] = frozenset({"court-order"})
CONSENT: Final[Kinds] = frozenset({"consent"})

DEMANDS: Final[dict[str, Kinds]] = {
    "principal_is_listed": EVERY_ROUTE,
    "principal_is_no_delegate": EVERY_ROUTE,
    "principal_is_of_agency": WRITTEN_REQUEST,
    "request_is_signed": EVERY_ROUTE,
    "agreement_is_named": EVERY_ROUTE,
    "agreement_is_in_force": EVERY_ROUTE,
    "requester_is_party": EVERY_ROUTE,
    "law_is_in_force": EVERY_ROUTE,
    "safeguards_are_current": EVERY_ROUTE,
    "batch_is_within_limit": EVERY_ROUTE,
    "batch_is_plausible": EVERY_ROUTE,
    "sent_date_has_come": EVERY_ROUTE,
    "sent_date_is_recent": EVERY_ROUTE,
    "day_quota_is_kept": EVERY_ROUTE,
    "year_quota_is_kept": EVERY_ROUTE,
    "no_lockout_is_in_force": EVERY_ROUTE,
    "document_is_stated": ON_A_DOCUMENT,
    "document_is_not_future": ON_A_DOCUMENT,
    "document_is_recent": ON_A_DOCUMENT,
    "document_has_not_expired": ON_A_DOCUMENT,
    "document_reaches_item": ON_A_DOCUMENT,
    "order_court_is_named": COURT_ORDER,
    "order_judge_is_listed": COURT_ORDER,
    "order_finds_act": COURT_ORDER,
    "order_finds_relevance": COURT_ORDER,
    "order_finds_exclusive_use": COURT_ORDER,
    "order_finds_no_other_source": COURT_ORDER,
    "order_court_is_district": COURT_ORDER,
    "order_statute_is_criminal": COURT_ORDER,
    "consent_names_recipient": CONSENT,
    "consent_purpose_is_stated": CONSENT,
    "consent_is_of_one_person": CONSENT,
    "consent_is_alone": CONSENT,
    "consent_is_signed": CONSENT,
    "consent_is_not_revoked": CONSENT,
    "name_is_given": EVERY_ROUTE,
    "name_is_in_latin_letters": EVERY_ROUTE,
    "name_is_no_placeholder": EVERY_ROUTE,
    "address_is_complete": EVERY_ROUTE,
    "address_is_no_placeholder": EVERY_ROUTE,
    "custodial_address_is_located": EVERY_ROUTE,
    "address_is_not_the_requesters": EVERY_ROUTE,
    "address_is_not_general_delivery": EVERY_ROUTE,
    "zip_is_of_state": EVERY_ROUTE,
    "tin_is_well_formed": EVERY_ROUTE,
    "name_is_of_one_taxpayer": EVERY_ROUTE,
    "taxpayer_is_no_business": EVERY_ROUTE,
    "taxpayer_is_no_estate": EVERY_ROUTE,
    "taxpayer_is_no_child": EVERY_ROUTE,
    "text_is_in_one_script": EVERY_ROUTE,
    "period_is_given": EVERY_ROUTE,
    "period_is_not_vague": EVERY_ROUTE,
    "period_is_within_limits": EVERY_ROUTE,
    "period_is_not_in_future": EVERY_ROUTE,
    "authority_is_given": ENFORCEMENT,
    "authority_is_designated": WRITTEN_REQUEST,
    "authority_is_the_orders": COURT_ORDER,
    "reason_is_given": ENFORCEMENT,
    "reason_is_specific": ENFORCEMENT,
    "reason_tells_purpose": ENFORCEMENT,
    "reason_does_not_locate": ENFORCEMENT,
    "reason_is_not_civil": ENFORCEMENT,
    "reason_is_not_benefits": ENFORCEMENT,
    "reason_is_not_voter_rolls": ENFORCEMENT,
    "reason_is_of_this_purpose": ENFORCEMENT,
    "reason_is_not_forfeiture": ENFORCEMENT,
    "reason_is_not_missing_child": WRITTEN_REQUEST,
    "reason_states_none_pending": WRITTEN_REQUEST,
    "reason_is_not_repeated": WRITTEN_REQUEST,
    "investigation_is_numbered": ENFORCEMENT,
    "investigation_is_dated": ENFORCEMENT,
    "investigation_has_begun": ENFORCEMENT,
    "investigation_is_of_few_people": WRITTEN_REQUEST,
    "officers_are_named": ENFORCEMENT,
    "officers_are_individuals": ENFORCEMENT,
    "officer_caseload_is_possible": ENFORCEMENT,
    "officers_are_of_agency": ENFORCEMENT,
    "officers_are_employees": ENFORCEMENT,
    "use_is_certified": EVERY_ROUTE,
    "removal_order_is_numbered": WRITTEN_REQUEST,
    "removal_order_is_dated": WRITTEN_REQUEST,
    "removal_ground_is_deportability": WRITTEN_REQUEST,
    "court_order_date_is_possible": WRITTEN_REQUEST,
    "departure_days_have_passed": WRITTEN_REQUEST,
    "no_stay_is_stated": WRITTEN_REQUEST,
    "no_review_is_pending": WRITTEN_REQUEST,
    "investigation_follows_order": WRITTEN_REQUEST,
    "documents_are_stated": WRITTEN_REQUEST,
    "hampering_is_stated": WRITTEN_REQUEST,
    "appearance_is_stated": WRITTEN_REQUEST,
    "reentry_order_is_dated": WRITTEN_REQUEST,
    "reentry_is_dated": WRITTEN_REQUEST,
    "reentry_fact_is_stated": WRITTEN_REQUEST,
    "person_is_not_asked_often": EVERY_ROUTE,
    "person_addresses_are_few": EVERY_ROUTE,
    "address_people_are_few": EVERY_ROUTE,
    "evidence_is_not_tried": EVERY_ROUTE,
    "request_is_not_repeated": EVERY_ROUTE,
    "person_is_reached": ON_A_DOCUMENT,
    "periods_are_reached": ON_A_DOCUMENT,
    "minor_consents_by_guardian": CONSENT,
}

SINCE_COMMON_2: Final = frozenset({"text_is_in_one_script", "zip_is_of_state"})
SINCE_COMMON_3: Final = frozenset(
    {
        "appearance_is_stated",
        "authority_is_the_orders",
        "consent_is_alone",
        "consent_is_not_revoked",
        "consent_is_signed",
        "documents_are_stated",
        "evidence_is_not_tried",
        "hampering_is_stated",
        "investigation_follows_order",
        "minor_consents_by_guardian",
        "name_is_in_latin_letters",
        "name_is_of_one_taxpayer",
        "no_review_is_pending",
        "officers_are_employees",
        "officers_are_of_agency",
        "order_court_is_district",
        "order_finds_no_other_source",
        "order_statute_is_criminal",
        "period_is_within_limits",
        "principal_is_of_agency",
        "reason_is_not_forfeiture",
        "reason_is_not_missing_child",
        "reason_states_none_pending",
        "reason_tells_purpose",
        "reentry_fact_is_stated",
        "reentry_is_dated",
        "reentry_order_is_dated",
        "taxpayer_is_no_business",
        "taxpayer_is_no_child",
        "taxpayer_is_no_estate",
    }
)
"""Checks that a law may be without whose common file has an earlier format: an office keeps its
copy of the law, and one that was made before these were demanded has no element for them. It takes
them up with the law files of the present format."""
_LATER: Final = {1: SINCE_COMMON_2 | SINCE_COMMON_3, 2: SINCE_COMMON_3}


def demanded_of(kind: RouteKind) -> frozenset[str]:
    """The checks that a route of this kind has: all of them, and no other."""
    return frozenset(check for check, kinds in DEMANDS.items() if kind in kinds)


def later_than(common: Common) -> frozenset[str]:
    """The checks that a law with this common file may be without: they came later."""
    return _LATER.get(edition_of(common), frozenset())


def checks_version(common: Common) -> str:
    """The version of the checks under this law: part of its digest."""
    return EARLIER_VERSIONS.get(edition_of(common), CHECKS_VERSION)


def edition_of(common: Common) -> int:
    """The number of the format of a law's common file: what the checks ask grows with it.

    1: lists of words. 2: words that tell nothing, mixed scripts, ZIP and state. 3: the elements
    that this module lists in `SINCE_COMMON_3`, with the dated lists of lists.py. 4: words of
    emptiness and of units, what a reason is for. 5: what tells the fact of an offence, occupations,
    who signed in whose place. 6: digits that stand for letters in the names of cities and officers,
    parts of a name that are written for a missing one, a title and one word for an officer."""
    return int(common.format.rsplit("-", 1)[1])


_CONSENT_4: Final = ("empty_words", "no_signers", "unsigned")
_CONSENT_5: Final = ("looked_at", "for_others", "for_the_dead")


def check_format(route: Route, common: Common) -> None:
    """A law has every rule that its format brought: without it a check would let through what it is
    for."""
    document, edition = route.rules.document, edition_of(common)
    given: dict[str, object] = {
        f"common/{common.id}.yaml: rules.taxpayer": common.rules.taxpayer,
        f"common/{common.id}.yaml: rules.purposes": common.rules.purposes,
        f"common/{common.id}.yaml: rules.use_limits": common.rules.use_limits,
    }
    consent = document.consent if document else msgspec.UNSET
    if route.kind == "consent":
        given[f"routes/{route.id}.yaml: rules.document.consent"] = consent
    if edition > 3:
        given[f"common/{common.id}.yaml: rules.wordings"] = common.rules.wordings
        given[f"common/{common.id}.yaml: rules.purposes.facts"] = _asked(common.rules.purposes)
        if route.kind == "court-order":
            place = f"routes/{route.id}.yaml: rules.document.own_days"
            given[place] = document.own_days if document else msgspec.UNSET
        if not isinstance(consent, msgspec.UnsetType):
            for name in (*_CONSENT_4, *(_CONSENT_5 if edition > 4 else ())):
                place = f"routes/{route.id}.yaml: rules.document.consent.{name}"
                given[place] = getattr(consent, name)
    if edition > 4:
        officers = common.rules.officers
        given[f"common/{common.id}.yaml: rules.offences"] = common.rules.offences
        for name in ("occupations", "looked_at", "joining"):
            given[f"common/{common.id}.yaml: rules.officers.{name}"] = (
                getattr(officers, name) or msgspec.UNSET
            )
    for place, rules in given.items():
        require(
            edition < 3 or not isinstance(rules, msgspec.UnsetType),
            "law_rules_format",
            f"a common file of format {edition} needs these rules",
            place,
            "Restore them from the library.",
        )


def _asked(purposes: PurposeRules | msgspec.UnsetType) -> object:
    """UNSET where the patterns have nothing of what a reason is asked for since format 4."""
    if isinstance(purposes, msgspec.UnsetType):
        return purposes
    return (purposes.proving and purposes.facts and purposes.untold) or msgspec.UNSET
