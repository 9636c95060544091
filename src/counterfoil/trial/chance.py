"""Choices that are the same in every run: each decoy has its own, from the seed, its class and its place in the stream.

So a certification that was broken off goes on where it was, in any number of processes, and asks what it would have
asked. Nothing here is secret, and nothing here makes a key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

_T = TypeVar("_T")


class Chance:
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
        return choices[self.below(len(choices))]


def spread(index: int, wanted: int, total: int, shift: int) -> range:
    """The visits that item `index` of `total` gets when `wanted` visits are spread evenly, the first at `shift`.

    Over all items every number from 0 to wanted - 1 is given once, in order, from item `shift` on and round.
    """
    place = (index - shift) % total
    return range(place * wanted // total, (place + 1) * wanted // total)
