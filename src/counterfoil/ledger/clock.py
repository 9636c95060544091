"""Publication on a clock, from entries alone: whether each publication came when the one before it
had promised.

`ledger publish` enters `published` before it writes the files that hold the entry. Its `hours` are
a promise: within so many hours there is another publication. So anyone who has the published files
can see, by the holder's own statement, each time that the promise was not kept:

    late       a `published` entry comes more than its predecessor's `hours` after it
    overdue    now is more than the last one's `hours` after it

Before the first one nothing was promised, and nothing is overdue once two officers closed the
office (entry `closing`) before the time was over: its ledger ends there. The times are the holder's
own; witnesses bound them (docs/formats/ledger.md).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final

from counterfoil.core.errors import VerifyFault
from counterfoil.core.values import Public
from counterfoil.ledger.entries import EntryKind, decode, entry_time

_KINDS: Final = (EntryKind.PUBLISHED, EntryKind.CLOSING)
_WANTED: Final = tuple(f'"kind":"{kind.value}"'.encode() for kind in _KINDS)


class LatePublication(Public, frozen=True):
    """A promise that was not kept. `entry`: index of the promise; `until`: time of the publication
    that came too late, "" for none yet."""

    entry: int
    since: str
    until: str
    hours: int


class Clock(Public, frozen=True):
    """How many publications there are, the times of the first and the last ("" where there is
    none), and every promise that was missed."""

    publications: int
    first: str
    last: str
    missed: tuple[LatePublication, ...]


def read_clock(entries: Iterable[bytes], now: datetime) -> Clock:
    """The publications among all entries of a ledger, in order. `now` is UTC. Raises VerifyFault as
    `entries.decode`."""
    found = [
        (index, decode(data, f"entry {index}"))
        for index, data in enumerate(entries)
        if any(kind in data for kind in _WANTED)
    ]
    published = [
        (index, entry.time, int(entry.fields["hours"]))
        for index, entry in found
        if entry.kind is EntryKind.PUBLISHED
    ]
    closed = next((entry.time for _, entry in found if entry.kind is EntryKind.CLOSING), "")
    following = [*(time for _, time, _ in published[1:]), closed]
    missed = [
        LatePublication(index, time, until, hours)
        for (index, time, hours), until in zip(published, following, strict=False)
        if _instant(until or entry_time(now)) - _instant(time) > timedelta(hours=hours)
    ]
    ends = (published[0][1], published[-1][1]) if published else ("", "")
    return Clock(len(published), *ends, tuple(missed))


def require_on_clock(clock: Clock, since: date) -> None:
    """Raise VerifyFault `published_late` where nothing was published, or a promise was missed and
    not made good before `since`."""
    late = [each for each in clock.missed if not each.until or each.until[:10] >= since.isoformat()]
    if clock.publications and not late:
        return
    why = _late_words(late[0]) if late else "nothing was ever published on a clock"
    raise VerifyFault(
        "published_late",
        f"the ledger was not published as promised: {why}",
        place=f"entry {late[0].entry}" if late else "ledger",
        cure="Ask the holder why, and what happened meanwhile.",
    )


def clock_words(clock: Clock) -> list[str]:
    """The clock in sentences, one a line."""
    if not clock.publications:
        return ["Published on a clock: never."]
    late = len(clock.missed)
    kept = f"{late} promised and not kept in time" if late else "none was late"
    times = "once" if clock.publications == 1 else f"{clock.publications} times"
    head = f"Published on a clock: {times}, first {clock.first}, last {clock.last}; {kept}."
    return [head, *(f"LATE: {_late_words(each)}" for each in clock.missed)]


def _late_words(late: LatePublication) -> str:
    """One promise that was not kept."""
    came = f"it came at {late.until}" if late.until else "it has not come"
    return f"at {late.since} the next publication was promised within {late.hours} hours; {came}"


def _instant(time: str) -> datetime:
    return datetime.fromisoformat(time)
