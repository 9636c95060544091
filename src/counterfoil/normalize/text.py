"""Raw text -> upper case A-Z, 0-9, `#` and `-` between digits, single spaces. Never raises.

    "1501 Interlake Ave. N., #4"   ->  "1501 INTERLAKE AVE N # 4"
    "P.O. Box 12"                  ->  "PO BOX 12"
    "45 - 12 Ditmars Blvd"         ->  "45-12 DITMARS BLVD"
    "1501½ Main St"                ->  "1501 1 2 MAIN ST"
    "1501 VVhite Birch Rd"         ->  "1501 WHITE BIRCH RD"

A letter or digit that has no A-Z or 0-9 form (Cyrillic, Arabic, Chinese ...) makes the text
unusable: dropping it would make two different streets look alike. So does a text longer than
`MAX_LENGTH`: cutting it could cut off a unit. Both give None, and the address then has no form.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

MAX_LENGTH: Final = 200
LOOKS_LIKE: Final = str.maketrans("0123456789", "OIZEASGTBG")
"""Digits that a scanner reads where letters are printed -> those letters."""

_KEEP: Final = "#-|.,'"
_PUNCTUATION: Final = {
    code: " " for code in range(128) if not chr(code).isalnum() and chr(code) not in _KEEP
}
_TABLE: Final = {**_PUNCTUATION, ord("'"): "", ord("&"): " AND ", ord("#"): " # ", ord(","): " "}
_LETTERS: Final = str.maketrans(
    {
        "Ø": "O", "Ł": "L", "Đ": "D", "Æ": "AE", "Œ": "OE", "Þ": "TH", "Ð": "D", "\u0131": "I",
        "ß": "SS", "№": " # ",
    }
    | dict.fromkeys("\u00ba\u00aa\u00b0\u2044", " ")  # ordinal signs, degree sign, fraction slash
    | dict.fromkeys("\u2013\u2014\u2010\u2011\u2212", "-")  # dashes, hyphens, minus sign
    | dict.fromkeys("\u2019\u2018\u02bb\u02bc\u02b9\u02bf\u02be", "")  # apostrophes, the okina
)  # fmt: skip
_INITIALS: Final = re.compile(r"\b([A-Z])\.(?=[A-Z]\b)")
_POINTS: Final = re.compile(r"\b([NS])\. (?=[EW]\.(?: |$))")  # N. E. 301 is NE 301
_HYPHEN: Final = re.compile(r"(?<=[0-9])\s*-\s*(?=[0-9])")
_NUMERO: Final = re.compile("\\b[Nn][\u00ba\u00b0]")
_DOUBLE_V: Final = re.compile(r"VV(?=[A-Z]{2})|(?<=[A-Z]{2})VV|(?<=[A-Z])VV(?=[A-Z])")
_BAR_L: Final = re.compile(r"(?<=[A-Z]{2})\||\|(?=[A-Z]{2})")
_BAR_1: Final = re.compile(r"(?<=[0-9A-Z])\||\|(?=[0-9])")
_DIGIT: Final = re.compile(r"[0-9]")


def clean(text: str) -> str | None:
    """The clean form of `text`; "" if nothing is left; None if it cannot be used."""
    if len(text) > MAX_LENGTH:
        return None
    upper = text.upper() if text.isascii() else fold(text)
    if upper is None:
        return None
    if "VV" not in upper and upper.replace(" ", "").isalnum():  # letters, digits and spaces alone
        return " ".join(upper.split())
    if "." in upper:
        upper = _INITIALS.sub(r"\1", _POINTS.sub(r"\1.", upper)).replace(".", " ")
    if "|" in upper:  # a scanner's 1 or l
        upper = _BAR_1.sub("1", _BAR_L.sub("L", upper)).replace("|", " ")
    if "VV" in upper:  # a scanner's W, inside a word: a unit VV stays
        upper = _DOUBLE_V.sub("W", upper)
    upper = upper.translate(_TABLE)
    if "-" in upper:
        upper = _HYPHEN.sub("\0", upper).replace("-", " ").replace("\0", "-")
    return " ".join(upper.split())


def fold(text: str) -> str | None:
    """`text` in ASCII capitals, accents dropped; None if a letter or digit has no ASCII form."""
    upper = _NUMERO.sub("NO ", text).translate(_LETTERS).upper().translate(_LETTERS)
    # A vulgar fraction must stay apart from the number before it: 12½ is not 121/2.
    spaced = "".join(f" {c} " if unicodedata.category(c) == "No" else c for c in upper)
    out: list[str] = []
    for char in unicodedata.normalize("NFKD", spaced).translate(_LETTERS).upper():
        if char.isascii():
            out.append(char)
        elif char.isalnum():
            return None
        elif not unicodedata.combining(char) and unicodedata.category(char) != "Cf":
            out.append(" ")
    return "".join(out)


def has_digit(word: str) -> bool:
    """Whether a clean word holds a digit."""
    return _DIGIT.search(word) is not None


def token_at(tokens: Sequence[str], index: int) -> str:
    """The token at `index`, "" behind the last."""
    return tokens[index] if index < len(tokens) else ""
