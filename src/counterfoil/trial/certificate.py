"""A certificate: how seldom this snapshot, asked by these rules, confirms what is not so. Format `counterfoil-certificate-1`.

`register/SNAPSHOT/certificate.json` is canonical JSON (canon.py: whole numbers only) of `Certificate`; `certificate.sig` the
base64 of the holder's Ed25519 signature over "counterfoil/certificate/v1" 00 and exactly those bytes. Its digest is
in a ledger entry of kind `certificate`, and an answer cites it. Bounds and limit are parts of 10**12, thresholds
hundredths of a bit. docs/formats/certificate.md has a worked example, field by field.

Trusted? only after `open_certificate` has verified it against the holder's key and the snapshot's manifest. Altered, or of another
snapshot or rules: `certificate_not_verified`. Lost: the weights' own threshold stands, and answers cite none. An unknown format
is refused (`certificate_unknown`).
"""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from counterfoil import canon, register
from counterfoil.errors import StateFault, StoreFault, VerifyFault
from counterfoil.match import Weights
from counterfoil.model import Public
from counterfoil.register.files import replace_file

FORMAT: Final = "counterfoil-certificate-1"
CERTIFICATE_FILE: Final = "certificate.json"
SIGNATURE_FILE: Final = "certificate.sig"
PICTURE_FILE: Final = "certificate.svg"
_CONTEXT: Final = b"counterfoil/certificate/v1\x00"
_UNIT: Final = 100


class CertifiedKind(Public, frozen=True):
    """One kind of decoy: asked, wrongly confirmed, the bound; left out because it was none after all."""

    kind: str
    sentence: str
    asked: int
    wrong: int
    bound: int
    left_out: int


class Certificate(Public, frozen=True):
    """What was measured. `manifest` is the digest of the snapshot's manifest; `asks` what the decoys stated: `names`, or
    `birth` where a date of birth stood in them too, and then it covers such questions only.

    threshold, margin: of the weights as certified; own_threshold: before. maximum: the highest bound of a kind.
    weighted: the bounds weighted by `mix` (parts of a million by kind); mix_said: where the mix is from. proxy_asked,
    proxy_confirmed: the register's own people, asked as their rows say. people: rows of the source they were drawn from.
    """

    snapshot: str
    manifest: str
    source_digest: str
    forms_version: str
    match_version: str
    made_up: bool
    certified_at: str
    seed: str
    asks: str
    confidence_percent: int
    limit: int
    own_threshold: int
    threshold: int
    margin: int
    kinds: tuple[CertifiedKind, ...]
    maximum: int
    mix: dict[str, int]
    mix_said: str
    weighted: int
    proxy_asked: int
    proxy_confirmed: int
    people: int
    not_covered: tuple[str, ...]
    format: str = FORMAT


def certificate_bytes(certificate: Certificate) -> bytes:
    """The canonical bytes that are signed, stored and cited by their digest."""
    return canon.encode(msgspec.to_builtins(certificate))


def certificate_digest(certificate: Certificate) -> str:
    """What the ledger's entry holds and answers cite."""
    return canon.digest(certificate_bytes(certificate))


def write_certificate(folder: Path, certificate: Certificate, sign: Callable[[bytes], bytes]) -> None:
    """Write certificate and signature beside the snapshot's manifest. Inverse of `open_certificate`. Raises OSError."""
    data = certificate_bytes(certificate)
    replace_file(folder / SIGNATURE_FILE, b64encode(sign(_CONTEXT + data)) + b"\n")
    replace_file(folder / CERTIFICATE_FILE, data)


def open_certificate(folder: Path, public_key: bytes, manifest: register.Manifest) -> Certificate | None:
    """The verified certificate of the snapshot in `folder`, None where it has none. Inverse of `write_certificate`.

    Raises StoreFault if it cannot be read, VerifyFault if the holder's key did not sign it for this snapshot and these
    rules, StateFault for another format.
    """
    try:
        data = (folder / CERTIFICATE_FILE).read_bytes()
        signature = (folder / SIGNATURE_FILE).read_bytes()
    except FileNotFoundError:
        if (folder / CERTIFICATE_FILE).exists() or (folder / SIGNATURE_FILE).exists():
            raise _not_verified("half of it is missing", folder.name) from None
        return None
    except OSError as fault:
        raise StoreFault(
            "certificate_unreadable", f"the certificate cannot be read ({type(fault).__name__})", place=folder.name,
            cure="Check its permissions, or certify again.",
        ) from None  # fmt: skip
    _check_signature(data, signature, public_key, folder.name)
    certificate = _decode(data, folder.name)
    if (certificate.manifest, certificate.match_version) != (
        register.manifest_digest(manifest),
        manifest.match_version,
    ):
        raise _not_verified("it is of another snapshot or other rules", folder.name)
    return certificate


def certified_weights(weights: Weights, certificate: Certificate | None) -> Weights:
    """The snapshot's own weights with the certified threshold; unchanged where there is no certificate.

    Raises VerifyFault where the certificate was not made over these weights: it never lowers a threshold.
    """
    if certificate is None:
        return weights
    own, margin = round(weights.threshold_bits * _UNIT), round(weights.margin_bits * _UNIT)
    if (certificate.own_threshold, certificate.margin) != (own, margin) or certificate.threshold < own:
        raise _not_verified("it was made over other weights", certificate.snapshot)
    return msgspec.structs.replace(weights, threshold_bits=certificate.threshold / _UNIT)


def _check_signature(data: bytes, signature: bytes, public_key: bytes, place: str) -> None:
    try:
        key = Ed25519PublicKey.from_public_bytes(public_key)
        key.verify(b64decode(signature.strip(), validate=True), _CONTEXT + data)
    except (InvalidSignature, ValueError, binascii.Error):
        raise _not_verified("the holder's key did not sign it", place) from None


def _decode(data: bytes, place: str) -> Certificate:
    try:
        certificate = msgspec.json.decode(data, type=Certificate)
    except msgspec.MsgspecError:
        certificate = None
    if certificate is None or certificate.format != FORMAT:
        raise StateFault(
            "certificate_unknown", f"the certificate is not of the format {FORMAT}", place=place,
            cure="Certify again with this version.",
        )  # fmt: skip
    return certificate


def _not_verified(why: str, place: str) -> VerifyFault:
    return VerifyFault(
        "certificate_not_verified", f"the certificate does not hold: {why}", place=place,
        cure="Nothing was answered. Certify again, or remove certificate.json and certificate.sig to answer without one.",
    )  # fmt: skip
