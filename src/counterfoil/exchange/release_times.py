"""When answers leave: at times that the agreement fixes, all that are ready or none; so that nobody
outside learns from the time of an answer how long it took."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta


def next_release(now: datetime, minutes: int) -> datetime:
    """The first release time at or after `now`, which is UTC. They are counted from midnight; 0
    minutes: at once."""
    if minutes <= 0:
        return now
    midnight = datetime.combine(now.date(), time(), UTC)
    past = (now - midnight) / timedelta(minutes=minutes)
    count = int(past) + (past > int(past))
    return min(midnight + count * timedelta(minutes=minutes), midnight + timedelta(days=1))


def is_release_time(ready_at: datetime, now: datetime, minutes: int) -> bool:
    """Whether what was ready at a time may leave by now: a release time has come since."""
    return next_release(ready_at, minutes) <= now
