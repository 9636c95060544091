"""Every element is evaluated; the decision is a function of its arguments."""

from __future__ import annotations

import pickle
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterfoil.core.errors import GateFault
from counterfoil.core.values import (
    Address,
    EngagedOfficer,
    Grant,
    Header,
    Person,
    Refusal,
    RemovalOrder,
    Request,
    State,
)
from counterfoil.gate import Gate, decide, explain
from counterfoil.normalize import normalize_address, normalize_name
from tests.gate.world import HEADER, NO_HISTORY, ON, REQUEST, changed, facts_of, sandbox
from tests.world.faults import expect_fault

LAW = sandbox()
TEXT = st.text(max_size=60) | st.sampled_from(
    [
        "",
        "none",
        "unknown",
        "N/A",
        "12 Elm St",
        "8 USC 1253(a)(1)",
        "2023",
        "all years",
        "\x00",
        "\ud800",
    ]
)
DAYS = st.none() | st.dates(min_value=date(1990, 1, 1), max_value=date(2040, 1, 1))
REQUESTS = st.builds(
    Request,
    request_id=st.just("r1"),
    row=st.integers(1, 9),
    person=st.builds(Person, TEXT, TEXT, TEXT, TEXT, DAYS, TEXT),
    address=st.builds(Address, TEXT, TEXT, TEXT, TEXT, TEXT),
    taxable_periods=st.lists(TEXT, max_size=3).map(tuple),
    statutory_authority=TEXT,
    reason=TEXT,
    investigation_number=TEXT,
    investigation_opened_on=DAYS,
    removal_order=st.builds(RemovalOrder, TEXT, DAYS, TEXT, DAYS),
    stay_or_deferral=TEXT,
    engaged_officers=st.lists(st.builds(EngagedOfficer, TEXT, TEXT, TEXT), max_size=2).map(tuple),
    use_certified=st.booleans(),
)
EMPTY = Request(request_id="r2", row=2, person=Person(), address=Address())


def test_a_grant_carries_the_forms_periods_and_rules_that_admitted_it() -> None:
    grant = decide(REQUEST, LAW, facts_of(REQUEST), NO_HISTORY, ON)
    assert isinstance(grant, Grant)
    assert grant.address == normalize_address(REQUEST.address)
    assert grant.name == normalize_name(REQUEST.person)
    assert (grant.request, grant.periods, grant.rules) == (REQUEST, (2022, 2023), LAW.digest)


def test_a_refusal_lists_every_element_that_is_not_met_in_the_laws_order() -> None:
    gate = Gate(LAW, facts_of(EMPTY, header=Header("", "", "", ON)), NO_HISTORY, ON)
    refusal = gate.decide(EMPTY)
    assert isinstance(refusal, Refusal)
    assert refusal.failed == tuple(
        finding for finding in gate.findings(EMPTY) if finding.state is not State.MET
    )
    order = [element.id for element in LAW.elements]
    places = [order.index(finding.element) for finding in refusal.failed]
    assert places == sorted(places)
    assert {finding.element for finding in refusal.failed} >= {
        "i2-principal-listed",
        "i2-name-given",
        "i2-use-certified",
        "requester-party",
    }


def test_every_element_in_force_has_a_finding_whatever_the_others_found() -> None:
    for request in (REQUEST, EMPTY):
        findings = Gate(LAW, facts_of(request), NO_HISTORY, ON).findings(request)
        assert [finding.element for finding in findings] == [
            element.id for element in LAW.in_force(ON)
        ]


def test_what_the_file_fails_refuses_each_of_its_requests() -> None:
    gate = Gate(
        LAW,
        facts_of(REQUEST, header=Header("Agency B", "sandbox", "sandbox-principal", ON)),
        NO_HISTORY,
        ON,
    )
    assert [finding.element for finding in gate.batch_failed] == ["requester-party"]
    refusal = gate.decide(REQUEST)
    assert isinstance(refusal, Refusal)
    assert refusal.failed == gate.batch_failed


def test_a_day_that_the_law_does_not_reach_refuses_the_file() -> None:
    with expect_fault(GateFault, "law_not_in_force", "agreement sandbox"):
        Gate(LAW, facts_of(REQUEST), NO_HISTORY, date(2024, 12, 31))


@settings(max_examples=150, deadline=None)
@given(REQUESTS, st.dates(date(2025, 1, 1), date(2036, 12, 31)))
def test_p2_the_decision_depends_on_its_arguments_alone(request: Request, on: date) -> None:
    copy = pickle.loads(pickle.dumps(request))
    gate = Gate(LAW, facts_of(request), NO_HISTORY, on)
    gate.decide(REQUEST)
    assert gate.decide(request) == decide(copy, LAW, facts_of(copy), NO_HISTORY, on)


@settings(max_examples=150, deadline=None)
@given(REQUESTS)
def test_no_text_of_a_request_raises_or_passes_with_an_element_unmet(request: Request) -> None:
    gate = Gate(LAW, facts_of(request), NO_HISTORY, ON)
    unmet = [finding for finding in gate.findings(request) if finding.state is not State.MET]
    decided = gate.decide(request)
    assert isinstance(decided, Refusal if unmet else Grant)


def test_officers_beyond_the_memory_are_judged_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("counterfoil.gate.checks.inputs._REMEMBERED", 0)
    request = changed(
        engaged_officers=tuple(
            EngagedOfficer(f"OFF-{n}", "Dana Fields", "Special Agent", "Agency A") for n in range(3)
        )
    )
    facts = facts_of(request)
    gate = Gate(LAW, facts, NO_HISTORY, ON)
    assert isinstance(gate.decide(request), Grant)
    assert gate.decide(request) == decide(request, LAW, facts, NO_HISTORY, ON)


def test_explain_gives_each_element_its_citation_words_and_cure_and_nothing_of_the_request() -> (
    None
):
    request = changed(person=Person("Zebulonia", "", ""), reason="Xyzzy")
    rows = explain(request, LAW, facts_of(request), NO_HISTORY, ON)
    assert [row.element for row in rows] == [element.id for element in LAW.in_force(ON)]
    failed = {row.code: row for row in rows if row.state is not State.MET}
    assert set(failed) == {"name_missing", "reason_not_specific"}
    assert failed["name_missing"].citation == "26 USC 6103(i)(2)(B)(i)"
    assert failed["name_missing"].uslm == "/us/usc/t26/s6103/i/2/B/i"
    assert failed["name_missing"].cure
    assert not any(word in repr(rows) for word in ("Zebulonia", "Xyzzy"))


def test_the_header_counts_and_not_the_caller() -> None:
    late = Header("Agency A", "sandbox", "sandbox-principal", date(2025, 8, 8))
    refusal = decide(REQUEST, LAW, facts_of(REQUEST, header=late), NO_HISTORY, ON)
    assert isinstance(refusal, Refusal)
    assert [finding.element for finding in refusal.failed] == ["sent-date-come"]
    assert late != HEADER
