"""Rows of the tables of kinds: what is held, what is asked, and whether it confirms.

`held` and `asked` are "given | middle | family | suffix", then the date of birth where one stands.
"""

from __future__ import annotations

from datetime import date

from counterfoil.core.values import Resident
from counterfoil.matching import as_version, default_weights
from tests.matching.people import ask, grant, resident

DAY = "1984-06-17"
YOUNG = "2004-06-17"
"""The day of birth of people who are 20 at the end of the latest period that is asked about."""


def parts(text: str) -> tuple[str, date | None]:
    names, _, born = text.partition(" @ ")
    return names, date.fromisoformat(born) if born else None


def rows_of(text: str) -> list[tuple[str, str, bool]]:
    """Lines of `held = asked = Y or N`; a name without a date of its own has `DAY`, `@ -` none."""
    found: list[tuple[str, str, bool]] = []
    for line in text.strip().splitlines():
        held, asked, answer = (part.strip() for part in line.split("="))
        found.append((dated(held), dated(asked), answer == "Y"))
    return found


def dated(text: str) -> str:
    return (
        text.removesuffix(" @ -")
        if text.endswith(" @ -")
        else (text if " @ " in text else f"{text} @ {DAY}")
    )


def held_of(text: str) -> Resident:
    names, born = parts(text)
    return resident(names, born=born)


def check(held: str, asked: str, expected: bool, tin: bytes = b"") -> None:
    """In both directions: what is held may as well be asked, and the other way around."""
    names, born = parts(asked)
    match = ask(grant(names, born=born), held_of(held), tin=tin)
    assert match.confirmed is expected, match.evidence


def check_as_it_was(version: str, held: str, asked: str, born: str, *, before: bool) -> None:
    """Rules of a version decide as they did, and the present ones otherwise."""
    names, day = parts(f"{asked} @ {born}")
    question, kept = grant(names, born=day), resident(held, born=day)
    earlier = as_version(default_weights(), version)
    assert ask(question, kept, weights=earlier).confirmed is before
    assert ask(question, kept).confirmed is not before
