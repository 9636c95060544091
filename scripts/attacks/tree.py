"""What the tree that is attacked knows of a request file, so that one row is in order in any of
them: columns, the agency of an engaged officer, what a document states.

A row or a document says what the newest tree asks. What an older tree does not know is left out of
it, and what a row does not say is what an honest request says. Of the tree's modules nothing but
those of its formats is looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

AGENCY: Final = "US Department of Homeland Security"
"""Whose officers and employees the engaged officers are: the requester, as the agreement writes
it."""
COURT: Final = "United States District Court for the Western District of Washington"
STATUTE: Final = "8 USC 1253(a)(1)"
FINDS: Final = ("specific_act", "relevance", "exclusive_use", "no_other_source")
COLUMNS: Final = (
    "request_id", "given_name", "middle_name", "family_name", "suffix", "date_of_birth", "tin",
    "line1", "line2", "city", "state", "zip", "taxable_periods", "statutory_authority", "reason",
    "investigation_number", "investigation_opened_on", "removal_order_number", "removal_order_date",
    "removal_ground", "court_order_date", "stay_or_deferral", "engaged_officers", "use_certified",
    "review", "offence_date", "offence_fact", "earlier_investigation",
)  # fmt: skip
_OFFICER_PARTS: Final = 4


@cache
def columns() -> tuple[str, ...]:
    """Those of `COLUMNS` that the tree reads."""
    from counterfoil.intake import COLUMN_NAMES

    return tuple(name for name in COLUMNS if name in COLUMN_NAMES)


@cache
def _officers_have_agency() -> bool:
    from counterfoil.core.values import EngagedOfficer

    return hasattr(EngagedOfficer(), "agency")


@cache
def _document_fields() -> frozenset[str]:
    from counterfoil.core.values import Document

    return frozenset(Document.__struct_fields__)


def honest() -> dict[str, str]:
    """What an honest request states in columns that not every tree knows: that nothing stays the
    order, and that nothing is pending against it."""
    return {"review": "none", "stay_or_deferral": "none"} if "review" in columns() else {}


def fitted(row: Mapping[str, str]) -> dict[str, str]:
    """The row as this tree reads it: columns that it does not know left out, and each engaged
    officer with the agency, or without it."""
    known = {name: row.get(name, "") for name in columns()}
    return known | {"engaged_officers": officers(known["engaged_officers"])}


def officers(text: str) -> str:
    """Officers of three parts get the requester as their agency where the tree knows agencies;
    officers of four parts are cut to three where it does not."""
    if not _officers_have_agency():
        return ";".join("|".join(each.split("|")[: _OFFICER_PARTS - 1]) for each in text.split(";"))
    whole = _OFFICER_PARTS - 2
    return ";".join(
        f"{each}|{AGENCY}" if each.count("|") == whole else each for each in text.split(";")
    )


def document(states: Mapping[str, Any]) -> dict[str, Any]:
    """What a document states, without what this tree does not know."""
    return {name: value for name, value in states.items() if name in _document_fields()}


def of_order(**changes: Any) -> dict[str, Any]:
    """What an honest order states of its court and its findings, for `document`."""
    order = {"court": COURT, "judge": "district", "statute": STATUTE, "finds": list(FINDS)}
    return order | changes
