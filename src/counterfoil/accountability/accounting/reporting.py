"""The yearly report of 26 USC 6103(p)(3)(C), from the accounting: for each agency and each
provision under which it asked, counts and general purposes; nothing about anyone.

    requests       rows that were read, granted and refused alike, of files received in the year
    unreadable     rows of such files that could not become requests
    refused        requests among them that were refused
    disclosures    answers that left in the year, a yes and a no alike
    not_compared   answers that left in the year and say that nobody looked
    recalled       answers that were recalled in the year, whenever they left
    taxpayers      persons whom the disclosures were about, each once
    purposes       requests by the statute that they named, in the agreement's words

Two requests are about one taxpayer where numbers, names and dates of birth, or names and addresses
are the same (gate/history/traces.py), and where a third request joins them so.

The report is furnished to the Joint Committee on Taxation and states every count: no words of
(p)(3) let one be left out. `public=True` makes what may be published: a count of 1 to 9 is withheld
(None), and `requests` and `taxpayers` with it where they would give it away.
office/accounting_law.py keeps that reading as an open one. What the published ledger shows to
anybody is another report (ledger/report.py).

Memory grows with the persons of a year, some 300 bytes each; the rows are read as a stream.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from counterfoil.accountability.accounting.lines import Line, lines_of
from counterfoil.batches import store as batches
from counterfoil.controls.recall.service import recalled_rows
from counterfoil.core.use_cases import Actor
from counterfoil.core.values import Public
from counterfoil.gate.history.traces import Traces
from counterfoil.office import Office, journal
from counterfoil.office.accounting_records import DISCLOSED, REFUSED
from counterfoil.office.authority import require_officer

SMALL: Final = 10
COLUMNS: Final = (
    "requests",
    "unreadable",
    "refused",
    "disclosures",
    "not_compared",
    "recalled",
    "taxpayers",
)


class ReportDisclosures(Public, frozen=True):
    """The report of a year, UTC. `public`: as it may be published."""

    year: int
    public: bool = False


class ProvisionReport(Public, frozen=True):
    """One agency under one provision: `counts` by column, `purposes` by statute. None: withheld.
    `accounted`: whether (p)(3)(A) demands the accounting, which it does not for a taxpayer's
    consent."""

    agency: str
    provision: str
    accounted: bool
    counts: dict[str, int | None]
    purposes: dict[str, int | None]


class YearlyReport(Public, frozen=True):
    """The report. `small`: counts below it are withheld, 0 where none are."""

    office: str
    year: int
    small: int
    rows: tuple[ProvisionReport, ...]


def report_disclosures(office: Office, actor: Actor, question: ReportDisclosures) -> YearlyReport:
    """The report of a year, for an officer. Enters the look. Raises as `require_officer` and
    `lines_of`."""
    year = f"{question.year:04d}-"
    with office.store.transaction() as connection:
        officer = require_officer(connection, actor)
        journal.enter_look(office, connection, officer, {"report": year[:-1]})
    found: dict[tuple[str, str], _Tally] = {}
    with office.store.reading() as connection:
        recalls = recalled_rows(office, connection)
        for batch in batches.list_batches(connection):
            occasion, lines = lines_of(office, connection, batch)
            received = occasion.received_on.startswith(year)
            released = occasion.released_on.startswith(year)
            recalled = recalls.get(batch.id)
            if not (received or released or (recalled and recalled.is_in(year))):
                continue
            agency = occasion.requester_name or occasion.requester
            key = agency, occasion.provision
            tally = found.setdefault(key, _Tally(accounted=occasion.accounted))
            read = 0
            for line in lines:
                read += 1
                if received:
                    tally.ask(line)
                if released:
                    tally.answer(line)
                if recalled and line.outcome in DISCLOSED:
                    day = recalled.day_of(line.request_id)
                    tally.counts["recalled"] += day.startswith(year)
            tally.counts["unreadable"] += (occasion.rows - read) * received
    rows = (tally.row(*key, public=question.public) for key, tally in sorted(found.items()))
    small = SMALL if question.public else 0
    return YearlyReport(office.settings.name, question.year, small, tuple(rows))


class _Tally:
    """The counts of one agency under one provision."""

    def __init__(self, *, accounted: bool) -> None:
        self.accounted = accounted
        self.counts: Counter[str] = Counter()
        self.purposes: Counter[str] = Counter()
        self._taxpayers = Taxpayers()

    def ask(self, line: Line) -> None:
        """A request of the year."""
        self.counts["requests"] += 1
        self.counts["refused"] += line.outcome == REFUSED
        self.purposes[line.statute] += 1

    def answer(self, line: Line) -> None:
        """A row of a batch that was released in the year."""
        self.counts["not_compared"] += line.outcome == "not_compared"
        if line.outcome in DISCLOSED:
            self.counts["disclosures"] += 1
            self._taxpayers.add(line.traces)

    def row(self, agency: str, provision: str, *, public: bool) -> ProvisionReport:
        """The row of the report."""
        self.counts["taxpayers"] = self._taxpayers.count()
        counts: dict[str, int | None] = {column: self.counts[column] for column in COLUMNS}
        purposes: dict[str, int | None] = dict(sorted(self.purposes.items()))
        if public:
            counts, purposes = _publishable(counts), _withheld(purposes)
        return ProvisionReport(agency, provision, self.accounted, counts, purposes)


class Taxpayers:
    """How many persons requests are about: sets of keys that requests join."""

    def __init__(self) -> None:
        self._above: dict[tuple[int, ...], tuple[int, ...]] = {}
        self._nameless = 0

    def add(self, traces: Traces) -> None:
        """A request that is about somebody. Without any key it is about a person of its own."""
        keys = [
            key
            for key, known in (
                ((0, traces.number), traces.number),
                ((1, traces.person), traces.person),
                ((2, traces.name, traces.door), traces.name and traces.door),
            )
            if known
        ]
        if not keys:
            self._nameless += 1
            return
        first = self._root(keys[0])
        for key in keys[1:]:
            self._above[self._root(key)] = first

    def count(self) -> int:
        """How many persons."""
        roots = sum(key == above for key, above in self._above.items())
        return roots + self._nameless

    def _root(self, key: tuple[int, ...]) -> tuple[int, ...]:
        above = self._above.setdefault(key, key)
        while above != key:
            self._above[key] = self._above[above]
            key, above = above, self._above[above]
        return key


def _publishable(counts: dict[str, int | None]) -> dict[str, int | None]:
    """The counts as they may be published. A whole is withheld where a part of it is, or where what
    is left of it is small: the difference would give it away."""
    shown = _withheld(counts)
    parts = [counts[name] or 0 for name in ("refused", "disclosures", "not_compared")]
    rest = (counts["requests"] or 0) - sum(parts)
    if any(0 < part < SMALL for part in [*parts, rest]):
        shown["requests"] = None
    return shown


def _withheld(counts: dict[str, int | None]) -> dict[str, int | None]:
    return {
        name: None if count is not None and 0 < count < SMALL else count
        for name, count in counts.items()
    }
