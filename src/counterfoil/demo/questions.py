"""The demonstration's request file: made-up questions about the sample's people, lawful and not.

Each group names what it is made of and what must come out. A defect is one of those reported of the
run of August 2025 (docs/guides/lawyer.md lists them as F1 to F22), in a request that is otherwise
in order.

    true        the register has the person at the address       confirmed, but for the matcher's
                                                                 misses
    household   a child or sibling in a household that files     not_confirmed
    mover       the register has the person at another address   not_confirmed
    unit        the person's building, asked with another unit   not_confirmed
    F1 ... F20  see DEFECTS                                      refused
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from counterfoil.demo import sample
from counterfoil.demo.sample import Row

SEED: Final = 2020
GROUPS: Final = {"true": 1100, "household": 260, "mover": 160, "unit": 40}
REQUEST_COLUMNS: Final = (
    "request_id", "given_name", "middle_name", "family_name", "suffix", "date_of_birth", "tin",
    "line1", "line2", "city", "state", "zip", "taxable_periods", "statutory_authority", "reason",
    "investigation_number", "investigation_opened_on", "removal_order_number", "removal_order_date",
    "removal_ground", "court_order_date", "stay_or_deferral", "engaged_officers", "use_certified",
    "review", "offence_date", "offence_fact", "earlier_investigation",
)  # fmt: skip
_HOUSEHOLD: Final = (
    "Biological child",
    "Stepchild",
    "Adopted child",
    "Grandchild",
    "Sibling",
    "Foster child",
)
_OFFICERS: Final = 60
_REASON: Final = (
    "Willful failure to depart after the final order: residence in the period bears on intent"
)
REASON_WORDS: Final = (
    "ledger", "warrant", "harbor", "bridge", "summons", "courier", "station", "archive", "witness",
    "transit", "docket", "ferry", "permit", "record", "notice", "terminal", "passage", "border",
    "circuit", "hearing",
)  # fmt: skip


@dataclass(frozen=True)
class Question:
    """One request row with the group that it was made for."""

    group: str
    row: Row


@dataclass(frozen=True)
class Defect:
    """One reported defect: how many rows get it, and what is changed in each."""

    rows: int
    change: Callable[[int], Row]


def _address(line1: str, **more: str) -> Callable[[int], Row]:
    return lambda _number: {"line1": line1, "line2": ""} | more


_GIVEN: Final = ("Ada", "Boyd", "Cleo", "Drew", "Edda", "Finn", "Gwen", "Hale", "Ines", "Joss")
_FAMILY: Final = (
    "Alder",
    "Birch",
    "Cedar",
    "Dogwood",
    "Elm",
    "Fir",
    "Gorse",
    "Hazel",
    "Ivy",
    "Oak",
)
_SECOND: Final = (
    "Ash", "Beech", "Cypress", "Furze", "Heath", "Larch", "Maple", "Poplar", "Rowan", "Willow",
)  # fmt: skip
_THIRD: Final = (
    "Acorn", "Bramble", "Clover", "Fennel", "Juniper", "Linden", "Myrtle", "Nettle", "Osier",
    "Sedge",
)  # fmt: skip
_PLACE: Final = ("line1", "line2", "city", "state", "zip")
PLACEHOLDERS: Final = ("Failed to Provide", "Unknown Address", "NA NA", "Homeless")
_VAGUE: Final = ("all years", "", "2099", "any")

DEFECTS: Final[dict[str, Defect]] = {
    "F1": Defect(
        20,
        lambda number: dict.fromkeys(_PLACE, "") | {"tin": f"9{number % 100:02d}-00-{number:04d}"},
    ),
    "F2": Defect(20, _address("Don't Care 12345", zip="12345")),
    "F3": Defect(
        20, lambda number: {"line1": PLACEHOLDERS[number % len(PLACEHOLDERS)], "line2": ""}
    ),
    "F4": Defect(20, _address("County Detention Center")),
    "F5": Defect(
        300,
        lambda _number: {
            "engaged_officers": "A001|Aldous Merriweather|Assistant Director|Agency A"
        },
    ),
    "F7": Defect(20, lambda _number: {"investigation_number": "", "investigation_opened_on": ""}),
    "F8": Defect(
        20,
        lambda number: (
            {"statutory_authority": "8 USC 1229a"}
            if number % 2
            else {"stay_or_deferral": "deferred action"}
        ),
    ),
    "F19": Defect(20, lambda number: {"taxable_periods": _VAGUE[number % len(_VAGUE)]}),
    "F20": Defect(
        60,
        lambda _number: {
            "reason": "Needed for the investigation of failure to depart under the statute."
        },
    ),
}


def make_questions(population: Path) -> list[Question]:
    """The demonstration's requests in a shuffled order that is the same every time."""
    chance = random.Random(SEED)  # noqa: S311 - a fixed order for a demonstration, nothing secret
    homes = sample.homes_of(population)
    people = sorted(sample.census(population), key=lambda person: person["simulant_id"])
    chance.shuffle(people)
    people = [person for person in people if sample.place_of(person)[0]]
    questions = [*_lawful(people, homes), *_defective(people, homes)]
    chance.shuffle(questions)
    return [
        Question(
            q.group,
            complete_request(number, q.row, officer=number % _OFFICERS) | _defect(q.group, number),
        )
        for number, q in enumerate(questions, 1)
    ]


def _lawful(
    people: list[dict[str, Any]], homes: dict[str, set[sample.Place]]
) -> Iterator[Question]:
    wanted = dict(GROUPS)
    for person in people:
        group = _group(person, homes)
        if group == "true" and sample.place_of(person)[2] and wanted["unit"]:
            group = "unit"
        if wanted.get(group, 0):
            wanted[group] -= 1
            row = sample.question(person)
            yield Question(group, row | {"line2": "apt 9907"} if group == "unit" else row)


def _group(person: dict[str, Any], homes: dict[str, set[sample.Place]]) -> str:
    if sample.is_true(person, homes):
        return "true"
    if person["simulant_id"] in homes:
        return "mover"
    return "household" if person["relationship_to_reference_person"] in _HOUSEHOLD else ""


def _defective(
    people: list[dict[str, Any]], homes: dict[str, set[sample.Place]]
) -> Iterator[Question]:
    """Defects are put into questions about people in the register: only the law keeps them from a
    yes."""
    known = iter([person for person in reversed(people) if sample.is_true(person, homes)])
    for name, defect in DEFECTS.items():
        for _ in range(defect.rows):
            yield Question(name, sample.question(next(known)))


def _defect(group: str, number: int) -> Row:
    return DEFECTS[group].change(number) if group in DEFECTS else {}


def _officer(number: int) -> str:
    """A made-up officer's name, of other words for each of 10,000 numbers: officers of one name and
    title are counted as one in whatever order its words stand, and a file of 100,000 has 500."""
    names = [_FAMILY[number // 10 % 10]]
    if number >= 100:
        names.append(_SECOND[number // 100 % 10])
    if number >= 1000:
        names.append(_THIRD[number // 1000 % 10])
    return f"{_GIVEN[number % 10]} {'-'.join(names)}"


def complete_request(number: int, row: Row, *, officer: int) -> Row:
    """The legal part of a request in order: its own investigation, its own reason, and officer
    number `officer`."""
    words = " ".join(random.Random(number).sample(REASON_WORDS, 5))  # noqa: S311 - a demonstration's words, nothing secret
    return (
        dict.fromkeys(REQUEST_COLUMNS, "")
        | row
        | {
            "request_id": f"R{number:05d}",
            "statutory_authority": "8 USC 1253(a)(1)",
            "reason": f"{_REASON}, with the {words} evidence",
            "investigation_number": f"HSI-2026-{number:06d}",
            "investigation_opened_on": "2026-01-20",
            "removal_order_number": f"RO-2025-{number:07d}",
            "removal_order_date": "2025-03-14",
            "removal_ground": "8 USC 1227(a)(1)(B)",
            "stay_or_deferral": "none",
            "review": "none",
            "engaged_officers": f"E{officer:03d}|{_officer(officer)}|Special Agent|Agency A",
            "use_certified": "true",
        }
    )
