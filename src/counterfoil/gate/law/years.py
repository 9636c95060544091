"""How taxable periods are written, 26 USC 6103(i)(2)(B)(ii), and the years that they name.

    period  =  year | year "-" year          2023, 2021-2023 (the first year not after the last)
    year    =  four digits

Under law of format 4 and later also what says the same in words: `TY2023`, `2022, 2023`, `tax
years 2022 and 2023`, `2021 through 2023`. Anything else is vague: "all years", "2019-present",
"since 2015", an empty item.

The checks of a period and the memory of what was asked both read periods here: years that one of
them reads and the other does not could be tried one after the other without being counted. Pure;
nothing raises.
"""

from __future__ import annotations

import re
from typing import Final

LATEST: Final = 99
"""An edition of the law (demands.py) whose grammar has every way of writing: for the memory, which
knows no edition."""
_PERIOD: Final = re.compile(r"([0-9]{4})(?:\s*-\s*([0-9]{4}))?\Z", re.ASCII)
_NAMED: Final = re.compile(
    r"\b(?:tax(?:able)?|calendar|years?|ty|cy|periods?|for|the)\b\.?|\b(?:ty|cy)\.?(?=[0-9]{4})"
)
_AND: Final = re.compile(r"\s*(?:,|;|&|\band\b)\s*")
_THROUGH: Final = re.compile(r"\s*(?:-|\u2013|\u2014|\bto\b|\bthrough\b|\bthru\b)\s*")


def spans_of(text: str, edition: int) -> list[range]:
    """The years of one text, item by item; an empty range for an item that is vague."""
    if edition < 4 or _PERIOD.match(text):
        return [_span(text)]
    words = _NAMED.sub(" ", text.lower()).strip(" .,;:")
    return [_span(_THROUGH.sub("-", each.strip())) for each in _AND.split(words)]


def _span(text: str) -> range:
    """The years of one item; empty where it is vague."""
    found = _PERIOD.match(text)
    if found is None:
        return range(0)
    first = int(found[1])
    return range(first, (int(found[2]) if found[2] else first) + 1)
