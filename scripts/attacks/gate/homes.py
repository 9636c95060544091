"""gate-3: many people asked about at one address, which is written otherwise every nine names.

How it is run: the ways of writing that open the same home are found in an office without guards, by
a resident who is asked about under each. In an office with the limits of April 2025 nine names are
then asked under each of them, the last being a resident's. The agreement allows ten people at one
address: the attack succeeded where more were put to the register.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final

from scripts.attacks.attack import Attack, Group, Outcome, stopped
from scripts.attacks.gate import spellings
from scripts.attacks.gate.names import flooded
from scripts.attacks.office import WIDE, control, make_office
from scripts.attacks.people import Row, crowd, names, person, request

PEOPLE_AT_ADDRESS: Final = 10
"""What the agreement allows."""
_EACH: Final = 9
_LINE: Final = "1847 Heron Lake Rd"
_FLAT: Final = "2290 Copperfield Ave"
RESIDENTS: Final = (
    person("r1", "Marisol", "Quintana", _LINE, date_of_birth="1981-05-29"),
    person("r2", "Teodoro", "Quintana", _LINE, date_of_birth="1979-10-27"),
    person("r3", "Anneliese", "Brandywine", _LINE, date_of_birth="1990-01-03"),
)
FLAT: Final = person(
    "r4", "Isadora", "Pennington", _FLAT, line2="Apt 4B", date_of_birth="1970-03-04"
)
_VALLEY: Final = {"city": "Alta", "state": "WY", "zip": "83414"}
BORDER: Final = person(
    "r5", "Leocadia", "Hathersage", "3310 Quarry Ln", date_of_birth="1968-09-12", **_VALLEY
)
"""At home under a ZIP that goes with two states."""
SOURCE: Final = (*RESIDENTS, FLAT, BORDER, *crowd())
Place = dict[str, str]
Ways = Callable[[], Iterator[Place]]


def _lines(*lines: str, **more: str) -> Ways:
    return lambda: ({"line1": line, **more} for line in lines)


def _streets(way: str) -> Ways:
    """The street's words written in one way."""

    def spell() -> Iterator[Place]:
        for street in spellings.distinct(spellings.ALL[way]("Heron"), 30, "Heron"):
            yield {"line1": f"1847 {street} Lake Rd"}
        for street in spellings.distinct(spellings.ALL[way]("Lake"), 30, "Lake"):
            yield {"line1": f"1847 Heron {street} Rd"}

    return spell


WAYS: Final[dict[str, tuple[str, bool, Ways, Row]]] = {
    "typos": ("a slip in the street's name", True, _streets("typos"), RESIDENTS[0]),
    "leet": ("digits in the street's name", False, _streets("leet"), RESIDENTS[0]),
    "accents": ("accents in the street's name", False, _streets("accents"), RESIDENTS[0]),
    "cyrillic": (
        "Cyrillic letters in the street's name",
        False,
        _streets("cyrillic"),
        RESIDENTS[0],
    ),
    "ignored": ("characters that nobody sees", False, _streets("ignored"), RESIDENTS[0]),
    "marks": ("combining marks", False, _streets("marks"), RESIDENTS[0]),
    "wide": ("full-width letters", False, _streets("wide"), RESIDENTS[0]),
    "punctuation": ("signs in the street's name", False, _streets("punctuation"), RESIDENTS[0]),
    "sounds": ("letters that sound alike", False, _streets("sounds"), RESIDENTS[0]),
    "suffix": (
        "the suffix left out, another, or doubled",
        False,
        _lines(
            *(
                f"1847 Heron Lake {each}".strip()
                for each in ("", "St", "Ave", "Dr", "Ln", "Road", "Ct", "Rd Rd", "Rd St")
            )
        ),
        RESIDENTS[0],
    ),
    "directional": (
        "a directional that the register has not",
        False,
        _lines(
            *(f"1847 {each} Heron Lake Rd" for each in ("N", "S", "E", "W", "NE", "North")),
            *(f"1847 Heron Lake Rd {each}" for each in ("N", "S", "E", "W")),
        ),
        RESIDENTS[0],
    ),
    "zip": (
        "another ZIP of the state",
        False,
        lambda: (
            {"line1": _LINE, "zip": f"98{number}"}
            for number in ("102", "103", "110", "199", "001", "011", "191")
        ),
        RESIDENTS[0],
    ),
    "zip-states": (
        "a ZIP that goes with two states",
        False,
        lambda: (
            {"line1": BORDER["line1"], **_VALLEY, "state": state, "zip": code}
            for state, code in (("ID", "83414"), ("WY", "83001"))
        ),
        BORDER,
    ),
    "zip-more": (
        "four digits after the ZIP",
        False,
        lambda: ({"line1": _LINE, "zip": f"98101-{number}"} for number in range(1111, 9999, 1111)),
        RESIDENTS[0],
    ),
    "city": (
        "the city misspelled",
        False,
        lambda: (
            {"line1": _LINE, "city": each}
            for each in (
                "Anytwon",
                "Any Town",
                "Anytow",
                "Annytown",
                "Anytown City",
                "Seattle",
                "Anyton",
            )
        ),
        RESIDENTS[0],
    ),
    "joined": (
        "the street's words joined, turned or left out",
        False,
        _lines(
            "1847 Heronlake Rd",
            "1847 Heron-Lake Rd",
            "1847 Lake Heron Rd",
            "1847 Heron Rd",
            "1847 Lake Rd",
            "1847 Old Heron Lake Rd",
            "1847 Heron Lakes Rd",
        ),
        RESIDENTS[0],
    ),
    "number": (
        "the house number written otherwise",
        False,
        _lines(
            "01847 Heron Lake Rd",
            "1,847 Heron Lake Rd",
            "# 1847 Heron Lake Rd",
            "1847. Heron Lake Rd",
            "No 1847 Heron Lake Rd",
            "\uff11847 Heron Lake Rd",
            "1847A Heron Lake Rd",
            "1847 1/2 Heron Lake Rd",
            "18 47 Heron Lake Rd",
        ),
        RESIDENTS[0],
    ),
    "unit": (
        "a unit that is not there",
        False,
        lambda: (
            {"line1": _LINE, "line2": each}
            for each in ("Apt 1", "Unit 2", "# 3", "Rear", "Upper", "Floor 1", "Basement", "House")
        ),
        RESIDENTS[0],
    ),
    "unit-word": (
        "the unit's designator written otherwise",
        False,
        lambda: (
            {"line1": _FLAT, "line2": each}
            for each in (
                "Apt 4B",
                "Unit 4B",
                "# 4B",
                "Apartment 4-B",
                "Apt 4 B",
                "Ste 4B",
                "Rm 4B",
                "4B",
                "Fl 4B",
                "Apt #4B",
            )
        ),
        FLAT,
    ),
    "care-of": (
        "somebody named before the line",
        False,
        lambda: (
            {"line1": f"C/O {given}", "line2": _LINE}
            for given in ("Anna Smith", "Bert Jones", "Carla Diaz", "Dora Lane", "Emil Frost")
        ),
        RESIDENTS[0],
    ),
    "everything": (
        "a slip, a suffix and a ZIP together",
        False,
        lambda: (
            {"line1": f"1847 {street} {suffix}", "zip": code}
            for street in ("Heron Lake", "Herron Lake", "Heron Lak", "Haron Lake")
            for suffix in ("Rd", "St", "")
            for code in ("98101", "98103")
        ),
        RESIDENTS[0],
    ),
}
"""By name: what it is, whether it was reported, the ways of writing, and the resident."""


def _about(resident: Row, number: int, place: Place, **more: str) -> Row:
    """A question at the resident's home, written as in `place`."""
    at = {"line2": resident["line2"], **place}
    given, family = more.get("given", resident["given_name"]), resident["family_name"]
    return request(number, given, more.get("family", family), at.pop("line1"), **at)


def _attack(spell: Ways, resident: Row, name: str, folder: Path) -> dict[str, Outcome]:
    """Whether more people were asked about at one home than the agreement allows."""
    places = [{"line1": resident["line1"]}, *islice(spell(), 60)]
    numbered = [_about(resident, number, place) for number, place in enumerate(places, 1)]
    tried = make_office(folder / "wide", SOURCE, limits=WIDE).send(numbered)
    opening = [
        place
        for row, place in zip(numbered, places, strict=True)
        if tried.answer(row["request_id"]) == "confirmed"
    ][:54]
    if len(opening) < 2:
        others = [row["request_id"] for row in numbered[1:] if tried.answer(row["request_id"])]
        return {name: stopped(tried.code(others[-1]) if others else tried.code())}
    strangers = names()
    rows = [
        _about(resident, number * _EACH + at, place, given=given, family=family)
        for number, place in enumerate(opening)
        for at, (given, family) in enumerate(islice(strangers, _EACH), 1)
    ]
    rows[-1] = _about(resident, len(rows), opening[-1])
    sent = make_office(folder / "office", SOURCE).send(rows)
    return {name: flooded(sent, len(rows), PEOPLE_AT_ADDRESS, "people at one address")}


def _honest(folder: Path) -> dict[str, Outcome]:
    """Three residents of one home, one with a slip in the ZIP; nine names are allowed."""
    office = make_office(folder, SOURCE)
    rows = [_about(each, at, {"line1": _LINE}) for at, each in enumerate(RESIDENTS, 1)]
    rows[2]["zip"] = "98102"
    sent = office.send([*rows, _about(FLAT, 4, {"line1": _FLAT})])
    return {
        "honest": control(sent, "q1"),
        "honest-second": control(sent, "q2"),
        "honest-zip": control(sent, "q3"),
        "honest-unit": control(sent, "q4"),
    }


GROUPS: Final = (
    *(
        Group(
            f"homes-{name}",
            (Attack("gate-3", name, what, listed),),
            partial(_attack, spell, resident, name),
            quick=name in {"typos", "suffix"},
        )
        for name, (what, listed, spell, resident) in WAYS.items()
    ),
    Group(
        "homes-honest",
        (
            Attack("gate-3", "honest", "a resident", control=True),
            Attack("gate-3", "honest-second", "another resident of the home", control=True),
            Attack("gate-3", "honest-zip", "a resident, with a slip in the ZIP", control=True),
            Attack("gate-3", "honest-unit", "a resident of a unit", control=True),
        ),
        _honest,
        quick=True,
    ),
)
