"""Each kind of decoy changes what its sentence says, and nothing else."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from counterfoil.trial.chance import Chance
from counterfoil.trial.deck import Deck
from counterfoil.trial.decoys import KINDS, Asked, Held
from counterfoil.trial.street_decoys import bump_last, bump_number, like_street
from tests.trial.people import DECK, HELD

PLACES = st.integers(0, 10_000)
TEXT = st.text(max_size=30)
ROWS = st.builds(
    Held, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, st.one_of(TEXT, st.dates().map(date.isoformat)), TEXT, TEXT, TEXT, TEXT, TEXT,
    st.sampled_from(["2023", "2024"]),
)  # fmt: skip


def made(kind: str, place: int = 0, held: Held = HELD, deck: Deck = DECK) -> Asked:
    found = KINDS[kind].make(held, Chance(b"seed", kind, place), deck)
    assert found is not None
    return found


def changed(asked: Asked, held: Held = HELD) -> set[str]:
    same = {
        name for name in Asked.__struct_fields__ if name != "periods" and getattr(asked, name) == getattr(held, name)
    }
    return set(Asked.__struct_fields__) - same - {"periods"}


@given(PLACES)
def test_withheld_writes_the_persons_own_question_with_a_slip_at_most(place: int) -> None:
    assert changed(made("withheld", place)) in (set(), {"middle"}, {"given"})


@given(PLACES)
def test_junior_changes_suffix_and_date_of_birth_only(place: int) -> None:
    asked = made("junior_senior", place)
    assert changed(asked) == {"suffix", "born"}
    assert asked.suffix == "JR"


def test_a_junior_is_asked_as_senior_or_without_suffix() -> None:
    junior = replace(HELD, suffix="Jr.")
    assert {made("junior_senior", place, junior).suffix for place in range(40)} == {"SR", ""}


@given(PLACES)
def test_a_sibling_shares_the_family_name_and_not_the_given(place: int) -> None:
    asked = made("sibling", place)
    assert asked.family == HELD.family
    assert asked.given != HELD.given


def test_every_second_sibling_is_a_twin_of_the_same_first_letter_where_there_is_one() -> None:
    twins = [asked for place in range(60) if (asked := made("sibling", place)).born == HELD.born]
    assert 15 < len(twins) < 45
    assert {twin.given for twin in twins} >= {"Marta"}


@pytest.mark.parametrize("kind", [name for name, kind in KINDS.items() if kind.elsewhere])
@given(place=PLACES)
def test_a_namesake_elsewhere_has_the_name_another_birth_and_another_address(kind: str, place: int) -> None:
    asked = made(kind, place)
    assert changed(asked) - {"born"} <= {"line1", "line2", "zip"}
    assert changed(asked) & {"line1", "line2", "zip"}
    assert asked.born != HELD.born


def test_the_next_unit_is_where_the_unit_is_written() -> None:
    assert made("next_unit").line2 == "Apt 5B"
    inline = replace(HELD, line1="1847 Heron Lake Rd Apt 12", line2="")
    assert made("next_unit", held=inline).line1 == "1847 Heron Lake Rd Apt 13"
    assert made("next_unit", held=replace(HELD, line2="")).line2.startswith("APT ")


def test_another_zip_is_one_of_the_city_or_the_next_by_number() -> None:
    assert made("other_zip").zip == "98102"
    assert made("other_zip", held=replace(HELD, city="Elsewhere", zip="98109")).zip == "98100"


@given(PLACES)
def test_a_former_resident_is_asked_about_another_period(place: int) -> None:
    asked = made("former", place)
    assert asked.periods == "2023"
    assert changed(asked) == set()


def test_a_register_of_one_period_asks_about_the_year_after() -> None:
    assert made("former", deck=replace(DECK, periods=(2024,))).periods == "2025"


@given(PLACES)
def test_a_synthetic_person_keeps_the_address_only(place: int) -> None:
    asked = made("synthetic", place)
    assert changed(asked) <= {"given", "middle", "family", "born"}
    assert asked.family in {name.family for name in DECK.names}


@pytest.mark.parametrize("kind", list(KINDS))
def test_the_same_place_makes_the_same_decoy(kind: str) -> None:
    assert [made(kind, place) for place in range(20)] == [made(kind, place) for place in range(20)]


@pytest.mark.parametrize("kind", list(KINDS))
@given(held=ROWS, place=PLACES)
def test_any_row_makes_a_decoy_or_none_and_never_fails(kind: str, held: Held, place: int) -> None:
    asked = KINDS[kind].make(held, Chance(b"seed", kind, place), DECK)
    assert asked is None or all(isinstance(cell, str) for cell in asked.cells())


@pytest.mark.parametrize(
    ("line", "next_line"),
    [("APT 9", "APT 10"), ("4B", "5B"), ("UNIT B", "UNIT C"), ("Z", "A"), ("BSMT -", "BSMT -2")],
)
def test_the_last_number_else_the_last_letter_moves_on(line: str, next_line: str) -> None:
    assert bump_last(line, 1) == next_line


def test_a_house_number_never_falls_under_one() -> None:
    assert [bump_number("2 Elm St", -2), bump_number("101 Elm St", 2), bump_number("Elm St", 2)] == [
        "4 Elm St",
        "103 Elm St",
        "",
    ]


def test_a_like_street_turns_the_directional_or_exchanges_the_suffix() -> None:
    chance = Chance(b"seed", "x", 1)
    assert like_street("12 N Main St", chance) == "12 S Main St"
    assert like_street("12 Main St", chance) in {
        f"12 Main {suffix}" for suffix in ("AVE", "RD", "DR", "LN", "CT", "PL", "WAY", "BLVD", "CIR", "TER")
    }
    assert like_street("12 Broadway", chance) == ""


def test_p1_rows_and_questions_hide_every_value() -> None:
    assert f"{HELD} {made('withheld')} {DECK}" == "<Held: hidden> <Asked: hidden> <Deck: hidden>"
