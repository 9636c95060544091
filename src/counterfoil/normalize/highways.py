"""Numbered highways: one name for each, however it is written.

    US HWY 192 · U S ROUTE 192 · US 192              ->  US HIGHWAY 192
    ST RD 7 · SR 7 · STATE ROUTE 7 · NC HWY 7        ->  STATE HIGHWAY 7
    CR 12A · C R 12A · CO RD 12A · COUNTY HWY 12A    ->  COUNTY ROAD 12A
    ANDERSON COUNTY RD 12                            ->  ANDERSON COUNTY ROAD 12
    I 35 · INTERSTATE 35                             ->  INTERSTATE 35
    HWY 701 · HIGHWAY 701 · HGHWAY 701               ->  HIGHWAY 701
    RT 9 · ROUTE 9                                   ->  ROUTE 9

State and county names for their numbered roads differ by custom and are mixed up in practice;
within one ZIP there is one road of each class and number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from counterfoil.normalize.tables import DIRECTIONALS, STATE_CODES, SUFFIXES
from counterfoil.normalize.typos import one_edit

_ROAD: Final = r"(?:HIGHWAY|HWY|HIGHWY|HIWAY|ROUTE|RTE|RT|ROAD|RD)"
_STATE: Final = "|".join(
    sorted(code for code in STATE_CODES if code not in SUFFIXES and code not in {"FL", "FM", "CO"})
)
_CLASSES: Final = (
    (rf"U ?S (?:{_ROAD} )?", "US HIGHWAY"),
    (rf"(?:S ?R|S ?H|STHY|STHWY|(?:STATE|ST) {_ROAD}) ", "STATE HIGHWAY"),
    (rf"(?:(?:{_STATE}|FL|CO) (?:HIGHWAY|HWY|ROUTE|RTE|RT)|(?:{_STATE})) ", "STATE HIGHWAY"),
    (
        rf"(?:C ?R|C ?RD|C ?H|CTH|(?:COUNTY|CNTY|CO)(?: TRUNK)? {_ROAD}) (?:{_ROAD} )?",
        "COUNTY ROAD",
    ),
    (r"(?:INTERSTATE|I) (?:HIGHWAY |HWY )?", "INTERSTATE"),
    (r"(?:F ?M|FARM TO MARKET|FARM)(?: ROAD| RD)? ", "FM"),
    (r"(?:HIGHWAY|HWY|HIGHWY|HIWAY) (?:NO |# )?", "HIGHWAY"),
    (r"(?:ROUTE|RTE|RT) (?:NO |# )?", "ROUTE"),
)
_ROUTE: Final = r"(?P<route>[0-9]+[A-Z]?|[A-Z][0-9]+[A-Z]?)"
_LETTERED: Final = r"(?P<route>[0-9]+[A-Z]?|[A-Z]{1,2})"
_PATTERNS: Final = tuple(
    (
        re.compile(
            words
            + (_LETTERED if name == "COUNTY ROAD" else _ROUTE)
            + rf"(?: {_ROAD})?(?: (?P<rest>.*))?"
        ),
        name,
    )
    for words, name in _CLASSES
)
_NAMED_COUNTY: Final = re.compile(
    rf"(?P<county>[A-Z]{{3,}}) (?:COUNTY|CNTY|CO) {_ROAD} {_ROUTE}(?: (?P<rest>.*))?"
)
_HIGHWAY_SLIPS: Final = one_edit(("HIGHWAY",))
_TURNED: Final = re.compile(rf"(?:{_STATE}|FL|CO) {_ROUTE} {_ROAD}(?: (?P<rest>.*))?")


def read_highway(tokens: Sequence[str]) -> tuple[str, Sequence[str]] | None:
    """(normal name, the tokens after it), or None if `tokens` begin no numbered highway."""
    text = " ".join("HIGHWAY" if token in _HIGHWAY_SLIPS else token for token in tokens).replace(
        "-", " "
    )
    turned = _TURNED.fullmatch(text)
    if turned:
        return f"STATE HIGHWAY {turned['route']}", (turned["rest"] or "").split()
    county = _NAMED_COUNTY.fullmatch(text)
    if county and county["county"] not in DIRECTIONALS and county["county"] not in {"OLD", "NEW"}:
        return f"{county['county']} COUNTY ROAD {county['route']}", (county["rest"] or "").split()
    for pattern, name in _PATTERNS:
        match = pattern.fullmatch(text)
        if match:
            rest = (match["rest"] or "").split()
            if rest and rest[0] in SUFFIXES and rest[0] not in DIRECTIONALS:
                return None
            return f"{name} {match['route']}", rest
    return None
