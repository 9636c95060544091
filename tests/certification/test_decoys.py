"""Each kind of decoy changes what its sentence says, and nothing else."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from counterfoil.certification.decoys import (
    KINDS,
    DecoyQuestion,
    PersonAtAddress,
    SourceRecord,
    bump_last,
    bump_number,
    can_ask,
    kinds_without_decoys,
    read_record,
)
from counterfoil.certification.places import CityZips, Presence, StreetCollector, checksum_of
from counterfoil.certification.seeded_choice import SeededChoice
from counterfoil.certification.source_sample import SourceSample
from counterfoil.register.source import COLUMNS
from tests.certification.people import RECORD, SAMPLE

PLACES = st.integers(0, 10_000)
TEXT = st.text(max_size=30)
ROWS = st.builds(
    SourceRecord,
    TEXT,
    TEXT,
    TEXT,
    TEXT,
    st.one_of(TEXT, st.dates().map(date.isoformat)),
    TEXT,
    TEXT,
    TEXT,
    TEXT,
    TEXT,
    TEXT,
    TEXT,
    st.sampled_from(["2023", "2024"]),
)


def made(
    kind: str, place: int = 0, held: SourceRecord = RECORD, sample: SourceSample = SAMPLE
) -> DecoyQuestion:
    found = KINDS[kind].make(held, SeededChoice(b"seed", kind, place), sample)
    assert found is not None
    return found


def changed(asked: DecoyQuestion, held: SourceRecord = RECORD) -> set[str]:
    return {
        name
        for name in PersonAtAddress.__struct_fields__
        if getattr(asked, name) != getattr(held, name)
    }


@given(PLACES)
def test_withheld_writes_the_persons_own_question_with_a_slip_at_most(place: int) -> None:
    assert changed(made("withheld", place)) in (set(), {"middle_name"}, {"given_name"})


@given(PLACES)
def test_junior_changes_suffix_and_date_of_birth_only(place: int) -> None:
    asked = made("junior_senior", place)
    assert changed(asked) == {"suffix", "date_of_birth"}
    assert asked.suffix == "JR"


def test_a_junior_is_asked_as_senior_or_without_suffix() -> None:
    junior = replace(RECORD, suffix="Jr.")
    assert {made("junior_senior", place, junior).suffix for place in range(40)} == {"SR", ""}


@given(PLACES)
def test_a_sibling_shares_the_family_name_and_not_the_given(place: int) -> None:
    asked = made("sibling", place)
    assert asked.family_name == RECORD.family_name
    assert asked.given_name != RECORD.given_name


def test_every_second_sibling_is_a_twin_of_the_same_first_letter_where_there_is_one() -> None:
    twins = [
        asked
        for place in range(60)
        if (asked := made("sibling", place)).date_of_birth == RECORD.date_of_birth
    ]
    assert 15 < len(twins) < 45
    assert {twin.given_name for twin in twins} >= {"Marta"}


@pytest.mark.parametrize("kind", [name for name, kind in KINDS.items() if kind.elsewhere])
@given(place=PLACES)
def test_a_namesake_elsewhere_has_the_name_another_birth_and_another_address(
    kind: str, place: int
) -> None:
    asked = made(kind, place)
    assert changed(asked) - {"date_of_birth"} <= {"line1", "line2", "zip"}
    assert changed(asked) & {"line1", "line2", "zip"}
    assert asked.date_of_birth != RECORD.date_of_birth


def test_the_next_unit_is_where_the_unit_is_written() -> None:
    assert made("next_unit").line2 == "Apt 5B"
    inline = replace(RECORD, line1="1847 Heron Lake Rd Apt 12", line2="")
    assert made("next_unit", held=inline).line1 == "1847 Heron Lake Rd Apt 13"
    assert made("next_unit", held=replace(RECORD, line2="")).line2.startswith("APT ")


def test_another_zip_is_one_of_the_city_that_the_source_shows() -> None:
    assert {made("other_zip", place).zip for place in range(20)} == {"98102"}


def test_a_city_of_one_zip_is_asked_about_in_another_city() -> None:
    lone = replace(RECORD, city="Elsewhere", zip="98109")
    asked = [
        made("other_zip", place, lone)
        for place in (0, 1, 2, 3)
        if KINDS["other_zip"].make(lone, SeededChoice(b"seed", "other_zip", place), SAMPLE)
    ]
    assert {(each.city, each.state) for each in asked} == {("ANYTOWN", "WA")}


def test_a_row_of_a_zip_that_is_hardly_known_is_no_decoy_of_another_zip() -> None:
    assert (
        KINDS["other_zip"].make(
            replace(RECORD, zip="98199"), SeededChoice(b"seed", "other_zip", 1), SAMPLE
        )
        is None
    )


@given(PLACES)
def test_a_like_street_is_a_real_other_one_at_the_same_number(place: int) -> None:
    asked = made("like_street", place)
    assert asked.line1 == "1847 S HERON LAKE RD"
    assert changed(asked) == {"line1", "date_of_birth"}


def test_a_unit_inside_the_line_goes_with_the_number_to_the_like_street() -> None:
    streets = StreetCollector()
    for number in (1, 3, 5):
        for line in (f"{number} N Heron Lake Rd Apt 7", f"{number} S Heron Lake Rd"):
            streets.note(line, "Anytown", "WA", "98101")
    inline = replace(RECORD, line1="3 N Heron Lake Rd Apt 7", line2="")
    asked = made("like_street", held=inline, sample=replace(SAMPLE, streets=streets.finish()))
    assert (asked.line1, asked.line2) == ("3 S HERON LAKE RD", "APT 7")


def test_a_row_is_asked_about_only_by_kinds_that_its_deck_can_make() -> None:
    alone = replace(RECORD, line1="1847 Thornquist Ave", zip="98199")
    any_row = [name for name, kind in KINDS.items() if not kind.shown_by]
    assert all(can_ask(kind, RECORD, SAMPLE) for kind in any_row)
    assert {kind for kind in any_row if not can_ask(kind, alone, SAMPLE)} == {
        "like_street",
        "other_zip",
    }


def test_a_source_of_one_zip_and_no_like_streets_cannot_be_asked_two_kinds() -> None:
    bare = replace(
        SAMPLE, streets=StreetCollector().finish(), zips=CityZips({}, (("ANYTOWN", "WA", "98101"),))
    )
    assert kinds_without_decoys(SAMPLE) == []
    assert kinds_without_decoys(bare) == ["like_street", "other_zip"]


def test_a_person_whom_a_row_has_there_in_the_other_period_is_no_former_resident() -> None:
    presence = Presence()
    presence.note(checksum_of(RECORD.tin, RECORD.line1, RECORD.line2, RECORD.zip), "2023")
    there = replace(SAMPLE, presence=presence)
    assert KINDS["former"].make(RECORD, SeededChoice(b"seed", "former", 1), there) is None
    assert (
        made("former", sample=replace(there, periods=(2022, 2023, 2024))).taxable_periods == "2022"
    )


def test_a_row_is_read_by_its_columns_and_stripped() -> None:
    row = [f" {name} " for name in COLUMNS]
    held = read_record(row)
    assert held is not None
    assert {name: getattr(held, name) for name in SourceRecord.__struct_fields__} == {
        name: name for name in COLUMNS
    }
    assert read_record(row[1:]) is None


@given(PLACES)
def test_a_former_resident_is_asked_about_another_period(place: int) -> None:
    asked = made("former", place)
    assert asked.taxable_periods == "2023"
    assert changed(asked) == set()


def test_a_register_of_one_period_asks_about_the_year_after() -> None:
    assert made("former", sample=replace(SAMPLE, periods=(2024,))).taxable_periods == "2025"


@given(PLACES)
def test_a_synthetic_person_keeps_the_address_only(place: int) -> None:
    asked = made("synthetic", place)
    assert changed(asked) <= {"given_name", "middle_name", "family_name", "date_of_birth"}
    assert asked.family_name in {name.family for name in SAMPLE.names}


@pytest.mark.parametrize("kind", list(KINDS))
def test_the_same_place_makes_the_same_decoy(kind: str) -> None:
    held = {
        "held_by_initial": replace(RECORD, given_name="W"),
        "no_unit": replace(RECORD, line2=""),
        "twin_first_word": replace(RECORD, date_of_birth="2004-05-29"),
    }.get(kind, RECORD)
    one, two = (
        [KINDS[kind].make(held, SeededChoice(b"seed", kind, place), SAMPLE) for place in range(20)]
        for _ in range(2)
    )
    assert one == two
    assert any(one)


@pytest.mark.parametrize("kind", list(KINDS))
@given(held=ROWS, place=PLACES)
def test_any_row_makes_a_decoy_or_none_and_never_fails(
    kind: str, held: SourceRecord, place: int
) -> None:
    asked = KINDS[kind].make(held, SeededChoice(b"seed", kind, place), SAMPLE)
    assert asked is None or all(isinstance(cell, str) for cell in asked.cells())


@pytest.mark.parametrize(
    ("line", "next_line"),
    [("APT 9", "APT 10"), ("4B", "5B"), ("UNIT B", "UNIT C"), ("Z", "A"), ("BSMT -", "BSMT -2")],
)
def test_the_last_number_else_the_last_letter_moves_on(line: str, next_line: str) -> None:
    assert bump_last(line, 1) == next_line


def test_a_house_number_never_falls_under_one() -> None:
    assert [
        bump_number("2 Elm St", -2),
        bump_number("101 Elm St", 2),
        bump_number("Elm St", 2),
    ] == ["4 Elm St", "103 Elm St", ""]


def test_p1_rows_and_questions_hide_every_value() -> None:
    assert (
        f"{RECORD} {made('withheld')} {SAMPLE}"
        == "<SourceRecord: hidden> <DecoyQuestion: hidden> <SourceSample: hidden>"
    )
