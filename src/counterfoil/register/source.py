"""A register source: rows of a CSV or Parquet file as text, in bounded memory
(docs/formats/register-source.md).

One row is about one person at one address in one taxable period. The thirteen columns of `COLUMNS`
are all there, in any order, and no others. A source that cannot be read at all is refused whole,
with the place of the fault; a row that cannot be used is left to rows.py. No message repeats
anything of the file, not even the name of an unknown column, which in a file without a header is
somebody's name.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from counterfoil.core.errors import InputFault

COLUMNS: Final = (
    "record_ref", "tin", "given_name", "middle_name", "family_name", "suffix", "date_of_birth",
    "line1", "line2", "city", "state", "zip", "taxable_period",
)  # fmt: skip
BATCH_ROWS: Final = 4096
_READ_BYTES: Final = 1 << 20


@dataclass(frozen=True)
class Batch:
    """Rows in the order of `COLUMNS`. rows[i] is data row `first_row + i`, counted from 1. A row of
    another length than `COLUMNS` had another number of fields."""

    first_row: int
    rows: Sequence[Sequence[str]]

    def __repr__(self) -> str:
        return "<Batch: hidden>"


class Source(Protocol):
    """An opened source. `total_rows` is None where only reading to the end can tell."""

    @property
    def total_rows(self) -> int | None:
        """Data rows in the file."""
        ...

    def batches(self) -> Iterator[Batch]:
        """Every row once, in order. Raises InputFault where the file can be read no further."""
        ...


@dataclass(frozen=True)
class Fingerprint:
    """What a source file was when a build began."""

    digest: str
    size: int
    changed_ns: int


def take_fingerprint(path: Path) -> Fingerprint:
    """Digest (`sha256:` and hex), size and time of change. Raises InputFault."""
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as fault:
        raise unreadable_source(type(fault).__name__) from None
    return Fingerprint("sha256:" + digest, status.st_size, status.st_mtime_ns)


def check_unchanged(path: Path, before: Fingerprint) -> None:
    """Raise InputFault if the file is not the one whose digest was taken."""
    try:
        now = path.stat()
    except OSError as fault:
        raise unreadable_source(type(fault).__name__) from None
    if (now.st_size, now.st_mtime_ns) != (before.size, before.changed_ns):
        raise InputFault(
            "source_changed",
            "the source changed while it was read",
            place="source",
            cure="The old snapshot is still current. Build again from a file that nothing "
            "writes to.",
        )


def check_columns(names: Sequence[str]) -> None:
    """Raise InputFault unless `names` are exactly `COLUMNS`, in any order."""
    missing = [name for name in COLUMNS if name not in names]
    unknown = [str(at) for at, name in enumerate(names, 1) if name not in COLUMNS]
    twice = sorted({name for name in names if name in COLUMNS and names.count(name) > 1})
    said = [
        f"{word}: {', '.join(found)}"
        for word, found in (
            ("missing", missing),
            ("unknown, by position", unknown),
            ("twice", twice),
        )
        if found
    ]
    if said:
        raise InputFault(
            "source_columns",
            "the columns are not those of a register source (" + "; ".join(said) + ")",
            place="header",
            cure="Give these columns and no others: " + ", ".join(COLUMNS) + ".",
        )


def unreadable_source(kind: str, place: str = "source") -> InputFault:
    """The fault of a file that cannot be opened or read on. `kind` names the kind of error, never
    its text."""
    return InputFault(
        "source_unreadable",
        f"the source cannot be read ({kind})",
        place=place,
        cure="Check that the file is whole and that its path and permissions are right.",
    )


def empty_source() -> InputFault:
    """The fault of a source without a row."""
    return InputFault(
        "source_empty",
        "the source holds no rows",
        place="source",
        cure="Name a file with a header and at least one row.",
    )
