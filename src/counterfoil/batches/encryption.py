"""Encryption at rest of a batch's rows, and the salts of its commitments. Pure: randomness is
passed in.

Format `counterfoil-payload-1`. Each batch has a key of 32 random bytes.

    wrapped key    0x02 || nonce(12) || AES-256-GCM(wrapping key, batch key)      AAD
                   {"batch","format","part"}; `part` is "shared-key"
    wrapping key   HMAC-SHA-256(office key, "counterfoil/batch-wrapping/v2" 0x00 share)
    share          32 random bytes, in a store of its own (shares.py)
    sealed chunk   nonce(12) || AES-256-GCM(chunk key, plain bytes)     AAD
                   {"batch","format","kind","part","seq"}, and "round" in a chunk that is made anew
                   when a batch is determined anew, from the second time on
    chunk key      HMAC-SHA-256(batch key, "counterfoil/chunk-key/v1")
    salt           HMAC-SHA-256(batch key, "counterfoil/salt/v1" 0x00 kind 0x00 row in decimal)

AAD is canonical JSON; `part` of a chunk is "chunk". The office key is the first 32 bytes of the
`payload` key file's secret. Earlier versions wrapped a batch's key under the office key itself:
nonce(12) || AES-256-GCM(office key, batch key), `part` being "key". That form is read, and wrapped
anew (office/keys/wrapped_keys.py). Nonces are random; a batch has at most some thousands of chunks,
far below what random nonces bear. A chunk that was moved to another batch, kind or place, or
altered, does not open (`payload_sealed`).

To dispose of a batch, lawfully, is to delete its wrapped key and its share: rows and salts are gone
together, and the ledger's commitments, which are salted, say nothing any more and still verify. A
thief of the database needs the office key and the share; so an older copy of the database opens
nothing of a batch whose share was deleted, whoever has the office key.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from counterfoil.core import canonical
from counterfoil.core.errors import StateFault, StoreFault

FORMAT: Final = "counterfoil-payload-1"
KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_BLOCK_BYTES: Final = 64
ROUND_KINDS: Final = ("determination", "holds")
"""Kinds of chunks that are made anew each time. One of an earlier round does not open later."""
_CHUNK_KEY: Final = b"counterfoil/chunk-key/v1"
_SALT: Final = b"counterfoil/salt/v1\x00"
_WRAPPING: Final = b"counterfoil/batch-wrapping/v2\x00"
_SHARED: Final = b"\x02"
_ALONE_BYTES: Final = _NONCE_BYTES + KEY_BYTES + 16
"""Of a key that an earlier version wrapped, under the office key alone."""

Random = Callable[[int], bytes]


class BatchKey:
    """The key of one batch: seals and opens its chunks, and makes its salts. Its `repr` shows
    nothing."""

    __slots__ = ("_batch_id", "_cipher", "_inner", "_outer", "_secret", "round")

    def __init__(self, batch_id: str, secret: bytes, round: int = 0) -> None:
        """`secret` is 32 random bytes; `round`: how often the batch was sent back to be determined
        anew. Raises ValueError for another length."""
        if len(secret) != KEY_BYTES:
            raise ValueError("a batch key is 32 bytes")
        self._batch_id = batch_id
        self._secret = secret
        self.round = round
        self._cipher = AESGCM(hmac.digest(secret, _CHUNK_KEY, "sha256"))
        padded = secret.ljust(_BLOCK_BYTES, b"\x00")
        self._inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded))
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in padded))

    def seal(self, kind: str, seq: int, plain: bytes, random: Random) -> bytes:
        """Seal the plain bytes of chunk `seq` of `kind`. Inverse of `open`."""
        nonce = random(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, self._bound(kind, seq))

    def open(self, kind: str, seq: int, sealed: bytes) -> bytes:
        """Plain bytes of a sealed chunk. Inverse of `seal`. Raises StoreFault `payload_sealed`."""
        try:
            return self._cipher.decrypt(
                sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], self._bound(kind, seq)
            )
        except (InvalidTag, ValueError):
            raise _sealed(f"{self._batch_id} {kind} {seq}") from None

    def salt(self, kind: str, row: int) -> bytes:
        """The 32-byte salt of what happened to `row` as `kind`: for `canon.commit`."""
        return self.salts(kind, (row,))[0]

    def salts(self, kind: str, rows: Iterable[int]) -> list[bytes]:
        """`salt` for each of `rows`, at a third of the cost: RFC 2104 with both pads hashed
        once."""
        inner = self._inner.copy()
        inner.update(_SALT + kind.encode() + b"\x00")
        outer = self._outer
        salts: list[bytes] = []
        for row in rows:
            message, whole = inner.copy(), outer.copy()
            message.update(b"%d" % row)
            whole.update(message.digest())
            salts.append(whole.digest())
        return salts

    def wrap(self, office_key: bytes, share: bytes, random: Random) -> bytes:
        """The wrapped key, for the store; `share` is 32 bytes. Inverse of `unwrap_key`."""
        nonce = random(_NONCE_BYTES)
        cipher = _shared_cipher(office_key, share)
        sealed = cipher.encrypt(nonce, self._secret, _bound_key(self._batch_id, "shared-key"))
        return _SHARED + nonce + sealed

    def _bound(self, kind: str, seq: int) -> bytes:
        bound = {"format": FORMAT, "part": "chunk", "batch": self._batch_id, "kind": kind}
        rounds = {"round": self.round} if self.round and kind in ROUND_KINDS else {}
        return canonical.encode({**bound, "seq": seq, **rounds})


def new_key(batch_id: str, random: Random) -> BatchKey:
    """A fresh key for a batch."""
    return BatchKey(batch_id, random(KEY_BYTES))


def is_shared(wrapped: bytes) -> bool:
    """Whether a wrapped key needs its share to be opened: one of an earlier version does not."""
    return len(wrapped) != _ALONE_BYTES


def unwrap_key(
    batch_id: str, wrapped: bytes | None, office_key: bytes, share: bytes | None, round: int = 0
) -> BatchKey:
    """The key of a batch from its stored form, in the round that the batch is in. `share`: what the
    store of batch keys has of it, or None. Inverse of `BatchKey.wrap`.

    Raises StateFault `payload_destroyed` where the key or its share was deleted, StoreFault
    `payload_sealed` for another office's key or an altered one.
    """
    if wrapped is None:
        raise StateFault(
            "payload_destroyed",
            "the rows of this batch were disposed of",
            place=batch_id,
            cure="Its entries in the ledger still verify; the rows cannot be had again.",
        )
    if not is_shared(wrapped):
        cipher, part, sealed = _office_cipher(office_key), "key", wrapped
    elif share is None:
        raise StateFault(
            "payload_destroyed",
            "the store of batch keys has nothing of this batch: its rows were disposed of, or that "
            "store was lost",
            place=batch_id,
            cure="Where this database is the newest, restore the newest copy of the store of batch "
            "keys; rows that were disposed of cannot be had again.",
        )
    else:
        cipher, part, sealed = _shared_cipher(office_key, share), "shared-key", wrapped[1:]
    try:
        secret = cipher.decrypt(
            sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _bound_key(batch_id, part)
        )
    except (InvalidTag, ValueError):
        raise _sealed(f"{batch_id} key") from None
    return BatchKey(batch_id, secret, round)


def _office_cipher(office_key: bytes) -> AESGCM:
    if len(office_key) != KEY_BYTES:
        raise ValueError("an office payload key is 32 bytes")
    return AESGCM(office_key)


def _shared_cipher(office_key: bytes, share: bytes) -> AESGCM:
    if (len(office_key), len(share)) != (KEY_BYTES, KEY_BYTES):
        raise ValueError("an office payload key and a share are 32 bytes each")
    return AESGCM(hmac.digest(office_key, _WRAPPING + share, "sha256"))


def _bound_key(batch_id: str, part: str) -> bytes:
    return canonical.encode({"format": FORMAT, "part": part, "batch": batch_id})


def _sealed(place: str) -> StoreFault:
    return StoreFault(
        "payload_sealed",
        "a stored payload does not open with this office's key",
        place=place,
        cure="Check that the payload key is this office's; if it is, the database was altered: "
        "restore its backup.",
    )
