"""What a field for a stay, a deferral or a review says in plain words: that there is none.

    None.                     no petition for review         there is no stay or deferral
    No motion pending         denied in 2024                 motion was dismissed; appeal withdrawn
    stay: none                motion to reopen was denied by the board on 3 May 2024

A text is read clause by clause, and each says so: by a word of denial before what is denied, or by
a word for what has ended, after which nothing else is named. The words are the law's
(`rules.wordings.none_pending`); a clause with any other word does not say so: `no decision yet`,
`denied, appeal filed`, `dismissed without prejudice`. Under law of format 5 a question mark says
nothing, and so does a word that stands for none before what is named: `N/A - petition pending`,
`none (stay granted)`. Pure; nothing raises.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from counterfoil.gate.law.folding import split_words
from counterfoil.gate.law.wordings import Wordings
from counterfoil.normalize.plain_text import plain

_CLAUSES: Final = re.compile(r"[.;,\n]+|\band\b|\bbut\b")
_BOTH: Final = re.compile(
    r"\b(reopen|stay|appeals?|motions?|reviews?) (?:and|&|or|/) (?=reconsider)"
)

_PRONOUNS: Final = frozenset({"it", "one", "both", "same"})
_NOT: Final = frozenset({"not", "never"})
"""What these deny must be that something has begun: `not known` is no word that there is none."""


_FOR_NONE: Final = frozenset({"none", "nothing", "nil", "n"})
"""What stands for a denied thing, and denies none that follows."""


@lru_cache(maxsize=4096)
def says_none(entry: str, rules: Wordings, *, is_strict: bool = False) -> bool:
    """Whether a text says that nothing is pending. Under a law without such words, none does.
    `is_strict`: as law of format 5 has it."""
    if not rules.things or (is_strict and "?" in plain(entry)):
        return False
    text = _BOTH.sub(r"\1 ", plain(entry))
    clauses = [words for clause in _CLAUSES.split(text) if (words := split_words(clause))]
    if is_strict and any(_names_after_none(words, rules) for words in clauses):
        return False
    return bool(clauses) and all(_is_none(words, rules) for words in clauses)


def _names_after_none(words: Sequence[str], rules: Wordings) -> bool:
    """Whether a clause names a thing behind a word that stands for none, and denies it by no other
    word."""
    is_after = False
    for word in words:
        if word in _FOR_NONE:
            is_after = True
        elif word in rules.denials:
            is_after = False
        elif is_after and word in rules.things - _PRONOUNS:
            return True
    return False


def _is_none(words: Sequence[str], rules: Wordings) -> bool:
    """Whether one clause says that there is none, or that what there was has ended."""
    known = rules.things | rules.around
    denials = rules.denials.intersection(words)
    if denials:
        is_denied = not denials <= _NOT or not rules.begun.isdisjoint(words)
        return is_denied and (known | rules.denials).issuperset(words)
    if not (known | rules.closed).issuperset(words):
        return False
    ended = max((place for place, word in enumerate(words) if word in rules.closed), default=-1)
    named = max((place for place, word in enumerate(words) if word in rules.things), default=-1)
    return ended > named
