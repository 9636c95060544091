"""Units at the edges: sides of a house, streets named by a letter, numbers after a street without its suffix, marks of roads."""

from __future__ import annotations

import pytest

from counterfoil.forms import doors, normalise_address
from counterfoil.model import Address, AddressForm


def form(line1: str) -> AddressForm:
    return normalise_address(Address(line1, "", "Anytown", "WA", "98101"))


@pytest.mark.parametrize(
    ("line", "number", "street", "suffix", "unit"),
    [
        ("1501 Larkspur Ave Unit 2 East", "1501", "LARKSPUR", "AVE", "2E"),
        ("1501 S South Heron Dr # 3 South", "1501", "SOUTH HERON", "DR", "3S"),
        ("1501 Larkspur Ave W 4 N", "1501", "LARKSPUR", "AVE", "4N"),
        ("1501 Larkspur Ave NE 41 SW", "1501", "LARKSPUR", "AVE", "41SW"),
        ("1501 Larkspur Dr W 707", "1501", "LARKSPUR", "DR", "707"),
        ("1844 A Ave NE 6", "1844", "A", "AVE", "6"),
        ("1844 A Ave NE", "1844", "A", "AVE", ""),
        ("12 A Court St", "12A", "COURT", "ST", ""),
        ("203 N Larkspur 608", "203", "LARKSPUR", "", "608"),
        ("1056 W Larkspur 1 W", "1056", "LARKSPUR", "", "1W"),
        ("111 W Larkspur, 12C", "111", "LARKSPUR", "", "12C"),
        ("Suite 200, Building 17, 7000 Heron Lake Rd", "7000", "HERON LAKE", "RD", "17 200"),
        ("254 US Highway No 202", "254", "US HIGHWAY 202", "", ""),
        ("1413 State Highway # 50", "1413", "STATE HIGHWAY 50", "", ""),
    ],
)
def test_each_part_stands_in_its_place(line: str, number: str, street: str, suffix: str, unit: str) -> None:
    read = form(line)
    assert (read.number, read.street, read.suffix, read.unit) == (number, street, suffix, unit)


@pytest.mark.parametrize(
    "line", ["1501 Road 20", "1501 Calle 5", "1501 Business 190", "1501 County Road 7", "1501 S Larkspur 18th"]
)
def test_a_number_that_names_the_road_is_no_unit(line: str) -> None:
    assert form(line).unit == ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1501 Larkspur Ave Unit 2 East", "1501 Larkspur Ave Unit 2 West"),
        ("1501 Larkspur Ave NE 41 SW", "1501 Larkspur Ave NE 41 SE"),
        ("1056 W Larkspur 1 W", "1056 W Larkspur 1 E"),
        ("1844 A Ave NE 6", "1844 A Ave NE 4"),
    ],
)
def test_two_doors_of_a_house_share_no_door_key(one: str, other: str) -> None:
    assert {door.key for door in doors(form(one))}.isdisjoint(door.key for door in doors(form(other)))
