"""The name of a question, sealed: what likeness of names is judged by, where two questions meet.

    0 .. 7      tag       keyed hash of the text
    8 ..        the text, filled with spaces to a multiple of 32 bytes, XOR keyed BLAKE2b of the tag

The text is that of normalize/asked_keys.py, of letters A-Z. So one name is one sealed name, which
the hash of the exact name shows as well, and two names have nothing in common; without the history
key it says nothing, and its length little. It is kept for as long as the hashes beside it, by which
whoever has the key could test any name.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Final

from counterfoil.core.values import NameForm
from counterfoil.gate.history.keyed_hash import prepare
from counterfoil.normalize.asked_keys import NameLikeness, name_likeness, name_of, name_text

_TAG: Final = 8
_BLOCK: Final = 32
_STREAM: Final = 64
_REMEMBERED: Final = 65_536


class SealedNames:
    """Seals and opens names under one history key."""

    def __init__(self, key: bytes) -> None:
        self._tag = prepare(key, b"question letters")
        self._stream = hashlib.blake2b(key=key[:64], person=b"question sealed").copy
        self.seal = lru_cache(maxsize=_REMEMBERED)(self._seal)
        self.likeness = lru_cache(maxsize=_REMEMBERED)(self._likeness)

    def _seal(self, name: NameForm) -> bytes:
        """The name sealed."""
        text = name_text(name).encode()
        tag = self._tag(text)
        return tag + self._crossed(tag, text.ljust(-(-len(text) // _BLOCK) * _BLOCK))

    def open(self, sealed: bytes) -> NameForm:
        """The name without its suffix. Whatever bytes were sealed under another key give some
        name."""
        return name_of(self._crossed(sealed[:_TAG], sealed[_TAG:]).decode("ascii", "replace"))

    def _likeness(self, sealed: bytes) -> NameLikeness:
        """What a sealed name is compared by."""
        return name_likeness(self.open(sealed))

    def _crossed(self, tag: bytes, text: bytes) -> bytes:
        stream, size = b"", len(text)
        while len(stream) < size:
            state = self._stream()
            state.update(tag + (len(stream) // _STREAM).to_bytes(4, "big"))
            stream += state.digest()
        crossed = int.from_bytes(text, "big") ^ int.from_bytes(stream[:size], "big")
        return crossed.to_bytes(size, "big")
