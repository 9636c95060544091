"""Whatever the strings: never an exception. Gate, forms and match give an answer; `evaluate` counts
what is not sufficient."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counterfoil.certification.evaluate import Examination, examine
from counterfoil.core.errors import InputFault
from counterfoil.core.values import (
    Address,
    EngagedOfficer,
    Grant,
    Match,
    Person,
    Refusal,
    RemovalOrder,
    Request,
    Resident,
    Residents,
)
from counterfoil.demo.sample import LABELLED_COLUMNS
from counterfoil.gate import decide
from counterfoil.matching import decide as match_decide
from counterfoil.matching import default_weights, explain
from counterfoil.normalize import address_keys, normalize_address, normalize_name
from tests.gate.world import NO_HISTORY, ON, facts_of, sandbox
from tests.world.office import World, quiet
from tests.world.wild import FIELDS, LONG, ODD, TEXT

LAW = sandbox()
DAYS = st.none() | st.dates()
WEIGHTS = default_weights()


@settings(max_examples=150, deadline=None)
@given(FIELDS, st.lists(TEXT, min_size=9, max_size=9), DAYS, DAYS)
def test_the_gate_answers_any_strings(
    fields: tuple[str, ...], more: list[str], born: date | None, day: date | None
) -> None:
    given_name, middle, family, suffix, *address = fields
    request = Request(
        "r1",
        1,
        Person(given_name, middle, family, suffix, born, more[0]),
        Address(*address),
        (more[1], more[2]),
        more[3],
        more[4],
        more[5],
        day,
        RemovalOrder(more[6], day, more[7], born),
        more[8],
        (EngagedOfficer(*more[:3]),),
        True,
    )
    assert isinstance(decide(request, LAW, facts_of(request), NO_HISTORY, ON), Refusal | Grant)


@settings(max_examples=150, deadline=None)
@given(FIELDS, st.lists(FIELDS, max_size=3), DAYS)
def test_match_decides_on_any_strings_on_either_side(
    asked: tuple[str, ...], held: list[tuple[str, ...]], born: date | None
) -> None:
    person, address = Person(*asked[:4], born), Address(*asked[4:])
    grant = Grant(
        Request("q1", 1, person, address),
        normalize_address(address),
        normalize_name(person),
        (2024,),
        "",
    )
    there = [
        Resident(normalize_name(Person(*fields[:4])), born, b"", "r", (2024,)) for fields in held
    ]
    residents = Residents(
        tuple(there), tuple(door.tolerance for door in address_keys(grant.address))[:1] * 3
    )
    residents = Residents(
        residents.residents, (residents.tolerances or ("exact",) * 3)[: len(there)]
    )
    assert isinstance(match_decide(grant, residents, WEIGHTS), Match)
    assert len(explain(grant, residents, WEIGHTS)) == len(there)


def _row(number: int, fields: tuple[str, ...], truth: bool) -> dict[str, str]:
    names = (
        "given_name",
        "middle_name",
        "family_name",
        "suffix",
        "line1",
        "line2",
        "city",
        "state",
        "zip",
    )
    row = dict.fromkeys(LABELLED_COLUMNS, "") | dict(zip(names, fields, strict=True))
    return row | {
        "request_id": f"q{number}",
        "taxable_periods": "2024",
        "truth": str(truth).lower(),
    }


def _write(path: Path, rows: list[dict[str, str]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="ascii")
    return path


@pytest.fixture(scope="module")
def office(world_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = World(tmp_path_factory.mktemp("wild"), template=world_template)
    yield made
    made.office.store.close()


def _examined(world: World, rows: list[dict[str, str]]) -> Examination:
    return examine(world.office, _write(world.directory / "wild.jsonl", rows), quiet)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(FIELDS, st.booleans()), min_size=1, max_size=12))
def test_evaluate_counts_any_strings_that_a_file_can_hold(
    office: World, drawn: list[tuple[tuple[str, ...], bool]]
) -> None:
    """A lone surrogate stands in no UTF-8 file; it is looked at below."""
    clean = [
        (tuple(field.encode("utf-8", "ignore").decode() for field in fields), truth)
        for fields, truth in drawn
    ]
    found = _examined(
        office, [_row(number, fields, truth) for number, (fields, truth) in enumerate(clean)]
    ).evaluation
    assert found.requests + found.rejected == len(clean)
    assert (found.confirmed_true, found.confirmed_false) == (0, 0)


@pytest.mark.parametrize("text", [*ODD, *LONG], ids=lambda text: repr(text[:6]))
def test_what_names_nobody_is_not_sufficient_or_rejected(office: World, text: str) -> None:
    if any("\ud800" <= char <= "\udfff" for char in text):
        with pytest.raises(InputFault):
            _examined(office, [_row(1, (text,) * 9, True)])
        return
    found = _examined(office, [_row(1, (text,) * 9, True)]).evaluation
    assert (found.rejected or found.not_sufficient_true) == 1


def test_an_empty_row_is_not_sufficient(office: World) -> None:
    found = _examined(office, [_row(1, ("",) * 9, True)]).evaluation
    assert (found.requests, found.not_sufficient_true, found.rejected) == (1, 1, 0)
