"""The full check, attestations and reports: begun by a form, then looked at as often as one likes.
A page shows how far a job was when it was asked for; nothing reloads by itself."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any, Final

from starlette.responses import Response

from counterfoil.accountability.ledger_pages.entries import KIND_MEANINGS
from counterfoil.accountability.ledger_pages.jobs import BeginJob, Job, ShowJob
from counterfoil.core.errors import InputFault
from counterfoil.web.inspector.parts import read_day, saved
from counterfoil.web.page import Page, Visit

_WHAT: Final = ("check", "attest", "report")


async def show_jobs(visit: Visit) -> dict[str, Any]:
    """The last jobs, and forms for new ones."""
    jobs: tuple[Job, ...] = await visit.ask("jobs")
    today = datetime.combine(visit.dispatch.office.clock().date(), time(), UTC)
    return {"jobs": jobs, "kinds": KIND_MEANINGS, "year": today.year}


async def begin(visit: Visit) -> Response:
    """Begin one, then show it."""
    form, what = visit.form, visit.form.choose("what", "What", _WHAT)
    question = BeginJob("check")
    if what == "attest":
        kind = form.choose("kind", "Kind", KIND_MEANINGS)
        first, last = (read_day(form.need(name, name), name) for name in ("first", "last"))
        question = BeginJob("attest", kind, first, last)
    elif what == "report":
        question = BeginJob("report", year=form.read("year", "Year", int))
    job: Job = await visit.ask("job-begin", question)
    return visit.go("check", number=str(job.number))


async def show_job(visit: Visit) -> dict[str, Any]:
    """How far a job is, or what came of it."""
    return {"job": await _job(visit)}


async def show_file(visit: Visit) -> Response:
    """The attestation or the report, to be kept."""
    job = await _job(visit)
    if not job.document:
        raise InputFault(
            "job_no_file",
            "there is no file of this job",
            place="job",
            cure="Wait for its end. A check has statements and no file.",
        )
    ending = "attestation" if job.what == "attest" else "json"
    return saved(job.document, f"{job.what}-{job.number}.{ending}")


async def _job(visit: Visit) -> Job:
    text = visit.part("number")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
    found: Job = await visit.ask("job", ShowJob(number))
    return found


PAGES: Final = (
    Page(
        name="checks",
        path="/checks",
        title="Checks, attestations and reports",
        template="inspector/checks.html",
        actions=("jobs", "job-begin"),
        show=show_jobs,
        send=begin,
        nav="Checks",
    ),
    Page(
        name="check",
        path="/checks/{number}",
        title="How far it is",
        template="inspector/check.html",
        actions=("job",),
        show=show_job,
        parents=("checks",),
    ),
    Page(
        name="check-file",
        path="/checks/{number}/file",
        title="What came of it, as a file",
        template="inspector/check.html",
        actions=("job",),
        show=show_file,
        parents=("checks",),
    ),
)
