"""A field for a stay or a review says in plain words that there is none, and nothing else does."""

from __future__ import annotations

import pytest

from counterfoil.gate.checks.pending import says_none
from counterfoil.gate.law.wordings import Wordings
from tests.gate.world import sandbox

WORDS = sandbox().terms.wordings


@pytest.mark.parametrize(
    "entry",
    [
        "None.", "none pending", "No petition for review", "No motion pending.", "denied in 2024",
        "motion was dismissed", "There is no stay or deferral.", "stay: none", "never sought",
        "Petition for review denied by the Ninth Circuit on May 3, 2024",
        "Motion to reopen denied; appeal dismissed", "Motion to reopen and reconsider denied",
        "no longer pending", "stay lifted, deferral expired", "PFR withdrawn", "not applicable",
        "no appeal was filed", "neither a stay nor a deferral",
    ],
)  # fmt: skip
def test_what_is_none_or_has_ended_is_none(entry: str) -> None:
    assert says_none(entry, WORDS)


@pytest.mark.parametrize(
    "entry",
    [
        "", "yes", "pending", "petition for review", "motion to reopen", "stay granted",
        "motion denied, appeal filed", "appeal filed and motion denied", "no decision yet",
        "denied in 2024 and appealed", "not denied", "review not decided", "on appeal",
        "dismissed without prejudice", "denied; reconsideration sought", "order vacated",
        "no stay, but a motion to reopen is pending", "motion denied appeal pending",
        "n\u043ene of your business", "remanded", "granted", "not known", "not stated", "not recorded", "never known", "unknown", "TBD", "denied?! see file",
    ],
)  # fmt: skip
def test_what_is_pending_or_cannot_be_told_is_not(entry: str) -> None:
    assert not says_none(entry, WORDS)


def test_a_law_without_the_words_takes_none_of_them() -> None:
    assert not says_none("None.", Wordings())
