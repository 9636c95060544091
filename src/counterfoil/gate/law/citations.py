"""Citations of statutes: how they are read, and what the list of criminal statutes has for one.

A citation is compared in its folded form (folding.py), in which it stands as the list writes it.
Under law of format 4 the long forms are read too, and are the short one:

    Title 8, United States Code, Section 1253(a)(1)(A)     8 USC 1253(a)(1)(A)
    Section 1253(a)(1) of Title 8 of the U.S. Code         8 USC 1253(a)(1)
    section 243(a)(1) of the Immigration and Nationality Act       INA 243(a)(1)

An entry of the list is one statute with the subdivisions that may follow it (`below`), or sections
and ranges of sections of one title (`sections`, `but_not`: lists.py), each with whatever
subdivisions. Pure; nothing raises.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final, NamedTuple

import msgspec

from counterfoil.core.values import Public
from counterfoil.gate.law.folding import fold_citation
from counterfoil.gate.law.lists import LawList, ListEntry
from counterfoil.gate.law.schema import Span
from counterfoil.normalize.plain_text import plain

_CODE: Final = r"(?:united states code(?: annotated)?|u\.? ?s\.? ?(?:c(?:ode)?\.?)(?: ?a\.?)?)"
_SIGN: Final = r"(?:sections?|secs?\.?|\u00a7+)"
_ACT: Final = r"(?:immigration (?:and|&) nationality act|i\.?n\.?a\.?)"
_LONG: Final = (
    (
        re.compile(rf"title (\d+),?(?: of)?(?: the)? {_CODE},?(?: at)? ?{_SIGN}? ?(\d.*)\Z"),
        "{} usc {}",
    ),
    (re.compile(rf"(\d+) united states code,?(?: at)? ?{_SIGN}? ?(\d.*)\Z"), "{} usc {}"),
    (
        re.compile(rf"{_SIGN} ?(\d[^,]*?),?(?: of)? title (\d+),?(?: of)?(?: the)? {_CODE}\Z"),
        "{1} usc {0}",
    ),
    (re.compile(rf"{_ACT},?(?: of 1952,?)?(?: as amended,?)? ?{_SIGN}? ?(\d.*)\Z"), "ina {}"),
    (re.compile(rf"{_SIGN} ?(\d.*?),? of(?: the)? {_ACT}\Z"), "ina {}"),
)
_SECTION: Final = re.compile(
    r"(\d+) usc ((\d+)(?: [a-z]{1,3})?(?: - \d+(?: [a-z])?)?)((?: \( [a-z0-9]{1,5} \))*)\Z"
)
_RANGE: Final = re.compile(r"(\d+)[A-Za-z]* to (\d+)[A-Za-z]*\Z")


class Charge(NamedTuple):
    """A citation that the list of criminal statutes has: the entry's id, or the section where the
    entry is a range; the folded subdivision that follows it; the days on which the list has it; and
    the whole as the entry writes it first, folded."""

    statute: str
    below: str
    spans: tuple[Span, ...]
    cited: str


class SectionRange(Public, frozen=True, gc=False):
    """An entry of sections of one title. `single` and `but_not` are folded citations."""

    entry: ListEntry
    title: str
    ranges: tuple[tuple[int, int], ...]
    single: tuple[str, ...]
    but_not: tuple[str, ...]

    def has(self, title: str, number: int, citation: str) -> bool:
        """Whether the entry has this folded citation, of this title and section number."""
        if title != self.title or any(is_within(citation, each) for each in self.but_not):
            return False
        return any(first <= number <= last for first, last in self.ranges) or any(
            is_within(citation, each) for each in self.single
        )


_WIDE: Final = (
    *_LONG,
    (re.compile(rf"(\d+) {_CODE},?(?: at)? ?{_SIGN}? ?(\d.*)\Z"), "{} usc {}"),
    (re.compile(rf"{_SIGN} ?(237 ?\(a.*|1227 ?\(a.*)\Z"), "{}"),
)


@lru_cache(maxsize=4096)
def fold_cited(text: str, *, is_wide: bool = False) -> str:
    """A citation, folded; the long forms as the short one. `is_wide`: as law of format 5 reads it,
    in which `8 U.S. Code 1253` and `18 U.S.C.A. 1344` are long forms too."""
    words = " ".join(plain(text).strip(" .").split())
    if words.isascii() or "\u00a7" in words:
        for pattern, short in _WIDE if is_wide else _LONG:
            found = pattern.match(words)
            if found:
                return fold_citation(short.format(*found.groups()))
    return fold_citation(text)


_SEPARATOR: Final = re.compile(r"\s*(?:;|,|&|\band\b)\s*")
_WIDE_SEPARATOR: Final = re.compile(r"\s*(?:;|,|&|\band\b| / )\s*")
_TITLE: Final = re.compile(r"\d+ usc ")
_HEAD: Final = re.compile(rf"title (\d+),?(?: of)?(?: the)? {_CODE},?(?: at)? ?{_SIGN}? ?(?=\d)")
_LEVEL: Final = re.compile(r" \( [a-z0-9]{1,5} \)")


def listed_citations(
    text: str, is_listed: Callable[[str], bool], *, is_wide: bool = False
) -> list[str]:
    """The folded citations of a text, where each is listed; else none. One that begins with a
    subdivision goes on from the one before it: `8 USC 1227(a)(1)(B) & (a)(2)(A)`. `is_wide`: as law
    of format 5 reads it, in which a section alone is of the title before it: `18 USC 1343 and
    1349`."""
    if is_listed(fold_cited(text, is_wide=is_wide)):
        return [fold_cited(text, is_wide=is_wide)]
    short = _HEAD.sub(r"\1 usc ", plain(text).strip(" ."))
    found: list[str] = []
    before = ""
    for part in filter(None, (_WIDE_SEPARATOR if is_wide else _SEPARATOR).split(short)):
        readings = [fold_cited(part, is_wide=is_wide)]
        title = _TITLE.match(before) if is_wide and part[0].isdigit() else None
        if title:
            readings.append(fold_citation(f"{title[0]}{part}"))
        if part.startswith("("):
            readings = _going_on(before, fold_citation(part))
        before = next(filter(is_listed, readings), "")
        if not before:
            return []
        found.append(before)
    return found


def _going_on(before: str, part: str) -> list[str]:
    """The citations that a subdivision may be, after one that it goes on from: in its place, or in
    that of one of its parts."""
    levels = _LEVEL.findall(before)
    head = _LEVEL.sub("", before)
    return [f"{head}{''.join(levels[:count])} {part}" for count in range(len(levels))]


def is_within(below: str, above: str) -> bool:
    """Whether one folded citation, or subdivision, is another or a part of it."""
    return below == above or below.startswith(f"{above} (" if above else "")


def charges_of(found: LawList) -> dict[str, Charge]:
    """What the list has statute by statute, by folded citation."""
    charges: dict[str, Charge] = {}
    for entry in found.entries:
        if entry.is_range:
            continue
        for spelling, below in entry.spellings():
            folded = fold_citation(spelling)
            before = charges[folded].spans if folded in charges else ()
            cited = fold_citation(f"{entry.written_as[0]}{below}")
            charges[folded] = Charge(
                entry.id, fold_citation(below), (*before, entry.in_force), cited
            )
    return charges


def ranges_of(found: LawList) -> tuple[SectionRange, ...]:
    """What the list has by sections."""
    return tuple(_range(entry) for entry in found.entries if entry.is_range)


@lru_cache(maxsize=1024)
def _range(entry: ListEntry) -> SectionRange:
    """What an entry has by sections. Kept, as a law that is amended keeps most of its entries."""
    prefix = entry.written_as[0]
    sections = [each for each in _given(entry.sections) if not _RANGE.match(each)]
    ranges = [match for each in _given(entry.sections) if (match := _RANGE.match(each))]
    return SectionRange(
        entry,
        fold_citation(prefix).split(" ")[0],
        tuple((int(each[1]), int(each[2])) for each in ranges),
        tuple(fold_citation(f"{prefix} {each}") for each in sections),
        tuple(fold_citation(f"{prefix} {each}") for each in _given(entry.but_not)),
    )


def _given(texts: tuple[str, ...] | msgspec.UnsetType) -> tuple[str, ...]:
    return () if isinstance(texts, msgspec.UnsetType) else texts


def entries_of(citation: str, ranges: Iterable[SectionRange]) -> list[ListEntry]:
    """The entries of sections that have a folded citation."""
    found = _SECTION.match(citation)
    if found is None:
        return []
    return [each.entry for each in ranges if each.has(found[1], int(found[3]), citation)]


def range_of(citation: str, ranges: Iterable[SectionRange]) -> Charge | None:
    """What the ranges have for a folded citation; None where they have nothing."""
    entries, found = entries_of(citation, ranges), _SECTION.match(citation)
    if found is None or not entries:
        return None
    spans = tuple(entry.in_force for entry in entries)
    return Charge(f"{found[1]} usc {found[2]}", found[4].strip(), spans, citation)
