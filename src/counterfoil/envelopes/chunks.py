"""A long secret in chunks, each encrypted and checked by itself: c2sp.org/chunked-encryption@v1.

    input key 32 bytes, hash SHA-384, AEAD AEAD_AES_256_GCM
    key (32) || base nonce (12) || commitment (32) = HKDF-Expand(input key,
        info = "c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM" 0x00 salt context)
    written: salt (24), commitment (32), then each chunk of 16,384 bytes with its tag of 16; the
    last chunk is shorter than the others and may be empty. A nonce is the base nonce XOR the
    chunk's number, big-endian.

So a stream that ends in a whole chunk was cut, whatever is cut off. Memory holds one chunk.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA384
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from counterfoil.core.errors import VerifyFault

CHUNK_BYTES: Final = 16_384
KEY_BYTES: Final = 32
_TAG, _SALT, _COMMITMENT, _NONCE = 16, 24, 32, 12
_SEALED: Final = CHUNK_BYTES + _TAG
_CONTEXT: Final = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\x00"
_AGAIN: Final = "Fetch the item again, byte for byte; if it stays, ask its sender for another."


def encrypted_length(length: int) -> int:
    """How many bytes `length` bytes become."""
    return _SALT + _COMMITMENT + length + _TAG * (length // CHUNK_BYTES + 1)


class ChunkWriter:
    """Encrypts what is written to it into `sink`. `close` writes the last chunk, without which the
    stream is cut."""

    def __init__(
        self,
        sink: BinaryIO,
        key: bytes,
        context: bytes,
        random: Callable[[int], bytes] = os.urandom,
    ) -> None:
        salt = random(_SALT)
        self._sink, self._number, self._rest = sink, 0, bytearray()
        self._aead, self._base, commitment = _derive(key, salt, context)
        sink.write(salt + commitment)

    def write(self, data: bytes) -> None:
        """Encrypt some bytes more."""
        self._rest += data
        while len(self._rest) >= CHUNK_BYTES:
            self._put(bytes(self._rest[:CHUNK_BYTES]))
            del self._rest[:CHUNK_BYTES]

    def close(self) -> None:
        """Write the last, short chunk."""
        self._put(bytes(self._rest))

    def _put(self, chunk: bytes) -> None:
        self._sink.write(self._aead.encrypt(_nonce(self._base, self._number), chunk, None))
        self._number += 1


def decrypt_chunks(source: BinaryIO, key: bytes, context: bytes) -> Iterator[bytes]:
    """Each chunk's bytes, once it has been checked. Whoever acts on them before the last has come
    acts on what may have been cut. Raises VerifyFault `item_commitment`, `item_cut`,
    `item_chunk`."""
    salt, told = source.read(_SALT), source.read(_COMMITMENT)
    if len(told) < _COMMITMENT:
        raise cut()
    aead, base, commitment = _derive(key, salt, context)
    if not hmac.compare_digest(told, commitment):
        raise VerifyFault(
            "item_commitment",
            "the item's chunks are not encrypted under the key that its seal holds",
            place="item, chunks",
            cure=_AGAIN,
        )
    number = 0
    while True:
        sealed = source.read(_SEALED)
        if len(sealed) < _TAG:
            raise cut()
        try:
            yield aead.decrypt(_nonce(base, number), sealed, None)
        except InvalidTag:
            raise VerifyFault(
                "item_chunk",
                "a chunk does not verify: it was altered, cut, or stands in another place",
                place=f"item, chunk {number}",
                cure=_AGAIN,
            ) from None
        if len(sealed) < _SEALED:
            return
        number += 1


def cut() -> VerifyFault:
    """The fault of an item that ends before its end."""
    return VerifyFault(
        "item_cut", "the item ends before its last chunk: it was cut", place="item", cure=_AGAIN
    )


def _derive(key: bytes, salt: bytes, context: bytes) -> tuple[AESGCM, int, bytes]:
    """The cipher, the base nonce as a number, and the commitment."""
    length = KEY_BYTES + _NONCE + _COMMITMENT
    data = HKDFExpand(SHA384(), length, _CONTEXT + salt + context).derive(key)
    nonce = int.from_bytes(data[KEY_BYTES : KEY_BYTES + _NONCE])
    return AESGCM(data[:KEY_BYTES]), nonce, data[KEY_BYTES + _NONCE :]


def _nonce(base: int, number: int) -> bytes:
    return (base ^ number).to_bytes(_NONCE)
