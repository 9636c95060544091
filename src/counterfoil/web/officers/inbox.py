"""The first page: every batch that somebody still has to do something about, oldest first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from counterfoil.core.instants import from_instant
from counterfoil.core.values import Public
from counterfoil.disclosure.listing import BatchLine, ListBatches
from counterfoil.web.page import Page, Visit

_DONE: Final = ("released", "withdrawn")


async def show(visit: Visit) -> dict[str, Any]:
    """The batches, those to be done first."""
    found: list[BatchLine] = await visit.ask("batches", ListBatches())
    now = visit.dispatch.office.clock()
    name = visit.officer.officer.name if visit.may("review") else ""
    shown = [
        Listed(line, _age(now - from_instant(line.received_at)), needs(line, name))
        for line in found
    ]
    return {
        "waiting": [each for each in shown if each.line.state not in _DONE],
        "done": [each for each in reversed(shown) if each.line.state in _DONE][:50],
    }


class Listed(Public, frozen=True):
    """A batch with its age, and what a disclosure officer can do next with it."""

    line: BatchLine
    age: str
    needs: str


def needs(line: BatchLine, officer: str) -> str:
    """What this disclosure officer can do next with a batch, in English; "" for nothing, and for
    nobody ("")."""
    if not officer:
        return ""
    if line.waiting:
        return "Requests wait for an officer."
    if line.state == "determined":
        return "Look at the sample and review it."
    if line.state == "reviewed" and line.reviewed_by != officer:
        return "Look at the sample and release it."
    return ""


def _age(age: timedelta) -> str:
    """How old, in its largest unit."""
    minutes = int(age.total_seconds() // 60)
    for size, unit in ((1440, "d"), (60, "h")):
        if minutes >= size:
            return f"{minutes // size} {unit}"
    return f"{max(minutes, 0)} min"


PAGES: Final = (
    Page(
        name="inbox",
        path="/",
        title="Inbox",
        template="officers/inbox.html",
        actions=("batches",),
        show=show,
        nav="Inbox",
    ),
)
