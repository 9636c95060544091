"""Keyed hashes by which requests are counted: nobody without the history key can test a guess
against a count.

    keyed_hash(key, b"person", text)    keyed BLAKE2b of 8 bytes, personalized by its kind, as a
                                        signed 64-bit integer

Counts are looked up by a hash and nothing is decided by it alone: with 100 million questions
remembered, one other question in two hundred billion would be taken for one of them. `prepare`
sets the key once for many hashes, which saves two thirds of the cost.
"""

from __future__ import annotations

import hashlib
import sys
from array import array
from collections.abc import Callable, Iterable
from typing import Final

_BYTES: Final = 8
ABSENT: Final = bytes(_BYTES)
"""The hash of what is absent; as a number, 0."""


def keyed_hash(key: bytes, context: bytes, data: bytes) -> int:
    """The hash of `data` as a number from -2**63 to 2**63 - 1. `context` is its kind, at most 16
    bytes."""
    return number_of(prepare(key, context)(data))


def prepare(key: bytes, context: bytes) -> Callable[[bytes | str], bytes]:
    """A function that gives the 8 bytes of `keyed_hash` for any data, or for any text as `utf8`
    encodes it, under this key and of this kind."""
    fresh = _fresh(key, context)

    def hashed(data: bytes | str) -> bytes:
        state = fresh()
        if isinstance(data, str):
            data = data.encode() if data.isascii() else data.encode("utf-8", "surrogatepass")
        state.update(data)
        return state.digest()

    return hashed


def prepare_column(key: bytes, context: bytes) -> Callable[[Iterable[str]], list[bytes]]:
    """`prepare` for many texts at once, at two thirds of its cost."""
    fresh = _fresh(key, context)

    def hashed(texts: Iterable[str]) -> list[bytes]:
        texts, hashes = [*texts], list[bytes]()
        try:
            encoded = [text.encode() for text in texts]
        except UnicodeEncodeError:  # a lone surrogate
            encoded = [utf8(text) for text in texts]
        for data in encoded:
            state = fresh()
            state.update(data)
            hashes.append(state.digest())
        return hashes

    return hashed


def _fresh(key: bytes, context: bytes) -> Callable[[], hashlib.blake2b]:
    return hashlib.blake2b(key=key[:64], person=context, digest_size=_BYTES).copy


def number_of(hashed: bytes) -> int:
    """The signed number of a hash's 8 bytes."""
    return int.from_bytes(hashed, "big", signed=True)


def column_of(hashes: Iterable[bytes]) -> array[int]:
    """The numbers of many hashes of 8 bytes each: `number_of` for a whole column."""
    column = array("q", b"".join(hashes))
    if sys.byteorder == "little":
        column.byteswap()
    return column


def utf8(text: str) -> bytes:
    """Bytes of any string that a file can carry, lone surrogates included."""
    return text.encode("utf-8", "surrogatepass")
