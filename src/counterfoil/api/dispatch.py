"""The one way from a door to the office's use cases, for the API and for the pages: the table of
client/actions.py says whether the officer's role may, then the use case is called, and itself
checks. The office does one thing at a time.

Whoever calls has made sure that the officer is who asks; nothing is signed in an officer's name
here.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final, TypeVar

import msgspec

from counterfoil.api.door import Log
from counterfoil.client.actions import find_action, require_permitted
from counterfoil.client.ceremonies import Ceremonies
from counterfoil.client.registration import Registrations
from counterfoil.core.errors import StateFault
from counterfoil.core.use_cases import NOBODY, Signed, SignedCommand, Statement
from counterfoil.office import Office
from counterfoil.office.officers import list_officers
from counterfoil.office.signed_request import Enrolled

_WAIT_SECONDS: Final = 60
Result = TypeVar("Result")


class Dispatch:
    """Calls the use cases of one opened office for its officers. `log` is told the name of each
    action and of its officer."""

    def __init__(self, office: Office, log: Log) -> None:
        self.office = office
        self._log = log
        self.ceremonies = Ceremonies(office)
        """Acts that are signed on pages; called within `alone`."""
        self.registrations = Registrations(office)
        """Security keys that are being registered on pages; called within `alone`."""
        self._one = asyncio.Lock()
        self.changed: Callable[[], None] = lambda: None
        """Called after an act: the queue may have something to do."""

    async def enrolled(self) -> list[Enrolled]:
        """Everybody who was ever enrolled."""
        found = await self.alone(lambda: list_officers(self.office, NOBODY))
        return [Enrolled(each.officer, each.role, each.is_active) for each in found]

    async def ask(self, known: Enrolled, name: str, *question: Any) -> Any:
        """Put a question of the table; nothing more where it takes nothing. Raises UsageFault
        `action_unknown`, `action_refused`; as the use case."""
        action = find_action(name, "question")
        require_permitted(action, known.role)
        found = await self.alone(lambda: action.verb(self.office, known.officer, *question))
        self._log("question", action=name, officer=known.officer.name)
        return found

    async def state(self, known: Enrolled, name: str, command: SignedCommand) -> Statement:
        """The statement of an act. Raises as `ask`."""
        action = find_action(name, "act")
        require_permitted(action, known.role)
        stated = action.statement
        assert stated is not None, "an act has a statement"
        found: Statement = await self.alone(lambda: stated(self.office, known.officer, command))
        return found

    async def act(
        self, known: Enrolled, name: str, command: SignedCommand, signatures: tuple[Signed, ...]
    ) -> Any:
        """Do what officers signed. Raises as `ask`."""
        action = find_action(name, "act")
        require_permitted(action, known.role)
        signed = msgspec.structs.replace(command, signatures=signatures)
        found = await self.alone(lambda: action.verb(self.office, known.officer, signed))
        self.acted(name, known)
        return found

    def acted(self, name: str, known: Enrolled) -> None:
        """Note that an act was done, and tell the queue."""
        self._log("act", action=name, officer=known.officer.name)
        self.changed()

    async def alone(self, work: Callable[[], Result]) -> Result:
        """Run something in a thread while nothing else is done in the office. Raises StateFault
        `office_busy`."""
        async with self._turn():
            return await asyncio.to_thread(work)

    @asynccontextmanager
    async def _turn(self) -> AsyncGenerator[None]:
        try:
            async with asyncio.timeout(_WAIT_SECONDS):
                await self._one.acquire()
        except TimeoutError:
            raise StateFault(
                "office_busy",
                "the office is at something long",
                place="office",
                cure="Nothing was done. Ask again later.",
            ) from None
        try:
            yield
        finally:
            self._one.release()
