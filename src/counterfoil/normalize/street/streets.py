"""Street lines without house number and marked unit -> predirectional, name, suffix,
postdirectional, bare unit.

Four readings, the first that fits: a numbered highway; the plain shape `[DIR] NAME SUFFIX [DIR]`;
the parser; and the line as it is written, for a line whose end the parser takes for a state. The
plain shape is read alike by the parser, which a property test checks: it is here for speed alone.

Names: numbers in words and ordinals become digits (FIFTH, 5TH, 5 -> 5; alone in the line, 5TH),
common abbreviations are spelled out (ST LOUIS -> SAINT LOUIS, MT -> MOUNT, AVE B -> AVENUE B), so
that a name has one form and a typing error in it stays one error.

The names of numbered highways are those of highways.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from counterfoil.normalize.parser import Street, parse_street
from counterfoil.normalize.street.highways import begins_road, may_be_lettered, read_highway
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
    SUFFIXES,
    TENS,
    ordinal_ending,
    words,
)
from counterfoil.normalize.text import has_digit, token_at

_ORDINAL: Final = re.compile(r"0*([0-9]+)(?:ST|ND|RD|TH)?")
_ENDED: Final = re.compile(r"[0-9]+(?:ST|ND|RD|TH)")
_TRAILING: Final = re.compile(r"[0-9]+[A-Z]?")
_BLOCK: Final = re.compile(r"(?![NSEW])[A-Z]")
_NOT_PLAIN: Final = frozenset(
    DESIGNATORS | set(STANDALONE) | set(DIRECTIONALS) | words("HWY HIGHWAY LOOP ROUTE RTE RT")
)
"""Words that only the parser may judge."""
_LONG: Final = {short: full for full, short in DIRECTIONALS.items() if full != short}
_GRID: Final = 3
_SIDES: Final = {"SO": "S", "NO": "N"}
_NO_SIDES: Final = frozenset({("NO", "NAME"), ("NO", "MANS"), ("SO", "LONG")})
"""Names that begin with these words."""
_HEADS: Final = words("O MC")
_AVENUES: Final = words("AVE AVENUE")
_SUFFIX_FIRST: Final = words("VIA CALLE RUE AVENIDA")
"""Words that begin a street whose suffix comes first."""


def read_street(tokens: Sequence[str], state: str = "") -> Street | None:
    """The street in normal form, None if it cannot be read. `unit` is raw: the caller reads it.
    `state`: where it is."""
    if road := _highway(tokens, state):
        return road
    tokens = _sides(tokens)
    street = read_plain(tokens) or parse_street(tokens) or _read_as_written(tokens)
    # A number sign that no unit follows cannot be read.
    return None if street is None or "#" in street.name else _normal(_unit_apart(street))


def _sides(tokens: Sequence[str]) -> Sequence[str]:
    """The tokens with SO and NO, before a street or behind the number of a grid's, as S and N."""
    side = _SIDES.get(tokens[0], "") if len(tokens) > _GRID - 1 else ""
    if (tokens[0], token_at(tokens, 1)) in _NO_SIDES:
        return tokens
    if side and tokens[1].isalpha() and len(tokens[1]) > 1 and tokens[-1] in SUFFIXES:
        return [side, *tokens[1:]]
    last = _SIDES.get(tokens[-1], "") if len(tokens) == _GRID and tokens[1].isdigit() else ""
    return [*tokens[:-1], last] if last and tokens[0] in DIRECTIONALS else tokens


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
    name = tokens[bool(pre) : last]
    return Street(pre, " ".join(name), suffix, post) if all(map(_is_plain, name)) else None


def _is_plain(word: str) -> bool:
    if word in _NOT_PLAIN:
        return False
    return len(word) > 1 and (word.isalpha() or _ORDINAL.fullmatch(word) is not None)


def _read_as_written(tokens: Sequence[str]) -> Street | None:
    """The same shape with any words as a name: for a line whose end the parser takes for a state
    (BUCK CRK CT, 44TH SD)."""
    last = len(tokens) - 1
    numbered = any(has_digit(token) and not _ENDED.fullmatch(token) for token in tokens)
    if last < 1 or numbered or "BOX" in tokens:
        return None
    pre = DIRECTIONALS.get(tokens[0], "")
    suffix = SUFFIXES.get(tokens[last], "") if last > bool(pre) else ""
    return Street(pre, " ".join(tokens[bool(pre) : last if suffix else last + 1]), suffix)


def _highway(tokens: Sequence[str], state: str) -> Street | None:
    """A numbered highway between directionals; what follows it must be a bare unit, or it is
    none."""
    if not any(map(has_digit, tokens)) and not may_be_lettered(tokens):
        return None
    pre = DIRECTIONALS.get(tokens[0], "") if begins_road(tokens[1:]) else ""
    found = read_highway(tokens[bool(pre) :], state)
    if found is None:
        return None
    name, rest = found
    post = DIRECTIONALS.get(rest[0], "") if rest else ""
    unit = rest[bool(post) :]
    if len(unit) > 2 or any(len(word) > 1 and not has_digit(word) for word in unit):
        return None
    return Street(pre, name, "", post, " ".join(unit))


def _unit_apart(street: Street) -> Street:
    """A number after a street that was written without its suffix is a unit: WABASH 608, NORTHSHORE
    1 W, DUNWOODY B 17.

    Not where a word before it may be numbered itself (ROAD 20, CALLE 5, LAKE 3, COUNTY ROAD 7)."""
    *name, last = street.name.split() or [""]
    if street.suffix or street.unit or not name or not _TRAILING.fullmatch(last):
        return street
    if len(name) > 1 and last.isdigit() and _BLOCK.fullmatch(name[-1]):
        last = f"{name.pop()} {last}"
    if any(
        len(word) < 3 or not word.isalpha() or word in SUFFIXES or word in ROAD_NUMBERERS
        for word in name
    ):
        return street
    unit = f"{last} {street.postdirectional}".strip()
    return Street(street.predirectional, " ".join(name), unit=unit)


def _normal(street: Street) -> Street:
    written, suffix = _whole_words(street.name.replace("-", " ").split()), street.suffix
    if not written:
        return street
    if not suffix and len(written) > 1 and written[0] not in _SUFFIX_FIRST:
        suffix = SUFFIXES.get(written[-1], "")
        written = written[:-1] if suffix else written
    name = normal_name(written)
    if name in _LONG and suffix:
        name = _LONG[name]  # S AVENUE N is SOUTH AVENUE N
    alone = not (suffix or street.predirectional or street.postdirectional)
    if alone and name.isdigit() and written != [name]:
        name += ordinal_ending(name)  # 1422 THIRD is a street; 1422 3 is two numbers
    return Street(street.predirectional, name, suffix, street.postdirectional, street.unit)


def _whole_words(written: list[str]) -> list[str]:
    """The words of a name, O NEIL and MC DONALD as one word, and so K 4 of AVENUE K 4."""
    out: list[str] = []
    for index, word in enumerate(written):
        before = written[index - 1] if index else ""
        is_name = before in _HEADS and word.isalpha() and len(word) > 2 and word not in SUFFIXES
        is_lettered = (
            index > 1
            and word.isdigit()
            and len(before) == 1
            and before.isalpha()
            and written[index - 2] in _AVENUES
        )
        if is_name or is_lettered:
            out[-1] += word
        else:
            out.append(word)
    return out


def normal_name(written: Sequence[str]) -> str:
    """The normal form of a street name's words, of which suffix and directionals have been taken
    off."""
    out: list[str] = []
    last = len(written) - 1
    for index, word in enumerate(written):
        if word in ONES and index and written[index - 1] in TENS:
            out[-1] = str(TENS[written[index - 1]] + ONES[word])
        elif word in ORDINALS:
            out.append(ORDINALS[word])
        elif word in {"ST", "SAINT"}:
            out.append("SAINT" if index < last or last == 0 else "STREET")
        elif word[0].isdigit():
            match = _ORDINAL.fullmatch(word)
            out.append(match.group(1) if match else word)
        elif word in {"RTE", "RT"} and index and has_digit(token_at(written, index + 1)):
            out.append("ROUTE")
        elif index and word in _LONG and _is_direction(written, index):
            out.append(_LONG[word])
        elif index == last and word in LAST_WORDS:
            out.append(LAST_WORDS[word])
        else:
            out.append(NAME_WORDS.get(word, word))
    return " ".join(out)


def _is_direction(written: Sequence[str], index: int) -> bool:
    """Whether a short directional inside a name is one: OLD N CHURCH, COLUMBUS S; not AVENUE N."""
    before, after = written[index - 1], token_at(written, index + 1)
    if before in ROAD_NUMBERERS and before not in {"OLD", "LANE"}:
        return False
    if not after and index == 1 and before.isdigit() and len(before) >= _GRID:
        return True  # 1200 N RD, of a county's grid
    return (
        len(before) > 2
        and before.isalpha()
        and before not in SUFFIXES
        and (not after or (len(after) > 2 and after.isalpha()))
    )
