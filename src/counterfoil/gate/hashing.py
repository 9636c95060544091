"""Keyed hashes under which the guards count: nobody without the history key can test a guess against a count.

    keyed_hash(key, b"person", text)    keyed BLAKE2b of 8 bytes, personalised by its kind, as a signed 64-bit integer

Counts are looked up by it and nothing is decided by it alone: with 100 million questions remembered, one other question in
two hundred billion would be taken for one of them.
"""

from __future__ import annotations

import hashlib
from typing import Final

_BYTES: Final = 8


def keyed_hash(key: bytes, context: bytes, data: bytes) -> int:
    """The hash of `data` as a number from -2**63 to 2**63 - 1. `context` is its kind, at most 16 bytes."""
    hashed = hashlib.blake2b(data, key=key[:64], person=context, digest_size=_BYTES)
    return int.from_bytes(hashed.digest(), "big", signed=True)


def utf8(text: str) -> bytes:
    """Bytes of any string that a file can carry, lone surrogates included."""
    return text.encode("utf-8", "surrogatepass")
