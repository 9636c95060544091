"""Incidents with the hours that are left until their report is due, and the duties with a day.

/incidents?page=N&duties=M     incidents that are not closed, the urgent first, and open duties
/incidents/new                 POST: open one
/incidents/{number}/report     POST: enter that it was reported
/incidents/{number}/close      POST: close it
"""

from __future__ import annotations

from typing import Any, Final

from counterfoil.controls.duties.service import DutyListing, openable
from counterfoil.controls.duties.table import duty_classes
from counterfoil.controls.incidents.classes import CLASSES
from counterfoil.controls.incidents.service import (
    CloseIncident,
    IncidentFacts,
    IncidentStatus,
    OpenIncident,
    ReportIncident,
)
from counterfoil.web.officers import signing
from counterfoil.web.officers.files import number_of
from counterfoil.web.officers.paging import page_of
from counterfoil.web.page import Handler, Page, Shown, Visit

_A_PAGE: Final = 25


async def show(visit: Visit) -> dict[str, Any]:
    """Incidents and duties."""
    found: list[IncidentStatus] = await visit.ask("incidents")
    duties: DutyListing = await visit.ask("duties")
    asked = visit.request.query_params
    return {
        "incidents": page_of(sorted(found, key=_urgency), asked.get("page", ""), _A_PAGE),
        "classes": CLASSES,
        "duties": page_of(duties.open, asked.get("duties", ""), _A_PAGE),
        "duty_choices": [(each, _duty_said(each)) for each in openable()],
        "sentences": {each.id: each.sentence for each in duty_classes().values()},
        "closed_by": {each.id: each.closed_by for each in duty_classes().values()},
        "by_receipt": {each.id for each in duty_classes().values() if each.receipt},
        "agrees": duties.agrees,
    }


def _duty_said(name: str) -> str:
    """What a class of duty is, with where it comes from."""
    found = duty_classes()[name]
    return f"{found.sentence} ({found.citation})"


def _urgency(incident: IncidentStatus) -> tuple[bool, int]:
    """Those that are open first, the least time left first; then those that were reported."""
    return incident.state != "open", incident.hours_left if incident.state == "open" else 0


async def new(visit: Visit) -> Shown:
    """Open an incident, found now."""
    about = visit.form.choose("about", "What is thought to have happened", CLASSES)
    facts = IncidentFacts(about, visit.dispatch.office.clock(), visit.form.get("batch"))
    after = signing.After("incidents", {}, "The incident is open. Its clock runs.")
    return await signing.begin(visit, "incident-open", OpenIncident(facts=facts), after)


async def report(visit: Visit) -> Shown:
    """Enter that an incident was reported."""
    command = ReportIncident(number=number_of(visit))
    after = signing.After("incidents", {}, "It is entered that the incident was reported.")
    return await signing.begin(visit, "incident-report", command, after)


async def close(visit: Visit) -> Shown:
    """Close an incident."""
    command = CloseIncident(number=number_of(visit))
    after = signing.After("incidents", {}, "The incident is closed.")
    return await signing.begin(visit, "incident-close", command, after)


def _sends(name: str, path: str, title: str, send: Handler) -> Page:
    return signing.page(name, path, title, send, "incidents")


PAGES: Final = (
    Page(
        name="incidents",
        path="/incidents",
        title="Incidents and duties",
        template="officers/incidents.html",
        actions=("incidents", "duties"),
        show=show,
        nav="Incidents",
    ),
    _sends("incident-open", "/incidents/new", "Open an incident", new),
    _sends("incident-report", "/incidents/{number}/report", "Report an incident", report),
    _sends("incident-close", "/incidents/{number}/close", "Close an incident", close),
)
