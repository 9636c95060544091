"""law-2: court orders that are none under 26 USC 6103(i)(1), and one that is. Each file holds one
row, under an order of its own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from scripts.attacks import tree
from scripts.attacks.attack import Outcome
from scripts.attacks.law.rows import Case, group, name_of, outcome, row_of, source
from scripts.attacks.office import Office, Sent, make_office
from scripts.attacks.people import Row

_AMEND: Final = (
    ("routes: [written-request]", "routes: [written-request, court-order]"),
    ("office: agency-head", "office: united-states-attorney"),
)
_DAYS: Final = ("issued_on", "expires_on")
"""Fields of a document that a case states in days from today."""


def _statutes(texts: Sequence[str], listed: int = 0) -> list[Case]:
    """The row cites what the order names."""
    return [
        Case(f"statute-{n}", {"statutory_authority": text}, n <= listed, document={"statute": text})
        for n, text in enumerate(texts, 1)
    ]


def _courts(texts: Sequence[str], listed: int = 0) -> list[Case]:
    return [
        Case(f"court-{n}", {}, n <= listed, document={"court": text})
        for n, text in enumerate(texts, 1)
    ]


CASES: Final = (
    *_statutes(
        (
            "26 USC 7201",
            "8 USC 1229a",
            "RCW 9A.56.030",
            "26 USC 7206(1)",
            "26 USC 7212(a)",
            "8 USC 1324d",
            "8 USC 1227(a)",
            "Texas Penal Code 30.02",
            "18 USC",
            "31 USC 5321(a)",
            "26 U.S.C. \u00a7 7201",
            "\u0432 USC 7201",
            "8 USC 1253 and 26 USC 7201",
            "Cal. Penal Code 459",
            "18 USC 5",
            "18 USC 232",
            "18 USC 841",
            "18 USC 670(d)",
            "21 USC 856(d)",
            "18 USC 924(d)",
        ),
        listed=3,
    ),
    *_courts(
        (
            "Superior Court of California, County of Los Angeles",
            "Seattle Immigration Court",
            "Board of Immigration Appeals",
            "United States Tax Court",
            "United States Court of Appeals for the Ninth Circuit",
            "District Court of King County",
            "United States District Court",
            "United States District Court for the District of Example",
            "Supreme Court of Washington",
            "Executive Office for Immigration Review",
            "Imm\u0456gration Court, W.D. Wash.",
        ),
        listed=2,
    ),
    Case("order-none", {}, document={"statute": ""}),
    Case("order-other-act", {}, document={"statute": "18 USC 1546(a)"}),
    Case("finding-use", {}, True, document={"finds": [*tree.FINDS[:3]]}),
    Case("finding-twice", {}, document={"finds": [*tree.FINDS[:3], "exclusive_use"]}),
    Case("finding-like", {}, document={"finds": [*tree.FINDS[:3], "slower_source"]}),
    Case("past-last-day", {}, True, document={"issued_on": -60, "expires_on": -1}),
    Case("past-last-day-long", {}, document={"issued_on": -400, "expires_on": -30}),
    Case("not-yet", {}, document={"issued_on": 3}),
    Case("own-last-day", {}, True, denial=True, document={"issued_on": -200, "expires_on": 160}),
    Case("far-off", {}, document={"issued_on": -11000, "expires_on": 60}),
    Case("far-ahead", {}, document={"issued_on": -10, "expires_on": 36500}),
    *(
        Case(
            f"honest-statute-{n}", {"statutory_authority": s}, denial=True, document={"statute": s}
        )
        for n, s in enumerate(
            ("18 USC 371", "18 USC 2", "21 USC 843(b)", "31 USC 5324", "18 USC 1033(c)(1)"), 1
        )
    ),
    Case("honest-judge", {}, denial=True, document={"judge": "magistrate judge"}),
    Case("honest-guam", {}, denial=True, document={"court": "District Court of Guam"}),
    Case("honest", {}, control=True),
    Case("honest-short", {}, control=True, document={"court": "U.S. District Court, W.D. Wash."}),
)


def _send(office: Office, name: tuple[str, str], row: Row, states: dict[str, Any]) -> Sent:
    """One row under an order."""
    document = office.folder / f"{row['request_id']}.pdf"
    document.write_text(f"A made-up order: {row['request_id']}.\n", encoding="utf-8")
    stated = {
        "digest": f"sha256:{hashlib.sha256(document.read_bytes()).hexdigest()}",
        "people": [dict(zip(("given_name", "family_name"), name, strict=True))],
        "periods": ["2024"],
        "items": ["address"],
        **tree.of_order(**states),
    }
    path = office.folder / f"{row['request_id']}.json"
    path.write_text(json.dumps(tree.document(stated)), encoding="utf-8")
    return office.send([row], route="court-order", document=document, states=path)


def _run(cases: Sequence[Case], folder: Path) -> dict[str, Outcome]:
    office, found = make_office(folder, source(cases), amend=_AMEND), dict[str, Outcome]()
    today = datetime.now(UTC).date()
    for place, case in enumerate(cases):
        states: dict[str, Any] = {"issued_on": -10, **case.document}
        days = {n: (today + timedelta(days=states[n])).isoformat() for n in _DAYS if n in states}
        row = row_of(place, case)
        sent = _send(office, name_of(place, case), row, states | days)
        found[case.name] = outcome(case, row, sent)
    return found


GROUPS: Final = (group("law-2", CASES, _run),)
