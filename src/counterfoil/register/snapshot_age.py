"""Whether a snapshot of the register is recent enough to be asked: 5 USC 552a(e)(5), by which
records that a determination rests on are maintained with the timeliness that fairness to the
individual needs.

The agreement says how old a snapshot may be (`confirmation.oldest_days`); the Code has no number.
Age is counted from the day on which the snapshot was built, as its signed manifest states, to the
day on which it is asked, both in UTC. A question that meets an older one is not put to the register
and answered `not_compared`, code `snapshot_old`: it is no element of the gate, whose refusals rest
on the request, the agreement and the history of requests alone (P2). Nobody answered it, so it is
not used up; the requester asks again once the holder has built a newer snapshot.

How old the source was when it was built the manifest does not state: build from a source drawn that
day. Pure.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from counterfoil.core.instants import from_instant

SNAPSHOT_OLD: Final = "snapshot_old"
"""The code of a question that was not put to a snapshot because of its age."""


def is_too_old(built_at: str, oldest_days: int | None, today: date) -> bool:
    """Whether a snapshot that was built at this time is older than so many days; never where the
    agreement names none."""
    return oldest_days is not None and (today - from_instant(built_at).date()).days > oldest_days
