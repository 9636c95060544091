"""Units at the edges: sides of a house, streets named by a letter, numbers after a street without
its suffix, marks of roads."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from counterfoil.core.values import Address, AddressForm, AddressKind
from counterfoil.normalize import address_keys, normalize_address
from counterfoil.normalize.units import identifiers


def form(line1: str) -> AddressForm:
    """The form, its unit without the kinds of designators, which test_kinds_of_address has."""
    read = normalize_address(Address(line1, "", "Anytown", "WA", "98101"))
    return replace(read, unit=identifiers(read.unit) if read.unit else "")


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
def test_each_part_stands_in_its_place(
    line: str, number: str, street: str, suffix: str, unit: str
) -> None:
    read = form(line)
    assert (read.number, read.street, read.suffix, read.unit) == (number, street, suffix, unit)


@pytest.mark.parametrize(
    "line",
    [
        "1501 Road 20",
        "1501 Calle 5",
        "1501 Business 190",
        "1501 County Road 7",
        "1501 S Larkspur 18th",
    ],
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
def test_two_units_of_a_house_share_no_key(one: str, other: str) -> None:
    assert {each.key for each in address_keys(form(one))}.isdisjoint(
        each.key for each in address_keys(form(other))
    )


@pytest.mark.parametrize(
    ("line", "number", "street", "unit"),
    [
        ("1501 Larkspur Street NW North Tower, Ste. 70", "1501", "LARKSPUR", "N70"),
        ("9837 SW 14th St NW Bld A FLR 3 STE 22", "9837", "14", "A3 22"),
        ("lot42 99 Larkspur Road", "99", "LARKSPUR", "42"),
        ("lt 42 99 Larkspur Road", "99", "LARKSPUR", "42"),
        ("Flat 4 10A Dr. Heron King Blvd", "10A", "DR HERON KING", "4"),
        ("dept 52 4th floor 300 East Larkspur St", "300", "LARKSPUR", "4 52"),
        ("41st floor 1221 Ave of the Herons", "1221", "AVENUE OF THE HERONS", "41"),
        ("dept pn-12 1500 South Larkspur Rd, suite 40", "1500", "LARKSPUR", "PN12 40"),
        ("6910 # G Mary Heron Circle", "6910", "MARY HERON", "G"),
        ("6910 # 3-B Larkspur Circle", "6910", "LARKSPUR", "3B"),
        ("1501 Apt 4 Larkspur Ave", "1501", "LARKSPUR", "4"),
        ("1501 Larkspur Street Mezzaine", "1501", "LARKSPUR", "MEZZ"),
        ("1960 South 18th Rear", "1960", "18", "REAR"),
        ("1501 Larkspur Mall TPN 13A", "1501", "LARKSPUR", "TPN 13A"),
        ("1501 Larkspur Way MSC 24", "1501", "LARKSPUR", "MSC 24"),
        ("1501 15th Street, AF 1025", "1501", "15", "AF1025"),
        ("1501 Larkspur Drive mailbox 2825", "1501", "LARKSPUR", "2825"),
        ("1501 Larkspur Rd., suite 20c pbm 21", "1501", "LARKSPUR", "20C PBM 21"),
        ("1501 W. Larkspur (m/c 525) rm. 128", "1501", "LARKSPUR", "M C525 128"),
        ("1501 Larkspur Street (mc 525) room 128", "1501", "LARKSPUR", "MC525 128"),
        ("4400 East West Highway, # 718", "4400", "WEST", "718"),
        ("1301 S Capital of TX Highway 3", "1301", "CAPITAL OF TX", "3"),
        ("30 5th Street N. E. 301", "30", "5", "301"),
        ("1501 Larkspur Rd., bldg. 10, st. 310", "1501", "LARKSPUR", "10 310"),
        ("1501 Larkspur Ave st 1400", "1501", "LARKSPUR", "1400"),
        ("7000 Larkspur Heron, b-17, ste. 200", "7000", "LARKSPUR HERON", "B17 200"),
        ("4101 Larkspur Road, 106 d", "4101", "LARKSPUR", "106D"),
        ("1 Larkspur Plaza Rm 623 Heron Bldg", "1", "LARKSPUR", "623 HERON"),
        ("22 Larkspur Street, 2nd floor conference room", "22", "LARKSPUR", "2 CONFERENCE"),
        ("600 32nd Avenue, interim unit 1", "600", "32", "INTERIM 1"),
        ("1501 Larkspur Street 1-5 344", "1501", "LARKSPUR", "1 5 344"),
        ("4315 Larkspur Avenue LH", "4315", "LARKSPUR", "LH"),
        ("3850 Heron Manor Terrace EE", "3850", "HERON MANOR", "EE"),
        ("4922-L South Larkspur Avenue", "4922", "LARKSPUR", "L"),
        ("4922-O Larkspur Avenue", "4922", "LARKSPUR", "O"),
        ("4922-N South Larkspur Avenue", "4922", "LARKSPUR", "N"),
        ("4922-N South Larkspur Dr Apt 4", "4922", "LARKSPUR", "N4"),
        ("4922-A South Larkspur Avenue", "4922A", "LARKSPUR", ""),
        ("1501-N Larkspur Avenue", "1501", "LARKSPUR", ""),
        ("1501 Larkspur Ave Suite 200-A", "1501", "LARKSPUR", "200A"),
        ("1501 Larkspur Ave Ste. 4 & 5", "1501", "LARKSPUR", "4 AND 5"),
        ("1501 Larkspur Ave PMB 12", "1501", "LARKSPUR", "12"),
    ],
)
def test_a_unit_is_read_wherever_a_line_states_it(
    line: str, number: str, street: str, unit: str
) -> None:
    read = form(line)
    assert (read.number, read.street, read.unit) == (number, street, unit)


@pytest.mark.parametrize(
    "line",
    [
        "3665 Heron County Rd 312",
        "1501 County Road EE",
        "1501 Douglas Co Rd 5",
        "1501 E Lake St",
        "1501 Larkspur Ave SE",
        "1501 Old St Augustine",
        "State Highway No 33",
    ],
)
def test_what_ends_a_road_is_no_unit(line: str) -> None:
    assert form(line).unit == ""


@pytest.mark.parametrize(
    "line",
    [
        "613 S. Larkspur, PO 123",
        "1950 N Larkspur Fwy Ste 50 LB # 842",
        "1501 Larkspur Ave lockbox 84",
    ],
)
def test_a_street_and_a_box_in_one_line_are_two_addresses(line: str) -> None:
    assert form(line).kind is AddressKind.NONE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("4922-N South Larkspur Ave", "4922-S South Larkspur Ave"),
        ("4922 N South Larkspur Ave", "4922 S South Larkspur Ave"),
        ("4922 N South 5th St", "4922 S South 5th St"),
        ("4922-N South Larkspur Ave", "4922 South Larkspur Ave"),
        ("210 E North Blvd", "210 W North Blvd"),
        ("210 N North Blvd", "210 North Blvd"),
        ("1501 Larkspur Ave LH", "1501 Larkspur Ave"),
    ],
)
def test_a_letter_that_may_be_the_unit_parts_two_homes_at_every_key(one: str, other: str) -> None:
    assert {each.key for each in address_keys(form(one))}.isdisjoint(
        each.key for each in address_keys(form(other))
    )


def test_a_direction_written_twice_meets_the_direction_written_once() -> None:
    once, twice = (
        address_keys(form("1501 South Heron Dr")),
        address_keys(form("1501 S South Heron Dr")),
    )
    assert {each.key for each in once} & {each.key for each in twice}
    assert {each.key for each in address_keys(form("4922-N South Heron Dr"))} & {
        each.key for each in address_keys(form("4922 South Heron Dr Unit N"))
    }


@pytest.mark.parametrize("side", ["North", "Northwest", "Southeast", "NW", "E"])
@pytest.mark.parametrize("mark", ["Apt # ", "Unit # ", "# ", "Ste ", "apt."])
def test_the_side_of_a_street_in_full_before_a_mark_is_no_word_of_the_unit(
    side: str, mark: str
) -> None:
    read = form(f"101 Larkspur Court {side} {mark} 4B")
    assert (read.postdirectional, read.unit) == (
        side.upper()
        if len(side) < 3
        else {"North": "N", "Northwest": "NW", "Southeast": "SE"}[side],
        "4B",
    )
