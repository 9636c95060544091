"""Opening keys: what an item is sealed to, and the one suite in which that is done.

    suite    HPKE base mode (RFC 9180) with KEM 0x0051 MLKEM1024-P384 (draft-ietf-hpke-pq), KDF
             0x0002 HKDF-SHA384, AEAD 0x0002 AES-256-GCM. There is no other, and no choosing.
    public   1665 bytes: ML-KEM-1024 encapsulation key (1568), P-384 point uncompressed (97)
    secret    112 bytes: ML-KEM-1024 seed d || z (64), P-384 scalar, big-endian (48)
    key id   `sha256:` and the SHA-256 of the public bytes, in hex
    sealed   a secret of n bytes takes 1681 + n: encapsulation (1665), ciphertext, tag (16)

A key file holds the 112 bytes under purpose `opening` (core/keyfile.py). The private key is in
memory of whoever opens: the office for its intake key, a requester for its own. Whoever has it
reads every item that was sealed to it; who loses it reads none of them.
"""

from __future__ import annotations

import os
from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM1024PrivateKey, MLKEM1024PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM1024P384PrivateKey,
    MLKEM1024P384PublicKey,
    Suite,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from counterfoil.core import canonical
from counterfoil.core.errors import VerifyFault

SUITE_NAME: Final = "HPKE 0x0051-0x0002-0x0002"
SUITE: Final = Suite(KEM.MLKEM1024_P384, KDF.HKDF_SHA384, AEAD.AES_256_GCM)
SECRET_BYTES: Final = 112
PUBLIC_BYTES: Final = 1665
OVERHEAD: Final = 1665 + 16
"""Bytes by which what is sealed is longer than what was given."""

_SEED, _SCALAR, _POINT = 64, 48, 97
_CURVE: Final = ec.SECP384R1()


class PublicOpeningKey:
    """What an item can be sealed to. `public` is 1665 bytes; `key_id` names it."""

    def __init__(self, public: bytes) -> None:
        """Raises VerifyFault `opening_key_malformed` for bytes that are no such key."""
        try:
            if len(public) != PUBLIC_BYTES or public[-_POINT] != 4:
                raise ValueError
            lattice = MLKEM1024PublicKey.from_public_bytes(public[:-_POINT])
            point = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, public[-_POINT:])
        except ValueError:
            raise VerifyFault(
                "opening_key_malformed",
                "this is not an opening key of 1665 bytes",
                cure="Fetch the key again from its owner.",
            ) from None
        self.public = public
        self.key_id = canonical.digest(public)
        self._key = MLKEM1024P384PublicKey(lattice, point)

    def seal(self, secret: bytes, info: bytes) -> bytes:
        """Seal a short secret under `info`; 1681 bytes longer. Inverse of `OpeningKey.open`."""
        return SUITE.encrypt(secret, self._key, info)

    def __str__(self) -> str:
        return b64encode(self.public).decode("ascii")


class OpeningKey:
    """An opened private key. Its `repr` shows the key's id alone."""

    def __init__(self, secret: bytes) -> None:
        """Raises ValueError for other than 112 bytes, or a scalar outside the curve's order."""
        if len(secret) != SECRET_BYTES:
            raise ValueError("an opening key's secret is 112 bytes")
        lattice = MLKEM1024PrivateKey.from_seed_bytes(secret[:_SEED])
        scalar = ec.derive_private_key(int.from_bytes(secret[_SEED:]), _CURVE)
        point = scalar.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.public = PublicOpeningKey(lattice.public_key().public_bytes_raw() + point)
        self._key = MLKEM1024P384PrivateKey(lattice, scalar)

    @property
    def key_id(self) -> str:
        """The id by which a header names this key."""
        return self.public.key_id

    def open(self, sealed: bytes, info: bytes) -> bytes:
        """What was sealed to this key under `info`. Raises VerifyFault `item_seal`."""
        try:
            return SUITE.decrypt(sealed, self._key, info)
        except (InvalidTag, ValueError):
            raise VerifyFault(
                "item_seal",
                "the seal does not open with the key that it names: item or header was altered",
                place="item, seal",
                cure="Fetch it again, byte for byte; if it stays, ask its sender for another.",
            ) from None

    def __repr__(self) -> str:
        return f"<OpeningKey {self.key_id}>"


def new_opening_secret(random: Callable[[int], bytes] = os.urandom) -> bytes:
    """Fresh secret bytes of an opening key."""
    seed = random(_SEED)
    while True:  # the chance of a second round is below 2**-190
        scalar = random(_SCALAR)
        if 0 < int.from_bytes(scalar) < _CURVE.group_order:
            return seed + scalar


def parse_opening_key(text: str) -> PublicOpeningKey:
    """Read a public key's base64. Inverse of `str(key)`. Raises VerifyFault
    `opening_key_malformed`."""
    try:
        public = b64decode(text, validate=True)
    except ValueError:
        public = b""
    return PublicOpeningKey(public)
