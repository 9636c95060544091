"""Decoys about persons are of somebody else, never a spelling of the resident's own name; and a kind is
declared in a few lines."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from counterfoil.certification.ask import is_dated
from counterfoil.certification.decoys import (
    BIRTH,
    KINDS,
    NAMES,
    DecoyKind,
    DecoyQuestion,
    SourceRecord,
    asks,
    kinds_not_shown,
    persons,
)
from counterfoil.certification.seeded_choice import SeededChoice
from counterfoil.certification.source_sample import ShownRows, given_words, near_names, sampled_name
from counterfoil.certification.true_negative import RowPerson, residents_for_decoy
from tests.certification.people import RECORD, SAMPLE, grant, opened, resident

GUIDE = Path(__file__).parents[2] / "docs/guides/statistician.md"
NAMED = [
    sampled_name(name, "", "Quintanilla", "1990-02-03")
    for name in ("Marisol", "Maribel", "Marta", "Ana", "Wilma", "Wanda", "Jaylon", "Kaylon")
    for _ in range(3)
]
MANY = replace(SAMPLE, names=tuple(NAMED), near=near_names(NAMED))
BORN = date(1981, 5, 29)


def made(kind: str, held: SourceRecord = RECORD) -> list[DecoyQuestion]:
    found = [KINDS[kind].make(held, SeededChoice(b"seed", kind, at), MANY) for at in range(80)]
    return [each for each in found if each is not None]


def test_a_twin_shares_the_first_of_two_given_names_written_in_every_way() -> None:
    asked = made("twin_shared_word")
    assert {each.date_of_birth for each in asked} == {RECORD.date_of_birth}
    written = {(each.given_name, each.middle_name) for each in asked}
    assert {("MARISOL WANDA", ""), ("MARISOL", "WANDA"), ("MARISOL-WANDA", "")} <= written
    assert ("MARISOL", "W") in written
    assert not any("ANA" in given or middle == "ANA" for given, middle in written)


def test_a_row_without_a_second_given_word_has_no_such_twin() -> None:
    alone = replace(RECORD, middle_name="")
    assert not persons.has_second_word(alone, MANY)
    assert made("twin_shared_word", alone) == []


def test_a_twin_one_letter_apart_bears_a_name_in_use_or_a_rhyme_and_keeps_the_middle_name() -> None:
    asked = made("twin_one_letter", replace(RECORD, given_name="Jaylon", middle_name="D"))
    names = {each.given_name for each in asked}
    assert "KAYLON D" in names
    assert len(names) > 5
    assert all(len(name) == 8 and name != "JAYLON D" for name in names)


@pytest.mark.parametrize(
    ("own", "other"),
    [
        ("William", "Bill"),
        ("Sofia", "Sophia"),
        ("Ricardo", "Ricarod"),
        ("Ana", "Ana"),
        ("A", "Ana"),
    ],
)
def test_a_spelling_of_the_own_name_is_no_decoy(own: str, other: str) -> None:
    assert not persons.is_another(own, other)
    assert not persons.is_another(other, own)
    assert persons.is_another(own, "Wilhelmina") or own[0] == "W"


def test_a_resident_held_by_an_initial_is_asked_with_full_names_of_that_initial() -> None:
    asked = made("held_by_initial", replace(RECORD, given_name="W"))
    assert {each.given_name for each in asked} == {"WILMA", "WANDA"}


def test_namesakes_of_dates_that_say_nothing_are_of_rows_that_have_one() -> None:
    january = replace(RECORD, date_of_birth="1981-01-01")
    filler = replace(RECORD, date_of_birth="1900-01-01")
    bare = replace(RECORD, date_of_birth="")
    assert [
        [can(row, MANY) for row in (RECORD, january, filler, bare)]
        for can in (persons.is_of_new_year, persons.has_filler_date, persons.has_no_date)
    ] == [[False, True, False, False], [False, False, True, False], [False, False, False, True]]
    other = replace(MANY, names=SAMPLE.names)
    asked = KINDS["new_year"].make(january, SeededChoice(b"seed", "new_year", 1), other)
    assert asked is not None
    assert (asked.given_name, asked.date_of_birth) == (RECORD.given_name, "1981-01-01")
    assert asked.family_name != RECORD.family_name.upper()


def test_a_question_without_a_real_date_is_none_of_the_scope_birth() -> None:
    assert [is_dated(replace(made("sibling")[0], date_of_birth=born)) for born in (
        "1981-05-29", "1900-01-01", "", "no date",
    )] == [True, False, False, False]  # fmt: skip
    assert (KINDS["filler_date"].scopes, KINDS["date_not_held"].scopes) == ((NAMES,), (BIRTH,))


def test_a_twin_who_is_held_is_no_decoy() -> None:
    own = resident("r1", "MARISOL", "QUINTANILLA", tin=b"one", born=BORN)
    twin = resident("r2", "WANDA", "QUINTANILLA", tin=b"two", born=BORN)
    asked = grant("Wanda", "Quintanilla", born=BORN)
    subject = RowPerson(b"one", "r1")
    assert residents_for_decoy("twin_shared_word", subject, asked, opened(own)) == opened(own)
    assert residents_for_decoy("twin_shared_word", subject, asked, opened(own, twin)) is None


def test_what_the_residents_of_the_source_share_is_counted_by_pairs_of_one_home() -> None:
    rows = ShownRows()
    home = ("1 Elm St", "", "98101", "2024")
    for tin, given, family, born in (
        ("1", "Maria Elena", "Ruiz", "1990-02-03"),
        ("2", "Maria Luisa", "Ruiz", "1990-02-03"),
        ("3", "Mario", "Ruiz", "1961-01-01"),
        ("3", "Mario", "Ruiz", "1961-01-01"),
    ):
        rows.note(tin, (given, "", family), born, home)
    rows.note("4", ("Mario", "", "Ruiz"), "", ("2 Elm St", "", "98101", "2024"))
    assert rows.pairs == {
        "one date of birth": 1,
        "first given word, one date of birth": 1,
        "initial of the given name, two dates of birth or none": 4,
    }
    assert (rows.people, rows.rows["1 January"], rows.rows["no date of birth"]) == (4, 2, 1)


def test_a_kind_that_the_source_hardly_shows_is_left_out() -> None:
    shown = {kind.shown_by: 20 for kind in KINDS.values() if kind.shown_by}
    assert kinds_not_shown(replace(SAMPLE, shown=shown)) == []
    assert "new_year" in kinds_not_shown(replace(SAMPLE, shown=shown | {"1 January": 19}))
    assert set(kinds_not_shown(SAMPLE)) == {n for n, kind in KINDS.items() if kind.shown_by}


def test_the_guides_example_declares_a_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    [example] = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    declared: dict[str, DecoyKind] = {}
    exec(example, {"KINDS": declared, "DecoyKind": DecoyKind, "asks": asks})
    [(name, kind)] = declared.items()
    monkeypatch.setitem(KINDS, name, kind)
    asked = made(name)
    assert asked
    assert all(each.given_name == RECORD.given_name for each in asked)
    assert len({each.date_of_birth for each in asked} - {RECORD.date_of_birth}) == 1


def test_a_young_twin_is_asked_by_the_shared_word_alone_or_with_another_beside_it() -> None:
    young = replace(RECORD, middle_name="Lucia", date_of_birth="2004-05-29")
    assert {(each.given_name, each.middle_name) for each in made("twin_first_word", young)} == {
        ("MARISOL", "")
    }
    minor = replace(young, date_of_birth="2012-02-03")
    assert {(each.given_name, each.middle_name) for each in made("twin_first_word", minor)} == {
        ("MARISOL", ""),
        ("MARISOL", given_words("", minor.middle_name)[0][0]),
    }
    asked = made("twin_first_word", replace(young, middle_name=""))
    assert asked
    assert all(re.fullmatch("MARISOL [A-Z]+", each.given_name) for each in asked)
    assert {each.date_of_birth for each in asked} == {young.date_of_birth}
    assert made("twin_first_word") == []  # of 43 years
    assert not persons.is_young(replace(young, date_of_birth="1998-12-31"), MANY)
    assert persons.is_young(replace(young, date_of_birth="1999-01-02"), MANY)


@pytest.mark.parametrize(
    ("line1", "line2", "kind"),
    [("1847 Heron Rd", "Apt 4B", "APT"), ("1847 Heron Rd Suite 12", "", "STE")],
)
def test_another_kind_of_unit_keeps_the_number(line1: str, line2: str, kind: str) -> None:
    held = replace(RECORD, line1=line1, line2=line2)
    asked = {f"{each.line1} {each.line2}".strip() for each in made("other_unit", held)}
    assert asked
    number = "4B" if line2 else "12"
    assert all(text.endswith(f" {number}") and f" {kind} " not in text for text in asked)
    assert all(each.date_of_birth != held.date_of_birth for each in made("other_unit", held))


@pytest.mark.parametrize("line2", ["", "# 4", "Rear", "Bldg 2 Apt 4"])
def test_a_unit_without_one_designator_has_no_other_kind(line2: str) -> None:
    assert made("other_unit", replace(RECORD, line2=line2)) == []


def test_somebody_else_of_a_building_without_units_has_another_family_name() -> None:
    held = replace(RECORD, line2="")
    asked = [
        KINDS["no_unit"].make(held, SeededChoice(b"seed", "no_unit", at), SAMPLE)
        for at in range(20)
    ]
    found = [each for each in asked if each is not None]
    assert found
    assert {each.given_name for each in found} == {RECORD.given_name}
    assert RECORD.family_name not in {each.family_name for each in found}
    assert made("no_unit") == []  # the row has a unit
