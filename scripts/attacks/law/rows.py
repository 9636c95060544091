"""Rows that the law refuses, each otherwise in order and about a resident of its own; all of an
item in one file.

An attack succeeded where its request was put to the register. A denial is the other way round: the
law admits the row, and the attack succeeded where it was refused. A control must be admitted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from scripts.attacks.attack import ANSWERED, DENIED, Attack, Group, Outcome, stopped, succeeded
from scripts.attacks.office import CONFIRMED, Sent, make_office
from scripts.attacks.people import STREETS, Row, crowd, person, rare_name, request

ADMITTED = "admitted"


class Case(NamedTuple):
    """One row. `changes` are columns of it; `document`, of a route that has one, what it states
    otherwise. `resident`: given and family name of who lives there, where the row names others."""

    name: str
    changes: Row
    listed: bool = False
    control: bool = False
    denial: bool = False
    resident: tuple[str, str] = ("", "")
    document: Mapping[str, object] = {}


def numbered(
    name: str, column: str, texts: Iterable[str], first: int = 1, listed: int = 0
) -> list[Case]:
    """Cases that write one column otherwise, of which the first `listed` were reported."""
    return [
        Case(f"{name}-{number}", {column: text}, number < first + listed)
        for number, text in enumerate(texts, first)
    ]


def home(place: int) -> str:
    """The home of a case."""
    return f"{5201 + 10 * place} {STREETS[place % len(STREETS)]}"


def name_of(place: int, case: Case) -> tuple[str, str]:
    """The resident of a case, whom no other case asks about."""
    rare = rare_name(place)[0], rare_name((place + 61) % 200)[1]
    return case.resident if any(case.resident) else rare


def source(cases: Sequence[Case]) -> list[Row]:
    """The residents, and a crowd."""
    each = [person(f"w{n}", *name_of(n, case), home(n)) for n, case in enumerate(cases)]
    return [*each, *crowd(60)]


def row_of(place: int, case: Case) -> Row:
    """The row of a case."""
    return request(place + 1, *name_of(place, case), home(place)) | case.changes


def outcome(case: Case, row: Row, sent: Sent) -> Outcome:
    """What came of a case."""
    name = row["request_id"]
    put = sent.was_put(name)
    if case.control:
        return Outcome(ANSWERED if put else DENIED, sent.answer(name) if put else sent.code(name))
    if case.denial:
        return stopped(ADMITTED) if put else succeeded(f"refused by {sent.code(name)}")
    if not put:
        return stopped(sent.code(name))
    return succeeded(CONFIRMED if sent.answer(name) == CONFIRMED else ADMITTED)


def _run(cases: Sequence[Case], folder: Path) -> dict[str, Outcome]:
    rows = [row_of(place, case) for place, case in enumerate(cases)]
    sent = make_office(folder, source(cases)).send(rows)
    return {case.name: outcome(case, row, sent) for case, row in zip(cases, rows, strict=True)}


def said(case: Case) -> str:
    """What a case is, in a line."""
    stated = [*case.changes.items(), *case.document.items()]
    text = "; ".join(f"{name} {value!a}" for name, value in stated) or "in order"
    return f"admitted by the law: {text}" if case.denial else text


def attacks(item: str, cases: Iterable[Case]) -> tuple[Attack, ...]:
    """The attacks of an item."""
    return tuple(Attack(item, each.name, said(each), each.listed, each.control) for each in cases)


def group(
    item: str,
    cases: Sequence[Case],
    run: Callable[[Sequence[Case], Path], Mapping[str, Outcome]] = _run,
) -> Group:
    """The group of an item whose cases are rows."""
    return Group(f"{item}-rows", attacks(item, cases), partial(run, cases), quick=True)
