"""The one way to a Grant that does not pass the law: for trials on registers of made-up people.

An `UnsafeGate` asks only what a question must have to be asked at all: a name, and an address that has a door and is no
placeholder. The law asks for more (city, state and ZIP); a trial measures the matcher on what can be compared. Whoever makes
one has made sure that the register is marked as made up; a test holds the list of callers.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from counterfoil.forms import exact_door
from counterfoil.gate.asked import Reader
from counterfoil.gate.checks_person import address_is_no_placeholder, name_is_given, name_is_no_placeholder
from counterfoil.gate.facts import BatchFacts, History
from counterfoil.gate.guards import NO_COUNTS, unguarded
from counterfoil.gate.law import Law
from counterfoil.model import Grant, Header, Request, State

_SUFFICIENT: Final = (name_is_given, name_is_no_placeholder, address_is_no_placeholder)


class UnsafeGate:
    """Makes grants for a trial. `law` gives the lists of placeholders and the reading of periods."""

    def __init__(self, law: Law) -> None:
        day = date.max
        header = Header(requester="", agreement="", principal="", sent_on=day)
        facts = BatchFacts(0, "", header, bytes(32), {}, {}, {}, {})
        self._reader = Reader(law.terms.rules.periods, facts, History(), day)
        self._law = law

    def grant(self, request: Request) -> Grant | None:
        """A grant, or None where name or address are not sufficient to ask."""
        asked = self._reader.read(request, unguarded(request), NO_COUNTS)
        if not exact_door(asked.address) or any(
            check(asked, self._law.terms) is not State.MET for check in _SUFFICIENT
        ):
            return None
        return Grant(request, asked.address, asked.name, asked.periods.years, self._law.digest)
