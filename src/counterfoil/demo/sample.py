"""The demonstration's made-up people: pseudopeople's sample population, read as data.

The package's wheel holds Parquet files of simulated people (BSD-3-Clause, Institute for Health
Metrics and Evaluation). Nothing of its simulation engine is used. Two files are read, years up to
2025 only:

- `taxes_1040`: returns with a mailing address, filer and spouse. Years 2019 and 2020 become the
  register.
- `decennial_census`: where people live. Year 2020 becomes the questions.

The sample's one ZIP, 00000, is a placeholder in our rules: a leading 00 is written 98. A question
is true when the same simulated person is at the same address (number, street, unit) in the
returns of that or the previous year.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from pyarrow import parquet

from counterfoil.core.errors import InputFault

_parquet: Any = parquet  # ships no types
YEAR: Final = 2020
SOURCE_COLUMNS: Final = (
    "record_ref", "tin", "given_name", "middle_name", "family_name", "suffix", "date_of_birth",
    "line1", "line2", "city", "state", "zip", "taxable_period",
)  # fmt: skip
LABELLED_COLUMNS: Final = (
    "request_id", "given_name", "middle_name", "family_name", "suffix", "date_of_birth", "tin",
    "line1", "line2", "city", "state", "zip", "taxable_periods", "truth",
)  # fmt: skip

Row = dict[str, str]
Place = tuple[str, str, str]
"""Number, street, unit as the sample writes them."""

_RETURN_COLUMNS: Final = (
    "simulant_id", "ssn", "first_name", "middle_initial", "last_name", "date_of_birth",
    "mailing_address_street_number", "mailing_address_street_name", "mailing_address_unit_number",
    "mailing_address_po_box", "mailing_address_city", "mailing_address_state",
    "mailing_address_zipcode",
)  # fmt: skip
_CENSUS_COLUMNS: Final = (
    "year",
    "simulant_id",
    "household_id",
    "first_name",
    "middle_initial",
    "last_name",
    "age",
    "relationship_to_reference_person",
    "street_number",
    "street_name",
    "unit_number",
    "city",
    "state",
    "zipcode",
)


def write_source(sample: Path, target: Path) -> int:
    """Write the register's source as CSV, one row per person, address and period; return the rows
    written."""
    return _write(target, SOURCE_COLUMNS, (_source_row(*item) for item in _returns(sample)))


def write_labelled(sample: Path, target: Path) -> int:
    """Write every census row of 2020 as a labelled question for `evaluate`; return the rows
    written."""
    homes = homes_of(sample)
    rows = (_labelled_row(number, person, homes) for number, person in enumerate(census(sample), 1))
    return _write(target, LABELLED_COLUMNS, rows)


def census(sample: Path) -> Iterator[dict[str, Any]]:
    """The census rows of 2020 as the sample holds them. Raises InputFault when the sample is not
    there."""
    yield from _table(sample, "decennial_census", _CENSUS_COLUMNS, ("year", [YEAR]))


def is_true(person: dict[str, Any], homes: dict[str, set[Place]]) -> bool:
    """Whether the register holds this census person at this address."""
    return place_of(person) in homes.get(person["simulant_id"], set())


def place_of(person: dict[str, Any]) -> Place:
    """The census row's address, as a key."""
    return (
        _text(person["street_number"]),
        _text(person["street_name"]),
        _text(person["unit_number"]),
    )


def question(person: dict[str, Any]) -> Row:
    """The person and address columns of a request about one census row."""
    number, street, unit = place_of(person)
    return {
        "given_name": _text(person["first_name"]),
        "middle_name": _text(person["middle_initial"]),
        "family_name": _text(person["last_name"]),
        "line1": f"{number} {street}".strip(),
        "line2": unit,
        "city": _text(person["city"]),
        "state": _text(person["state"]),
        "zip": _zip(person["zipcode"]),
        "taxable_periods": f"{YEAR - 1};{YEAR}",
    }


def homes_of(sample: Path) -> dict[str, set[Place]]:
    """For each simulated person the street addresses in the returns of 2019 and 2020."""
    homes: dict[str, set[Place]] = {}
    for _, prefix, row in _returns(sample):
        if not _text(row[f"{prefix}mailing_address_po_box"]):
            place = tuple(
                _text(row[f"{prefix}mailing_address_{part}"])
                for part in ("street_number", "street_name", "unit_number")
            )
            homes.setdefault(row[f"{prefix}simulant_id"], set()).add((place[0], place[1], place[2]))
    return homes


def _labelled_row(number: int, person: dict[str, Any], homes: dict[str, set[Place]]) -> Row:
    return question(person) | {
        "request_id": f"q{number}",
        "truth": "true" if is_true(person, homes) else "false",
    }


def _returns(sample: Path) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """(tax year, column prefix of the person, row) for each filer and spouse of 2019 and 2020."""
    columns = [*_RETURN_COLUMNS, *(f"spouse_{name}" for name in _RETURN_COLUMNS), "tax_year"]
    for row in _table(sample, "taxes_1040", columns, ("tax_year", [YEAR - 1, YEAR])):
        yield row["tax_year"], "", row
        if row["spouse_simulant_id"] is not None:
            yield row["tax_year"], "spouse_", row


def _source_row(year: int, prefix: str, row: dict[str, Any]) -> Row:
    person = {name: row[f"{prefix}{name}"] for name in _RETURN_COLUMNS}
    box = _text(person["mailing_address_po_box"])
    number, street = (
        _text(person["mailing_address_street_number"]),
        _text(person["mailing_address_street_name"]),
    )
    born = person["date_of_birth"]
    return {
        "record_ref": hashlib.sha256(
            f"{year} {prefix} {person['simulant_id']}".encode()
        ).hexdigest()[:16],
        "tin": _text(person["ssn"]),
        "given_name": _text(person["first_name"]),
        "middle_name": _text(person["middle_initial"]),
        "family_name": _text(person["last_name"]),
        "suffix": "",
        "date_of_birth": "" if born is None else born.date().isoformat(),
        "line1": f"PO BOX {box}" if box else f"{number} {street}".strip(),
        "line2": "" if box else _text(person["mailing_address_unit_number"]),
        "city": _text(person["mailing_address_city"]),
        "state": _text(person["mailing_address_state"]),
        "zip": _zip(person["mailing_address_zipcode"]),
        "taxable_period": str(year),
    }


def _table(
    sample: Path, name: str, columns: list[str] | tuple[str, ...], years: tuple[str, list[int]]
) -> Iterator[dict[str, Any]]:
    found = sorted(sample.rglob(f"sample_datasets/{name}/{name}.parquet"))
    if not found:
        raise InputFault(
            "sample_missing",
            "the made-up sample population is not there",
            place=name,
            cure="Run `make demo`, which installs it as data, or give its directory with --sample.",
        )
    table = _parquet.read_table(
        found[0], columns=list(columns), filters=[(years[0], "in", years[1])]
    )
    for batch in table.to_batches():
        yield from batch.to_pylist()


def _write(target: Path, columns: tuple[str, ...], rows: Iterator[Row]) -> int:
    count = 0
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        for row in rows:
            writer.writerow(row)
            count += 1
    return count


def _text(value: object) -> str:
    """The sample's cell as text: absent values are None or NaN."""
    return "" if value is None or value != value else str(value)  # noqa: PLR0124 - NaN is not equal to itself


def _zip(value: object) -> str:
    text = _text(value)
    return "98" + text[2:] if text.startswith("00") else text
