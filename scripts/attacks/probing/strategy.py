"""Strategies of a requester who wants to know more than the agreement allows, drawn by number.

Strategy N is made from the seed and N alone, so that each can be run again. What varies is how the
target is written, what else the question states, how questions are put into files, on which days,
by which routes and principals, in whose name as engaged officer, and what is done after a
refusal.

    person   one person whose address is not known: every question names another home
    home     one home whose people are not known: every question names another person

What is tried of a person whose home is known is in evidence.py.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from random import Random
from typing import Any, Final

from scripts.attacks.gate import spellings

SEED: Final = 20260301
PERSON, HOME = "person", "home"
NAME_WAYS: Final = (
    *spellings.ALL, "plain", "parts", "words", "other-family", "turned", "initial", "middle",
    "near-dates", "years",
)  # fmt: skip
HOME_WAYS: Final = (
    *spellings.ALL, "plain", "suffix", "zip", "zip-more", "city", "directional", "joined", "number",
    "unit",
)  # fmt: skip
_SIZES: Final = (1, 1, 1, 2, 3, 4, 6, 9, 12)
_GAPS: Final = (0, 0, 1, 1, 2, 5, 10, 30)
_WAITS: Final = (5, 5, 15, 40)
_ASKED: Final = ((6, 20), (6, 20), (20, 60), (60, 150))
_LARGE: Final = 50
"""One strategy in as many asks as much as the agreement's yearly quota lets it."""


@dataclass(frozen=True)
class Strategy:
    """One strategy. `ways`: how the target is written, in turn; `dates`: whether a date of birth is
    stated (`none`, `true`, `mixed`); `asked`: questions about the target; `rows`: of them in a
    file; `others`: rows about others beside them; `gap`: days between files; `turns`: files of a
    day; `routes`: in turn; `officers`: `one`, `many`, or one `spelled` in several ways;
    `refused`: after a file that brought nothing `go-on`, `wait` some days, or `change` the way of
    writing; `waits`: how many days; `patience`: files in a row that bring nothing before it gives
    up."""

    number: int
    target: str
    ways: tuple[str, ...]
    dates: str
    asked: int
    rows: int
    others: int
    gap: int
    turns: int
    routes: tuple[str, ...]
    two_principals: bool
    officers: str
    refused: str
    waits: int
    patience: int

    def described(self) -> dict[str, Any]:
        """The strategy as JSON."""
        return asdict(self)


def strategy(number: int, seed: int = SEED) -> Strategy:
    """Strategy `number`: even ones are after a person, odd ones after a home."""
    chance = Random(f"{seed} {number}")  # noqa: S311 - strategies that can be drawn again
    target = HOME if number % 2 else PERSON
    ways = HOME_WAYS if number % 2 else NAME_WAYS
    large = number // 2 % _LARGE == 0
    routes = chance.choice(
        (("written-request",), ("written-request",), ("court-order",), ("consent",),
         ("written-request", "court-order"), ("written-request", "court-order", "consent"))
    )  # fmt: skip
    rows = 1 if "consent" in routes else chance.choice(_SIZES)
    return Strategy(
        number,
        target,
        tuple(chance.sample(ways, chance.choice((1, 1, 2, 3, 6)))),
        chance.choice(("none", "none", "true", "mixed")),
        1500 if large else chance.randint(*chance.choice(_ASKED)),
        chance.choice((10, 25, 100)) if large else rows,
        0 if large else chance.choice((0, 0, 0, 1, 3)),
        1 if large else chance.choice(_GAPS),
        3 if large else chance.choice((1, 1, 2, 4)),
        ("written-request",) if large else routes,
        chance.random() < 0.3,
        "many" if large else chance.choice(("one", "many", "spelled")),
        chance.choice(("go-on", "wait", "change")),
        chance.choice(_WAITS),
        chance.choice((2, 3, 4, 6)) * (3 if large else 1),
    )
