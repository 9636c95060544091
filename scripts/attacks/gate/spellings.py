"""Ways to write one name otherwise, each as a list of spellings: for the attacks on the counts of a
person, and for the strategies that probe.

Each function takes a text and yields texts, no two alike, the text itself left out. Not every
spelling is one that the matcher reads as the same name: an attack finds out which are.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, product
from typing import Final

LEET: Final = {
    "a": "4",
    "e": "3",
    "i": "1",
    "o": "0",
    "s": "5",
    "z": "2",
    "l": "1",
    "t": "7",
    "b": "8",
    "g": "9",
}
CYRILLIC: Final = {
    "a": "\u0430",
    "e": "\u0435",
    "o": "\u043e",
    "c": "\u0441",
    "p": "\u0440",
    "x": "\u0445",
    "i": "\u0456",
    "s": "\u0455",
    "j": "\u0458",
}
GREEK: Final = {"o": "\u03bf", "a": "\u03b1", "i": "\u03b9", "v": "\u03bd", "e": "\u03b5"}
MARKS: Final = ("\u0301", "\u0300", "\u0302", "\u0308", "\u0303")
IGNORED: Final = ("\u200b", "\u200c", "\u200d", "\u00ad", "\u2060", "\ufeff", "\u034f", "\ufe0f")
_VOWELS: Final = "aeiou"


def _choices(text: str, of: Callable[[str], Iterable[str]]) -> Iterator[str]:
    """Every text that takes one of the choices at each place."""
    places = [[each, *of(each)] for each in text]
    return ("".join(each) for each in product(*places) if "".join(each) != text)


def _swapped(text: str, table: dict[str, str]) -> Iterator[str]:
    return _choices(text, lambda each: [table[each.lower()]] if each.lower() in table else [])


def leet(text: str) -> Iterator[str]:
    """Digits for letters."""
    return _swapped(text, LEET)


def cyrillic(text: str) -> Iterator[str]:
    """Cyrillic letters that look alike, within the word."""
    return _swapped(text, CYRILLIC)


def greek(text: str) -> Iterator[str]:
    """Greek letters that look alike, within the word."""
    return _swapped(text, GREEK)


def accents(text: str) -> Iterator[str]:
    """Accents on the vowels, composed."""
    return _choices(
        text,
        lambda each: (
            [unicodedata.normalize("NFC", each + mark) for mark in MARKS[:3]]
            if each.lower() in _VOWELS
            else []
        ),
    )


def marks(text: str) -> Iterator[str]:
    """Combining marks, one or two on a letter, not composed."""
    pairs = [*MARKS, *(one + other for one, other in product(MARKS, MARKS))]
    return (text[:at] + mark + text[at:] for mark in pairs for at in range(1, len(text) + 1))


def ignored(text: str) -> Iterator[str]:
    """Characters that nobody sees, between the letters."""
    return (text[:at] + sign + text[at:] for sign in IGNORED for at in range(1, len(text)))


def wide(text: str) -> Iterator[str]:
    """Full-width letters for some."""
    return _choices(text, lambda each: [chr(ord(each) + 0xFEE0)] if "!" <= each <= "~" else [])


def mathematical(text: str) -> Iterator[str]:
    """Letters of the mathematical alphabets."""
    for base in (0x1D400, 0x1D434, 0x1D468, 0x1D5A0, 0x1D5D4, 0x1D670):
        yield "".join(
            chr(base + ord(each) - 65 + (26 - 32 if each.islower() else 0))
            if each.isascii() and each.isalpha() and base != 0x1D434
            else each
            for each in text
        )


def punctuation(text: str) -> Iterator[str]:
    """Signs between the letters."""
    for sign in (".", "-", "'", "_", "/", "*", "\u2019", "\u00b7", " "):
        for at in range(1, len(text)):
            yield text[:at] + sign + text[at:]


def typos(text: str) -> Iterator[str]:
    """One slip of the keyboard: a letter doubled, left out, turned or replaced."""
    for at in range(1, len(text)):
        yield text[:at] + text[at - 1] + text[at:]
        yield text[:at] + text[at + 1 :]
        if text[at - 1].lower() != text[at].lower():
            yield text[: at - 1] + text[at] + text[at - 1] + text[at + 1 :]
        for letter in "aeinrst":
            yield text[:at] + letter + text[at + 1 :]


def sounds(text: str) -> Iterator[str]:
    """Letters that sound alike."""
    pairs = (("c", "k"), ("k", "c"), ("z", "s"), ("s", "z"), ("i", "y"), ("ll", "l"), ("f", "ph"))
    for one, other in pairs:
        if one in text.lower():
            yield text.lower().replace(one, other).title()
            yield text.lower().replace(one, other, 1).title()


def distinct(texts: Iterable[str], most: int, *without: str) -> list[str]:
    """The first different ones."""
    found = dict.fromkeys(each for each in texts if each not in without)
    return list(found)[:most]


ALL: Final[dict[str, Callable[[str], Iterator[str]]]] = {
    "leet": leet,
    "cyrillic": cyrillic,
    "greek": greek,
    "accents": accents,
    "marks": marks,
    "ignored": ignored,
    "wide": wide,
    "mathematical": mathematical,
    "punctuation": punctuation,
    "typos": typos,
    "sounds": sounds,
}
"""Every way that works on any text."""


def any_of(text: str, most: int) -> list[str]:
    """Spellings of every way, a few of each."""
    few = [distinct(way(text), 3, text) for way in ALL.values()]
    return distinct(chain.from_iterable(few), most, text)
