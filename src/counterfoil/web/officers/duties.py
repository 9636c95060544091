"""Dated duties: opening one, and closing one with its document. They are listed beside the
incidents (incidents.py).

/duties/new              POST: an officer opens a duty of a class
/duties/{number}/close   POST: two officers close it with the document that shows that it was done
"""

from __future__ import annotations

from datetime import date
from typing import Final

from counterfoil.controls.duties.service import CloseDuty, OpenDuty, openable
from counterfoil.web.officers import signing
from counterfoil.web.officers.files import MOST_BYTES, number_of, upload
from counterfoil.web.page import Handler, Page, Shown, Visit


async def new(visit: Visit) -> Shown:
    """Open a duty."""
    about = visit.form.choose("about", "What is to be done", openable())
    since = visit.form.read("since", "Counts from", date.fromisoformat)
    due = visit.form.read("due", "Due on", date.fromisoformat) if visit.form.get("due") else None
    batch = visit.form.get("batch")
    document, folder = upload(visit, "document", "Document")
    command = OpenDuty(about=about, since=since, document=document, due=due, batch=batch)
    after = signing.After("incidents", {}, "The duty is open.")
    return await signing.begin(visit, "duty-open", command, after, folder)


async def close(visit: Visit) -> Shown:
    """Close a duty."""
    document, folder = upload(visit, "document", "Document")
    command = CloseDuty(number=number_of(visit), document=document)
    after = signing.After("incidents", {}, "The duty is closed.")
    return await signing.begin(visit, "duty-close", command, after, folder)


def _sends(name: str, path: str, title: str, send: Handler) -> Page:
    return signing.page(name, path, title, send, "incidents", most_bytes=MOST_BYTES)


PAGES: Final = (
    _sends("duty-open", "/duties/new", "Open a duty", new),
    _sends("duty-close", "/duties/{number}/close", "Close a duty", close),
)
