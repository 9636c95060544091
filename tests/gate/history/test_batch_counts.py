"""What the guards count, and that they count it under keyed hashes."""

from __future__ import annotations

import pytest

from counterfoil.core.values import EngagedOfficer, Grant, Person, Refusal
from counterfoil.gate import BatchFactsBuilder, Gate, History
from counterfoil.gate.history.batch_counts import (
    BatchFacts,
    earlier_officer_hash,
    officer_hashes,
    officer_loads,
)
from tests.gate.world import (
    HEADER,
    KEY,
    NO_HISTORY,
    ON,
    REQUEST,
    changed,
    decided_in,
    facts_of,
    sandbox,
    uses_in,
)

LAW = sandbox()
OFFICER = REQUEST.engaged_officers[0]


def _load(officer: EngagedOfficer, facts: BatchFacts, history: History) -> int:
    return officer_loads(officer, facts, history)[0]


def _namesakes(officer: EngagedOfficer, facts: BatchFacts, history: History) -> int:
    return officer_loads(officer, facts, history)[1]


def _named(row: int) -> str:
    return f"Quill{chr(97 + row // 26)}{chr(97 + row % 26)}"


def _refused_for(requests: list, element: str, history: History = NO_HISTORY) -> int:
    decided = decided_in(LAW, requests, history)
    return sum(
        isinstance(one, Refusal) and any(finding.element == element for finding in one.failed)
        for one in decided
    )


def test_a_reason_that_differs_in_numbers_and_punctuation_only_is_similar() -> None:
    reasons = [
        f"Matter {n}: the notice to depart reached this door, says witness {n}." for n in range(21)
    ]
    found = uses_in(*[changed(row=n, reason=reason) for n, reason in enumerate(reasons, 1)])
    assert [(each.reasons, each.similar) for each in found] == [(1, 21)] * 21


def test_a_reason_with_each_persons_name_put_in_is_similar() -> None:
    text = "Whether the notice reached {} before the ninetieth day is what the grand jury asks."
    people = [("Rosalind", "Quill"), ("Tomas", "Vega"), ("Ana", "Ruiz Luna")]
    named = ["Ms. Quill", "Tomas Vega", "Ruiz Luna"]
    rows = [
        changed(person=Person(given, "", family), reason=text.format(name))
        for (given, family), name in zip(people, named, strict=True)
    ]
    assert [(each.reasons, each.similar) for each in uses_in(*rows)] == [(1, 3)] * 3


def test_reasons_that_differ_in_more_than_the_persons_name_are_not_similar() -> None:
    rows = [
        changed(
            person=Person("Ana", "", family),
            reason=f"Whether {family} knew of the {what} is what the grand jury asks.",
        )
        for family, what in (("Quill", "notice"), ("Vega", "order"))
    ]
    assert [each.similar for each in uses_in(*rows)] == [1, 1]


def test_a_reason_that_names_another_person_is_similar_to_none_for_that() -> None:
    rows = [
        changed(person=Person("Ana", "", family), reason="The landlord Vega kept the notice.")
        for family in ("Quill", "Vega")
    ]
    assert [each.similar for each in uses_in(*rows)] == [2, 2]


def test_a_reason_repeated_with_other_case_and_spacing_is_one_reason() -> None:
    reasons = [
        f"The notice to depart {' ' * n}REACHED{'' if n % 2 else ' '} this door, says the witness."
        for n in range(1, 22)
    ]
    requests = [changed(row=n, reason=reason) for n, reason in enumerate(reasons, 1)]
    assert _refused_for(requests, "i2-reason-own") == 21
    assert _refused_for(requests[:20], "i2-reason-own") == 0


def test_reasons_that_differ_in_a_word_are_two() -> None:
    requests = [
        changed(row=n, reason=f"The notice reached this door, says {_named(n)}.") for n in range(30)
    ]
    assert _refused_for(requests, "i2-reason-own") == 0


def test_one_officer_in_too_many_requests_refuses_all_of_them_and_no_other() -> None:
    other = EngagedOfficer("OFF-2", "Lee Marsh", "Special Agent")
    requests = [
        changed(row=n, reason=f"The notice reached this door, says {_named(n)}.")
        for n in range(251)
    ]
    requests.append(
        changed(row=252, engaged_officers=(other,), reason="The lease names this door as hers.")
    )
    assert _refused_for(requests, "i2-officers-caseload") == 251


def test_an_officer_named_twice_in_one_request_counts_once() -> None:
    officer = REQUEST.engaged_officers[0]
    facts = facts_of(
        changed(engaged_officers=(officer, EngagedOfficer(" off-1 ", "D. Fields", "Agent")))
    )
    assert _load(officer, facts, NO_HISTORY) == 1


@pytest.mark.parametrize(
    "other",
    [
        EngagedOfficer("OFF-1\u200b", "Lee Marsh", "Agent"),
        EngagedOfficer("OFF\u20101", "Lee Marsh", "Agent"),
        EngagedOfficer(" off-1", "", ""),
        EngagedOfficer("OFF-77", "Dana Fields", "Special Agent"),
        EngagedOfficer("OFF-77", "Fields, Dana", "Special Agent"),
        EngagedOfficer("Id no. OFF 1", "Lee Marsh", "Agent"),
        EngagedOfficer("OFF-77", "DANA  F\u0456elds", "special agent"),
    ],
)
def test_an_officer_is_one_by_id_and_by_name_and_title_however_written(
    other: EngagedOfficer,
) -> None:
    facts = facts_of(REQUEST, changed(row=2, engaged_officers=(other,)))
    assert [_load(each, facts, NO_HISTORY) for each in (OFFICER, other)] == [2, 2]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Sean O'Brien", "Sean OBrien"),
        ("Sean O Brien", "OBrien, Sean"),
        ("Maria de la Cruz", "Maria Delacruz"),
        ("Ian Mc Donald", "Ian McDonald"),
        ("Dana Fields", "Special Agent Dana Fields"),
        ("Dana Fields", "Dana Fields (HSI)"),
        ("Dana Fields", "Dana Fields, CPA"),
        ("Dana Fields", "Dana F1elds"),
        ("Jos\u00e9 N\u00fa\u00f1ez", "Jose Nunez"),
        ("Fields", "Agent Fields"),
    ],
)
def test_an_officer_is_one_by_the_normal_form_of_the_name(one: str, two: str) -> None:
    officers = [EngagedOfficer(f"B-{n}", name, "Analyst") for n, name in enumerate((one, two), 5)]
    facts = facts_of(*(changed(engaged_officers=(each,)) for each in officers))
    assert [_load(each, facts, NO_HISTORY) for each in officers] == [2, 2]


@pytest.mark.parametrize("two", ["0FF-1", "OFF-l", "OFF-I", "off 01", "0FF1"])
def test_an_officer_is_one_by_id_with_letters_for_digits(two: str) -> None:
    officers = [OFFICER, EngagedOfficer(two, "Lee Marsh", "Analyst")]
    facts = facts_of(*(changed(engaged_officers=(each,)) for each in officers))
    assert [_load(each, facts, NO_HISTORY) for each in officers] == [2, 2]


@pytest.mark.parametrize(
    "two", ["Sean O'Brian", "Shawn O'Brien", "Sean Bryan", "Jean O'Brien", "Brien Seano"]
)
def test_officers_of_other_names_are_others(two: str) -> None:
    officers = [
        EngagedOfficer(f"B-{n}", name, "Analyst") for n, name in enumerate(("Sean O'Brien", two), 5)
    ]
    facts = facts_of(*(changed(engaged_officers=(each,)) for each in officers))
    assert [_load(each, facts, NO_HISTORY) for each in officers] == [1, 1]


def test_what_was_remembered_before_the_wider_forms_counts_on() -> None:
    officer = EngagedOfficer("OFF-5", "Sean O'Brien", "Analyst")
    by_id, by_title, by_name = officer_hashes(KEY, officer)
    facts = facts_of(changed(engaged_officers=(officer,)))
    assert officer_loads(officer, facts, History({by_id: 6, by_title: 9, by_name: 11})) == (10, 12)


def test_another_officer_is_another() -> None:
    other = EngagedOfficer("OFF-2", "Dana Fields", "Deportation Officer")
    facts = facts_of(REQUEST, changed(row=2, engaged_officers=(other,)))
    assert _load(OFFICER, facts, NO_HISTORY) == 1


def test_officers_of_one_name_are_counted_together_beside_each() -> None:
    namesake = EngagedOfficer("OFF-2", "Fields, Dana", "Deportation Officer")
    sibling = EngagedOfficer("OFF-3", "Kim Fields", "Special Agent")
    facts = facts_of(*(changed(engaged_officers=(each,)) for each in (OFFICER, namesake, sibling)))
    history = History({officer_hashes(KEY, OFFICER)[-1]: 5})
    found = [_namesakes(each, facts, history) for each in (OFFICER, namesake, sibling)]
    assert found == [7, 7, 1]


def test_history_adds_to_the_batch() -> None:
    facts = facts_of(REQUEST)
    by_id, by_title, by_name = officer_hashes(KEY, OFFICER)
    assert _load(OFFICER, facts, History({by_id: 7})) == 8
    assert _load(OFFICER, facts, History({by_id: 7, by_title: 9})) == 10
    assert _load(OFFICER, facts, History({by_id: 7, by_name: 9})) == 8


def test_what_the_first_version_counted_is_added() -> None:
    history = History({earlier_officer_hash(KEY, OFFICER): 5, officer_hashes(KEY, OFFICER)[0]: 7})
    assert _load(OFFICER, facts_of(REQUEST), history) == 13


def test_people_under_one_investigation_are_counted_once_each() -> None:
    people = [changed(row=n, person=Person("Rosalind", "", _named(n % 3))) for n in range(12)]
    assert {each.investigated for each in uses_in(*people)} == {3}


def test_requests_without_an_investigation_share_none() -> None:
    people = [
        changed(person=Person("Rosalind", "", _named(n)), investigation_number="") for n in range(9)
    ]
    assert {each.investigated for each in uses_in(*people)} == {1}


def test_counts_keep_no_id_and_differ_by_key() -> None:
    builder = BatchFactsBuilder(b"another made-up key of 32 bytes.")
    builder.add(REQUEST)
    other, facts = builder.finish(HEADER, "sha256:"), facts_of(REQUEST)
    assert set(other.officers).isdisjoint(facts.officers)
    assert all(len(hashed) == 16 for hashed in facts.officers)
    assert "OFF-1" not in repr(facts)


def test_a_short_key_is_a_bug() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        BatchFactsBuilder(b"short")


def test_facts_of_one_request_admit_it() -> None:
    assert isinstance(Gate(LAW, facts_of(REQUEST), NO_HISTORY, ON).decide(REQUEST), Grant)
