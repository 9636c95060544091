"""Writes request files for tests: the same rows as CSV, JSON lines or Parquet. Made-up people
only."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from counterfoil import intake
from counterfoil.core.values import Header, Reject, Request
from counterfoil.intake.columns import NAMES

HEADER = Header("agency-a", "sandbox", "sandbox-principal", date(2026, 3, 2))

FULL = {
    "request_id": "R-0001",
    "given_name": "Maria",
    "middle_name": "Elena",
    "family_name": "Garcia Lopez",
    "suffix": "JR",
    "date_of_birth": "1984-03-12",
    "tin": "900-00-1234",
    "line1": "12 Example Street, Apt 4B",
    "line2": "Rear",
    "city": "Springfield",
    "state": "IL",
    "zip": "02704",
    "taxable_periods": "2023;2024",
    "statutory_authority": "8 USC 1253(a)(1)",
    "reason": 'The address decides count one, "failure to depart".',
    "investigation_number": "INV-1",
    "investigation_opened_on": "2025-01-10",
    "removal_order_number": "RO-1",
    "removal_order_date": "2023-05-02",
    "removal_ground": "8 USC 1227(a)(1)(B)",
    "court_order_date": "2023-08-01",
    "stay_or_deferral": "none",
    "engaged_officers": "A-1|Jordan Sample|Special Agent|Agency A;A-2|Kim Example|Analyst|Agency A",
    "use_certified": "true",
    "review": "none",
    "offence_date": "2023-09-04",
    "offence_fact": "Hid the travel document from the officer",
    "earlier_investigation": "Opened on forged papers, joined later",
}

Row = Mapping[str, str]


def row(number: int = 1, **changes: str) -> dict[str, str]:
    """A full row with an id of its own and the given cells."""
    return {**FULL, "request_id": f"R-{number:04}", **changes}


def csv_bytes(rows: Iterable[Row], columns: Sequence[str] = NAMES, line_end: str = "\r\n") -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator=line_end)
    writer.writerow(columns)
    writer.writerows([cells.get(column, "") for column in columns] for cells in rows)
    return out.getvalue().encode()


def jsonl_bytes(rows: Iterable[Mapping[str, object]]) -> bytes:
    return b"".join(json.dumps(cells, ensure_ascii=False).encode() + b"\n" for cells in rows)


def write_parquet(
    path: Path, rows: Sequence[Row], columns: Sequence[str] = NAMES, **options: object
) -> None:
    pq.write_table(
        pa.table({name: [cells.get(name, "") for cells in rows] for name in columns}),
        path,
        **options,
    )


def write(path: Path, rows: Sequence[Row]) -> Path:
    """Write the rows in the format that the path's suffix names."""
    if path.suffix == ".parquet":
        write_parquet(path, rows)
    else:
        path.write_bytes(csv_bytes(rows) if path.suffix == ".csv" else jsonl_bytes(rows))
    return path


def read(path: Path) -> list[Request | Reject]:
    """Every row of a file that stands alone, as a sandbox reads it."""
    return list(intake.open_file(path, default_header=HEADER, principal_keys={}).rows())


def read_bytes(directory: Path, data: bytes, suffix: str = ".csv") -> list[Request | Reject]:
    path = directory / f"file{suffix}"
    path.write_bytes(data)
    return read(path)


def codes(rows: Iterable[Request | Reject]) -> list[tuple[int, str, str]]:
    """Row, field and code of every reject."""
    return [(found.row, found.field, found.code) for found in rows if isinstance(found, Reject)]
