"""Two questions that could both be confirmed against one possible resident share a code of the given
name, and without dates of birth a code of the family name and a key of the person too."""

from __future__ import annotations

import random
from datetime import date
from itertools import combinations

import pytest

from counterfoil.core.values import Address, AddressForm, Grant, NameForm, Person, Request, Resident
from counterfoil.matching import Thresholds, decide
from counterfoil.normalize import exact_name, name_codes, normalize_name, person_keys
from tests.matching.people import held
from tests.matching.spellings import BORN, generous_weights, person, spelled

WEIGHTS = generous_weights()
OPEN = Thresholds(birth=400, names=400, undated=400)
"""Thresholds that are as low as any may be, where a date stands on one side only as well."""
TIN = b"t" * 16
PEOPLE, SPELLINGS = 45, 45


def confirmed(who: Person, chance: random.Random) -> list[Person]:
    """The spellings of this resident that confirm them, with whatever date and number they state,
    by the weights that confirm most."""
    kept = Resident(
        normalize_name(who), chance.choice((None, BORN, BORN)), chance.choice((b"", TIN)), "r", (1,)
    )
    found: dict[tuple[NameForm, date | None], Person] = {}
    for _ in range(SPELLINGS):
        asked = spelled(who, chance)
        form = normalize_name(asked)
        grant = Grant(Request("q", 1, asked, Address()), AddressForm(), form, (1,), "")
        match = decide(grant, held(kept, tin=chance.choice((b"", TIN))), WEIGHTS, OPEN)
        if match.confirmed and exact_name(form):
            found[form, asked.date_of_birth] = asked
    return list(found.values())


@pytest.mark.parametrize("seed", range(4))
def test_what_could_be_confirmed_against_one_resident_is_counted_as_one(seed: int) -> None:
    chance, pairs, undated = random.Random(seed), 0, 0
    for _ in range(PEOPLE):
        for one, two in combinations(confirmed(person(chance), chance), 2):
            first, second = normalize_name(one), normalize_name(two)
            assert not name_codes(first)[0].isdisjoint(name_codes(second)[0]), (first, second)
            pairs += 1
            if one.date_of_birth is None and two.date_of_birth is None:
                codes = [name_codes(name, may_be_exchanged=False) for name in (first, second)]
                (given, family), (other_given, other_family) = codes
                assert not given.isdisjoint(other_given), (first, second)
                assert not family.isdisjoint(other_family), (first, second)
                keys = set(person_keys(first, None))
                assert not keys.isdisjoint(person_keys(second, None)), (first, second)
                undated += 1
    assert pairs > 2_000
    assert undated > 200


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Eric|Alonso", "3r1c|4lon5o"),
        ("Eric|Alonso", "\u00c9ric|Alonso"),
        ("Eric|Alonso", "\u00c8r\u200bic|Alons\u00f8"),
        ("Albert|Vane", "Al|Vane"),
        ("Al|Vane", "Alfred|Vane"),
        ("Jose Luis|Ruiz", "Pepe|Ruiz"),
        ("Mary Ann|Vane", "Maryann|Vane"),
        ("Mary|Vane", "Maryann|Vane"),
        ("Xiao Mei|Wang", "Wang|Xiao Mei"),
        ("Xiao Mei|Wang", "Xiaomei|Wang"),
        ("Marta|Ostrow", "Ostrow|Marta"),
        ("Zaylonda|Vane", "Zaylenda|Vane"),
        ("Marta|de la Cruz", "Marta|Delacruz"),
        ("Marta|Ruiz Tellez", "Marta|Tellez-Ruiz"),
    ],
)
def test_these_are_one_to_the_guards(one: str, two: str) -> None:
    names = [
        normalize_name(Person(*text.split("|")[:1], "", text.split("|")[1])) for text in (one, two)
    ]
    (given, family), (other_given, other_family) = map(name_codes, names)
    assert not given.isdisjoint(other_given)
    assert not family.isdisjoint(other_family)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("John", "James"),
        ("J", "James"),
        ("Maria", "Mario"),
        ("Angel", "Angela"),
        ("Anna Marie", "Ruth Marie"),
        ("Zaylon", "Keshawn"),
        ("Jon", "Joan"),
        ("Michael", "Daniel"),
    ],
)
def test_two_people_of_one_home_are_two_to_the_guards(one: str, two: str) -> None:
    first, second = (normalize_name(Person(text, "", "Vane")) for text in (one, two))
    shared = name_codes(first)[0] & name_codes(second)[0]
    assert shared <= {"MARIE"}
    assert exact_name(first) != exact_name(second)


def test_a_name_that_names_nobody_has_no_key() -> None:
    for asked in (Person("Marta"), Person("", "", "Vane"), Person("Baby boy", "", "Unknown")):
        form = normalize_name(asked)
        assert (exact_name(form), person_keys(form, BORN)) == ("", ())


def test_a_stated_date_of_birth_is_the_key_of_a_person() -> None:
    form = normalize_name(Person("Marta", "", "Vane"))
    assert person_keys(form, BORN) == ("born|1980-03-04",)
    assert person_keys(form, None) == ("name|VAN",)
