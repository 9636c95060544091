"""By what requests about one person are found again. A namesake's accounting is nobody else's."""

from __future__ import annotations

from datetime import date

import pytest

from counterfoil.core.values import Address, Person
from counterfoil.gate.history.keyed_hash import keyed_hash
from counterfoil.gate.history.traces import (
    OTHER_STATUTE,
    Traces,
    is_about,
    statute_of,
    traces_from_text,
    traces_of,
    traces_text,
    traces_text_of,
    traces_texts,
)
from counterfoil.normalize import counted_address, normalize_address
from tests.gate.world import KEY, changed, sandbox

BORN = date(1980, 2, 29)
ADA = Person("Ada", "May", "O'Quill", "", BORN, "900-00-1234")
HOME = Address("12 Elm St Apt 4", "", "Anytown", "WA", "98001")
AGREEMENT = sandbox().agreement


def _of(person: Person = ADA, address: Address = HOME) -> Traces:
    return traces_of(KEY, person, address)


def test_the_text_of_traces_is_made_in_one_step_from_the_address_or_its_form() -> None:
    for person in (ADA, changed(ADA, date_of_birth=None, tin=""), Person("", "", "")):
        for address in (HOME, Address("nowhere", "", "", "", "")):
            expected = traces_text(traces_of(KEY, person, address))
            assert traces_text_of(KEY, person, address) == expected
            assert traces_text_of(KEY, person, normalize_address(address)) == expected


def test_the_traces_of_many_are_those_that_each_has_alone() -> None:
    people = [Person("", "", ""), ADA, changed(ADA, date_of_birth=None, tin=""), ADA]
    asked = [(person, HOME) for person in people] + [(ADA, Address("nowhere", "", "", "", ""))]
    assert traces_texts(KEY, asked) == [traces_text(traces_of(KEY, *each)) for each in asked]
    assert traces_texts(KEY, []) == []


def test_traces_are_hashed_alike_for_ever_so_that_what_was_kept_years_ago_is_found() -> None:
    assert _of() == Traces(
        keyed_hash(KEY, b"account person", b"ada|o quill|1980-02-29"),
        keyed_hash(KEY, b"account name", b"ada|o quill"),
        keyed_hash(KEY, b"account door", counted_address(normalize_address(HOME)).encode()),
        keyed_hash(KEY, b"account number", b"900001234"),
    )


def test_another_spelling_of_name_address_or_number_leaves_the_same_traces() -> None:
    other = changed(
        ADA,
        given_name="ADA",
        middle_name="",
        family_name="o  quill",
        suffix="Jr",
        tin="900 00 1234",
    )
    assert _of(other, changed(HOME, line1="12 ELM Street", line2="Apt 4")) == _of()


def test_another_person_address_number_or_key_leaves_none_of_them() -> None:
    other = _of(
        Person("Adam", "", "Quill", "", BORN, "900-00-1235"), changed(HOME, line1="12 Elm St Apt 5")
    )
    for traces in (other, traces_of(KEY[::-1], ADA, HOME)):
        assert set(_all(_of())).isdisjoint(_all(traces))


def _all(traces: Traces) -> tuple[int, ...]:
    return traces.person, traces.name, traces.door, traces.number


def test_without_a_date_of_birth_there_is_a_name_and_no_person() -> None:
    assert _of(changed(ADA, date_of_birth=None)) == changed(_of(), person=0)


@pytest.mark.parametrize("lacking", [{"given_name": ""}, {"family_name": "12"}])
def test_half_a_name_is_no_name(lacking: dict[str, str]) -> None:
    assert _of(changed(ADA, **lacking)) == changed(_of(), person=0, name=0)


def test_an_address_that_opens_no_door_leaves_no_trace() -> None:
    assert _of(address=Address("Failed to Provide", "", "Anytown", "WA", "98001")).door == 0


@pytest.mark.parametrize(
    "tin", ["900-00-123", "900-00-12345", "90000123x", "٩٠٠٠٠١٢٣٤", "90000123²", "900/00/1234", ""]
)
def test_what_is_not_nine_digits_is_no_number(tin: str) -> None:
    assert _of(changed(ADA, tin=tin)).number == 0


# -- is it about them ----------------------------------------------------------------------------

ONE = Traces(person=1, name=2, door=3, number=4)


@pytest.mark.parametrize(
    ("asked", "by"),
    [
        (ONE, "number"),
        (Traces(number=4), "number"),
        (Traces(person=9, name=9, door=9, number=4), "number"),
        (Traces(person=1, number=9), "name and date of birth"),
        (Traces(person=1), "name and date of birth"),
        (Traces(name=2, door=3), "name and address"),
        (Traces(person=9, name=2, door=3, number=9), "name and address"),
        (Traces(name=2), ""),
        (Traces(door=3), ""),
        (Traces(name=2, door=9), ""),
        (Traces(name=9, door=3), ""),
        (Traces(), ""),
    ],
)
def test_a_request_is_about_a_person_by_number_or_birth_or_home_and_by_a_name_alone_it_is_not(
    asked: Traces, by: str
) -> None:
    assert is_about(asked, ONE) == by


@pytest.mark.parametrize("one", [Traces(), Traces(name=2), Traces(door=3)])
def test_what_is_absent_matches_nothing(one: Traces) -> None:
    assert is_about(one, one) == ""


# -- the statute -----------------------------------------------------------------------------------


def test_a_statute_is_told_in_the_agreements_own_citation_and_free_text_is_not_told() -> None:
    first = AGREEMENT.designated[0]
    second = changed(first, citation="18 USC 1", written_as=("18 U.S.C. 1",))
    two = changed(AGREEMENT, designated=(first, second))
    for written in (first.citation, *first.written_as, f" {first.citation.lower()} "):
        assert statute_of(written, two) == first.citation
    assert statute_of("18 u.s.c.  1", two) == "18 USC 1"
    assert statute_of("18 USC 1", AGREEMENT) == statute_of("", two) == OTHER_STATUTE


def test_the_text_of_traces_is_read_back_and_no_other_is() -> None:
    text = traces_text(_of())
    assert (len(text), traces_from_text(text)) == (64, _of())
    assert traces_from_text("00" * 31 + "05") == Traces(0, 0, 0, 5)
    assert traces_from_text("ff" * 32) == Traces(-1, -1, -1, -1)
    for other in (text[:-2], text + "00", ""):
        with pytest.raises(ValueError, match="64 hex digits"):
            traces_from_text(other)
