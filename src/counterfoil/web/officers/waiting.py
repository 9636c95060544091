"""What a batch waits for before it is determined: requests that two roles may admit, and the
comparison of a court's order or a consent with the file's header.

/batches/{batch}/waiting            POST: one request, with what is open; entered as a look
/batches/{batch}/override           POST: an officer signs that it is admitted, then counsel
/batches/{batch}/document           POST: what the header states of its document, by field
/batches/{batch}/compare-document   POST: an officer signs that each field agrees
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from counterfoil.controls.comparison import CompareDocument, ShowDocument, StatedDocument
from counterfoil.controls.overrides.service import OverrideRequest
from counterfoil.core.errors import InputFault, StateFault
from counterfoil.core.values import State
from counterfoil.disclosure.explain import ExplainedRequest, ExplainRequest
from counterfoil.disclosure.waiting import WaitingRequests
from counterfoil.web.look import words
from counterfoil.web.officers import signing
from counterfoil.web.officers.files import MOST_BYTES, upload
from counterfoil.web.page import Page, Shown, Visit


async def show(visit: Visit) -> dict[str, Any]:
    """One request that waits."""
    batch, request_id = visit.part("batch"), visit.form.need("request_id", "request")
    found: WaitingRequests = await visit.ask("waiting", batch)
    elements = [each.elements for each in found.waiting if each.request_id == request_id]
    if not elements:
        raise StateFault(
            "request_not_waiting",
            "this request does not wait for an officer",
            place=batch,
            cure="Open the batch again: it shows the requests that still wait.",
        )
    told: ExplainedRequest = await visit.ask("explain", ExplainRequest(batch, request_id, False))
    findings = [each for each in told.explanation.findings if each.state is not State.MET]
    return {
        "batch": batch,
        "request_id": request_id,
        "elements": elements[0],
        "said": {each.element: f"{words(each.code)} ({each.citation})" for each in findings},
        "findings": findings,
        "is_open": found.state == "gated",
    }


async def override(visit: Visit) -> Shown:
    """Sign that a request is admitted although it waits."""
    batch = visit.part("batch")
    request_id = visit.form.need("request_id", "request")
    elements = tuple(visit.form.several("element"))
    if not elements:
        raise InputFault(
            "form_field_missing",
            "no element was marked",
            place="What is set aside",
            cure="Mark each element that you and counsel set aside.",
        )
    reason = visit.form.need("reason", "Reason")
    command = OverrideRequest(batch, request_id, elements, reason)
    after = signing.After("batch", {"batch": batch}, "The request is admitted.")
    return await signing.begin(visit, "override", command, after)


async def document(visit: Visit) -> dict[str, Any]:
    """What the header states of the document."""
    found: StatedDocument = await visit.ask("document", ShowDocument(visit.part("batch")))
    stated = [(name, _said(value)) for name, value in sorted(found.stated.items())]
    return {"batch": found.batch, "digest": found.digest, "stated": stated}


def _said(value: Any) -> list[str]:
    """What a header states in one field, a line each."""
    if isinstance(value, Mapping):
        said = cast("Mapping[str, Any]", value)
        pairs = (f"{name.replace('_', ' ')}: {each}" for name, each in said.items())
        return [", ".join(pairs)]
    if isinstance(value, Sequence) and not isinstance(value, str):
        several = cast("Sequence[Any]", value)
        return [line for each in several for line in _said(each)]
    return [str(value)]


async def compare(visit: Visit) -> Shown:
    """Sign that document and header agree in the fields that were marked."""
    batch = visit.part("batch")
    paper, folder = upload(visit, "document", "Document")
    fields = tuple(sorted(visit.form.several("field")))
    after = signing.After("batch", {"batch": batch}, "The comparison is entered.")
    command = CompareDocument(batch, paper, fields)
    return await signing.begin(visit, "compare", command, after, folder)


def _page(name: str, title: str, template: str, send: Any, *actions: str, most: int = 0) -> Page:
    return Page(
        name=name,
        path=f"/batches/{{batch}}/{name}",
        title=title,
        template=template,
        actions=actions,
        send=send,
        parents=("inbox", "batch"),
        most_bytes=most or 65_536,
    )


PAGES: Final = (
    _page(
        "waiting", "A request that waits", "officers/waiting.html", show,
        "waiting", "explain", "override",
    ),
    _page("override", "Admit a request", "officers/sign.html", override, "override"),
    _page("document", "Compare the document", "officers/document.html", document, "document"),
    _page(
        "compare-document", "Compare the document", "officers/sign.html", compare, "compare",
        most=MOST_BYTES,
    ),
)  # fmt: skip
