"""The grammar of taxable periods, 26 USC 6103(i)(2)(B)(ii).

    period  =  year | year "-" year          2023, 2021-2023 (first not after last)
    year    =  four digits

Anything else is vague: "all years", "2019-present", "since 2015", an empty item. A range longer
than `range_years`, more than `most_years` years in all, and a year before `earliest_year` are vague
too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from counterfoil.core.values import Public
from counterfoil.gate.law.route import PeriodRules

_PERIOD: Final = re.compile(r"([0-9]{4})(?:\s*-\s*([0-9]{4}))?\Z", re.ASCII)


class Periods(Public, frozen=True, gc=False):
    """`years` ascending, without repeats. `given`: something was stated. `vague`: part of it fits
    no rule."""

    years: tuple[int, ...]
    given: bool
    vague: bool


def read_periods(texts: Sequence[str], rules: PeriodRules) -> Periods:
    """Read periods as sent. Never raises; what cannot be read is vague."""
    years: set[int] = set()
    vague = False
    for text in texts:
        span = _span(text, rules)
        vague = vague or not span
        years.update(span)
    given = any(texts)
    return Periods(tuple(sorted(years)), given, given and (vague or len(years) > rules.most_years))


def _span(text: str, rules: PeriodRules) -> range:
    """The years of one item; empty where it is vague."""
    found = _PERIOD.match(text)
    if found is None:
        return range(0)
    first = int(found[1])
    last = int(found[2]) if found[2] else first
    if first < rules.earliest_year or last - first >= rules.range_years:
        return range(0)
    return range(first, last + 1)
