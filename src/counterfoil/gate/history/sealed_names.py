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
from counterfoil.normalize.asked_keys import (
    family_likeness,
    given_letters,
    given_likeness,
    name_of,
    name_text,
)
from counterfoil.normalize.likeness import Codes, Likeness, codes_of, meet
from counterfoil.normalize.names import as_written_now

_TAG: Final = 8
_BLOCK: Final = 32
_STREAM: Final = 64
_REMEMBERED: Final = 65_536
_MOST_OF_CODE: Final = 128
"""Names that share a code at most where which of them meet is remembered: it is their square."""


class SealedNames:
    """Seals and opens names under one history key."""

    def __init__(self, key: bytes) -> None:
        self._tag = prepare(key, b"question letters")
        self._stream = hashlib.blake2b(key=key[:64], person=b"question sealed").copy
        self.seal = lru_cache(maxsize=_REMEMBERED)(self._seal)
        self.open = lru_cache(maxsize=_REMEMBERED)(self._open)
        self.letters = lru_cache(maxsize=_REMEMBERED)(self._letters_of)
        self.given = lru_cache(maxsize=_REMEMBERED)(self._given)
        self.are_alike_in_family = lru_cache(maxsize=_REMEMBERED)(self._alike_in_family)
        self.family = lru_cache(maxsize=_REMEMBERED)(self._family)
        self.are_alike_undated = lru_cache(maxsize=_REMEMBERED)(self._alike_undated)
        self._undated = lru_cache(maxsize=_REMEMBERED)(self._undated_of)

    def _seal(self, name: NameForm) -> bytes:
        """The name sealed."""
        text = name_text(name).encode()
        tag = self._tag(text)
        return tag + self._crossed(tag, text.ljust(-(-len(text) // _BLOCK) * _BLOCK))

    def _open(self, sealed: bytes) -> NameForm:
        """The name without its suffix, as this version of the forms writes it. Whatever bytes were
        sealed under another key give some name."""
        text = self._crossed(sealed[:_TAG], sealed[_TAG:]).decode("ascii", "replace")
        return as_written_now(name_of(text))

    def _letters_of(self, sealed: bytes) -> int:
        """The letter classes of its given name (normalize/asked_keys.py)."""
        return given_letters(self.open(sealed))

    def are_alike_in_given(self, one: bytes, two: bytes) -> bool:
        """Whether the given names of two sealed names meet."""
        return meet(self.given(one), self.given(two))

    def _alike_in_family(self, one: bytes, two: bytes) -> bool:
        """Whether their family names meet."""
        return meet(self.family(one), self.family(two))

    def _alike_undated(self, one: bytes, two: bytes) -> bool:
        """Whether two names at different homes, both without a date of birth, meet in both parts.
        Nobody is confirmed without the date by a name whose fields are exchanged."""
        given, family = self._undated(one)
        other_given, other_family = self._undated(two)
        return meet(family, other_family) and meet(given, other_given)

    def _undated_of(self, sealed: bytes) -> tuple[Likeness, Likeness]:
        name = self.open(sealed)
        return (
            given_likeness(name, may_be_exchanged=False),
            family_likeness(name, may_be_exchanged=False),
        )

    def _given(self, sealed: bytes) -> Likeness:
        """What the given names of a sealed name are compared by."""
        return given_likeness(self.open(sealed))

    def _family(self, sealed: bytes) -> Likeness:
        """What its family name is compared by."""
        return family_likeness(self.open(sealed))

    def _crossed(self, tag: bytes, text: bytes) -> bytes:
        state, size = self._stream(), len(text)
        state.update(tag + b"\x00\x00\x00\x00")
        stream = state.digest()
        while len(stream) < size:
            state = self._stream()
            state.update(tag + (len(stream) // _STREAM).to_bytes(4, "big"))
            stream += state.digest()
        crossed = int.from_bytes(text, "big") ^ int.from_bytes(stream[:size], "big")
        return crossed.to_bytes(size, "big")


class GivenNames:
    """The given names of many sealed names, by number, and which of them meet."""

    def __init__(self, sealed: SealedNames) -> None:
        self._sealed = sealed
        self._of_name: dict[bytes, int] = {}
        self._codes: dict[Codes, int] = {}
        self._list: list[Codes] = []
        self._by_code: dict[str, list[int]] = {}
        self._alike: dict[int, set[int]] = {}

    def number_of(self, name: bytes) -> int:
        """The number of the given name of a sealed name: names with the same codes have one."""
        found = self._of_name.get(name)
        if found is None:
            codes = codes_of(self._sealed.given(name))
            found = self._of_name[name] = self._codes.setdefault(codes, len(self._codes))
            if found == len(self._list):
                self._add(found, codes)
        return found

    def codes(self, number: int) -> Codes:
        """The codes of the names of this number."""
        return self._list[number]

    def alike(self, number: int) -> set[int] | None:
        """The numbers of the names that share a code with this one; None where very many may."""
        found = self._alike.get(number)
        if found is None:
            parts = [self._by_code[code] for code in self._list[number]]
            if any(len(part) > _MOST_OF_CODE for part in parts):
                return None
            found = self._alike[number] = set[int]().union(*parts)
        return found

    def _add(self, number: int, codes: Codes) -> None:
        """Add a number, also to what is remembered of those that share its codes."""
        self._list.append(codes)
        for code in codes:
            sharing = self._by_code.setdefault(code, [])
            sharing.append(number)
            if len(sharing) <= _MOST_OF_CODE:
                for other in sharing:
                    if other in self._alike:
                        self._alike[other].add(number)
            elif len(sharing) == _MOST_OF_CODE + 1:
                for other in sharing:
                    self._alike.pop(other, None)
