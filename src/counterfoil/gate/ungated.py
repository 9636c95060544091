"""The one way to a Grant that does not pass the law: for certification, on registers of made-up
people or as the holder of its own file.

An `UnsafeGate` demands only what a question must have to be asked at all: a name, and an address
that has a key and is no placeholder. The law demands more (city, state and ZIP); certification
measures the matcher on what can be compared. Whoever makes one has made sure that the register is
marked as made up, or asks the holder's own file as the holder; a test keeps the list of rooms that
may import this module.

Many questions name one person or one address: each name and each address is read and checked once.
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
from counterfoil.gate.history.uses import ONCE
from counterfoil.gate.law.folding import screened_words
from counterfoil.gate.law.load import Law
from counterfoil.normalize import exact_address_key, normalize_address, normalize_name

_NO_WORDS: Final[list[str]] = []
_NO_ADDRESS: Final = normalize_address(Address())
_NO_NAME: Final = normalize_name(Person())
_NO_PERIODS: Final = Periods((), given=False, vague=False)


class UnsafeGate:
    """Makes grants without the law. `law` gives the lists of placeholders and the reading of
    periods."""

    def __init__(self, law: Law) -> None:
        self._terms = law.terms
        self._digest = law.digest

    def grant(self, request: Request) -> Grant | None:
        """A grant, or None where name or address are not sufficient to ask."""
        return self.grants([request])[0]

    def grants(self, requests: Iterable[Request]) -> list[Grant | None]:
        """A grant for each request, None where it is not sufficient. What they share is read
        once."""
        names: dict[tuple[str, str, str, str], NameForm | None] = {}
        forms: dict[Address, AddressForm | None] = {}
        years: dict[tuple[str, ...], tuple[int, ...]] = {}
        granted: list[Grant | None] = []
        for request in requests:
            person, address, texts = request.person, request.address, request.taxable_periods
            written = (person.given_name, person.middle_name, person.family_name, person.suffix)
            if written not in names:
                names[written] = self._name(request)
            if address not in forms:
                forms[address] = self._form(request)
            if texts not in years:
                years[texts] = read_periods(texts, self._terms.periods, self._terms.edition).years
            name, form = names[written], forms[address]
            granted.append(
                Grant(request, form, name, years[texts], self._digest) if name and form else None
            )
        return granted

    def _name(self, request: Request) -> NameForm | None:
        """The name's form; None where it is missing or a placeholder."""
        inputs = _inputs(request, name=normalize_name(request.person))
        checks = (name_is_given, name_is_no_placeholder)
        met = all(check(inputs, self._terms) is State.MET for check in checks)
        return inputs.name if met else None

    def _form(self, request: Request) -> AddressForm | None:
        """The address's form; None where it has no address key or is a placeholder."""
        words = screened_words(f"{request.address.line1} {request.address.line2}")
        inputs = _inputs(request, form=normalize_address(request.address), words=words)
        real = address_is_no_placeholder(inputs, self._terms) is State.MET
        return inputs.address if real and exact_address_key(inputs.address) else None


def _inputs(
    request: Request,
    *,
    name: NameForm = _NO_NAME,
    form: AddressForm = _NO_ADDRESS,
    words: list[str] = _NO_WORDS,
) -> CheckInput:
    """What the checks of a name, or of an address, read; they read nothing else of a request."""
    return CheckInput(
        request,
        form,
        name,
        _NO_PERIODS,
        missing=None,
        line_words=words,
        reason="",
        reason_words=_NO_WORDS,
        engaged=(),
        uses=ONCE,
        day=date.max,
        scope=None,
    )
