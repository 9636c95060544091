"""Choices that are the same in every run: each decoy has its own, from the seed, its kind and its
place in the stream.

So a certification that was broken off goes on where it was, in any number of processes, and asks
what it would have asked. Nothing here is secret, and nothing here makes a key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

_T = TypeVar("_T")


class SeededChoice:
    """512 bits to choose with: enough for a hundred small choices."""

    __slots__ = ("_left",)

    def __init__(self, seed: bytes, label: str, index: int) -> None:
        key = f"{label}\x00{index}".encode()
        self._left = int.from_bytes(hashlib.blake2b(key, key=seed).digest(), "big")

    def below(self, count: int) -> int:
        """A number from 0 to count - 1."""
        self._left, chosen = divmod(self._left, count)
        return chosen

    def of(self, choices: Sequence[_T]) -> _T:
        """One of `choices`, of which there is at least one."""
        self._left, chosen = divmod(self._left, len(choices))
        return choices[chosen]

    def many(self, choices: Sequence[_T], count: int) -> list[_T]:
        """So many of `choices`, each as `of` would give it. A number of 512 bits is divided once,
        the rest are small."""
        base = len(choices)
        self._left, rest = divmod(self._left, base**count)
        found: list[_T] = []
        for _ in range(count):
            rest, chosen = divmod(rest, base)
            found.append(choices[chosen])
        return found


def spread(place: int, wanted: int, total: int) -> tuple[int, int]:
    """The first visit of item `place` of `total`, and the one behind its last, when `wanted` visits
    are spread evenly.

    Over all items every number from 0 to wanted - 1 is given once, in order.
    """
    return place * wanted // total, (place + 1) * wanted // total
