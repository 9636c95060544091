"""The states of a batch and every step between them. Pure: no clock, no store.

    received --gate--> gated --determine--> determined --review--> reviewed --release--> released
        |                |                      |                     |
        +----------------+---- hold / withdraw -+---------------------+

    held --resume--> where it was; but reviewed comes back as determined, so that the first officer
                     looks again at what was held. held --withdraw--> withdrawn.

    gated, determined, reviewed --reconsider--> gated: what was determined is gone, and it is
    determined anew. A held batch
                     stays held, and comes back as gated.

released and withdrawn are final. A pair that is not in `TRANSITIONS` is refused (P10).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from counterfoil.core.errors import StateFault
from counterfoil.core.values import Public


class BatchState(StrEnum):
    """Where a batch stands."""

    RECEIVED = "received"
    GATED = "gated"
    DETERMINED = "determined"
    REVIEWED = "reviewed"
    RELEASED = "released"
    WITHDRAWN = "withdrawn"
    HELD = "held"


class Event(StrEnum):
    """What can happen to a batch."""

    GATE = "gate"
    DETERMINE = "determine"
    REVIEW = "review"
    RELEASE = "release"
    HOLD = "hold"
    RESUME = "resume"
    RECONSIDER = "reconsider"
    WITHDRAW = "withdraw"


class Standing(Public, frozen=True, gc=False):
    """A state; `held_from` is the state that a held batch left, and None for every other."""

    state: BatchState
    held_from: BatchState | None = None


_OPEN: Final = (BatchState.RECEIVED, BatchState.GATED, BatchState.DETERMINED, BatchState.REVIEWED)

TRANSITIONS: Final[Mapping[tuple[BatchState, Event], BatchState]] = MappingProxyType(
    {
        (BatchState.RECEIVED, Event.GATE): BatchState.GATED,
        (BatchState.GATED, Event.DETERMINE): BatchState.DETERMINED,
        (BatchState.DETERMINED, Event.REVIEW): BatchState.REVIEWED,
        (BatchState.REVIEWED, Event.RELEASE): BatchState.RELEASED,
        **{(state, Event.RECONSIDER): BatchState.GATED for state in _OPEN[1:]},
        **{(state, Event.HOLD): BatchState.HELD for state in _OPEN},
        **{(state, Event.WITHDRAW): BatchState.WITHDRAWN for state in (*_OPEN, BatchState.HELD)},
    }
)

RESUMES_AS: Final[Mapping[BatchState, BatchState]] = MappingProxyType(
    {
        BatchState.RECEIVED: BatchState.RECEIVED,
        BatchState.GATED: BatchState.GATED,
        BatchState.DETERMINED: BatchState.DETERMINED,
        BatchState.REVIEWED: BatchState.DETERMINED,
    }
)

NEXT_STEP: Final[Mapping[BatchState, str]] = MappingProxyType(
    {
        BatchState.RECEIVED: "Run `counterfoil receive FILE` on the same file again: it finishes "
        "what was begun.",
        BatchState.GATED: "Run `counterfoil determine BATCH` first.",
        BatchState.DETERMINED: "A first officer runs `counterfoil review BATCH`.",
        BatchState.REVIEWED: "A second officer runs `counterfoil release BATCH`.",
        BatchState.RELEASED: "It is closed; `counterfoil release BATCH --out FILE` writes the same "
        "files "
        "again.",
        BatchState.WITHDRAWN: "It is closed for good; a new request file makes a new batch.",
        BatchState.HELD: "It waits until it is resumed or withdrawn.",
    }
)


def advance(standing: Standing, event: Event) -> Standing:
    """The standing after `event`.

    Raises StateFault `step_refused` for a pair that the table does not hold.
    """
    target = TRANSITIONS.get((standing.state, event))
    if (
        standing.state is BatchState.HELD
        and event is Event.RESUME
        and standing.held_from is not None
    ):
        target = RESUMES_AS.get(standing.held_from)
    if standing.held_from is not None and event is Event.RECONSIDER:
        return Standing(BatchState.HELD, advance(Standing(standing.held_from), event).state)
    if target is None:
        raise StateFault(
            "step_refused",
            f"a batch that is {standing.state} cannot take the step {event}",
            cure=NEXT_STEP[standing.state],
        )
    return Standing(target, standing.state if target is BatchState.HELD else None)
