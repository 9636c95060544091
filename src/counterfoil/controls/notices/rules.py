"""The demands for notice before release, and whether a batch meets them. Pure.

A demand is of the agreement (`release_notice`) or of a court's order, which two officers entered
(service.py). It names a size, hours, and who is to have notice. Each demand is looked at by itself,
so an order never weakens what the agreement or another order demands:

    1  it reaches a batch where the batch's rows are more than its size, together with those of the
       batches that were released within its hours before and of which no such notice was given: a
       file that is parted into small ones is one to it
    2  it is met by a notice of the batch that names everybody whom the demand names, and that was
       entered its hours ago, or earlier
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from counterfoil.core.values import Public


class Demand(Public, frozen=True):
    """One demand. `source`: "agreement", or "order" and the number of the order's rule."""

    source: str
    over_rows: int
    hours: int
    to: tuple[str, ...]


class Notice(Public, frozen=True):
    """One notice as it was entered."""

    batch: str
    to: tuple[str, ...]
    entered_at: datetime


class Released(Public, frozen=True):
    """A batch as its entry `release` states it."""

    batch: str
    rows: int
    at: datetime


class Unmet(Public, frozen=True):
    """A demand that a batch does not meet. `from_time`: when it would, by a notice that was
    entered; None where none was."""

    demand: Demand
    from_time: datetime | None


def unmet_demands(
    released: Released,
    demands: Iterable[Demand],
    notices: Sequence[Notice],
    before: Sequence[Released],
) -> list[Unmet]:
    """The demands that a batch would not meet if it were released as `released` states. `before`:
    what was released already."""
    return [
        Unmet(demand, _from_time(demand, released, notices))
        for demand in demands
        if reaches(demand, released, notices, before) and not _is_met(demand, released, notices)
    ]


def reaches(
    demand: Demand, released: Released, notices: Sequence[Notice], before: Sequence[Released]
) -> bool:
    """Whether the demand asks for notice of this batch: 1 of the module."""
    first = released.at - timedelta(hours=demand.hours)
    rows = sum(
        each.rows
        for each in before
        if each.at > first and each.batch != released.batch and not _is_met(demand, each, notices)
    )
    return rows + released.rows > demand.over_rows


def _is_met(demand: Demand, released: Released, notices: Sequence[Notice]) -> bool:
    from_time = _from_time(demand, released, notices)
    return from_time is not None and from_time <= released.at


def _from_time(demand: Demand, released: Released, notices: Sequence[Notice]) -> datetime | None:
    """When notices of the batch meet the demand: 2 of the module."""
    entered = [
        each.entered_at
        for each in notices
        if each.batch == released.batch and set(demand.to) <= set(each.to)
    ]
    return min(entered) + timedelta(hours=demand.hours) if entered else None
