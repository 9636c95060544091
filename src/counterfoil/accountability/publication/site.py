"""The public site: static pages beside the published ledger, for people. `ledger publish` writes
them after the checkpoint; any web host hands them out as they are, and nothing in them is needed to
check the ledger.

    index.html, agreement.html, counts.html, ledger.html     English
    es/index.html, ...                                       the same in Spanish
    feed.xml, es/feed.xml                                    Atom: publications and what stopped
    verify.html                                              verify_page.py
    counts.csv, holder.vkey, agreement.json                  what the pages show, to be taken along

A page has no script, names no other host and carries its own style, which its policy names by hash:
so it reads the same from a folder, from a copy, and printed. The style is small and our own, in the
spirit of the US Web Design System, whose tokens it takes for colors, sizes of type and spacing
(designsystem.digital.gov). The system itself would bring a script and 500 KB of style to pages that
have headings, lists and one kind of table, and a build step that every office would have to run.

The same facts make the same bytes; no clock is read here. Everything from the office's files goes
through Jinja's autoescape. If a page is lost or altered, the next publication writes it again:
nothing trusts a page.
"""

from __future__ import annotations

import csv
import uuid
from collections.abc import Callable, Iterator
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from counterfoil import ledger
from counterfoil.accountability.publication.counts import COLUMNS, SMALL
from counterfoil.accountability.publication.facts import Download, Event, SiteFacts, read_facts
from counterfoil.accountability.publication.texts import LANGUAGES, translator
from counterfoil.accountability.publication.verify_page import inline_hash, make_verify_page
from counterfoil.core.atomic_files import replace_public
from counterfoil.core.errors import StoreFault
from counterfoil.core.instants import minute_text
from counterfoil.office import Office

PAGES: Final = ("index.html", "agreement.html", "counts.html", "ledger.html")
FEED: Final = "feed.xml"
_TEMPLATES: Final = Path(__file__).with_name("templates")
_MARKED: Final = {"en": ",", "es": "\u202f"}
"""What stands between thousands."""
COLUMN_TEXTS: Final = {
    "asked": "Asked",
    "refused": "Refused",
    "answered": "Answered",
    "not_compared": "Not compared",
    "withdrawn": "Withdrawn",
    "unreadable": "Unreadable rows",
}
EVENT_TEXTS: Final = {
    "published": "The ledger was published.",
    "law": "From here on other rules or another agreement are in force.",
    "suspension": "Answering was stopped, in the whole office or in a part of it.",
    "resumption": "A stop of answering was lifted.",
    "incident": "An incident was opened.",
    "incident reported": "An incident was reported to the inspector general.",
    "incident closed": "An incident was closed.",
    "fork": "Another history of this ledger was signed, or is claimed. Answering stopped.",
    "recall": "Released answers were recalled. The entry does not say which.",
    "receipt": "What a requester signed of recalled or expired answers was entered.",
    "closing": "The office was closed for good. Its ledger ends here.",
}


def write_site(office: Office, folder: Path, checked: ledger.CheckReport) -> int:
    """Write the site of the ledger that `checked` is about, beside it; return how many files.

    Raises as `read_facts`; StoreFault `export_failed`.
    """
    files = make_site(read_facts(office, folder, checked))
    try:
        for name, data in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            replace_public(path, data)
    except OSError:
        raise StoreFault(
            "export_failed",
            "the pages of the public site could not be written",
            place=folder.name,
            cure="Check space and permissions, then run it again.",
        ) from None
    return len(files)


def make_site(facts: SiteFacts) -> dict[str, bytes]:
    """The bytes of every file by its path."""
    downloads = list(_downloads(facts))
    files = {each.name: each.data for each in downloads}
    for language in LANGUAGES:
        folder = "" if language == LANGUAGES[0] else f"{language}/"
        for name in (*PAGES, FEED):
            files[f"{folder}{name}"] = _page(facts, downloads, language, name)
    return files


def _downloads(facts: SiteFacts) -> Iterator[Download]:
    yield Download(
        "verify.html",
        "Checks answers, proofs and attestations on your own machine, without a network.",
        make_verify_page(),
    )
    yield Download(
        "holder.vkey",
        "The office's verifier key. Compare it with the key that you have from elsewhere.",
        f"{facts.key}\n".encode(),
    )
    yield Download("counts.csv", "The counts, for a spreadsheet.", _csv(facts))
    if facts.agreement.document:
        yield Download(
            "agreement.json",
            "The agreement as it is published, with hidden clauses as hashes.",
            facts.agreement.document,
        )


def _csv(facts: SiteFacts) -> bytes:
    """One row for each month or year, route and column. A count that is not shown is empty."""
    out = StringIO(newline="")
    rows = csv.writer(out)
    rows.writerow(["agreement", "route", "period", "column", "count"])
    for table in facts.tables:
        for row in table.rows:
            for column, count in (row.counts or {}).items():
                rows.writerow([table.agreement, table.route, row.period, column, count])
    return out.getvalue().encode()


def _page(facts: SiteFacts, downloads: list[Download], language: str, name: str) -> bytes:
    say = translator(language)
    style = (_TEMPLATES / "site.css").read_text(encoding="utf-8")
    known: dict[str, Any] = {
        "facts": facts,
        "name": name,
        "language": language,
        "languages": LANGUAGES,
        "up": "" if language == LANGUAGES[0] else "../",
        "style": style,
        "style_hash": inline_hash(style),
        "downloads": downloads,
        "columns": COLUMNS,
        "column_texts": COLUMN_TEXTS,
        "small": SMALL,
        "events": [
            (_identity(facts, str(each.index)), _event_text(each), each) for each in facts.events
        ],
        "site_id": _identity(facts, language),
        "_": _teller(say),
        "number": _number(_MARKED[language]),
        "moment": minute_text,
    }
    return _environment().get_template(name).render(known).encode()


def _teller(say: Callable[[str], str]) -> Callable[..., str]:
    """What templates call `_`: a text in the page's language, with values put into it. What it
    returns is plain text, which the template escapes."""

    def tell(english: str, **values: Any) -> str:
        text = say(english)
        return text % values if values else text

    return tell


def _event_text(event: Event) -> str:
    """What the feed says of an entry, in English."""
    return EVENT_TEXTS.get(f"{event.kind} {event.event}") or EVENT_TEXTS[event.kind]


def _identity(facts: SiteFacts, what: str) -> str:
    """An identity for feed readers, the same each time."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{facts.key} {what}").urn


def _number(mark: str) -> Callable[[int], str]:
    """What writes a number with `mark` between thousands."""
    return lambda value: f"{value:,}".replace(",", mark)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
