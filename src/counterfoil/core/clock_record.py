"""What the service's clock did last: `OFFICE/clock.json`, format `counterfoil-clock-1`.

    {"format": "counterfoil-clock-1",
     "jobs": [{"name": "publish", "every": 120, "since": "...", "ran_at": "...",
               "outcome": "done", "done_at": "...", "next_at": "..."}]}

Names of jobs, times (UTC text, "" for never) and codes; nothing of a person. `since`: when the
clock that keeps the record began with the job; `ran_at`: the last run; `done_at`: the last run that
had no fault; `next_at`: when it is to run again. `outcome` of the last run:

    ""         it has not run yet
    done       it did what it is for
    not_due    it looked, and nothing was to be done
    not_set    the office's settings name nothing to be done
    a code     of the fault that stopped it

A job is late once its interval and GRACE have passed since it was last done, or since the clock
began: because it fails, or because no service runs; what is not set up never is. The worker
replaces the file whole after each turn in which something ran. Trusted: no; nothing is decided by
it, and what the jobs did that counts is in the ledger. Lost, or of another format: nothing is told
until the service's next turn.
An office that is no longer run by a service: remove it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

from counterfoil.core.atomic_files import replace_file
from counterfoil.core.bounded import read_bounded
from counterfoil.core.instants import from_instant
from counterfoil.core.values import Public

FILE: Final = "clock.json"
FORMAT: Final = "counterfoil-clock-1"
DONE: Final = "done"
NOT_DUE: Final = "not_due"
NOT_SET: Final = "not_set"
GRACE: Final = timedelta(minutes=15)
_FINE: Final = ("", DONE, NOT_DUE, NOT_SET)
_MOST_BYTES: Final = 65_536


class ClockJob(Public, frozen=True, forbid_unknown_fields=True):
    """One job. See the module."""

    name: Annotated[str, msgspec.Meta(pattern="^[a-z-]{1,40}$")]
    every: Annotated[int, msgspec.Meta(ge=1, le=31_622_400)]
    since: str
    ran_at: str = ""
    outcome: Annotated[str, msgspec.Meta(pattern="^[a-z_]{0,60}$")] = ""
    done_at: str = ""
    next_at: str = ""

    @property
    def failed(self) -> bool:
        """Whether a fault stopped the last run."""
        return self.outcome not in _FINE

    def is_late(self, now: datetime) -> bool:
        """Whether it was last done too long ago; what is not set up never is."""
        last = from_instant(self.done_at or self.since)
        return self.outcome != NOT_SET and last + timedelta(seconds=self.every) + GRACE < now


class _Record(Public, frozen=True, forbid_unknown_fields=True):
    format: Literal["counterfoil-clock-1"]
    jobs: tuple[ClockJob, ...]


def read_clock_record(directory: Path) -> tuple[ClockJob, ...]:
    """The jobs of an office's clock; none where no service has kept one, or what is there is no
    such record."""
    try:
        jobs = msgspec.json.decode(read_bounded(directory / FILE, _MOST_BYTES), type=_Record).jobs
        for each in jobs:
            for time in (each.since, each.done_at, each.ran_at, each.next_at):
                if time or time is each.since:
                    from_instant(time)
    except (OSError, ValueError, msgspec.MsgspecError):
        return ()
    return jobs


def write_clock_record(directory: Path, jobs: Iterable[ClockJob]) -> None:
    """Keep the jobs. Raises OSError."""
    replace_file(directory / FILE, msgspec.json.encode(_Record(FORMAT, tuple(jobs))))
