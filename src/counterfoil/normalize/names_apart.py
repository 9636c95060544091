"""A quick no: two words of given names that no table, spelling or slip brings together.

Most of the people at an address bear another given name than the one asked for, and most of those
names are far from it. What `names_alike.compare_words` finds after four keys and an edit distance,
a look at letters can often tell:

- an edit changes at most two letters of the set of letters that a word is made of, so that words
  within d edits differ in at most 2 d letters, and in at most d of their length;
- mishearing and misreading, which go further, leave their keys equal.

`apart_from(one)(two)` is true only where `compare_words(one, two)` is `other`; a property test
holds that.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final

from counterfoil.normalize.name_similarity import (
    familiar_forms,
    misread_key,
    sound_key,
    spelling_key,
    spellings,
)

_NO_FORMS: Final[frozenset[str]] = frozenset()
_SHORT: Final = 6
"""Words under six letters may be one edit apart, others two (`names_alike.slip_apart`)."""


@lru_cache(maxsize=4096)
def apart_from(word: str) -> Callable[[str], bool]:
    """A function that tells of another word of two letters or more whether it is surely another
    name than `word`."""
    length, letters, heard, read, spelled = _facts(word)
    forms = familiar_forms().get(word, _NO_FORMS) | spellings().get(word, _NO_FORMS)

    def is_apart(other: str) -> bool:
        other_length, other_letters, other_heard, other_read, other_spelled = _facts(other)
        if length < _SHORT or other_length < _SHORT:
            near = -1 <= length - other_length <= 1 and (letters ^ other_letters).bit_count() <= 2
        else:
            near = -2 <= length - other_length <= 2 and (letters ^ other_letters).bit_count() <= 4
        if near or heard == other_heard or read == other_read or spelled == other_spelled:
            return False
        return other not in forms

    return is_apart


@lru_cache(maxsize=131072)
def _facts(word: str) -> tuple[int, int, str, str, str]:
    """Length, set of letters as bits, keys of sound, sight and spelling."""
    letters = 0
    for letter in word:
        letters |= 1 << (ord(letter) & 31)
    return len(word), letters, sound_key(word), misread_key(word), spelling_key(word)
