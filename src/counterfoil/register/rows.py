"""Reads one source row: what is sealed of it, or the code of its fault.

A row is checked in this order, and the first check that fails is the row's fault:

    row_columns         another number of fields than the header
    field_too_long      a field of more than 1,000 characters
    record_ref_missing  no record reference, or one with control characters
    name_missing        neither a given nor a family name in letters
    date_of_birth       not a day of the calendar as YYYY-MM-DD; one that stands for an unknown one
                        (core/births.py) is sealed as none
    taxable_period      not a year YYYY between 1913 and 2199
    address_incomplete  a part is missing without which the address has no exact key
    address_placeholder a placeholder, which no admitted request can name

A `RowFault` names the field, the code and the cure, never the value.

A tax number is nine digits, with hyphens or spaces anywhere between them. Numbers that nobody is
given (one digit repeated, area 000, serial 0000) are what people write when they have none, and
count as absent. 9xx-00 numbers are free for made-up people and are accepted. The number is used for
comparison only; its kind says nothing here (P8). A malformed number is no fault of the row: it is
sealed as absent and counted, because a tax number never opens a bucket.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Final

import msgspec

from counterfoil import normalize
from counterfoil.core.births import real_birth
from counterfoil.core.values import Address, Person, Public, Resident, Sensitive
from counterfoil.register.source import COLUMNS

_DROPPED = str.maketrans("", "", "- ")


def tin_digits(tin: str) -> str:
    """The nine digits of a well-formed number, else ""."""
    digits = tin.translate(_DROPPED)
    if len(digits) != 9 or not (digits.isascii() and digits.isdigit()):
        return ""
    if digits == digits[0] * 9 or digits[:3] == "000" or digits[5:] == "0000":
        return ""
    return digits


CURES: Final = {
    "row_columns": "Give the row one field for each column.",
    "field_too_long": "Shorten the field to 1,000 characters.",
    "record_ref_missing": "Give the holder's reference for the record, without control characters.",
    "name_missing": "Give a given name or a family name.",
    "date_of_birth": "Give a day that exists, as YYYY-MM-DD, or leave the field empty.",
    "taxable_period": "Give one year, as YYYY.",
    "address_incomplete": "Give a complete address: number and street, box or route, with city, "
    "state and ZIP.",
    "address_placeholder": "Give the person's address; a placeholder leads nowhere.",
    "row_not_held": "Give the row as the snapshot's source had it; this one is not in it.",
}
_FIELD_CHARACTERS: Final = 1000
_FIRST_YEAR, _LAST_YEAR = 1913, 2199
_IDENTITY: Final = msgspec.msgpack.Encoder()
_IDENTITY_DECODER: Final = msgspec.msgpack.Decoder(Resident)


class RowFault(Public, frozen=True, gc=False):
    """A source row that was not sealed: a line of the rejects file."""

    row: int
    field: str
    code: str
    cure: str


class SourceRow(Sensitive, frozen=True, gc=False):
    """What is sealed of a row: the resident without periods, the period, the address as written."""

    resident: Resident
    period: int
    address: Address
    tin_malformed: bool


def read_row(
    fields: Sequence[str], tin_hash: Callable[[str], bytes]
) -> SourceRow | tuple[str, str]:
    """What is sealed of the row, or (field, code) of its fault. `fields` are in the order of
    `COLUMNS`."""
    return _shape_fault(fields) or _read_fields(fields, tin_hash)


def _shape_fault(fields: Sequence[str]) -> tuple[str, str] | None:
    if len(fields) != len(COLUMNS):
        return "", "row_columns"
    if len("".join(fields)) > _FIELD_CHARACTERS and len(max(fields, key=len)) > _FIELD_CHARACTERS:
        return next(
            name
            for name, value in zip(COLUMNS, fields, strict=True)
            if len(value) > _FIELD_CHARACTERS
        ), "field_too_long"
    return None


def _read_fields(
    fields: Sequence[str], tin_hash: Callable[[str], bytes]
) -> SourceRow | tuple[str, str]:
    (
        reference,
        tin,
        given,
        middle,
        family,
        suffix,
        born,
        line1,
        line2,
        city,
        state,
        zip_code,
        period,
    ) = fields
    reference, tin = reference.strip(), tin.strip()
    if not reference or not reference.isprintable():
        return "record_ref", "record_ref_missing"
    name = normalize.normalize_name(Person(given, middle, family, suffix))
    if not name.given and not name.family:
        return "family_name", "name_missing"
    birth, real = _birth(born.strip())
    if not real:
        return "date_of_birth", "date_of_birth"
    year = _year(period.strip())
    if not year:
        return "taxable_period", "taxable_period"
    hashed = tin_hash(tin)
    resident = Resident(name, real_birth(birth), hashed, reference, ())
    return SourceRow(
        resident, year, Address(line1, line2, city, state, zip_code), bool(tin) and not hashed
    )


def row_fault(row: int, field: str, code: str) -> RowFault:
    """The line of the rejects file for a fault."""
    return RowFault(row, field, code, CURES[code])


def _birth(text: str) -> tuple[date | None, bool]:
    """(the day, or None where the field is empty; whether the text was either)."""
    if not text:
        return None, True
    if len(text) != 10 or text[4] != "-" or text[7] != "-" or not text.isascii():
        return None, False
    try:
        return date.fromisoformat(text), True
    except ValueError:
        return None, False


def _year(text: str) -> int:
    """The year, or 0."""
    if len(text) != 4 or not (text.isascii() and text.isdigit()):
        return 0
    year = int(text)
    return year if _FIRST_YEAR <= year <= _LAST_YEAR else 0


def encode_identity(resident: Resident) -> bytes:
    """The bytes by which rows of the same person are merged: all of the resident but its
    periods."""
    return _IDENTITY.encode(resident)


def decode_identity(data: bytes, periods: tuple[int, ...]) -> Resident:
    """The resident of these bytes, at these periods."""
    resident = _IDENTITY_DECODER.decode(data)
    return Resident(
        resident.name, resident.date_of_birth, resident.tin_hash, resident.record_ref, periods
    )
