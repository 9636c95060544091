"""A text of a name as words of A-Z and 0-9: case, accents, letters of other Latin alphabets,
punctuation.

    "Nuñez-O'Brien"  ->  ["NUNEZ", "OBRIEN"]      "Ł. Müller"  ->  ["L", "MULLER"]      "5mith"  ->
                     ["SMITH"]

Apostrophes vanish, every other mark separates. A digit inside a word of letters is a scanning error
and is read as the letter it looks like; words of digits only, and ordinals (2ND), stay for the
suffix. Only the first 256 characters are read. Letters outside the Latin alphabet are dropped: a
name written only with them has no form, and is insufficient rather than guessed. Total over all
strings, lone surrogates included.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

MAX_CHARACTERS: Final = 256

_LETTERS: Final = str.maketrans(
    {
        "ß": "ss",
        "ẞ": "SS",
        "ø": "o",
        "Ø": "O",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
        "ð": "d",
        "Ð": "D",
        "þ": "th",
    }
    | {
        "Þ": "Th",
        "æ": "ae",
        "Æ": "AE",
        "œ": "oe",
        "Œ": "OE",
        "\u0131": "i",
        "ħ": "h",
        "Ħ": "H",
        "ŋ": "n",
        "Ŋ": "N",
    }
    | {"ə": "a", "Ə": "A", "ŧ": "t", "Ŧ": "T"}
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-")
)
_APOSTROPHES: Final = str.maketrans(
    "", "", "'`\u2018\u2019\u02bb\u02bc\u00b4\u02b9\uff07\u02bf\u02be"
)
_WORD: Final = re.compile(r"[A-Z0-9]+")
_ORDINAL: Final = re.compile(r"[1-9](?:ST|ND|RD|TH)")
_LOOKS_LIKE: Final = str.maketrans("012345678", "OIZEASGTB") | {ord("9"): "G"}


def words_of(text: str) -> list[str]:
    """Return the words of `text`, in order. Never raises."""
    if text.isalpha() and text.isascii() and len(text) <= MAX_CHARACTERS:
        return [text.upper()]
    text = text[:MAX_CHARACTERS]
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(_LETTERS)).translate(_APOSTROPHES)
        text = text.encode("ascii", "ignore").decode("ascii")
    words = _WORD.findall(text.translate(_APOSTROPHES).upper())
    return words if text.isalpha() else [_letters_only(word) for word in words]


def _letters_only(word: str) -> str:
    """Read digits inside a word of letters as the letters they look like."""
    if word.isalpha() or word.isdigit() or _ORDINAL.fullmatch(word):
        return word
    return word.translate(_LOOKS_LIKE)
