"""An office whose law has a common file of format 3, 4 or 5 goes on under the checks that it had: what
was decided under it is decided again the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache

import msgspec
import pytest

from counterfoil.core.errors import SettingsFault
from counterfoil.core.values import EngagedOfficer, Grant, Request
from counterfoil.gate import Gate, Law
from counterfoil.gate.law.compiled import compile_terms
from counterfoil.gate.law.demands import CHECKS_VERSION, checks_version
from counterfoil.gate.law.route import Common
from tests.gate.world import NO_HISTORY, ON, REQUEST, changed, facts_of, sandbox
from tests.world.faults import expect_fault


def _common_3(common: Common) -> Common:
    """The library's common file without what came with format 4."""
    rules = common.rules
    purposes = changed(rules.purposes, untold=(), proving=(), facts=(), least_bearing=2)
    rules = changed(rules, wordings=msgspec.UNSET, purposes=purposes, offences=msgspec.UNSET)
    return changed(common, format="counterfoil-common-3", rules=rules)


def _officer(name: str) -> tuple[EngagedOfficer, ...]:
    return (EngagedOfficer("OFF-1", name, "Special Agent", "Agency A"),)


def _common_4(common: Common) -> Common:
    """The library's common file without what came with format 5."""
    officers = changed(common.rules.officers, occupations=(), looked_at=(), joining=())
    rules = changed(common.rules, offences=msgspec.UNSET, officers=officers)
    return changed(common, format="counterfoil-common-4", rules=rules)


def _common_5(common: Common) -> Common:
    return changed(common, format="counterfoil-common-5")


@cache
def _gates(made: Callable[[Common], Common] = _common_3) -> tuple[Gate, Gate]:
    """A gate under the law of an earlier format, and one under the library's."""
    law = sandbox()
    common = made(law.common)
    terms = compile_terms(law.route, common, law.agreement, law.lists)
    earlier: Law = changed(law, common=common, terms=terms)
    gates = [Gate(each, facts_of(REQUEST), NO_HISTORY, ON) for each in (earlier, law)]
    return gates[0], gates[1]


def _hampering(fact: str) -> Request:
    authority = "8 USC 1253(a)(1)(C)"
    day = date(2025, 3, 3)
    return changed(statutory_authority=authority, offence_date=day, offence_fact=fact)


@pytest.mark.parametrize(
    "request_",
    [
        changed(stay_or_deferral="N/A - petition pending"),
        changed(review="none?"),
        _hampering("weather was fine on that day"),
        _hampering("connived or conspired to prevent or hamper his departure"),
        changed(engaged_officers=_officer("Dana Fields or Lee Marsh")),
        changed(
            engaged_officers=(EngagedOfficer("OFF-1", "Dana Fields", "Fiduciary", "Agency A"),)
        ),
        changed(person=changed(REQUEST.person, given_name="Juan tuk Maria")),
    ],
)
def test_what_was_admitted_under_format_4_is_admitted_under_it_still(request_: Request) -> None:
    earlier, present = _gates(_common_4)
    assert isinstance(earlier.decide(request_), Grant)
    assert not isinstance(present.decide(request_), Grant)


@pytest.mark.parametrize(
    "request_",
    [
        changed(statutory_authority="8 U.S.C.A. \u00a7 1253(a)(1)"),
        changed(statutory_authority="8 U.S. Code \u00a7 1253(a)(1)"),
        changed(
            removal_order=changed(
                REQUEST.removal_order, ground="8 USC 1227(a)(2)(A)(iii) / 8 USC 1227(a)(2)(B)(i)"
            )
        ),
    ],
)
def test_what_was_refused_under_format_4_is_refused_under_it_still(request_: Request) -> None:
    earlier, present = _gates(_common_4)
    assert not isinstance(earlier.decide(request_), Grant)
    assert isinstance(present.decide(request_), Grant)


@pytest.mark.parametrize(
    "request_",
    [
        changed(engaged_officers=_officer("Agent Smith")),
        changed(engaged_officers=_officer("R3dacted")),
        changed(address=changed(REQUEST.address, city="N0ne")),
        changed(address=changed(REQUEST.address, city="T.8.D.")),
        changed(investigation_number="T8D-2026"),
    ],
)
def test_what_was_admitted_under_format_5_is_admitted_under_it_still(request_: Request) -> None:
    earlier, present = _gates(_common_5)
    assert isinstance(earlier.decide(request_), Grant)
    assert not isinstance(present.decide(request_), Grant)


@pytest.mark.parametrize(
    "request_",
    [
        changed(person=changed(REQUEST.person, suffix="III")),
        changed(person=changed(REQUEST.person, middle_name="N/A")),
        changed(person=changed(REQUEST.person, given_name="Sean", family_name="O Brien")),
        changed(engaged_officers=_officer("Sean P. O'Brien")),
        changed(engaged_officers=_officer("A. Li")),
        changed(address=changed(REQUEST.address, state="TN", zip="42223")),
    ],
)
def test_what_was_refused_under_format_5_is_refused_under_it_still(request_: Request) -> None:
    earlier, present = _gates(_common_5)
    assert not isinstance(earlier.decide(request_), Grant)
    assert isinstance(present.decide(request_), Grant)


GENERAL = "The property record is true, and known evidence of residence is relevant to the trial."


@pytest.mark.parametrize(
    "request_",
    [
        changed(reason=GENERAL),
        changed(engaged_officers=_officer("To Be Named")),
        changed(engaged_officers=_officer("STEP Seattle")),
        changed(investigation_number="HSI-2026-"),
        changed(address=changed(REQUEST.address, city="Anycity")),
        changed(address=changed(REQUEST.address, line2="DOC# 4471")),
    ],
)
def test_what_was_admitted_under_format_3_is_admitted_under_it_still(request_: Request) -> None:
    earlier, present = _gates()
    assert isinstance(earlier.decide(request_), Grant)
    assert not isinstance(present.decide(request_), Grant)


@pytest.mark.parametrize(
    "request_",
    [
        changed(review="None."),
        changed(taxable_periods=("TY2023",)),
        changed(statutory_authority="Title 8, United States Code, Section 1253(a)(1)"),
        changed(address=changed(REQUEST.address, line1="1300 Unknown Rd")),
        changed(investigation_number="77-7"),
    ],
)
def test_what_was_refused_under_format_3_is_refused_under_it_still(request_: Request) -> None:
    earlier, present = _gates()
    assert not isinstance(earlier.decide(request_), Grant)
    assert isinstance(present.decide(request_), Grant)


def test_the_law_of_an_earlier_format_has_the_digest_of_its_own_checks() -> None:
    common = sandbox().common
    earlier = (_common_3(common), _common_4(common), _common_5(common))
    versions = [checks_version(each) for each in (*earlier, common)]
    assert versions == ["checks-5", "checks-6", "checks-7", CHECKS_VERSION]


@pytest.mark.parametrize("left_out", ["proving", "facts", "untold"])
def test_p10_law_of_format_4_without_a_list_of_a_reasons_purpose_is_refused(left_out: str) -> None:
    law = sandbox()
    purposes = changed(law.common.rules.purposes, **{left_out: ()})
    common = changed(law.common, rules=changed(law.common.rules, purposes=purposes))
    with expect_fault(
        SettingsFault, "law_rules_format", "common/every-route.yaml: rules.purposes.facts"
    ):
        compile_terms(law.route, common, law.agreement, law.lists)


def test_p10_law_of_format_4_without_its_words_is_refused() -> None:
    law = sandbox()
    common = changed(law.common, rules=changed(law.common.rules, wordings=msgspec.UNSET))
    with expect_fault(SettingsFault, "law_rules_format", "common/every-route.yaml: rules.wordings"):
        compile_terms(law.route, common, law.agreement, law.lists)


@pytest.mark.parametrize("left_out", ["occupations", "looked_at", "joining"])
def test_p10_law_of_format_5_without_a_list_of_officers_words_is_refused(left_out: str) -> None:
    law = sandbox()
    officers = changed(law.common.rules.officers, **{left_out: ()})
    common = changed(law.common, rules=changed(law.common.rules, officers=officers))
    with expect_fault(
        SettingsFault, "law_rules_format", f"common/every-route.yaml: rules.officers.{left_out}"
    ):
        compile_terms(law.route, common, law.agreement, law.lists)


def test_p10_law_of_format_5_without_its_words_of_offences_is_refused() -> None:
    law = sandbox()
    common = changed(law.common, rules=changed(law.common.rules, offences=msgspec.UNSET))
    with expect_fault(SettingsFault, "law_rules_format", "common/every-route.yaml: rules.offences"):
        compile_terms(law.route, common, law.agreement, law.lists)
