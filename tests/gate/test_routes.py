"""Three doors: which one a file asks by, the document that it rests on, and the door that another
purpose would need."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path

import pytest

from counterfoil.core.errors import GateFault
from counterfoil.core.values import Document, Grant, Header, Person, Refusal
from counterfoil.gate import Gate, explain, load_law, require_document
from tests.cli.desk import command
from tests.gate.world import (
    LIBRARY,
    NO_HISTORY,
    ON,
    REQUEST,
    changed,
    every_route,
    facts_of,
    sandbox,
)
from tests.world.faults import expect_fault

LAW = load_law(LIBRARY, "sandbox-routes")
ORDER = Document(
    digest="sha256:" + "a" * 64,
    issued_on=date(2025, 7, 1),
    expires_on=None,
    people=(Person("Rosalind", "", "Quill"),),
    periods=("2022", "2023"),
    items=("address",),
    court="United States District Court for the Western District of Washington",
    judge="magistrate",
    finds=("specific_act", "relevance", "exclusive_use", "no_other_source"),
    statute="8 USC 1253(a)(1)",
)
BY_ORDER = Header(
    "Agency A", "sandbox-routes", "sandbox-attorney", ON, route="court-order", document=ORDER
)


def test_an_order_opens_its_own_door_without_the_facts_of_a_removal() -> None:
    request = changed(removal_order=type(REQUEST.removal_order)())
    assert isinstance(
        Gate(LAW, facts_of(request, header=BY_ORDER), NO_HISTORY, ON).decide(request), Grant
    )


def test_the_same_file_by_the_other_door_is_refused_for_what_that_door_demands() -> None:
    written = Header(
        "Agency A",
        "sandbox-routes",
        "sandbox-attorney",
        ON,
        route="written-request",
        document=ORDER,
    )
    request = changed(removal_order=type(REQUEST.removal_order)())
    refusal = Gate(LAW, facts_of(request, header=written), NO_HISTORY, ON).decide(request)
    assert isinstance(refusal, Refusal)
    assert {"removal-order-number", "removal-ground"} <= {
        finding.element for finding in refusal.failed
    }


def test_the_head_of_an_agency_cannot_authorise_an_application_for_an_order() -> None:
    head = Header(
        "Agency A", "sandbox-routes", "sandbox-principal", ON, route="court-order", document=ORDER
    )
    gate = Gate(LAW, facts_of(REQUEST, header=head), NO_HISTORY, ON)
    assert [finding.element for finding in gate.batch_failed] == ["i1-applicant-listed"]


@pytest.mark.parametrize(
    ("route", "code"),
    [("", "route_missing"), ("locating", "route_not_agreed"), ("Consent", "route_not_agreed")],
)
def test_p10_a_route_that_the_agreement_does_not_have_refuses_the_file(
    route: str, code: str
) -> None:
    header = Header(
        "Agency A", "sandbox-routes", "sandbox-attorney", ON, route=route, document=ORDER
    )
    with expect_fault(GateFault, code, "agreement sandbox-routes: routes") as raised:
        Gate(LAW, facts_of(REQUEST, header=header), NO_HISTORY, ON)
    assert ": written-request, court-order, consent." in raised.value.cure


def test_a_header_without_a_route_asks_by_the_agreements_only_one() -> None:
    assert (
        sandbox().for_route("") is sandbox().for_route("written-request")
        or sandbox().for_route("").route.id == "written-request"
    )
    with expect_fault(GateFault, "route_not_agreed", "agreement sandbox: routes"):
        sandbox().for_route("consent")


def test_one_digest_stands_for_all_routes_of_an_agreement() -> None:
    assert len({law.digest for law in every_route()}) == 1
    assert LAW.digest != sandbox().digest


def test_consent_alone_is_left_out_of_the_accounting() -> None:
    assert {law.route.id: law.route.accounted for law in every_route()} == {
        "written-request": True,
        "court-order": True,
        "consent": False,
    }


@pytest.mark.parametrize(
    ("reason", "code", "door"),
    [
        ("To locate the subject of the order.", "reason_locating", "/us/usc/t26/s6103/i/5"),
        (
            "To check which benefits are drawn at this address.",
            "reason_benefits",
            "/us/usc/t26/s6103/l",
        ),
        ("To compare the voter rolls of the county.", "reason_voter_rolls", "/us/usc/t26/s6103/a"),
        ("For civil immigration enforcement against her.", "reason_civil", "/us/usc/t26/s6103/a"),
        (
            "Part of the yearly database update of cases.",
            "reason_other_purpose",
            "/us/usc/t26/s6103/a",
        ),
        (
            "For the forfeiture action against the house at this address.",
            "reason_forfeiture",
            "/us/usc/t26/s6103/i/4",
        ),
    ],
)
@pytest.mark.parametrize(
    "header",
    [
        BY_ORDER,
        Header("Agency A", "sandbox-routes", "sandbox-principal", ON, route="written-request"),
    ],
)
def test_another_purpose_is_refused_and_its_finding_names_the_door_that_it_would_need(
    header: Header, reason: str, code: str, door: str
) -> None:
    request = changed(reason=reason)
    found = [
        each
        for each in explain(request, LAW, facts_of(request, header=header), NO_HISTORY, ON)
        if each.state != "met"
    ]
    assert [each.code for each in found] == [code]
    assert found[0].other_provision.startswith("this would need ")
    assert door in found[0].other_provision


def test_an_element_that_bars_no_other_purpose_names_no_door() -> None:
    doors = {
        each.code
        for each in explain(REQUEST, sandbox(), facts_of(REQUEST), NO_HISTORY, ON)
        if each.other_provision
    }
    assert doors == {
        "reason_locating",
        "reason_civil",
        "reason_benefits",
        "reason_voter_rolls",
        "reason_other_purpose",
        "reason_forfeiture",
        "reason_missing_child",
    }


# -- the document ------------------------------------------------------------------------------


def test_p10_the_document_that_the_header_names_is_taken_and_no_other() -> None:
    require_document(BY_ORDER, ORDER.digest, "asked.csv")
    require_document(Header("a", "b", "c", ON), "", "asked.csv")
    with expect_fault(GateFault, "document_differs", "asked.csv: header, document.digest"):
        require_document(BY_ORDER, "sha256:" + "b" * 64, "asked.csv")
    with expect_fault(GateFault, "document_missing", "asked.csv: header, document.digest"):
        require_document(BY_ORDER, "", "asked.csv")
    with expect_fault(GateFault, "document_not_named", "asked.csv: header, document"):
        require_document(Header("a", "b", "c", ON), ORDER.digest, "asked.csv")


def test_p1_a_header_prints_nothing_of_the_people_whom_its_document_names() -> None:
    assert "Rosalind" not in repr(BY_ORDER)


ROW = {
    "request_id": "r-1",
    "given_name": "Rosalind",
    "family_name": "Quill",
    "line1": "12 Elm St Apt 4",
    "city": "Anytown",
    "state": "WA",
    "zip": "98001",
    "taxable_periods": "2023",
    "use_certified": "true",
}


def _asked(folder: Path, digest: str, **stated: object) -> Path:
    """A request file by consent, dated today, with its unsigned header beside it."""
    today = date.today().isoformat()
    document = {
        "digest": digest,
        "issued_on": today,
        "recipient": "agency-a",
        "purpose": "To confirm my address for my mortgage application",
        "signed_by": "Rosalind Quill",
        "capacity": "taxpayer",
        "alone": "yes",
        "revoked": "no",
        "people": [{"given_name": "Rosalind", "family_name": "Quill"}],
        "periods": ["2023"],
        "items": ["address"],
    } | stated
    header = {
        "requester": "agency-a",
        "agreement": "sandbox-routes",
        "principal": "sandbox-designee",
        "sent_on": today,
    }
    asked = folder / "asked.jsonl"
    asked.write_text(json.dumps(ROW) + "\n", encoding="utf-8")
    beside = folder / "asked.jsonl.header.json"
    beside.write_text(
        json.dumps(header | {"route": "consent", "document": document}), encoding="utf-8"
    )
    return asked


@pytest.mark.whole
def test_a_consent_is_received_with_its_file_and_refused_without_or_with_another(
    tmp_path: Path,
) -> None:
    office, consent, other = tmp_path / "office", tmp_path / "consent.pdf", tmp_path / "other.pdf"
    assert (
        command("office", "create", office, "--sandbox", "--agreement", "sandbox-routes").code == 0
    )
    consent.write_bytes(b"a made-up consent")
    other.write_bytes(b"a made-up consent, altered")
    asked = _asked(tmp_path, "sha256:" + hashlib.sha256(b"a made-up consent").hexdigest())
    for given, code in (((), "document_missing"), (("--document", other), "document_differs")):
        told = command("receive", asked, "--office", office, *given, "--json")
        assert (told.code, told.error) == (4, code)
    assert command("status", "--office", office).out == "No batch has been received.\n"
    told = command("receive", asked, "--office", office, "--document", consent, "--json")
    assert (told.code, told.json["counts"]["granted"]) == (0, 1)
    _asked(
        tmp_path, "sha256:" + hashlib.sha256(b"a made-up consent").hexdigest(), recipient="agency-b"
    )
    told = command("receive", asked, "--office", office, "--document", consent, "--json")
    assert (told.json["counts"]["granted"], told.json["counts"]["refused.c-recipient"]) == (0, 1)
