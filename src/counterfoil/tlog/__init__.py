"""The transparency log: what anyone can check without an office, and the witness. Pure but for the
witness's records, its server and its client.

Standard library and `cryptography` only, and of ours only `core`, so that the same code runs
wherever a proof is checked. The formats are those of RFC 6962 and C2SP, which other tools read too.

    tree           leaf and node hashes, roots, inclusion, consistency   RFC 6962, RFC 9162
    ed25519        which keys show anything; verifying              RFC 8032
    note           verifier keys, signing and checking a signed text     c2sp.org/signed-note
    checkpoint     a log's signed size and root                          c2sp.org/tlog-checkpoint
    tlog_proof     an inclusion proof with its checkpoint in one file    c2sp.org/tlog-proof
    tiles          the tree and the entries as static files              c2sp.org/tlog-tiles
    consistency    a later ledger continues an earlier one               docs/formats/ledger.md
    attestation    none of a kind was entered between two days           docs/formats/ledger.md
    cosignature    a witness's signature on a checkpoint                 c2sp.org/tlog-cosignature
    policy         which witnesses are enough                            c2sp.org/tlog-policy
    witness        deciding what to cosign; its records                  c2sp.org/tlog-witness
    witness_server, witness_client                                       the same over HTTP
"""

from __future__ import annotations

from counterfoil.tlog.checkpoint import (
    Checkpoint,
    check_checkpoint,
    parse_checkpoint,
    sign_checkpoint,
)
from counterfoil.tlog.note import (
    Signer,
    VerifierKey,
    check_note,
    parse_vkey,
    sign_note,
    verifier_key,
)
from counterfoil.tlog.tlog_proof import Proof, check_proof, parse_proof
from counterfoil.tlog.tree import check_consistency, check_inclusion, leaf_hash

__all__ = [
    "Checkpoint",
    "Proof",
    "Signer",
    "VerifierKey",
    "check_checkpoint",
    "check_consistency",
    "check_inclusion",
    "check_note",
    "check_proof",
    "leaf_hash",
    "parse_checkpoint",
    "parse_proof",
    "parse_vkey",
    "sign_checkpoint",
    "sign_note",
    "verifier_key",
]
