"""Two addresses meet under a key exactly where the table of address keys says so; number, unit and box are never
relaxed."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.core.values import Address, AddressForm, AddressKind
from counterfoil.normalize import FORMS_VERSION, address_keys, exact_address_key, normalize_address


def form(
    line1: str, line2: str = "", city: str = "Seattle", state: str = "WA", zip: str = "98103"
) -> AddressForm:
    return normalize_address(Address(line1, line2, city, state, zip))


def meet(one: AddressForm, other: AddressForm) -> str | None:
    """The tolerance of the first key of `one` that leads to `other`."""
    keys = {each.key for each in address_keys(other)}
    return next((each.tolerance for each in address_keys(one) if each.key in keys), None)


HOME = "1501 Interlake Ave N"


@pytest.mark.parametrize(
    ("tolerance", "one", "other"),
    [
        ("exact", form(HOME), form("1501 INTERLAKE AVENUE NORTH")),
        ("exact", form(HOME), form(HOME, city="Sea Tac")),
        ("affix", form(HOME), form("1501 Interlake")),
        ("affix", form(HOME), form("1501 Interlake Avw N")),
        ("affix", form("1500 5th Ave N"), form("1500 5th Ave")),
        ("affix", form("12 Oak St"), form("12 Oak")),
        ("affix", form("1500 N 48th St"), form("1500 N 48th Sy")),
        ("affix", form("1500 157th Pl SE"), form("1500 157t Pl SE")),
        ("affix", form("1500 NE 19th St"), form("1500 NE 19dh St")),
        ("affix", form("105 West 11 St"), form("105 Wezt 11 St")),
        ("affix", form("12 W David Alan Ct"), form("12 Wesf David Alan Court")),
        ("affix", form("12 Bayberry Dr"), form("12 Bayberry Dryv")),
        ("affix", form("12 Oneida Avenue"), form("12 Oneida Avehje")),
        ("end", form("12 Coldenham Rd"), form("12 Co1denham Rd")),
        ("sound", form("45 W Olney Ave"), form("45 W Olny Ave")),
        ("exact", form("12 White Birch Rd"), form("12 VVhite Birch Rd")),
        ("exact", form("701 US Highway 192"), form("701 US Hghway 192")),
        ("sound", form(HOME), form("1501 Enterlack Ave N")),
        ("sound", form("12 Phillips St"), form("12 Filips St")),
        ("start", form(HOME), form("1501 Intqrlpke Ave N")),
        ("end", form(HOME), form("1501 Imperlake Ave N")),
        ("rest", form("12 Carter St"), form("12 Varter St")),
        ("head", form("12 Saticoy Ave"), form("12 Saticov Ave")),
        ("head", form("12 Central Ave"), form("12 Centraj Ave")),
        ("affix", form("12 Venice Ave"), form("12 Venice Agr")),
        ("affix", form("12 Chestnut Dr"), form("12 Chestnut Ddkive")),
        (None, form("12 Venice Ave"), form("12 Venice Gardens Hillcrest")),
        (None, form("12 Oak Hill Ln"), form("12 Oak Ln")),
        ("place", form(HOME), form(HOME, zip="98133")),
        ("place", form(HOME), form(HOME, city="Seatle", zip="")),
        ("place", form("RR 2 Box 15"), form("RR 2 Box 15", zip="98133")),
        (None, form("PO Box 12"), form("PO Box 12", zip="98133")),
        (None, form("General Delivery"), form("General Delivery", zip="98133")),
        (
            None,
            form("PSC 1 Box 2", city="APO", state="AE", zip="09012"),
            form("PSC 1 Box 2", city="APO", state="AE", zip="09013"),
        ),
        (None, form(HOME), form(HOME, city="Portland", zip="98133")),
        (None, form("1500 5th Ave"), form("1500 6th Ave")),
        (None, form("1500 5th Ave"), form("1500 5th St")),
        (None, form("1500 48th Ave"), form("1500 48th Sy")),
        (None, form("1500 48th Rd"), form("1500 48th Sd")),
        (None, form("1500 12th St"), form("1500 12A St")),
        (None, form(HOME, "Apt VV"), form(HOME, "Apt W")),
        (None, form("1500 15th Ave"), form("1500 5th Ave")),
        (None, form("1500 145th St"), form("1500 146th St")),
        (None, form("1500 Avenue B"), form("1500 Avenue C")),
        (None, form("1500 County Road 12"), form("1500 County Road 14")),
        (None, form("1500 Northeast Ave"), form("1500 Northwest Ave")),
        (None, form("1500 Oak St"), form("1500 Elm St")),
        (None, form("1500 Lakewood Dr"), form("1500 Oakwood Dr")),
        (
            None,
            form("150 Calle A", "Urb Las Flores", "Ponce", "PR", "00717"),
            form("150 Calle A", "Urb Los Pinos", "Ponce", "PR", "00717"),
        ),
    ],
)
def test_addresses_meet_at_the_key_of_the_table(
    tolerance: str | None, one: AddressForm, other: AddressForm
) -> None:
    assert meet(one, other) == tolerance
    assert meet(other, one) == tolerance


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((HOME, ""), ("1502 Interlake Ave N", "")),
        ((HOME, ""), ("1510 Interlake Ave N", "")),
        ((HOME, ""), ("151 Interlake Ave N", "")),
        ((HOME, ""), (HOME, "Apt 1")),
        ((HOME, "Apt 4"), (HOME, "Apt 5")),
        ((HOME, "Apt 4"), (HOME, "Apt 4B")),
        ((HOME, "Apt 4"), (HOME, "Apt 44")),
        ((HOME, "Apt 4"), ("1501A Interlake Ave N", "Apt 4")),
        (("RR 2 Box 15", ""), ("RR 2 Box 16", "")),
        (("PO Box 15", ""), ("PO Box 16", "")),
        (("45-12 Ditmars Blvd", ""), ("4512 Ditmars Blvd", "")),
    ],
)
def test_no_key_relaxes_number_unit_or_box(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert meet(form(*one), form(*other)) is None


NUMBERS = st.integers(1, 9999).map(str)
UNITS = st.sampled_from(["", "apt 1", "apt 2", "apt 1B", "bsmt", "ph 1", "fl 2 apt 1"])
STREETS = st.sampled_from(
    [HOME[5:], "Oak St", "5th Ave", "County Road 12", "Lake View Dr", "St Louis Ct", "Avenue B"]
)


@given(NUMBERS, NUMBERS, UNITS, UNITS, STREETS)
def test_whatever_the_street_two_homes_of_other_number_or_unit_never_meet(
    a: str, b: str, u: str, v: str, street: str
) -> None:
    one, other = form(f"{a} {street}", u), form(f"{b} {street}", v)
    assert (meet(one, other) == "exact") == (a == b and u == v)
    assert meet(one, other) in (None, "exact")


def test_the_exact_key_comes_first_and_is_the_exact_key() -> None:
    home = form(HOME, "Apt 4")
    assert [each.tolerance for each in address_keys(home)] == [
        "exact",
        "unit",
        "affix",
        "sound",
        "start",
        "end",
        "rest",
        "head",
        "place",
    ]
    assert (
        address_keys(home)[0].key
        == exact_address_key(home)
        == f"{FORMS_VERSION}|exact|street|1501|APT 4|||INTERLAKE|AVE|N|98103"
    )


def test_boxes_and_counters_have_the_keys_that_the_table_gives_them() -> None:
    names = {
        line: [each.tolerance for each in address_keys(form(line))]
        for line in ("PO Box 1", "General Delivery", "HC 1 Box 2")
    }
    assert names == {
        "PO Box 1": ["exact"],
        "General Delivery": ["exact"],
        "HC 1 Box 2": ["exact", "place"],
    }


@pytest.mark.parametrize(
    "address",
    [form("Interlake Ave N"), form("1501"), form(""), form("RR 2"), form(HOME, city="", zip="")],
)
def test_an_address_that_names_no_one_home_has_no_key(address: AddressForm) -> None:
    assert exact_address_key(address) == ""
    assert address_keys(address) == ()


def test_a_row_without_city_or_without_zip_still_has_a_key_that_a_whole_request_reaches() -> None:
    assert meet(form(HOME), form(HOME, city="", state="")) == "exact"
    assert meet(form(HOME), form(HOME, zip="")) == "place"
    assert meet(form(HOME), form(HOME, zip="00000")) == "place"


def test_keys_cannot_be_confused_by_moving_text_between_parts() -> None:
    keys = {
        exact_address_key(form(line, unit))
        for line, unit in [("1 Main St", "2"), ("12 Main St", ""), ("1 2 Main St", "")]
    }
    assert len(keys) == 3
    assert all(re.fullmatch(r"[A-Za-z0-9_ |-]+", key) for key in keys)


def test_no_kind_none_has_a_key() -> None:
    assert address_keys(AddressForm(AddressKind.NONE, "1", street="MAIN", zip5="98103")) == ()
