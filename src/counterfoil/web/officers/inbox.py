"""The first page: every batch that somebody still has to do something about, those that are late
first, then the oldest; then those that are done, newest first; a page of them at a time.

/?need=CODE&page=N    only those that need it, by the codes of disclosure/listing.py
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from counterfoil.core.instants import from_instant
from counterfoil.core.values import Public
from counterfoil.disclosure.listing import NEED_CODES, BatchLine, BatchPage, NeedCode, PageBatches
from counterfoil.web.look import NEED_WORDS
from counterfoil.web.officers import looks
from counterfoil.web.officers.paging import number_asked
from counterfoil.web.page import Page, Visit

LISTED_A_PAGE: Final = 25
_NEEDS: Final = {
    "": "",
    "sample": "Look at its sample.",
    "review": "Review it.",
    "release": "Release it.",
}


async def show(visit: Visit) -> dict[str, Any]:
    """The batches, those to be done first."""
    number = number_asked(visit.request.query_params.get("page", ""))
    asked = visit.request.query_params.get("need", "")
    need: NeedCode = _need(asked)
    question = PageBatches(number, LISTED_A_PAGE, need)
    found: BatchPage = await visit.ask("batch-page", question, looks.concluded(visit))
    now = visit.dispatch.office.clock()
    shown = [_listed(visit, line, now) for line in found.lines]
    return {
        "waiting": [each for each in shown if each.line.is_open],
        "done": [each for each in shown if not each.line.is_open],
        "count": found.waiting,
        "late": found.late,
        "need": need,
        "needs": [
            (each, NEED_WORDS[each], found.needs[each])
            for each in NEED_CODES
            if each in found.needs
        ],
        "number_of_page": found.number,
        "number_of_pages": found.pages,
    }


def _need(asked: str) -> NeedCode:
    """The need that an address names; "" where it names none."""
    for each in NEED_CODES:
        if each == asked:
            return each
    return ""


class Listed(Public, frozen=True):
    """A batch with its age, the time left until it is due or since it was, in words and "" where
    nothing is due, its state as this officer is told it, and what they can do next."""

    line: BatchLine
    age: str
    due_in: str
    state: str
    needs: str


def _listed(visit: Visit, line: BatchLine, now: datetime) -> Listed:
    """The state is told as "with the officers" to who has not looked at the sample yet: whether
    another officer agreed with it is not theirs to know before."""
    age = _age(now - from_instant(line.received_at))
    to_do = looks.of(visit, line).to_do if visit.may("review") else ""
    needs = _NEEDS[to_do] or ("Requests wait for an officer." if line.waiting else "")
    left = from_instant(line.due_at) - now if line.due_at and line.is_open else None
    due_in = _age(abs(left)) if left is not None else ""
    state = "with the officers" if to_do == "sample" else line.state
    return Listed(line, age, due_in, state, needs)


def _age(age: timedelta) -> str:
    """How old, in its largest unit."""
    minutes = max(int(age.total_seconds() // 60), 0)
    for size, unit in ((1440, "day"), (60, "hour"), (1, "minute")):
        if minutes >= size:
            count = minutes // size
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return "less than a minute"


PAGES: Final = (
    Page(
        name="inbox",
        path="/",
        title="Inbox",
        template="officers/inbox.html",
        actions=("batch-page",),
        show=show,
        nav="Inbox",
    ),
)
