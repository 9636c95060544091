"""The keys of a file, range by range: what is sorted or counted at one time is a part of them,
however many rows the file has. A file's rows have a dozen keys each, and Python's numbers, tuples
and dictionaries take ten times what an array does."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

KEYS_AT_ONCE: Final = 1 << 17
_KEY_BITS: Final = 64


def ranges_of(
    keys: Iterable[int], others: Iterable[int], count: int
) -> Iterator[tuple[array[int], array[int]]]:
    """These keys, so many, by ranges of some `KEYS_AT_ONCE`, the ranges in order, and beside each
    key what stands beside it."""
    shift = _KEY_BITS - (count // KEYS_AT_ONCE).bit_length()
    found: dict[int, tuple[array[int], array[int]]] = {}
    for key, other in zip(keys, others, strict=True):
        at = key >> shift
        if at not in found:
            found[at] = array("q"), array("q")
        some, beside = found[at]
        some.append(key)
        beside.append(other)
    for at in sorted(found):
        yield found.pop(at)


def repeated_keys(keys: array[int]) -> set[int]:
    """The keys that are there more than once."""
    return {
        key
        for some, _ in ranges_of(keys, keys, len(keys))
        for key, times in Counter(some).items()
        if times > 1
    }
