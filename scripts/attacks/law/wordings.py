"""law-6: reasons, facts, officers, names, addresses and numbers that say nothing in lawful words,
and lawful ones that read like those."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from scripts.attacks import tree
from scripts.attacks.law.rows import Case, group, numbered

_C: Final = {"statutory_authority": "8 USC 1253(a)(1)(C)", "offence_date": "2026-01-10"}


def _denials(name: str, column: str, texts: Sequence[str]) -> list[Case]:
    """Lawful rows that were refused."""
    return [
        Case(f"{name}-{number}", {column: text}, denial=True)
        for number, text in enumerate(texts, 1)
    ]


def _officers(name: str, names: Sequence[str]) -> list[Case]:
    rows = [f"W{7300 + n}|{each}|Special Agent|{tree.AGENCY}" for n, each in enumerate(names)]
    return numbered(name, "engaged_officers", rows)


CASES: Final = (
    *numbered(
        "reason",
        "reason",
        (
            "The property record is true, and agents will visit the residence to meet him",
            "Known residence of record, relevant to the trial: officers may then bring him in",
            "The notice has to be handed to him at a residence that is known to be true",
            "The lease shows this flat, so that the squad can wait for him outside",
            "The letter proves that he lived here. Transport has been ordered for Thursday",
            "Residence on record is relevant for escorting the subject to his consulate",
            "The landlord says that he is there, and the team wants the right door",
            "Relevant fact of residence for the surveillance of the property by the field office",
        ),
        listed=3,
    ),
    *(
        Case(f"fact-{number}", {**_C, "offence_fact": text})
        for number, text in enumerate(
            (
                "not known at this time", "see file", "as described in the attached report",
                "connived or conspired to prevent or hamper his departure",
                "weather was fine on that day", "has a criminal record in Ohio",
                "failure to comply with order",
            ),
            1,
        )
    ),
    *numbered(
        "forum",
        "reason",
        (
            "Evidence for the bond hearing before the immigration judge, where he claims this home",
            "The witness says he receives checks here, which child support has asked us to confirm",
            "Her visa petition names this home, and USCIS must decide if the marriage is genuine",
            "To test the accuracy of our address records, using a sample of tenants and letters",
            "A journalist alleges that the notice went astray, and our press office wants facts",
        ),
    ),
    *numbered("stay", "stay_or_deferral", ("N/A - petition pending", "none (stay granted)")),
    *numbered("review", "review", ("none?", "none: petition for review filed")),
    *(
        Case(
            f"title-{number}",
            {"engaged_officers": f"W{7400 + number}|Ada Kerr|{title}|{tree.AGENCY}"},
        )
        for number, title in enumerate(
            (
                "Retired special agent", "County prosecutor", "Detective, Seattle Police",
                "Fiduciary",
            ),
            1,
        )
    ),
    *numbered("several", "given_name", ("Juan married to Maria", "Juan MFJ Maria", "UTMA Juan")),
    *_officers(
        "officer",
        (
            "Dana Fields, Lee Marsh", "STEP Seattle", "Dana Fields (Acme Security LLC)",
            "To Be Named", "Un-known", "Same as above", "Cyber Unit",
        ),
    ),
    Case("officer-zeros", {"engaged_officers": f"000|Ada Kerr|Special Agent|{tree.AGENCY}"}),
    *numbered("number", "investigation_number", ("HSI-2026-", "HSI-2026-to follow", "CR 2026")),
    *numbered("city", "city", ("Anycity", "City Name", "WA", "Cell 4 Tacoma")),
    *numbered("second-line", "line2", ("DOC# 4471", "Reg No 12345-067", "A#", "Bunk 12")),
    *_denials(
        "honest-review",
        "review",
        (
            "None.", "no petition for review", "No motion pending", "denied in 2024",
            "certiorari denied", "appeal waived",
        ),
    ),
    *_denials("honest-number", "investigation_number", ("77-7", "WA-UNK-26-431")),
    *_denials(
        "honest-authority",
        "statutory_authority",
        ("Title 8, United States Code, Section 1253(a)(1)(A)",),
    ),
    *_denials("honest-ground", "removal_ground", ("8 USC 1227(a)(1)(B) & (a)(2)(A)",)),
    *_denials(
        "honest-limitations",
        "reason",
        ("Whether the statute of limitations has run depends on when she moved out of this house",),
    ),
    Case(
        "honest-sentencing",
        {"reason": "At sentencing the government will show that he stayed here after the deadline"},
        control=True,
    ),
)  # fmt: skip
GROUPS: Final = (group("law-6", CASES),)
