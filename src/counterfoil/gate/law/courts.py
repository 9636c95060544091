"""How the name of a Federal district court is written on orders, and the short form of it.

    The United States District Court for the Western District of Washington
    USDC, W.D. Wash.                                    the court in initials
    ... Western District of Washington at Seattle       with the place where it sits
    ... Western District of Washington, Seattle Division

Names are in words of lower case (`fold_court`). A court of bankruptcy, an office and a clerk are no
district court, wherever they sit. Pure; nothing raises.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

_FRONT: Final = re.compile(
    r"(?:the )?(?:usdc|(?:united states|u s|us) dist(?:rict)? (?:court|ct))\b"
)
_SHORT: Final = "united states district court"
_DISTRICT: Final = re.compile(r"united states district court(?: in and)?(?: for)?(?: the)? ")
_PLACE: Final = re.compile(
    r"(?P<district>.+?)(?: at (?P<at>.+)| (?P<of>[a-z]+(?: [a-z]+){0,2}) division)\Z"
)
_OTHERS: Final = frozenset(
    ("bankruptcy", "immigration", "probation", "pretrial", "tax", "appellate", "appeals", "clerk",
     "civil", "office", "administrative")
)  # fmt: skip
"""Words of divisions and offices that are no place."""


def court_in_short(court: str, is_district: Callable[[str], bool]) -> str:
    """The name of a court with `united states district court` in front and without the place where
    it sits, if what is left names a district; the name as it is where it is none of these."""
    written = _FRONT.sub(_SHORT, court, count=1) if _FRONT.match(court) else court
    front = _DISTRICT.match(written)
    if front is None:
        return court
    district = written[front.end() :]
    if " " not in district and is_district(" ".join(district)):
        district = " ".join(district)  # `SDNY`
    found = None if is_district(district) else _PLACE.match(district)
    if found and _OTHERS.isdisjoint((found["at"] or found["of"]).split()):
        shorter = _longest_district(f"{found['district']} {found['of'] or ''}".strip(), is_district)
        district = shorter or district
    return f"{_SHORT} for the {district}"


def _longest_district(words: str, is_district: Callable[[str], bool]) -> str:
    """The most first words that name a district, where at most three are left; "" for none."""
    parts = words.split()
    for left in range(min(4, len(parts))):
        name = " ".join(parts[: len(parts) - left])
        if is_district(name):
            return name
    return ""
