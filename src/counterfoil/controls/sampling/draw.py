"""Drawing some of many rows, so that whoever knows the seed draws the same ones. Pure.

    rank of a row = SHA-256("counterfoil/draw/v1" 0x00 seed || row in 8 bytes, big-endian)

The rows of least rank are drawn. A seed is 32 bytes; rows are whole numbers, each once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from heapq import nsmallest
from typing import Final

SEED_BYTES: Final = 32
_CONTEXT: Final = b"counterfoil/draw/v1\x00"


def draw(seed: bytes, rows: Iterable[int], count: int) -> list[int]:
    """`count` of these rows, or all where there are no more, rising. Raises ValueError for a seed
    of another length."""
    if len(seed) != SEED_BYTES:
        raise ValueError("a seed is 32 bytes")
    begun = hashlib.sha256(_CONTEXT + seed)

    def rank(row: int) -> bytes:
        ranked = begun.copy()
        ranked.update(row.to_bytes(8, "big"))
        return ranked.digest()

    return sorted(nsmallest(count, rows, key=rank))
