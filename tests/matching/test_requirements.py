"""What a confirmation must rest on: a question that leads to the resident's own first name, and a
family name, or the full given name and the date of birth; and no date that is only near."""

from __future__ import annotations

from datetime import date

import pytest

from counterfoil.matching import as_version, default_weights
from tests.matching.people import ask, grant, level, resident

BORN = date(1980, 3, 14)
TIN = b"t" * 16
WEAK = ["X", "X X", "Xx", "Q", "-", "Jr", "\u042f", "G V", "", "Unknown", "E", "Consuelo", "Smith"]
"""Family names that are none, or not the resident's."""


@pytest.mark.parametrize("family", WEAK)
@pytest.mark.parametrize("middle", ["", "Luz"])
def test_a_weak_family_name_needs_the_date_of_birth(family: str, middle: str) -> None:
    asked = f"Consuelo|{middle}|{family}"
    kept = f"Consuelo|{middle}|Gavilan Vega"
    assert not ask(asked, resident(kept, born=BORN)).confirmed
    assert not ask(asked, resident(kept, tin=TIN), tin=TIN).confirmed
    assert not ask(grant(asked, born=date(1980, 3, 15)), resident(kept, born=BORN)).confirmed
    assert not ask(grant(asked, born=BORN), resident(kept)).confirmed


@pytest.mark.parametrize("family", WEAK)
def test_a_weak_family_name_is_enough_beside_the_date_of_birth(family: str) -> None:
    suffix = "Jr" if family == "Jr" else ""
    asked = grant(f"Consuelo|Luz|{family}", born=BORN)
    assert ask(asked, resident(f"Consuelo|Luz|Gavilan Vega|{suffix}", born=BORN)).confirmed


@pytest.mark.parametrize("given", ["Concha", "Conchita", "C", "Consuelp"])
def test_a_weak_family_name_needs_the_full_given_name_too(given: str) -> None:
    kept = resident("Consuelo|Luz|Gavilan", born=BORN, tin=TIN)
    assert not ask(grant(f"{given}|Luz|X", born=BORN), kept, tin=TIN).confirmed


@pytest.mark.parametrize("family", ["O", "E", "Y"])
def test_a_family_name_of_one_letter_is_one_with_the_date_of_birth(family: str) -> None:
    name = f"Seo|Yun|{family}"
    assert not ask(name, resident(name, born=BORN)).confirmed
    assert ask(grant(name, born=BORN), resident(name, born=BORN)).confirmed


@pytest.mark.parametrize("family", ["Ng", "Li", "Wu", "Le", "Vo"])
def test_a_family_name_of_two_letters_is_one(family: str) -> None:
    assert ask(f"Consuelo|L|{family}", resident(f"Consuelo|L|{family}")).confirmed


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("J|Luz|Gavilan", "Jacinta|Luz|Gavilan"),
        ("Jacinta|Luz|Gavilan", "J|Luz|Gavilan"),
        ("Elena||Gavilan", "Maria Elena||Gavilan"),
        ("Elena||Gavilan", "Maria|Elena|Gavilan"),
        ("Jacinta|Luz|Gavilan", "|Luz|Gavilan"),
        ("Marta|L|Ostrow", "Ostrow|L|Marta"),
    ],
)
def test_a_question_that_does_not_lead_to_the_first_name_confirms_nobody(
    asked: str, kept: str
) -> None:
    match = ask(grant(asked, born=BORN), resident(kept, born=BORN, tin=TIN), tin=TIN)
    assert not match.confirmed
    assert ("given", "untraced") in [(line.feature, line.level) for line in match.evidence]


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("Elena Maria||Gavilan", "Maria|Elena|Gavilan"),
        ("Maryann|L|Gavilan", "Mary Ann|L|Gavilan"),
        ("Mary Ann|L|Gavilan", "Maryann|L|Gavilan"),
        ("Xiaomei|L|Gavilan", "Xiao Mei|L|Gavilan"),
        ("Ostrow|L|Marta", "Marta|L|Ostrow"),
        ("Pepe|Luz|Gavilan", "Jose|Luz|Gavilan"),
        ("Zaylondra|Luz|Gavilan", "Zaylomdra|Luz|Gavilan"),
        ("Marta|L|Delacruz", "Marta|L|de la Cruz"),
    ],
)
def test_a_question_that_leads_there_confirms(asked: str, kept: str) -> None:
    assert ask(grant(asked, born=BORN), resident(kept, born=BORN, tin=TIN), tin=TIN).confirmed


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("Ostrow|L|Marta", "Marta|L|Ostrow"),
        ("Nguyen||Khai", "Khai||Nguyen"),
        ("Garcia||Jose", "Jose||Garcia"),
        ("Xq Garcia||Jose", "Jose||Xq Garcia"),
    ],
)
def test_exchanged_fields_need_the_date_of_birth(asked: str, kept: str) -> None:
    """So that questions without one need not be counted as if any name might be exchanged."""
    assert ask(grant(asked, born=BORN), resident(kept, born=BORN, tin=TIN), tin=TIN).confirmed
    undated = resident(kept, born=BORN, tin=TIN)
    assert not ask(grant(asked), undated, tin=TIN).confirmed
    assert not ask(grant(asked, born=BORN), resident(kept, tin=TIN), tin=TIN).confirmed
    before = as_version(default_weights(), "match-3")
    assert ask(grant(asked), undated, tin=TIN, weights=before).confirmed


def test_who_fails_a_requirement_still_competes() -> None:
    """Nobody is confirmed because another was left out."""
    asked = "Jacinta|L|Gavilan"
    named, unnamed = resident(asked), resident("|L|Gavilan", tin=TIN)
    assert ask(asked, named, tin=TIN).confirmed
    assert not ask(asked, named, unnamed, tin=TIN).confirmed


def test_an_earlier_version_decides_as_it_did() -> None:
    asked, kept = "Consuelo|Luz|X", resident("Consuelo|Luz|Gavilan")
    before = as_version(default_weights(), "match-2")
    match = ask(asked, kept, weights=before)
    assert match.confirmed
    assert level(match, "family") == "missing"
    assert not ask(asked, kept).confirmed


@pytest.mark.parametrize(
    "near", [date(1980, 3, 15), date(1981, 3, 14), date(1980, 8, 14), date(1990, 3, 14)]
)
@pytest.mark.parametrize("tin", [b"", TIN])
def test_a_date_of_birth_that_is_near_confirms_nobody_whatever_else_agrees(
    near: date, tin: bytes
) -> None:
    kept = resident("Jacinta|Luz|Gavilan", born=BORN, tin=TIN)
    asked = grant("Jacinta|Luz|Gavilan", born=near)
    assert not ask(asked, kept, tin=tin).confirmed
    assert ("dob", "inexact") in [
        (line.feature, line.level) for line in ask(asked, kept, tin=tin).evidence
    ]
    assert ask(grant("Jacinta|Luz|Gavilan", born=BORN), kept, tin=tin).confirmed
