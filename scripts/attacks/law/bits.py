"""law-4: what a question states besides name and address is tried until something fits: dates of
birth, years, tax numbers. (b)(6) is name, address and number; all else is evidence.

One person and one home are asked about several times, each time with another date, year or number.
An attack succeeded where more than one of them was put to the register within the window: every
answer beyond the first tells of the date, the year or the number. A near date succeeded where it
was confirmed.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from scripts.attacks.attack import ANSWERED, DENIED, Attack, Group, Outcome, Run, stopped, succeeded
from scripts.attacks.office import CONFIRMED, PRINCIPALS, Office, Sent, make_office, on_day
from scripts.attacks.people import Row, crowd, person, request

_BORN: Final = "1981-05-29"
_LINE: Final = "1847 Heron Lake Rd"
_TIN: Final = "900-00-1847"
_WHO: Final = ("Marisol", "Quintana")
_HELD: Final = {"date_of_birth": _BORN, "tin": _TIN}
SOURCE: Final = (
    *(person("r1", *_WHO, _LINE, taxable_period=year, **_HELD) for year in ("2022", "2024")),
    person("r2", "Bartholomew", "Quintana", _LINE, date_of_birth="1979-10-27"),
    *crowd(60),
)
_DATES: Final = ("1981-05-28", "1982-05-29", _BORN, "1981-05-30", "1981-06-29", "1980-05-29",
                 "1971-05-29", "1991-05-29", "1981-05-09", "1975-01-17")  # fmt: skip
_YEARS: Final = ("2024", "2023", "2022")
_NUMBERS: Final = ("900-00-1841", "900-00-1874", "900-00-8147", "901-00-1847", _TIN)


class Tried(NamedTuple):
    """Columns of each question, and how they are sent: in files of `each`, days apart, by
    principals in turn."""

    what: str
    questions: tuple[Row, ...]
    listed: bool = False
    each: int = 100
    days: int = 0
    principals: tuple[str, ...] = PRINCIPALS[:1]


def _of(column: str, values: Sequence[str], *others: Row) -> tuple[Row, ...]:
    more: Sequence[Row] = others or ({},)
    return tuple({column: value} | more[at % len(more)] for at, value in enumerate(values))


_dates: Final = partial(_of, "date_of_birth")
_years: Final = partial(_of, "taxable_periods")
_numbers: Final = partial(_of, "tin")
TRIED: Final = {
    "dates": Tried("ten dates of birth in one file", _dates(_DATES), True),
    "years": Tried("three years, a row each", _years(_YEARS), True),
    "numbers": Tried("five numbers at one home", _numbers(_NUMBERS), True),
    "dates-files": Tried("ten dates in ten files", _dates(_DATES), True, each=1),
    "dates-days": Tried("four dates, ten days apart", _dates(_DATES[:4]), each=1, days=10),
    "dates-principals": Tried(
        "dates by two principals", _dates(_DATES[:4]), each=1, principals=PRINCIPALS
    ),
    "dates-initial": Tried(
        "dates, under spellings of the name",
        _dates(_DATES[:5], {}, {"given_name": "Marisol R"}, {"given_name": "MARISOL"}),
    ),
    "dates-leet": Tried(
        "dates, with digits for letters",
        _dates(_DATES[:5], {"given_name": "M4risol"}, {"given_name": "Mar1sol"}, {}),
    ),
    "dates-address": Tried(
        "dates, the street spelled otherwise",
        _dates(_DATES[:5], {"line1": "1847 Heron Lake Road"}, {"line1": "1847 Heron Lake"}, {}),
    ),
    "dates-officers": Tried(
        "dates by several officers",
        _dates(_DATES[:3], *({"engaged_officers": f"Z{n}|Ada Kerr{n}|Analyst"} for n in range(3))),
    ),
    "date-then-none": Tried("a date, then none", ({"date_of_birth": _BORN}, {}), each=1),
    "none-then-date": Tried("no date, then one", ({}, {"date_of_birth": _BORN}), each=1),
    "date-and-number": Tried(
        "a date, then a number", ({"date_of_birth": _BORN}, {"tin": _TIN}), each=1
    ),
    "years-files": Tried("three years in three files", _years(_YEARS), each=1),
    "years-together": Tried("all years, then one", _years(("2022;2023;2024", "2023")), each=1),
    "years-range": Tried("a range, then its first year", _years(("2022-2024", "2022")), each=1),
    "years-dated": Tried("years, a date beside them", _years(_YEARS, {"date_of_birth": _BORN})),
    "years-days": Tried("two years, thirty days apart", _years(_YEARS[:2]), each=1, days=30),
    "years-words": Tried("three years, in words", _years(("TY 2024", "tax year 2023", "CY2022"))),
    "years-joined": Tried("years, joined in words", _years(("2022 and 2023", "2023.")), each=1),
    "years-through": Tried(
        "ranges, in words", _years(("2022 through 2024", "2022 to 2023")), each=1, days=5
    ),
    "numbers-files": Tried("numbers in files", _numbers(_NUMBERS[3:]), each=1),
    "numbers-dated": Tried(
        "numbers, a date beside them", _numbers(_NUMBERS[3:], {"date_of_birth": _BORN})
    ),
    "number-then-none": Tried("a number, then none", ({"tin": _TIN}, {}), each=1),
}
NEAR: Final = {
    "near-day": "1981-05-28",
    "near-month": "1981-06-29",
    "near-year": "1982-05-29",
    "near-digit": "1981-05-09",
    "near-decade": "1971-05-29",
    "near-first": "1981-05-01",
}


def _row(number: int, columns: Row) -> Row:
    return request(number, *_WHO, _LINE) | columns


def _send(office: Office, tried: Tried) -> list[Sent]:
    sent = list[Sent]()
    for first in range(0, len(tried.questions), tried.each):
        if tried.days:
            on_day(first // tried.each * tried.days)
        some = tried.questions[first : first + tried.each]
        rows = [_row(number, columns) for number, columns in enumerate(some, first + 1)]
        by = tried.principals[first // tried.each % len(tried.principals)]
        sent.append(office.send(rows, principal=by))
    return sent


def _tried(name: str, folder: Path) -> dict[str, Outcome]:
    tried = TRIED[name]
    sent = _send(make_office(folder, SOURCE), tried)
    put, asked = sum(each.put() for each in sent), len(tried.questions)
    if put > 1:
        found = sum(each.confirmed() for each in sent)
        return {name: succeeded(f"{put} of {asked} answered, {found} confirmed")}
    refused = (each for each in reversed(sent) if each.fault or each.put() < len(each.answers))
    return {name: stopped(next(refused).code())}


def _near(folder: Path) -> dict[str, Outcome]:
    """Each near date in an office of its own."""
    found = dict[str, Outcome]()
    for name, date in NEAR.items():
        sent = make_office(folder / name, SOURCE).send([_row(1, {"date_of_birth": date})])
        near = sent.answer("q1") == CONFIRMED
        found[name] = succeeded("confirmed") if near else stopped(sent.code("q1"))
    return found


HONEST: Final[dict[str, tuple[str, tuple[Row, ...]]]] = {
    "honest-dated": ("a question with the true date", ({"date_of_birth": _BORN},)),
    "honest-years": ("two years in one row", ({"taxable_periods": "2022;2024"},)),
    "honest-two": (
        "two people of one home, each with a date",
        ({"date_of_birth": _BORN}, {"given_name": "Bartholomew", "date_of_birth": "1979-10-27"}),
    ),
    "honest-homes": (
        "one person at two homes, with one date",
        ({"date_of_birth": _BORN}, {"date_of_birth": _BORN, "line1": "2290 Copperfield Ave"}),
    ),
}


def _honest(folder: Path) -> dict[str, Outcome]:
    found = dict[str, Outcome]()
    for name, (_, questions) in HONEST.items():
        rows = [_row(number, columns) for number, columns in enumerate(questions, 1)]
        sent = make_office(folder / name, SOURCE).send(rows)
        whole = sent.put() == len(rows) and sent.answer("q1") == CONFIRMED
        said = f"{sent.put()} admitted" if whole else sent.code()
        found[name] = Outcome(ANSWERED if whole else DENIED, said)
    return found


def _attack(name: str, what: str, listed: bool = False, *, control: bool = False) -> Attack:
    return Attack("law-4", name, what, listed, control)


def _group(name: str, attacks: Sequence[Attack], run: Run) -> Group:
    return Group(f"law-4-{name}", tuple(attacks), run)


GROUPS: Final = (
    *(
        _group(name, [_attack(name, tried.what, tried.listed)], partial(_tried, name))
        for name, tried in TRIED.items()
    ),
    _group("near", [_attack(name, f"the near date {date}") for name, date in NEAR.items()], _near),
    _group("honest", [_attack(n, what, control=True) for n, (what, _) in HONEST.items()], _honest),
)
