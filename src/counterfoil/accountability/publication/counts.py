"""Counts by month and statute for the public site, and the rule by which small ones are not shown.

The rule, which the page prints as well (templates/counts.html):

    1  A row is about the requests of the files that came in one month under one statute. It is
       shown once the month is over and each of these files was answered or withdrawn. So a row
       never changes after it was shown, and two days' pages cannot be subtracted.
    2  A count of 1 to 9 is not shown. 0 is shown.
    3  A sum is shown only where every part of it is shown: what was asked (refused, answered, not
       compared and withdrawn), and a year (its months, once it is over and each of them is shown).
    4  There is no sum over statutes.

The sums are what is suppressed besides the small counts. Everything that is shown follows from the
counts that are shown, so each count that is not shown may be any number from 1 to 9: no reckoning
tells which (tests/accountability/publication/test_counts.py tries). The published entries tell it
to whoever counts them; the rule is caution where counts are set out for everybody.

    refused       entries `refused`, less those that two roles set aside (`override`)
    answered      entries `disclosure`: an answer, yes or no alike
    not_compared  entries `not_compared`
    withdrawn     entries `granted` and `override` that have none of these, in files that were
                  withdrawn
    asked         the sum of these four
    unreadable    entries `rejected`: rows that could not be read as a request
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from counterfoil.core.values import Public
from counterfoil.ledger.entries import EntryKind, decode

SMALL: Final = 10
PARTS: Final = ("refused", "answered", "not_compared", "withdrawn")
COLUMNS: Final = ("asked", *PARTS, "unreadable")
_COUNTED: Final = {
    EntryKind.GRANTED: "granted",
    EntryKind.REFUSED: "refused",
    EntryKind.DISCLOSURE: "answered",
    EntryKind.NOT_COMPARED: "not_compared",
    EntryKind.REJECTED: "unreadable",
    EntryKind.OVERRIDE: "overridden",
}
_CLOSING: Final = frozenset({EntryKind.RELEASE, EntryKind.WITHDRAWAL})
_OF_A_BATCH: Final = re.compile(rb'"batch":"(b-[0-9a-f]{12,32})".*"kind":"([a-z_]+)"')


class FileCounts(Public, frozen=True):
    """One request file: the month in which it came, YYYY-MM by UTC; agreement (a digest) and route
    ("" in an older entry); whether it was answered or withdrawn; how many entries of each sort."""

    month: str
    agreement: str
    route: str
    closed: bool
    counts: dict[str, int]


class Row(Public, frozen=True):
    """A row of a table: its month or year, and each column's count. `counts` is None where a month
    is not closed yet; one of its values is None where it is not shown."""

    period: str
    counts: dict[str, int | None] | None

    @property
    def is_year(self) -> bool:
        """Whether this is the sum of a year."""
        return len(self.period) == len("2026")


class Table(Public, frozen=True):
    """The rows of one agreement and route, newest month first, each year's sum before its
    months."""

    agreement: str
    route: str
    rows: tuple[Row, ...]


def count_files(entries: Iterable[bytes]) -> tuple[FileCounts, ...]:
    """Count all entries of a ledger, in order, by request file. Raises VerifyFault as
    `entries.decode`."""
    came: dict[bytes, tuple[str, str, str]] = {}
    closed: set[bytes] = set()
    counts: dict[bytes, Counter[str]] = {}
    for index, data in enumerate(entries):
        found = _OF_A_BATCH.search(data)
        if found is None:
            continue
        batch, kind = found[1], found[2].decode()
        if kind == EntryKind.BATCH:
            entry = decode(data, f"entry {index}")
            terms = str(entry.fields["agreement"]), str(entry.fields.get("route", ""))
            came[batch], counts[batch] = (entry.time[:7], *terms), Counter()
        elif kind in _CLOSING:
            closed.add(batch)
        elif kind in _COUNTED and batch in counts:
            counts[batch][_COUNTED[EntryKind(kind)]] += 1
    return tuple(
        FileCounts(*terms, batch in closed, dict(counts[batch])) for batch, terms in came.items()
    )


def tabulate(files: Sequence[FileCounts], today: str) -> tuple[Table, ...]:
    """The tables as they may be shown on a day (YYYY-MM-DD, UTC)."""
    terms = sorted({(each.agreement, each.route) for each in files})
    return tuple(
        Table(*each, tuple(_rows([f for f in files if (f.agreement, f.route) == each], today)))
        for each in terms
    )


def _rows(files: Sequence[FileCounts], today: str) -> Iterator[Row]:
    months = sorted({each.month for each in files}, reverse=True)
    rows = {month: _month([f for f in files if f.month == month], month, today) for month in months}
    for year in sorted({month[:4] for month in months}, reverse=True):
        of_year = [rows[month] for month in months if month.startswith(year)]
        yield _year(year, of_year, today)
        yield from of_year


def _month(files: Sequence[FileCounts], month: str, today: str) -> Row:
    """One month by rules 1 to 3."""
    if month >= today[:7] or not all(each.closed for each in files):
        return Row(month, None)
    summed: Counter[str] = Counter()
    for each in files:
        summed.update(each.counts)
    admitted = summed["granted"] + summed["overridden"]
    summed["refused"] -= summed["overridden"]
    # An override of an older version may name no batch: then more were answered than admitted.
    summed["withdrawn"] = max(0, admitted - summed["answered"] - summed["not_compared"])
    summed["refused"] = max(0, summed["refused"])
    parts = {name: _shown(summed[name]) for name in (*PARTS, "unreadable")}
    return Row(month, {"asked": _sum(parts[name] for name in PARTS)} | parts)


def _year(year: str, months: Sequence[Row], today: str) -> Row:
    """The sum of a year by rule 3."""
    counts = [row.counts for row in months if row.counts is not None]
    if year >= today[:4] or len(counts) < len(months):
        return Row(year, None)
    return Row(year, {name: _sum(each[name] for each in counts) for name in COLUMNS})


def _shown(count: int) -> int | None:
    """A count by rule 2."""
    return None if 0 < count < SMALL else count


def _sum(parts: Iterable[int | None]) -> int | None:
    """A sum by rule 3."""
    total = 0
    for part in parts:
        if part is None:
            return None
        total += part
    return total
