"""The counts for one request: what a decision that is repeated needs of a file and of the past."""

from __future__ import annotations

from datetime import date

from counterfoil.core.values import Header, Sensitive
from counterfoil.gate.history.uses import Uses


class RequestCounts(
    Sensitive, frozen=True, gc=False, forbid_unknown_fields=True, rename={"addresses": "doors"}
):
    """The counts for one request, itself included, of its file and of the past together.

    `officers`: requests that name each engaged officer, in the order named; `namesakes` the same
    of all officers of each one's name. A bundle carries this by field name; `addresses` is there
    under the name `doors`. Those with a default are not in a bundle of an earlier version, whose
    counts they leave as they were.
    """

    header: Header
    rows: int
    reason_uses: int
    similar_uses: int
    investigation_people: int
    officers: tuple[int, ...]
    attempts: int
    addresses: int
    people: int
    contents: int
    day_requests: int
    year_requests: int
    probes: tuple[tuple[date, int], ...]
    born_addresses: int = 1
    probe_days: int = 0
    namesakes: tuple[int, ...] = ()
    dates: int = 1
    numbers: int = 1
    years: int = 1

    @property
    def uses(self) -> Uses:
        """The counts of the question."""
        return Uses(
            self.attempts,
            self.addresses,
            self.people,
            self.contents,
            self.born_addresses,
            self.reason_uses,
            self.similar_uses,
            self.investigation_people,
            self.dates,
            self.numbers,
            self.years,
        )
