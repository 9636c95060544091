"""An address is complete by Rev. Proc. 2010-16, 2.03, and a placeholder is not an address (F2,
F3)."""

import pytest

from counterfoil.core.values import Address
from counterfoil.normalize import incomplete_part, is_placeholder, normalize_address


def made(
    line1: str, line2: str = "", city: str = "Seattle", state: str = "WA", zip: str = "98103"
) -> Address:
    return Address(line1, line2, city, state, zip)


@pytest.mark.parametrize(
    ("address", "part"),
    [
        (made("1501 Interlake Ave N"), None),
        (made("1501 Interlake Ave N", "Apt 4"), None),
        (made("PO Box 12"), None),
        (made("RR 2 Box 15"), None),
        (made("HC 68 Box 2"), None),
        (made("PSC 12 Box 5", "", "APO", "AE", "09012"), None),
        (made("USS Nimitz", "", "FPO", "AP", "96692"), None),
        (made("General Delivery"), None),
        (made("Interlake Ave N"), "number"),
        (made("5th Ave"), "number"),
        (made("US Highway 192"), "number"),
        (made("1501"), "street"),
        (made("12345 98103"), "street"),
        (made("12 1/2"), "street"),
        (made("12 N 400 E"), None),
        (made(""), "street"),
        (made("RR 2"), "box"),
        (made("HC 68"), "box"),
        (made("1501 Interlake Ave N", city=""), "city"),
        (made("1501 Interlake Ave N", state="ZZ"), "state"),
        (made("1501 Interlake Ave N", zip="9810"), "zip"),
        (made("PO Box 12", zip=""), "zip"),
        (made("123 Main St", "PO Box 55"), "street"),
    ],
)
def test_the_first_part_that_is_missing_is_named(address: Address, part: str | None) -> None:
    assert incomplete_part(normalize_address(address)) == part


PLACEHOLDERS = [
    made("Don't Care 12345"),
    made("Failed to Provide"),
    made("Unknown Address"),
    made("NA NA"),
    made("N/A N/A"),
    made("n/a"),
    made("None"),
    made("12 Unknown St"),
    made("Homeless"),
    made("TRANSIENT"),
    made("tbd"),
    made("To be determined"),
    made("123 Main St", city="Unknown"),
    made("123 Main St", city="N/A"),
    made("123 Main St", "address refused"),
    made("No fixed address"),
    made("address"),
    made("xxxx"),
    made("1 XXX XXX"),
    made("Not provided"),
    made("Same as above"),
    made("123 Main St", zip="00000"),
    made("123 Main St", zip="99999"),
    made("123 Main St", zip="99999-0000"),
    made("99999 Main St"),
    made("00000 Main St"),
    made("0 Main St"),
    made("11111 Main St"),
    made("PO Box 00000"),
    made("PO Box 99999"),
    made("98103"),
    made("Seattle"),
    made("Seattle WA"),
    made("Seattle, WA 98103"),
]


@pytest.mark.parametrize("address", PLACEHOLDERS, ids=range(len(PLACEHOLDERS)))
def test_a_placeholder_is_not_an_address(address: Address) -> None:
    assert is_placeholder(address, normalize_address(address))


@pytest.mark.parametrize(
    "address",
    [
        made("1111 Main St"),
        made("999 Main St"),
        made("12345 Main St", zip="12345"),
        made("PO Box 11111"),
        made("1501 Interlake Ave N"),
        made("1500 Home Ave"),
        made("1500 Street Rd"),
        made("1500 Nonesuch Rd"),
        made("General Delivery"),
        made("12 Main St", city="Anytown"),
        made("12 Main St", zip="55555"),
    ],
)
def test_an_unusual_but_real_address_is_no_placeholder(address: Address) -> None:
    assert not is_placeholder(address, normalize_address(address))


def test_no_phrase_is_missed_for_want_of_a_trigger() -> None:
    for alternative in (
        "UNKNOWN",
        "DON T KNOW",
        "DONT CARE",
        "DO NOT KNOW",
        "FAILURE TO PROVIDE",
        "WOULD NOT PROVIDE",
    ):
        assert is_placeholder(
            made(f"12 {alternative}"), normalize_address(made(f"12 {alternative}"))
        )
    for alternative in (
        "BAD ADDRESS",
        "NO ABODE",
        "ADDRESS NEEDED",
        "TO BE ADVISED",
        "AT LARGE",
        "LAST KNOWN",
        "N A NA",
    ):
        assert is_placeholder(
            made(f"12 {alternative}"), normalize_address(made(f"12 {alternative}"))
        )
