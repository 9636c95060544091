"""Every usual way of writing one address gives one normal form."""

import pytest

from counterfoil.core.values import Address, AddressForm, AddressKind
from counterfoil.normalize import normalize_address

PLACE = {"city": "Seattle", "state": "WA", "zip": "98103"}


def form(line1: str, line2: str = "", **place: str) -> AddressForm:
    return normalize_address(Address(line1, line2, **(PLACE | place)))


def parts(line1: str, line2: str = "", **place: str) -> str:
    """kind number|pre|street|suffix|post|unit, for tables that can be read."""
    f = form(line1, line2, **place)
    line = "|".join([f.number, f.predirectional, f.street, f.suffix, f.postdirectional, f.unit])
    return f"{f.kind.value} {line}"


STREETS = {
    "street 1501||INTERLAKE|AVE|N|": [
        "1501 interlake ave n",
        "1501 INTERLAKE AVENUE NORTH",
        "1501  Interlake Av. N.",
        "01501 Interlake Avn N",
        "l501 Interlake Avnue N",
        "15O1 Interlake Aven N",
        "1501 Interlake Ave N, Seattle WA 98103",
        "\uff11\uff15\uff10\uff11 Interlake Ave N",
        "No. 1501 Interlake Ave N",
    ],
    "street 1500||5|AVE||": ["1500 5th Ave", "1500 Fifth Avenue", "1500 5 av", "1500 05th ave"],
    "street 1422||3RD|||": ["1422 third", "1422 Third", "1422 3rd", "1422 03RD"],
    "street 1422||21ST|||": ["1422 Twenty-First", "1422 twenty first", "1422 21st"],
    "street 1422||12TH|||": ["1422 twelfth", "1422 12th"],
    "street 1422|N|3|||": ["1422 N Third", "1422 North 3rd"],
    "street 1500||44 SD|||": ["1500 44th sd", "1500 44TH SD"],
    "street 1231||RIVERSIDE|DR||": [
        "1231 Riverside Dr",
        "1Z31 Riverside Dr",
        "1z31 riverside drive",
    ],
    "street 6660||DALE|DR||": ["6660 Dale Dr", "6G60 Dale Dr", "66G0 Dale Dr"],
    "street 9S0||ELM|ST||": ["9S0 Elm St"],
    "street 1500||21|ST||": [
        "1500 Twenty-First St",
        "1500 21st Str",
        "1500 TWENTY FIRST STREET",
        "1500 21 stree",
    ],
    "street 1500|NE|145|ST||": [
        "1500 NE 145th St",
        "1500 N.E. 145th Street",
        "1500 Northeast 145 St",
    ],
    "street 1500||SAINT LOUIS|AVE||": [
        "1500 St Louis Ave",
        "1500 St. Louis Ave",
        "1500 Saint Louis Avenue",
    ],
    "street 1500||SANTA MONICA|BLVD||": [
        "1500 Sta Monica Blvd",
        "1500 Santa Monica Boulevard",
        "1500 Santa Monica Blvrd",
    ],
    "street 1500||MOUNT VERNON|DR||": ["1500 Mt Vernon Dr", "1500 Mount Vernon Drive"],
    "street 1500||BUCK CREEK|CT||": ["1500 Buck Crk Ct", "1500 Buck Creek Court"],
    "street 1500||PARK PLACE|DR||": ["1500 Park Place Dr", "1500 Park Pl Drive"],
    "street 1500||OCONNOR|ST||": [
        "1500 O'Connor St",
        "1500 OConnor St",
        "1500 O\u2019Connor Street",
    ],
    "street 1500||PENA|RD||": ["1500 Peña Rd", "1500 PENA ROAD"],
    "street 1500||NORTH|AVE||": ["1500 North Ave", "1500 North Avenue"],
    "street 1500||AVENUE B|||": ["1500 Avenue B", "1500 Ave B"],
    "street 1500||AVENUE 28|||": ["1500 Avenue 28", "1500 Avnu 28"],
    "street 1500||BROADWAY||N|": ["1500 Broadway N", "1500 BROADWAY NORTH"],
    "street 45 12||DITMARS|BLVD||": ["45-12 Ditmars Blvd", "45 - 12 Ditmars Boulevard"],
    "street 4512||DITMARS|BLVD||": ["4512 Ditmars Blvd"],
    "street 1501 1 2||MAIN|ST||": [
        "1501 1/2 Main St",
        "1501-1/2 Main St",
        "1501½ Main Street",
        "1501 1 2 Main St",
    ],
    "street 1501A||MAIN|ST||": ["1501A Main St", "1501-A Main St", "1501 A Main St"],
    "street N6W23001||BLUEMOUND|RD||": [
        "N6W23001 Bluemound Rd",
        "N6 W23001 Bluemound Road",
        "n6w 23001 Bluemound Rd",
    ],
    "street B12||CALLE 5|||": ["B12 Calle 5", "b12 CALLE 5"],
    "street 12|N|400||E|": ["12 N 400 E", "12 North 400 East"],
    "street 1500||US HIGHWAY 192|||": [
        "1500 US Highway 192",
        "1500 U.S. Hwy 192",
        "1500 US 192",
        "1500 US Route 192",
    ],
    "street 1500||HIGHWAY 701||N|": ["1500 Hwy 701 N", "1500 HIGHWAY 701 NORTH"],
    "street 1500||HIGHWAY 1|||": ["1500 highway 1"],
    "street 1500||STATE HIGHWAY 7|||": [
        "1500 ST RD 7",
        "1500 State Road 7",
        "1500 SR-7",
        "1500 State Hwy 7",
        "1500 NC Hwy 7",
    ],
    "street 1500||COUNTY ROAD 12A|||": [
        "1500 CR 12A",
        "1500 County Rd 12A",
        "1500 C R 12A",
        "1500 Co Rd 12A",
    ],
    "street 1500||INTERSTATE 35|||": ["1500 I-35", "1500 Interstate 35"],
    "street 1500||FM 1960|||": ["1500 FM 1960", "1500 Farm to Market Road 1960"],
    "po_box 123|||||": [
        "PO Box 123",
        "P.O. Box 123",
        "P O BOX 00123",
        "Post Office Box #123",
        "POB 123",
        "Box 123",
        "P.O.Box No. 123",
        "PO Drawer 123",
        "p 0 box 123",
    ],
    "po_box 123A|||||": ["PO Box 123-A", "PO Box 123 A"],
    "rural 15||RR 2|||": [
        "RR 2 Box 15",
        "R.R. 2 BX 15",
        "Rural Route 2 Box 15",
        "RFD 2 Box #15",
        "RT 2 BOX 15",
        "Box 15 RR 2",
        "RR2 Box 15",
    ],
    "highway_contract 23A||HC 68|||": [
        "HC 68 Box 23A",
        "HCR 68 Box 23-A",
        "Highway Contract Route 68 Box 23A",
        "Star Route 68 Box 23A",
    ],
    "highway_contract 12||HC|||": ["Star Route Box 12"],
    "military 10||PSC 1650|||": ["PSC 1650 Box 10", "psc 1650 bx 10", "PSC 1650 BOX 10 APO AE"],
    "military 4190||UNIT 2050|||": ["Unit 2050 Box 4190"],
    "military ||USS NIMITZ|||": ["USS Nimitz"],
    "general_delivery |||||": ["General Delivery", "GEN DEL", "Genl Delivery"],
}


@pytest.mark.parametrize(
    ("expected", "written"), [(k, w) for k, ways in STREETS.items() for w in ways]
)
def test_all_usual_ways_of_writing_give_one_form(expected: str, written: str) -> None:
    assert parts(written) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1500 5th Ave", "1500 6th Ave"),
        ("1500 5th Ave", "1500 5th St"),
        ("1500 County Road 12", "1500 County Road 14"),
        ("1500 US 1", "1500 Hwy 1"),
        ("1500 Avenue B", "1500 Avenue C"),
        ("1500 N Main St", "1500 S Main St"),
        ("12-14 Main St", "1214 Main St"),
        ("12 1/2 Main St", "121 2 Main St"),
        ("12½ Main St", "121 2 Main St"),
        ("RR 2 Box 15", "RR 1 Box 15"),
        ("RR 2 Box 15", "HC 2 Box 15"),
        ("PO Box 12", "PO Box 1-2"),
        ("PSC 12 Box 5", "CMR 12 Box 5"),
    ],
)
def test_different_addresses_have_different_forms(one: str, other: str) -> None:
    assert form(one) != form(other)


def test_an_urbanization_is_a_part_of_its_own_on_either_line_or_before_the_street() -> None:
    place = {"city": "San Juan", "state": "PR", "zip": "00926"}
    first = form("Urb Las Gladiolas", "150 Calle A", **place)
    assert (first.urbanization, first.number, first.street) == ("LAS GLADIOLAS", "150", "CALLE A")
    assert first == form("150 Calle A", "URB LAS GLADIOLAS", **place)
    assert first == form("Urbanización Las Gladiolas 150 Calle A", **place)


@pytest.mark.parametrize(
    ("written", "city"),
    [
        ("St. Louis", "SAINT LOUIS"),
        ("Ft Worth", "FORT WORTH"),
        ("N Hollywood", "NORTH HOLLYWOOD"),
        ("  seattle ", "SEATTLE"),
    ],
)
def test_a_city_has_one_spelling(written: str, city: str) -> None:
    assert form("1 Main St", city=written).city == city


@pytest.mark.parametrize(
    ("written", "code"),
    [("wa", "WA"), ("Washington", "WA"), ("W.A.", "WA"), ("Tx.", "TX"), ("Zz", "")],
)
def test_a_state_is_its_two_letters_or_absent(written: str, code: str) -> None:
    assert form("1 Main St", state=written).state == code


@pytest.mark.parametrize(
    ("state", "written", "zip5"),
    [
        ("WA", "98103-1234", "98103"),
        ("WA", "981031234", "98103"),
        ("WA", "981O3", "98103"),
        ("WA", "9810O", "98100"),
        ("MA", "O2139", "02139"),
        ("MA", "o2l39-0123", "02139"),
        ("MA", "oooOO", "00000"),
        ("WA", "9B103", ""),
        ("WA", "9810", ""),
        ("MA", "2139", "02139"),
        ("MA", "21391234", "02139"),
        ("WA", "98103-12", ""),
        ("WA", "abcde", ""),
        ("WA", "٩٨١٠٣", ""),
    ],
)
def test_a_zip_is_five_digits_or_absent(state: str, written: str, zip5: str) -> None:
    assert form("1 Main St", state=state, zip=written).zip5 == zip5


@pytest.mark.parametrize(
    ("line1", "line2"),
    [
        ("", ""),
        ("123 Main St", "PO Box 55"),  # two addresses in one
        ("123 Main St PO Box 55", ""),
        ("1500 Улица Ave", ""),  # letters without an A-Z form
        ("1500 Main St " + "x" * 200, ""),
        ("1500 Lotus # 923 Pkwy", ""),
        ("HWY 5 and 7", ""),
    ],
)
def test_what_cannot_be_read_has_no_form_but_keeps_its_place(line1: str, line2: str) -> None:
    f = form(line1, line2)
    assert (f.kind, f.number, f.street, f.unit) == (AddressKind.NONE, "", "", "")
    assert (f.city, f.state, f.zip5) == ("SEATTLE", "WA", "98103")


@pytest.mark.parametrize(
    ("line1", "line2"),
    [
        ("c/o Made Up Person", "1501 Interlake Ave N"),
        ("The Cove", "1501 Interlake Ave N"),
        ("1501 Interlake Ave N", "Attn: Front Desk"),
        ("1501 Interlake Ave N", "N/A"),
        ("", "1501 Interlake Ave N"),
        ("1501", "Interlake Ave N"),
    ],
)
def test_a_line_that_adds_nothing_changes_nothing(line1: str, line2: str) -> None:
    assert form(line1, line2) == form("1501 Interlake Ave N")
