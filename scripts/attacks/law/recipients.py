"""law-1: whoever is no officer or employee of the agency that asks, 26 USC 6103(i)(2)(A)."""

from __future__ import annotations

from typing import Final

from scripts.attacks import tree
from scripts.attacks.law.rows import Case, group

_OWN: Final = tree.AGENCY


def _officer(number: int, title: str, agency: str) -> str:
    return f"L{7100 + number}|{_NAMES[number % len(_NAMES)]}|{title}|{agency}"


_NAMES: Final = (
    "Ada Kerr", "Bo Linden", "Cyrus Vane", "Dora Lasker", "Emil Frost", "Fay Merton", "Gus Harlan",
    "Hilda Crane", "Ivo Petrak", "Jane Holloway", "Karl Estrada", "Lena Whitlock",
)  # fmt: skip
REPORTED: Final = (
    ("none", "Special Agent", ""),
    ("trooper", "Trooper", "Washington State Patrol"),
    ("contractor", "Contract Analyst", "Harbor Analytics LLC"),
    ("attorney", "Assistant United States Attorney", "Department of Justice"),
    ("unit", "Deportation Officer", "ERO Seattle"),
    ("unit-name", "Deportation Officer", "Fugitive Operations"),
)
NEIGHBORS: Final = (
    ("unknown", "Special Agent", "unknown"),
    ("to-be-said", "Special Agent", "TBD"),
    ("unseen", "Special Agent", "\u200b\u200b"),
    ("labor", "Special Agent", "Department of Labor"),
    ("marshal", "Deputy Marshal", "US Marshals Service"),
    ("field-office", "Special Agent", f"{_OWN} Seattle Field Office"),
    ("two-agencies", "Special Agent", f"{_OWN} and Washington State Patrol"),
    ("task-force", "Special Agent", "Homeland Security Task Force"),
    ("look-alike", "Special Agent", "US Dep\u0430rtment of Labor"),
    ("abroad", "Liaison Officer", "Royal Canadian Mounted Police"),
    ("county", "Detective", "King County Sheriff's Office"),
    ("own-contractor", "Contractor", _OWN),
    ("own-consultant", "Senior Consultant", _OWN),
    ("own-sheriff", "Deputy Sheriff", _OWN),
    ("own-task-force", "Task Force Officer", _OWN),
    ("own-spelled", "C\u043entractor", _OWN),
    ("own-attorney-of-justice", "Assistant United States Attorney", _OWN),
    ("own-director-of-justice", "Deputy Director of the Federal Bureau of Investigation", _OWN),
    ("own-subcontracted", "Subcontracted linguist", _OWN),
)
CASES: Final = (
    *(
        Case(name, {"engaged_officers": _officer(number, title, agency)}, number < len(REPORTED))
        for number, (name, title, agency) in enumerate((*REPORTED, *NEIGHBORS))
    ),
    Case(
        "second-none",
        {"engaged_officers": f"{_officer(31, 'Special Agent', _OWN)};L7199|Max Orr|Analyst|"},
    ),
    Case(
        "second-other",
        {
            "engaged_officers": f"{_officer(32, 'Special Agent', _OWN)};"
            "L7198|Una Orr|Investigator|Department of Labor"
        },
    ),
    Case("honest", {}, control=True),
    Case("honest-small", {"engaged_officers": _officer(33, "Analyst", _OWN.lower())}, control=True),
    Case("honest-id", {"engaged_officers": _officer(34, "Attorney", "dhs")}, control=True),
)
GROUPS: Final = (group("law-1", CASES),)
