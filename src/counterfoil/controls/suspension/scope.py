"""The scope of a suspension: the whole office, or a part of it. Pure.

    office           everything
    batch:ID         one request file
    route:ID         every file that was asked by this legal way: written-request, court-order,
                     consent
    principal:ID     every file of the official who asks, by the id in the agreement
    requester:ID     every file that was received under an agreement with this requester; a batch of
                     an older version, whose row does not say it, is within every requester's scope

An entry says the scope in fields of its own (`batch`, `route`; `principal` and `requester` as
SHA-256 of the id, which keeps an id that the agreement publishes no secret); an entry with none of
them is of the whole office. The entry `batch` carries the same digests, so that the ledger alone
tells which files are within a scope.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from counterfoil.batches.batch import BatchHeader
from counterfoil.core import canonical
from counterfoil.core.errors import UsageFault
from counterfoil.core.values import Public


class ScopeKind(StrEnum):
    """The kinds of scope, in the words of the command line and of the ledger's fields."""

    OFFICE = "office"
    BATCH = "batch"
    ROUTE = "route"
    PRINCIPAL = "principal"
    REQUESTER = "requester"


class Scope(Public, frozen=True, gc=False):
    """One scope. `id`: of the batch, route, principal or requester, "" for the office. Its text is
    what `read_scope` reads."""

    kind: ScopeKind
    id: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}" if self.id else str(self.kind)

    def covers(self, batch_id: str, header: BatchHeader | None) -> bool:
        """Whether a batch of this id and header is within it; no header, no batch. What a batch of
        an older version does not say of itself could be anything."""
        if self.kind is ScopeKind.OFFICE:
            return True
        if self.kind is ScopeKind.BATCH or header is None:
            return self.kind is ScopeKind.BATCH and self.id == batch_id
        stated = {
            ScopeKind.ROUTE: header.route,
            ScopeKind.PRINCIPAL: header.principal,
            ScopeKind.REQUESTER: header.party,
        }[self.kind]
        return stated in (self.id, "")

    def fields(self) -> dict[str, str]:
        """What an entry says of it."""
        if self.kind in (ScopeKind.PRINCIPAL, ScopeKind.REQUESTER):
            return {str(self.kind): name_digest(self.id)}
        return {} if self.kind is ScopeKind.OFFICE else {str(self.kind): self.id}


OFFICE: Final = Scope(ScopeKind.OFFICE)
_NAMED: Final = frozenset(map(str, ScopeKind)) - {ScopeKind.OFFICE}


def name_digest(name: str) -> str:
    """The digest of an id as entries carry it."""
    return canonical.digest(name.encode())


def read_scope(text: str, requester: str = "") -> Scope:
    """The scope of a text; `requester` alone means this id. Raises UsageFault `scope_unknown`."""
    kind, colon, name = text.partition(":")
    if text == ScopeKind.REQUESTER:
        return Scope(ScopeKind.REQUESTER, requester)
    if text == ScopeKind.OFFICE or (kind in _NAMED and colon and name):
        return Scope(ScopeKind(kind), name)
    raise UsageFault(
        "scope_unknown",
        "that is no scope of a suspension",
        place="--scope",
        cure="Write office, batch:ID, route:NAME, principal:ID or requester.",
    )
