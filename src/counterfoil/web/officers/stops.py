"""What is stopped, and the acts that stop and go on: suspensions and disclosure holds.

/stops               the scopes that are suspended, to every role
/stops/suspend       POST: one officer, by an order
/stops/resume        POST: two officers, by an order
/holds               of the role holds: the holds, by number; POST: two officers add one
/holds/{number}/lift   POST: two officers lift it
"""

from __future__ import annotations

from typing import Any, Final

from counterfoil.controls.holds.service import AddHold, LiftHold
from counterfoil.controls.suspension.service import Resume, Suspend
from counterfoil.web.officers import signing
from counterfoil.web.officers.files import MOST_BYTES, number_of, upload
from counterfoil.web.officers.paging import page_of
from counterfoil.web.page import Handler, Page, Shown, Visit


async def show(visit: Visit) -> dict[str, Any]:
    """What is suspended."""
    return {"status": await visit.ask("suspensions")}


async def suspend(visit: Visit) -> Shown:
    """Stop a scope."""
    order, folder = upload(visit, "order", "Order")
    command = Suspend(order=order, scope=visit.form.get("scope") or "office")
    after = signing.After("stops", {}, "The suspension is entered and in force.")
    return await signing.begin(visit, "suspend", command, after, folder)


async def resume(visit: Visit) -> Shown:
    """Lift a suspension."""
    order, folder = upload(visit, "order", "Order")
    command = Resume(order=order, scope=visit.form.get("scope") or "office")
    after = signing.After("stops", {}, "The suspension is lifted.")
    return await signing.begin(visit, "resume", command, after, folder)


async def holds(visit: Visit) -> dict[str, Any]:
    """The holds, by number."""
    found = await visit.ask("holds")
    return {"holds": page_of(found, visit.request.query_params.get("page", ""), 50)}


async def hold(visit: Visit) -> Shown:
    """Hold the person of a file."""
    person, folder = upload(visit, "person", "File of the person")
    after = signing.After("holds", {}, "The hold is entered.")
    return await signing.begin(visit, "hold-add", AddHold(person=person), after, folder)


async def lift(visit: Visit) -> Shown:
    """Lift a hold."""
    after = signing.After("holds", {}, "The hold is lifted.")
    return await signing.begin(visit, "hold-lift", LiftHold(number=number_of(visit)), after)


def _sends(name: str, path: str, title: str, send: Handler, parent: str) -> Page:
    return signing.page(name, path, title, send, parent, most_bytes=MOST_BYTES)


PAGES: Final = (
    Page(
        name="stops",
        path="/stops",
        title="Suspensions",
        template="officers/stops.html",
        actions=("suspensions",),
        show=show,
        nav="Suspensions",
    ),
    _sends("suspend", "/stops/suspend", "Suspend", suspend, "stops"),
    _sends("resume", "/stops/resume", "Resume", resume, "stops"),
    Page(
        name="holds",
        path="/holds",
        title="Disclosure holds",
        template="officers/holds.html",
        actions=("holds",),
        show=holds,
        nav="Holds",
    ),
    _sends("hold-add", "/holds/new", "Hold a person", hold, "holds"),
    _sends("hold-lift", "/holds/{number}/lift", "Lift a hold", lift, "holds"),
)
