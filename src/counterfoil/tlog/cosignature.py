"""Cosignatures: c2sp.org/tlog-cosignature. A witness's statement that a checkpoint continues all
that the witness saw of that log.

    \u2014 witness.example/w1 base64(key id || time in 8 bytes, big-endian || signature)

It is a line among the signatures of a checkpoint. The key id is the first four bytes of SHA-256(
name 0x0A type public), so that a cosigner's verifier key, name+key id+base64(type || public), is
never taken for a log's.

    type   algorithm    public key     signature      signed is
    0x04   Ed25519      32 bytes       64 bytes       cosignature/v1 0x0A time <decimal> 0x0A
                                                      <the checkpoint's text>
    0x06   ML-DSA-44    1,312 bytes    2,420 bytes    "subtree/v1" 0x0A 0x00
                                                      || n || cosigner's name || time in 8 bytes
                                                      || n || origin || 0 in 8 bytes
                                                      || size in 8 bytes || root

There n is the length in bytes, 1 to 255, of what follows, in one byte. Type 6 says nothing of
extension lines. The time is within 1 and 2**63 - 1: the format lets type 6 say 0, and with it
nothing of the time, which is refused here, because a policy asks when. Many witnesses publish their
Ed25519 key as a verifier key of type 1; as a cosigner's key it is read as the type 4 that it signs
with. Other types are refused as keys and ignored as signatures. Type 6 needs a `cryptography` that
was built with it (`cosigner_unsupported`).

A key id is four bytes, so two keys of one name can be made to share it. A line is then tried with
each of them, and counts for the one that it verifies under.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from counterfoil.core.errors import VerifyFault
from counterfoil.tlog.checkpoint import read_text
from counterfoil.tlog.ed25519 import verifies
from counterfoil.tlog.encoding import malformed
from counterfoil.tlog.note import (
    ED25519,
    Signature,
    Signer,
    VerifierKey,
    check_name,
    key_id,
    parse_note,
    require_sound,
    signature_line,
    split_vkey,
)

ED25519_COSIGNATURE: Final = 0x04
MLDSA44_COSIGNATURE: Final = 0x06
MAX_TIME: Final = 2**63 - 1
_PUBLIC_BYTES: Final = {ED25519_COSIGNATURE: 32, MLDSA44_COSIGNATURE: 1312}
_SIGNATURE_BYTES: Final = {ED25519_COSIGNATURE: 8 + 64, MLDSA44_COSIGNATURE: 8 + 2420}
_PREFIX: Final = "cosignature/v1\ntime "
_LABEL: Final = b"subtree/v1\n\0"
_MAX_NAMED_BYTES: Final = 255
_MAX_KEY_BYTES: Final = 3000
_WHAT: Final = "cosigner key"


class CosignerKey(VerifierKey):
    """A witness's public key, of type 4 or 6 by its length; otherwise as `VerifierKey`."""

    @property
    def kind(self) -> int:
        """The signature type."""
        is_mldsa = len(self.public) == _PUBLIC_BYTES[MLDSA44_COSIGNATURE]
        return MLDSA44_COSIGNATURE if is_mldsa else ED25519_COSIGNATURE


@dataclass(frozen=True, slots=True)
class MldsaSigner:
    """A private key of ML-DSA-44 and the name it cosigns under."""

    name: str
    private: MLDSA44PrivateKey


def cosigner_key(name: str, public: bytes) -> CosignerKey:
    """The cosigner key of a public key of 32 or 1,312 bytes. Raises VerifyFault `vkey_malformed`
    for a bad name."""
    check_name(name, _WHAT)
    if len(name.encode()) > _MAX_NAMED_BYTES:
        raise malformed("vkey_malformed", _WHAT, f"its name is over {_MAX_NAMED_BYTES} bytes")
    kind = CosignerKey(name, b"", public).kind
    return CosignerKey(name, key_id(name, kind, public), public)


def parse_cosigner_key(text: str) -> CosignerKey:
    """Read `name+key id+base64` of type 4 or 6, or of type 1 as type 4. Inverse of `str(key)` but
    for type 1. Raises VerifyFault `vkey_malformed`, `vkey_weak`."""
    name, data = split_vkey(text, _MAX_KEY_BYTES, _WHAT)
    kind = ED25519_COSIGNATURE if data[0] == ED25519 else data[0]
    if _PUBLIC_BYTES.get(kind) != len(data) - 1:
        raise malformed("vkey_malformed", _WHAT, "it is not name+key id+base64 of type 4, 6 or 1")
    if kind == ED25519_COSIGNATURE:
        require_sound(data[1:], _WHAT)
    return cosigner_key(name, data[1:])


def cosign(text: str, signer: Signer | MldsaSigner, time: int) -> str:
    """The signature line over a checkpoint's text. `time` is POSIX seconds; one outside 1 .. 2**63
    - 1 is a bug."""
    if not 1 <= time <= MAX_TIME:
        raise ValueError("a cosignature's time is 1 .. 2**63 - 1")
    key = cosigner_key(signer.name, signer.private.public_key().public_bytes_raw())
    signature = signer.private.sign(_message(key, text, time))
    return signature_line(signer.name, key.key_id + time.to_bytes(8, "big") + signature)


def check_cosignatures(raw: str | bytes, keys: Iterable[CosignerKey]) -> dict[CosignerKey, int]:
    """Those of `keys` that cosigned the note, with the time of each (POSIX seconds). None is no
    fault.

    Raises VerifyFault `note_malformed`; `cosignature_wrong` where a known key's cosignature does
    not verify; `cosigner_unsupported` where this machine cannot tell.
    """
    known: dict[tuple[str, bytes], list[CosignerKey]] = {}
    for key in keys:
        known.setdefault((key.name, key.key_id), []).append(key)
    note = parse_note(raw)
    found: dict[CosignerKey, int] = {}
    for signature in note.signatures:
        candidates = known.get((signature.name, signature.key_id))
        if candidates:
            found |= _check_line(candidates, note.text, signature)
    return found


def _check_line(
    candidates: Iterable[CosignerKey], text: str, line: Signature
) -> dict[CosignerKey, int]:
    """The key that made this line, with its time. Raises VerifyFault where none of them did."""
    time = int.from_bytes(line.signature[:8], "big")
    for key in candidates:
        in_form = len(line.signature) == _SIGNATURE_BYTES[key.kind] and 1 <= time <= MAX_TIME
        if in_form and _verifies(key, line.signature[8:], _message(key, text, time)):
            return {key: time}
    raise VerifyFault(
        "cosignature_wrong",
        "a witness's cosignature does not verify",
        place=f"cosignature by {line.name}",
        cure="Keep it: the witness may have signed another history under this size.",
    )


def _verifies(key: CosignerKey, signature: bytes, message: bytes) -> bool:
    if key.kind == ED25519_COSIGNATURE:
        return verifies(key.public, signature, message)
    try:
        MLDSA44PublicKey.from_public_bytes(key.public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    except UnsupportedAlgorithm:
        raise VerifyFault(
            "cosigner_unsupported",
            "the `cryptography` of this machine does not offer ML-DSA-44",
            place=f"cosignature by {key.name}",
            cure="Install one that does, or name the witness's Ed25519 key.",
        ) from None
    return True


def _message(key: CosignerKey, text: str, time: int) -> bytes:
    if key.kind == ED25519_COSIGNATURE:
        return f"{_PREFIX}{time}\n{text}".encode()
    checkpoint = read_text(text)
    numbers = (0).to_bytes(8, "big") + checkpoint.size.to_bytes(8, "big")
    return (
        _LABEL
        + _named(key.name)
        + time.to_bytes(8, "big")
        + _named(checkpoint.origin)
        + numbers
        + checkpoint.root
    )


def time_words(seconds: int) -> str:
    """A witness's time by UTC; the number of seconds where the calendar does not reach."""
    try:
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"
    except (ValueError, OverflowError, OSError):
        return str(seconds)


def _named(name: str) -> bytes:
    """`name` after its length. Raises VerifyFault `checkpoint_malformed` where it is too long to be
    cosigned."""
    data = name.encode()
    if len(data) > _MAX_NAMED_BYTES:
        raise malformed(
            "checkpoint_malformed",
            "checkpoint that type 6 can cosign",
            "its origin is over 255 bytes",
        )
    return bytes([len(data)]) + data
