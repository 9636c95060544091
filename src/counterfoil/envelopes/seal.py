"""Sealing an item: sign, then seal. The bytes are those of docs/formats/item.md:

    "counterfoil-item-1" newline
    the header, newline                                 header.py
    for each key of `to`, in its order: the item's key sealed to it, 1713 bytes      keys.py
    the chunks                                          chunks.py

In the chunks, in clear: the length of the signature (4 bytes, big-endian), the signature (a JWS
whose payload is the header), the salt of `content` (32 bytes), the length of the content (8 bytes,
big-endian), the content, and zeros up to the header's `length`. Read twice: once for the digest,
which the header commits to, and once to encrypt. Memory holds one chunk.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO, Final

import msgspec

from counterfoil.core import canonical
from counterfoil.envelopes.chunks import CHUNK_BYTES, KEY_BYTES, ChunkWriter, encrypted_length
from counterfoil.envelopes.header import FORMAT, MAX_LENGTH, ItemHeader, read_header
from counterfoil.envelopes.jws import sign_jws
from counterfoil.envelopes.keys import OVERHEAD, PublicOpeningKey
from counterfoil.envelopes.sizes import padded_length
from counterfoil.tlog.note import Signer

MAGIC: Final = FORMAT.encode() + b"\n"
STANZA_BYTES: Final = OVERHEAD + KEY_BYTES
Random = Callable[[int], bytes]


def seal_item(
    source: BinaryIO,
    sink: BinaryIO,
    header: ItemHeader,
    recipients: Sequence[PublicOpeningKey],
    signer: Signer,
    random: Random = os.urandom,
) -> ItemHeader:
    """Write the content of `source`, which can be read twice, as an item to `sink`. Inverse of
    `open_item`.

    Returns the header as it was signed: `to`, `content` and, where it was 0, `length` filled in.
    That the content is longer than a `length` that was given, or that nobody is to open it, is a
    bug of the caller (ValueError).
    """
    digest, size = _measure(source)
    salt = random(canonical.SALT_BYTES)
    whole = msgspec.structs.replace(
        header,
        to=tuple(key.key_id for key in recipients),
        content=commit_content(salt, digest),
        length=header.length or padded_length(size),
    )
    if not recipients or not size <= whole.length <= MAX_LENGTH:
        raise ValueError("an item has a recipient, and room for its content")
    line, key = whole.encode(), random(KEY_BYTES)
    whole = read_header(line)
    signature = sign_jws(line, FORMAT, signer)
    stanzas = b"".join(each.seal(key, seal_info(line)) for each in recipients)
    sink.write(MAGIC + line + b"\n" + stanzas)
    chunks = ChunkWriter(sink, key, chunk_context(line, stanzas), random)
    chunks.write(len(signature).to_bytes(4) + signature + salt + size.to_bytes(8))
    for piece in _pieces(source):
        chunks.write(piece)
    for piece in _zeros(whole.length - size):
        chunks.write(piece)
    chunks.close()
    return whole


def sealed_length(header: ItemHeader, signer: str) -> int:
    """How long the item of a header is that a key of the name `signer` signs: it follows from the
    header's line and its `length`."""
    line = len(header.encode())
    fields = {"alg": "EdDSA", "kid": f"{signer}+00000000", "typ": FORMAT}
    signature = sum(_base64url_length(n) for n in (len(canonical.encode(fields)), line, 64)) + 2
    inside = 4 + signature + canonical.SALT_BYTES + 8 + header.length
    return len(MAGIC) + line + 1 + len(header.to) * STANZA_BYTES + encrypted_length(inside)


def commit_content(salt: bytes, digest: bytes) -> str:
    """The header's `content`, of the 32-byte SHA-256 of the content and 32 random bytes."""
    return canonical.commit(salt, digest)


def seal_info(line: bytes) -> bytes:
    """HPKE's `info`: the format and the header."""
    return MAGIC + line


def chunk_context(line: bytes, stanzas: bytes) -> bytes:
    """What the chunks are bound to: everything that stands before them."""
    return hashlib.sha384(MAGIC + line + b"\n" + stanzas).digest()


def _measure(source: BinaryIO) -> tuple[bytes, int]:
    source.seek(0)
    digest, size = hashlib.sha256(), 0
    for piece in _pieces(source):
        digest.update(piece)
        size += len(piece)
    source.seek(0)
    return digest.digest(), size


def _pieces(source: BinaryIO) -> Iterator[bytes]:
    while piece := source.read(CHUNK_BYTES):
        yield piece


def _zeros(count: int) -> Iterator[bytes]:
    while count > 0:
        yield bytes(min(count, CHUNK_BYTES))
        count -= CHUNK_BYTES


def _base64url_length(count: int) -> int:
    return -(-count * 4 // 3)
