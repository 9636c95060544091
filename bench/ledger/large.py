"""A real proof in a tree of 100,000,000 entries that nobody had to write: its entries repeat, so
its subtrees do."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from counterfoil.tlog import Checkpoint, Proof, Signer, check_proof, leaf_hash, sign_checkpoint
from counterfoil.tlog.tree import node_hash, prove_inclusion, root_at

ENTRIES = [b'{"batch":"b-0f1e2d3c4b5a6978","count":%d,"kind":"granted"}' % at for at in range(2)]


@cache
def read(height: int, index: int) -> bytes:
    """The hash of a whole subtree: leaf `index` is entry `index % 2`, so above the leaves only the
    height tells."""
    if height == 0:
        return leaf_hash(ENTRIES[index % 2])
    return node_hash(read(height - 1, 0), read(height - 1, 1 if height == 1 else 0))


def proof_at(size: int, signer: Signer, cosigned: Callable[[str], str]) -> int:
    """Bytes of the longest of some proofs in a tree of `size`, after each of them was checked."""
    note = cosigned(sign_checkpoint(Checkpoint(signer.name, size, root_at(size, read)), signer))
    longest = 0
    for index in (0, 1, size // 3, size // 2, size - 1):
        proof = str(Proof(index, tuple(prove_inclusion(index, size, read)), note))
        check_proof(proof, ENTRIES[index % 2], signer.verifier)
        longest = max(longest, len(proof.encode()))
    return longest
