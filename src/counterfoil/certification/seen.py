"""Whether a text was met before, in 4 MB whatever their number: bits under checksums.

A new text may be taken for one that was met (one in thirty after a million); one that was met is
never taken for new. So a home is sometimes not counted and a row sometimes not asked about: fewer
decoys, never a wrong one.
"""

from __future__ import annotations

from typing import Final
from zlib import crc32

_BITS: Final = 1 << 25


class Seen:
    """Checksums of 32 bits that were met."""

    __slots__ = ("_bits",)

    def __init__(self) -> None:
        self._bits = bytearray(_BITS >> 3)

    def add(self, checksum: int) -> bool:
        """Remember it; whether it is new."""
        at, bit = checksum % _BITS >> 3, 1 << (checksum & 7)
        if self._bits[at] & bit:
            return False
        self._bits[at] |= bit
        return True

    def holds(self, checksum: int) -> bool:
        """Whether it was met, or one that looks like it."""
        return bool(self._bits[checksum % _BITS >> 3] & 1 << (checksum & 7))


def checksum_of(*texts: str) -> int:
    """The checksum of several texts; letter case does not count."""
    return crc32("\x00".join(texts).upper().encode("utf-8", "surrogatepass"))
