"""The one way to a Grant that does not pass the law: for trials on registers of made-up people, and
for certification.

An `UnsafeGate` asks only what a question must have to be asked at all: a name, and an address that
has a door and is no placeholder. The law asks for more (city, state and ZIP); a trial measures the
matcher on what can be compared. Whoever makes one has made sure that the register is marked as made
up, or asks the holder's own file as the holder; a test holds the list of callers.

Many questions of a trial name one person or one address: each name and each address is read and
checked once.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from counterfoil.core.values import Address, AddressForm, Grant, NameForm, Person, Request, State
from counterfoil.gate.checks.inputs import CheckInput
from counterfoil.gate.checks.periods import Periods, read_periods
from counterfoil.gate.checks.person import (
    address_is_no_placeholder,
    name_is_given,
    name_is_no_placeholder,
)
from counterfoil.gate.history.counts import Uses
from counterfoil.gate.law.folding import split_words
from counterfoil.gate.law.load import Law
from counterfoil.normalize import exact_address_key, normalize_address, normalize_name

_NO_WORDS: Final[list[str]] = []
_NO_ADDRESS: Final = normalize_address(Address())
_NO_NAME: Final = normalize_name(Person())
_NO_PERIODS: Final = Periods((), given=False, vague=False)
_ONCE: Final = Uses(1, 1, 1, 1)


class UnsafeGate:
    """Makes grants for a trial. `law` gives the lists of placeholders and the reading of
    periods."""

    def __init__(self, law: Law) -> None:
        self._law = law

    def grant(self, request: Request) -> Grant | None:
        """A grant, or None where name or address are not sufficient to ask."""
        return self.grants([request])[0]

    def grants(self, requests: Iterable[Request]) -> list[Grant | None]:
        """A grant for each request, None where it is not sufficient. What they share is read
        once."""
        names: dict[tuple[str, str, str, str], NameForm | None] = {}
        places: dict[Address, AddressForm | None] = {}
        years: dict[tuple[str, ...], Periods] = {}
        granted: list[Grant | None] = []
        for request in requests:
            person, address, texts = request.person, request.address, request.taxable_periods
            written = (person.given_name, person.middle_name, person.family_name, person.suffix)
            if written not in names:
                names[written] = self._name(request)
            if address not in places:
                places[address] = self._place(request)
            if texts not in years:
                years[texts] = read_periods(texts, self._law.terms.rules.periods)
            name, place = names[written], places[address]
            if name is None or place is None:
                granted.append(None)
            else:
                granted.append(Grant(request, place, name, years[texts].years, self._law.digest))
        return granted

    def _name(self, request: Request) -> NameForm | None:
        """The name's form; None where it is missing or a placeholder."""
        asked = _asked(request, name=normalize_name(request.person))
        met = all(
            check(asked, self._law.terms) is State.MET
            for check in (name_is_given, name_is_no_placeholder)
        )
        return asked.name if met else None

    def _place(self, request: Request) -> AddressForm | None:
        """The address's form; None where it names no door or is a placeholder."""
        words = split_words(f"{request.address.line1} {request.address.line2}")
        asked = _asked(request, address=normalize_address(request.address), words=words)
        if (
            not exact_address_key(asked.address)
            or address_is_no_placeholder(asked, self._law.terms) is not State.MET
        ):
            return None
        return asked.address


def _asked(
    request: Request,
    *,
    name: NameForm = _NO_NAME,
    address: AddressForm = _NO_ADDRESS,
    words: list[str] = _NO_WORDS,
) -> CheckInput:
    """What the checks of a name, or of an address, are shown; they look at nothing else."""
    return CheckInput(
        request,
        address,
        name,
        _NO_PERIODS,
        None,
        words,
        "",
        _NO_WORDS,
        1,
        1,
        1,
        (),
        _ONCE,
        date.max,
        None,
    )
