"""The signed envelope: a plain JWS that other libraries read, and the same bytes each time."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from joserfc import jws
from joserfc.jwk import OKPKey

from counterfoil.answers.envelope import release_commitment, seal_envelope
from counterfoil.answers.format import COMMITTED, FIELDS, LEDGER_FIELDS
from counterfoil.core import canonical
from tests.answers.answers import (
    KEY,
    VKEY,
    entry_bytes,
    envelope_of,
    facts,
    ledger_proof,
    open_parts,
    rows_bytes,
    write_released,
)

ENVELOPE_DIGEST = "sha256:538cfe3e04d96f34a69949338519d59f1c668cf1c8be9ee42e60b326623f1528"
"""A vector: if it must change, the format's name must change with it."""


def test_p7_the_same_release_is_the_same_envelope_byte_for_byte() -> None:
    about = facts(rows_bytes())
    proof = ledger_proof(entry_bytes(about))
    assert seal_envelope(about, proof, KEY) == seal_envelope(about, proof, KEY)


def test_p7_the_envelope_of_a_fixed_release_never_changes() -> None:
    about = facts(rows_bytes())
    assert (
        canonical.digest(seal_envelope(about, ledger_proof(entry_bytes(about)), KEY))
        == ENVELOPE_DIGEST
    )


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
def test_another_library_verifies_the_envelope(tmp_path: Path) -> None:
    path = write_released(tmp_path)
    read = jws.deserialize_compact(
        envelope_of(path).read_bytes(), OKPKey.import_key(KEY.public_key()), algorithms=["EdDSA"]
    )
    assert json.loads(read.payload)["office"] == "example.gov/disclosure"


def test_the_envelope_has_the_documented_header_and_fields_and_no_other(tmp_path: Path) -> None:
    header, payload = open_parts(write_released(tmp_path))
    name, key_id, _ = VKEY.split("+", 2)
    assert header == {"alg": "EdDSA", "kid": f"{name}+{key_id}", "typ": "counterfoil-answer-1"}
    assert payload.keys() == FIELDS
    assert payload["ledger"].keys() == LEDGER_FIELDS


def test_the_commitment_is_salted_and_covers_the_documented_fields() -> None:
    about = facts(rows_bytes())
    body = {
        "format": "counterfoil-release-1",
        "agreement": "sandbox",
        "agreement_digest": about.agreement_digest,
        "batch": about.batch,
        "expires_on": "2026-05-31",
        "certificates": {
            "birth": {"certificate": about.certificates["birth"].certificate, "limit": 10_000_000}
        },
        "register_snapshot": "snapshot-1",
        "released_at": "2026-03-02T14:05:00Z",
        "request_file_digest": about.request_file_digest,
        "row_count": 4,
        "rows_digest": about.rows_digest,
        "rules_digest": about.rules_digest,
    }
    assert release_commitment(about) == canonical.commit(about.salt, canonical.encode(body))
    assert body.keys() - {"format"} == set(COMMITTED)


@pytest.mark.parametrize(
    "field",
    [*sorted({"agreement", "batch", "register_snapshot", "rows_digest", "rules_digest"}), "salt"],
)
def test_the_commitment_changes_with_what_it_covers(field: str) -> None:
    about = facts(rows_bytes())
    other = msgspec.structs.replace(about, **{field: b"\x04" * 32 if field == "salt" else "other"})
    assert release_commitment(other) != release_commitment(about)
