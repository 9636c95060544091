"""What every compact JWS of ours (RFC 7515) has in common, whatever is signed by it.

    BASE64URL(header) . BASE64URL(payload) . BASE64URL(Ed25519 signature over what stands before it)

Base64url is without padding and has one form. A header names its key by the start of the verifier
key (note.py): `NAME+KEY ID`. What a header and a payload must be, and what is raised where they are
not, is for each format to say: answers/read_envelope.py, answers/signed_object.py,
envelopes/jws.py, requester/sd_jwt.py.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode

from counterfoil.tlog.note import Signer, VerifierKey


def sign_compact(header: bytes, payload: bytes, signer: Signer) -> bytes:
    """The compact JWS of these two, signed with Ed25519; the same for the same bytes and key."""
    signed = to_base64url(header) + b"." + to_base64url(payload)
    return signed + b"." + to_base64url(signer.private.sign(signed))


def kid_of(key: VerifierKey) -> str:
    """How a header names a key."""
    return f"{key.name}+{key.key_id.hex()}"


def to_base64url(data: bytes) -> bytes:
    """RFC 7515 section 2: without padding."""
    return urlsafe_b64encode(data).rstrip(b"=")


def from_base64url(part: bytes) -> bytes | None:
    """Inverse of `to_base64url`; None for any other bytes."""
    try:
        data = urlsafe_b64decode(part + b"=" * (-len(part) % 4))
    except ValueError:
        return None
    return data if to_base64url(data) == part else None
