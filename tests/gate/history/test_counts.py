"""What the guards count: people, doors and contents under keyed hashes, of the file and of the past
together."""

from __future__ import annotations

import random
from array import array

import msgspec

from counterfoil.core.values import Address, Person, Refusal, Request
from counterfoil.gate import BatchFactsBuilder, Gate
from counterfoil.gate.cases import changed as with_fields
from counterfoil.gate.history.counts import (
    NO_COUNTS,
    Counts,
    count_repeated,
    read_question,
    uses_of,
)
from counterfoil.gate.history.fingerprints import Fingerprints
from counterfoil.gate.law.compiled import compile_terms
from counterfoil.gate.law.load import Law
from counterfoil.gate.law.schema import convert
from tests.gate.world import (
    HEADER,
    KEY,
    LIBRARY,
    NO_HISTORY,
    ON,
    REQUEST,
    changed,
    facts_of,
    sandbox,
)

OTHER_KEY = b"another made-up key of 32 bytes."
STREETS = ("Elm", "Oak", "Heron", "Cedar", "Birch")


def _at(street: int, given: str = "Rosalind", **fields: object) -> Request:
    person = Person(given, "", "Quill")
    return changed(
        person=person, address=Address(f"{street} Elm St", "", "Anytown", "WA", "98001"), **fields
    )


def _law(**limits: int) -> Law:
    """The sandbox with other limits of the guards."""
    law = sandbox()
    fields = with_fields(
        msgspec.to_builtins(law.agreement),
        {f"limits.guards.{name}": n for name, n in limits.items()},
    )
    agreement = convert(fields, type(law.agreement), LIBRARY)
    return msgspec.structs.replace(
        law, agreement=agreement, terms=compile_terms(law.route, law.common, agreement)
    )


def _failed(law: Law, requests: list[Request], past: Counts = NO_COUNTS) -> list[set[str]]:
    gate = Gate(law, facts_of(*requests), NO_HISTORY, ON)
    decided = [gate.decide(request, past=past) for request in requests]
    return [
        {each.element for each in one.failed} if isinstance(one, Refusal) else set()
        for one in decided
    ]


def test_two_spellings_of_an_address_are_one_door() -> None:
    short, long = (
        read_question(KEY, changed(address=Address(line, "", "Anytown", "WA", "98001")))
        for line in ("12 Elm St", "12 ELM  Street")
    )
    assert (short.person, short.address) == (long.person, long.address)
    assert short.content != long.content


def test_letter_case_and_punctuation_do_not_make_another_person_and_a_birthday_does() -> None:
    one, same, other = (
        read_question(KEY, changed(person=Person(given, "", family, "", born))).person
        for given, family, born in (
            ("Ada", "O'Quill", None),
            ("ADA", "o quill", None),
            ("Ada", "O'Quill", ON),
        )
    )
    assert one == same != other


def test_an_id_and_a_row_are_no_content() -> None:
    assert (
        read_question(KEY, REQUEST).content
        == read_question(KEY, changed(request_id="r2", row=9)).content
    )


def test_counts_differ_by_key_and_hold_no_word() -> None:
    mine, other = read_question(KEY, REQUEST), read_question(OTHER_KEY, REQUEST)
    assert {mine.person, mine.address, mine.content}.isdisjoint(
        {other.person, other.address, other.content}
    )
    assert "Quill" not in repr(mine)


def test_what_opens_no_door_and_names_nobody_is_not_counted() -> None:
    nowhere = changed(
        address=Address("Failed to Provide", "", "", "", ""), person=Person("", "", "Quill")
    )
    question = read_question(KEY, nowhere)
    assert (question.person, question.address) == (0, 0)
    full = {0: {1, 2, 3}}
    counted = uses_of(question, Counts({0: 9}, full, full), Counts({0: 9}, full, full))
    assert (counted.attempts, counted.addresses, counted.people) == (1, 1, 1)


def test_a_lone_surrogate_is_counted_like_any_text() -> None:
    odd = changed(stay_or_deferral="\ud800")
    assert (
        read_question(KEY, odd).content
        == read_question(KEY, odd).content
        != read_question(KEY, REQUEST).content
    )


def test_every_request_of_a_probe_is_refused_whatever_their_order() -> None:
    law = _law(addresses_of_person=3)
    requests = [_at(street, row=street) for street in (11, 12, 13, 14)]
    shuffled = requests[:]
    random.Random(3).shuffle(shuffled)
    assert _failed(law, requests) == _failed(law, shuffled) == [{"guard-addresses"}] * 4
    assert _failed(law, requests[:3]) == [set()] * 3


def test_file_and_past_are_one_set_of_addresses() -> None:
    law = _law(addresses_of_person=2)
    doors = [read_question(KEY, _at(street)).address for street in (11, 12, 13)]
    person = read_question(KEY, _at(11)).person
    assert _failed(law, [_at(11)], Counts(addresses={person: {doors[0], doors[1]}})) == [set()]
    assert _failed(law, [_at(11)], Counts(addresses={person: {doors[1], doors[2]}})) == [
        {"guard-addresses"}
    ]


def test_name_after_name_at_one_address_is_refused() -> None:
    law = _law(people_at_address=4)
    requests = [_at(11, given, row=row) for row, given in enumerate(STREETS, 1)]
    assert _failed(law, requests) == [{"guard-people"}] * 5
    assert _failed(law, requests[:4]) == [set()] * 4


def test_a_family_that_is_asked_about_again_is_still_one_family() -> None:
    law = _law(people_at_address=3)
    family = [_at(11, given, row=row) for row, given in enumerate(STREETS[:3], 1)]
    questions = [read_question(KEY, member) for member in family]
    past = Counts(people={questions[0].address: {question.person for question in questions}})
    assert _failed(law, family, past) == [set()] * 3


def test_the_same_request_under_two_ids_is_refused_twice() -> None:
    law = _law(same_request=1)
    assert _failed(law, [REQUEST, changed(request_id="r2", row=2)]) == [{"guard-replay"}] * 2


def test_a_batch_keeps_only_what_is_repeated() -> None:
    asked = [(number, number, number) for number in range(1, 1001)] + [(7, 8, 7)]
    counts = count_repeated(
        Fingerprints(
            *[array("q", column) for column in zip(*asked, strict=True)], *[array("q")] * 3
        )
    )
    assert (counts.attempts, counts.contents) == ({7: 2}, {7: 2})
    assert (counts.addresses, counts.people) == ({7: {7, 8}}, {8: {7, 8}})


def test_ten_thousand_made_up_people_pass_the_sandbox_however_often_they_are_sent() -> None:
    guards = sandbox().agreement.limits.guards
    assert guards.requests_per_day >= 100 * 10_000
    assert guards.people_at_address > 150
    assert min(guards.attempts_on_person, guards.same_request, guards.addresses_of_person) >= 1000


def test_a_probe_counts_toward_a_lockout_and_other_refusals_do_not() -> None:
    gate = Gate(_law(attempts_on_person=1), facts_of(REQUEST, changed(row=2)), NO_HISTORY, ON)
    assert gate.is_probe(gate.decide(REQUEST))
    lone = Gate(_law(attempts_on_person=1), facts_of(REQUEST), NO_HISTORY, ON)
    assert not lone.is_probe(lone.decide(REQUEST))
    assert not lone.is_probe(lone.decide(changed(reason="")))


def test_the_builder_counts_the_batch_by_itself() -> None:
    builder = BatchFactsBuilder(KEY)
    for _ in range(3):
        builder.add(REQUEST)
    facts = builder.finish(HEADER, "sha256:")
    assert facts.asked.attempts == {read_question(KEY, REQUEST).person: 3}
