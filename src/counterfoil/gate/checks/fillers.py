"""Texts that are written to fill a field and say nothing: words of a reason, numbers.

    "xxxxx xxxxx xxxxx", "asdf qwerty", "lorem ipsum"     no word of them says anything
    "TBD-2026", "pending 1", "123456", "000-00", "N/A-1"  no numbers

A word is judged as it is written in lower case, as plain_text.py and gate/law/folding.py leave it.
The tables are written by hand by the authors from common knowledge. What they leave out is for the
word lists of the law to say. Names of people are judged in missing_names.py, those of officers in
officer_names.py. Pure; nothing raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from counterfoil.normalize.plain_text import ONE_LETTER
from counterfoil.normalize.tables import words

_EMPTY: Final = words("""
    tbd tba tbc unknown unk unkn pending none null nil nan undetermined unassigned unspecified
    unavailable undisclosed withheld redacted placeholder dummy blah foo bar baz asdf qwerty todo
    anonymous unnamed lorem ipsum xxx
""")
"""Words that are written where something is missing."""

_LOREM: Final = words("""
    lorem ipsum dolor amet consectetur consectetuer adipiscing adipisicing elit eiusmod tempor
    incididunt labore dolore magna aliqua enim minim veniam quis nostrud exercitation ullamco
    laboris nisi aliquip commodo consequat duis aute irure reprehenderit voluptate velit esse
    cillum fugiat nulla pariatur excepteur sint occaecat cupidatat proident sunt culpa officia
    deserunt mollit anim laborum
""")
_OWN_NAMES: Final = words("""
    reason reasons purpose request requests requested requesting disclosure specific relevant
    relevance field text see above below same attached file statute statutory authority citation
    section sections title code usc ina act united states immigration nationality paragraph sec
    a an the of to for in on at by from with under and or nor but not no is are was were be been it
    its this that these those such as which who whom why what how may might can will shall must has
    have had do does did he she they his her their him them we our you your i u s c
""")
"""Words that name the field, the statute or another place, and words of grammar: nothing of a
matter."""

_ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz")
_KEYBOARD: Final = " ".join((*_ROWS, *(row[::-1] for row in _ROWS)))
_REPEATED: Final = re.compile(r"(.{1,3}?)\1{2,}.{0,2}")
_NO_VOWEL: Final = re.compile(r"[^aeiouy]{6,}")
_FEW: Final = 2
"""So many words of a reason are of the matter itself, at least."""


def says_nothing(word: str) -> bool:
    """Whether a lower-case word says nothing wherever it is written."""
    return (
        word in _EMPTY
        or word in _LOREM
        or (len(word) > 2 and _REPEATED.fullmatch(word) is not None)
        or (len(word) > 3 and word in _KEYBOARD)
        or (word.isascii() and _NO_VOWEL.search(word) is not None)
    )


def _look(words_written: Iterable[str]) -> frozenset[str]:
    return frozenset(word.translate(ONE_LETTER).replace("rn", "m") for word in words_written)


_SCREENED_NOTHING: Final = _look(_EMPTY | _LOREM)
_SCREENED_NAMES: Final = _look(_OWN_NAMES)
_SCREENED_KEYBOARD: Final = _KEYBOARD.translate(ONE_LETTER)
_SCREENED_NO_VOWEL: Final = re.compile(r"[^aelovy]{6,}")


def _is_filler(word: str) -> bool:
    """`says_nothing` of a word as screens read it: i and u are l and v there."""
    return (
        word in _SCREENED_NOTHING
        or (len(word) > 2 and _REPEATED.fullmatch(word) is not None)
        or (len(word) > 3 and word in _SCREENED_KEYBOARD)
        or (word.isascii() and _SCREENED_NO_VOWEL.search(word) is not None)
    )


_REMEMBERED: Final = 65_536
_told: set[str] = set()
"""Words that were found to say something of a matter, because most words are read many times."""


def tells(reason: Iterable[str], least_words: int, least_letters: int) -> bool:
    """Whether a reason, in words as screens read them, says something in so many different words of
    so many letters together: fillers do not count, and two words at least are of the matter, not of
    the field, the statute or grammar."""
    known = _told.intersection(reason)
    if len(known) >= least_words and len("".join(known)) >= least_letters:
        return True
    words_told = {word for word in set(reason) if not _is_filler(word)}
    own = words_told - _SCREENED_NAMES
    if len(_told) < _REMEMBERED:
        _told.update(own)
    return (
        len(own) >= _FEW
        and len(words_told) >= least_words
        and len("".join(words_told)) >= least_letters
    )


_MATTERS: Final = words("case cases file matter matters investigation investigations inv")
"""Words for an investigation: beside one, and at most words for a number, a number is a number."""
_OF_A_NUMBER: Final = _MATTERS | words("no nr num number numbers criminal crim")
_GENERIC: Final = words("""
    case cases number numbers no num file matter investigation investigations order orders removal
    active ongoing open criminal new final the inv
""")
_NO_NUMBER: Final = _EMPTY | words("""
    test tests testing sample example temp temporary various multiple all any same see above blank
    void missing later assigned determined provided requested applicable available given yet
    awaiting awaited
""")
_ABSENT: Final = re.compile(r"(?<![a-z])(?:not|never|without)[^a-z0-9]+[a-z]{3}")
"""`not opened`, `without number`."""
_MIXED: Final = re.compile(r"(?=[0-9]*[a-z])[a-z0-9]{4,}")
DIGITS_AS_LETTERS: Final = (
    str.maketrans("0123456789", "oizeasgtbg"),
    str.maketrans("013457", "oleast"),
)
"""Digits that a reader takes for letters, as normalize/text.py does; 1 is i, or l."""
_USUAL: Final = re.compile(r"([a-z]{1,3})-(?:19|20)[0-9]{2}-0*[1-9][0-9]*")
"""How most numbers are written, of which only the letters may say that there is none."""
_WRITTEN: Final = re.compile(_USUAL.pattern, re.IGNORECASE | re.ASCII)
_YEAR: Final = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_NOT_DIGITS: Final = re.compile(r"[^0-9]+")
_NOT_APPLICABLE: Final = re.compile(r"(?<![a-z])n\W+a(?![a-z])")
_MASK: Final = re.compile(r"x{3,}|[?#*]{2,}")
_UP: Final = "01234567890123456789"
_DOWN: Final = _UP[::-1]
_BLOCKS: Final = re.compile(r"([0-9]{1,4}?)\1{2,}|([0-9])\2{4,}[0-9]")
"""Digits of which one block is written at least three times, or which are one digit but for the
last."""


def is_numbered_matter(entry: str) -> bool:
    """Whether a folded entry is a word for an investigation and a number that is not zero, and
    nothing else: `Case 17`, `INV-1`, `Matter no. 3`."""
    named, digits = _LETTERS.findall(entry), _NOT_DIGITS.sub("", entry)
    return (
        _OF_A_NUMBER.issuperset(named)
        and not _MATTERS.isdisjoint(named)
        and len(digits) < 3
        and bool(digits.strip("0"))
        and _MASK.search(entry) is None
    )


def is_usual_number(number: str, ends: frozenset[str]) -> bool:
    """Whether a number is written as most are, letters that say something and are none of `ends`, a
    year and a number: it is no filler, and its characters differ."""
    found = _WRITTEN.fullmatch(number)
    return found is not None and all(found[1].lower() not in each for each in (_NO_NUMBER, ends))


_SHORT: Final = re.compile(
    r"([0-9]{1,3})[-/. ]([0-9]{1,3})|[a-z]{2,5}-unk-[0-9]{2,4}-0*[1-9][0-9]*"
)
"""`77-7`, and a code of three letters that only looks like a word of emptiness."""
_ONLY_YEAR: Final = re.compile(r"[^0-9]*(?:19|20)[0-9]{2}[\W_]*")
_COUNTED_FROM: Final = re.compile(r"[a-z]{2,}[\W_]*0{5,}[0-9]")
"""`RO-00000001`: the first of a row that nobody has counted. An A-number has one letter."""


def is_short_number(entry: str) -> bool:
    """Whether a folded entry is a number of two short parts that are not one, or has a code between
    parts that looks like a word for a missing number: `77-7`, `WA-UNK-26-431`."""
    found = _SHORT.fullmatch(entry)
    if found is None:
        return False
    return found[1] is None or (found[1] != found[2] and bool(f"{found[1]}{found[2]}".strip("0")))


_SHORT_WORD: Final = re.compile(r"(?=[0-9]*[a-z])(?=[a-z]*[0-9])([a-z0-9]{3})(?:[\W_]+[0-9]{1,4})?")
_SHORT_EMPTY: Final = words("tbd tba tbc unk nil nan xxx")


def is_spelled_short(entry: str) -> bool:
    """Whether a folded entry is a word of emptiness of three letters, one of which is a digit that
    is written for it, with a year or nothing behind: `T8D-2026`, `7BD`. With more behind it, it is
    an agency's code: `T8A-NY-123456`."""
    found = _SHORT_WORD.fullmatch(entry)
    return found is not None and any(
        found[1].translate(table) in _SHORT_EMPTY for table in DIGITS_AS_LETTERS
    )


def lacks_number(entry: str, ends: frozenset[str]) -> bool:
    """Whether a folded entry has a year, or zeros, where the matter's own number would stand, or
    one of `ends` in its place: `HSI-2026-`, `HSI-2026-to follow`, `RO-00000001`. Law of an earlier
    format has no `ends`, and there none does."""
    return bool(ends) and (
        _ONLY_YEAR.fullmatch(entry) is not None
        or _COUNTED_FROM.fullmatch(entry) is not None
        or not ends.isdisjoint(_LETTERS.findall(entry))
    )


def is_filler_number(entry: str) -> bool:
    """Whether a folded entry is written where a number is missing: words of emptiness, a mask,
    zeros, one block over and over, or digits in their order. Beside a year, which an agency's
    numbers are counted up in, only zeros are."""
    usual = _USUAL.fullmatch(entry)
    if usual is not None and usual[1] not in _NO_NUMBER:
        return False
    named, digits = _LETTERS.findall(entry), _NOT_DIGITS.sub("", entry)
    if _is_words(entry, named, len(digits)) or not digits.strip("0"):
        return True
    own = _NOT_DIGITS.sub("", _YEAR.sub("", entry))
    if own != digits:
        return bool(own) and not own.strip("0")
    if named:
        return len(own) > 4 and (own in _UP or own in _DOWN or own == own[0] * len(own))
    return len(own) > 2 and (own in _UP or own in _DOWN or bool(_BLOCKS.fullmatch(own)))


def _is_words(entry: str, named: Sequence[str], digits: int) -> bool:
    """Whether what stands beside so many digits makes the entry no number."""
    return (
        not _NO_NUMBER.isdisjoint(named)
        or _NOT_APPLICABLE.search(entry) is not None
        or _MASK.search(entry) is not None
        or (bool(named) and digits < 3 and _GENERIC.issuperset(named))
        or (named == ["na"] and digits < 4)
        or named == ["abc"]
        or any(len(word) > 3 and word in _KEYBOARD for word in named)
        or _ABSENT.search(entry) is not None
        or _is_spelled(entry, named)
    )


def _is_spelled(entry: str, named: Sequence[str]) -> bool:
    """Whether a word of emptiness is written in parted letters, or with digits that look like
    letters: `t.b.d. 2026`, `p3nding 1`."""
    if "".join(word for word in named if len(word) == 1) in _NO_NUMBER:
        return True
    return any(
        word.translate(table) in _NO_NUMBER
        for word in _MIXED.findall(entry)
        if not word.isalpha()
        for table in DIGITS_AS_LETTERS
    )
