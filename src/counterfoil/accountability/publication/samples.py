"""What the public site tells of review samples, beside the certificates: before a batch is released
an officer looks at rows drawn from it, and says of each whether they agree.

    certificates   the newest entry `certificate` of each scope
    years          by the year of the entry: how many entries `sample` there are, and the sum of
                   their `disagreed`

The counts are shown as they are, small ones too: an entry `sample` states its own, over all rows
that were drawn, yes and no alike, so that nothing of an answer or of a person follows from it. One
sample that was looked at by two officers has two entries, and so it is counted.
"""

from __future__ import annotations

from counterfoil.core.values import Public
from counterfoil.ledger.entries import Entry, EntryKind

KINDS = frozenset({EntryKind.CERTIFICATE, EntryKind.SAMPLE})


class PublishedCertificate(Public, frozen=True):
    """A certificate as the ledger has it. `scope`: birth, names, or "" in an older entry."""

    index: int
    digest: str
    scope: str
    time: str


class SampleYear(Public, frozen=True):
    """The samples of one year: how many were looked at, and how many of their rows an officer did
    not agree with."""

    year: str
    samples: int
    disagreed: int


class Samples(Public, frozen=True):
    """See the module. `years`: the newest first."""

    certificates: tuple[PublishedCertificate, ...] = ()
    years: tuple[SampleYear, ...] = ()


class SampleCounter:
    """Counts entries of `KINDS`, in order."""

    def __init__(self) -> None:
        self._certificates: dict[str, PublishedCertificate] = {}
        self._years: dict[str, list[int]] = {}

    def add(self, index: int, entry: Entry) -> None:
        """Count one entry."""
        fields = entry.fields
        if entry.kind is EntryKind.CERTIFICATE:
            scope = str(fields.get("scope", ""))
            named = str(fields["certificate"])
            self._certificates[scope] = PublishedCertificate(index, named, scope, entry.time)
        elif entry.kind is EntryKind.SAMPLE:
            counted = self._years.setdefault(entry.time[:4], [0, 0])
            counted[0] += 1
            counted[1] += int(fields["disagreed"])

    def counted(self) -> Samples:
        """What was counted so far."""
        years = (SampleYear(year, *counts) for year, counts in sorted(self._years.items()))
        found = (self._certificates[scope] for scope in sorted(self._certificates))
        return Samples(tuple(found), tuple(reversed(list(years))))
