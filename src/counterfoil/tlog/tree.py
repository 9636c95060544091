"""The Merkle tree of RFC 6962 section 2.1 (RFC 9162 section 2.1), with SHA-256.

    MTH({})     = SHA-256()                                   a tree without entries
    MTH({d})    = SHA-256(0x00 d)                             a leaf
    MTH(D[n])   = SHA-256(0x01 MTH(D[0:k]) MTH(D[k:n]))       k = the largest power of two below n

A *whole* subtree has 2**h leaves and starts at a multiple of 2**h. It is named by its height h and
its index i, and once it is full its hash never changes. Everything here is put together from whole
subtrees, so that proofs read O(log n) hashes from wherever the hashes are stored.

Proofs are lists of 32-byte hashes in the order of RFC 9162 sections 2.1.3 and 2.1.4. `prove_` makes
them from a `Reader`; `check_` recomputes the root. Sizes are at most 2**63 - 1. A check that fails
raises VerifyFault; a call with an index outside the tree is a bug of the caller (ValueError).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from counterfoil.core.errors import VerifyFault

HASH_BYTES: Final = 32
MAX_SIZE: Final = 2**63 - 1
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()

Reader = Callable[[int, int], bytes]
"""(height, index) -> hash of that whole subtree."""


def leaf_hash(entry: bytes) -> bytes:
    """Hash of one entry: SHA-256(0x00 entry), 32 bytes."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node: SHA-256(0x01 left right), 32 bytes."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    """Root over a row of hashes, leaf hashes or roots of whole subtrees of one height.

    The last may be the root of a smaller tree: it is carried up until it has a neighbour.
    """
    if not hashes:
        return EMPTY_ROOT
    sha256, row = hashlib.sha256, hashes
    while len(row) > 1:
        pairs = zip(row[::2], row[1::2], strict=False)
        above = [sha256(b"\x01" + left + right).digest() for left, right in pairs]
        if len(row) % 2:
            above.append(row[-1])
        row = above
    return row[0]


def root_at(size: int, read: Reader) -> bytes:
    """Root of the tree of the first `size` leaves."""
    return _range_root(0, size, read)


def root_with(size: int, low: int, leaves: Sequence[bytes], read: Reader) -> bytes:
    """Root of the tree of the first `size` leaves, of which those from index `low` on are these
    leaf hashes; what lies beside them is read."""
    end = low + len(leaves)
    if not 0 <= low <= end <= size <= MAX_SIZE:
        raise ValueError("the leaves are outside the tree")

    def root(first: int, last: int) -> bytes:
        if last <= low or first >= end:
            return _range_root(first, last, read)
        if low <= first and last <= end:
            return root_of(leaves[first - low : last - low])
        middle = first + (1 << (last - first - 1).bit_length() - 1)
        return node_hash(root(first, middle), root(middle, last))

    return root(0, size) if leaves else root_at(size, read)


def prove_inclusion(index: int, size: int, read: Reader) -> list[bytes]:
    """PATH(index, D[size]): from the leaf's sibling up to the root's child, RFC 9162 section
    2.1.3.1."""
    if not 0 <= index < size <= MAX_SIZE:
        raise ValueError("the index is outside the tree")
    return [_range_root(low, high, read) for low, high in _beside(index, size)]


def prove_consistency(old: int, new: int, read: Reader) -> list[bytes]:
    """PROOF(old, D[new]), RFC 9162 section 2.1.4.1. Empty where old is 0 or equals new."""
    if not 0 <= old <= new <= MAX_SIZE:
        raise ValueError("the older tree is larger than the newer")
    if old in (0, new):
        return []
    # RFC's SUBPROOF walks to the last whole subtree of the old tree. The ranges beside the path to
    # it prove both roots; those inside it are left out.
    height = (old & -old).bit_length() - 1
    start = old - (1 << height)
    proof = [
        _range_root(low, high, read)
        for low, high in _beside(start, new)
        if low >= old or high <= start
    ]
    return proof if start == 0 else [read(height, start >> height), *proof]


def check_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """RFC 9162 section 2.1.3.2. Raises VerifyFault `proof_inclusion`."""
    in_tree = 0 <= index < size <= MAX_SIZE
    roots = _roots_above(index, size - 1, proof, leaf) if in_tree else None
    if roots is None or roots[1] != root:
        raise VerifyFault(
            "proof_inclusion",
            "the entry is not shown to be in the tree",
            cure="Ask the holder for the entry, the index and the proof again.",
        )


def check_consistency(
    old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """RFC 9162 section 2.1.4.2, and its trivial cases: equal sizes, an empty old tree.

    Raises VerifyFault `proof_consistency`.
    """
    if not 0 <= old <= new <= MAX_SIZE:
        raise _consistency_fault()
    if old in (0, new):
        same = old_root == (EMPTY_ROOT if old == 0 else new_root)
        if proof or not same or (new == 0 and new_root != EMPTY_ROOT):
            raise _consistency_fault()
        return
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    height = (old & -old).bit_length() - 1
    start, last = (old - 1) >> height, (new - 1) >> height
    if not path or _roots_above(start, last, path[1:], path[0]) != (old_root, new_root):
        raise _consistency_fault()


def _roots_above(
    node: int, last: int, proof: Sequence[bytes], start: bytes
) -> tuple[bytes, bytes] | None:
    """Climb from `node`, whose hash is `start`, in a row whose last node is `last`: the steps that
    RFC 9162 sections 2.1.3.2 and 2.1.4.2 have in common.

    Returns the root of the tree that ends with `node` and the root of the whole tree; None for a
    proof that is too long or too short.
    """
    older = newer = start
    for sibling in proof:
        if last == 0:
            return None
        if node & 1 or node == last:
            older, newer = node_hash(sibling, older), node_hash(sibling, newer)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            newer = node_hash(newer, sibling)
        node, last = node >> 1, last >> 1
    return None if last else (older, newer)


def _beside(index: int, size: int) -> list[tuple[int, int]]:
    """The ranges [low, high) beside the path from leaf `index` to the root, the one beside the leaf
    first."""
    ranges: list[tuple[int, int]] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + (1 << (high - low - 1).bit_length() - 1)
        if index < middle:
            ranges.append((middle, high))
            high = middle
        else:
            ranges.append((low, middle))
            low = middle
    return ranges[::-1]


def _range_root(low: int, high: int, read: Reader) -> bytes:
    """Root of D[low:high], where low is a multiple of the power of two at or above high - low."""
    return _join([read(height, index) for height, index in _whole(low, high)])


def _whole(low: int, high: int) -> Iterator[tuple[int, int]]:
    """The whole subtrees that make up [low, high), largest first."""
    while low < high:
        height = (high - low).bit_length() - 1
        yield height, low >> height
        low += 1 << height


def _join(roots: Sequence[bytes]) -> bytes:
    """Root over whole subtrees of falling size: RFC 6962's split puts the larger ones left."""
    if not roots:
        return EMPTY_ROOT
    joined = roots[-1]
    for root in reversed(roots[:-1]):
        joined = node_hash(root, joined)
    return joined


def _consistency_fault() -> VerifyFault:
    return VerifyFault(
        "proof_consistency",
        "the newer tree is not shown to continue the older one",
        cure="Keep both checkpoints: together they may show that history was rewritten.",
    )
