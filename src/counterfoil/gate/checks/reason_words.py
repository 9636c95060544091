"""Reasons that are plainly for no other purpose: told by the few words that rules look for.

The rules of other purposes (the phrases of law/common, the patterns of law/purposes.py) look for
words and for parts of words. A word that none of them has, and that is no part of one, is any word
to all of them: `with the harbor evidence` is `with the ferry evidence`. What is left of a reason,
when each of these words is written `_`, is the same for the many reasons that were made from one
text, and is looked at once. Pure; what is remembered of words and of reasons is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Final

import msgspec

from counterfoil.gate.law.compiled import Terms
from counterfoil.gate.law.folding import Screen
from counterfoil.gate.law.purposes import Purposes, is_plain

_REMEMBERED: Final = 65_536
_LAWS: Final = 8
_WORD: Final = re.compile(r"[^\W_]+")
_ANY: Final = "_"
_SHORT: Final = 3
"""Letters of words that are always kept: most parts of phrases are as short."""


class _Kept(dict[str, str]):
    """Each word that was met, as it is kept of a reason: itself where one of these texts has it in
    a word."""

    def __init__(self, texts: Iterable[str]) -> None:
        super().__init__()
        self._text = " ".join({word for text in texts for word in _WORD.findall(text)})

    def __missing__(self, word: str) -> str:
        kept = word if len(word) <= _SHORT or word in self._text else _ANY
        if len(self) < _REMEMBERED:
            self[word] = kept
        return kept


class _PlainReasons:
    """The reasons of one law that were looked at, by what is left of them."""

    def __init__(self, terms: Terms) -> None:
        self._screens = (
            *terms.other_purposes.values(),
            terms.forfeiture,
            terms.missing_child,
            terms.pending,
        )
        self._rules = rules = terms.purposes
        self._kept = _Kept(_texts((*self._screens, rules.watched), rules))
        self._found: dict[tuple[str, ...], bool] = {}

    def is_plain(self, words: list[str]) -> bool:
        """Whether a reason of these words (of `screened_words`) has nothing of another purpose, of
        another provision, or of what is pending."""
        left = tuple(map(self._kept.__getitem__, words))
        found = self._found.get(left)
        if found is None:
            found = is_plain(words, self._rules)
            found = found and not any(screen.hits(words) for screen in self._screens)
            if len(self._found) < _REMEMBERED:
                self._found[left] = found
        return found


_of_law: dict[bytes, _PlainReasons] = {}


def plain_reasons(terms: Terms) -> Callable[[list[str]], bool]:
    """`is_plain` under a law. All laws and routes with the same rules look at a reason once."""
    rules = msgspec.msgpack.encode(terms.rules)
    found = _of_law.get(rules)
    if found is None:
        if len(_of_law) >= _LAWS:
            _of_law.clear()
        found = _of_law[rules] = _PlainReasons(terms)
    return found.is_plain


def _texts(screens: Iterable[Screen], rules: Purposes) -> Iterator[str]:
    """The texts by which these screens and the patterns look for a reason's words."""
    for screen in screens:
        for group in (screen.phrases, screen.joined):
            yield from chain(group, *group.values())
    for word, patterns in rules.others.items():
        yield word
        for _, pattern in patterns:
            yield from chain(*pattern.needs)
