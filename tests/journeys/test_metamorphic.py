"""What must not change an answer, over the whole path: intake's cells, forms, gate, sealed
register, match.

A register is a few homes with made-up households; every resident is asked for, and others whose
true answer is no. Both sides are then rewritten, or the register is added to, and the answers are
compared.
"""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counterfoil import matching
from tests.world.people import Row, person, request
from tests.world.whole import Whole

GIVEN = (
    "Marisol",
    "Marisela",
    "Mario",
    "Teodoro",
    "Theodora",
    "Jose Luis",
    "Pepe",
    "Wilhelmina",
    "Willa",
    "Zaylon",
    "Zaylen",
    "J",
)
FAMILY = (
    "Quintanilla",
    "Ostrander",
    "Ruiz Tellez",
    "de la Cruz",
    "O'Brien",
    "Smith-Jones",
    "Vandermolen",
)
STREETS = (
    "North Heron Lake Road",
    "Copperfield Avenue",
    "South 14th Street",
    "Juniper Court Northwest",
    "Saint Marys Lane",
)
UNITS = ("", "", "Apartment 4B", "Apartment 12", "Unit 7", "Suite 210")
PROPERTY = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@st.composite
def registers(draw: st.DrawFn) -> list[Row]:
    """Up to four homes with up to four people each, at addresses of which some differ in number or
    unit alone."""
    rows: list[Row] = []
    for _ in range(draw(st.integers(1, 4))):
        line = f"{draw(st.sampled_from((101, 103, 1847)))} {draw(st.sampled_from(STREETS))}"
        unit, family = draw(st.sampled_from(UNITS)), draw(st.sampled_from(FAMILY))
        for name in draw(st.lists(st.sampled_from(GIVEN), min_size=1, max_size=4)):
            changes = {
                "middle_name": draw(st.sampled_from(("", "A", "Luisa"))),
                "line2": unit,
                "suffix": draw(st.sampled_from(("", "", "JR"))),
                "tin": f"900-00-{1000 + len(rows)}",
            }
            rows.append(person(f"r{len(rows)}", name, family, line, **changes))
    return rows


def questions(rows: list[Row]) -> list[Row]:
    """Each resident at home, at the next home, and under a child's name."""
    asked: list[Row] = []
    for at, row in enumerate(rows):
        there, next_door = row, rows[(at + 1) % len(rows)]
        for given_name, home in (
            (row["given_name"], there),
            (row["given_name"], next_door),
            ("Leopold", there),
        ):
            changes = {"line2": home["line2"], "middle_name": row["middle_name"]}
            asked.append(
                request(len(asked) + 1, given_name, row["family_name"], home["line1"], **changes)
            )
    return asked


@pytest.fixture
def whole(tmp_path: Path) -> Whole:
    return Whole(tmp_path / "whole")


def test_the_path_gives_each_answer_it_can(whole: Whole) -> None:
    rows = [person("r1", "Marisol", "Quintanilla", "101 Copperfield Avenue", tin="900-00-1001")]
    asked = [*questions(rows), request(9, "Marisol", "Quintanilla", "Failed to Provide")]
    assert whole.answers(rows, asked) == ["confirmed", "confirmed", "not_confirmed", "refused"]


ELSEWHERE = st.tuples(
    st.sampled_from(GIVEN),
    st.sampled_from(FAMILY),
    st.sampled_from(("105", "1849", "2")),
    st.sampled_from(STREETS),
    st.sampled_from(UNITS),
)


@PROPERTY
@given(registers(), st.lists(ELSEWHERE, min_size=1, max_size=4))
def test_a_resident_elsewhere_never_changes_an_answer(
    whole: Whole, rows: list[Row], added: list[tuple[str, ...]]
) -> None:
    """Under the same weights: frequencies of names are the register's, so that another register may
    weigh a name otherwise."""
    more = [
        person(f"x{at}", name, family, f"{number} {street}", line2=unit, tin=f"901-00-{1000 + at}")
        for at, (name, family, number, street, unit) in enumerate(added)
    ]
    weights = matching.default_weights()
    asked = questions(rows)
    assert whole.answers([*rows, *more], asked, weights) == whole.answers(rows, asked, weights)


@PROPERTY
@given(registers(), st.data())
def test_a_near_namesake_at_the_address_never_turns_a_no_into_a_yes(
    whole: Whole, rows: list[Row], data: st.DataObject
) -> None:
    """Nobody who would be confirmed alone: that is the person asked for, as far as the evidence
    goes."""
    home = data.draw(st.sampled_from(rows))
    newcomer = home | {
        "record_ref": "x1",
        "tin": "901-00-1001",
        "given_name": data.draw(st.sampled_from(GIVEN)),
        "middle_name": data.draw(st.sampled_from(("", "B", "Luisa"))),
        "suffix": data.draw(st.sampled_from(("", "SR"))),
    }
    asked, weights = questions(rows), matching.default_weights()
    before, after, alone = (
        whole.answers(held, asked, weights) for held in (rows, [*rows, newcomer], [newcomer])
    )
    assert [
        at
        for at, told in enumerate(after)
        if told == "confirmed" and before[at] != "confirmed" and alone[at] != "confirmed"
    ] == []


WORDS = {
    "Street": "St",
    "Avenue": "Ave",
    "Road": "Rd",
    "Court": "Ct",
    "Lane": "Ln",
    "North": "N",
    "South": "S",
    "Northwest": "NW",
    "Saint": "St",
}
MARKS = ("Apartment", "Apt", "Unit", "Apt No", "Apt #", "apt.")
SUITES = ("Suite", "Ste", "Suite #", "ste.")
"""Designators of one kind: STE 4 and APT 4 are two units."""
FIELDS = ("given_name", "middle_name", "family_name", "suffix", "line1", "line2", "city", "state")


def _abbreviated(row: Row) -> Row:
    words = [WORDS.get(word, word) for word in row["line1"].split(" ")]
    return row | {"line1": " ".join(words)}


def _other_case(row: Row, chance: random.Random) -> Row:
    way = chance.choice((str.upper, str.lower, str.swapcase, str.title))
    return row | {
        name: way(row[name]) for name in FIELDS if name != "family_name" or way is not str.title
    }


def _spaced(row: Row, chance: random.Random) -> Row:
    return row | {
        name: f"{' ' * chance.randrange(3)}{re.sub(' ', '  ', row[name])} " for name in FIELDS
    }


def _marked(row: Row, chance: random.Random) -> Row:
    mark, _, unit = row["line2"].partition(" ")
    alike = next((marks for marks in (MARKS, SUITES) if mark in marks), ())
    return row | {"line2": f"{chance.choice(alike)} {unit}"} if alike else row


def _on_line_one(row: Row, _chance: random.Random) -> Row:
    return row | {"line1": f"{row['line1']} {row['line2']}".strip(), "line2": ""}


def rewritten(row: Row, chance: random.Random) -> Row:
    """`row` in another hand: nothing in it is said otherwise."""
    if chance.random() < 0.5:
        row = _abbreviated(row)
    for rewrite in (_marked, _on_line_one, _other_case, _spaced):
        if chance.random() < 0.5:
            row = rewrite(row, chance)
    return row


@PROPERTY
@given(registers(), st.integers(0, 2**32))
def test_case_spacing_designators_and_abbreviations_never_change_an_answer(
    whole: Whole, rows: list[Row], seed: int
) -> None:
    chance = random.Random(seed)
    asked = questions(rows)
    told = whole.answers(rows, asked)
    assert whole.answers(rows, [rewritten(row, chance) for row in asked]) == told
    assert whole.answers([rewritten(row, chance) for row in rows], asked) == told


@PROPERTY
@given(registers(), st.randoms(use_true_random=False))
def test_p7_the_order_of_the_registers_rows_never_changes_a_decision(
    whole: Whole, rows: list[Row], chance: random.Random
) -> None:
    asked, shuffled = questions(rows), chance.sample(rows, len(rows))
    assert whole.matches(rows, asked) == whole.matches(shuffled, asked)
