"""Proof files: one file and one key show that an entry is in the log, and nothing else does."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from counterfoil.core.errors import VerifyFault
from counterfoil.tlog import Checkpoint, Proof, Signer, check_proof, parse_proof, sign_checkpoint
from tests.tlog import reference

SIGNER = Signer("made-up.example/office", Ed25519PrivateKey.from_private_bytes(b"\x01" * 32))
ENTRIES = [b"entry %d" % index for index in range(7)]
NOTE = sign_checkpoint(Checkpoint(SIGNER.name, 7, reference.mth(ENTRIES)), SIGNER)
PROOF = Proof(5, tuple(reference.path(5, ENTRIES)), NOTE)
TEXT = str(PROOF)
HASH = TEXT.split("\n")[2]


def code_of(text: str | bytes, entry: bytes = ENTRIES[5]) -> str:
    with pytest.raises(VerifyFault) as fault:
        check_proof(text, entry, SIGNER.verifier)
    return fault.value.code


def test_a_proof_file_shows_its_entry() -> None:
    proof, checkpoint = check_proof(TEXT, ENTRIES[5], SIGNER.verifier)
    assert (proof.index, checkpoint.size) == (5, 7)


def test_a_proof_file_comes_back_whole() -> None:
    assert parse_proof(TEXT) == PROOF
    with_extra = Proof(5, PROOF.hashes, NOTE, b"anything")
    assert parse_proof(str(with_extra)) == with_extra


def test_extra_data_changes_nothing_that_is_shown() -> None:
    check_proof(str(Proof(5, PROOF.hashes, NOTE, b"")), ENTRIES[5], SIGNER.verifier)


def test_a_tree_of_one_needs_no_hash() -> None:
    note = sign_checkpoint(Checkpoint(SIGNER.name, 1, reference.mth([b"one"])), SIGNER)
    text = str(Proof(0, (), note))
    assert text.startswith("c2sp.org/tlog-proof@v1\nindex 0\n\nmade-up.example/office\n1\n")
    check_proof(text, b"one", SIGNER.verifier)


def test_another_entry_is_not_shown() -> None:
    assert code_of(TEXT, ENTRIES[4]) == "proof_inclusion"


@pytest.mark.parametrize(
    ("was", "becomes"),
    [("index 5", "index 4"), ("index 5", "index 7"), (HASH + "\n", ""), (HASH, HASH + "\n" + HASH)],
    ids=["index", "index outside", "hash missing", "extra hash"],
)
def test_a_proof_of_something_else_is_not_accepted(was: str, becomes: str) -> None:
    assert code_of(TEXT.replace(was, becomes)) == "proof_inclusion"


def test_a_changed_checkpoint_is_refused() -> None:
    assert code_of(TEXT.replace("\n7\n", "\n8\n")) == "note_signature"


@pytest.mark.parametrize(
    "text",
    [
        "",
        TEXT.replace("@v1", "@v2"),
        TEXT.replace("index 5\n", ""),
        TEXT.replace("index 5", "index 05"),
        TEXT.replace("index 5", "index -5"),
        TEXT.replace("index 5", "extra *\nindex 5"),
        TEXT.replace("index 5", "extra AA==\nextra AA==\nindex 5"),
        TEXT.replace("index 5", "index 5\nextra AA=="),
        TEXT.replace(HASH, HASH[:-1]),
        TEXT.replace(HASH, "AA=="),
        TEXT.replace(HASH, "\n".join([HASH] * 64)),
        TEXT.replace("\n", "\r\n"),
        TEXT.partition("\n\n")[0],
        "\n" + TEXT,
    ],
)
def test_a_malformed_proof_is_refused(text: str) -> None:
    assert code_of(text) == "proof_malformed"


def test_bytes_that_are_not_utf8_are_refused() -> None:
    assert code_of(b"\xff" + TEXT.encode()) == "proof_malformed"
