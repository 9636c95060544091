"""Any text whatever gives a form, and the form is clean."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.core.values import Address, AddressForm, AddressKind
from counterfoil.normalize import (
    address_keys,
    exact_address_key,
    incomplete_part,
    is_placeholder,
    normalize_address,
)
from counterfoil.normalize.parser import parse_street

WILD = st.one_of(
    st.text(max_size=80),
    st.text(alphabet="0123456789 #-/.,|ABCNSEWaptunitboxPO½№º'\u202e\u0000\n\t", max_size=60),
    st.sampled_from(
        [
            "x" * 10_000,
            "1 " * 5_000,
            "١٢٣ شارع",
            "רחוב 5",
            "\ud800",
            "\x00" * 50,
            "# " * 60,
            "9" * 150,
            "PO BOX " * 20,
        ]
    ),
)
PART = re.compile(r"(?:[A-Z0-9]+(?: [A-Z0-9]+)*)?")


def values(form: AddressForm) -> list[str]:
    return [
        form.number,
        form.predirectional,
        form.street,
        form.suffix,
        form.postdirectional,
        form.unit,
        form.urbanization,
        form.city,
        form.state,
        form.zip5,
    ]


@given(WILD, WILD, WILD, WILD, WILD)
def test_no_text_raises_and_every_part_is_capitals_digits_and_single_spaces(
    a: str, b: str, c: str, d: str, e: str
) -> None:
    address = Address(a, b, c, d, e)
    form = normalize_address(address)
    assert all(PART.fullmatch(value) for value in values(form))
    incomplete_part(form)
    is_placeholder(address, form)
    assert bool(address_keys(form)) == bool(exact_address_key(form))


@pytest.mark.parametrize("second", ["#", "-#", "no", "#/"])
def test_a_second_line_that_only_announces_a_number_adds_nothing_to_the_unit(second: str) -> None:
    forms = [
        normalize_address(Address("12 Main St Apt 4", each, "Seattle", "WA", "98103"))
        for each in ("", second)
    ]
    assert forms[0] == forms[1]


@given(WILD, WILD)
def test_the_form_is_deterministic_and_ignores_letter_case(line1: str, line2: str) -> None:
    if line1.isascii() and line2.isascii():
        upper = normalize_address(Address(line1.upper(), line2.upper(), "Seattle", "WA", "98103"))
        lower = normalize_address(Address(line1.lower(), line2.lower(), "SEATTLE", "wa", "98103"))
        assert upper == lower


@given(
    st.lists(
        st.text(alphabet="ABCDENSW0123456789#-", min_size=1, max_size=12), min_size=1, max_size=20
    )
)
def test_the_parser_behind_never_raises(tokens: list[str]) -> None:
    street = parse_street(tokens)
    assert street is None or isinstance(street.name, str)


@given(st.text(alphabet="ابجدهפמשЖЯ漢字", min_size=1, max_size=20))
def test_letters_that_have_no_capital_a_to_z_make_no_form(text: str) -> None:
    assert (
        normalize_address(Address(f"12 {text} St", "", "Seattle", "WA", "98103")).kind
        is AddressKind.NONE
    )
