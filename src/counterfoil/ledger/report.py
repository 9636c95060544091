"""The yearly counts that anybody can make of a published ledger, from exported files alone. By
agreement and route; nothing about anyone. The report of 26 USC 6103(p)(3)(C), by agency, with
taxpayers affected and purposes, is made from the accounting
(accountability/accounting/reporting.py).

    column         entries of kind, with a time in the year
    requests       granted + refused
    unreadable     rejected            rows of a file that could not become requests
    refused        refused
    disclosed      disclosure          answers given, yes or no alike
    not_compared   not_compared        admitted, and answered so because nobody looked
    releases       release             answer files

`recalls` counts entries `recall` of the year, over all agreements, because such an entry names no
batch; one recall may be of many answers, and the accounting's report counts these.

A count of 1 to 9 is withheld (`None` here, "fewer than 10" in words). `requests` is withheld too
where `refused` is, or where a part of what was admitted is: the difference would disclose it. There
are no totals over agreements or routes, for the same reason. Zero is published. That is caution
where counts are published, and no rule of (p)(3). How many persons the requests were about, and for
which purposes, is not in the ledger, by design.

What rests on a taxpayer's consent is reported as a route of its own: (p)(3)(A) leaves it out.
"""

from __future__ import annotations

from collections import Counter
from itertools import chain
from pathlib import Path
from typing import Final

from counterfoil.core.errors import VerifyFault
from counterfoil.core.values import Public
from counterfoil.ledger.check import check_export
from counterfoil.ledger.entries import EntryKind, decode
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

    A row's value, and `recalls`, is None where the count is withheld. A route is "" where an older
    entry names none.
    """

    year: int
    origin: str
    size: int
    root: str
    small: int
    agreements: dict[str, dict[str, dict[str, int | None]]]
    recalls: int | None = 0


def report_year(directory: Path, key: VerifierKey, year: int) -> YearReport:
    """Count the entries of a year (UTC), after the export was checked whole.

    Raises VerifyFault as `check_export`; `report_batch` where an entry names a batch that was not
    entered before it.
    """
    checked = check_export(directory, key)
    terms: dict[str, tuple[str, str]] = {}
    """The agreement and the route of each batch."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    recalls = 0
    for index, data in enumerate(chain.from_iterable(read_bundles(directory, checked.size))):
        entry = decode(data, f"entry {index}")
        if entry.kind is EntryKind.BATCH:
            fields = entry.fields
            terms[str(fields["batch"])] = str(fields["agreement"]), str(fields.get("route", ""))
        elif entry.kind in _COUNTED and entry.time.startswith(f"{year:04d}-"):
            batch = str(entry.fields["batch"])
            if batch not in terms:
                raise VerifyFault(
                    "report_batch",
                    "the entry names a batch that was not entered before it",
                    place=f"entry {index}",
                    cure="Ask the holder: a request was counted to no agreement.",
                )
            counts.setdefault(terms[batch], Counter())[_COUNTED[entry.kind]] += 1
        elif entry.kind is EntryKind.RECALL:
            recalls += entry.time.startswith(f"{year:04d}-")
    agreements: dict[str, dict[str, dict[str, int | None]]] = {}
    for (agreement, route), row in sorted(counts.items()):
        agreements.setdefault(agreement, {})[route] = _publishable(row)
    told = None if 0 < recalls < SMALL else recalls
    return YearReport(year, key.name, checked.size, checked.root, SMALL, agreements, told)


def _publishable(row: Counter[str]) -> dict[str, int | None]:
    """A row as it may be published."""
    counts = {column: row[column] for column in COLUMNS}
    counts["requests"] = row["granted"] + row["refused"]
    published = {column: None if 0 < count < SMALL else count for column, count in counts.items()}
    if any(0 < row[part] < SMALL for part in _PARTS):
        published["requests"] = None
    return published
