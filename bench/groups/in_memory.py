"""The same figures without an office: every question is decided against the residents of its home, as the
normal forms and the match rules do it, in memory and in a tenth of the time.

What is left out is the gate, the register's file and its tolerant keys: every question names its
home as the register does. A question whose form lacks a given or a family name counts as not
confirmed, as in an office.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from bench.groups.people import Cells, doors
from counterfoil import matching
from counterfoil.core.values import (
    Address,
    AddressForm,
    Grant,
    NameForm,
    Person,
    Request,
    Resident,
    Residents,
)
from counterfoil.normalize import normalize_name

Home = tuple[str, str, str]
Counts = dict[str, Counter[str]]
_PERIODS = (2024,)
_NOBODY = Residents((), (), b"")


def decide_all(people: int, seed: int) -> tuple[dict[str, int], dict[str, Any], tuple[int, int]]:
    """(how many were made, held and asked; what was confirmed with dates of birth and without; false
    questions with a date on both sides, and those of them confirmed)."""
    homes: dict[Home, list[Resident]] = defaultdict(list)
    asked: list[Cells] = []
    made = {"people": 0, "held": 0, "questions": 0}
    for held, questions, count in doors(people, seed):
        for row in held:
            homes[_home(row)].append(_resident(row))
        asked += questions
        for name, more in zip(made, (count, len(held), len(questions)), strict=True):
            made[name] += more
    learner = matching.Learner("0" * 32)
    for residents in homes.values():
        learner.co_residents(residents)
    weights = learner.finish()
    opened = {
        home: Residents(tuple(all_), ("exact",) * len(all_), b"") for home, all_ in homes.items()
    }
    dated, undated = Counts(), Counts()
    both = [0, 0]
    for cells in asked:
        residents, name = opened.get(_home(cells), _NOBODY), normalize_name(_person(cells))
        born = _person(cells).date_of_birth
        confirmed = _is_confirmed(cells, name, born, residents, weights)
        _count(dated, cells, confirmed=confirmed)
        _count(undated, cells, confirmed=_is_confirmed(cells, name, None, residents, weights))
        if cells["truth"] == "false" and born is not None:
            both[0] += 1
            both[1] += confirmed
    return made, {"questions": _told(dated), "undated": _told(undated)}, (both[0], both[1])


def homes_of(rows: Iterable[Cells]) -> dict[Home, Residents]:
    """The residents of each home, from the rows of a register's source."""
    homes: dict[Home, list[Resident]] = defaultdict(list)
    for row in rows:
        homes[_home(row)].append(_resident(row))
    return {
        home: Residents(tuple(all_), ("exact",) * len(all_), b"") for home, all_ in homes.items()
    }


def is_confirmed(cells: Cells, homes: dict[Home, Residents], weights: matching.Weights) -> bool:
    """Whether a question with these cells is confirmed at its home."""
    person = _person(cells)
    residents = homes.get(_home(cells), _NOBODY)
    return _is_confirmed(cells, normalize_name(person), person.date_of_birth, residents, weights)


def _is_confirmed(
    cells: Cells, name: NameForm, born: date | None, residents: Residents, weights: matching.Weights
) -> bool:
    if not name.given or not name.family:
        return False
    person = Person(*_names(cells), born, "")
    request = Request(cells["request_id"], 1, person, Address())
    grant = Grant(request, AddressForm(), name, _PERIODS, "sha256:0")
    return matching.decide(grant, residents, weights).confirmed


def _names(cells: Cells) -> tuple[str, str, str, str]:
    return cells["given_name"], cells["middle_name"], cells["family_name"], cells["suffix"]


def _person(cells: Cells) -> Person:
    born = cells["date_of_birth"]
    return Person(*_names(cells), date.fromisoformat(born) if born else None, "")


def _resident(cells: Cells) -> Resident:
    person = _person(cells)
    name = normalize_name(person)
    return Resident(
        name, person.date_of_birth, cells["tin"].encode(), cells["record_ref"], _PERIODS
    )


def _home(cells: Cells) -> Home:
    return cells["line1"], cells["line2"], cells["zip"]


def _count(counts: Counts, cells: Cells, *, confirmed: bool) -> None:
    found = counts.setdefault(cells["name_group"], Counter())
    found[cells["truth"]] += 1
    found[f"confirmed_{cells['truth']}"] += confirmed


def _told(counts: Counts) -> dict[str, Any]:
    """As `evaluate --json` tells it."""
    kinds = ("true", "false", "confirmed_true", "confirmed_false")
    groups = [
        {"name": name} | {kind: counts[name][kind] for kind in kinds} for name in sorted(counts)
    ]
    whole = {kind: sum(each[kind] for each in groups) for kind in kinds}
    return {"groups": groups, "recall": whole["confirmed_true"] / max(1, whole["true"]), **whole}
