"""How the office stands; nothing is done here, and nothing is entered.

/standing    what needs somebody, and what runs by the clock with when it last ran
/agreement   the agreement: parties, both signatures, version, principals, limits
/register    the snapshot that is asked, with its certificates
/retention   closed batches with their rows: from when they are due, and what keeps them
"""

from __future__ import annotations

from typing import Any, Final

from counterfoil.accountability.retention.service import Due
from counterfoil.client.status import OfficeState
from counterfoil.web.page import Page, Visit

_INBOX: Final = ("batch_review", "batch_release")
"""Needs that the inbox tells, and not this page: which of both a batch has says whether another
officer agreed with its sample, which is not told before one has looked (looks.py)."""


async def standing(visit: Visit) -> dict[str, Any]:
    """What needs somebody, and when what runs by the clock ran last."""
    found: OfficeState = await visit.ask("status")
    needs = [each for each in found.needs if each.code not in _INBOX]
    return {"state": found, "standing": found.standing, "needs": needs}


async def agreement(visit: Visit) -> dict[str, Any]:
    """The agreement that the office opened with."""
    law = visit.dispatch.office.law
    found = law.agreement
    signed = (("holder", found.signatures.holder), ("requester", found.signatures.requester))
    return {
        "agreement": found,
        "digest": law.agreement_digest,
        "law_digest": law.digest,
        "signed": [
            (side, each, each.vkey.partition("+")[0] if each else "") for side, each in signed
        ],
        "today": visit.dispatch.office.clock().date(),
        "may_look": visit.may("ledger-entries"),
    }


async def register(visit: Visit) -> dict[str, Any]:
    """The snapshot and its certificates."""
    found = await visit.ask("register")
    return {"register": found, "rate": found.rate}


async def retention(visit: Visit) -> dict[str, Any]:
    """Closed batches, those first whose day has come."""
    found: tuple[Due, ...] = await visit.ask("retention-due")
    return {"batches": sorted(found, key=_order)}


def _order(due: Due) -> tuple[bool, str]:
    return (not (due.is_due or due.passed_over), due.due_on)


def _reads(name: str, title: str, show: Any, action: str, *parents: str) -> Page:
    return Page(
        name=name,
        path=f"/{name}",
        title=title,
        template=f"officers/{name}.html",
        actions=(action,),
        show=show,
        nav="" if parents else "Standing",
        parents=parents,
    )


PAGES: Final = (
    _reads("standing", "How the office stands", standing, "status"),
    _reads("agreement", "Agreement", agreement, "status", "standing"),
    _reads("register", "Register", register, "register", "standing"),
    _reads("retention", "Retention", retention, "retention-due", "standing"),
)
