"""Made-up people, and the requests that ask about them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

from counterfoil.demo.sample import SOURCE_COLUMNS

Row = dict[str, str]

REQUEST_COLUMNS = (
    "request_id",
    "given_name",
    "middle_name",
    "family_name",
    "suffix",
    "date_of_birth",
    "tin",
    "line1",
    "line2",
    "city",
    "state",
    "zip",
    "taxable_periods",
    "statutory_authority",
    "reason",
    "investigation_number",
    "investigation_opened_on",
    "removal_order_number",
    "removal_order_date",
    "removal_ground",
    "court_order_date",
    "stay_or_deferral",
    "engaged_officers",
    "use_certified",
    "review",
    "offence_date",
    "offence_fact",
    "earlier_investigation",
)


def person(ref: str, given: str, family: str, line1: str, **changes: str) -> Row:
    """One source row; `changes` override any column."""
    row = dict.fromkeys(SOURCE_COLUMNS, "") | {
        "record_ref": ref,
        "given_name": given,
        "family_name": family,
        "line1": line1,
        "city": "Anytown",
        "state": "WA",
        "zip": "98101",
        "taxable_period": "2024",
    }
    return row | changes


SOURCE: tuple[Row, ...] = (
    person(
        "r1",
        "Marisol",
        "Quintanilla",
        "1847 Heron Lake Rd",
        tin="900-00-1001",
        date_of_birth="1981-05-29",
    ),
    person(
        "r2",
        "Teodoro",
        "Quintanilla",
        "1847 Heron Lake Rd",
        tin="900-00-1002",
        date_of_birth="1979-10-27",
    ),
    person(
        "r3", "Wilhelmina", "Ostrander", "2290 Copperfield Ave", line2="Apt 4B", tin="900-00-1003"
    ),
    person(
        "r4", "Bartholomew", "Ostrander", "2290 Copperfield Ave", line2="Apt 5B", tin="900-00-1004"
    ),
    person("r5", "Philippa", "Thornquist", "PO Box 7731", tin="900-00-1005"),
    person("r6", "Percival", "Vandermolen", "3316 Juniper Ct", suffix="SR", tin="900-00-1006"),
    person("r7", "Percival", "Vandermolen", "3316 Juniper Ct", suffix="JR", tin="900-00-1007"),
    person(
        "r8",
        "Rosalind",
        "Featherstone",
        "5105 Marigold St",
        tin="900-00-1008",
        taxable_period="2023",
    ),
    person("r9", "Rosalind", "Featherstone", "5105 Marigold St", tin="900-00-1008"),
)

_NUMBER_WORDS = (
    "amber",
    "birch",
    "cedar",
    "dahlia",
    "ember",
    "fjord",
    "grove",
    "heath",
    "inlet",
    "jetty",
)


def request(number: int, given: str, family: str, line1: str, **changes: str) -> Row:
    """A request row that meets every element of the sandbox agreement; `changes` override any
    column."""
    words = " ".join(_NUMBER_WORDS[int(digit)] for digit in str(number))
    row = dict.fromkeys(REQUEST_COLUMNS, "") | {
        "request_id": f"q{number}",
        "given_name": given,
        "family_name": family,
        "line1": line1,
        "city": "Anytown",
        "state": "WA",
        "zip": "98101",
        "taxable_periods": "2023;2024",
        "statutory_authority": "8 USC 1253(a)(1)",
        "reason": f"Willful failure to depart: the {words} investigation must establish that "
        "the subject remained at this residence",
        "investigation_number": f"INV-2026-{number:06d}",
        "investigation_opened_on": "2026-01-15",
        "removal_order_number": f"A{number:08d}",
        "removal_order_date": "2025-06-02",
        "removal_ground": "8 USC 1227(a)(2)",
        "stay_or_deferral": "none",
        "review": "none",
        "engaged_officers": f"E{number % 40:03d}|Dana {words}|Special Agent|Agency A",
        "use_certified": "true",
    }
    return row | changes


REQUESTS: tuple[Row, ...] = (
    request(1, "Marisol", "Quintanilla", "1847 Heron Lake Rd"),
    request(2, "Wilhelmina", "Ostrander", "2290 Copperfield Ave", line2="Apt 4B"),
    request(3, "Wilhelmina", "Ostrander", "2290 Copperfield Ave", line2="Apt 5B"),
    request(4, "Leopold", "Winterbourne", "1847 Heron Lake Rd"),
    request(5, "Percival", "Vandermolen", "3316 Juniper Ct"),
    request(6, "Rosalind", "Featherstone", "Failed to Provide"),
    request(7, "Philippa", "Thornquist", "PO Box 7731"),
    request(8, "Rosalind", "Featherstone", "5105 Marigold St", taxable_periods="all years"),
    request(9, "Marisol", "Quintanilla", "6402 Larkspur Way"),
    request(10, "Rosalind", "Featherstone", "5105 Marigold St", taxable_periods="2022"),
)
"""Confirmed: 1, 2, 7. Refused: 6, 8. Not confirmed: 3 (another unit), 4 (another person), 5 (two
candidates), 9 (no such address),
10 (another period)."""


def write_csv(
    path: Path, rows: Iterable[Mapping[str, str]], columns: tuple[str, ...] = REQUEST_COLUMNS
) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path
