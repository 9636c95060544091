"""Signed statements as they are kept beside a batch or an act, and checked. Pure.

The kept form of a signed statement is canonical JSON, one line:

    {"client_data":"","scheme":"ed25519","signature":"<base64>","statement":{...}}

`statement` has the fields of core/use_cases.py, without the format. Trusted: no; whoever reads it
checks the signature again with the officer's enrolled key, and compares the statement with what it
must say. An unknown field or scheme, and any text that is not the canonical one, is refused.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as Base64Error

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from counterfoil.batches.officers import public_key
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


def check_signed(signed: Signed) -> None:
    """Raise VerifyFault `officer_signature` unless the officer's key signed the statement."""
    if signed.signature.scheme != ED25519 or signed.signature.client_data:
        raise signature_fault(signed.officer, signed.statement.act)
    check_signature(
        statement_bytes(signed.statement),
        signed.statement.act,
        signed.officer,
        signed.signature.value,
    )


def check_signature(data: bytes, act: str, officer: Officer, signature: str) -> None:
    """Raise VerifyFault `officer_signature` unless `officer` signed these bytes; `act` is what the
    fault names."""
    try:
        raw = b64decode(signature, validate=True)
        Ed25519PublicKey.from_public_bytes(public_key(officer)).verify(raw, data)
    except (InvalidSignature, Base64Error, ValueError):
        raise signature_fault(officer, act) from None


def ed25519_signature(raw: bytes) -> Signature:
    """The 64 bytes of an Ed25519 signature as a `Signature`."""
    return Signature(ED25519, b64encode(raw).decode("ascii"))


def signature_fault(officer: Officer, act: str) -> VerifyFault:
    """The fault of a signature that does not verify over what it must say."""
    return VerifyFault(
        "officer_signature",
        f"the officer's signature does not stand for the {act} of this batch",
        place=officer.name,
        cure="Sign again with the key that is enrolled for this officer, over this batch as it "
        "stands now.",
    )
