"""One batch: who asks, under what, what became of its rows, what waits, and what can be done next.

/batches/{batch}           enters nothing: counts and ids of waiting requests only
/batches/{batch}/rows      POST: the rows, which is entered as a look
/batches/{batch}/claim     POST: take it in hand, hand it over, take it over
/batches/{batch}/withdraw  closes it unanswered, for good
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from counterfoil.core.errors import GateFault
from counterfoil.core.values import Role
from counterfoil.disclosure import WithdrawBatch
from counterfoil.disclosure.claims import OPEN_STATES, ClaimBatch
from counterfoil.disclosure.listing import BatchLine, BatchRows, ShowBatch
from counterfoil.disclosure.waiting import WaitingRequests
from counterfoil.web.look import words
from counterfoil.web.officers import looks, signing
from counterfoil.web.officers.paging import page_of
from counterfoil.web.page import Page, Shown, Visit

ROWS_A_PAGE: Final = 50
OUTCOMES: Final = (
    "", "confirmed", "not_confirmed", "not_compared", "refused", "rejected", "granted", "waiting",
)  # fmt: skip
_ELEMENT: Final = "."
"""What stands between `refused` and an element in the name of a count."""
_OPEN: Final = ("gated", "determined", "reviewed")


async def show(visit: Visit) -> dict[str, Any]:
    """The batch without its rows."""
    line = await looks.line_of(visit, visit.part("batch"))
    waiting = None
    if line.waiting and visit.may("waiting"):
        waiting = await visit.ask("waiting", line.batch)
    said = _elements_said(visit, line)
    return {
        "line": line,
        "look": looks.of(visit, line) if visit.may("review") else None,
        "waiting": _shown(waiting),
        "is_open": line.state in _OPEN,
        "outcome_counts": [each for each in line.counts.items() if _ELEMENT not in each[0]],
        "element_counts": _by_element(line, said),
        "said": said,
        "outcomes": OUTCOMES,
        "compares": _rests_on_document(visit, line),
        "may_be_claimed": line.state in OPEN_STATES,
        "others": await _others(visit),
    }


def _rests_on_document(visit: Visit, line: BatchLine) -> bool:
    """Whether a batch that is to be determined is asked under a route by which a document is
    compared first."""
    try:
        law = visit.dispatch.office.law.for_route(line.route)
    except GateFault:  # of an agreement before
        return False
    return line.state == "gated" and law.route.rules.document is not None


async def _others(visit: Visit) -> list[str]:
    """The other officers who may have a batch in hand."""
    return [
        each.officer.name
        for each in await visit.ask("officers")
        if each.is_active
        and each.role is Role.DISCLOSURE
        and each.officer.name != visit.officer.officer.name
    ]


def _elements_said(visit: Visit, line: BatchLine) -> dict[str, str]:
    """What it means that an element is not met, in the words of its public code, with the text; an
    element of a law before has its id alone."""
    try:
        law = visit.dispatch.office.law.for_route(line.route)
    except GateFault:
        return {}
    return {each.id: f"{words(each.code)} ({each.citation})" for each in law.elements}


def _by_element(line: BatchLine, said: Mapping[str, str]) -> list[tuple[str, int]]:
    """How many rows each element of the law refused, most first."""
    found = [
        (name.partition(_ELEMENT)[2], count)
        for name, count in line.counts.items()
        if name.startswith(f"refused{_ELEMENT}")
    ]
    ordered = sorted(found, key=lambda each: (-each[1], each[0]))
    return [(said.get(element, element), count) for element, count in ordered]


def _shown(waiting: WaitingRequests | None) -> list[Any]:
    return list(waiting.waiting[:ROWS_A_PAGE]) if waiting else []


async def rows(visit: Visit) -> dict[str, Any]:
    """The rows of one outcome, a page of them."""
    outcome = visit.form.choose("outcome", "outcome", OUTCOMES)
    found: BatchRows = await visit.ask(
        "batch-rows", ShowBatch(visit.part("batch"), outcome), looks.concluded(visit)
    )
    page = page_of(found.rows, visit.form.get("page"), ROWS_A_PAGE)
    codes = Counter(code for row in found.rows for code in row.codes)
    return {
        "line": found.batch,
        "outcome": outcome,
        "rows": page.rows,
        "total": len(found.rows),
        "number_of_page": page.number,
        "number_of_pages": page.pages,
        "codes": codes.most_common(),
        "outcomes": OUTCOMES,
    }


async def claim(visit: Visit) -> Shown:
    """Sign who has a batch in hand."""
    batch, to = visit.part("batch"), visit.form.get("to")
    command = ClaimBatch(batch=batch, to=to, taken_from=visit.form.get("taken_from"))
    said = "The batch is handed over." if to else "The batch is yours."
    return await signing.begin(
        visit, "claim", command, signing.After("batch", {"batch": batch}, said)
    )


async def withdraw(visit: Visit) -> Shown:
    """Sign that a batch is closed unanswered."""
    batch = visit.part("batch")
    after = signing.After("batch", {"batch": batch}, "The batch is closed unanswered, for good.")
    return await signing.begin(visit, "withdraw", WithdrawBatch(batch), after)


PAGES: Final = (
    Page(
        name="batch",
        path="/batches/{batch}",
        title="Batch",
        template="officers/batch.html",
        actions=("batches", "batch"),
        show=show,
        parents=("inbox",),
    ),
    Page(
        name="rows",
        path="/batches/{batch}/rows",
        title="Rows",
        template="officers/rows.html",
        actions=("batch-rows",),
        send=rows,
        parents=("inbox", "batch"),
    ),
    signing.page(
        "claim", "/batches/{batch}/claim", "Take a batch in hand", claim, "inbox", "batch"
    ),
    signing.page("withdraw", "/batches/{batch}/withdraw", "Withdraw", withdraw, "inbox", "batch"),
)
