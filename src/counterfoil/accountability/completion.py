"""Completing an answer's proof from what is published: for whoever holds an answer, with no office.

An answer carries a proof of its release to the checkpoint that the holder signed in the same
commit, which no witness can have cosigned yet. Once the ledger is published with cosignatures, the
proof is made anew from the published tiles, to the published checkpoint:

    FILE.proof   a C2SP tlog-proof of the release that FILE.jws carries, beside FILE

What checks FILE takes it in place of the proof in FILE.jws (answers/verify.py, `counterfoil-verify
answer`). It is no secret, and anybody can make it. Trusted: no, it verifies or it does not. Lost:
make it again.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from counterfoil.accountability.monitoring import fetcher, published_rows
from counterfoil.answers.read_envelope import open_envelope
from counterfoil.answers.verify import check_quorum
from counterfoil.answers.write import write_proof
from counterfoil.core.errors import StateFault
from counterfoil.core.values import Public
from counterfoil.tlog import VerifierKey, check_checkpoint
from counterfoil.tlog.note import MAX_NOTE_BYTES
from counterfoil.tlog.policy import Policy
from counterfoil.tlog.tiles import node_reader
from counterfoil.tlog.tlog_proof import Proof
from counterfoil.tlog.tree import check_inclusion, leaf_hash, prove_inclusion


class Completed(Public, frozen=True):
    """The proof that was written: its file, the place of the release, the size of the checkpoint,
    and by which witnesses it is cosigned and when."""

    proof: str
    index: int
    size: int
    cosigned: tuple[str, ...]


def complete_answer(
    file: Path, source: str, key: VerifierKey, policy: Policy | None = None
) -> Completed:
    """Write FILE.proof from a published folder or its URL; with `policy`, only to a checkpoint that
    its quorum cosigned.

    Raises VerifyFault (the envelope, the checkpoint, the tree, `answer_quorum`), InputFault (a file
    that is not there), StateFault `answer_not_published`, StoreFault `proof_not_written`.
    """
    ledger: Mapping[str, Any] = open_envelope(file, key)["ledger"]
    fetch, index, entry = fetcher(source), int(ledger["index"]), b64decode(ledger["entry"])
    note = fetch("checkpoint", MAX_NOTE_BYTES)
    checkpoint = check_checkpoint(note, key)
    cosigned = check_quorum(note, policy)
    if index >= checkpoint.size:
        raise StateFault(
            "answer_not_published",
            f"the release is entry {index}, and {checkpoint.size} entries are published",
            place="checkpoint",
            cure="Run it again after the holder's next publication.",
        )
    read = node_reader(published_rows(fetch, checkpoint.size))
    hashes = prove_inclusion(index, checkpoint.size, read)
    check_inclusion(leaf_hash(entry), index, checkpoint.size, hashes, checkpoint.root)
    path = write_proof(file, str(Proof(index, tuple(hashes), note.decode())))
    return Completed(path.name, index, checkpoint.size, cosigned)
