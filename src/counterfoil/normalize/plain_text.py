"""The plain form of a text: what a reader sees, in letters A-Z where it shows letters A-Z.

    "Ja\\u00adil", "J\\u00e1il", "\\uff2a\\uff21\\uff29\\uff2c"         ->  "jail"
    "l\\u043ecate", "\\u029f\\u1d0f\\u1d04\\u1d00\\u1d1b\\u1d07"  ->  "locate"
    "A\\u2010104"                       ->  "a-104"

Every screen, and every text that is compared or counted, is read in this form, so that neither
invisible characters nor look-alikes, accents or case decide anything. In this order:

    1  Unicode's compatibility decomposition (NFKD): full width, mathematical and enclosed letters
       and ligatures become plain ones
    2  default-ignorable characters and accents are left out
    3  a look-alike becomes what it looks like: by UTS 39's confusables, and letters that Unicode
       names after a letter of A-Z
    4  case is folded

Look-alikes within ASCII (0 and O, 1 and l, rn and m) are left as they are, because a number may
have either: gate/law/folding.py reads them, for screens. Whether a word is of one script is
`mixes_scripts`, by UTS 39: Script_Extensions, augmented.

The data is data/unicode.tsv, whose head describes it; scripts/unicode_tables.py makes it. It is
read when the first text that is not ASCII comes. Pure; no input raises, lone surrogates included.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from importlib.resources import files
from typing import Final, NamedTuple

ONE_LETTER: Final = str.maketrans("iu", "lv")
"""Lower-case letters of ASCII that look alike, as one of them; `rn` is m besides."""
_SHORT: Final = 64
_LATIN: Final = frozenset({"Latn"})
_ANY: Final[frozenset[str]] = frozenset()
_UNKNOWN: Final = frozenset({"Zzzz"})


class _Tables(NamedTuple):
    """What each character is read as, "" where it is left out, and the scripts of each, none where
    it goes with every script; both by code point."""

    read: dict[int, str]
    scripts: dict[int, frozenset[str]]


def plain(text: str) -> str:
    """The plain form of a text; letters that do not look like any of A-Z stay what they are."""
    if text.isascii():
        return text.lower()
    return _cached(text) if len(text) <= _SHORT else _plain(text)


def _plain(text: str) -> str:
    read = _tables().read  # twice: a few look-alikes become something else in NFKD
    return unicodedata.normalize("NFKD", text.translate(read)).translate(read).casefold()


_cached: Final = lru_cache(maxsize=16384)(_plain)  # names and cities repeat


def is_blank(text: str) -> bool:
    """Whether a text has no letter and no digit: it is absent, whatever signs it has."""
    return not any(map(str.isalnum, plain(text)))


def mixes_scripts(text: str) -> bool:
    """Whether a word of the text (what stands between spaces) has letters that no one script
    has."""
    return not text.isascii() and any(
        not word.isascii() and _is_mixed(word)
        for word in unicodedata.normalize("NFKC", text).split()
    )


def _is_mixed(word: str) -> bool:
    scripts, common = _tables().scripts, None
    for char in word:
        if char.isascii():
            found = _LATIN if char.isalpha() else _ANY
        else:
            found = scripts.get(ord(char), _UNKNOWN)
        if found:
            common = found if common is None else common & found
            if not common:
                return True
    return False


@lru_cache(maxsize=1)
def _tables() -> _Tables:
    read: dict[int, str] = {}
    scripts: dict[int, frozenset[str]] = {}
    data = files("counterfoil.normalize").joinpath("data", "unicode.tsv")
    for line in data.read_text(encoding="ascii").splitlines():
        if not line.startswith("#"):
            section, key, spans = line.split("\t")
            codes = [code for span in spans.split() for code in _codes(span)]
            if section == "read":
                text = "".join(chr(int(code, 16)) for code in key.split())
                read.update(dict.fromkeys(codes, text))
            else:
                scripts.update(dict.fromkeys(codes, frozenset(key.split())))
    return _Tables(read, scripts)


def _codes(span: str) -> range:
    first, _, last = span.partition("-")
    return range(int(first, 16), int(last or first, 16) + 1)
