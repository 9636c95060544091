"""A made-up released answer file: ledger, envelope and rows, and hands that tamper with them."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from counterfoil.answers.envelope import (
    Cited,
    LedgerProof,
    ReleaseFacts,
    release_commitment,
    seal_envelope,
)
from counterfoil.answers.rows import RowsFormat, render_rows
from counterfoil.core import canonical
from counterfoil.core.values import Answer, Officer, Outcome, Ruling
from counterfoil.tlog.checkpoint import Checkpoint, sign_checkpoint
from counterfoil.tlog.note import Signer
from counterfoil.tlog.tlog_proof import Proof
from counterfoil.tlog.tree import leaf_hash, node_hash

OFFICE = "example.gov/disclosure"
KEY = Ed25519PrivateKey.from_private_bytes(b"\x11" * 32)
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(b"\x12" * 32)
HOLDER = Signer(OFFICE, KEY)
VKEY = str(HOLDER.verifier)
ON = date(2026, 3, 2)
DIGEST = "sha256:" + "5a" * 32
RULING = Ruling(
    "b-0f1e2d3c4b5a",
    DIGEST,
    Officer("officer-a", "a+00000000+A"),
    "s",
    Officer("officer-b", "b+00000000+B"),
    "t",
)

ANSWERS = [
    Answer("q1", Outcome.CONFIRMED),
    Answer("q2", Outcome.NOT_CONFIRMED),
    Answer("q3", Outcome.REFUSED, ("period", "purpose")),
    Answer("q4", Outcome.NOT_COMPARED, ("keeper_limit",)),
]


def rows_bytes(form: RowsFormat = "jsonl", answers: list[Answer] = ANSWERS) -> bytes:
    return b"".join(render_rows(answers, form))


def facts(rows: bytes, form: RowsFormat = "jsonl", **changes: Any) -> ReleaseFacts:
    values = {
        "office": OFFICE,
        "agreement": "sandbox",
        "agreement_digest": DIGEST,
        "batch": "b-0f1e2d3c4b5a",
        "request_file_digest": DIGEST,
        "register_snapshot": "snapshot-1",
        "rules_digest": DIGEST,
        "certificates": {"birth": Cited(DIGEST, 10_000_000)},
        "use_limits": ("one matter",),
        "released_at": datetime(2026, 3, 2, 14, 5, tzinfo=UTC),
        "expires_on": date(2026, 5, 31),
        "rows_digest": canonical.digest(rows),
        "row_count": len(ANSWERS),
        "rows_format": form,
        "salt": b"\x03" * 32,
    }
    return ReleaseFacts(**(values | changes))


def entry_bytes(about: ReleaseFacts, **changes: Any) -> bytes:
    body = {
        "answers": release_commitment(about),
        "batch": about.batch,
        "count": 1,
        "determinations": DIGEST,
        "kind": "release",
        "officer": DIGEST,
        "second": DIGEST,
        "rows": about.row_count,
        "time": "2026-03-02T14:05:00Z",
        "v": 1,
    }
    return canonical.encode(body | changes)


def ledger_proof(
    entry: bytes, signer: Signer = HOLDER, origin: str = OFFICE, index: int = 1
) -> LedgerProof:
    """A ledger of two entries whose second is `entry`."""
    before = leaf_hash(b"an earlier entry")
    root = node_hash(before, leaf_hash(entry))
    note = sign_checkpoint(Checkpoint(signer.name, 2, root), signer)
    return LedgerProof(origin, index, entry, str(Proof(index, (before,), note)))


def write_released(
    folder: Path, form: RowsFormat = "jsonl", *, ledger: LedgerProof | None = None, **changes: Any
) -> Path:
    """FILE and FILE.jws as a release leaves them; `changes` are of the facts."""
    rows = rows_bytes(form)
    about = facts(rows, form, **changes)
    path = folder / f"answers.{form}"
    path.write_bytes(rows)
    envelope_of(path).write_bytes(
        seal_envelope(about, ledger or ledger_proof(entry_bytes(about)), KEY)
    )
    return path


def envelope_of(path: Path) -> Path:
    return path.with_name(path.name + ".jws")


def open_parts(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and payload of the envelope, unverified."""
    header, payload, _ = envelope_of(path).read_bytes().split(b".")
    return json.loads(_decode(header)), json.loads(_decode(payload))


def sign_parts(path: Path, header: bytes, payload: bytes, key: Ed25519PrivateKey = KEY) -> None:
    """Write an envelope of any header and payload, with a good signature by `key`."""
    message = _encode(header) + b"." + _encode(payload)
    envelope_of(path).write_bytes(message + b"." + _encode(key.sign(message)))


def resign(path: Path, **changes: Any) -> None:
    """Change fields of the payload and sign again, as a holder that errs or lies could."""
    header, payload = open_parts(path)
    sign_parts(path, canonical.encode(header), canonical.encode(payload | changes))


def _encode(data: bytes) -> bytes:
    return urlsafe_b64encode(data).rstrip(b"=")


def _decode(part: bytes) -> bytes:
    return urlsafe_b64decode(part + b"=" * (-len(part) % 4))
