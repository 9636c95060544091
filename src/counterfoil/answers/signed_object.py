"""One canonical JSON object signed with Ed25519, as a compact JWS (RFC 7515): what a notice of
recall, a list of recalls, a receipt and an inspector's nonce are made of.

    header    exactly {"alg":"EdDSA","kid":"<name>+<key id in hex>","typ":"<format>"}
    payload   one canonical JSON object (core/canonical.py), whose `format` is the header's typ

ASCII, no newline. The name and the key id are those of the signer's verifier key. A typ that is not
the one asked for is refused, so that what was signed as one thing never serves as another. Standard
library and `cryptography` only.
"""

from __future__ import annotations

from typing import Any, Final

from counterfoil.core import canonical
from counterfoil.core.errors import VerifyFault
from counterfoil.tlog.compact_jws import from_base64url, kid_of, sign_compact
from counterfoil.tlog.ed25519 import verifies
from counterfoil.tlog.note import Signer, VerifierKey

ALGORITHM: Final = "EdDSA"


def sign_object(payload: dict[str, Any], signer: Signer) -> bytes:
    """The compact JWS of an object that has a `format`; the same for the same object and key."""
    header = {"alg": ALGORITHM, "kid": kid_of(signer.verifier), "typ": payload["format"]}
    return sign_compact(canonical.encode(header), canonical.encode(payload), signer)


def check_object(
    data: bytes, key: VerifierKey, typ: str, what: str, limit: int
) -> tuple[dict[str, Any], bytes]:
    """(object, its canonical bytes) of a compact JWS of at most `limit` bytes, once `key` is found
    to have signed it as a `typ`. `what` names it in messages.

    Raises VerifyFault `signed_malformed`, `signed_format`, `signed_key`, `signed_signature`.
    """
    header, payload, signature, signed = _parts(data, what, limit)
    said = canonical.read_object(header)
    if said is None or said.keys() != {"alg", "kid", "typ"} or said["alg"] != ALGORITHM:
        raise _fault("signed_malformed", what, f"its header is not alg {ALGORITHM}, kid and typ")
    if said["typ"] != typ:
        raise _fault("signed_format", what, f"it is not of format {typ}")
    if said["kid"] != kid_of(key):
        raise _fault("signed_key", what, "it names another key than the one that is to sign it")
    if not verifies(key.public, signature, signed):
        raise _fault("signed_signature", what, "its signature does not verify")
    found = canonical.read_object(payload)
    if found is None or found.get("format") != typ:
        raise _fault("signed_malformed", what, "it is not one canonical JSON object of its format")
    return found, payload


def read_unchecked(data: bytes, what: str, limit: int) -> dict[str, Any]:
    """What an object says, unsigned and not trusted: to find out whose key must have signed it.
    Raises VerifyFault `signed_malformed`."""
    found = canonical.read_object(_parts(data, what, limit)[1])
    if found is None:
        raise _fault("signed_malformed", what, "it is not one canonical JSON object")
    return found


def _parts(data: bytes, what: str, limit: int) -> tuple[bytes, bytes, bytes, bytes]:
    """(header, payload, signature, the bytes that are signed)."""
    if len(data) > limit:
        raise _fault("signed_malformed", what, f"it is longer than {limit} bytes")
    parts = data.strip().split(b".")
    if len(parts) != 3:
        raise _fault("signed_malformed", what, "it is not a compact JWS of three parts")
    decoded: list[bytes] = []
    for part in parts:
        plain = from_base64url(part)
        if not plain:
            raise _fault("signed_malformed", what, "a part of it is not base64url")
        decoded.append(plain)
    return decoded[0], decoded[1], decoded[2], parts[0] + b"." + parts[1]


def _fault(code: str, what: str, why: str) -> VerifyFault:
    return VerifyFault(
        code,
        f"the {what} does not verify: {why}",
        place=what,
        cure="Get it again, byte for byte, from whoever signed it.",
    )
