"""Labels that we read otherwise on purpose: which rows, of what class, and why. No text of the sets
is here.

A row is named by the first 16 hexadecimal digits of the SHA-256 of its text (spaces made single).
Such a row counts neither as lost nor as invented, for any reader; the page counts it by its class.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Final, NamedTuple


class Reason(NamedTuple):
    """What such rows look like, by a made-up row; how it is labeled; how we read it, and why."""

    example: str
    labeled: str
    read: str


REASONS: Final[Mapping[str, Reason]] = {
    "turned": Reason(
        "210 E North Boulevard",
        "E is the unit, of North Boulevard",
        "E is the predirectional: nothing says unit, and a street has an east side; no key "
        "forgives the E before such a name",
    ),
    "after": Reason(
        "1501 S Heron Hwy E; 1501 SW 14th St NW Bldg A",
        "E, or NW, is the unit or its first word",
        "a direction after the suffix is the postdirectional (Publication 28, 233); "
        "the unit begins at its mark. Door affix forgives a postdirectional",
    ),
    "mark": Reason("1501 East # 7", "the street is 7, its predirectional E", "# marks a unit"),
}

ROWS: Final[Mapping[str, str]] = {
    "715084035f9da719": "after",
    "a0bb1f8629356f57": "after",
    "58f2cfe67f2d9668": "after",
    "1a9b8f525e4558d2": "mark",
    "b1fff3a6315583da": "turned",
    "2d2e28807a92b817": "turned",
    "6dc6c619ae1b1425": "turned",
    "7b3b0662cc34321e": "turned",
}


def reason_of(text: str) -> str | None:
    """The class of the row with this text, if its label is one that we read otherwise on
    purpose."""
    return ROWS.get(digest(text))


def digest(text: str) -> str:
    """The name of a row in this table."""
    return sha256(text.encode("utf-8")).hexdigest()[:16]
