"""An evidence bundle as bytes: format `counterfoil-evidence-1`, one file of one line.

    {"format":"counterfoil-evidence-1","holder":"<verifier
    key>","key_id":"sha256:...","public":{...},
     "sealed":"<base64>","signature":"<base64>"}

Canonical JSON (core/canonical.py), at most 64 MiB: bytes that are not canonical are refused, so a
file has one form only.

    public      what anyone may read; contents.py
    sealed      nonce(12) || AES-256-GCM(bundle key, JSON of the sealed part)   AAD = canonical
                {"format","holder","key_id","public"}
    key_id      SHA-256("counterfoil/evidence-key/v1" 0x00 bundle key): tells a wrong key from an
                altered file
    signature   the holder's Ed25519 over "counterfoil/evidence/v1" 0x00 canonical bytes of all
                members but `signature`

The bundle key is 32 random bytes in a file of its own, mode 0600, that only the holder's officer
hands over:

    {"format":"counterfoil-evidence-key-1","key":"<base64>","key_id":"sha256:..."}

Another format, a member too many or too few and any other base64 than the canonical one are
refused. Whoever alters one byte ends the signature; whoever signs anew signs with another key:
compare `holder` with the key that you have from elsewhere.
"""

from __future__ import annotations

import hashlib
from typing import Any, Final, cast

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from counterfoil.core import canonical
from counterfoil.core.errors import InputFault, VerifyFault
from counterfoil.core.values import Public
from counterfoil.tlog import Signer, VerifierKey, parse_vkey
from counterfoil.tlog.encoding import from_base64, to_base64

FORMAT: Final = "counterfoil-evidence-1"
KEY_FORMAT: Final = "counterfoil-evidence-key-1"
MAX_BYTES: Final = 64 * 1024 * 1024
MAX_KEY_FILE_BYTES: Final = 4096
KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_MEMBERS: Final = frozenset({"format", "holder", "key_id", "public", "sealed", "signature"})
_KEY_MEMBERS: Final = frozenset({"format", "key", "key_id"})
_SIGN_CONTEXT: Final = b"counterfoil/evidence/v1\x00"
_KEY_CONTEXT: Final = b"counterfoil/evidence-key/v1\x00"


class Bundle(Public, frozen=True):
    """A bundle whose signature verified. `public` and `sealed` are as they stand in the file;
    `digest` names the file."""

    holder: VerifierKey
    key_id: str
    public: dict[str, Any]
    sealed: bytes
    digest: str


def seal_bundle(
    public: dict[str, Any], plain: bytes, key: bytes, nonce: bytes, holder: Signer
) -> bytes:
    """The bytes of a bundle. `key` is 32, `nonce` 12 fresh random bytes. Inverse of `open_bundle`
    and `open_sealed`."""
    body = _bound(holder.verifier, key_id(key), public)
    body["sealed"] = to_base64(nonce + AESGCM(key).encrypt(nonce, plain, canonical.encode(body)))
    signature = holder.private.sign(_SIGN_CONTEXT + canonical.encode(body))
    return canonical.encode(body | {"signature": to_base64(signature)})


def open_bundle(data: bytes, key: VerifierKey | None = None) -> Bundle:
    """Take a bundle apart, once its signature has verified: by `key`, or by the key that it names
    where that is None.

    Raises VerifyFault `evidence_malformed`, `evidence_version`, `evidence_holder`,
    `evidence_signature`.
    """
    body = _object(data, MAX_BYTES)
    if body.get("format") != FORMAT:
        raise _fault(
            "evidence_version",
            f"the file is not of format {FORMAT}",
            "Read it with a newer version.",
        )
    if body.keys() != _MEMBERS or not isinstance(body["public"], dict):
        raise _fault("evidence_malformed", "the bundle has a member too many or too few")
    named = parse_vkey(_string(body["holder"]))
    if key is not None and str(key) != str(named):
        raise _fault(
            "evidence_holder",
            "the bundle names another holder's key than the one you gave",
            "Ask the holder for its verifier key, from elsewhere than the bundle.",
        )
    _check_signature(body, named)
    public = cast("dict[str, Any]", body["public"])
    return Bundle(
        named, _string(body["key_id"]), public, _bytes(body["sealed"]), canonical.digest(data)
    )


def _check_signature(body: dict[str, Any], holder: VerifierKey) -> None:
    signed = {name: value for name, value in body.items() if name != "signature"}
    try:
        Ed25519PublicKey.from_public_bytes(holder.public).verify(
            _bytes(body["signature"]), _SIGN_CONTEXT + canonical.encode(signed)
        )
    except (InvalidSignature, ValueError):
        raise _fault(
            "evidence_signature", "the holder's signature over the bundle does not verify"
        ) from None


def open_sealed(bundle: Bundle, key: bytes) -> bytes:
    """The plain bytes of the sealed part. Raises VerifyFault `evidence_key_other`,
    `evidence_sealed`."""
    if key_id(key) != bundle.key_id:
        raise _fault(
            "evidence_key_other",
            "this key is not the bundle's",
            "Ask the holder's officer for the key of this bundle.",
        )
    bound = canonical.encode(_bound(bundle.holder, bundle.key_id, bundle.public))
    try:
        return AESGCM(key).decrypt(
            bundle.sealed[:_NONCE_BYTES], bundle.sealed[_NONCE_BYTES:], bound
        )
    except (InvalidTag, ValueError):
        raise _fault(
            "evidence_sealed", "the sealed part does not open: it is not what was sealed"
        ) from None


def _bound(holder: VerifierKey, name: str, public: dict[str, Any]) -> dict[str, Any]:
    """The members that the sealed part is bound to. `name` is the `key_id`."""
    return {"format": FORMAT, "holder": str(holder), "key_id": name, "public": public}


def key_id(key: bytes) -> str:
    """The name of a bundle key, which does not reveal it."""
    return "sha256:" + hashlib.sha256(_KEY_CONTEXT + key).hexdigest()


def write_key(key: bytes) -> bytes:
    """The bytes of a key file. Inverse of `read_key`."""
    body = {"format": KEY_FORMAT, "key": to_base64(key), "key_id": key_id(key)}
    return canonical.encode(body) + b"\n"


def read_key(data: bytes) -> bytes:
    """The key in a key file. Raises InputFault `evidence_key_unreadable`."""
    try:
        body = _object(data.removesuffix(b"\n"), MAX_KEY_FILE_BYTES)
        key = _bytes(body.get("key"))
    except VerifyFault:
        body, key = {}, b""
    named = {"format": KEY_FORMAT, "key_id": key_id(key)}
    if len(key) != KEY_BYTES or body.keys() != _KEY_MEMBERS or not named.items() <= body.items():
        raise InputFault(
            "evidence_key_unreadable",
            f"this is not a file of format {KEY_FORMAT}",
            place="bundle key",
            cure="Name the key file that was written beside the bundle.",
        )
    return key


def _object(data: bytes, limit: int) -> dict[str, Any]:
    if len(data) > limit:
        raise _fault("evidence_malformed", f"the file is longer than {limit} bytes")
    value = canonical.read_object(data)
    if value is None:
        raise _fault("evidence_malformed", "the file is not one canonical JSON object")
    return value


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise _fault("evidence_malformed", "a member of the bundle is not text")
    return value


def _bytes(value: Any) -> bytes:
    data = from_base64(_string(value))
    if not data:
        raise _fault("evidence_malformed", "a member of the bundle is not canonical base64")
    return data


def _fault(
    code: str, message: str, cure: str = "Ask for the bundle again, byte for byte."
) -> VerifyFault:
    return VerifyFault(code, message, place="bundle", cure=cure)
