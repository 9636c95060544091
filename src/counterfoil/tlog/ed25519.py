"""Verifying Ed25519 signatures (RFC 8032) under keys that somebody else chose.

A public key is 32 bytes: the coordinate y, little-endian, with the sign of x in the highest bit.
Refused as keys, because under each of them a signature shows nothing:

    small order      one of the eight points whose multiple by 8 is the neutral element, in any
                     encoding: whoever likes makes "signatures" that verify, without a secret
    not canonical    y of 2**255 - 19 or more, or the sign bit where x is 0: one key under two
                     names
    no point         no x belongs to y

The list of cases is that of Chalkias, Garillot and Nikolaenko, "Taming the many EdDSAs" (2020).
That a signature's S is below the group's order is checked by `cryptography` itself.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

PUBLIC_BYTES: Final = 32
_PRIME: Final = 2**255 - 19
_D: Final = -121665 * pow(121666, -1, _PRIME) % _PRIME
_ORDER_8: Final = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
_SMALL_ORDER_Y: Final = frozenset({0, 1, _PRIME - 1, _ORDER_8, _PRIME - _ORDER_8})
"""y of the points of order 4, 1, 2 and 8."""


@lru_cache(1024)
def is_sound_key(public: bytes) -> bool:
    """Whether a signature under this public key can show anything: see the list above."""
    y = int.from_bytes(public, "little") & (2**255 - 1)
    if len(public) != PUBLIC_BYTES or y >= _PRIME or y in _SMALL_ORDER_Y:
        return False
    # x**2 = (y**2 - 1) / (d y**2 + 1) is a square exactly if the product of both is.
    product = (y * y - 1) * (_D * y * y + 1) % _PRIME
    return pow(product, (_PRIME - 1) // 2, _PRIME) == 1


def verifies(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether `signature` is one by the key `public` over `message`; False for a key that
    `is_sound_key` refuses."""
    if not is_sound_key(public):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
