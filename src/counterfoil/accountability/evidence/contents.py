"""What the two parts of a bundle hold. Read strictly: an unknown member is refused.

The public part names nobody: law files, ledger entries with their proofs, the officers' signatures,
the manifest. Whoever has no bundle key can check it (`evidence check`). The sealed part speaks of a
person and of those who live at the address that was asked: the request, what the guards counted,
the salts, evidence, weights, sealed buckets with the keys that open exactly these, who of these is
suppressed (suppressed.py).
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import msgspec

from counterfoil.accountability.evidence.suppressed import SuppressedMarks
from counterfoil.answers.format import SCOPES
from counterfoil.core.errors import VerifyFault
from counterfoil.core.outside_json import decode_json
from counterfoil.core.values import Officer
from counterfoil.gate.history.request_counts import RequestCounts
from counterfoil.matching import Thresholds
from counterfoil.register import EvidenceBuckets

CERTIFICATE_ROLES: Final = {scope: f"certificate-{scope}" for scope in SCOPES}
ROLES: Final = (
    "law",
    *CERTIFICATE_ROLES.values(),
    "batch",
    "gate",
    "override",
    "opening",
    "review",
    "answer",
    "release",
    "inspection",
    "first-officer",
    "second-officer",
)
"""What an entry in a bundle is there for. From `batch` to `release` in the order of time; what is
before `batch` here came before it, certificates at least before the opening. The last two are where
the officers who reviewed and released were enrolled; bundles of an older version lack them."""

OFFICER_ROLES: Final = {"first-officer": "review", "second-officer": "release"}
"""The entry that each officer signed, after being enrolled."""


class Proved(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One ledger entry, byte for byte, with its C2SP tlog-proof. All proofs of a bundle are to one
    checkpoint."""

    role: str
    entry: str
    proof: str


class OfficerSignature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An officer, and what the officer signed, as the batch keeps it (batches/ruling.py)."""

    officer: Officer
    signature: str


class CertificateText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One certificate that governed: its file as text, and the text of its signature
    (certification/certificate.py)."""

    certificate: str
    signature: str


class PublicPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """See the module. `law` holds each file's text by its path, `law_digests` SHA-256 of each;
    `certificates` are by scope. Absent text is ""."""

    office: str
    batch: str
    received_at: str
    gate_date: date
    agreement: str
    file_digest: str
    versions: dict[str, str]
    law: dict[str, str]
    law_digests: dict[str, str]
    snapshot: str
    manifest: str
    manifest_signature: str
    certificates: dict[str, CertificateText]
    determinations: str
    review: OfficerSignature | None
    release: OfficerSignature | None
    entries: tuple[Proved, ...]


class SealedPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """See the module. Bytes are base64 in the JSON. `row` and `determination` are MessagePack
    (batches/rows.py).

    `answer` is canonical JSON. `doors`, `weights` and `thresholds` are None where the register was
    not asked; `determination` and `answer` b"" where there is none yet, `override` where two roles
    did not admit the request, `document_salt` where the header names no document.

    `residents_left_out`: the register was asked, and what shows who lives at the address is not in
    the bundle: `determination` is b"", `doors`, `weights` and `thresholds` are None. It is written
    only where it is true, so that a bundle with residents is what it was before there was it.

    `recalled_on`: the day on which the answer was recalled first, as YYYY-MM-DD; written only where
    it was recalled before the bundle was made.
    """

    request_id: str
    row: bytes
    row_salt: bytes
    file_salt: bytes
    document_salt: bytes
    inspection_salt: bytes
    circumstances: RequestCounts
    override: bytes
    override_salt: bytes
    determination: bytes
    weights: dict[str, Any] | None
    thresholds: Thresholds | None
    doors: EvidenceBuckets | None
    suppressed: SuppressedMarks = msgspec.field(name="withheld")
    answer: bytes
    answer_salt: bytes
    residents_left_out: bool = False
    recalled_on: str = ""

    def __repr__(self) -> str:
        return "<SealedPart: hidden>"


def encode_public(part: PublicPart) -> dict[str, Any]:
    """The public part as `bundle.seal_bundle` takes it. Inverse of `decode_public`."""
    return msgspec.to_builtins(part)


def decode_public(body: dict[str, Any]) -> PublicPart:
    """Raises VerifyFault `evidence_contents`."""
    try:
        return msgspec.convert(body, PublicPart)
    except msgspec.ValidationError:
        raise _fault("public") from None


def encode_sealed(part: SealedPart) -> bytes:
    """Plain bytes of the sealed part. Inverse of `decode_sealed`."""
    return msgspec.json.encode(part)


def decode_sealed(plain: bytes) -> SealedPart:
    """Raises VerifyFault `evidence_contents`."""
    try:
        return decode_json(plain, SealedPart)
    except ValueError:
        raise _fault("sealed") from None


def _fault(part: str) -> VerifyFault:
    return VerifyFault(
        "evidence_contents",
        f"the {part} part does not hold what a bundle of this format holds",
        place="bundle",
        cure="Ask the holder for a bundle that its own version replays.",
    )
