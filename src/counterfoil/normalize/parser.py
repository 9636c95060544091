"""The only file that knows doorplate: a street line without its house number -> its parts.

doorplate (young, so kept behind this file) reads shapes that our own fast reading leaves alone:
highways, streets without a suffix, suffixes inside names, units without a designator. It gets the
line with a made-up house number, so that it never sees, and cannot alter, the real one. Whatever it
leaves over makes the line unusable: None.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import doorplate

_NUMBER: Final = "1"
_HIGHWAY_SUFFIXES: Final = frozenset({"", "RD", "HWY", "RTE"})


class Street(NamedTuple):
    """The parts of a street, not yet in normal form. `unit` is a unit written without a
    designator."""

    predirectional: str = ""
    name: str = ""
    suffix: str = ""
    postdirectional: str = ""
    unit: str = ""


def parse_street(tokens: Sequence[str]) -> Street | None:
    """The parts of the street that `tokens` write, None if doorplate cannot place every one of
    them."""
    try:
        parsed = doorplate.parse_fields(line1=f"{_NUMBER} {' '.join(tokens)}")
    except ValueError:
        return None
    no_street = (parsed.po_box, parsed.rural_route, parsed.military, parsed.general_delivery)
    no_line = (parsed.attention, parsed.building, parsed.city, parsed.state, parsed.zip5)
    if parsed.street_number != _NUMBER or parsed.unparsed or any(no_street) or any(no_line):
        return None
    units = (
        parsed.unit_type,
        parsed.unit_number,
        parsed.second_unit_type,
        parsed.second_unit_number,
    )
    name, suffix = parsed.street_name or "", parsed.street_suffix or ""
    if parsed.highway:
        if name or suffix not in _HIGHWAY_SUFFIXES:  # a highway and something else
            return None
        name, suffix = parsed.highway["name"], ""
    return Street(
        parsed.street_dir_prefix or "",
        name,
        suffix,
        parsed.street_dir_suffix or "",
        " ".join(filter(None, units)),
    )
