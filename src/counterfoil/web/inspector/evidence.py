"""The evidence bundle of a request. Taking one is entered in the ledger, so it is a form. Bundle
and key are then two files, because the key opens the request: they stay in the session, in memory,
until another is taken or the session ends."""

from __future__ import annotations

from typing import Any, Final

from starlette.responses import Response

from counterfoil.accountability.evidence import Exported, ExportEvidence, write_key
from counterfoil.core.errors import InputFault
from counterfoil.web.inspector.parts import saved
from counterfoil.web.page import Page, Visit

_SEALED: Final = "application/octet-stream"
_KEPT: Final = "evidence"


async def show(visit: Visit) -> dict[str, Any]:
    """The form, and what was taken last."""
    return {"taken": visit.session.kept.get(_KEPT)}


async def take(visit: Visit) -> dict[str, Any]:
    """Take a bundle."""
    form = visit.form
    command = ExportEvidence(
        form.need("batch", "Batch"),
        form.need("request", "Id of the request"),
        residents=form.choose("residents", "Who lives there", ("shown", "left out")) == "shown",
    )
    visit.session.kept[_KEPT] = await visit.ask("evidence", command)
    return await show(visit)


async def bundle(visit: Visit) -> Response:
    """The bundle that was taken last."""
    return saved(_taken(visit).bundle, "request.evidence", _SEALED)


async def key(visit: Visit) -> Response:
    """Its key."""
    return saved(write_key(_taken(visit).key), "request.evidence.key", _SEALED)


def _taken(visit: Visit) -> Exported:
    found: Exported | None = visit.session.kept.get(_KEPT)
    if found is None:
        raise InputFault(
            "evidence_none",
            "no bundle was taken in this session",
            place="evidence",
            cure="Take it again on the page of evidence; that is entered again.",
        )
    return found


PAGES: Final = (
    Page(
        name="evidence",
        path="/evidence",
        title="Evidence and samples",
        template="inspector/evidence.html",
        actions=("evidence",),
        show=show,
        send=take,
        nav="Evidence",
    ),
    Page(
        name="evidence-bundle",
        path="/evidence/bundle",
        title="Evidence bundle",
        template="inspector/evidence.html",
        actions=("evidence",),
        show=bundle,
        parents=("evidence",),
    ),
    Page(
        name="evidence-key",
        path="/evidence/key",
        title="Key of the bundle",
        template="inspector/evidence.html",
        actions=("evidence",),
        show=key,
        parents=("evidence",),
    ),
)
