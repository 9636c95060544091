"""Make one task with pseudopeople's noise engine: a register, questions, and the key. Runs in the
bench's own environment.

    DIR/people.csv      register source, noised: filers and spouses of the returns of YEAR - 1 and
                        YEAR
    DIR/questions.csv   labelled questions, noised: every row of the decennial census of YEAR
    DIR/key.csv         request_id, truth, and the references of the register's rows of the same
                        simulant at the same home

Truth knows what neither side sees: a question is true if the same simulant stands at the same
noise-free address (number, street, unit) in the noise-free returns of that or the previous year.
The two sides are noised under different seeds. The sample's one ZIP begins with 00, which is a
placeholder in our rules: a leading 00 is written 98 on both sides, also where the noise wrote an O
for one of the two (the O then stands two places on, so that no slip is lost). With --born, both
sides have dates of birth: the register the sample's own (returns carry none), the questions the
census's noised ones; a noised date that is no day of the calendar is left empty, as a requester's
form would have it.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pseudopeople

Row = dict[str, str]
Homes = dict[
    str, dict[tuple[str, ...], list[str]]
]  # references of the register's rows, by simulant and noise-free home
LAST_YEAR = 2025
RETURNS_SEED = 1000  # added to the seed for the returns, so that the two sides are noised apart
HOME = ("street_number", "street_name", "unit_number")
SOURCE = (
    "record_ref", "tin", "given_name", "middle_name", "family_name", "suffix", "date_of_birth",
    "line1", "line2", "city", "state", "zip", "taxable_period",
)  # fmt: skip
ASKED = ("request_id", *SOURCE[2:-1], "taxable_periods", "truth")


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--year", type=int, default=2020)
    options.add_argument("--seed", type=int, required=True)
    options.add_argument("--born", action="store_true")
    options.add_argument("--dir", type=Path, required=True)
    made = options.parse_args()
    if made.year > LAST_YEAR:
        raise SystemExit(f"years after {LAST_YEAR} are kept for acceptance")
    made.dir.mkdir(parents=True, exist_ok=True)
    people = list(register_rows(made.year, made.seed + RETURNS_SEED, born=made.born))
    homes: Homes = {}
    for simulant, home, row in people:
        homes.setdefault(simulant, {}).setdefault(home, []).append(row["record_ref"])
    asked = list(question_rows(made.year, made.seed, homes, born=made.born))
    write(made.dir / "people.csv", SOURCE, [row for _, _, row in people])
    write(made.dir / "questions.csv", ASKED, asked)
    write(made.dir / "key.csv", ("request_id", "truth", "refs"), asked)


def register_rows(
    year: int, seed: int, *, born: bool
) -> Iterator[tuple[str, tuple[str, ...], Row]]:
    """(simulant, noise-free home, noised source row) of each filer and spouse."""
    held = {(row["tax_year"], row["simulant_id"]): row for row in sample(year)}
    for period in (year - 1, year):
        for row in noised(pseudopeople.generate_taxes_1040, period, seed):
            clean = held[row["tax_year"], row["simulant_id"]]
            for prefix in ("", "spouse_"):
                simulant = text(clean[f"{prefix}simulant_id"])
                if simulant:
                    home = (
                        ()
                        if text(clean["mailing_address_po_box"])
                        else home_of(clean, "mailing_address_")
                    )
                    yield simulant, home, source_row(row, prefix, simulant, clean if born else {})


def source_row(row: dict[str, Any], prefix: str, simulant: str, clean: dict[str, Any]) -> Row:
    day = clean.get(f"{prefix}date_of_birth")
    reference = f"{row['tax_year']} {prefix} {simulant}".encode()
    return (
        person(row, prefix)
        | address(row, "mailing_address_")
        | {
            "record_ref": hashlib.sha256(reference).hexdigest()[:16],
            "tin": text(row[f"{prefix}ssn"]),
            "date_of_birth": day.date().isoformat() if text(day) else "",
            "taxable_period": str(row["tax_year"]),
        }
    )


def question_rows(year: int, seed: int, homes: Homes, *, born: bool) -> Iterator[Row]:
    """Each noised question, with the references of the register's rows that make it true."""
    census = pseudopeople.generate_decennial_census
    true_homes = {
        row["household_id"]: home_of(row) for row in noised(census, year, seed, config="no_noise")
    }
    for number, row in enumerate(noised(census, year, seed), 1):
        refs = homes.get(row["simulant_id"], {}).get(true_homes[row["household_id"]], [])
        asked = {
            "request_id": f"q{number}",
            "date_of_birth": day_of(text(row["date_of_birth"])) if born else "",
            "taxable_periods": f"{year - 1};{year}",
            "truth": "true" if refs else "false",
            "refs": ";".join(refs),
        }
        yield person(row, "") | address(row, "") | asked


def person(row: dict[str, Any], prefix: str) -> Row:
    names = {
        "given_name": "first_name",
        "middle_name": "middle_initial",
        "family_name": "last_name",
    }
    return {ours: text(row[prefix + theirs]) for ours, theirs in names.items()}


def address(row: dict[str, Any], prefix: str) -> Row:
    number, street, unit = home_of(row, prefix)
    box = text(row.get(f"{prefix}po_box"))
    zip_code = text(row[f"{prefix}zipcode"])
    return {
        "line1": f"PO BOX {box}" if box else f"{number} {street}".strip(),
        "line2": "" if box else unit,
        "city": text(row[f"{prefix}city"]),
        "state": text(row[f"{prefix}state"]),
        "zip": zip_of(zip_code),
    }


def zip_of(written: str) -> str:
    """A leading 00 as 98; an O that a scanner read in these two for 0 (O0000) is kept, two digits
    on (98O00)."""
    if written[:2].upper().replace("O", "0") != "00":
        return written
    slips = [
        slip if slip in "Oo" else kept
        for slip, kept in zip(written[:2], written[2:4], strict=False)
    ]
    return "98" + "".join(slips) + written[2 + len(slips) :]


def home_of(row: dict[str, Any], prefix: str = "") -> tuple[str, ...]:
    return tuple(text(row[prefix + part]) for part in HOME)


def day_of(written: str) -> str:
    """MM/DD/YYYY as YYYY-MM-DD; "" where that is no day."""
    try:
        return datetime.strptime(written, "%m/%d/%Y").date().isoformat()
    except ValueError:
        return ""


def text(value: object) -> str:
    """A cell as text: absent values are None, NaN or NaT."""
    return "" if value is None or value != value else str(value)  # NaN is not equal to itself


def noised(make: Any, year: int, seed: int, config: str | None = None) -> list[dict[str, Any]]:
    return make(year=year, seed=seed, config=config).astype(object).to_dict("records")


def sample(year: int) -> list[dict[str, Any]]:
    """The returns as the package ships them, before any noise."""
    folder = Path(pseudopeople.__file__).parent
    table = pd.read_parquet(
        next(folder.rglob("taxes_1040.parquet")), filters=[("tax_year", "in", [year - 1, year])]
    )
    return table.astype(object).to_dict("records")


def write(path: Path, columns: tuple[str, ...], rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
