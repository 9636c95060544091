"""Keys of principals and of those who sign an agreement: made, and opened."""

from __future__ import annotations

from pathlib import Path

from counterfoil.core import keyfile
from counterfoil.tlog import Signer, VerifierKey, parse_vkey, verifier_key


class PrincipalKey:
    """An opened private key of a principal. Its `repr` shows the name alone."""

    def __init__(self, name: str, secret: bytes) -> None:
        self.name = name
        self.secret = secret

    @property
    def public(self) -> bytes:
        """The 32-byte public key."""
        return keyfile.public_bytes(self.secret)

    @property
    def signer(self) -> Signer:
        """What signs an agreement."""
        return Signer(self.name, keyfile.signing_key(self.secret))

    def __repr__(self) -> str:
        return f"<PrincipalKey {self.name}>"


def make_principal(keys: Path, name: str, passphrase: str | None) -> VerifierKey:
    """Make NAME.key and NAME.vkey in the folder `keys`; without a passphrase in clear, for a
    sandbox only. Raises UsageFault `key_name`, `key_taken`, StoreFault."""
    secret = keyfile.new_secret("principal")
    with keyfile.new_key_files(keys, name):
        public = verifier_key(name, keyfile.public_bytes(secret))
        path = keys / f"{name}.key"
        keyfile.seal_key(path, name=name, purpose="principal", secret=secret, passphrase=passphrase)
        (keys / f"{name}.vkey").write_text(f"{public}\n", encoding="utf-8")
    return public


def open_principal(path: Path, passphrase: str | None, *, sandbox: bool = False) -> PrincipalKey:
    """Open a principal's key file; one in clear in a sandbox only. Raises KeyFault."""
    name, secret = keyfile.open_key(
        path, purpose="principal", passphrase=passphrase, allow_unprotected=sandbox
    )
    return PrincipalKey(name, secret)


__all__ = ["PrincipalKey", "VerifierKey", "make_principal", "open_principal", "parse_vkey"]
