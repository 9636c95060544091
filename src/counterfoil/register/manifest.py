"""What a snapshot states of itself: format `counterfoil-manifest-1`.

`manifest.json` is canonical JSON (core/canonical.py: integers only) of `Manifest`; `manifest.sig`
is the base64 of the holder's Ed25519 signature over exactly those bytes. Nothing else that the
holder signs begins with `{`, so no signature serves twice. It holds counts, digests and versions,
and in `evidence` what the match rules learned: levels and counts, no name, no address. See
docs/formats/sealed-register.md.

Trusted only after `open_manifest` has verified it. Altered: `manifest_not_verified`. Lost: the
snapshot cannot be opened; restore it, or build again. An unknown format is refused
(`manifest_unknown`).
"""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from collections import deque
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from counterfoil.core import canonical
from counterfoil.core.atomic_files import replace_file
from counterfoil.core.errors import StateFault, StoreFault, VerifyFault
from counterfoil.core.values import Public
from counterfoil.register.pages.page_file import PageFile

FORMAT: Final = "counterfoil-manifest-1"
MANIFEST_FILE: Final = "manifest.json"
SIGNATURE_FILE: Final = "manifest.sig"

PublicKeys = bytes | tuple[bytes, ...]
"""A holder's 32-byte public key; or two, while one follows the other."""


class Counts(Public, frozen=True):
    """Counts only. Rows: of the source. Rejects: by code. Residents: persons at an address, periods
    merged.

    dropped_tolerant_doors led to more exact doors than 31; crowded_exact_doors held more than
    10,000 residents; neither is stored. known_lines, known_zips: marks (0 in a manifest of before
    there were any, which opens nothing). size_classes: stored values by their size in bytes."""

    rows: int
    rejected_rows: int
    rejects: dict[str, int]
    malformed_tins: int
    residents: int
    exact_doors: int
    tolerant_doors: int
    dropped_tolerant_doors: int
    crowded_exact_doors: int
    size_classes: dict[str, int]
    known_lines: int = 0
    known_zips: int = 0


class Manifest(Public, frozen=True):
    """One snapshot. `built_at` is UTC to the second; digests are `sha256:` and hex; `key_id` names
    the register key.

    content_digest: over every pair in order of key, each as tag, length of value (4 bytes,
    big-endian), value: the same for the same pairs in any store. store_bytes, store_head_digest and
    store_digest: of the store's file. files: of format 3, the page files in the order in which they
    are asked, the newest first; store_bytes is then the sum of their sizes, and the three digests
    are all of the list of these files. parent: the digest of the manifest of the snapshot that this
    one changes; "" where it was built from a whole source."""

    snapshot: str
    built_at: str
    made_up: bool
    source_digest: str
    key_id: str
    forms_version: str
    match_version: str
    bucket_format: str
    content_digest: str
    store_digest: str
    store_bytes: int
    store_head_digest: str
    counts: Counts
    evidence: dict[str, Any]
    format: str = FORMAT
    files: tuple[PageFile, ...] = ()
    parent: str = ""


_LATER_MEMBERS: Final = ("files", "parent")
"""Left out where they are empty, so that the bytes of an older manifest stay what was signed."""


def manifest_bytes(manifest: Manifest) -> bytes:
    """The canonical bytes that are signed and stored."""
    said: dict[str, Any] = msgspec.to_builtins(manifest)
    for name in _LATER_MEMBERS:
        if not said[name]:
            del said[name]
    return canonical.encode(said)


def manifest_digest(manifest: Manifest) -> str:
    """The digest by which ledger entries and certificates name a snapshot. Made once for each
    manifest: it has hundreds of thousands of bytes, and each chunk of a batch names it."""
    for known, digest in _digests:
        if known is manifest:
            return digest
    digest = canonical.digest(manifest_bytes(manifest))
    _digests.append((manifest, digest))
    return digest


_digests: Final = deque[tuple[Manifest, str]](maxlen=4)


def write_manifest(folder: Path, manifest: Manifest, sign: Callable[[bytes], bytes]) -> None:
    """Write manifest and signature into `folder`. Inverse of `open_manifest`. Raises OSError."""
    data = manifest_bytes(manifest)
    replace_file(folder / SIGNATURE_FILE, b64encode(sign(data)) + b"\n")
    replace_file(folder / MANIFEST_FILE, data)


def open_manifest(folder: Path, public_key: PublicKeys) -> Manifest:
    """The verified manifest of the snapshot in `folder`. Inverse of `write_manifest`.

    Raises StoreFault if it cannot be read, VerifyFault if the holder's key did not sign it,
    StateFault for another format.
    """
    try:
        data = (folder / MANIFEST_FILE).read_bytes()
        signature = (folder / SIGNATURE_FILE).read_bytes()
    except OSError as fault:
        raise _unreadable(folder, fault) from None
    return read_manifest(data, signature, public_key, folder.name)


def read_manifest(data: bytes, signature: bytes, public_key: PublicKeys, place: str) -> Manifest:
    """The manifest in these bytes, its signature (base64) verified first. Raises as
    `open_manifest`, but no StoreFault."""
    _check_signature(data, signature, public_key, place)
    return _decode(data, place)


def read_signature(folder: Path) -> str:
    """The signature's text (base64) of the snapshot in `folder`, which `open_manifest` has
    verified. Raises StoreFault."""
    try:
        return (folder / SIGNATURE_FILE).read_text("ascii").strip()
    except OSError as fault:
        raise _unreadable(folder, fault) from None


def describe(manifest: Manifest) -> dict[str, Any]:
    """What `register info` prints: everything but the evidence, of which it gives the digest."""
    said: dict[str, Any] = msgspec.json.decode(manifest_bytes(manifest))
    evidence = said.pop("evidence")
    return said | {
        "evidence_digest": canonical.digest(canonical.encode(evidence)),
        "evidence_held": bool(evidence),
    }


def _unreadable(folder: Path, fault: OSError) -> StoreFault:
    return StoreFault(
        "manifest_unreadable",
        f"the snapshot's manifest cannot be read ({type(fault).__name__})",
        place=folder.name,
        cure="Restore the snapshot from its backup, or build the register again.",
    )


def _check_signature(data: bytes, signature: bytes, public_key: PublicKeys, place: str) -> None:
    if not is_signed(data, signature, public_key):
        raise VerifyFault(
            "manifest_not_verified",
            "the manifest is not what the holder's key signed",
            place=place,
            cure="Nothing was opened. Check the holder's key; restore the snapshot or build again.",
        )


def is_signed(data: bytes, signature: bytes, public_key: PublicKeys) -> bool:
    """Whether one of these keys signed the bytes; `signature` is base64."""
    for key in [public_key] if isinstance(public_key, bytes) else public_key:
        try:
            raw = b64decode(signature.strip(), validate=True)
            Ed25519PublicKey.from_public_bytes(key).verify(raw, data)
        except (InvalidSignature, ValueError, binascii.Error):
            continue
        return True
    return False


def sign_again(folder: Path, public_key: PublicKeys, sign: Callable[[bytes], bytes]) -> None:
    """Replace the signature of a verified manifest by another's. Raises as `open_manifest`,
    OSError."""
    data = manifest_bytes(open_manifest(folder, public_key))
    replace_file(folder / SIGNATURE_FILE, b64encode(sign(data)) + b"\n")


def _decode(data: bytes, place: str) -> Manifest:
    try:
        manifest = _decoded(data)
    except msgspec.MsgspecError:
        manifest = None
    if manifest is None or manifest.format != FORMAT:
        raise StateFault(
            "manifest_unknown",
            f"the manifest is not of the format {FORMAT}",
            place=place,
            cure="Build the register again with this version.",
        )
    return manifest


@lru_cache(maxsize=2)
def _decoded(data: bytes) -> Manifest:
    """The manifest in these bytes: the same one as before, where they are the same bytes."""
    return msgspec.json.decode(data, type=Manifest)
