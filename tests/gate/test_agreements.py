"""The two agreements that the library holds."""

from __future__ import annotations

from counterfoil.core.values import Grant, Header, Person, Refusal, State
from counterfoil.gate import Gate, load_law
from tests.gate.world import LIBRARY, NO_HISTORY, ON, REQUEST, changed, facts_of, sandbox


def test_the_sandbox_has_the_elements_facts_and_address_rules_of_the_real_agreement() -> None:
    made_up, real = sandbox(), load_law(LIBRARY, "treasury-dhs-2025")
    assert made_up.elements == real.elements
    assert (made_up.route, made_up.common) == (real.route, real.common)
    assert made_up.agreement.lists == real.agreement.lists
    assert made_up.agreement.designated == real.agreement.designated


def test_the_sandbox_admits_a_whole_request() -> None:
    assert isinstance(Gate(sandbox(), facts_of(REQUEST), NO_HISTORY, ON).decide(REQUEST), Grant)


def test_the_real_agreement_refuses_everything_until_keys_and_safeguards_are_entered() -> None:
    law = load_law(LIBRARY, "treasury-dhs-2025")
    header = Header("dhs", "treasury-dhs-2025", "dhs-secretary", ON, signed=True)
    officer = changed(REQUEST.engaged_officers[0], agency="DHS")
    request = changed(person=Person("Rosalind", "", "Quill"), engaged_officers=(officer,))
    refusal = Gate(law, facts_of(request, header=header), NO_HISTORY, ON).decide(request)
    assert isinstance(refusal, Refusal)
    assert [(finding.element, finding.state) for finding in refusal.failed] == [
        ("i2-in-writing", State.NOT_MET),
        ("safeguards-current", State.NOT_SHOWN),
    ]


def test_only_the_sandbox_accepts_unsigned_files() -> None:
    real = load_law(LIBRARY, "treasury-dhs-2025").agreement
    assert [
        principal.id
        for principal in real.principals
        if principal.unsigned_accepted or principal.key
    ] == []
    assert [
        principal.id for principal in sandbox().agreement.principals if principal.unsigned_accepted
    ] == ["sandbox-principal"]


def test_a_file_of_two_thousand_with_forty_officers_passes_the_caseload_and_one_officer_in_all_does_not() -> (
    None
):
    limits = sandbox().agreement.limits
    assert 2000 / 40 <= limits.officer_caseload.limit < 2000
    assert limits.officer_caseload.limit * 40 >= 10_000
