"""The temporary files of a build: records in parts, each part sealed whole.

    file    parts, one after the other, then for each where it ends (8 bytes, big-endian), then how
            many there are (4 bytes)
    part    nonce (12 random bytes) | AES-256-GCM(key, nonce, MessagePack array of records,
            AAD = "counterfoil-spill-1" 00 name of the file 00 number of the part)

The key comes from the register key and the salt of the build (bucket.py), so that a build can go on
after a kill and nobody without the register key reads what a killed one left. A file is written
under another name and renamed when it is whole, so one that is there is whole; a part that does not
open is a fault (`register_sort_failed`), and the build begins anew.

This is how a build sorts more than memory holds. Each step divides its records by the first bits of
a tag, which are uniform, into as many parts as let one be sorted in memory; the next step reads a
part of all files at a time.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from counterfoil.core.errors import StoreFault
from counterfoil.register.pages.page_file import open_private

_AAD: Final = b"counterfoil-spill-1\x00"
_NONCE: Final = 12
_END: Final = 8
_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(list[bytes])


class Spill:
    """The folder of one build's temporary files, and their key."""

    def __init__(self, folder: Path, key: bytes) -> None:
        self._folder = folder
        self._cipher = AESGCM(key)

    def has(self, name: str) -> bool:
        """Whether the file is there, whole."""
        return (self._folder / name).exists()

    def write(self, name: str, parts: Sequence[Sequence[bytes]]) -> None:
        """Write a file of so many parts of records. Raises StoreFault."""
        path, ends, end = self._folder / f"{name}.new", bytearray(), 0
        try:
            with open_private(path, "wb") as file:
                for number, records in enumerate(parts):
                    nonce, plain = os.urandom(_NONCE), _ENCODER.encode(records)
                    sealed = nonce + self._cipher.encrypt(nonce, plain, _aad(name, number))
                    file.write(sealed)
                    end += len(sealed)
                    ends += end.to_bytes(_END, "big")
                file.write(bytes(ends) + len(parts).to_bytes(4, "big"))
            path.rename(self._folder / name)
        except OSError as fault:
            raise failed(fault) from None

    def read(self, names: Iterable[str], part: int) -> list[bytes]:
        """The records of one part of each file. Raises StoreFault."""
        records: list[bytes] = []
        for name in names:
            try:
                with (self._folder / name).open("rb") as file:
                    size = file.seek(-4, os.SEEK_END) + 4
                    count = int.from_bytes(file.read(4), "big")
                    index = size - 4 - count * _END
                    file.seek(index + max(0, part - 1) * _END)
                    start = int.from_bytes(file.read(_END), "big") if part else 0
                    end = int.from_bytes(file.read(_END), "big")
                    file.seek(start)
                    data = file.read(end - start)
                plain = self._cipher.decrypt(data[:_NONCE], data[_NONCE:], _aad(name, part))
                records += _DECODER.decode(plain)
            except (OSError, InvalidTag, ValueError, msgspec.MsgspecError) as fault:
                raise failed(fault) from None
        return records

    def drop(self, names: Iterable[str]) -> None:
        """Remove files that no later step reads."""
        for name in names:
            (self._folder / name).unlink(missing_ok=True)


def _aad(name: str, part: int) -> bytes:
    return _AAD + name.encode() + b"\x00" + str(part).encode()


def failed(fault: Exception) -> StoreFault:
    """The fault of temporary files that cannot be written or read."""
    return StoreFault(
        "register_sort_failed",
        f"sorting on disk failed ({type(fault).__name__})",
        place="register folder",
        cure="The old snapshot is still current. Free disk space, or allow the sort more memory, "
        "then build again.",
    )
