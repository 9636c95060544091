"""What requests share is asked once, and nobody can tell: the same findings as asking each request
everything."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterfoil.core.values import Address, EngagedOfficer, Person, Refusal, RemovalOrder, Request
from counterfoil.gate import Gate, Law
from counterfoil.gate.checks.inputs import MET, CheckInput, RequestReader
from counterfoil.gate.checks.memo import OWN_CHECKS, PARTS
from counterfoil.gate.checks.table import REQUEST_CHECKS
from counterfoil.gate.history.fingerprints import forms_of
from counterfoil.gate.history.uses import ONCE
from tests.gate.world import NO_HISTORY, ON, REQUEST, changed, facts_of, sandbox, uses_in

LAW = sandbox()
DAYS = st.sampled_from(
    [
        None,
        date(2024, 11, 15),
        date(2025, 5, 9),
        date(2025, 5, 10),
        date(2025, 8, 7),
        date(2025, 8, 8),
    ]
)
OFFICERS = (
    EngagedOfficer("OFF-1", "Dana Fields", "Special Agent", "Agency A"),
    EngagedOfficer("OFF-1", "Dana Fields", "Contractor", "Agency B"),
    EngagedOfficer("OFF-2", "Enforcement Unit", "Team"),
    EngagedOfficer("", "N/A", ""),
)
REQUESTS = st.builds(
    Request,
    request_id=st.just("r1"),
    row=st.just(1),
    person=st.sampled_from(
        [REQUEST.person, Person("Unknown", "", "Quill"), Person("Rosalind", tin="900-00-12")]
    ),
    address=st.sampled_from(
        [REQUEST.address, Address("Unknown Address", "", "Anytown", "WA", "98001"), Address()]
    ),
    taxable_periods=st.sampled_from([(), ("2023",), ("all years",), ("2026",), ("2019-2024",)]),
    statutory_authority=st.sampled_from(
        ["", "8 USC 1253(a)(1)", "8 USC 1253(a)(1)(C)", "8 USC 1326(a)", "n/a", "26 USC 7201"]
    ),
    reason=st.sampled_from(
        [
            "",
            REQUEST.reason,
            "Current address for civil enforcement",
            "To locate her",
            "The petition for review names this address, and the notice bears on intent.",
        ]
    ),
    investigation_number=st.sampled_from(["", "CR-2025-00417", "XXXX"]),
    investigation_opened_on=DAYS,
    removal_order=st.builds(
        RemovalOrder,
        number=st.sampled_from(["", "RO-2024-7731"]),
        ordered_on=DAYS,
        ground=st.sampled_from(["", "8 USC 1227(a)(2)", "8 USC 1182"]),
        court_ordered_on=DAYS,
    ),
    stay_or_deferral=st.sampled_from(["", "none", "deferred action"]),
    engaged_officers=st.lists(st.sampled_from(OFFICERS), max_size=2).map(tuple),
    use_certified=st.booleans(),
    review=st.sampled_from(["", "none", "petition for review"]),
    offence_date=DAYS,
    offence_fact=st.sampled_from(["", "Hid the travel document from the officer", "xxxx"]),
    earlier_investigation=st.sampled_from(["", "Opened on forged papers two years ago", "none"]),
)
GATE = Gate(LAW, facts_of(REQUEST), NO_HISTORY, ON)
"""One gate for all requests that are made: what it remembers of one must not reach another."""


def _asked(request: Request) -> CheckInput:
    rules = LAW.terms.rules.periods
    return RequestReader(rules, facts_of(REQUEST), NO_HISTORY, ON, LAW.terms.edition).read(
        request, forms_of([request])[0], ONCE
    )


def _tight() -> Law:
    """The sandbox's law with limits that a few requests reach."""
    limits = LAW.agreement.limits
    guards = changed(
        limits.guards,
        attempts_on_person=3,
        addresses_of_person=2,
        people_at_address=2,
        same_request=1,
    )
    few = changed(
        limits, guards=guards, same_reason=3, similar_reason=4, people_per_investigation=2
    )
    agreement = changed(LAW.agreement, limits=few)
    return changed(LAW, agreement=agreement, terms=changed(LAW.terms, agreement=agreement))


JAIL = Address("2983 Custody Way", "", "Anytown", "WA", "98001")
PEOPLE = [Person(given, "", "Quill") for given in ("Rosalind", "Philippa", "Marisol")]
REPEATING = st.builds(
    changed,
    st.just(REQUEST),
    person=st.sampled_from(PEOPLE),
    address=st.sampled_from(
        [REQUEST.address, Address("9 Oak Ave", "", "Anytown", "WA", "98001"), JAIL]
    ),
    reason=st.sampled_from(
        [REQUEST.reason, REQUEST.reason + " 7", "The heron permit bears on intent in this matter."]
    ),
    investigation_number=st.sampled_from(["CR-2025-00417", "CR-2025-00418"]),
)


@settings(max_examples=300)
@given(REQUESTS)
def test_a_decision_is_every_finding_that_is_not_met_in_the_laws_order(request: Request) -> None:
    decision = GATE.decide(request)
    failed = decision.failed if isinstance(decision, Refusal) else ()
    assert failed == tuple(found for found in GATE.findings(request) if found.state is not MET)


@settings(max_examples=200)
@given(st.lists(REPEATING, min_size=1, max_size=9))
def test_requests_that_repeat_each_other_are_counted_alike_by_both(requests: list[Request]) -> None:
    """One gate decides all of a file, so what it shares between counts is put to use."""
    gate = Gate(_tight(), facts_of(*requests), NO_HISTORY, ON)
    for request, uses in zip(requests, uses_in(*requests), strict=True):
        decision = gate.decide(request, uses)
        failed = decision.failed if isinstance(decision, Refusal) else ()
        found = gate.findings(request, uses)
        assert failed == tuple(each for each in found if each.state is not MET)


def test_a_listed_place_of_custody_is_told_from_a_home_that_is_asked_as_often() -> None:
    """Both are asked for more people than agreed, and as often: the address itself decides."""
    places = (LAW.agreement.lists.custodial_places[0], JAIL)
    homes = [Address(each.line1, "", each.city, each.state, each.zip) for each in places]
    requests = [changed(person=person, address=home) for home in homes for person in PEOPLE]
    gate = Gate(_tight(), facts_of(*requests), NO_HISTORY, ON)
    crowded = {element.id for element in gate.elements if element.check == "address_people_are_few"}
    failed = [
        crowded & {each.element for each in gate.decide(request, uses).failed}
        for request, uses in zip(requests, uses_in(*requests), strict=True)
    ]
    assert failed == [set()] * len(PEOPLE) + [crowded] * len(PEOPLE)


@pytest.mark.parametrize("part", PARTS)
@settings(max_examples=150)
@given(first=REQUESTS, second=REQUESTS)
def test_no_check_of_a_part_notices_a_change_of_anything_else(
    part: object, first: Request, second: Request
) -> None:
    """Two requests that agree in the part agree in its findings: the fields of the part are put
    from one into the other."""
    fields = {
        0: {"engaged_officers": first.engaged_officers},
        1: {
            "taxable_periods": first.taxable_periods,
            "statutory_authority": first.statutory_authority,
            "stay_or_deferral": first.stay_or_deferral,
            "review": first.review,
            "use_certified": first.use_certified,
            "removal_order": changed(second.removal_order, ground=first.removal_order.ground),
        },
        2: {"investigation_opened_on": first.investigation_opened_on},
        3: {
            "removal_order": changed(
                second.removal_order,
                ordered_on=first.removal_order.ordered_on,
                court_ordered_on=first.removal_order.court_ordered_on,
            ),
            "offence_date": first.offence_date,
            "offence_fact": first.offence_fact,
            "statutory_authority": first.statutory_authority,
        },
        4: {"reason": first.reason, "statutory_authority": first.statutory_authority},
        5: {"person": first.person},
        6: {"address": first.address},
        7: {},
        8: {
            "investigation_opened_on": first.investigation_opened_on,
            "earlier_investigation": first.earlier_investigation,
            "statutory_authority": first.statutory_authority,
            "removal_order": changed(
                second.removal_order, ordered_on=first.removal_order.ordered_on
            ),
        },
    }[PARTS.index(part)]
    other = changed(second, **fields)
    thing = part.of(LAW.terms)
    assert thing(_asked(first)) == thing(_asked(other))
    mine = {element.id for element in GATE.elements if element.check in part.checks}
    found = [
        [each for each in GATE.findings(one) if each.element in mine] for one in (first, other)
    ]
    assert found[0] == found[1]


def test_every_check_is_asked_once() -> None:
    parts = [check for part in PARTS for check in part.checks]
    assert len(parts) == len(set(parts))
    assert OWN_CHECKS.isdisjoint(parts)
    assert OWN_CHECKS | set(parts) == set(REQUEST_CHECKS)


@pytest.mark.parametrize(
    "reason",
    [
        "The petition for review names this address, and the notice bears on intent.",
        "The notice bears on intent, and the house is the subject of a civil forfeiture.",
    ],
)
def test_a_reason_of_one_purpose_says_nothing_of_another_that_has_it(reason: str) -> None:
    """Both are for the same purpose; what else the second says is its own."""
    gate = Gate(LAW, facts_of(REQUEST), NO_HISTORY, ON)
    assert not isinstance(gate.decide(REQUEST), Refusal)
    assert isinstance(gate.decide(changed(reason=reason)), Refusal)
