"""One gate over a file: the words of its findings, what counts as a probe, and the day as of which
a request is judged."""

from __future__ import annotations

from datetime import timedelta

import pytest

from counterfoil.core.errors import GateFault
from counterfoil.core.values import (
    Address,
    EngagedOfficer,
    Finding,
    Grant,
    Header,
    Person,
    Refusal,
    Request,
    State,
)
from counterfoil.gate import History, Law
from counterfoil.gate.decide import Gate, decide, explain, explain_finding
from counterfoil.gate.history.batch_counts import officer_hashes
from counterfoil.gate.history.fingerprints import forms_of
from counterfoil.gate.history.uses import ONCE, Uses
from counterfoil.normalize import normalize_address, normalize_name
from tests.gate.world import (
    HEADER,
    KEY,
    NO_HISTORY,
    ON,
    REQUEST,
    amended,
    changed,
    every_route,
    facts_of,
    sandbox,
    uses_in,
)
from tests.world.faults import expect_fault

LAW = sandbox()
DAY = timedelta(days=1)
LOCKED = History(probes=((ON - DAY, 3),))
TIGHT = amended({"limits.guards.attempts_on_person": 1, "limits.guards.lockout_attempts": 3})
TWICE = [REQUEST, changed(row=2)]
AGAIN = Uses(attempts=2)


def _failed(decided: Grant | Refusal) -> list[str]:
    return [finding.element for finding in decided.failed] if isinstance(decided, Refusal) else []


# -- words ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("law", every_route(), ids=lambda law: law.route.id)
def test_a_finding_is_explained_in_the_words_of_its_element(law: Law) -> None:
    for element in law.elements:
        said = explain_finding(element, Finding(element.id, State.NOT_SHOWN))
        assert (said.element, said.state, said.code) == (element.id, State.NOT_SHOWN, element.code)
        assert (said.citation, said.uslm, said.quote) == (
            element.citation,
            element.uslm,
            element.quote,
        )
        assert (said.explanation, said.cure) == (element.explanation, element.cure)
        other = element.other_provision
        assert said.other_provision == (
            f"this would need {other.needs}: {other.citation} ({other.uslm})" if other else ""
        )


def test_every_element_is_explained_with_its_own_finding() -> None:
    request = changed(reason="", person=Person("Unknown", "", "Quill"))
    said = explain(request, LAW, facts_of(request), NO_HISTORY, ON)
    findings = Gate(LAW, facts_of(request), NO_HISTORY, ON).findings(request)
    assert [Finding(each.element, each.state) for each in said] == list(findings)
    states = {each.element: each.state for each in said if each.state is not State.MET}
    assert states == {
        "i2-name-given": State.NOT_SHOWN,
        "i2-name-real": State.NOT_MET,
        "i2-reason-given": State.NOT_SHOWN,
        "i2-reason-specific": State.NOT_SHOWN,
    }


def test_what_is_missing_is_not_shown_and_what_is_wrong_is_not_met() -> None:
    for authority, state in (("", State.NOT_SHOWN), ("8 USC 1326", State.NOT_MET)):
        said = explain(
            changed(statutory_authority=authority), LAW, facts_of(REQUEST), NO_HISTORY, ON
        )
        assert {each.element: each.state for each in said}["i2-authority-designated"] == state


# -- the decision --------------------------------------------------------------------------------------


def test_a_grant_carries_request_forms_years_and_the_rules_that_admitted_it() -> None:
    grant = Gate(LAW, facts_of(REQUEST), NO_HISTORY, ON).decide(REQUEST)
    form = normalize_address(REQUEST.address)
    assert grant == Grant(REQUEST, form, normalize_name(REQUEST.person), (2022, 2023), LAW.digest)


def test_a_refusal_names_request_row_and_rules_and_lists_file_and_request_in_the_laws_order() -> (
    None
):
    wrong = changed(request_id="r7", row=7, reason="", use_certified=False)
    header = changed(HEADER, requester="Agency B", principal="")
    refusal = Gate(LAW, facts_of(wrong, header=header), NO_HISTORY, ON).decide(wrong)
    assert (refusal.request_id, refusal.row, refusal.rules) == ("r7", 7, LAW.digest)
    order = [element.id for element in LAW.elements]
    assert _failed(refusal) == sorted(_failed(refusal), key=order.index)
    assert {"requester-party", "i2-principal-listed", "i2-use-certified", "i2-reason-given"} <= set(
        _failed(refusal)
    )


def test_one_decision_is_a_gates() -> None:
    facts, history = (
        facts_of(*TWICE),
        History(dict.fromkeys(officer_hashes(KEY, REQUEST.engaged_officers[0]), 249)),
    )
    for request in (*TWICE, changed(reason="")):
        assert decide(request, LAW, facts, history, ON) == Gate(LAW, facts, history, ON).decide(
            request
        )
    assert _failed(decide(REQUEST, LAW, facts, history, ON)) == ["i2-officers-caseload"]
    assert _failed(decide(REQUEST, LAW, facts, history, ON - DAY)) == [
        "i2-officers-caseload",
        "sent-date-come",
    ]


def test_many_requests_are_decided_as_each_alone_and_in_their_order() -> None:
    requests = [
        changed(request_id=f"r{row}", row=row, reason="" if row % 3 else REQUEST.reason)
        for row in range(1, 301)
    ]
    gate = Gate(LAW, facts_of(*requests), NO_HISTORY, ON)
    asked = list(zip(requests, forms_of(requests), uses_in(*requests), strict=True))
    alone = [gate.decide(request, uses) for request, _, uses in asked]
    assert gate.decide_all(asked) == alone
    assert gate.decide_all([]) == []


def test_a_law_that_does_not_say_that_it_is_in_force_decides_nothing() -> None:
    without = changed(
        LAW, elements=tuple(each for each in LAW.elements if each.check != "law_is_in_force")
    )
    with expect_fault(GateFault, "law_not_in_force", "agreement sandbox"):
        Gate(without, facts_of(REQUEST), NO_HISTORY, ON)


def test_counts_count_where_they_are_given() -> None:
    gate = Gate(TIGHT, facts_of(REQUEST), NO_HISTORY, ON)
    assert isinstance(gate.decide(REQUEST), Grant)
    assert isinstance(gate.decide(REQUEST, ONCE), Grant)
    assert _failed(gate.decide(REQUEST, Uses(attempts=2))) == ["guard-attempts"]


def test_the_files_findings_are_of_the_file_alone() -> None:
    gate = Gate(LAW, facts_of(REQUEST, header=changed(HEADER, requester="")), NO_HISTORY, ON)
    assert gate.batch_failed == (Finding("requester-party", State.NOT_SHOWN),)
    assert Gate(LAW, facts_of(REQUEST), NO_HISTORY, ON).batch_failed == ()


@pytest.mark.parametrize(("sent", "on"), [(ON, ON + DAY), (ON, ON)])
def test_a_request_is_judged_as_of_the_day_it_was_sent(sent: object, on: object) -> None:
    header = changed(HEADER, sent_on=sent)
    for opened, found in ((ON, []), (ON + DAY, ["investigation-begun"])):
        request = changed(investigation_opened_on=opened)
        assert (
            _failed(Gate(LAW, facts_of(request, header=header), NO_HISTORY, on).decide(request))
            == found
        )


def test_a_file_dated_ahead_is_judged_as_of_the_day_of_decision() -> None:
    request, header = changed(investigation_opened_on=ON + DAY), changed(HEADER, sent_on=ON + DAY)
    refusal = Gate(LAW, facts_of(request, header=header), NO_HISTORY, ON).decide(request)
    assert set(_failed(refusal)) == {"sent-date-come", "investigation-begun"}


# -- probes --------------------------------------------------------------------------------------------


def test_a_refusal_by_a_guard_against_probing_is_a_probe_beside_other_refusals_too() -> None:
    gate = Gate(TIGHT, facts_of(*TWICE), NO_HISTORY, ON)
    assert gate.is_probe(gate.decide(REQUEST, AGAIN))
    assert gate.is_probe(gate.decide(changed(reason=""), AGAIN))
    lone = Gate(TIGHT, facts_of(REQUEST), NO_HISTORY, ON)
    assert not lone.is_probe(lone.decide(REQUEST))
    assert not lone.is_probe(lone.decide(changed(reason="")))


def test_nothing_prolongs_a_lockout_that_is_in_force() -> None:
    gate = Gate(TIGHT, facts_of(*TWICE), LOCKED, ON)
    refusal = gate.decide(REQUEST, AGAIN)
    assert set(_failed(refusal)) == {"guard-attempts", "guard-lockout"}
    assert not gate.is_probe(refusal)
    after = Gate(TIGHT, facts_of(*TWICE), LOCKED, ON + DAY)
    assert after.is_probe(after.decide(REQUEST, AGAIN))


@pytest.mark.parametrize(
    ("limit", "element"),
    [
        ("attempts_on_person", "guard-attempts"),
        ("addresses_of_person", "guard-addresses"),
        ("people_at_address", "guard-people"),
        ("same_request", ""),
    ],
)
def test_three_guards_are_against_probing_and_a_replay_is_none(limit: str, element: str) -> None:
    law = amended({f"limits.guards.{limit}": 1})
    gate = Gate(law, facts_of(REQUEST), NO_HISTORY, ON)
    refusal = gate.decide(REQUEST, Uses(2, 2, 2, 2))
    assert _failed(refusal) == [element or "guard-replay"]
    assert gate.is_probe(refusal) is bool(element)


# -- officers, and what is remembered of them
# ------------------------------------------------------------


def _by(*officers: EngagedOfficer, **fields: object) -> Request:
    return changed(engaged_officers=officers, **fields)


def test_one_gate_judges_each_group_of_officers_and_each_list_of_periods_by_itself() -> None:
    team, missing = (
        EngagedOfficer("OFF-1", "Task Force 7", "Agents", "Agency A"),
        EngagedOfficer("OFF-3", "", "Agent", "Agency A"),
    )
    requests = [
        REQUEST,
        _by(team),
        _by(missing),
        _by(),
        _by(REQUEST.engaged_officers[0], missing),
        REQUEST,
    ]
    gate = Gate(LAW, facts_of(*requests), NO_HISTORY, ON)
    assert [_failed(gate.decide(request)) for request in requests] == [
        [],
        ["i2-officers-individual"],
        ["i2-officers-named"],
        ["i2-officers-named"],
        ["i2-officers-named"],
        [],
    ]
    years = [("2023",), ("all",), ("2026",), (), ("2023",)]
    found = [_failed(gate.decide(changed(taxable_periods=texts))) for texts in years]
    assert found == [[], ["i2-period-definite"], ["i2-period-not-future"], ["i2-period-given"], []]


def test_an_address_is_one_however_its_lines_are_cut() -> None:
    asked = changed(address=Address("12 Elm St", "at large", "Anytown", "WA", "98001"))
    assert _failed(Gate(LAW, facts_of(asked), NO_HISTORY, ON).decide(asked)) == ["i2-address-real"]
    split = changed(address=Address("12 Elm St unknown", "address", "Anytown", "WA", "98001"))
    assert "i2-address-real" in _failed(Gate(LAW, facts_of(split), NO_HISTORY, ON).decide(split))


def test_a_header_of_another_route_is_judged_by_that_route() -> None:
    law = every_route()[0]
    header = Header("Agency A", "sandbox-routes", "sandbox-principal", ON, route="consent")
    assert [
        element.id
        for element in Gate(law, facts_of(REQUEST, header=header), NO_HISTORY, ON).elements
    ] == [element.id for element in law.for_route("consent").in_force(ON)]
