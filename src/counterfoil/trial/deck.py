"""What decoys are drawn from: the first reading of the register's own source.

The sealed register has no function that lists residents (P3), so decoys come from the file that the holder built it
from. The file is named by the holder and compared with the digest in the signed manifest: another file is refused,
because it could hold people whom the register holds, or does not hold, without our knowing.

A deck holds names, dates of birth and ZIPs of the source in this process's memory, nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from counterfoil.errors import InputFault
from counterfoil.model import Sensitive
from counterfoil.register import Manifest
from counterfoil.register.build import open_source
from counterfoil.register.source import COLUMNS, take_fingerprint

DECK_NAMES: Final = 65_536
_ZIPS_A_CITY: Final = 16
_CITIES: Final = 50_000

Progress = Callable[[int, int | None, str], None]
Row = Sequence[str]


class Named(Sensitive, frozen=True, gc=False, array_like=True):
    """A name that the register holds, with its bearer's date of birth."""

    given: str
    middle: str
    family: str
    born: str


class Deck(Sensitive, frozen=True):
    """Names in the register's own frequencies, ZIPs by city and state, taxable periods held, rows of the source."""

    names: tuple[Named, ...]
    zips: dict[tuple[str, str], tuple[str, ...]]
    periods: tuple[int, ...]
    rows: int


def check_source(source: Path, manifest: Manifest) -> None:
    """Raise InputFault `certify_source_other` unless the register was built from this very file."""
    if take_fingerprint(source).digest != manifest.source_digest:
        raise InputFault(
            "certify_source_other", "this is not the file that the register was built from", place="--source",
            cure="Name the same file, unchanged; its digest is in `counterfoil register info`.",
        )  # fmt: skip


def read_rows(source: Path) -> Iterator[Row]:
    """Every row of the source in order, cut as `register.build` cuts it. Raises InputFault."""
    for batch in open_source(source).batches():
        yield from batch.rows


def read_deck(source: Path, progress: Progress, size: int = DECK_NAMES) -> Deck:
    """Read the source once. Names are every so-many-th row, so they have the register's frequencies; bounded memory."""
    names: list[Named] = []
    zips: dict[tuple[str, str], dict[str, None]] = {}
    years: set[str] = set()
    total, step = 0, 1
    for row in read_rows(source):
        if len(row) == len(COLUMNS):
            if total % step == 0:
                names.append(Named(row[2].strip(), row[3].strip(), row[4].strip(), row[6].strip()))
            _note_zip(zips, row)
            years.add(row[12].strip())
        total += 1
        if len(names) >= 2 * size:
            names, step = names[::2], step * 2
        if total % 65_536 == 0:
            progress(total, None, "deck")
    periods = tuple(sorted(int(year) for year in years if len(year) == 4 and year.isdecimal()))
    return Deck(tuple(names), {city: tuple(found) for city, found in zips.items()}, periods, total)


def _note_zip(zips: dict[tuple[str, str], dict[str, None]], row: Row) -> None:
    city, zip5 = (row[9].strip().upper(), row[10].strip().upper()), row[11].strip()[:5]
    known = zips.get(city)
    if known is None:
        if len(zips) < _CITIES:
            zips[city] = {zip5: None}
    elif len(known) < _ZIPS_A_CITY:
        known[zip5] = None
