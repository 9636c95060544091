"""The table of checks: the name that a law file writes, and the function that it means.

A check is pure: the same arguments give the same state, and nothing else is read (P2). The checks
of `BATCH_CHECKS` are evaluated once a file, those of `REQUEST_CHECKS` once a request. To add a
check: write the function, name it here, say in gate/law/demands.py which routes demand it, name it
in an element of each of them, and give the element four cases.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from counterfoil.core.values import State
from counterfoil.gate.checks import batch, document, matter, person, removal, taxpayer
from counterfoil.gate.checks import limits as guards
from counterfoil.gate.checks.inputs import CheckInput, FileInput
from counterfoil.gate.law.compiled import Terms

BatchCheck = Callable[[FileInput, Terms], State]
RequestCheck = Callable[[CheckInput, Terms], State]

BATCH_CHECKS: Final[dict[str, BatchCheck]] = {
    "principal_is_listed": batch.principal_is_listed,
    "principal_is_no_delegate": batch.principal_is_no_delegate,
    "principal_is_of_agency": batch.principal_is_of_agency,
    "request_is_signed": batch.request_is_signed,
    "agreement_is_named": batch.agreement_is_named,
    "agreement_is_in_force": batch.agreement_is_in_force,
    "requester_is_party": batch.requester_is_party,
    "law_is_in_force": batch.law_is_in_force,
    "safeguards_are_current": batch.safeguards_are_current,
    "batch_is_within_limit": batch.batch_is_within_limit,
    "batch_is_plausible": batch.batch_is_plausible,
    "sent_date_has_come": batch.sent_date_has_come,
    "sent_date_is_recent": batch.sent_date_is_recent,
    "day_quota_is_kept": guards.day_quota_is_kept,
    "year_quota_is_kept": guards.year_quota_is_kept,
    "no_lockout_is_in_force": guards.no_lockout_is_in_force,
    "document_is_stated": document.document_is_stated,
    "document_is_not_future": document.document_is_not_future,
    "document_is_recent": document.document_is_recent,
    "document_has_not_expired": document.document_has_not_expired,
    "document_reaches_item": document.document_reaches_item,
    "order_court_is_named": document.order_court_is_named,
    "order_judge_is_listed": document.order_judge_is_listed,
    "order_finds_act": document.order_finds_act,
    "order_finds_relevance": document.order_finds_relevance,
    "order_finds_exclusive_use": document.order_finds_exclusive_use,
    "order_finds_no_other_source": document.order_finds_no_other_source,
    "order_court_is_district": document.order_court_is_district,
    "order_statute_is_criminal": document.order_statute_is_criminal,
    "consent_names_recipient": document.consent_names_recipient,
    "consent_purpose_is_stated": document.consent_purpose_is_stated,
    "consent_is_of_one_person": document.consent_is_of_one_person,
    "consent_is_alone": document.consent_is_alone,
    "consent_is_signed": document.consent_is_signed,
    "consent_is_not_revoked": document.consent_is_not_revoked,
}

REQUEST_CHECKS: Final[dict[str, RequestCheck]] = {
    "name_is_given": person.name_is_given,
    "name_is_in_latin_letters": person.name_is_in_latin_letters,
    "name_is_no_placeholder": person.name_is_no_placeholder,
    "address_is_complete": person.address_is_complete,
    "address_is_no_placeholder": person.address_is_no_placeholder,
    "custodial_address_is_located": person.custodial_address_is_located,
    "address_is_not_the_requesters": person.address_is_not_the_requesters,
    "address_is_not_general_delivery": person.address_is_not_general_delivery,
    "zip_is_of_state": person.zip_is_of_state,
    "tin_is_well_formed": person.tin_is_well_formed,
    "name_is_of_one_taxpayer": taxpayer.name_is_of_one_taxpayer,
    "taxpayer_is_no_business": taxpayer.taxpayer_is_no_business,
    "taxpayer_is_no_estate": taxpayer.taxpayer_is_no_estate,
    "taxpayer_is_no_child": taxpayer.taxpayer_is_no_child,
    "text_is_in_one_script": matter.text_is_in_one_script,
    "period_is_given": matter.period_is_given,
    "period_is_not_vague": matter.period_is_not_vague,
    "period_is_within_limits": matter.period_is_within_limits,
    "period_is_not_in_future": matter.period_is_not_in_future,
    "authority_is_given": matter.authority_is_given,
    "authority_is_designated": matter.authority_is_designated,
    "authority_is_the_orders": matter.authority_is_the_orders,
    "reason_is_given": matter.reason_is_given,
    "reason_is_specific": matter.reason_is_specific,
    "reason_tells_purpose": matter.reason_tells_purpose,
    "reason_does_not_locate": matter.reason_does_not_locate,
    "reason_is_not_civil": matter.reason_is_not_civil,
    "reason_is_not_benefits": matter.reason_is_not_benefits,
    "reason_is_not_voter_rolls": matter.reason_is_not_voter_rolls,
    "reason_is_of_this_purpose": matter.reason_is_of_this_purpose,
    "reason_is_not_forfeiture": matter.reason_is_not_forfeiture,
    "reason_is_not_missing_child": matter.reason_is_not_missing_child,
    "reason_states_none_pending": removal.reason_states_none_pending,
    "reason_is_not_repeated": matter.reason_is_not_repeated,
    "investigation_is_numbered": matter.investigation_is_numbered,
    "investigation_is_dated": matter.investigation_is_dated,
    "investigation_has_begun": matter.investigation_has_begun,
    "investigation_is_of_few_people": matter.investigation_is_of_few_people,
    "officers_are_named": matter.officers_are_named,
    "officers_are_individuals": matter.officers_are_individuals,
    "officer_caseload_is_possible": matter.officer_caseload_is_possible,
    "officers_are_of_agency": matter.officers_are_of_agency,
    "officers_are_employees": matter.officers_are_employees,
    "use_is_certified": matter.use_is_certified,
    "removal_order_is_numbered": removal.removal_order_is_numbered,
    "removal_order_is_dated": removal.removal_order_is_dated,
    "removal_ground_is_deportability": removal.removal_ground_is_deportability,
    "court_order_date_is_possible": removal.court_order_date_is_possible,
    "departure_days_have_passed": removal.departure_days_have_passed,
    "no_stay_is_stated": removal.no_stay_is_stated,
    "no_review_is_pending": removal.no_review_is_pending,
    "investigation_follows_order": removal.investigation_follows_order,
    "documents_are_stated": removal.documents_are_stated,
    "hampering_is_stated": removal.hampering_is_stated,
    "appearance_is_stated": removal.appearance_is_stated,
    "reentry_order_is_dated": removal.reentry_order_is_dated,
    "reentry_is_dated": removal.reentry_is_dated,
    "reentry_fact_is_stated": removal.reentry_fact_is_stated,
    "person_is_not_asked_often": guards.person_is_not_asked_often,
    "person_addresses_are_few": guards.person_addresses_are_few,
    "address_people_are_few": guards.address_people_are_few,
    "evidence_is_not_tried": guards.evidence_is_not_tried,
    "request_is_not_repeated": guards.request_is_not_repeated,
    "person_is_reached": document.person_is_reached,
    "periods_are_reached": document.periods_are_reached,
    "minor_consents_by_guardian": document.minor_consents_by_guardian,
}
