"""A program that is given all that somebody holds who has taken a gateway's host, and tries to open
an item: every 32 bytes as the item's key, every piece of text and bytes as part of a secret."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
from collections.abc import Iterable, Iterator

from counterfoil.envelopes.chunks import decrypt_chunks
from counterfoil.envelopes.header import FORMAT
from counterfoil.envelopes.open import peek_header
from counterfoil.envelopes.seal import STANZA_BYTES, chunk_context

_INFO = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0"
_PART = 16


def try_to_open(held: bytes, item: bytes) -> bytes | None:
    """What is in an item, where any 32 bytes of what is held are its key."""
    source = io.BytesIO(item)
    header = peek_header(source)
    line = item[len(FORMAT) + 1 : source.tell() - 1]
    stanzas = source.read(STANZA_BYTES * len(header.to))
    at = source.tell()
    salt, commitment = item[at : at + 24], item[at + 24 : at + 56]
    context = chunk_context(line, stanzas)
    for start in range(len(held) - 31):
        key = held[start : start + 32]
        if _commitment(key, salt + context) == commitment:
            source.seek(at)
            return b"".join(decrypt_chunks(source, key, context))
    return None


def parts_of(secret: bytes) -> Iterator[bytes]:
    """Every form in which a part of a secret may lie somewhere."""
    for start in range(0, len(secret) - _PART + 1, _PART):
        part = secret[start : start + _PART]
        yield part
        yield part.hex().encode()
    for shift in range(3):
        yield base64.b64encode(secret[shift:])[4:24]
        yield base64.urlsafe_b64encode(secret[shift:])[4:24]


def finds(held: bytes, secrets: Iterable[bytes]) -> bool:
    """Whether any part of a secret lies in what is held."""
    return any(part in held for secret in secrets for part in parts_of(secret))


def _commitment(key: bytes, rest: bytes) -> bytes:
    """The 32 bytes after key and nonce, of HKDF-Expand with SHA-384."""
    first = hmac.digest(key, _INFO + rest + b"\1", hashlib.sha384)
    return (first + hmac.digest(key, first + _INFO + rest + b"\2", hashlib.sha384))[44:76]
