"""One request: citation first, then findings with explanation and cure, then the evidence, and the
decision last. Opening it is entered, and whether its values were shown; so it is a POST, and the
request's id, which its sender chose, stands in no address.
"""

from __future__ import annotations

from typing import Any, Final

from markupsafe import Markup

from counterfoil.core.values import State
from counterfoil.disclosure.explain import ExplainedRequest, ExplainRequest
from counterfoil.disclosure.explain_chart import draw_svg, feature_words, steps_of
from counterfoil.web.page import Page, Visit


async def show(visit: Visit) -> dict[str, Any]:
    """The request, with its values where they were asked for."""
    batch, asked = visit.part("batch"), visit.form.get("values") == "yes"
    named = visit.form.need("request_id", "request")
    found: ExplainedRequest = await visit.ask("explain", ExplainRequest(batch, named, asked))
    explained = found.explanation
    values = found.values.values if found.values else {}
    open_findings = [each for each in explained.findings if each.state is not State.MET]
    return {
        "batch": batch,
        "request_id": named,
        "explained": explained,
        "open_findings": open_findings,
        "met_findings": [each for each in explained.findings if each.state is State.MET],
        "citations": list(
            dict.fromkeys(each.citation for each in open_findings or explained.findings[:1])
        ),
        "steps": steps_of(explained),
        "picture": Markup(draw_svg(explained)) if explained.evidence else "",  # noqa: S704 - core/svg.py escapes all text
        "values": [(feature_words(name), value) for name, value in values.items()],
        "asked": asked,
    }


PAGES: Final = (
    Page(
        name="request",
        path="/batches/{batch}/request",
        title="Request",
        template="officers/request.html",
        actions=("explain",),
        send=show,
        parents=("inbox", "batch"),
    ),
)
