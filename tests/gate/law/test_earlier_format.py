"""An office whose law has a common file of format 3 goes on under the checks that it had: what was
decided under it is decided again the same."""

from __future__ import annotations

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
    rules = changed(rules, wordings=msgspec.UNSET, purposes=purposes)
    return changed(common, format="counterfoil-common-3", rules=rules)


@cache
def _gates() -> tuple[Gate, Gate]:
    """A gate under the law of format 3, and one under the library's."""
    law = sandbox()
    common = _common_3(law.common)
    terms = compile_terms(law.route, common, law.agreement, law.lists)
    earlier: Law = changed(law, common=common, terms=terms)
    gates = [Gate(each, facts_of(REQUEST), NO_HISTORY, ON) for each in (earlier, law)]
    return gates[0], gates[1]


def _officer(name: str) -> tuple[EngagedOfficer, ...]:
    return (EngagedOfficer("OFF-1", name, "Special Agent", "Agency A"),)


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


def test_the_law_of_format_3_has_the_digest_of_its_own_checks() -> None:
    common = sandbox().common
    assert (checks_version(_common_3(common)), checks_version(common)) == (
        "checks-5",
        CHECKS_VERSION,
    )


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
