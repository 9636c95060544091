"""Street lines without house number and marked unit -> predirectional, name, suffix,
postdirectional, bare unit.

Three readings, the first that fits: a numbered highway; the plain shape `[DIR] NAME SUFFIX [DIR]`,
read here; and the parser proper. The plain shape is read alike by both, which a property test
holds: it is here for speed alone.

Names: numbers in words and ordinals become digits (FIFTH, 5TH, 5 -> 5; alone in the line, 5TH),
common abbreviations are spelled out (ST LOUIS -> SAINT LOUIS, MT -> MOUNT, AVE B -> AVENUE B), so
that a name has one form and a typing error in it stays one error.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from counterfoil.normalize.highways import read_highway
from counterfoil.normalize.parser import Street, parse_street
from counterfoil.normalize.tables import (
    COMMON_SUFFIXES,
    DESIGNATORS,
    DIRECTIONALS,
    LAST_WORDS,
    NAME_WORDS,
    ONES,
    ORDINALS,
    ROAD_NUMBERERS,
    STANDALONE,
    STATE_CODES,
    SUFFIXES,
    TENS,
)

_ENDINGS: Final = {"1": "ST", "2": "ND", "3": "RD"}
_ORDINAL: Final = re.compile(r"0*([0-9]+)(?:ST|ND|RD|TH)?")
_ENDED: Final = re.compile(r"[0-9]+(?:ST|ND|RD|TH)")
_HEADS: Final = """
US U HIGHWAY HWY HIWAY HIGHWY ROUTE RTE RT STATE ST SR S SH STHY STHWY CR C COUNTY CNTY CO CTH CH INTERSTATE I FM F FARM
"""
_TRAILING: Final = re.compile(r"[0-9]+[A-Z]?")
_BLOCK: Final = re.compile(r"(?![NSEW])[A-Z]")
_HIGHWAY_HEADS: Final = frozenset(_HEADS.split()) | set(STATE_CODES)
# Words that only the parser proper may judge.
_NOT_PLAIN: Final = frozenset(
    DESIGNATORS | set(STANDALONE) | {"HWY", "HIGHWAY", "LOOP", "ROUTE", "RTE", "RT"}
)


def read_street(tokens: Sequence[str]) -> Street | None:
    """The street in normal form, None if it cannot be read. `unit` is raw: the caller reads it."""
    street = (
        _highway(tokens) or read_plain(tokens) or parse_street(tokens) or _read_as_written(tokens)
    )
    if street is None or "#" in street.name:  # a mark that no unit follows
        return None
    return _normal(street)


def read_plain(tokens: Sequence[str]) -> Street | None:
    """`[DIR] NAME SUFFIX [DIR]` with a common suffix and words that mean nothing else; None for
    every other shape."""
    last = len(tokens) - 1
    post = DIRECTIONALS.get(tokens[last], "") if last > 1 else ""
    if post:
        last -= 1
    suffix = SUFFIXES.get(tokens[last], "") if last > 0 else ""
    if suffix not in COMMON_SUFFIXES:
        return None
    pre = DIRECTIONALS.get(tokens[0], "") if last > 1 else ""
    name = tokens[1:last] if pre else tokens[:last]
    if not all(_is_plain(word) for word in name):
        return None
    return Street(pre, " ".join(name), suffix, post, "")


def _read_as_written(tokens: Sequence[str]) -> Street | None:
    """The same shape with any words as a name: for a line whose end the parser takes for a state
    (BUCK CRK CT, 44TH SD)."""
    last = len(tokens) - 1
    if last < 1 or any(_holds_digits(token) for token in tokens) or "BOX" in tokens:
        return None
    pre = DIRECTIONALS.get(tokens[0], "")
    suffix = SUFFIXES.get(tokens[last], "") if last > bool(pre) else ""
    name = tokens[bool(pre) : last if suffix else last + 1]
    return Street(pre, " ".join(name), suffix, "", "")


def _holds_digits(token: str) -> bool:
    """Whether digits stand in it that are no ordinal."""
    return any(char.isdigit() for char in token) and _ENDED.fullmatch(token) is None


def _is_plain(word: str) -> bool:
    if word in _NOT_PLAIN or word in DIRECTIONALS:
        return False
    return len(word) > 1 and (word.isalpha() or _ORDINAL.fullmatch(word) is not None)


def _highway(tokens: Sequence[str]) -> Street | None:
    """A numbered highway between directionals; what follows it must be a bare unit, or it is
    none."""
    if not any(char.isdigit() for token in tokens for char in token) and tokens[0] not in {
        "COUNTY",
        "CH",
        "CTH",
    }:
        return None
    pre = DIRECTIONALS.get(tokens[0], "") if len(tokens) > 1 and tokens[1] in _HIGHWAY_HEADS else ""
    found = read_highway(tokens[1:] if pre else tokens)
    if found is None:
        return None
    name, rest = found
    post = DIRECTIONALS.get(rest[0], "") if rest else ""
    if post:
        rest = rest[1:]
    if len(rest) > 2 or any(len(word) > 1 and not any(c.isdigit() for c in word) for word in rest):
        return None
    return Street(pre, name, "", post, " ".join(rest))


def _unit_apart(street: Street) -> Street:
    """A number after a street that was written without its suffix is a unit: WABASH 608, NORTHSHORE
    1 W, DUNWOODY B 17.

    Not where a word before it may be numbered itself (ROAD 20, CALLE 5, LAKE 3, COUNTY ROAD 7)."""
    *words, last = street.name.split() or [""]
    if street.suffix or street.unit or not words or not _TRAILING.fullmatch(last):
        return street
    if len(words) > 1 and last.isdigit() and _BLOCK.fullmatch(words[-1]):
        last = f"{words.pop()} {last}"
    if any(
        len(word) < 3 or not word.isalpha() or word in SUFFIXES or word in ROAD_NUMBERERS
        for word in words
    ):
        return street
    return Street(
        street.predirectional, " ".join(words), "", "", f"{last} {street.postdirectional}".strip()
    )


def _normal(street: Street) -> Street:
    street = _unit_apart(street)
    words = street.name.replace("-", " ").split()
    suffix = street.suffix
    if (
        not suffix
        and len(words) > 1
        and words[-1] in SUFFIXES
        and words[0] not in {"VIA", "CALLE", "RUE", "AVENIDA"}
    ):
        suffix = SUFFIXES[words.pop()]
    if not words:
        return street
    name = normal_name(words)
    if (
        name.isdigit()
        and words != [name]
        and not (suffix or street.predirectional or street.postdirectional)
    ):
        name = ordinal(name)  # 1422 THIRD is a street; 1422 3 is two numbers
    return Street(street.predirectional, name, suffix, street.postdirectional, street.unit)


def ordinal(digits: str) -> str:
    """The number with its ending: 3RD, 12TH."""
    return digits + ("TH" if digits[-2:-1] == "1" else _ENDINGS.get(digits[-1], "TH"))


def normal_name(words: Sequence[str]) -> str:
    """A street name of which suffix and directionals have been taken off, in normal form."""
    out: list[str] = []
    last = len(words) - 1
    for index, word in enumerate(words):
        if word in ONES and out and index and words[index - 1] in TENS:
            out[-1] = str(TENS[words[index - 1]] + ONES[word])
        elif word in ORDINALS:
            out.append(ORDINALS[word])
        elif word in {"ST", "SAINT"}:
            out.append("SAINT" if index < last or last == 0 else "STREET")
        elif word[0].isdigit():
            match = _ORDINAL.fullmatch(word)
            out.append(match.group(1) if match else word)
        elif index == last and word in LAST_WORDS:
            out.append(LAST_WORDS[word])
        else:
            out.append(NAME_WORDS.get(word, word))
    return " ".join(out)
