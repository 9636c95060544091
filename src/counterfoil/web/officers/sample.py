"""The sample of a batch, one row at a time, and what follows from it: the review of the first
officer, the release of the second.

    /batches/{batch}/sample    GET says what will be shown; POST shows a row, and takes what the
                               officer concludes of it. That values are shown is entered, once each
                               time the sample is opened
    /batches/{batch}/review    POST: the statement of the review, over all conclusions
    /batches/{batch}/release   POST: the statement of the release. The page asks for the second
                               officer's own look first; their conclusion is shown beside the first
                               officer's once it is made
"""

from __future__ import annotations

from typing import Any, Final

from counterfoil.controls.sampling.service import ShowSample
from counterfoil.core.errors import InputFault, StateFault
from counterfoil.disclosure import ReleaseBatch, ReviewBatch
from counterfoil.disclosure.explain_chart import FEATURE_WORDS
from counterfoil.web.officers import looks, signing
from counterfoil.web.page import Page, Shown, Visit

_AGREES: Final = {"yes": True, "no": False}
_FORMS: Final = ("jsonl", "csv")


async def show(visit: Visit) -> dict[str, Any]:
    """What will be shown, or what was concluded."""
    line = await looks.line_of(visit, visit.part("batch"))
    return {"line": line, "stand": looks.of(visit, line), "row": None}


async def step(visit: Visit) -> dict[str, Any]:
    """Open the sample, or take a conclusion; then the next row, or all conclusions."""
    batch = visit.part("batch")
    look = looks.find(visit, batch)
    digest = visit.form.get("row")
    if digest:
        agrees = _AGREES[visit.form.choose("agrees", "Do you agree?", _AGREES)]
        if look is None or not look.conclude(digest, agrees=agrees):
            raise _other_rows()
    elif visit.form.get("again"):
        looks.forget(visit, batch)
        look = None
    if not digest or look is None:
        look = looks.begin(visit, batch, await visit.ask("sample", ShowSample(batch)))
    at, line = look.next_row, await looks.line_of(visit, batch)
    return {
        "line": line,
        "stand": looks.of(visit, line),
        "row": None if at is None else look.rows[at],
        "compared": FEATURE_WORDS,
        "place": 0 if at is None else at + 1,
        "of_rows": len(look.rows),
    }


async def review(visit: Visit) -> Shown:
    """Sign what was determined, and what was found of the sample."""
    batch = visit.part("batch")
    line = await looks.line_of(visit, batch)
    stand = _require_looked(visit, line)
    sheet = stand.look.agrees if stand.sampled and stand.look else None
    said = "The review is entered. Another officer looks at the sample and releases the batch."
    after = signing.After("batch", {"batch": batch}, said)
    return await signing.begin(visit, "review", ReviewBatch(batch, sheet), after)


async def release(visit: Visit) -> Shown:
    """Sign that what was reviewed is released."""
    batch = visit.part("batch")
    line = await looks.line_of(visit, batch)
    _require_looked(visit, line)
    form: Any = visit.form.choose("form", "Form of the answer", _FORMS)
    after = signing.After(
        "batch", {"batch": batch}, "The batch is released. Its answer leaves by the mailbox."
    )
    return await signing.begin(visit, "release", ReleaseBatch(batch, form), after)


def _require_looked(visit: Visit, line: Any) -> looks.Stand:
    stand = looks.of(visit, line)
    if not stand.looked:
        raise StateFault(
            "sample_not_looked_at",
            "you have not looked at the whole sample of this batch in this session",
            place=line.batch,
            cure="Open the sample of the batch and go through its rows, then come back.",
        )
    return stand


def _other_rows() -> InputFault:
    return InputFault(
        "sample_other",
        "this row is not of the sample as it was shown to you",
        place="sample",
        cure="Open the sample again. What you concluded of the same rows is kept.",
    )


PAGES: Final = (
    Page(
        name="sample",
        path="/batches/{batch}/sample",
        title="Sample",
        template="officers/sample.html",
        actions=("sample", "review"),
        show=show,
        send=step,
        parents=("inbox", "batch"),
    ),
    signing.page("review", "/batches/{batch}/review", "Review", review, "inbox", "batch"),
    signing.page("release", "/batches/{batch}/release", "Release", release, "inbox", "batch"),
)
