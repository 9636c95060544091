"""How the office stands; nothing is done here, and nothing is entered.

/standing    what needs somebody, and what runs by the clock with when it last ran
/agreement   the agreement: parties, both signatures, version, principals, limits
/agreement/versions   every version that was used, with its signatures
/agreement/changes    ?first=INDEX&last=INDEX: what changed from one to the other, field by field
/register    the snapshot that is asked, with its certificates
/retention   closed batches with their rows: from when they are due, and what keeps them
"""

from __future__ import annotations

from typing import Any, Final

from counterfoil.accountability.agreement_versions import ComparedVersions, CompareVersions
from counterfoil.accountability.retention.service import PageDue
from counterfoil.client.status import OfficeState
from counterfoil.web.look import NEED_WORDS
from counterfoil.web.officers.paging import number_asked
from counterfoil.web.page import Page, Visit

_JOBS: Final = {
    "intake-key": "Show the intake key",
    "publish": "Publish the ledger",
    "cosign": "Have the ledger cosigned",
    "reminders": "Look for what runs out",
    "reconcile": "Reconcile the office",
    "retention": "Dispose of what is due",
    "duties": "Open duties, and tell of late ones",
}
_OUTCOMES: Final = {
    "": "not yet",
    "done": "done",
    "not_due": "nothing was due",
    "not_set": "not set up",
}


async def standing(visit: Visit) -> dict[str, Any]:
    """What needs somebody, and when what runs by the clock ran last."""
    found: OfficeState = await visit.ask("status")
    office = [each for each in found.needs if each.code not in NEED_WORDS]
    batches = [
        (code, said, [each for each in found.needs if each.code == code], found.counts[code])
        for code, said in NEED_WORDS.items()
        if code in found.counts
    ]
    return {
        "state": found,
        "standing": found.standing,
        "needs": office,
        "batches": batches,
        "jobs": _JOBS,
        "outcomes": _OUTCOMES,
    }


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


async def versions(visit: Visit) -> dict[str, Any]:
    """Every version of the agreement; each can be compared with any other."""
    return {"found": await visit.ask("agreement-versions")}


async def changes(visit: Visit) -> dict[str, Any]:
    """What changed between two versions."""
    asked = visit.request.query_params
    first, last = (_index(asked.get(name, "")) for name in ("first", "last"))
    found: ComparedVersions = await visit.ask("agreement-changes", CompareVersions(first, last))
    return {"found": found}


def _index(text: str) -> int:
    """An index of an address; -1, which no entry has, for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else -1


async def register(visit: Visit) -> dict[str, Any]:
    """The snapshot and its certificates."""
    found = await visit.ask("register")
    return {"register": found, "rate": found.rate}


async def retention(visit: Visit) -> dict[str, Any]:
    """Closed batches, oldest first, a page of them."""
    number = number_asked(visit.request.query_params.get("page", ""))
    return {"found": await visit.ask("retention-due", PageDue(number))}


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
    Page(
        name="agreement-versions",
        path="/agreement/versions",
        title="Versions of the agreement",
        template="officers/agreement-versions.html",
        actions=("agreement-versions",),
        show=versions,
        parents=("standing", "agreement"),
    ),
    Page(
        name="agreement-changes",
        path="/agreement/changes",
        title="What changed",
        template="officers/agreement-changes.html",
        actions=("agreement-changes",),
        show=changes,
        parents=("standing", "agreement", "agreement-versions"),
    ),
    _reads("register", "Register", register, "register", "standing"),
    _reads("retention", "Retention", retention, "retention-due", "standing"),
)
