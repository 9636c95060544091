"""Publication on a clock, from entries alone: whether each publication came when the one before it
had promised.

`ledger publish` enters `published` before it writes the files that hold the entry. Its `hours` are
a promise: within so many hours there is another one. So whoever has published files can tell each
time that the clock was missed, by the holder's own word:

    late       a `published` entry stands more than its predecessor's `hours` after it
    overdue    now is more than the last one's `hours` after it

Before the first one nothing was promised. The times are the holder's own; witnesses bound them
(docs/formats/ledger.md).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final

from counterfoil.core.errors import VerifyFault
from counterfoil.core.values import Public
from counterfoil.ledger.entries import EntryKind, decode, entry_time

_MARK: Final = f'"kind":"{EntryKind.PUBLISHED.value}"'.encode()


class Missed(Public, frozen=True):
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
    missed: tuple[Missed, ...]


def read_clock(entries: Iterable[bytes], now: datetime) -> Clock:
    """The publications among all entries of a ledger, in order. `now` is UTC. Raises VerifyFault as
    `entries.decode`."""
    published = [
        (index, entry.time, int(entry.fields["hours"]))
        for index, data in enumerate(entries)
        if _MARK in data
        for entry in [decode(data, f"entry {index}")]
    ]
    missed: list[Missed] = []
    for at, (index, time, hours) in enumerate(published):
        following = published[at + 1][1] if at + 1 < len(published) else ""
        if _instant(following or entry_time(now)) - _instant(time) > timedelta(hours=hours):
            missed.append(Missed(index, time, following, hours))
    ends = (published[0][1], published[-1][1]) if published else ("", "")
    return Clock(len(published), *ends, tuple(missed))


def require_on_clock(clock: Clock, since: date) -> None:
    """Raise VerifyFault `published_late` where nothing was published, or a promise was missed and
    not made good before `since`."""
    late = [each for each in clock.missed if not each.until or each.until[:10] >= since.isoformat()]
    if clock.publications and not late:
        return
    place = f"entry {late[0].entry}" if late else "ledger"
    told = missed_words(late[0]) if late else "nothing was ever published on a clock"
    raise VerifyFault(
        "published_late",
        f"the ledger was not published as promised: {told}",
        place=place,
        cure="Ask the holder why, and what happened meanwhile.",
    )


def clock_words(clock: Clock) -> list[str]:
    """The clock in sentences, one a line."""
    if not clock.publications:
        return ["Published on a clock: never."]
    told = (
        "none was late"
        if not clock.missed
        else f"{len(clock.missed)} promised and not kept in time"
    )
    times = "once" if clock.publications == 1 else f"{clock.publications} times"
    head = f"Published on a clock: {times}, first {clock.first}, last {clock.last}; {told}."
    return [head, *(f"LATE: {missed_words(each)}" for each in clock.missed)]


def missed_words(missed: Missed) -> str:
    """One promise that was not kept."""
    came = f"it came at {missed.until}" if missed.until else "it has not come"
    return (
        f"at {missed.since} the next publication was promised within {missed.hours} hours; {came}"
    )


def _instant(time: str) -> datetime:
    return datetime.fromisoformat(time)
