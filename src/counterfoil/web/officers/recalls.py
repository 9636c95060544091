"""Recalls of released answers: what the requester was told, what they signed since, and who is
silent.

/recalls                   what was recalled, and where each stands, to every role
/recalls/new               POST: two officers recall answers
/recalls/receipts          POST: two officers enter what a requester signed, of recalled or of
                           expired answers
/recalls/{number}          one recall: its reason and requests, and each receipt: acknowledged,
                           passed on to whom, destroyed or returned
/recalls/{number}/notice   the signed notice, to be handed over again
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from starlette.responses import Response

from counterfoil.controls.duties.service import Duty
from counterfoil.controls.recall.reasons import REASONS, RecallReason
from counterfoil.controls.recall.receipts import EnterReceipt, ShownReceipt
from counterfoil.controls.recall.service import (
    RecallAnswers,
    RecallListing,
    RecallStatus,
    ShownRecall,
    ShowRecall,
    WriteNotice,
)
from counterfoil.core.values import Public
from counterfoil.web.inspector.parts import saved
from counterfoil.web.officers import signing
from counterfoil.web.officers.files import MOST_BYTES, number_of, upload
from counterfoil.web.officers.paging import page_of
from counterfoil.web.page import Page, Shown, Visit


class Stand(Public, frozen=True):
    """Where a recall stands, in words of its two duties. `silent_days`: days since the first of
    them was due that is open; 0 where none is late."""

    recall: RecallStatus
    acknowledged: str
    destroyed: str
    silent_since: str
    silent_days: int


async def show(visit: Visit) -> dict[str, Any]:
    """What was recalled; those of which a requester is silent come first."""
    listing: RecallListing = await visit.ask("recalls")
    today = visit.dispatch.office.clock().date()
    stands = [_stand(each, today) for each in listing.recalls]
    return {
        "listing": listing,
        "stands": page_of(
            sorted(stands, key=lambda each: not each.silent_days),
            visit.request.query_params.get("page", ""),
            25,
        ),
        "reasons": REASONS,
    }


async def show_one(visit: Visit) -> dict[str, Any]:
    """One recall with what the requester signed of it."""
    number = number_of(visit)
    found: ShownRecall = await visit.ask("recall-shown", ShowRecall(number))
    signed: tuple[ShownReceipt, ...] = await visit.ask("receipts")
    return {
        "stand": _stand(found.status, visit.dispatch.office.clock().date()),
        "reason": REASONS[RecallReason(found.reason)],
        "rows": found.rows,
        "receipts": [each for each in signed if each.receipt.number == number],
    }


async def notice(visit: Visit) -> Response:
    """The notice, the same bytes again."""
    number = number_of(visit)
    data: bytes = await visit.ask("recall-notice", WriteNotice(number))
    return saved(data, f"recall-{number}.jws")


async def recall(visit: Visit) -> Shown:
    """Recall released answers."""
    batch = visit.form.need("batch", "Batch")
    reason = str(visit.form.choose("reason", "Reason", REASONS))
    rows = tuple(visit.form.get("rows").split("\n")) if visit.form.get("rows") else ()
    document, folder = upload(visit, "document", "Document")
    command = RecallAnswers(batch, reason, document, tuple(each.strip() for each in rows))
    after = signing.After("recalls", {}, "The recall is entered. Its notice goes to the requester.")
    return await signing.begin(visit, "recall", command, after, folder)


async def receipt(visit: Visit) -> Shown:
    """Enter a receipt."""
    sent, folder = upload(visit, "receipt", "Receipt")
    after = signing.After("recalls", {}, "The receipt is entered; the duties that it does closed.")
    return await signing.begin(visit, "receipt-enter", EnterReceipt(receipt=sent), after, folder)


def _stand(recall: RecallStatus, today: date) -> Stand:
    late = [
        date.fromisoformat(each.due_on)
        for each in (recall.acknowledge, recall.destroy)
        if each.late and not each.closed_at
    ]
    silent = min(late) + timedelta(days=1) if late else None
    return Stand(
        recall,
        _done(recall.acknowledge),
        _done(recall.destroy),
        silent.isoformat() if silent else "",
        (today - silent).days + 1 if silent else 0,
    )


def _done(duty: Duty) -> str:
    """When a duty was done; "" while it is open."""
    return duty.closed_at


PAGES: Final = (
    Page(
        name="recalls",
        path="/recalls",
        title="Recalls",
        template="officers/recalls.html",
        actions=("recalls",),
        show=show,
        nav="Recalls",
    ),
    signing.page(
        "recall", "/recalls/new", "Recall answers", recall, "recalls", most_bytes=MOST_BYTES
    ),
    signing.page("receipt-enter", "/recalls/receipts", "Enter a receipt", receipt, "recalls"),
    Page(
        name="recall-shown",
        path="/recalls/{number}",
        title="Recall",
        template="officers/recall.html",
        actions=("recalls", "recall-shown", "receipts"),
        show=show_one,
        parents=("recalls",),
    ),
    Page(
        name="recall-notice",
        path="/recalls/{number}/notice",
        title="Notice of a recall",
        template="officers/recall.html",
        actions=("recall-notice",),
        show=notice,
        parents=("recalls",),
    ),
)
