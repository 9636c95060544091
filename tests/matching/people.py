"""Made-up residents and questions for the tests of the decision."""

from __future__ import annotations

from datetime import date

from counterfoil.core.values import (
    Address,
    AddressForm,
    Grant,
    Match,
    Person,
    Request,
    Resident,
    Residents,
)
from counterfoil.matching import Weights, decide, default_weights
from counterfoil.normalize import normalize_name

PERIODS = (2023, 2024)


def name(text: str) -> Person:
    """ "given|middle|family|suffix", later parts optional."""
    given, middle, family, suffix = (text.split("|") + [""] * 3)[:4]
    return Person(given_name=given, middle_name=middle, family_name=family, suffix=suffix)


def resident(
    text: str, *, born: date | None = None, tin: bytes = b"", periods: tuple[int, ...] = (2023,)
) -> Resident:
    return Resident(normalize_name(name(text)), born, tin, "ref-" + text, periods)


def grant(text: str, *, born: date | None = None, periods: tuple[int, ...] = PERIODS) -> Grant:
    asked = name(text)
    person = Person(asked.given_name, asked.middle_name, asked.family_name, asked.suffix, born, "")
    return Grant(
        Request("q-1", 1, person, Address()),
        AddressForm(),
        normalize_name(person),
        periods,
        "sha256:0",
    )


def held(*residents: Resident, tin: bytes = b"", tolerance: str = "exact") -> Residents:
    return Residents(residents, (tolerance,) * len(residents), tin)


def ask(
    question: Grant | str, *residents: Resident, weights: Weights | None = None, tin: bytes = b""
) -> Match:
    asked = grant(question) if isinstance(question, str) else question
    return decide(asked, held(*residents, tin=tin), weights or default_weights())


def level(match: Match, feature: str) -> str:
    return next(line.level for line in match.evidence if line.feature == feature)
