"""Statements that are signed as they are sent: compact JWS (RFC 7515), Ed25519, one `typ` each.

    BASE64URL({"alg":"EdDSA","kid":"NAME+KEY ID","typ":"FORMAT"}) . BASE64URL(payload) . BASE64URL(
    signature)

The header is canonical JSON with exactly these three fields, `kid` is the start of the verifier key
(tlog/note.py), and the payload is canonical JSON or, of an item, its header line. Base64url has one
form. What is signed as one thing is not taken as another: `typ` is compared before the signature.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from counterfoil.core import canonical
from counterfoil.core.errors import VerifyFault
from counterfoil.tlog.compact_jws import from_base64url, kid_of, sign_compact
from counterfoil.tlog.ed25519 import verifies
from counterfoil.tlog.note import Signer, VerifierKey

ALGORITHM: Final = "EdDSA"


class Signed(NamedTuple):
    """A payload that was signed, and the key that signed it."""

    payload: bytes
    key: VerifierKey


def sign_jws(payload: bytes, typ: str, signer: Signer) -> bytes:
    """The compact JWS of a payload. Checked by `check_jws`."""
    fields = {"alg": ALGORITHM, "kid": kid_of(signer.verifier), "typ": typ}
    return sign_compact(canonical.encode(fields), payload, signer)


class JwsFaults(NamedTuple):
    """What `check_jws` raises: it is no such JWS; no trusted key signed it; it does not verify."""

    malformed: VerifyFault
    signer: VerifyFault
    signature: VerifyFault


def check_jws(data: bytes, typ: str, keys: Iterable[VerifierKey], faults: JwsFaults) -> Signed:
    """The payload of a JWS of this `typ` that one of `keys` signed. Raises one of `faults`."""
    parts = data.split(b".")
    raw = [from_base64url(part) or b"" for part in parts]
    if len(parts) != 3 or not all(raw):
        raise faults.malformed
    fields = canonical.read_object(raw[0]) or {}
    if fields.keys() != {"alg", "kid", "typ"} or fields["alg"] != ALGORITHM or fields["typ"] != typ:
        raise faults.malformed
    for key in keys:
        if kid_of(key) == fields["kid"]:
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
