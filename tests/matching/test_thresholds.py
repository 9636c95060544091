"""Which threshold decides, by what the question states and what was compared."""

from __future__ import annotations

from datetime import date

import pytest

from counterfoil.core.values import Grant, Resident
from counterfoil.matching import (
    NEVER,
    Thresholds,
    as_version,
    decide,
    default_weights,
    own_thresholds,
)
from counterfoil.matching.table import UNDATED
from tests.matching.people import grant, held, resident

BORN = date(1981, 5, 29)
NEAR = date(1981, 5, 28)
NAME = "Marisol|Ana|Quintanilla"
FREE = {"birth": 0, "names": 0, "undated": 0}


def confirmed(question: Grant, found: Resident, **closed: int) -> bool:
    """With no threshold but those that are named."""
    return decide(question, held(found), default_weights(), Thresholds(**(FREE | closed))).confirmed


@pytest.mark.parametrize(
    ("asked", "kept", "decides"),
    [(None, None, "names"), (None, BORN, "names"), (BORN, BORN, "birth"), (BORN, None, "undated")],
)
def test_one_threshold_decides_and_no_other(
    asked: date | None, kept: date | None, decides: str
) -> None:
    question, found = grant(NAME, born=asked), resident(NAME, born=kept)
    refused = [name for name in FREE if not confirmed(question, found, **{name: NEVER})]
    assert refused == [decides]


def test_under_match_2_a_near_date_is_decided_by_the_threshold_without_one() -> None:
    question, found = grant(NAME, born=BORN), held(resident(NAME, born=NEAR))
    weights = as_version(default_weights(), "match-2")
    refused = [
        name
        for name in FREE
        if not decide(question, found, weights, Thresholds(**(FREE | {name: NEVER}))).confirmed
    ]
    assert refused == ["undated"]


@pytest.mark.parametrize("given", ["Marisol", "Marisela", "Mrs"])
def test_a_date_that_agrees_in_full_is_a_date_whatever_the_given_name(given: str) -> None:
    """dob.equal, dob.equal_unsure and dob.equal_unnamed."""
    question, found = grant(NAME, born=BORN), resident(f"{given}|Ana|Quintanilla", born=BORN)
    before = confirmed(question, found)
    assert confirmed(question, found, names=NEVER, undated=NEVER) == before
    assert not confirmed(question, found, birth=NEVER)


def test_a_threshold_is_reached_at_its_very_number() -> None:
    question, found = grant(NAME), resident(NAME)
    score = round(decide(question, held(found), default_weights()).score_bits * 100)
    assert confirmed(question, found, names=score)
    assert not confirmed(question, found, names=score + 1)


def test_without_certificates_the_weights_own_threshold_decides() -> None:
    weights = default_weights()
    assert own_thresholds(weights) == Thresholds(birth=600, names=600, undated=600 + UNDATED)
    before = as_version(weights, "match-4")
    assert own_thresholds(before) == Thresholds(birth=600, names=600, undated=600)
    for asked in (None, BORN):
        question, found = grant(NAME, born=asked), held(resident(NAME))
        assert decide(question, found, weights) == decide(
            question, found, weights, own_thresholds(weights)
        )


def test_no_threshold_makes_up_for_a_contradiction_or_a_margin() -> None:
    other = date(1950, 1, 2)
    assert not confirmed(grant(NAME, born=BORN), resident(NAME, born=other))
    two = held(resident(NAME, born=BORN), resident(NAME, born=other))
    assert not decide(grant(NAME), two, default_weights(), Thresholds(**FREE)).confirmed
