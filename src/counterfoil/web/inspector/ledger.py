"""Pages of the ledger. An address of a page shows the same entries whatever is entered later: it
names the index below or above which they stand. The ledger tells of nobody, so that nothing here is
entered and everything may stand in an address.

What tells an officer of another one's finding before they have looked themselves is left out, and
said to be (controls/sampling/own_look.py)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from starlette.responses import Response

from counterfoil.accountability.ledger_pages.checkpoints import (
    CheckpointHistory,
    CompareDays,
    ComparedDays,
    ListCheckpoints,
)
from counterfoil.accountability.ledger_pages.entries import (
    KIND_MEANINGS,
    EntryInWords,
    EntryList,
    ListEntries,
    ShowEntry,
)
from counterfoil.core.errors import InputFault
from counterfoil.web.inspector.parts import read_day, saved
from counterfoil.web.officers import looks
from counterfoil.web.page import Page, Visit

_FILTERS: Final = ("kind", "batch", "first", "last")


async def show_entries(visit: Visit) -> dict[str, Any]:
    """A page of entries."""
    asked = visit.request.query_params
    chosen = {name: asked.get(name, "").strip() for name in _FILTERS}
    before, after = (_index(asked.get(name, "")) for name in ("before", "after"))
    question = ListEntries(*(chosen[name] for name in _FILTERS), before=before, after=after)
    found: EntryList = await visit.ask("ledger-entries", question, looks.concluded(visit))
    return {
        "found": found,
        "shown": found.entries,
        "left_out": found.left_out,
        "kinds": KIND_MEANINGS,
        "chosen": chosen,
        "filtered": any(chosen.values()),
        "older": _link(chosen, before=found.low) if found.older else "",
        "newer": _link(chosen, after=found.high - 1) if found.newer else "",
        "newest": _link(chosen),
    }


async def show_entry(visit: Visit) -> dict[str, Any]:
    """One entry in words."""
    return {"entry": await _entry(visit)}


async def show_proof(visit: Visit) -> Response:
    """The proof of an entry, to be kept."""
    entry = await _entry(visit)
    if not entry.proof:
        raise InputFault(
            "entry_unproved",
            "no checkpoint covers this entry yet",
            place="proof",
            cure="Ask again after the next release or publication, which sign one.",
        )
    return saved(entry.proof, f"entry-{entry.line.index}.tlog-proof")


async def show_checkpoints(visit: Visit) -> dict[str, Any]:
    """The history of checkpoints."""
    asked = visit.request.query_params
    size, number = (_index(asked.get(name, "")) for name in ("size", "number"))
    found: CheckpointHistory = await visit.ask("checkpoints", ListCheckpoints(size, number))
    return {"found": found, "below_size": size, "below_number": number}


async def show_days(visit: Visit) -> dict[str, Any]:
    """Two days compared, where two are named."""
    chosen = {name: visit.request.query_params.get(name, "") for name in ("first", "last")}
    if not any(chosen.values()):
        return {"found": None, "chosen": chosen, "query": ""}
    return {"found": await _days(visit), "chosen": chosen, "query": urlencode(chosen)}


async def show_days_file(visit: Visit) -> Response:
    """The consistency file of two days, to be kept."""
    found = await _days(visit)
    return saved(found.file, f"{found.older.day}-{found.newer.day}.consistency")


async def _entry(visit: Visit) -> EntryInWords:
    index = _index(visit.part("index"))
    question = ShowEntry(-1 if index is None else index)
    found: EntryInWords = await visit.ask("ledger-entry", question, looks.concluded(visit))
    return found


async def _days(visit: Visit) -> ComparedDays:
    asked = visit.request.query_params
    first, last = (read_day(asked.get(name, ""), name) for name in ("first", "last"))
    found: ComparedDays = await visit.ask("compare-days", CompareDays(first, last))
    return found


def _index(text: str) -> int | None:
    """A number of an address; None where there is none, and -1, which the use case refuses, for
    what is none."""
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else -1


def _link(chosen: Mapping[str, str], **place: int) -> str:
    query = urlencode({name: value for name, value in chosen.items() if value} | place)
    return f"/ledger?{query}" if query else "/ledger"


PAGES: Final = (
    Page(
        name="ledger",
        path="/ledger",
        title="Ledger",
        template="inspector/ledger.html",
        actions=("ledger-entries",),
        show=show_entries,
        nav="Ledger",
    ),
    Page(
        name="ledger-entry",
        path="/ledger/{index}",
        title="Entry",
        template="inspector/entry.html",
        actions=("ledger-entry",),
        show=show_entry,
        parents=("ledger",),
    ),
    Page(
        name="ledger-proof",
        path="/ledger/{index}/proof",
        title="Proof of an entry",
        template="inspector/entry.html",
        actions=("ledger-entry",),
        show=show_proof,
        parents=("ledger",),
    ),
    Page(
        name="checkpoints",
        path="/checkpoints",
        title="Checkpoints",
        template="inspector/checkpoints.html",
        actions=("checkpoints",),
        show=show_checkpoints,
        nav="Checkpoints",
    ),
    Page(
        name="compare",
        path="/compare",
        title="Compare two days",
        template="inspector/compare.html",
        actions=("compare-days",),
        show=show_days,
        parents=("checkpoints",),
    ),
    Page(
        name="compare-file",
        path="/compare/file",
        title="Two days compared, as a file",
        template="inspector/compare.html",
        actions=("compare-days",),
        show=show_days_file,
        parents=("checkpoints",),
    ),
)
