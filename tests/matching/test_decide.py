"""Who is confirmed, and who is somebody else who lives there."""

from __future__ import annotations

from datetime import date

import pytest

from counterfoil.matching import default_weights, explain
from tests.matching.people import ask, grant, held, level, resident

BORN = date(1980, 3, 14)


def test_the_same_name_is_confirmed() -> None:
    assert ask("Marta|L|Ostrow", resident("Marta|L|Ostrow"), resident("Pavel|K|Ostrow")).confirmed


def test_nobody_at_the_address_is_not_confirmed() -> None:
    assert not ask("Marta|L|Ostrow").confirmed


@pytest.mark.parametrize(
    "other", ["Pavel|L|Ostrow", "Martin|L|Ostrow", "Mark|L|Ostrow", "Maria|L|Ostrow"]
)
def test_a_relative_of_the_same_family_name_is_not_the_person(other: str) -> None:
    match = ask("Marta|L|Ostrow", resident(other))
    assert not match.confirmed
    assert level(match, "given") == "other"


@pytest.mark.parametrize(("one", "two"), [("Jr", "Sr"), ("Sr", "III"), ("II", "III"), ("Jr", "IV")])
def test_junior_is_never_senior(one: str, two: str) -> None:
    for asked, kept in ((one, two), (two, one)):
        match = ask(
            grant(f"Otis|B|Vane|{asked}", born=BORN), resident(f"Otis|B|Vane|{kept}", born=BORN)
        )
        assert not match.confirmed


@pytest.mark.parametrize(("asked", "kept"), [("Jr", ""), ("", "Jr"), ("Sr", ""), ("Jr", "II")])
def test_a_suffix_on_one_side_only_needs_a_date_of_birth(asked: str, kept: str) -> None:
    question, entry = f"Otis|B|Vane|{asked}", f"Otis|B|Vane|{kept}"
    assert not ask(question, resident(entry)).confirmed
    assert ask(grant(question, born=BORN), resident(entry, born=BORN)).confirmed


def test_father_and_son_of_one_name_at_one_address_are_ambiguous_without_more() -> None:
    father, son = resident("Otis|B|Vane", tin=b"f" * 16), resident("Otis|B|Vane", tin=b"s" * 16)
    assert not ask("Otis|B|Vane", father, son).confirmed


def test_a_date_of_birth_tells_father_from_son() -> None:
    father = resident("Otis|B|Vane", born=date(1950, 1, 2), tin=b"f" * 16)
    son = resident("Otis|B|Vane", born=BORN, tin=b"s" * 16)
    assert ask(grant("Otis|B|Vane", born=BORN), father, son).confirmed
    assert not ask(grant("Otis|B|Vane", born=date(1961, 7, 9)), father, son).confirmed


@pytest.mark.parametrize(
    ("one", "two"),
    [("Jon", "Joan"), ("Maria", "Mario"), ("Ana", "Ann"), ("Christina", "Christian")],
)
def test_twins_with_names_a_letter_apart_are_never_confirmed_for_each_other(
    one: str, two: str
) -> None:
    for asked, kept in ((one, two), (two, one)):
        match = ask(grant(f"{asked}|T|Bell", born=BORN), resident(f"{kept}|T|Bell", born=BORN))
        assert not match.confirmed


def test_twins_with_invented_names_a_letter_apart_are_not_confirmed_by_their_birthday() -> None:
    match = ask(grant("Zaylon||Bell", born=BORN), resident("Zaylen||Bell", born=BORN))
    assert level(match, "given") == "near_rare"
    assert not match.confirmed


def test_a_slip_of_the_hand_in_a_listed_name_is_confirmed_with_the_middle_initial() -> None:
    match = ask("Robrt|Q|Ostrow", resident("Robert|Q|Ostrow"))
    assert (level(match, "given"), match.confirmed) == ("near", True)


def test_an_initial_alone_is_never_enough_without_more_than_names() -> None:
    assert not ask("M|L|Ostrow", resident("Marta|L|Ostrow")).confirmed
    assert not ask("Marta|L|Ostrow", resident("M||Ostrow")).confirmed


@pytest.mark.parametrize(
    "kept",
    [
        "Ruiz-Tellez",
        "Ruiz Tellez",
        "RuizTellez",
        "Tellez Ruiz",
        "Ruiz",
        "Tellez",
        "de Ruiz y Tellez",
    ],
)
def test_a_compound_family_name_is_confirmed_by_any_of_its_parts(kept: str) -> None:
    assert ask("Nadia|P|Ruiz Tellez", resident(f"Nadia|P|{kept}")).confirmed


def test_given_and_family_name_exchanged_are_one_person_with_the_middle_initial() -> None:
    match = ask(grant("Ostrow|L|Marta", born=BORN), resident("Marta|L|Ostrow", born=BORN))
    assert (level(match, "given"), level(match, "family")) == ("swapped", "swapped")
    assert match.confirmed


@pytest.mark.parametrize(
    ("one", "two"), [("Jose", "Pepe"), ("Guadalupe", "Lupe"), ("William", "Bill")]
)
def test_a_familiar_form_is_weighed_below_the_name_itself(one: str, two: str) -> None:
    familiar, same = (
        ask(f"{one}|R|Ostrow", resident(f"{two}|R|Ostrow")),
        ask(f"{one}|R|Ostrow", resident(f"{one}|R|Ostrow")),
    )
    assert level(familiar, "given") == "nickname"
    assert 0 < familiar.score_bits < same.score_bits


@pytest.mark.parametrize(
    "kept", ["Mrs|L|Ostrow", "Baby boy|L|Ostrow", "|L|Ostrow", "Child F|L|Ostrow"]
)
def test_a_placeholder_in_the_register_confirms_nobody_by_name(kept: str) -> None:
    match = ask("Marta|L|Ostrow", resident(kept))
    assert (level(match, "given"), match.confirmed) == ("missing", False)


def test_a_placeholder_on_both_sides_agrees_with_nothing() -> None:
    assert not ask("Mrs||Ostrow", resident("Mrs||Ostrow")).confirmed


def test_several_given_names_agree_joined_or_apart() -> None:
    assert ask("Mary Ann|Q|Ostrow", resident("Maryann|Q|Ostrow")).confirmed


def test_sisters_who_share_a_first_given_name_are_told_apart_by_the_second() -> None:
    assert not ask("Maria Elena||Ostrow", resident("Maria Guadalupe||Ostrow")).confirmed


def test_a_person_who_goes_by_a_middle_name_is_found_among_the_given_names() -> None:
    match = ask("Luis||Ostrow", resident("Jose Luis||Ostrow"))
    assert level(match, "given") == "among"


@pytest.mark.parametrize("born", [date(1980, 3, 15), date(1980, 8, 14), date(1981, 3, 14)])
def test_one_digit_of_a_date_of_birth_is_a_slip_and_confirms_nobody(born: date) -> None:
    match = ask(grant("Marta|L|Ostrow", born=BORN), resident("Marta|L|Ostrow", born=born))
    assert (level(match, "dob"), match.confirmed) == ("near", False)


def test_day_and_month_exchanged_is_a_slip() -> None:
    match = ask(
        grant("Marta|L|Ostrow", born=date(1980, 3, 12)),
        resident("Marta|L|Ostrow", born=date(1980, 12, 3)),
    )
    assert level(match, "dob") == "near"


def test_another_date_of_birth_is_fatal_whatever_the_rest_says() -> None:
    entry = resident("Marta|Lucia|Ostrow", born=date(1954, 11, 2), tin=b"t" * 16)
    assert not ask(grant("Marta|Lucia|Ostrow", born=BORN), entry, tin=b"t" * 16).confirmed


def test_another_tax_number_is_fatal_whatever_the_rest_says() -> None:
    entry = resident("Marta|Lucia|Ostrow", born=BORN, tin=b"t" * 16)
    assert not ask(grant("Marta|Lucia|Ostrow", born=BORN), entry, tin=b"u" * 16).confirmed


def test_a_tax_number_alone_confirms_nobody() -> None:
    assert not ask(
        "Marta|L|Ostrow", resident("Pavel|L|Ostrow", tin=b"t" * 16), tin=b"t" * 16
    ).confirmed


def test_only_the_periods_that_the_question_names_count() -> None:
    entry = resident("Marta|L|Ostrow", periods=(2019, 2020))
    assert not ask(grant("Marta|L|Ostrow", periods=(2021,)), entry).confirmed
    assert ask(grant("Marta|L|Ostrow", periods=(2020,)), entry).confirmed
    assert not ask(grant("Marta|L|Ostrow", periods=()), entry).confirmed


def test_a_namesake_of_another_period_is_as_if_not_there() -> None:
    former = resident("Marta|L|Ostrow", tin=b"f" * 16, periods=(2010,))
    now = resident("Marta|L|Ostrow", tin=b"n" * 16)
    assert ask("Marta|L|Ostrow", former, now) == ask("Marta|L|Ostrow", former, now)
    assert ask("Marta|L|Ostrow", former, now).confirmed


def test_two_entries_of_one_person_do_not_stand_in_each_others_way() -> None:
    first = resident("Marta|L|Ostrow", tin=b"t" * 16, periods=(2023,))
    second = resident("Marta||Ostrow", tin=b"t" * 16, periods=(2024,))
    mistyped = resident("Marta|L|Ostrow", tin=b"u" * 16, periods=(2024,))
    assert ask("Marta|L|Ostrow", first, second).confirmed
    assert ask("Marta|L|Ostrow", first, mistyped).confirmed


def test_a_slip_of_the_persons_own_name_in_another_year_does_not_stand_in_the_way() -> None:
    now = resident("Marta|L|Ostrow", tin=b"t" * 16, periods=(2024,))
    slip = resident("Martka|L|Ostrow", tin=b"u" * 16, periods=(2023,))
    assert ask("Marta|L|Ostrow", now, slip).confirmed
    assert not ask(
        "Marta|L|Ostrow", now, resident("Martka|L|Ostrow", tin=b"u" * 16, periods=(2024,))
    ).confirmed


def test_an_entry_that_fits_two_people_does_not_make_them_one() -> None:
    first = resident("Marta|L|Ostrow", tin=b"t" * 16, periods=(2023,))
    second = resident("Marta|L|Ostrow", tin=b"u" * 16, periods=(2023,))
    bridge = resident("Marta|L|Ostrow", tin=b"v" * 16, periods=(2024,))
    assert not ask("Marta|L|Ostrow", first, second, bridge).confirmed


def test_a_tolerance_costs_and_an_unknown_one_costs_too() -> None:
    question, entry = grant("Marta|L|Ostrow"), resident("Marta|L|Ostrow")
    scores = [
        sum(
            line.weight_bits
            for line in explain(question, held(entry, tolerance=tolerance), default_weights())[0]
        )
        for tolerance in ("exact", "never_heard_of")
    ]
    assert scores[1] < scores[0]


def test_in_a_crowd_a_shared_given_name_is_chance_unless_the_family_name_agrees() -> None:
    crowd = [
        resident(f"Pavel|K|Fam{chr(65 + n // 26)}{chr(65 + n % 26)}", tin=bytes([n]) * 16)
        for n in range(120)
    ]
    alone = ask("Marta|L|Ostrow", resident("Marta|L|Quill"))
    among = ask("Marta|L|Ostrow", resident("Marta|L|Quill", tin=b"x" * 16), *crowd)
    assert among.score_bits < alone.score_bits
    assert ask("Marta|L|Ostrow", resident("Marta|L|Ostrow", tin=b"x" * 16), *crowd).confirmed


def test_evidence_names_levels_and_never_values() -> None:
    question, entry = (
        grant("Marta|Lucia|Ostrow", born=BORN),
        resident("Marta|Lucia|Ostrow", born=BORN),
    )
    lines = explain(question, held(entry), default_weights())[0]
    known = set(default_weights().levels) | {"door.exact", "crowd.few"}
    assert {f"{line.feature}.{line.level}" for line in lines} <= known
    assert ask(question, entry).evidence == lines
