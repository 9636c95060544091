"""The yearly counts that 26 USC 6103(p)(3)(C) makes public, from exported files alone. By agreement
and route; nothing about anyone.

    column         entries of kind, with a time in the year
    requests       granted + refused
    unreadable     rejected            rows of a file that could not become requests
    refused        refused
    disclosed      disclosure          answers given, yes or no alike
    not_compared   not_compared        admitted, and answered so because nobody looked
    releases       release             answer files

A count of 1 to 9 is not told (`None` here, "fewer than 10" in words). `requests` is not told either
where `refused` is not, nor where a part of what was admitted is not: the difference would tell it.
There are no totals over agreements or routes, for the same reason. Zero is told. How many persons
and which purposes the requests had is not in the ledger, by design.

What rests on a taxpayer's consent stands apart, as a route of its own: (p)(3)(A) leaves it out.
"""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import Final

from counterfoil.core.errors import VerifyFault
from counterfoil.core.values import Public
from counterfoil.ledger.check import check_export
from counterfoil.ledger.entries import Entry, EntryKind, decode
from counterfoil.ledger.export import read_bundles
from counterfoil.tlog.note import VerifierKey

SMALL: Final = 10
COLUMNS: Final = ("requests", "unreadable", "refused", "disclosed", "not_compared", "releases")
_COUNTED: Final = {
    EntryKind.GRANTED: "granted",
    EntryKind.REFUSED: "refused",
    EntryKind.REJECTED: "unreadable",
    EntryKind.DISCLOSURE: "disclosed",
    EntryKind.NOT_COMPARED: "not_compared",
    EntryKind.RELEASE: "releases",
}
_PARTS: Final = ("refused", "disclosed", "not_compared", "granted")


class YearReport(Public, frozen=True):
    """The report: `size` and `root` of the ledger that was read, and the row of each agreement, by
    its digest, and route.

    A row's value is None where the count is not told. A route is "" where an older entry names
    none.
    """

    year: int
    origin: str
    size: int
    root: str
    small: int
    agreements: dict[str, dict[str, dict[str, int | None]]]


def report_year(directory: Path, key: VerifierKey, year: int) -> YearReport:
    """Count the entries of a year (UTC), after the export was checked whole.

    Raises VerifyFault as `check_export`; `report_batch` where an entry names a batch that was not
    entered before it.
    """
    checked = check_export(directory, key)
    doors: dict[str, tuple[str, str]] = {}
    counts: dict[tuple[str, str], dict[str, int]] = {}
    for index, data in enumerate(chain.from_iterable(read_bundles(directory, checked.size))):
        entry = decode(data, f"entry {index}")
        if entry.kind is EntryKind.BATCH:
            fields = entry.fields
            doors[str(fields["batch"])] = str(fields["agreement"]), str(fields.get("route", ""))
        elif entry.kind in _COUNTED and entry.time.startswith(f"{year:04d}-"):
            row = counts.setdefault(_door(entry, doors, index), {})
            column = _COUNTED[entry.kind]
            row[column] = row.get(column, 0) + 1
    told: dict[str, dict[str, dict[str, int | None]]] = {}
    for (agreement, route), row in sorted(counts.items()):
        told.setdefault(agreement, {})[route] = _told(row)
    return YearReport(year, key.name, checked.size, checked.root, SMALL, told)


def _told(row: dict[str, int]) -> dict[str, int | None]:
    """A row as it may be published."""
    counted = {column: row.get(column, 0) for column in COLUMNS}
    counted["requests"] = row.get("granted", 0) + row.get("refused", 0)
    told = {column: None if 0 < count < SMALL else count for column, count in counted.items()}
    if any(0 < row.get(part, 0) < SMALL for part in _PARTS):
        told["requests"] = None
    return told


def _door(entry: Entry, doors: dict[str, tuple[str, str]], index: int) -> tuple[str, str]:
    """(agreement, route) of the entry's batch."""
    batch = str(entry.fields["batch"])
    if batch not in doors:
        raise VerifyFault(
            "report_batch",
            "the entry names a batch that was not entered before it",
            place=f"entry {index}",
            cure="Ask the holder: a request was counted to no agreement.",
        )
    return doors[batch]
