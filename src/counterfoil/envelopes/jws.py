"""Statements that are signed as they are sent: compact JWS (RFC 7515), Ed25519, one `typ` each.

    BASE64URL({"alg":"EdDSA","kid":"NAME+KEY ID","typ":"FORMAT"}) . BASE64URL(payload) . BASE64URL(
    signature)

The header is canonical JSON with exactly these three fields, `kid` is the start of the verifier key
(tlog/note.py), and the payload is canonical JSON or, of an item, its header line. Base64url has one
form. What is signed as one thing is not taken as another: `typ` is compared before the signature.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from counterfoil.core import canonical
from counterfoil.core.errors import VerifyFault
from counterfoil.tlog.ed25519 import verifies
from counterfoil.tlog.note import Signer, VerifierKey

ALGORITHM: Final = "EdDSA"


class Signed(NamedTuple):
    """A payload that was signed, and the key that signed it."""

    payload: bytes
    key: VerifierKey


def sign_jws(payload: bytes, typ: str, signer: Signer) -> bytes:
    """The compact JWS of a payload. Checked by `check_jws`."""
    fields = {"alg": ALGORITHM, "kid": _kid(signer.verifier), "typ": typ}
    signed = _to_base64url(canonical.encode(fields)) + b"." + _to_base64url(payload)
    return signed + b"." + _to_base64url(signer.private.sign(signed))


class JwsFaults(NamedTuple):
    """What `check_jws` raises: it is no such JWS; no trusted key signed it; it does not verify."""

    malformed: VerifyFault
    signer: VerifyFault
    signature: VerifyFault


def check_jws(data: bytes, typ: str, keys: Iterable[VerifierKey], faults: JwsFaults) -> Signed:
    """The payload of a JWS of this `typ` that one of `keys` signed. Raises one of `faults`."""
    parts = data.split(b".")
    raw = [_from_base64url(part) for part in parts]
    if len(parts) != 3 or not all(raw):
        raise faults.malformed
    fields = canonical.read_object(raw[0]) or {}
    if fields.keys() != {"alg", "kid", "typ"} or fields["alg"] != ALGORITHM or fields["typ"] != typ:
        raise faults.malformed
    for key in keys:
        if _kid(key) == fields["kid"]:
            if not verifies(key.public, raw[2], parts[0] + b"." + parts[1]):
                raise faults.signature
            return Signed(raw[1], key)
    raise faults.signer


def sign_statement(fields: dict[str, Any], typ: str, signer: Signer) -> bytes:
    """A signed statement: an object with its format, as a JWS of that `typ`."""
    return sign_jws(canonical.encode(fields | {"format": typ}), typ, signer)


def check_statement(
    data: bytes, typ: str, keys: Iterable[VerifierKey], faults: JwsFaults
) -> dict[str, Any]:
    """The fields of a signed statement, without its format. Raises as `check_jws`."""
    signed = check_jws(data, typ, keys, faults)
    fields = canonical.read_object(signed.payload)
    if fields is None or fields.pop("format", None) != typ:
        raise faults.malformed
    return fields


def _kid(key: VerifierKey) -> str:
    return f"{key.name}+{key.key_id.hex()}"


def _to_base64url(data: bytes) -> bytes:
    return urlsafe_b64encode(data).rstrip(b"=")


def _from_base64url(part: bytes) -> bytes:
    """RFC 7515 section 2: no padding, and one form only; b"" for any other text."""
    try:
        data = urlsafe_b64decode(part + b"=" * (-len(part) % 4))
    except ValueError:
        return b""
    return data if _to_base64url(data) == part else b""
