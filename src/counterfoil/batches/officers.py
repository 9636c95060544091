"""An officer as enrolled: the one role that a key acts in, and the public key. The one place of
this room that reads verifier keys."""

from __future__ import annotations

from collections.abc import Sequence

from counterfoil.core.errors import KeyFault, StateFault
from counterfoil.core.values import Officer, Role
from counterfoil.tlog.note import parse_vkey, verifier_key


def enrol_form(name: str, public: bytes) -> Officer:
    """The officer whose 32-byte Ed25519 public key is `public`. Raises VerifyFault `vkey_malformed`
    for a bad name."""
    return Officer(name=name, vkey=str(verifier_key(name, public)))


def require_two(officers: Sequence[Officer], act: str) -> None:
    """Raise StateFault `officers_same` where the first two are one, by name (letter case is no
    difference) or by key; `act` is what one alone cannot do."""
    first, second = officers[:2]
    same_name = first.name.casefold() == second.name.casefold()
    if same_name or public_key(first) == public_key(second):
        raise StateFault(
            "officers_same",
            f"one officer cannot {act} alone",
            place=officers[0].name,
            cure="Name two officers, each with a key of their own.",
        )


def public_key(officer: Officer) -> bytes:
    """The 32-byte public key of an officer.

    Raises VerifyFault `vkey_malformed`, KeyFault `officer_key_name` where the key is of another
    name.
    """
    key = parse_vkey(officer.vkey)
    if key.name != officer.name:
        raise KeyFault(
            "officer_key_name",
            "the verifier key carries another name than the officer's",
            place=officer.name,
            cure="Enrol the officer under the name that stands in the key.",
        )
    return key.public


__all__ = ["Role", "enrol_form", "public_key", "require_two"]
