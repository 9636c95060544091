"""Small spelling mistakes: what one wrong, missing, extra or swapped letter makes of a word."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def one_edit(words: Iterable[str]) -> frozenset[str]:
    """Every spelling one edit away from one of `words`, the words themselves included."""
    return frozenset(spelling for word in words for spelling in _edits(word))


def _edits(word: str) -> set[str]:
    cuts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    spellings = {word}
    for left, right in cuts:
        spellings.update(left + letter + right for letter in _LETTERS)
        if right:
            spellings.add(left + right[1:])
            spellings.update(left + letter + right[1:] for letter in _LETTERS)
        if len(right) > 1:
            spellings.add(left + right[1] + right[0] + right[2:])
    return spellings
