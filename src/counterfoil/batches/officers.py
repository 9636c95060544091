"""An officer as enrolled: the one role that a key acts in, and the public key, of a key file or of
security keys (security_keys.py). The one place of this room that tells officers' keys apart."""

from __future__ import annotations

from collections.abc import Sequence

from counterfoil.batches.security_keys import SecurityKeys, is_security_key, read_keys
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
    if same_name or share_key(first, second):
        raise StateFault(
            "officers_same",
            f"one officer cannot {act} alone",
            place=officers[0].name,
            cure="Name two officers, each with a key of their own.",
        )


def public_key(officer: Officer) -> bytes:
    """The 32-byte public key of an officer with a key file.

    Raises VerifyFault `vkey_malformed`, also for an officer with security keys; KeyFault
    `officer_key_name` where the key is of another name.
    """
    key = parse_vkey(officer.vkey)
    _require_name(officer, key.name)
    return key.public


def security_keys(officer: Officer) -> SecurityKeys | None:
    """The authenticators of an officer; None for an officer with a key file.

    Raises VerifyFault `vkey_malformed`, `security_key_weak`; KeyFault `officer_key_name`.
    """
    if not is_security_key(officer.vkey):
        return None
    keys = read_keys(officer.vkey)
    _require_name(officer, keys.name)
    return keys


def key_identities(officer: Officer) -> frozenset[str]:
    """What tells an officer's keys from all others, in hex: of an Ed25519 key its 32 bytes, of a
    P-256 key its x. Raises as `security_keys`."""
    keys = security_keys(officer)
    if keys is None:
        return frozenset((public_key(officer).hex(),))
    return frozenset(one.identity.hex() for one in keys.authenticators)


def share_key(first: Officer, second: Officer) -> bool:
    """Whether one key, or one authenticator, is that of both. Raises as `key_identities`."""
    return not key_identities(first).isdisjoint(key_identities(second))


def _require_name(officer: Officer, name: str) -> None:
    if name != officer.name:
        raise KeyFault(
            "officer_key_name",
            "the verifier key carries another name than the officer's",
            place=officer.name,
            cure="Enrol the officer under the name that stands in the key.",
        )


__all__ = [
    "Role",
    "enrol_form",
    "key_identities",
    "public_key",
    "require_two",
    "security_keys",
    "share_key",
]
