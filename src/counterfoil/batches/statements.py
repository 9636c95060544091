"""Signed statements as they are kept beside a batch or an act, and checked. Pure.

The kept form of a signed statement is canonical JSON, one line:

    {"client_data":"","scheme":"ed25519","signature":"<base64>","statement":{...}}

`statement` has the fields of core/use_cases.py, without the format. The scheme is `ed25519` for an
officer with a key file, and `webauthn` for one with security keys (security_keys.py, which says
what `client_data` is then); a key file adds no client data. Trusted: no; whoever reads it
checks the signature again with the officer's enrolled key, and compares the statement with what it
must say. An unknown field or scheme, and any text that is not the canonical one, is refused.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as Base64Error

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from counterfoil.batches.officers import public_key, security_keys
from counterfoil.batches.security_keys import (
    WEBAUTHN,
    Assertion,
    Checked,
    check_assertion,
    keep_assertion,
    read_assertion,
)
from counterfoil.core import canonical
from counterfoil.core.errors import VerifyFault
from counterfoil.core.use_cases import ED25519, Signature, Signed, Statement, statement_bytes
from counterfoil.core.values import Officer, Public


class _Kept(Public, frozen=True, forbid_unknown_fields=True):
    client_data: str
    scheme: str
    signature: str
    statement: Statement


def keep_signed(signed: Signed) -> str:
    """The kept form. Inverse of `read_signed`."""
    kept = _Kept(
        signed.signature.client_data,
        signed.signature.scheme,
        signed.signature.value,
        signed.statement,
    )
    return canonical.encode(msgspec.to_builtins(kept)).decode("utf-8")


def read_signed(text: str, officer: Officer) -> Signed:
    """What the officer signed, not yet checked. Raises VerifyFault `officer_signature`."""
    try:
        kept = msgspec.json.decode(text, type=_Kept)
        signature = Signature(kept.scheme, kept.signature, kept.client_data)
        signed = Signed(officer, kept.statement, signature)
        canonical_text = keep_signed(signed)
    except (msgspec.MsgspecError, ValueError):
        raise signature_fault(officer, "act") from None
    if canonical_text != text:
        raise signature_fault(officer, "act")
    return signed


def check_signed(signed: Signed) -> Checked | None:
    """Check that the officer's key signed the statement. What a security key and its page said
    besides; None of a key file.

    Raises VerifyFault `officer_signature`, and as `check_assertion`; KeyFault `officer_key_name`.
    """
    keys, signature = security_keys(signed.officer), signed.signature
    data, act = statement_bytes(signed.statement), signed.statement.act
    if signature.scheme != (ED25519 if keys is None else WEBAUTHN):
        raise signature_fault(signed.officer, act)
    if keys is not None:
        place = signed.officer.name
        assertion = read_assertion(signature.value, signature.client_data, place)
        return check_assertion(keys, data, assertion)
    if signature.client_data:
        raise signature_fault(signed.officer, act)
    check_signature(data, act, signed.officer, signature.value)
    return None


def check_signature(data: bytes, act: str, officer: Officer, signature: str) -> None:
    """Raise VerifyFault `officer_signature` unless `officer` signed these bytes; `act` is what the
    fault names."""
    if security_keys(officer) is not None:
        raise signature_fault(officer, act)
    try:
        raw = b64decode(signature, validate=True)
        Ed25519PublicKey.from_public_bytes(public_key(officer)).verify(raw, data)
    except (InvalidSignature, Base64Error, ValueError):
        raise signature_fault(officer, act) from None


def ed25519_signature(raw: bytes) -> Signature:
    """The 64 bytes of an Ed25519 signature as a `Signature`."""
    return Signature(ED25519, b64encode(raw).decode("ascii"))


def security_key_signature(assertion: Assertion) -> Signature:
    """What an authenticator made as a `Signature`."""
    return Signature(WEBAUTHN, *keep_assertion(assertion))


def signature_fault(officer: Officer, act: str) -> VerifyFault:
    """The fault of a signature that does not verify over what it must say."""
    return VerifyFault(
        "officer_signature",
        f"the officer's signature does not stand for the {act} of this batch",
        place=officer.name,
        cure="Sign again with the key that is enrolled for this officer, over this batch as it "
        "stands now.",
    )
