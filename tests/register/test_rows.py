"""What of a source row is sealed, and what rejects it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.register.rows import (
    CURES,
    SourceRow,
    decode_identity,
    encode_identity,
    read_row,
    row_fault,
    tin_digits,
)
from counterfoil.register.source import COLUMNS
from tests.register.conftest import PEOPLE


def hashed(tin: str) -> bytes:
    return tin_digits(tin).encode()


def read(**changes: str) -> SourceRow | tuple[str, str]:
    row = PEOPLE[0] | changes
    return read_row([row.get(name, "") for name in COLUMNS], hashed)


def held(**changes: str) -> SourceRow:
    row = read(**changes)
    assert isinstance(row, SourceRow)
    return row


def test_a_good_row_is_held() -> None:
    row = held()
    assert row.resident.record_ref == "REF-7781"
    assert row.resident.date_of_birth == date(1961, 4, 9)
    assert row.resident.name.family == ("ACHTERBERG",)
    assert row.resident.tin_hash == b"900001234"
    assert (row.period, row.tin_malformed) == (2019, False)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"record_ref": "  "}, ("record_ref", "record_ref_missing")),
        ({"record_ref": "R\x001"}, ("record_ref", "record_ref_missing")),
        ({"given_name": "", "family_name": " - "}, ("family_name", "name_missing")),
        ({"date_of_birth": "2019-02-29"}, ("date_of_birth", "date_of_birth")),
        ({"date_of_birth": "04/09/1961"}, ("date_of_birth", "date_of_birth")),
        ({"date_of_birth": "1961-W14-7"}, ("date_of_birth", "date_of_birth")),
        ({"date_of_birth": "19610409"}, ("date_of_birth", "date_of_birth")),
        ({"taxable_period": ""}, ("taxable_period", "taxable_period")),
        ({"taxable_period": "all"}, ("taxable_period", "taxable_period")),
        ({"taxable_period": "1912"}, ("taxable_period", "taxable_period")),
        ({"taxable_period": "2200"}, ("taxable_period", "taxable_period")),
        ({"taxable_period": "\uff12\uff10\uff12\uff10"}, ("taxable_period", "taxable_period")),
        ({"line1": "x" * 1001}, ("line1", "field_too_long")),
    ],
)
def test_a_bad_row_is_rejected_by_field_and_code(
    changes: dict[str, str], fault: tuple[str, str]
) -> None:
    assert read(**changes) == fault


def test_a_row_of_another_width_is_rejected() -> None:
    assert read_row(["R1", "x"], hashed) == ("", "row_columns")


def test_a_date_of_birth_may_be_absent() -> None:
    assert held(date_of_birth="").resident.date_of_birth is None


def test_a_malformed_tax_number_is_absent_and_told_apart_from_none() -> None:
    assert (held(tin="12345").resident.tin_hash, held(tin="12345").tin_malformed) == (b"", True)
    assert (held(tin=" ").resident.tin_hash, held(tin=" ").tin_malformed) == (b"", False)


@given(st.lists(st.text(), max_size=15))
def test_no_row_raises(fields: list[str]) -> None:
    taken = read_row(fields, hashed)
    assert isinstance(taken, SourceRow) or taken[1] in CURES


@given(st.sampled_from(COLUMNS), st.text(max_size=2000))
def test_no_field_raises(name: str, text: str) -> None:
    taken = read(**{name: text})
    assert isinstance(taken, SourceRow) or taken[1] in CURES


def test_every_code_has_a_cure_and_no_value() -> None:
    assert {row_fault(7, "zip", code).cure for code in CURES} == set(CURES.values())


def test_an_identity_is_a_resident_without_periods() -> None:
    resident = held().resident
    assert decode_identity(encode_identity(resident), (2019, 2020)).periods == (2019, 2020)
    assert decode_identity(encode_identity(resident), ()) == resident
