"""A unit is never lost and never invented, however and wherever it is written."""

import itertools
import re

import pytest
import usaddress
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from counterfoil.core.values import Address, AddressForm, AddressKind
from counterfoil.normalize import exact_address_key, normalize_address
from counterfoil.normalize.units import identifiers

STREETS = [
    "1501 Interlake Ave N",
    "45-12 Ditmars Blvd",
    "1500 Highway 1",
    "12 N 400 E",
    "7 Broadway",
    "9 5th St",
    "1 CR 12",
]

UNITS = {
    "4": [
        "apt 4",
        "Apt. 4",
        "apt #4",
        "# 4",
        "#4",
        "unit 4",
        "aptmnt 4",
        "aprt 4",
        "apartment 4",
        "apt number 4",
        "apt no 4",
        "ap nbr 4",
        "suite 004",
        "ste 4",
        "rm 4",
        "lot 4",
        "trlr 4",
        "spc 4",
        "apto 4",
        "apt № 4",
        "floor 4",
        "4th fl",
        "fl no 4",
        "# 4 fl",
    ],
    "4B": ["apt 4B", "apt 4-b", "unit 4 B", "# 4b", "apt no 4 b", "bldg 4 apt B"],
    "D13": ["unit d13", "# D-13", "apt d 13", "bldg D unit 13"],
    "3 4": [
        "bldg 3 apt 4",
        "apt 4 bldg 3",
        "fl 3 apt 4",
        "3rd floor apt 4",
        "apt 4 3rd fl",
        "apt 3-4",
    ],
    "34": ["apt 34", "unit 034"],
    "5": ["fifth floor", "5th fl", "fl 5"],
    "GROUND": ["ground floor", "grnd fl"],
    "BSMT": ["basement", "bsmt"],
    "BSMT 14": ["basement aprt # 14", "bsmt unit 14", "apt 14 basement"],
    "REAR": ["rear", "apt rear"],
    "PH2": ["ph 2", "penthouse 2", "unit PH2"],
    "PH": ["penthouse"],
    "4 LEFT": ["apt 4 left"],
    "402": ["apt 4O2", "unit 402"],
    "10086": ["ap nbr 10086", "apt 10086"],
}
WRITTEN = [(unit, way) for unit, ways in UNITS.items() for way in ways]


def form(line1: str, line2: str = "") -> AddressForm:
    """The form, its unit without the kinds of designators, which test_kinds_of_address has."""
    read = normalize_address(Address(line1, line2, "Seattle", "WA", "98103"))
    return replace(read, unit=identifiers(read.unit) if read.unit else "")


@pytest.mark.parametrize("street", STREETS)
@pytest.mark.parametrize(("unit", "written"), WRITTEN)
def test_a_unit_on_the_second_line_is_read_whatever_the_street(
    street: str, unit: str, written: str
) -> None:
    assert form(street, written).unit == unit
    assert form(street, written.upper()) == form(street, written)


@pytest.mark.parametrize("street", STREETS[:2])
@pytest.mark.parametrize(("unit", "written"), WRITTEN)
def test_a_unit_after_the_street_is_the_unit_of_the_second_line(
    street: str, unit: str, written: str
) -> None:
    assert form(f"{street} {written}") == form(street, written)
    assert form(f"{street}, {written}") == form(street, written)


@pytest.mark.parametrize("written", ["4", "4B", "B4", "d13", "6 F"])
def test_a_bare_unit_after_the_suffix_is_a_unit(written: str) -> None:
    assert form(f"1501 Interlake Ave {written}") == form("1501 Interlake Ave", f"apt {written}")


def test_a_bare_letter_after_the_suffix_is_a_unit() -> None:
    assert form("1501 Interlake Ave B").unit == "B"
    assert form("1501 Interlake Ave N B").unit == "B"


def test_a_second_line_that_holds_only_the_identifier_is_a_unit() -> None:
    assert form("1501 Interlake Ave N", "4b") == form("1501 Interlake Ave N", "Apt 4B")


def test_a_unit_before_the_house_number_or_on_the_line_above_is_a_unit() -> None:
    expected = form("1501 Interlake Ave N", "apt 4")
    assert form("Apt 4 1501 Interlake Ave N") == expected
    assert form("# 4", "1501 Interlake Ave N") == expected


def test_a_unit_written_twice_is_one_unit() -> None:
    assert form("1501 Interlake Ave N Apt 4", "Apt 4") == form("1501 Interlake Ave N", "Apt 4")


def test_parts_on_both_lines_make_one_unit() -> None:
    assert form("1501 Interlake Ave N Bldg 3", "Apt 4").unit == "3 4"
    assert form("1501 Interlake Ave N Apt 4", "Bldg 3").unit == "3 4"


def test_a_mistyped_designator_does_not_change_the_unit() -> None:
    assert {
        form("1501 Interlake Ave N", way).unit
        for way in ("aot 4", "un'lt 4", "nunber 4", "aprtment 4")
    } == {"4"}


def test_words_beside_a_unit_stay_in_it() -> None:
    assert form("1501 Interlake Ave N", "Camelot 4").unit == "CAMELOT 4"
    assert form("1501 Interlake Ave N", "tower east").unit == "E"


def test_a_box_keeps_a_unit_beside_it() -> None:
    assert form("PO Box 12 Apt 4").unit == "4"
    assert form("PO Box 12", "Apt 4") == form("PO Box 12 Apt 4")


@pytest.mark.parametrize(
    "written",
    [
        "1500 Avenue 28",
        "1500 County Road 5",
        "1500 Hwy 99",
        "1500 Flat Rock Rd",
        "1500 Front St",
        "1500 Upper Lake Dr",
        "1500 Space Center Blvd",
        "1500 Park St",
        "1500 Suite Dr",
        "1500 Lot St",
        "1500 Calle No 5",
        "1500 Lower Mill Rd",
        "1500 Old Highway 99",
        "12 N 400 E",
        "1500 N Front St",
        "1500 E Side Ave",
        "1500 13 Mile Rd",
        "1500 Penthouse Dr",
    ],
)
def test_no_unit_is_invented_from_a_street(written: str) -> None:
    assert form(written).unit == ""


DISTINCT = [
    "apt 4",
    "apt 14",
    "apt 4B",
    "apt B",
    "apt 40",
    "apt 4O",
    "apt 12-3",
    "apt 123",
    "apt 1-23",
    "basement",
    "rear",
    "ph 4",
    "fl 4 apt 4",
    "",
]


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(DISTINCT, 2)))
def test_different_units_never_share_an_exact_key(one: str, other: str) -> None:
    keys = {exact_address_key(form("1501 Interlake Ave N", unit)) for unit in (one, other)}
    assert len(keys) == 2


WORDS = st.sampled_from(
    [
        "apt",
        "unit",
        "#",
        "no",
        "ste",
        "fl",
        "floor",
        "bldg",
        "rear",
        "bsmt",
        "ph",
        "4",
        "4B",
        "B",
        "12-3",
        "007",
        "O7",
        "5th",
        "left",
        "tower",
        "N",
    ]
)
NAMES = st.sampled_from(
    [
        "Interlake Ave N",
        "Main St",
        "5th Ave",
        "Broadway",
        "County Road 12",
        "Avenue B",
        "Lake View Dr",
        "St Louis Ct",
    ]
)


@given(st.integers(1, 99999), NAMES, st.lists(WORDS, max_size=5), st.booleans())
def test_every_digit_that_is_written_stands_in_some_part(
    number: int, name: str, words: list[str], apart: bool
) -> None:
    line1, line2 = f"{number} {name}", " ".join(words)
    f = form(line1, line2) if apart else form(f"{line1} {line2}")
    if f.kind is AddressKind.NONE:
        return
    held = re.findall("[1-9]", f"{f.number}{f.street}{f.unit}")
    for digit in re.findall("[1-9]", f"{line1} {line2}"):
        assert digit in held
        held.remove(digit)
    assert not held  # and none stands there that was not written


@given(st.integers(1, 99999), NAMES)
def test_no_unit_comes_from_an_address_without_one(number: int, name: str) -> None:
    assert form(f"{number} {name}").unit == ""


@pytest.mark.parametrize("street", STREETS[:2])
@pytest.mark.parametrize(
    ("unit", "written"),
    [(u, w) for u, w in WRITTEN if re.match(r"(?:apt|unit|ste|#) ?#?[0-9A-Za-z-]+$", w)],
)
def test_a_second_parser_finds_a_unit_where_we_do(street: str, unit: str, written: str) -> None:
    labels = {
        label: word for word, label in usaddress.parse(f"{street} {written}, Seattle WA 98103")
    }
    assert "OccupancyIdentifier" in labels
    assert form(f"{street} {written}").unit
