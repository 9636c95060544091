"""Cosignatures: c2sp.org/tlog-cosignature, Ed25519. A witness's word that a checkpoint continues all it saw of that log.

    \u2014 witness.example/w1 base64(key id || time in 8 bytes, big-endian || Ed25519 signature in 64)

A line among the signatures of a checkpoint. The key id is the first four bytes of SHA-256(name 0x0A 0x04 public), so that
a cosigner's verifier key, name+key id+base64(0x04 || public), is never taken for a log's. Signed is

    cosignature/v1
    time 1679315147
    <the text of the checkpoint, to its last newline>

Other types (ML-DSA-44, 0x06) are refused as keys and ignored as signatures.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from counterfoil.errors import VerifyFault
from counterfoil.proof.encoding import from_base64, malformed, to_base64
from counterfoil.proof.note import Signer, VerifierKey, parse_note, verifier_key

COSIGNATURE: Final = 0x04
MAX_TIME: Final = 2**63 - 1
_SIGNATURE_BYTES: Final = 72
_PREFIX: Final = "cosignature/v1\ntime "


class CosignerKey(VerifierKey):
    """A witness's public key. Its text has type 4; otherwise as `VerifierKey`."""

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{to_base64(bytes([COSIGNATURE]) + self.public)}"


def cosigner_key(name: str, public: bytes) -> CosignerKey:
    """The cosigner key of a 32-byte Ed25519 public key. Raises VerifyFault `vkey_malformed` for a bad name."""
    verifier_key(name, public)  # the same rules for a name
    key_id = hashlib.sha256(name.encode() + b"\n" + bytes([COSIGNATURE]) + public).digest()[:4]
    return CosignerKey(name, key_id, public)


def parse_cosigner_key(text: str) -> CosignerKey:
    """Read `name+key id+base64`. Inverse of `str(key)`. Raises VerifyFault `vkey_malformed`."""
    parts = text.split("+", 2)
    data = from_base64(parts[2]) if len(parts) == 3 else None
    if data is None or data[:1] != bytes([COSIGNATURE]) or len(data) != 33:
        raise malformed("vkey_malformed", "cosigner key", "it is not name+key id+base64 of type 4")
    key = cosigner_key(parts[0], data[1:])
    if key.key_id.hex() != parts[1]:
        raise malformed("vkey_malformed", "cosigner key", "its key id does not belong to its key")
    return key


def cosign(text: str, signer: Signer, time: int) -> str:
    """The signature line over a checkpoint's text. `time` is POSIX seconds; one outside 0 .. 2**63 - 1 is a bug."""
    if not 0 <= time <= MAX_TIME:
        raise ValueError("a cosignature's time is 0 .. 2**63 - 1")
    key = cosigner_key(signer.name, signer.verifier.public)
    signature = signer.private.sign(_message(text, time))
    return f"\u2014 {signer.name} {to_base64(key.key_id + time.to_bytes(8, 'big') + signature)}\n"


def check_cosignatures(raw: str | bytes, keys: Iterable[CosignerKey]) -> dict[CosignerKey, int]:
    """Those of `keys` that cosigned the note, with the time of each (POSIX seconds). None is no fault.

    Raises VerifyFault `note_malformed`; `cosignature_wrong` where a known key's cosignature does not verify.
    """
    known, note = {(key.name, key.key_id): key for key in keys}, parse_note(raw)
    found: dict[CosignerKey, int] = {}
    for signature in note.signatures:
        key = known.get((signature.name, signature.key_id))
        if key is not None:
            found[key] = _check(key, note.text, signature.signature)
    return found


def _check(key: CosignerKey, text: str, stamped: bytes) -> int:
    time = int.from_bytes(stamped[:8], "big")
    if len(stamped) != _SIGNATURE_BYTES or time > MAX_TIME:
        raise _wrong(key)
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(stamped[8:], _message(text, time))
    except (InvalidSignature, ValueError):
        raise _wrong(key) from None
    return time


def _wrong(key: CosignerKey) -> VerifyFault:
    return VerifyFault(
        "cosignature_wrong",
        "a witness's cosignature does not verify",
        place=f"cosignature by {key.name}",
        cure="Keep it: the witness may have signed another history under this size.",
    )


def _message(text: str, time: int) -> bytes:
    return f"{_PREFIX}{time}\n{text}".encode()
