"""An officer's public key as it is enrolled: the one place of this room that reads verifier keys."""

from __future__ import annotations

from counterfoil.errors import KeyFault
from counterfoil.model import Officer
from counterfoil.proof.note import parse_vkey, verifier_key


def enrol_form(name: str, public: bytes) -> Officer:
    """The officer whose 32-byte Ed25519 public key is `public`. Raises VerifyFault `vkey_malformed` for a bad name."""
    return Officer(name=name, vkey=str(verifier_key(name, public)))


def public_key(officer: Officer) -> bytes:
    """The 32-byte public key of an officer.

    Raises VerifyFault `vkey_malformed`, KeyFault `officer_key_name` where the key is of another name.
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
