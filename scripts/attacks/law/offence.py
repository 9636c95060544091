"""law-5: facts of 8 USC 1253(a)(1) that are missing, contradicted or not of the offence; and rows
that the offence admits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from scripts.attacks.law.rows import Case, group, numbered
from scripts.attacks.people import Row

_REASON: Final = (
    "Willful failure to depart after the final order: the residence bears on intent; {}"
)


def _of(authority: str, date: str, fact: str, **more: str) -> Row:
    return {"statutory_authority": authority, "offence_date": date, "offence_fact": fact, **more}


def _pending(texts: tuple[str, ...], listed: int = 0) -> list[Case]:
    return numbered("reason", "reason", map(_REASON.format, texts), listed=listed)


_EARLIER: Final = {"investigation_opened_on": "2024-05-02", "removal_order_date": "2025-03-14"}


def _ago(days: int) -> str:
    return (datetime.now(UTC).date() - timedelta(days=days)).isoformat()


_LATE: Final = {"removal_order_date": _ago(40), "investigation_opened_on": _ago(30)}
"""An order whose 90 days have not passed."""
CASES: Final = (
    Case("stay-empty", {"stay_or_deferral": ""}, listed=True),
    *numbered("stay", "stay_or_deferral", (" ", "\u200b", "unknown", "not known", "TBD", "?")),
    Case("review-pending", {"review": "petition for review pending"}, listed=True),
    Case("review-empty", {"review": ""}, listed=True),
    *numbered(
        "review",
        "review",
        (
            "motion to reopen",
            "yes",
            "unknown",
            "stay of removal until the court decides",
            "TBD",
            "appeal to the Board of Immigration Appeals",
        ),
    ),
    *_pending(
        (
            "withholding of removal was granted",
            "deferral of removal stands",
            "his motion to reopen is pending",
            "a petition for review is pending in the court of appeals",
            "deferred action was granted in the year before",
            "the stay of removal ends next month",
            "a m\u043etion to reopen is pending",
            "his asylum application is pending",
            "his appeal is before the Board",
            "the order is not yet final",
            "the order was rescinded last month",
            "the immigration judge terminated the case",
            "he is protected by a T visa",
            "his petition before the Ninth Circuit waits",
        ),
        listed=3,
    ),
    *(
        Case(f"order-before-birth-{number}", {"date_of_birth": born, "removal_order_date": ordered})
        for number, (born, ordered) in enumerate(
            (
                ("1990-05-01", "1989-05-01"),
                ("1990-05-01", "1990-05-01"),
                ("1990-05-01", "1990-04-30"),
                ("2024-11-16", "2024-11-15"),
                ("1999-12-31", "1912-01-01"),
            ),
            1,
        )
    ),
    Case(
        "investigation-before-birth",
        {
            "date_of_birth": "1990-05-01",
            "investigation_opened_on": "1989-05-01",
            "earlier_investigation": "Opened for a passport fraud, in which the order became known",
        },
    ),
    *numbered(
        "class",
        "removal_ground",
        (
            "8 USC 1227(a)(1)(F)",
            "8 USC 1227(a)(1)(H)",
            "8 USC 1227(a)(2)(A)(vi)",
            "8 USC 1227(a)(1)(Z)",
            "8 USC 1227(a)(7)",
            "8 USC 1227(a)(8)",
            "8 USC 1227(a)(2)(A)(ix)",
            "8 USC 1227(a)(6)(B)",
            "8 USC 1227(a)(3)(C)(ii)",
            "8 USC 1227(a)(1)(B)(x)",
        ),
        listed=3,
    ),
    Case("class-second", {"removal_ground": "8 USC 1227(a)(1)(B); 8 USC 1227(a)(1)(H)"}),
    Case(
        "two-charges",
        {"removal_ground": "8 USC 1227(a)(1)(B); 8 USC 1227(a)(2)(A)(iii)"},
        listed=True,
        denial=True,
    ),
    Case("investigation-older", _EARLIER, listed=True),
    *(
        Case(f"investigation-{number}", {**_EARLIER, "earlier_investigation": text})
        for number, text in enumerate(("TBD", "none", "xxxx xxxx xxxx xxxx", "older"), 1)
    ),
    Case("documents-no-fact", _of("8 USC 1253(a)(1)(B)", "", ""), listed=True),
    Case("hampering-no-fact", _of("8 USC 1253(a)(1)(C)", "2026-01-10", "")),
    Case("presenting-no-day", _of("8 USC 1253(a)(1)(D)", "", "He was to come to the field office")),
    Case(
        "hampering-before",
        _of("8 USC 1253(a)(1)(C)", "2024-01-10", "He hid his passport from the officers"),
    ),
    Case("documents-placeholder", _of("8 USC 1253(a)(1)(B)", "2026-01-10", "TBD")),
    Case("departure-early", {**_LATE, "statutory_authority": "8 USC 1253(a)(1)(A)"}),
    Case(
        "hampering-early",
        _of("8 USC 1253(a)(1)(C)", _ago(20), "He tore up his passport at the airport", **_LATE),
        listed=True,
        denial=True,
    ),
    Case("honest", {}, control=True),
    Case(
        "honest-order-of-childhood",
        {"date_of_birth": "1990-05-01", "removal_order_date": "1990-05-02"},
        control=True,
    ),
    Case("honest-paragraph", {"statutory_authority": "8 USC 1253(a)(1)(A)"}, control=True),
    Case(
        "honest-no-motion", {"reason": _REASON.format("no motion to reopen was made")}, control=True
    ),
    Case(
        "honest-older",
        {
            **_EARLIER,
            "earlier_investigation": "Opened for a passport fraud, in which the order became known",
        },
        control=True,
    ),
)
GROUPS: Final = (group("law-5", CASES),)
