"""A certificate states how seldom this snapshot, asked by these rules, confirms what is not so.
Format `counterfoil-certificate-1`.

`register/SNAPSHOT/certificate-SCOPE-XXXXXXXXXXXX.json` is canonical JSON (core/canonical.py: whole
numbers only) of `Certificate`. SCOPE is what the decoys stated, X the first 12 hex digits of the
bytes' SHA-256. Beside it are `.sig`, the base64 of the holder's Ed25519 signature over
"counterfoil/certificate/v1" 00 and exactly those bytes, and `.svg`, its picture. Its digest is in a
ledger entry of kind `certificate` with snapshot and scope. The newest such entry says which file is
in force (governing.py), and answers cite it. Bounds and limit are parts of 10**12, thresholds
hundredths of a bit. docs/formats/certificate.md has a worked example.

Trusted only after `open_certificate` has compared it with the ledger's digest and verified it
against the holder's key and the snapshot's manifest. Altered, or of another snapshot or rules:
`certificate_not_verified`. Lost: `certificate_missing`, and nothing is answered from the snapshot
until it is restored or followed by a newer one. An unknown format is refused
(`certificate_unknown`).
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from counterfoil import register
from counterfoil.answers.format import SCOPES
from counterfoil.core import canonical
from counterfoil.core.atomic_files import replace_file
from counterfoil.core.errors import StateFault, StoreFault, VerifyFault
from counterfoil.core.values import Public

FORMAT: Final = "counterfoil-certificate-1"
BIRTH, NAMES = SCOPES
"""The scopes: a question states name, address and date of birth, or no date of birth."""
_CONTEXT: Final = b"counterfoil/certificate/v1\x00"
_DIGITS: Final = 12


class CertifiedKind(Public, frozen=True):
    """One kind of decoy: asked, wrongly confirmed, the bound; left out because it was none after
    all. people, people_wrong, bound_by_person: the same counted by the people whom the decoys are
    about, since many questions about one are not independent; -1 in certificates of before."""

    kind: str
    sentence: str
    asked: int
    wrong: int
    bound: int
    left_out: int
    people: int = -1
    people_wrong: int = -1
    bound_by_person: int = -1


class Certificate(Public, frozen=True):
    """What was measured. `manifest` is the digest of the snapshot's manifest; `asks` the scope:
    `names`, or `birth` where the decoys stated a date of birth too. It covers questions of its
    scope only.

    threshold, margin: of the weights as certified; own_threshold: before. maximum: the highest
    bound of a kind. weighted: the bounds weighted by `mix` (parts of a million by kind); mix_said:
    where the mix is from. proxy_asked, proxy_confirmed: the register's own people, asked as their
    rows say, which is no recall: nobody writes a name twice alike. people: rows of the source they
    were drawn from. confusions: pairs of people of one home in the source, by what they share.
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
    confusions: dict[str, int] = {}
    format: str = FORMAT


def certificate_bytes(certificate: Certificate) -> bytes:
    """The canonical bytes that are signed, stored and cited by their digest."""
    return canonical.encode(msgspec.to_builtins(certificate))


def certificate_digest(certificate: Certificate) -> str:
    """What the ledger's entry holds and answers cite."""
    return canonical.digest(certificate_bytes(certificate))


def certificate_path(folder: Path, scope: str, digest: str, suffix: str = ".json") -> Path:
    """The path of the certificate of this scope and digest in a snapshot's folder; `.sig` and
    `.svg` beside it."""
    return folder / f"certificate-{scope}-{digest.removeprefix('sha256:')[:_DIGITS]}{suffix}"


def write_certificate(
    folder: Path, certificate: Certificate, sign: Callable[[bytes], bytes], picture: str = ""
) -> None:
    """Write certificate, signature and picture beside the manifest. Inverse of `open_certificate`.
    Raises OSError."""
    data = certificate_bytes(certificate)
    scope, digest = certificate.asks, certificate_digest(certificate)
    replace_file(certificate_path(folder, scope, digest, ".svg"), picture.encode())
    replace_file(
        certificate_path(folder, scope, digest, ".sig"), b64encode(sign(_CONTEXT + data)) + b"\n"
    )
    replace_file(certificate_path(folder, scope, digest), data)


def open_certificate(
    folder: Path,
    public_key: register.PublicKeys,
    manifest: register.Manifest,
    scope: str,
    digest: str,
) -> Certificate:
    """The certificate of this scope and digest in the snapshot's `folder`, verified. Inverse of
    `write_certificate`.

    Raises StateFault `certificate_missing`, `certificate_unknown` (another format), StoreFault if
    it cannot be read, VerifyFault if its digest is another or the holder's key did not sign it for
    this snapshot and these rules.
    """
    data, signature = certificate_files(folder, scope, digest)
    return read_certificate(data, signature, public_key, manifest, (scope, digest))


def certificate_files(folder: Path, scope: str, digest: str) -> tuple[bytes, bytes]:
    """(certificate, signature) as they are in the snapshot's `folder`, not verified.

    Raises StateFault `certificate_missing`, StoreFault `certificate_unreadable`.
    """
    path = certificate_path(folder, scope, digest)
    try:
        return path.read_bytes(), path.with_suffix(".sig").read_bytes()
    except FileNotFoundError:
        raise StateFault(
            "certificate_missing",
            "the ledger names a certificate for this snapshot, and its file is not there",
            place=f"{folder.name}/{path.name}",
            cure="Nothing was opened. Restore the file and its .sig from their backup, or "
            "certify again.",
        ) from None
    except OSError as fault:
        raise StoreFault(
            "certificate_unreadable",
            f"the certificate cannot be read ({type(fault).__name__})",
            place=path.name,
            cure="Check its permissions, or certify again.",
        ) from None


def read_certificate(
    data: bytes,
    signature: bytes,
    public_key: register.PublicKeys,
    manifest: register.Manifest,
    named: tuple[str, str],
) -> Certificate:
    """The certificate in these bytes, of this scope and digest, verified. Raises as
    `open_certificate` does of what it read."""
    scope, digest = named
    place = certificate_path(Path(), scope, digest).name
    if canonical.digest(data) != digest:
        raise not_verified("it is not the one that the ledger names", place)
    _check_signature(data, signature, public_key, place)
    certificate = _decode(data, place)
    stated = (certificate.manifest, certificate.match_version, certificate.asks)
    if stated != (register.manifest_digest(manifest), manifest.match_version, scope):
        raise not_verified("it is of another snapshot, scope or rules", place)
    return certificate


def _check_signature(
    data: bytes, signature: bytes, public_key: register.PublicKeys, place: str
) -> None:
    if not register.is_signed(_CONTEXT + data, signature, public_key):
        raise not_verified("the holder's key did not sign it", place)


def sign_again(
    folder: Path, public_key: register.PublicKeys, sign: Callable[[bytes], bytes]
) -> None:
    """Replace the signatures of a snapshot's certificates, those that one of the keys made, by
    another's. Raises OSError."""
    for path in sorted(folder.glob("certificate-*.sig")):
        data = _CONTEXT + path.with_suffix(".json").read_bytes()
        if register.is_signed(data, path.read_bytes(), public_key):
            replace_file(path, b64encode(sign(data)) + b"\n")


def _decode(data: bytes, place: str) -> Certificate:
    try:
        certificate = msgspec.json.decode(data, type=Certificate)
    except msgspec.MsgspecError:
        certificate = None
    if certificate is None or certificate.format != FORMAT:
        raise StateFault(
            "certificate_unknown",
            f"the certificate is not of the format {FORMAT}",
            place=place,
            cure="Certify again with this version.",
        )
    return certificate


def not_verified(why: str, place: str) -> VerifyFault:
    """The fault of a certificate that is not what it should be."""
    return VerifyFault(
        "certificate_not_verified",
        f"the certificate does not hold: {why}",
        place=place,
        cure="Nothing was opened. Restore the file and its .sig from their backup, or certify "
        "again.",
    )
