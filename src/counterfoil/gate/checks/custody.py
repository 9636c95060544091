"""What in an address line says that somebody is in custody, beyond the words that the law lists.

    Cell 4B · Pod 3                       a cell or a pod, with its number
    I/M 1234 · Booking no. 4471           an inmate's or a booking's number, and the number of a
    12345-678                             federal prisoner: five digits and three
    c/o Warden · Attn: Sheriff            in care of one who keeps prisoners

    Reg No 12345-067 · A# · DOC# 4471     under law of format 4: the numbers of registers and
    Inmt · Housing Unit B Bunk 3          agencies, short words, a bunk; and all of these in the
                                          field for the city

A street may be called after a jail: words count where they are no part of the street's name
(`outside_street`). Lines are read in their plain form, and digits within words as the letters that
they look like. `Apt 4B`, `Block C`, `Bed 12` and `c/o John Warden` are of homes. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from counterfoil.core.values import Address, AddressForm
from counterfoil.gate.law.folding import BREAK, screened_words
from counterfoil.normalize.plain_text import plain
from counterfoil.normalize.tables import words
from counterfoil.normalize.text import LOOKS_LIKE

TRIGGERS: Final = frozenset(
    word
    for text in words("""
        cell cells pod im i booking bkg bk warden wardens sheriff sheriffs jailer jailor jail
        superintendent commandant marshal marshals usms bop ice ero cbp corrections prison
    """)
    for word in screened_words(text)
)
"""Words as screens read them: no line without one is custody's, but for a prisoner's number."""
_NUMBER: Final = r"(?:\s*(?:no|nr|num|number|#)?[\s.:#-]*)(?:[a-z]?-?\d+[a-z]?|[a-z])\b"
_MARKS: Final = re.compile(
    rf"\b(?:cells?|pod){_NUMBER}"
    r"|\bi\s?[/|\\]\s?m\b|\bim\s*(?:no\.?|#)?\s*\d{3,}"
    r"|\b(?:booking|bkg|bk)\s*(?:no|nr|num|number|id|#)?[\s.:#-]*(?:\d|no\b|nr\b|number\b|id\b|#)"
    r"|(?:\bc\s?[/|\\]\s?o|\bcare of|\bin care of|\battn|\battention|%)[\s.:,-]*(?:of )?"
    r"(?:the |county |deputy |u\.?s\.? |acting |asst |assistant )*(?:warden|sheriff|jail|jailer"
    r"|jailor|superintendent|commandant|marshal|usms|bop|ice|ero|cbp|corrections|prison)s?\b"
)
_PRISONER: Final = re.compile(r"(?<![\d-])\d{5}-\d{3}(?![\d-])")
_HEAD: Final = re.compile(r"\A\s*[\d-]+")
_PARTED: Final = re.compile(r"\b(?:[a-z][ .-]){2,}[a-z]\b")
"""`c e l l`."""
_FEW: Final = 3
_MIXED: Final = re.compile(r"[a-z0-9]*[a-z][a-z0-9]*")


def has_marks(address: Address, line_words: Sequence[str]) -> bool:
    """Whether the lines of an address have a mark of custody; `line_words` are their words as
    screens read them."""
    if address.line2 and _PRISONER.search(plain(address.line2)):
        return True
    if TRIGGERS.isdisjoint(line_words):
        is_parted = "l" in line_words or "o" in line_words  # of `c e l l` and `p o d`, and cheap
        if not is_parted or list(map(len, line_words)).count(1) < _FEW:
            return False
    lines = plain(f"{_HEAD.sub('', address.line1)} , {address.line2}")
    readings = (lines, _MIXED.sub(_read, lines), _PARTED.sub(_join, lines))
    return any(_MARKS.search(each) for each in readings)


_MORE: Final = re.compile(
    r"\breg(?:ister)?\.?\s*(?:no|num|number|#)\.?[\s.:#-]*\d|\binmt?s?\b"
    r"|\ba\s?#\s*(?:\d{3,}|,|\Z)|\ba-?\d{8,9}\b|\ba-?(?:number|num)\b"
    r"|\balien\s*(?:no|num|number|reg|#)"
    r"|\bhousing (?:unit|pod|block)\b|\bbunk\s*#?\s*(?:\d|[a-z]\b)|\bcell ?block\b|\btier\s*\d"
    r"|\b(?:doc|tdcj|cdcr|cdc|idoc|fdoc|ndoc|odoc|mdoc|adoc|gdc|scdc|ncdoc|padoc|bop|usms|dcn|spn)"
    r"\s*(?:#|no\b|num\b|number\b|id\b)"
)
_CITY: Final = re.compile(r"\bdoc\b|\b[a-z]+ doc\Z|#")
"""Of the field for a city alone."""
MORE_TRIGGERS: Final = frozenset(
    word
    for text in words("""
        reg register inmt inm inmts inms a number num alien housing bunk cellblock block tier doc
        tdcj cdcr cdc idoc fdoc ndoc odoc mdoc adoc gdc scdc ncdoc padoc bop usms dcn spn
    """)
    for word in screened_words(text)
)


def has_more_marks(address: Address, line_words: Sequence[str]) -> bool:
    """Whether the lines have a mark that came with format 4, or the city has any."""
    if city_has_marks(address.city):
        return True
    if MORE_TRIGGERS.isdisjoint(line_words) and _PRISONER.search(address.line1) is None:
        return False
    lines = plain(f"{_HEAD.sub('', address.line1)} , {address.line2}")
    return _MORE.search(lines) is not None or _PRISONER.search(lines) is not None


@lru_cache(4096)
def city_has_marks(city: str) -> bool:
    """Whether the field for a city has a mark. Files name few cities, many times."""
    text = plain(city)
    return any(pattern.search(text) for pattern in (_MARKS, _MORE, _PRISONER, _CITY))


def _join(found: re.Match[str]) -> str:
    return "".join(filter(str.isalpha, found[0]))


def _read(found: re.Match[str]) -> str:
    """A word with its digits as letters, where it has two letters or more beside them: `ce11`."""
    word = found[0]
    if word.isalpha() or sum(map(str.isalpha, word)) < 2:
        return word
    return word.upper().translate(LOOKS_LIKE).lower().replace("i", "l")


def outside_street(address: Address, form: AddressForm) -> list[str]:
    """The words of the lines, as screens read them, without those of the street's name. A line in
    which the name is not found as it is in `form` is read whole if it is the second one."""
    street = screened_words(form.street)
    first, is_cut = _without(screened_words(address.line1), street)
    second = screened_words(address.line2)
    if not is_cut:
        second, is_cut = _without(second, street)
        first = first if is_cut else []
    return [*first, BREAK, *second]


def _without(line: list[str], street: Sequence[str]) -> tuple[list[str], bool]:
    """The words of a line with every run that is the street's name cut out, and whether there was
    one."""
    kept: list[str] = []
    place, count, is_cut = 0, len(street), False
    while place < len(line):
        if count and line[place : place + count] == street:
            kept.append(BREAK)
            place, is_cut = place + count, True
        else:
            kept.append(line[place])
            place += 1
    return kept, is_cut
