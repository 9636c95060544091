"""Who asked about a person. The person is named in a form, never in an address; each look is
entered, the printing of what was just shown too.

What a person may be shown stands in accountability/accounting/service.py, which this page only
puts into words: of a yes and of a no it says the same. A printout is a page without anything of the
office's around it, in the person's language, with how to dispute a line and, where a dispute has a
number, what was then done.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Final

import msgspec

from counterfoil.accountability.accounting.disputes import Dispute, ShowDispute
from counterfoil.accountability.accounting.service import (
    PERSON_FORMAT,
    AccountPerson,
    PersonFile,
    ShownToPerson,
)
from counterfoil.core.catalogue import LANGUAGES
from counterfoil.core.errors import InputFault
from counterfoil.core.use_cases import Upload
from counterfoil.web.forms import Form
from counterfoil.web.look import teller
from counterfoil.web.page import Page, Shown, Visit

TEXTS: Final = (
    ("given_name", "Given name"),
    ("middle_name", "Middle name"),
    ("family_name", "Family name"),
    ("suffix", "Suffix"),
    ("line1", "Street address"),
    ("line2", "Apartment or unit"),
    ("city", "City"),
    ("state", "State"),
    ("zip", "ZIP code"),
    ("tin", "Taxpayer number"),
)
NEEDED: Final = frozenset({"given_name", "family_name", "line1", "city", "state", "zip"})
VIEWS: Final = ("person", "all", "print")
_ENFORCEMENT: Final = "enforcement of "


class FormUpload(Upload, frozen=True, gc=False):
    """A file that came in a form and is in memory alone."""

    data: bytes = b""

    def read(self, limit: int, unreadable: Callable[[str], InputFault]) -> bytes:
        """As of `Upload`."""
        return self.data[: limit + 1]


async def show(visit: Visit) -> dict[str, Any]:
    """The form."""
    return _form_told(visit, {})


async def send(visit: Visit) -> dict[str, Any] | Shown:
    """What was asked about the person."""
    form = visit.form
    view = form.choose("view", "What is shown", VIEWS)
    question = AccountPerson(_person(form))
    dispute = await _dispute(visit)
    told = _form_told(visit, {name: form.get(name) for name, _ in TEXTS})
    told["birth"], told["dispute_number"] = form.get("date_of_birth"), form.get("dispute")
    told["dispute"], told["view"] = dispute, view
    if view == "all":
        return told | {"lines": await visit.ask("account", question)}
    lines: tuple[ShownToPerson, ...] = await visit.ask("account-person", question)
    told["shown"] = [(line, *_purpose(line)) for line in lines]
    if view != "print":
        return told
    language = form.choose("language", "Language", LANGUAGES)
    printed = told | {"language": language, "_": teller(language)}
    return Shown("persons/printout.html", printed)


def _form_told(visit: Visit, filled: dict[str, str]) -> dict[str, Any]:
    holder = visit.dispatch.office.law.agreement.parties.holder
    return {
        "texts": TEXTS,
        "needed": NEEDED,
        "filled": filled,
        "birth": "",
        "dispute_number": "",
        "dispute": None,
        "view": "person" if visit.may("account-person") else "all",
        "may_person": visit.may("account-person"),
        "lines": None,
        "shown": None,
        "holder": holder,
        "today": visit.dispatch.office.clock().date().isoformat(),
    }


def _person(form: Form) -> FormUpload:
    """The person of the form, as the file that the use case reads."""
    fields = {
        name: form.need(name, label) if name in NEEDED else form.get(name) for name, label in TEXTS
    }
    born = None
    if form.get("date_of_birth"):
        born = form.read("date_of_birth", "Date of birth", date.fromisoformat)
    person = PersonFile(PERSON_FORMAT, **fields, date_of_birth=born)
    return FormUpload(Path("person.json"), msgspec.json.encode(person))


async def _dispute(visit: Visit) -> Dispute | None:
    text = visit.form.get("dispute")
    if not text:
        return None
    number = visit.form.read("dispute", "Number of the dispute", int)
    found: Dispute = await visit.ask("dispute", ShowDispute(number))
    return found


def _purpose(line: ShownToPerson) -> tuple[str, str]:
    """The statute whose enforcement a line names as its purpose, or the request's own words."""
    if line.purpose.startswith(_ENFORCEMENT):
        return line.purpose.removeprefix(_ENFORCEMENT), ""
    return "", line.purpose


PAGES: Final = (
    Page(
        name="accounting",
        path="/accounting",
        title="Who asked about a person",
        template="persons/accounting.html",
        actions=("account", "dispute"),
        show=show,
        send=send,
        nav="Accounting",
    ),
)
