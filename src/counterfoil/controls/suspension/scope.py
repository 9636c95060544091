"""What a suspension reaches: the whole office, or a part of it. Pure.

    office           everything
    batch:ID         one request file
    route:ID         every file that was asked by this legal door: written-request, court-order,
                     consent
    principal:ID     every file of the official who asks, by the id in the agreement
    requester:ID     every file that was received under an agreement with this requester; a batch of
                     an older version, whose row does not say it, is reached by every requester's

An entry says the reach in fields of its own (`batch`, `route`; `principal` and `requester` as
SHA-256 of the id, which keeps an id that the agreement publishes no secret); an entry with none of
them is of the whole office. The entry `batch` carries the same digests, so that the ledger alone
tells which files a suspension reaches.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from counterfoil.batches.batch import BatchHeader
from counterfoil.core import canonical
from counterfoil.core.errors import UsageFault
from counterfoil.core.values import Public


class Over(StrEnum):
    """The kinds of reach, in the words of the command line and of the ledger's fields."""

    OFFICE = "office"
    BATCH = "batch"
    ROUTE = "route"
    PRINCIPAL = "principal"
    REQUESTER = "requester"


class Reach(Public, frozen=True, gc=False):
    """One reach. `of`: the id, "" for the office. Its text is what `read_reach` reads."""

    over: Over
    of: str = ""

    def __str__(self) -> str:
        return f"{self.over}:{self.of}" if self.of else str(self.over)

    def covers(self, batch_id: str, header: BatchHeader | None) -> bool:
        """Whether a batch of this id and header is within it; no header, no batch. What a batch of
        an older version does not say of itself could be anything."""
        if self.over is Over.OFFICE:
            return True
        if self.over is Over.BATCH or header is None:
            return self.over is Over.BATCH and self.of == batch_id
        said = {
            Over.ROUTE: header.route,
            Over.PRINCIPAL: header.principal,
            Over.REQUESTER: header.party,
        }[self.over]
        return said in (self.of, "")

    def fields(self) -> dict[str, str]:
        """What an entry says of it."""
        if self.over in (Over.PRINCIPAL, Over.REQUESTER):
            return {str(self.over): name_digest(self.of)}
        return {} if self.over is Over.OFFICE else {str(self.over): self.of}


OFFICE: Final = Reach(Over.OFFICE)
_NAMED: Final = frozenset(map(str, Over)) - {Over.OFFICE}


def name_digest(name: str) -> str:
    """The digest of an id as entries carry it."""
    return canonical.digest(name.encode())


def read_reach(text: str, requester: str) -> Reach:
    """The reach of a text; `requester` alone means this id. Raises UsageFault `scope_unknown`."""
    over, colon, of = text.partition(":")
    if text == Over.REQUESTER:
        return Reach(Over.REQUESTER, requester)
    if text == Over.OFFICE or (over in _NAMED and colon and of):
        return Reach(Over(over), of)
    raise UsageFault(
        "scope_unknown",
        "that is no scope of a suspension",
        place="--scope",
        cure="Write office, batch:ID, route:NAME, principal:ID or requester.",
    )
