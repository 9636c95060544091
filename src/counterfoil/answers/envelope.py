"""Signing the envelope: FILE.jws. The format is answer_file.py's; the check of it is
verify.py's."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, date, datetime
from typing import Any, Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jws
from joserfc.jwk import OKPKey

from counterfoil.answers.format import ALGORITHM, FORMAT, commit_release
from counterfoil.answers.rows import RowsFormat
from counterfoil.core import canonical
from counterfoil.core.values import Public
from counterfoil.tlog.compact_jws import kid_of
from counterfoil.tlog.note import verifier_key

_INSTANT: Final = "%Y-%m-%dT%H:%M:%SZ"


class Cited(Public, frozen=True, gc=False):
    """A certificate that governed: its digest, and its limit in parts of 10**12."""

    certificate: str
    limit: int


class ReleaseFacts(Public, frozen=True, gc=False):
    """What a released answer file says of itself. Known before the ledger's entry is written.

    Digests are `sha256:` and hex; `released_at` is UTC, whole seconds, and is the time of the
    release entry; `certificates` are by scope (answer_file.SCOPES); `expires_on` is the last day of
    use; `salt` is the 32-byte salt of the release; `format` is version 2 where a row was rejected.
    """

    office: str
    agreement: str
    agreement_digest: str
    batch: str
    request_file_digest: str
    register_snapshot: str
    rules_digest: str
    certificates: dict[str, Cited]
    use_limits: tuple[str, ...]
    released_at: datetime
    expires_on: date
    rows_digest: str
    row_count: int
    rows_format: RowsFormat
    salt: bytes
    format: str = FORMAT


class LedgerProof(Public, frozen=True, gc=False):
    """The release entry's bytes and place, and its proof as a C2SP tlog-proof with the
    checkpoint."""

    origin: str
    index: int
    entry: bytes
    proof: str


def release_commitment(facts: ReleaseFacts) -> str:
    """What the release entry's `answers` holds."""
    return commit_release(_fields(facts), facts.salt)


def seal_envelope(facts: ReleaseFacts, ledger: LedgerProof, key: Ed25519PrivateKey) -> bytes:
    """The bytes of FILE.jws, the same for the same facts, proof and key (P7). Checked by
    `verify.verify_answer`."""
    place = {
        "origin": ledger.origin,
        "index": ledger.index,
        "entry": b64encode(ledger.entry).decode("ascii"),
        "proof": ledger.proof,
    }
    payload = canonical.encode({**_fields(facts), "ledger": place})
    holder = verifier_key(facts.office, key.public_key().public_bytes_raw())
    header = {"alg": ALGORITHM, "kid": kid_of(holder), "typ": facts.format}
    compact = jws.serialize_compact(header, payload, OKPKey.import_key(key), registry=OnlyEdDSA())
    return compact.encode("ascii")


def _fields(facts: ReleaseFacts) -> dict[str, Any]:
    return {
        "format": facts.format,
        "office": facts.office,
        "agreement": facts.agreement,
        "agreement_digest": facts.agreement_digest,
        "batch": facts.batch,
        "request_file_digest": facts.request_file_digest,
        "register_snapshot": facts.register_snapshot,
        "rules_digest": facts.rules_digest,
        "certificates": {
            scope: msgspec.to_builtins(cited) for scope, cited in facts.certificates.items()
        },
        "use_limits": list(facts.use_limits),
        "released_at": facts.released_at.astimezone(UTC).strftime(_INSTANT),
        "expires_on": facts.expires_on.isoformat(),
        "rows_digest": facts.rows_digest,
        "row_count": facts.row_count,
        "rows_format": facts.rows_format,
        "salt": b64encode(facts.salt).decode("ascii"),
    }


class OnlyEdDSA(jws.JWSRegistry):
    """One algorithm. RFC 9864 renames it to Ed25519; readers in use know it as EdDSA, and version 1
    says so."""

    def get_alg(self, name: str) -> Any:
        """The one algorithm, whatever the name."""
        return self.algorithms[ALGORITHM]
