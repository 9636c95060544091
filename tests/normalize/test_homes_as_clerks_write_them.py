"""Addresses as clerks write them, kind by kind: two ways to write one home meet under a key, and two
homes do not.

A row is `ONE / OTHER`, each `LINE 1|LINE 2`; of a state where it says so. Whether a register's known
places close a tolerance is for its own tests: here no place is known, so what does not meet is kept
apart by the form and the keys alone.
"""

from __future__ import annotations

import pytest

from counterfoil.core.values import Address, AddressForm
from counterfoil.normalize import address_keys, home_keys, normalize_address

ZIPS = {
    "NY": "13000", "PR": "00926", "MD": "21001", "MI": "48001", "CO": "80101", "WI": "53001",
    "TX": "78001", "KS": "66002", "MO": "63001",
}  # fmt: skip

ONE_HOME = """
floors and units
    100 Elm St|4th Floor Apt 2 / 100 Elm St|4th Floor #2
    100 Elm St Fl 4 Apt 2 / 100 Elm St|Apt 2 4th Fl
    100 Elm St|10FL / 100 Elm St|FL 10
    100 Elm St 10th Floor / 100 Elm St|Floor 10
    100 Elm St Bldg 3 Apt 3 / 100 Elm St Bldg 3|Apt 3
    100 Elm St|Building 3 Unit 12 / 100 Elm St|Apt 12 Bldg 3
    100 Elm St # 4 / 100 Elm St|Apt 4
    100 Elm St # 4 / 100 Elm St Lot 4
    100 Elm St|Unit 4 / 100 Elm St|Apt 4
    100 Elm St|Floor 2 W / 100 Elm St|2nd Floor West
    100 Elm St|4 / 100 Elm St|Fl 4
    100 Elm St|Apt North / 100 Elm St Apt N
    100 Elm St|2nd Floor East / 100 Elm St|Fl 2 East
    100 Elm St Apartment Number Four / 100 Elm St Apt 4
    100 Elm St|Studio Apt / 100 Elm St Studio
county roads
    17 County Route 17 / 17 Co Rt 17
    17 Co Hwy 17 / 17 County Highway 17
    17 Cty Rd 17 / 17 CR 17
    17 Cty Hwy 17 / 17 County Road 17
    17 Co Rte 17A / 17 County Road 17A
CO 17 Co Hwy 17 / 17 State Highway 17
WI 17 County Highway MM / 17 Cth MM
    17 CNTY RD 17 / 17 Co Rd 17
    17 County Road No 17 / 17 CR 17
    17 State Rd No 17 / 17 State Road 17
    17 County Road 17 N / 17 CR 17 N
    17 CR No 17 / 17 County Road 17
    17 Twp Rd No. 9 / 17 Township Road 9
    17 Anderson County Rd 17 / 17 Anderson Co Road 17
directions
    12 Old N Church Rd / 12 Old North Church Rd
    12 Upper S River Rd / 12 Upper South River Rd
    12 Little W Fork Rd / 12 Little West Fork Rd
    12 S Avenue N / 12 South Avenue N
    12 N St / 12 North St
    12 Columbus South Rd / 12 Columbus South Road
    12 Great N Woods Dr / 12 Great North Woods Drive
    12 N Main St / 12 North Main St
    12 Old E Mill Ln / 12 Old East Mill Lane
    12 West Ave / 12 W Ave
highways
    1113 Hwy 13 Byp / 1113 Highway 13 Bypass
    1113 Bypass Hwy 13 / 1113 Highway 13 Byp
    1113 I 35 Frontage Rd / 1113 Interstate 35 Frontage Road
    1113 I-35 Service Rd / 1113 Interstate 35 Svc Rd
    1113 US 1 Bus / 1113 Business US Highway 1
    1113 Hwy 90 Alt / 1113 Highway 90 Alternate
TX 2418 RM 1431 / 2418 Ranch to Market Road 1431
TX 2418 FM 1431 / 2418 Farm to Market 1431
TX 2418 FM 620 / 2418 RM 620
TX 2418 N RM 620 / 2418 North RM Road 620
    12 Private Road 147 / 12 PR 147
    12 Pvt Rd 147 / 12 Private Rd 147
    12 Township Rd 9 / 12 Twp Rd 9
    12 US Highway 64 W / 12 Hwy 64 W
    12 State Route 64 / 12 Route 64
MD 12 MD-762 / 12 Maryland 762
MI 12 M-43 / 12 Michigan 43
KS 12 K-10 Hwy / 12 Kansas Highway 10
MO 12 State Route K / 12 State Hwy K
MO 12 SR MM / 12 State Route MM
MO 12 Highway MM / 12 State Hwy MM
    12 Old State Route 34 / 12 Old State Rd 34
    12 Old Hwy 34 / 12 Old Highway 34
numbers and names
    2227 - 8th Street / 2227 8th Street
    2227-8th Ave / 2227 8th Ave
    2227-42nd St Apt 3 / 2227 42nd Street|Apt 3
    12 Avenue J8 / 12 Avenue J-8
    12 MLK Jr Blvd / 12 Martin Luther King Jr Blvd
    12 Dr Martin Luther King Blvd / 12 MLK Blvd
    12 JFK Blvd / 12 John F Kennedy Blvd
    12 FDR Dr / 12 Franklin D Roosevelt Dr
    12 Mallowst / 12 Mallow St
    12 Mallowstreet / 12 Mallow St
    12 Larkspuravenue / 12 Larkspur Ave
    12 Mallow Stret / 12 Mallow St
words that say nothing
    12 Elm St|None / 12 Elm St
    12 Elm St None / 12 Elm St
    12 Elm St USA / 12 Elm St
    12 Elm St Apt N\\A / 12 Elm St
    12 Elm St|Apt N\\A / 12 Elm St
    12 Elm St|# none / 12 Elm St
    12 Elm St|USA / 12 Elm St
    12 Elm St Apt 4 USA / 12 Elm St Apt 4
    12 Elm St United States / 12 Elm St
    12 Elm St|N\\A / 12 Elm St
    12 Elm St Unit NULL / 12 Elm St
names before it
    c\\o Ann Heron, 1007 Mallow St / 1007 Mallow St
    c\\o Ann Heron 1007 Mallow St Apt 4 / 1007 Mallow St Apt 4
    C\\O HERON FAMILY TRUST, 1007 MALLOW ST / 1007 Mallow St
    Attn: Ann Heron, 1007 Mallow St / 1007 Mallow St
    Heron Towers, 1007 Mallow St Apt 4 / 1007 Mallow St Apt 4
    The Larkspur Building, 1007 Mallow St / 1007 Mallow St
    Heron Towers|1007 Mallow St Apt 4 / 1007 Mallow St Apt 4
    c\\o Ann Heron|1007 Mallow St / 1007 Mallow St
    Care of Ann Heron, 1007 Mallow St / 1007 Mallow St
    Larkspur Bldg, 1007 Mallow St Apt 2 / 1007 Mallow St Apt 2
    Mallow Hall, 1007 Mallow St / 1007 Mallow St
Puerto Rico
PR Calle 5 B12|Urb Las Palomas / B12 Calle 5|Urb Las Palomas
PR Urb Las Palomas|Calle 5 B12 / B12 Calle 5|Urb Las Palomas
PR B-12 Calle 5|Urb Las Palomas / B12 Calle 5|Urb Las Palomas
PR Urb Las Palomas B12 Calle 5 / B12 Calle 5|Urb Las Palomas
PR Urb Las Palomas B-12 Calle 5 / Calle 5 B12|Urb Las Palomas
PR Calle Sol #123 / 123 Calle Sol
PR Calle Sol Num 123 / 123 Calle Sol
PR Carr 704 Km 1.7 / Carretera 704 Km 1 7
PR PR 704 Km 1.7 / Carr 704 Km 1.7
PR BB 3 Calle Luna / Calle Luna BB-3
"""

TWO_HOMES = """
floors and units
    100 Elm St|2nd Floor Apt 4 / 100 Elm St|4th Floor #2
    100 Elm St|Apt 3 / 100 Elm St Bldg 3|Apt 3
    100 Elm St|Apt 3 / 100 Elm St Fl 3|Apt 3
    100 Elm St FL 4 / 100 Elm St Apt 4
    100 Elm St BLDG 4 / 100 Elm St Apt 4
    100 Elm St LOT 4 / 100 Elm St Apt 4
    100 Elm St STE 4 / 100 Elm St Apt 4
    100 Elm St PMB 4 / 100 Elm St Apt 4
    100 Elm St BOX 4 / 100 Elm St Apt 4
    100 Elm St|BOX 4 / 100 Elm St|Apt 4
    100 Elm St Lot 4 / 100 Elm St Ste 4
    100 Elm St Rm 4 / 100 Elm St Fl 4
    100 Elm St # 4 / 100 Elm St Lot 5
    100 Elm St Slip 4 / 100 Elm St Apt 4
    100 Elm St|Apt North / 100 Elm St|Apt South
    100 Elm St Apt North / 100 Elm St Apt South
    100 Elm St|2nd Floor East / 100 Elm St|2nd Floor West
    100 Elm St 2nd Floor East / 100 Elm St 2nd Floor West
    100 Elm St|Top Floor / 100 Elm St
    100 Elm St Top Floor / 100 Elm St
    100 Elm St|Main Floor / 100 Elm St|Top Floor
    100 Elm St Apartment Number Four / 100 Elm St Apartment Number Five
    100 Elm St|Studio / 100 Elm St
    100 Elm St Studio / 100 Elm St
    100 Elm St|Cabin / 100 Elm St
    100 Elm St|Bldg 2 Apt B / 100 Elm St|Apt 2B
    100 Elm St|Rear / 100 Elm St|Front
county roads
    17 State Route 17 / 17 Co Rte 17
    17 State Highway 17 / 17 Co Hwy 17
CO 17 Co Hwy 17 / 17 County Road 17
    17 County Road 17 / 17 US Highway 17
    17 Co Rd 17 / 17 SR 17
    12 Hwy 1 N / 12 Hwy 1 S
    12 US Highway 64 W / 12 Hwy 64 E
    12 County Road 17 N / 12 CR 17 S
    12 N Highway 1 / 12 S Highway 1
    17 Smith Rd No 17 / 17 Smith Rd
    17 Private Rd 17 / 17 County Rd 17
    17 Old State Rd 17 / 17 State Rd 17
    17 Highway 13 / 17 Highway 13 Bypass
    17 I 35 / 17 I 35 Frontage Rd
directions
    12 Columbus South Rd / 12 Columbus North Rd
    12 Old South Church Rd / 12 Old North Church Rd
    12 Lake East Dr / 12 Lake West Dr
    12 Upper North Fork Rd / 12 Upper South Fork Rd
    12 Mill North Ln / 12 Mill South Ln
    12 Heron East Ct / 12 Heron West Ct
    12 Great North Woods Dr / 12 Great South Woods Dr
    12 River West Way / 12 River East Way
    12 Park South Ave / 12 Park North Ave
    12 North St / 12 South St
names alike at the end
    12 Lakewood Dr / 12 Lakeland Dr
    12 Brentwood Ct / 12 Beechwood Ct
    12 Boxwood Ln / 12 Brookwood Ln
    12 Kingston Rd / 12 Kensington Rd
    12 Woodland Ave / 12 Wayland Ave
    12 Princeton St / 12 Preston St
    12 Highland Dr / 12 Homeland Dr
    12 Greenwood Way / 12 Glenwood Way
    12 Clayton Rd / 12 Clinton Rd
    12 Fairfield Dr / 12 Foxfield Dr
    12 Westwood Dr / 12 Wildwood Dr
    12 Rosemont Ave / 12 Ridgemont Ave
    12 Linwood St / 12 Lynnwood St
    12 Oakwood St / 12 Eckwood St
names before it
    Heron Towers Apt 4, 1007 Mallow St / 1007 Mallow St
    Bldg C, 1007 Mallow St / 1007 Mallow St
    Unit B, 1007 Mallow St / 1007 Mallow St
    North Building, 1007 Mallow St / 1007 Mallow St
    Building C, 1007 Mallow St / 1007 Mallow St
Puerto Rico
PR B12 Calle 5|Urb Las Palomas / B13 Calle 5|Urb Las Palomas
PR B12 Calle 5|Urb Las Palomas / B12 Calle 6|Urb Las Palomas
PR B12 Calle 5|Urb Las Palomas / B12 Calle 5|Urb Las Flores
PR Carr 704 Km 1.7 / Carr 704 Km 1.8
PR Carr 704 Km 1.7 / Carr 704 Km 17
PR Calle Sol #123 / Calle Sol #124
"""


def rows(table: str) -> list[tuple[str, str, str]]:
    """(state, one, other) of each row."""
    found = []
    for line in table.splitlines():
        if " / " in line:
            state, text = line[:3].strip() or "NY", line[3:].strip()
            one, other = text.split(" / ")
            found.append((state, one.replace("\\", "/"), other.replace("\\", "/")))
    return found


def form(state: str, text: str) -> AddressForm:
    line1, _, line2 = text.partition("|")
    return normalize_address(Address(line1, line2, "Anytown", state, ZIPS[state]))


def keys(found: AddressForm) -> set[str]:
    return {each.key for each in address_keys(found)}


@pytest.mark.parametrize(("state", "one", "other"), rows(ONE_HOME))
def test_two_ways_to_write_one_home_meet(state: str, one: str, other: str) -> None:
    first, second = form(state, one), form(state, other)
    assert keys(first) & keys(second)
    assert set(home_keys(first)) & set(home_keys(second)), "the guards count them as one"


@pytest.mark.parametrize(("state", "one", "other"), rows(TWO_HOMES))
def test_two_homes_share_no_key(state: str, one: str, other: str) -> None:
    first, second = keys(form(state, one)), keys(form(state, other))
    assert not first & second


@pytest.mark.parametrize(
    ("written", "state", "read"),
    [
        ("2139.0", "MA", "02139"),
        ("2139", "MA", "02139"),
        ("60601.0", "IL", "60601"),
        ("60601.", "IL", "60601"),
        ("926", "PR", "00926"),
        ("926.0", "PR", "00926"),
        ("802", "VI", "00802"),
        ("6103.00", "CT", "06103"),
        ("70011234", "NJ", "07001"),
        ("2139", "IL", ""),
        ("926", "NJ", ""),
        ("9261", "MA", ""),
        ("60601.5", "IL", ""),
        ("6.0601", "IL", ""),
        ("6.0601E4", "IL", ""),
        ("21390", "MA", "21390"),
    ],
)
def test_a_zip_that_software_took_for_a_number_has_one_reading_or_none(
    written: str, state: str, read: str
) -> None:
    assert normalize_address(Address("12 Elm St", "", "Anytown", state, written)).zip5 == read
