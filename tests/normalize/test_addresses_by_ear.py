"""Lines, ZIPs and slips that were tried after the kinds of test_kinds_of_address.py, by somebody who
wanted to break the forms: halves, sides and heads of names as they are said, grids written apart,
signs of a breath, and what software puts beside a ZIP.
"""

from __future__ import annotations

import pytest

from counterfoil.core.values import Address, AddressForm
from counterfoil.normalize import address_keys, home_keys, normalize_address

CITIES = {"UT": "84601", "WI": "53051", "HI": "96707", "NY": "12207"}

LINES = """
Y 88.5 Fern St / 88 1\\2 Fern St
Y 88.50 Fern St / 88½ Fern St
N 88.5 Fern St / 88 Fern St
N 88.5 Fern St / 88 5th St
Y 12 So Main St / 12 S Main St
Y 12 So. Main St / 12 South Main St
Y 12 No. Main St / 12 N Main St
Y 12 No Main St / 12 North Main St
N 12 No Main St / 12 No 4 Main St
N 12 No Name Rd / 12 N Name Rd|Apt 4
Y 12 No Name Rd / 12 NO NAME ROAD
Y No. 12 Main St / 12 Main St
Y UT 350 E. 400 So. / 350 E 400 S
Y UT 350 E 400 No / 350 E 400 N
N UT 350 E 400 So / 350 E 400 N
Y WI N 63 W 12345 Fern St / N63W12345 Fern St
Y WI W 63 N 12345 Fern St / W63N12345 Fern St
N WI N 63 W 12345 Fern St / N36W12345 Fern St
N WI W 63 N 12345 Fern St / N63W12345 Fern St
Y 12 O Neil Ct / 12 O'Neil Ct
Y 12 O Hare Dr / 12 OHare Dr
Y 12 Mc Donald Rd / 12 McDonald Rd
N 12 O St / 12 Q St
Y 12 N O St / 12 North O Street
Y 12 Ave K 4 / 12 Avenue K-4
Y 12 Avenue K 4 / 12 Ave K4
N 12 Ave K 4 / 12 Avenue K
N 12 Ave K 4 / 12 Avenue K 8
N 12 Ave K 4 / 12 Avenue J 4
Y HI 12 \u02bbAla Wai Blvd / 12 Ala Wai Boulevard
Y HI 12 Ka\u02bbahumanu Ave / 12 Kaahumanu Ave
Y HI 12 Kā\u2018anapali Pkwy / 12 Kaanapali Pkwy
Y HI 92-1234 Fern St / 92-1234 Fern Street
N HI 92-1234 Fern St / 921-234 Fern St
Y 12 Westminster Pl / 12 Wesrminster Pl
Y 12 Muirfield Dr / 12 Muirdield Dr
Y 12 Skycrest Pkwy / 12 Skykrest Pkwy
N 12 Eastminster Pl / 12 Westminster Pl
N 12 Eastman Rd / 12 Westman Rd
N 12 Eastwood Dr / 12 Westwood Dr
N 12 Northgate Dr / 12 Southgate Dr
N 12 Great Southern Dr / 12 Great Northern Dr
N 12 Elmwood Dr / 12 Ellwood Dr
N 12 Oakwood Dr / 12 Oakland Dr
N 88 Fern St Apt 4 Wing A / 88 Fern St Apt 4 Wing B
N 88 Fern St Rm 4 Bed A / 88 Fern St Rm 4 Bed B
N 88 Fern St Apt 1FL / 88 Fern St Apt 1FR
N 88 Fern St Apt 12 / 88 Fern St Apt 1-2
N 88 Fern St|Carriage House / 88 Fern St
N 88 Fern St|In-law Unit / 88 Fern St
N 12 Highway 5 Bypass / 12 Highway 5 Spur
N 12 Route 9W / 12 Route 9 N
N 12 I-35 N Frontage Rd / 12 I-35 S Frontage Rd
N 12 County Road E / 12 County Road EE
"""


def rows() -> list[tuple[str, str, str, str]]:
    found: list[tuple[str, str, str, str]] = []
    for line in LINES.strip().splitlines():
        expected, text = line[0], line[2:]
        state = text[:2] if text[:2] in CITIES else "NY"
        one, other = text.removeprefix(f"{state} ").replace("\\", "\0").split(" / ")
        found.append((expected, state, one.replace("\0", "/"), other.replace("\0", "/")))
    return found


def form(line: str, state: str) -> AddressForm:
    first, _, second = line.partition("|")
    return normalize_address(Address(first, second, "Fernwood", state, CITIES[state]))


@pytest.mark.parametrize(("expected", "state", "one", "other"), rows())
def test_two_lines_lead_to_one_home_or_to_two(
    expected: str, state: str, one: str, other: str
) -> None:
    """Where they lead to one, the guards know that they ask about one."""
    first, second = form(one, state), form(other, state)
    keys = [{each.key for each in address_keys(each)} for each in (first, second)]
    assert all(keys), "both name a home"
    assert keys[0].isdisjoint(keys[1]) is (expected == "N")
    if expected == "Y":
        assert not {*home_keys(first)}.isdisjoint(home_keys(second))


@pytest.mark.parametrize(
    ("written", "state", "zip5"),
    [
        ("IL 60601", "IL", "60601"),
        ("il 60601-1234", "IL", "60601"),
        ("ZIP 60601", "IL", "60601"),
        ("Zip Code: 60601", "IL", "60601"),
        ("60601 USA", "IL", "60601"),
        ("60601-USA", "IL", "60601"),
        ('="02139"', "MA", "02139"),
        ("'02139", "MA", "02139"),
        ("21391234", "MA", "02139"),
        ("9261234", "PR", "00926"),
        ("WI 60601", "IL", ""),
        ("IL60601", "IL", ""),
        ("2139", "MD", ""),
        ("6.0601E4", "IL", ""),
        ("98103/98104", "WA", ""),
        ("98103A", "WA", ""),
    ],
)
def test_a_zip_is_read_where_one_reading_is_possible(written: str, state: str, zip5: str) -> None:
    assert normalize_address(Address("12 Fern St", "", "Fernwood", state, written)).zip5 == zip5
