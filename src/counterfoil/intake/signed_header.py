"""FILE.header.jws: the principal's word over the header and the file's bytes.
docs/formats/request-file.md, "Header".

    BASE64URL({"alg":"EdDSA","kid":PRINCIPAL}) . BASE64URL(payload) . BASE64URL(signature)
    payload = JCS({"agreement","file_digest","principal","requester","sent_on"} and, where they are
    needed, "document","route")

What a signed header establishes, in this order:

    1  it is a compact JWS whose algorithm is EdDSA (or Ed25519, its RFC 9864 name), and no other
    2  the office holds a key for the principal that `kid` names
    3  the signature verifies with that key
    4  the payload is a header, and its principal is the one whose key signed
    5  the payload's digest is the digest of this file

Whether that principal may ask, on that day, is the gate's.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from joserfc import jws
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwk import OKPKey
from joserfc.jws import JWSRegistry

from counterfoil.core import canonical, keyfile
from counterfoil.core.errors import StoreFault, VerifyFault
from counterfoil.core.values import Header
from counterfoil.intake.header_body import SignedBody, body_of, header_invalid, read_body, to_header

SIGNED_SUFFIX: Final = ".header.jws"
_ALGORITHM: Final = "EdDSA"
_ACCEPTED: Final = (_ALGORITHM, "Ed25519")


class _Registry(JWSRegistry):
    """The two names of Ed25519. Holding them here keeps joserfc's warning about the older name out
    of the output."""

    def get_alg(self, name: str) -> Any:
        if name not in _ACCEPTED:
            raise UnsupportedAlgorithmError
        return self.algorithms[name]


def make_signed_header(header: Header, digest: str, secret: bytes) -> bytes:
    """Return the JWS of `header` for a file with this digest. `secret` is the principal's 32-byte
    Ed25519 secret."""
    body = body_of(header) | {"file_digest": digest}
    key = OKPKey.import_key(keyfile.signing_key(secret))
    protected = {"alg": _ALGORITHM, "kid": header.principal}
    return jws.serialize_compact(
        protected, canonical.encode(body), key, registry=_Registry()
    ).encode()


def open_signed_header(
    raw: bytes, digest: str, principal_keys: Mapping[str, bytes], name: str
) -> Header:
    """Return the verified header in `raw`. Inverse of `make_signed_header`.

    Raises InputFault `header_invalid`; VerifyFault `principal_unknown`, `signature_wrong`,
    `file_digest_differs`.
    """
    kid, token = _kid(raw, name), raw.strip()
    if kid not in principal_keys:
        raise VerifyFault(
            "principal_unknown",
            "the office holds no key of the principal who signed",
            place=name,
            cure="Have the principal's public key entered in the agreement.",
        )
    key = OKPKey.import_key(Ed25519PublicKey.from_public_bytes(principal_keys[kid]))
    try:
        payload = jws.deserialize_compact(token, key, registry=_Registry()).payload
    except (JoseError, ValueError):
        cure = "Have the principal sign the file again."
        message = "the principal's signature does not verify"
        raise VerifyFault("signature_wrong", message, place=name, cure=cure) from None
    body = read_body(payload, SignedBody, name)
    if body.principal != kid:
        raise header_invalid(name)
    if body.file_digest != digest:
        cure = "Send the file that was signed, or have it signed again."
        raise VerifyFault(
            "file_digest_differs", "another file than this one was signed", place=name, cure=cure
        )
    return to_header(body, signed=True)


def write_side_file(path: Path, data: bytes) -> None:
    """Write a side file whole or not at all, in place of an older one. Raises StoreFault
    `header_not_written`."""
    unfinished = path.with_name(path.name + ".unfinished")
    try:
        with unfinished.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError:
        cure = "Check the disk and the permissions of its directory."
        raise StoreFault(
            "header_not_written", "the side file cannot be written", place=path.name, cure=cure
        ) from None


def _kid(raw: bytes, name: str) -> str:
    try:
        kid = jws.extract_compact(raw.strip(), registry=_Registry()).headers().get("kid")
    except (JoseError, ValueError):
        kid = None
    if not isinstance(kid, str):
        raise header_invalid(name)
    return kid
