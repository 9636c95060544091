"""An agreement as a tree of salted clauses, so that a part of it can be published and the rest
counted. Version 2.

A clause is one value of the agreement file with its path, in the order of docs/formats/law.md:
`title`, `limits.guards.window_days`, `principals.dhs-secretary`. Mappings are descended into, and
so is a list whose items have an `id`; any other list is one clause. `clause_salt` is no clause:
every leaf depends on it. The two `signatures` come last.

    leaf   canonical JSON (core/canonical.py) of {"clause": path, "salt": 64 hex digits or null,
           "value": value}
    salt   HMAC-SHA-256(clause_salt, path); null for all where `clause_salt` is null
    terms digest       "sha256:" and the RFC 6962 root over the leaves but the signatures: what both
                       parties sign
    agreement digest   "sha256:" and the root over all leaves: what the ledger enters and every
                       answer cites

The salts keep a hidden clause from being guessed by trying numbers; whoever has the agreement's own
file can recompute all.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, cast

import msgspec

from counterfoil.core import canonical
from counterfoil.core.values import Public
from counterfoil.gate.law.agreement import Agreement
from counterfoil.tlog.tree import leaf_hash, root_of

SALT_FIELD: Final = "clause_salt"
SIGNATURES: Final = ("signatures.holder", "signatures.requester")
ALWAYS_SHOWN: Final = frozenset({"format", "id", *SIGNATURES})


class Clause(Public, frozen=True, gc=False):
    """One leaf: path, value as parsed JSON, salt as 64 hex digits or None."""

    path: str
    value: Any
    salt: str | None

    def hash(self) -> bytes:
        """The leaf's hash, 32 bytes."""
        return leaf_hash(
            canonical.encode({"clause": self.path, "salt": self.salt, "value": self.value})
        )


def clauses_of(agreement: Agreement) -> tuple[Clause, ...]:
    """Every clause, the signatures last."""
    fields = msgspec.to_builtins(agreement)
    secret = bytes.fromhex(fields.pop(SALT_FIELD) or "")
    signatures = fields.pop("signatures")
    paths = [
        *_flat(fields, ""),
        *((f"signatures.{party}", signed) for party, signed in signatures.items()),
    ]
    return tuple(Clause(path, value, _salt(secret, path)) for path, value in paths)


def digest_of(hashes: Sequence[bytes]) -> str:
    """The root over leaf hashes as `sha256:` and 64 hex digits."""
    return f"sha256:{root_of(hashes).hex()}"


def agreement_digest(agreement: Agreement) -> str:
    """The digest over all clauses and both signatures."""
    return digest_of([clause.hash() for clause in clauses_of(agreement)])


def terms_digest(agreement: Agreement) -> str:
    """The digest over all clauses but the signatures."""
    return digest_of([clause.hash() for clause in clauses_of(agreement)[: -len(SIGNATURES)]])


def _flat(fields: dict[str, Any], above: str) -> Iterator[tuple[str, Any]]:
    for name, value in fields.items():
        path = f"{above}{name}"
        if isinstance(value, dict):
            yield from _flat(cast(dict[str, Any], value), f"{path}.")
        elif _are_named(value):
            yield from (
                (f"{path}.{item['id']}", item) for item in cast(Iterable[dict[str, Any]], value)
            )
        else:
            yield path, value


def _are_named(value: object) -> bool:
    """Whether it is a list of mappings that each have an id."""
    items = cast(Sequence[object], value) if isinstance(value, list | tuple) else ()
    return bool(items) and all(isinstance(item, dict) and "id" in item for item in items)


def _salt(secret: bytes, path: str) -> str | None:
    return hmac.digest(secret, path.encode(), "sha256").hex() if secret else None
