"""Items read and made from docs/formats/item.md alone: nothing of the package is imported.

The key encapsulation is put together from ML-KEM, ECDH and SHA3-256; the key schedule is pyhpke's.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from types import SimpleNamespace
from typing import Any

import pyhpke
from cryptography.hazmat.primitives.asymmetric import ec, mlkem
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

MAGIC = b"counterfoil-item-1\n"
CURVE = ec.SECP384R1()


class _HybridKem:
    """MLKEM1024-P384 as pyhpke wants a KEM."""

    id = SimpleNamespace(value=0x0051)

    def encap(self, public: bytes, *_: Any) -> tuple[bytes, bytes]:
        ss_pq, ct_pq = mlkem.MLKEM1024PublicKey.from_public_bytes(public[:1568]).encapsulate()
        ephemeral = ec.generate_private_key(CURVE)
        ct_t = ephemeral.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        peer = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, public[1568:])
        ss_t = ephemeral.exchange(ec.ECDH(), peer)
        return _combine(ss_pq, ss_t, ct_t, public[1568:]), ct_pq + ct_t

    def decap(self, enc: bytes, secret: bytes, *_: Any) -> bytes:
        ss_pq = mlkem.MLKEM1024PrivateKey.from_seed_bytes(secret[:64]).decapsulate(enc[:1568])
        scalar = ec.derive_private_key(int.from_bytes(secret[64:]), CURVE)
        peer = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, enc[1568:])
        own = scalar.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return _combine(ss_pq, scalar.exchange(ec.ECDH(), peer), enc[1568:], own)


def _combine(*parts: bytes) -> bytes:
    return hashlib.sha3_256(b"".join(parts) + b"MLKEM1024-P384").digest()


def _suite() -> Any:
    given = pyhpke.CipherSuite.new(
        pyhpke.KEMId.DHKEM_P384_HKDF_SHA384, pyhpke.KDFId.HKDF_SHA384, pyhpke.AEADId.AES256_GCM
    )
    return pyhpke.CipherSuite(_HybridKem(), given.kdf, given.aead)  # type: ignore[arg-type]


def hpke_open(sealed: bytes, secret: bytes, info: bytes) -> bytes:
    return _suite().create_recipient_context(sealed[:1665], secret, info).open(sealed[1665:])


def hpke_seal(clear: bytes, public: bytes, info: bytes) -> bytes:
    enc, context = _suite().create_sender_context(public, info)
    return enc + context.seal(clear)


def _expand(key: bytes, info: bytes, length: int) -> bytes:
    out, block, number = b"", b"", 1
    while len(out) < length:
        block = hmac.digest(key, block + info + bytes([number]), "sha384")
        out, number = out + block, number + 1
    return out[:length]


def _chunk_keys(key: bytes, salt: bytes, before: bytes) -> tuple[AESGCM, int, bytes]:
    info = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0" + salt
    data = _expand(key, info + hashlib.sha384(before).digest(), 76)
    return AESGCM(data[:32]), int.from_bytes(data[32:44]), data[44:]


def read_item(item: bytes, secret: bytes, vkey: str) -> tuple[dict[str, Any], bytes]:
    """The header and the content of an item."""
    assert item.startswith(MAGIC)
    line = item[len(MAGIC) :].split(b"\n", 1)[0]
    header = json.loads(line)
    public = _public(secret)
    place = header["to"].index("sha256:" + hashlib.sha256(public).hexdigest())
    start = len(MAGIC) + len(line) + 1
    sealed = item[start + 1713 * place : start + 1713 * (place + 1)]
    chunks_at = start + 1713 * len(header["to"])
    key = hpke_open(sealed, secret, MAGIC + line)
    salt, told = item[chunks_at : chunks_at + 24], item[chunks_at + 24 : chunks_at + 56]
    aead, base, commitment = _chunk_keys(key, salt, item[:chunks_at])
    assert told == commitment
    rest, clear, number = item[chunks_at + 56 :], b"", 0
    while True:
        piece, rest = rest[: 16_384 + 16], rest[16_384 + 16 :]
        clear += aead.decrypt((base ^ number).to_bytes(12), piece, None)
        number += 1
        if len(piece) < 16_384 + 16:
            break
    assert not rest
    size = int.from_bytes(clear[:4])
    _check_jws(clear[4 : 4 + size], line, vkey)
    clear = clear[4 + size :]
    salt, size, content = clear[:32], int.from_bytes(clear[32:40]), clear[40:]
    assert len(content) == header["length"] and not content[size:].strip(b"\0")
    digest = hashlib.sha256(content[:size]).digest()
    committed = hashlib.sha256(b"counterfoil/commit/v1\0" + salt + digest).hexdigest()
    assert header["content"] == "sha256:" + committed
    return header, content[:size]


def make_item(content: bytes, fields: dict[str, Any], public: bytes, key: Ed25519PrivateKey, vkey: str) -> bytes:  # fmt: skip
    """An item of one recipient: `fields` has the header's office, agreement, item and expires."""
    salt, item_key = os.urandom(32), os.urandom(32)
    digest = hashlib.sha256(content).digest()
    header = fields | {
        "format": "counterfoil-item-1",
        "kind": "request",
        "answers": "",
        "length": padme(len(content)),
        "to": ["sha256:" + hashlib.sha256(public).hexdigest()],
        "content": "sha256:"
        + hashlib.sha256(b"counterfoil/commit/v1\0" + salt + digest).hexdigest(),
    }
    line = json.dumps(header, sort_keys=True, separators=(",", ":")).encode()
    kid = "+".join(vkey.split("+")[:2])
    jose = json.dumps(
        {"alg": "EdDSA", "kid": kid, "typ": "counterfoil-item-1"}, separators=(",", ":")
    )
    signed = _b64(jose.encode()) + b"." + _b64(line)
    jws = signed + b"." + _b64(key.sign(signed))
    before = MAGIC + line + b"\n" + hpke_seal(item_key, public, MAGIC + line)
    chunk_salt = os.urandom(24)
    aead, base, commitment = _chunk_keys(item_key, chunk_salt, before)
    clear = len(jws).to_bytes(4) + jws + salt + len(content).to_bytes(8)
    clear += content.ljust(header["length"], b"\0")
    pieces = [clear[at : at + 16_384] for at in range(0, len(clear) + 1, 16_384)]
    sealed = [aead.encrypt((base ^ n).to_bytes(12), piece, None) for n, piece in enumerate(pieces)]
    return before + chunk_salt + commitment + b"".join(sealed)


def padme(length: int) -> int:
    if length <= 4096:
        return 4096
    exponent = 0
    while 2 ** (exponent + 1) <= length:
        exponent += 1
    bits = 0
    while 2 ** (bits + 1) <= exponent:
        bits += 1
    unit = 2 ** (exponent - bits - 1)
    return -(-length // unit) * unit


def check_statement(jws: bytes, typ: str, vkey: str) -> dict[str, Any]:
    """What a signed statement says."""
    header, payload, signature = jws.split(b".")
    assert json.loads(_unb64(header))["typ"] == typ
    Ed25519PublicKey.from_public_bytes(_raw(vkey)).verify(
        _unb64(signature), header + b"." + payload
    )
    said = json.loads(_unb64(payload))
    assert said["format"] == typ
    return said


def _check_jws(jws: bytes, line: bytes, vkey: str) -> None:
    header, payload, signature = jws.split(b".")
    kid = "+".join(vkey.split("+")[:2])
    assert json.loads(_unb64(header)) == {"alg": "EdDSA", "kid": kid, "typ": "counterfoil-item-1"}
    assert _unb64(payload) == line
    Ed25519PublicKey.from_public_bytes(_raw(vkey)).verify(
        _unb64(signature), header + b"." + payload
    )


def _public(secret: bytes) -> bytes:
    scalar = ec.derive_private_key(int.from_bytes(secret[64:]), CURVE)
    point = scalar.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    lattice = mlkem.MLKEM1024PrivateKey.from_seed_bytes(secret[:64])
    return lattice.public_key().public_bytes_raw() + point


def _raw(vkey: str) -> bytes:
    return base64.b64decode(vkey.split("+", 2)[2])[1:]


def _b64(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def _unb64(data: bytes) -> bytes:
    return base64.urlsafe_b64decode(data + b"=" * (-len(data) % 4))
