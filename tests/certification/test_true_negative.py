"""What the register holds at the asked address says whether a decoy's true answer is no."""

from __future__ import annotations

from datetime import date

import pytest

from counterfoil.certification.true_negative import RowPerson, entries_of, residents_for_decoy
from tests.certification.people import grant, opened, resident

SUBJECT = RowPerson(b"one", "r1")
BORN = date(1981, 5, 29)
OWN = resident("r1", "MARISOL", "QUINTANILLA", tin=b"one", born=BORN)
OTHER = resident("r2", "TEODORO", "QUINTANILLA", tin=b"two")
ASKED = grant("Marisol", "Quintanilla")


def test_withheld_takes_the_person_out_and_leaves_the_household() -> None:
    left = residents_for_decoy("withheld", SUBJECT, ASKED, opened(OWN, OTHER))
    assert left is not None
    assert left.residents == (OTHER,)
    assert left.tolerances == ("exact",)


def test_all_entries_of_the_person_are_taken_out() -> None:
    same_number = resident("r9", "MARISOL", "OSTRANDER", tin=b"one")
    mistyped = resident("r8", "MARISOL", "QUINTANILLA", tin=b"mistyped", born=BORN)
    assert entries_of(SUBJECT, (OWN, OTHER, same_number, mistyped)) == [OWN, same_number, mistyped]


def test_a_namesake_of_another_birth_is_not_the_person() -> None:
    mother = resident("r7", "MARISOL", "QUINTANILLA", tin=b"three", born=date(1955, 1, 1))
    assert entries_of(SUBJECT, (OWN, mother)) == [OWN]


def test_a_person_whom_the_register_does_not_hold_is_no_withheld_person() -> None:
    assert residents_for_decoy("withheld", SUBJECT, ASKED, opened(OTHER)) is None


@pytest.mark.parametrize("kind", ["next_unit", "next_number", "other_zip", "like_street"])
def test_a_namesake_elsewhere_is_none_where_the_person_or_the_name_is_held_there(kind: str) -> None:
    namesake = resident("r6", "MARISOL", "QUINTANILLA", tin=b"six")
    assert residents_for_decoy(kind, SUBJECT, ASKED, opened(OWN, OTHER)) is None
    assert residents_for_decoy(kind, SUBJECT, ASKED, opened(namesake)) is None
    assert residents_for_decoy(kind, SUBJECT, ASKED, opened(OTHER)) == opened(OTHER)


@pytest.mark.parametrize("kind", ["other_zip", "like_street"])
def test_the_person_reached_by_a_tolerant_door_stays_as_the_trap(kind: str) -> None:
    reached = opened(OWN, doors=("place",))
    assert residents_for_decoy(kind, SUBJECT, ASKED, reached) == reached


def test_a_former_resident_is_one_only_where_the_period_is_not_held() -> None:
    asked = grant("Marisol", "Quintanilla", years=(2023,))
    still_there = resident("r5", "MARISOL", "QUINTANILLA", tin=b"one", years=(2023, 2024))
    assert residents_for_decoy("former", SUBJECT, asked, opened(OWN, OTHER)) == opened(OWN, OTHER)
    assert residents_for_decoy("former", SUBJECT, asked, opened(still_there)) is None


def test_a_junior_who_is_held_is_no_decoy() -> None:
    asked = grant("Marisol", "Quintanilla", suffix="JR")
    junior = resident("r4", "MARISOL", "QUINTANILLA", suffix="II", tin=b"four")
    assert residents_for_decoy("junior_senior", SUBJECT, asked, opened(OWN)) == opened(OWN)
    assert residents_for_decoy("junior_senior", SUBJECT, asked, opened(OWN, junior)) is None


def test_a_junior_of_the_very_day_of_a_resident_of_that_name_is_that_resident() -> None:
    asked = grant("Marisol", "Quintanilla", suffix="JR", born=BORN)
    assert residents_for_decoy("junior_senior", SUBJECT, asked, opened(OWN)) is None
    another_day = grant("Marisol", "Quintanilla", suffix="JR", born=date(2005, 5, 29))
    assert residents_for_decoy("junior_senior", SUBJECT, another_day, opened(OWN)) == opened(OWN)
    assert residents_for_decoy("junior_senior", SUBJECT, asked, opened(OTHER)) == opened(OTHER)


def test_a_sibling_of_a_residents_very_name_is_no_decoy() -> None:
    assert (
        residents_for_decoy("sibling", SUBJECT, grant("Teodoro", "Quintanilla"), opened(OWN, OTHER))
        is None
    )
    assert residents_for_decoy(
        "sibling", SUBJECT, grant("Teodora", "Quintanilla"), opened(OWN, OTHER)
    ) == opened(OWN, OTHER)


def test_a_synthetic_person_is_always_a_decoy() -> None:
    assert residents_for_decoy("synthetic", SUBJECT, ASKED, opened(OWN)) == opened(OWN)
