"""Groups are told by the form of what is asked and by the file's own frequencies."""

from __future__ import annotations

from collections import Counter

import pytest

from counterfoil.certification.slices import SLICES, Slicer, SliceTally, core_words
from counterfoil.core.values import Address, Person
from counterfoil.normalize import normalize_address, normalize_name

WORDS = Counter(
    {"SMITH": 50, "GARCIA": 20, "LEE": 10, "OKONKWO": 10, "THORNQUIST": 5, "OSTRANDER": 5}
)


def slices(
    given: str = "Maria", family: str = "Smith", line1: str = "12 Elm St", line2: str = ""
) -> set[str]:
    name = normalize_name(Person(given, "", family))
    return set(
        Slicer(WORDS).slices_of(
            name, normalize_address(Address(line1, line2, "Anytown", "WA", "98101"))
        )
    )


@pytest.mark.parametrize(
    ("family", "group"),
    [
        ("Garcia Lopez", "family_compound"),
        ("Garcia-Lopez", "family_compound"),
        ("de la Cruz", "family_single"),
        ("Smith", "family_single"),
        ("Smith", "family_common"),
        ("Ostrander", "family_rare"),
        ("Lee", "family_short"),
    ],
)
def test_family_names_are_grouped_by_parts_frequency_and_length(family: str, group: str) -> None:
    assert group in slices(family=family)


def test_a_name_is_not_common_and_rare_at_once() -> None:
    assert all(len(slices(family=word) & {"family_common", "family_rare"}) <= 1 for word in WORDS)


@pytest.mark.parametrize(
    ("given", "group"),
    [("Ana", "given_short"), ("Maria", "given_4_to_6"), ("Ignatius", "given_7_or_more")],
)
def test_given_names_are_grouped_by_length(given: str, group: str) -> None:
    assert {name for name in slices(given=given) if name.startswith("given")} == {group}


@pytest.mark.parametrize(
    ("line1", "line2", "group"),
    [("12 Elm St", "Apt 4", "unit"), ("12 Elm St", "", "no_unit"), ("PO Box 12", "", "po_box")],
)
def test_addresses_are_grouped_by_unit_and_box(line1: str, line2: str, group: str) -> None:
    assert slices(line1=line1, line2=line2) & {"unit", "no_unit", "po_box"} == {group}


def test_every_group_has_its_sentence() -> None:
    found = [
        *slices("Ana", "Lee"),
        *slices("Ignatius", "de la Garcia-Lopez", "PO Box 1"),
        *slices("Maria", "Ostrander", "1 Elm St", "2"),
    ]
    assert set(found) <= SLICES.keys()


def test_a_tally_counts_each_question_in_each_of_its_groups() -> None:
    tally = SliceTally()
    tally.add(["unit", "given_short"], truth=True, confirmed=True)
    tally.add(["unit"], truth=True, confirmed=False)
    tally.add(["unit"], truth=False, confirmed=True)
    unit = next(count for count in tally.counts() if count.name == "unit")
    assert (unit.true_, unit.confirmed_true, unit.recall, unit.false_, unit.confirmed_false) == (
        2,
        1,
        0.5,
        1,
        1,
    )
    assert [count.name for count in tally.counts()] == list(SLICES)


def test_particles_alone_are_the_name() -> None:
    assert core_words(normalize_name(Person("A", "", "De La"))) == ("DE", "LA")
