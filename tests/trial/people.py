"""Made-up rows, decks and residents for decoys."""

from __future__ import annotations

from datetime import date

from counterfoil.forms import normalise_address, normalise_name
from counterfoil.model import Address, Grant, NameForm, Person, Request, Resident, Residents
from counterfoil.trial.deck import Deck, Named
from counterfoil.trial.decoys import Held

HELD = Held(
    "r1", "900-00-1001", "Marisol", "Ana", "Quintanilla", "", "1981-05-29",
    "1847 N Heron Lake Rd", "Apt 4B", "Anytown", "WA", "98101", "2024",
)  # fmt: skip
DECK = Deck(
    (
        Named("Teodoro", "B", "Ostrander", "1979-10-27"),
        Named("Wilhelmina", "", "Vandermolen", "1990-01-02"),
        Named("Marisol", "C", "Thornquist", "1962-03-04"),
        Named("Marta", "", "Featherstone", "1955-07-08"),
    ),
    {("ANYTOWN", "WA"): ("98101", "98102")},
    (2023, 2024),
    4,
)


def grant(
    given: str, family: str, *, line1: str = "1847 Heron Lake Rd", suffix: str = "", years: tuple[int, ...] = (2024,)
) -> Grant:
    person, address = Person(given, "", family, suffix), Address(line1, "", "Anytown", "WA", "98101")
    request = Request("q1", 1, person, address, tuple(map(str, years)))
    return Grant(request, normalise_address(address), normalise_name(person), years, "sha256:")


def resident(
    ref: str, given: str, family: str, *, tin: bytes = b"", born: date | None = None, suffix: str = "",
    years: tuple[int, ...] = (2024,),
) -> Resident:  # fmt: skip
    return Resident(NameForm((given,), (), (family,), suffix), born, tin, ref, years)


def opened(*held: Resident, doors: tuple[str, ...] = ()) -> Residents:
    return Residents(held, doors or ("exact",) * len(held))
