"""With a resident suppressed: never confirmed, nobody confirmed in their place, and what is kept looks
as if they were not there."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from counterfoil.core.values import Grant, Match, Residents
from counterfoil.matching import as_version, decide, decide_suppressed
from counterfoil.matching.evidence import is_same_person
from tests.matching.people import grant, held, resident
from tests.matching.test_properties import HOUSEHOLD, TINS, WEIGHTS, opened, questions

BORN = date(1981, 5, 29)
NOBODY = held()
NAMES = [f"{first}{rest}" for first in "BDFGHKLPRSTVW" for rest in ("udolf", "erthe")]
PLACES = st.sets(st.integers(0, 8))


def only(residents: Residents, places: list[int]) -> Residents:
    return replace(
        residents,
        residents=tuple(residents.residents[place] for place in places),
        tolerances=tuple(residents.tolerances[place] for place in places),
    )


def shown(residents: Residents, places: set[int]) -> tuple[frozenset[int], list[int]]:
    """(those who are suppressed, places of those who are left)."""
    people = residents.residents
    asked = frozenset(place for place in places if place < len(people))
    kept = [
        place
        for place, each in enumerate(people)
        if place not in asked
        and not any(is_same_person(people[one], each, WEIGHTS) for one in asked)
    ]
    return asked, kept


@given(questions(), HOUSEHOLD, TINS)
def test_where_nobody_is_suppressed_it_is_the_decision_itself(
    asked: Grant, household: list, tin: bytes
) -> None:
    residents = opened(household, tin)
    assert decide_suppressed(asked, residents, frozenset(), WEIGHTS) == decide(
        asked, residents, WEIGHTS
    )


@given(questions(), HOUSEHOLD, TINS, PLACES)
@settings(max_examples=200)
def test_what_is_kept_is_that_of_the_others_or_of_an_empty_home(
    asked: Grant, household: list, tin: bytes, places: set[int]
) -> None:
    residents = opened(household, tin)
    hidden, kept = shown(residents, places)
    found = decide_suppressed(asked, residents, hidden, WEIGHTS)
    rest, nobody = (
        decide(asked, only(residents, kept), WEIGHTS),
        decide(asked, only(residents, []), WEIGHTS),
    )
    assert found in ((rest, nobody) if hidden else (decide(asked, residents, WEIGHTS),))
    assert found == rest or (rest.confirmed and not nobody.confirmed)


@given(questions(), HOUSEHOLD, TINS, PLACES)
@settings(max_examples=200)
def test_nobody_is_confirmed_but_whom_the_whole_home_confirms_and_who_is_not_withheld(
    asked: Grant, household: list, tin: bytes, places: set[int]
) -> None:
    residents = opened(household, tin)
    hidden, kept = shown(residents, places)
    if not decide_suppressed(asked, residents, hidden, WEIGHTS).confirmed:
        return
    assert decide(asked, residents, WEIGHTS).confirmed
    alone = {
        place: decide(asked, only(residents, [place]), WEIGHTS)
        for place in range(len(residents.residents))
    }
    best = max(each.score_bits for each in alone.values() if each.evidence)
    assert [place for place in kept if alone[place].score_bits == best]


@given(questions(), HOUSEHOLD, TINS)
def test_a_home_of_the_held_alone_is_an_empty_home_byte_for_byte(
    asked: Grant, household: list, tin: bytes
) -> None:
    residents = opened(household, tin)
    everyone = frozenset(range(len(household)))
    assert decide_suppressed(asked, residents, everyone, WEIGHTS) == decide(
        asked, opened([], tin), WEIGHTS
    )


def told(question: str | Grant, residents: Residents, *places: int) -> Match:
    asked = grant(question) if isinstance(question, str) else question
    return decide_suppressed(asked, residents, frozenset(places), WEIGHTS)


ASKED = grant("Marisol||Quintanilla", born=BORN)
FATHER, SON = (
    resident("Percival||Vandermolen", tin=b"f" * 16),
    resident("Percival||Vandermolen", tin=b"s" * 16),
)


def test_the_held_are_not_confirmed_and_their_household_still_is() -> None:
    home = held(
        resident("Marisol||Quintanilla", born=BORN),
        resident("Teodoro||Quintanilla", born=date(1979, 1, 2)),
    )
    assert told(ASKED, home).confirmed and not told(ASKED, home, 0).confirmed
    assert told(ASKED, home, 0) == decide(ASKED, only(home, [1]), WEIGHTS)
    assert told(ASKED, home, 1).confirmed


def test_hiding_one_of_two_candidates_does_not_confirm_the_other() -> None:
    home = held(FATHER, SON)
    asked = grant("Percival||Vandermolen")
    assert decide(asked, only(home, [1]), WEIGHTS).confirmed  # alone he would be
    assert told(asked, home, 0) == told(asked, home, 1) == decide(asked, NOBODY, WEIGHTS)


def test_a_namesake_is_not_confirmed_in_place_of_the_held_who_was_asked_about() -> None:
    """All confirms the held one by the date of birth; without them the namesake, of whom no date is
    held, would do where names were enough."""
    home = held(resident("Marisol||Quintanilla", born=BORN), resident("Marisol||Quintanilla"))
    weights = as_version(WEIGHTS, "match-4")
    every, without_held, without_namesake = (
        decide_suppressed(ASKED, home, suppressed, weights)
        for suppressed in (frozenset[int](), frozenset((0,)), frozenset((1,)))
    )
    assert every.confirmed and decide(ASKED, only(home, [1]), weights).confirmed
    assert without_held == decide(ASKED, NOBODY, weights)
    assert without_namesake.confirmed


def test_a_hold_reaches_the_other_entries_of_the_same_person() -> None:
    entries = [
        resident("Marisol||Quintanilla", born=BORN, tin=b"m" * 16, periods=(year,))
        for year in (2023, 2024)
    ]
    assert told(ASKED, held(*entries)).confirmed
    assert (
        told(ASKED, held(*entries), 0)
        == told(ASKED, held(*entries), 1)
        == decide(ASKED, NOBODY, WEIGHTS)
    )


@pytest.mark.parametrize("size", range(2, 18))
def test_the_others_of_a_home_of_any_size_are_confirmed_as_before(size: int) -> None:
    """A home of eight entries is a crowd, one of seven is not: the line says so, and is no other
    person's."""
    others = [resident(f"{name}||Somebody", tin=name.encode() * 2) for name in NAMES[: size - 1]]
    home = held(resident("Marisol||Quintanilla", born=BORN), *others)
    assert told(ASKED, home).confirmed
    assert told(ASKED, home, size - 1) == decide(ASKED, only(home, list(range(size - 1))), WEIGHTS)
    assert told(ASKED, home, size - 1).confirmed and not told(ASKED, home, 0).confirmed
