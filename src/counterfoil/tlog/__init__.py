"""What an inspector carries away: the tree, signed notes, checkpoints, proof files, tiles. Pure.

Standard library and `cryptography` only; nothing of the office is imported, so that the same code
runs wherever a proof is checked. The formats are those of RFC 6962 and C2SP, which tools we did not
write read too.

    tree         leaf and node hashes, roots, inclusion and consistency     RFC 6962, RFC 9162
    note         verifier keys, signing and checking a signed text          c2sp.org/signed-note
    checkpoint   a log's signed size and root                               c2sp.org/tlog-checkpoint
    tlog_proof   an inclusion proof with its checkpoint in one file         c2sp.org/tlog-proof
    tiles        the tree and the entries as static files                   c2sp.org/tlog-tiles
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
