"""Codes of one word of a name, and of the anchor that a resident's word has: what likeness of names
becomes where it must be counted.

Likeness is not transitive (ALBERT is AL, AL is ALFRED), so two spellings of one resident's name may
be unlike each other. Each word therefore has a set of codes, and each word of a resident an anchor:

    listed     a name of the tables (name_similarity)      anchor: its own spelling key
    anchored   a word that may be a slip of listed names   anchor: the spelling key of the nearest
    rare       all other words                             anchor: its spelling key, and that with
                                                           one letter left out

A word *leads to* an anchor if its `leading_codes` and the anchor share a code: a listed name leads
to its own and to its familiar forms' and other spellings', an anchored word to those of all listed
names that `compare_words` finds near, a rare word to those one letter away.

THE PROMISE. Two words that lead to one anchor share one of their `word_codes`. A listed or anchored
resident has an anchor of one code, which both have. A rare resident is one letter left out away
from each, so both meet in a string with at most two letters left out, and `word_codes` of a rare
word are all of these. They begin with `~`, and are made of the first letters only; a short
one has `=` and its key, and leads to its equals alone.

A `Likeness` has the codes of a word without making those of a rare one: two rare words share a code
where they have enough letters in common, in one order, which `meet` finds without making them.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final, NamedTuple

from rapidfuzz.distance import OSA, LCSseq

from counterfoil.normalize.name_similarity import (
    LATEST,
    OTHER,
    compare_words,
    familiar_forms,
    is_listed_name,
    later_spellings,
    spelling_key,
    spellings,
)

Codes = frozenset[str]
_ALIKE: Final = ("A", "B", "CKSZ", "D", "E", "FP", "G", "IY", *"JLMNOQRTUVWX")
_CLASSES: Final[dict[str, int]] = {
    letter: 1 << at for at, alike in enumerate(_ALIKE) for letter in alike
} | {"H": 0}
_CLASS_BITS: Final = len(_ALIKE)
_CLASS_MASK: Final = (1 << _CLASS_BITS) - 1
_NO_CODES: Final[Codes] = frozenset()

LEAST_RARE: Final = 5
"""Spelling keys with fewer letters lead to their equals alone: a letter less is another name."""
APART: Final = 2
_READ: Final = 8
"""Letters of a spelling key that a rare word's codes are made of."""


class Letters(NamedTuple):
    """Codes of a rare word: `first`, and `rest` without each set of at most `most` letters."""

    first: str
    rest: str
    most: int


class Likeness(NamedTuple):
    """What the words of one side of a name are compared by: codes, and those that are not made."""

    codes: Codes
    letters: tuple[Letters, ...]


def meet(one: Likeness, two: Likeness) -> bool:
    """Whether the two share one of `codes_of`."""
    if not one.codes.isdisjoint(two.codes):
        return True
    for first, rest, most in one.letters:
        for other_first, other, other_most in two.letters:
            if first == other_first:
                least = max(len(rest) - most, len(other) - other_most)
                if least <= 0 or LCSseq.similarity(rest, other, score_cutoff=least):
                    return True
    return False


def letter_classes(word: str) -> int:
    """The letters of a word as bits, one for letters that a spelling key takes for each other and
    none for H: those of the whole word above those of what a rare word's codes are made of. The
    spelling key of a word has the same. -1 for what may be listed."""
    if len(word) == 1 or is_listed_name(word):
        return -1
    found = _bits(word)
    read = found if len(word) <= _READ else _bits(spelling_key(word)[:_READ])
    return found << _CLASS_BITS | read


def _bits(word: str) -> int:
    found = 0
    for letter in word:
        found |= _CLASSES[letter]
    return found


def are_far(one: int, two: int) -> bool:
    """Whether `letter_classes` show that two words do not share a code; never where one is -1.

    Two words that do are one letter away from one listed name each, or their codes are made of
    letters of which at most `APART` are not the other's."""
    return (
        one >= 0
        and two >= 0
        and (
            (one & _CLASS_MASK & ~(two >> _CLASS_BITS)).bit_count() > APART
            or (two & _CLASS_MASK & ~(one >> _CLASS_BITS)).bit_count() > APART
        )
    )


def joined(parts: Iterable[Likeness]) -> Likeness:
    """The likeness of several words, of which any may be the name."""
    every = list(parts)
    rare = dict.fromkeys([each for part in every for each in part.letters])
    return Likeness(_NO_CODES.union(*[part.codes for part in every]), tuple(rare))


def codes_of(likeness: Likeness) -> Codes:
    """All of its codes."""
    return likeness.codes.union(*[_left_out(*each) for each in likeness.letters])


@lru_cache(maxsize=65536)
def word_likeness(word: str) -> Likeness:
    """The codes under which questions about this word meet."""
    codes = _known_codes(word)
    plain = Likeness(codes, ()) if codes else letters("~", spelling_key(word), 2)
    later = later_spellings().get(word)
    return joined([plain, *map(anchor_likeness, sorted(later))]) if later else plain


@lru_cache(maxsize=65536)
def anchor_likeness(word: str) -> Likeness:
    """The anchor of a resident's word."""
    if len(word) == 1:
        return Likeness(frozenset((word,)), ())
    if is_listed_name(word):
        return Likeness(frozenset((spelling_key(word),)), ())
    near = _listed_near(word)
    if near:
        return Likeness(frozenset((spelling_key(near[0]),)), ())
    return letters("~", spelling_key(word), 1)


def word_codes(word: str) -> Codes:
    """The codes under which questions about this word meet."""
    return codes_of(word_likeness(word))


@lru_cache(maxsize=65536)
def leading_codes(word: str, *, tables: int = LATEST) -> Codes:
    """The codes by which this word, in a question, leads to a resident's anchor, also by the
    first `tables` of later spellings. Some of `word_codes`."""
    codes = _known_codes(word) or codes_of(letters("~", spelling_key(word), 1))
    later = later_spellings(tables).get(word, _NO_CODES)
    return codes.union(*map(anchor, later)) if later else codes


@lru_cache(maxsize=65536)
def anchor(word: str) -> Codes:
    """The anchor of a resident's word. Some of its `word_codes`."""
    return codes_of(anchor_likeness(word))


def _known_codes(word: str) -> Codes:
    """The codes of a word that is an initial, listed, or anchored to a listed name; none for a rare
    one."""
    if len(word) == 1:
        return frozenset((word,))
    if is_listed_name(word):
        alike = {word, *familiar_forms().get(word, ()), *spellings().get(word, ())}
        return frozenset(spelling_key(name) for name in alike if compare_words(word, name) != OTHER)
    return frozenset(map(spelling_key, _listed_near(word)))


@lru_cache(maxsize=65536)
def _listed_near(word: str) -> tuple[str, ...]:
    """The listed names that a word which is not listed may be written for, nearest first."""
    by_key, by_rest = _listed()
    key = spelling_key(word)
    found = set(by_key.get(key, ()))
    for rest in _rests(word):
        found.update(by_rest.get(rest, ()))
    if not found:
        return ()
    near = [name for name in found if compare_words(word, name) != OTHER]

    def distance(name: str) -> tuple[bool, int, bool, int, str]:
        apart = OSA.distance(word, name)
        is_other_key = spelling_key(name) != key
        return is_other_key, apart, name[0] != word[0], abs(len(name) - len(word)), name

    return tuple(sorted(near, key=distance))


@lru_cache(maxsize=1)
def _listed() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """All listed names by spelling key, and by what is left of them without a letter."""
    by_key: dict[str, list[str]] = {}
    by_rest: dict[str, list[str]] = {}
    for name in sorted({*familiar_forms(), *spellings()}):
        by_key.setdefault(spelling_key(name), []).append(name)
        for rest in _rests(name):
            by_rest.setdefault(rest, []).append(name)
    return by_key, by_rest


def _rests(word: str) -> list[str]:
    """A word, and what is left of it without each of its letters: words an edit apart share one."""
    return [word, *[word[:at] + word[at + 1 :] for at in range(len(word))]]


def letters(first: str, rest: str, most: int) -> Likeness:
    """`first` with what the first letters of `rest` are without each set of at most `most` of
    them; `=` and all where both are short."""
    whole = first.lstrip("~") + rest
    if len(whole) < LEAST_RARE:
        return Likeness(frozenset((f"={whole}",)), ())
    return Likeness(_NO_CODES, (Letters(first, rest[: _READ + 1 - len(first)], most),))


def _left_out(first: str, rest: str, most: int) -> Codes:
    texts, at_least = {first + rest}, len(first)
    for _ in range(most):
        fewer = [text[:at] + text[at + 1 :] for text in texts for at in range(at_least, len(text))]
        texts.update(fewer)
    return frozenset(texts)
