"""The weights: their form, and what the register teaches."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from counterfoil.core import canonical
from counterfoil.core.errors import InputFault
from counterfoil.matching import Learner, default_weights, weights_from_dict, weights_to_dict
from counterfoil.matching.table import LEVELS, TOLERANCES
from tests.matching.people import ask, level, resident

SALT = "ab" * 16


def household(number: int, given: str = "Marta") -> list:
    family = "Fam" + chr(65 + number // 26 % 26) + chr(65 + number % 26)
    tin = number.to_bytes(4, "big") * 3
    return [
        resident(f"{given}|L|{family}", tin=b"one!" + tin),
        resident(f"Pavel|K|{family}", tin=b"two!" + tin),
        resident(f"Nadia|P|{family}", tin=b"tri!" + tin),
    ]


def taught(count: int = 400) -> Learner:
    learner = Learner(SALT)
    for number in range(count):
        people = household(number, "Marta" if number % 2 else "Odile")
        learner.co_residents(people)
        learner.same_person(people[0], people[0])
    return learner


def test_a_learner_that_was_fed_nothing_gives_the_tables_weights() -> None:
    assert replace(Learner().finish(), salt="") == default_weights()


def test_every_level_says_why_and_the_exact_key_is_free() -> None:
    assert all(
        entry.because.endswith((".", ").", ")")) or entry.because for entry in LEVELS.values()
    )
    assert TOLERANCES["exact"] == TOLERANCES["unit"] == 0
    assert all(cost < 0 for name, cost in TOLERANCES.items() if name not in ("exact", "unit"))


def test_the_weights_have_a_canonical_form_that_reads_back() -> None:
    weights = taught().finish()
    form = weights_to_dict(weights)
    assert weights_from_dict(form) == weights
    assert canonical.encode(form) == canonical.encode(weights_to_dict(weights_from_dict(form)))


def test_the_weights_hold_no_name_in_clear() -> None:
    form = canonical.encode(weights_to_dict(taught().finish())).upper()
    assert not any(name in form for name in (b"MARTA", b"ODILE", b"PAVEL", b"FAMAA"))


def test_a_name_that_fewer_than_three_residents_bear_leaves_no_trace() -> None:
    learner = Learner(SALT)
    learner.co_residents(household(1))
    learner.co_residents(household(2))
    weights = learner.finish()
    assert not weights.given and not weights.family


def test_a_common_name_weighs_less_than_a_rare_one() -> None:
    weights = taught().finish()
    common = ask("Pavel|K|Ostrow", resident("Pavel|K|Ostrow"), weights=weights)
    rare = ask("Xiomara|K|Ostrow", resident("Xiomara|K|Ostrow"), weights=weights)
    assert common.score_bits < rare.score_bits


def test_two_spellings_in_use_in_the_register_are_two_names() -> None:
    learner = Learner(SALT)
    for number in range(200):
        learner.co_residents(household(number, "Zaylon" if number % 2 else "Zaylen"))
    question, entry = "Zaylon|L|Ostrow", resident("Zaylen|L|Ostrow")
    assert level(ask(question, entry), "given") == "near_rare"
    assert level(ask(question, entry, weights=learner.finish()), "given") == "other"


def test_the_register_teaches_what_co_residents_share() -> None:
    weights = taught(2000).finish()
    assert weights.levels["family.equal"] < default_weights().levels["family.equal"]
    assert weights.co_resident_pairs == 6000
    assert weights.same_person_pairs == 2000


def test_learned_weights_stay_within_the_tables_bounds_and_contradictions_stay_fatal() -> None:
    weights = taught(2000).finish()
    for name, entry in LEVELS.items():
        least, most = entry.bounds or (entry.default, entry.default)
        assert least <= weights.levels[name] <= most


def test_one_person_under_two_numbers_teaches_nothing_about_co_residents() -> None:
    learner = Learner(SALT)
    learner.co_residents(
        [resident("Marta|L|Ostrow", tin=b"t" * 16), resident("Marta|L|Ostrow", tin=b"u" * 16)]
    )
    assert learner.finish().co_resident_pairs == 0


def test_spouses_under_one_number_teach_nothing_about_one_person() -> None:
    learner = Learner(SALT)
    learner.same_person(resident("Marta|L|Ostrow"), resident("Pavel|K|Ostrow"))
    assert learner.finish().same_person_pairs == 0


@given(st.permutations(range(12)), st.integers(0, 12))
def test_neither_order_nor_partition_of_the_feeding_changes_the_weights(
    order: list[int], cut: int
) -> None:
    def fed(numbers: list[int]) -> Learner:
        learner = Learner(SALT)
        for number in numbers:
            people = household(number, ("Marta", "Odile", "Zaylon")[number % 3])
            learner.co_residents(people[:: -1 if number % 2 else 1])
            learner.same_person(people[0], people[0])
        return learner

    parts = fed(order[:cut])
    parts.merge(fed(order[cut:]))
    assert weights_to_dict(parts.finish()) == weights_to_dict(fed(list(range(12))).finish())


@pytest.mark.parametrize(
    "change",
    [
        {"format": "counterfoil/weights/v2"},
        {"levels": {}},
        {"doors": {"exact": 0}},
        {"doors": {"exact": -1, "*": -100}},
        {"doors": {"exact": 0, "*": 100}},
        {"threshold": 0},
        {"margin": 0},
        {"threshold": 6.5},
        {"given": {"key": "rare"}},
        {"levels": {name: entry.default for name, entry in LEVELS.items()} | {"given.other": -100}},
        {"extra": 1},
    ],
)
def test_weights_of_another_shape_or_that_soften_a_rule_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(InputFault) as caught:
        weights_from_dict(weights_to_dict(default_weights()) | change)
    assert caught.value.code == "weights_unusable"
