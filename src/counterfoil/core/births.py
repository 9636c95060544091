"""Dates of birth that are dates, and those that stand for none.

A register or a form that must hold a date holds something where nobody knows it. Such a date agrees
with every other of its kind, so it is no evidence: it is read as if none stood there, on either
side.

    before 1905, after 2099     1900-01-01, 1901-01-01, 0001-01-01, 1899-12-30, 9999-12-31: nobody
                                who was born then files a return, and systems count days from there
    one digit repeated          1911-11-11

1 January is a date, but also what is written where only the year is known: `is_common` tells it.
Pure.
"""

from __future__ import annotations

from datetime import date
from typing import Final

FIRST_YEAR: Final = 1905
LAST_YEAR: Final = 2099
_REPEATED: Final = date(1911, 11, 11)


def real_birth(day: date | None) -> date | None:
    """The date of birth, None where it stands for an unknown one."""
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR or day == _REPEATED:
        return None
    return day


def is_common(day: date) -> bool:
    """Whether the day is one that many people have in a register who were not born on it."""
    return day.month == day.day == 1
