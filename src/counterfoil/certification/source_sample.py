"""What decoys are drawn from: a first reading of the register's own source.

The sealed register has no function that lists residents (P3), so decoys come from the file that the
holder built it from. The holder names the file, and it is compared with the digest in the signed
manifest. Another file is refused, because whether the register holds the people in it would not be
known.

The sample keeps names, dates of birth, streets and ZIPs of the source in this process's memory and
nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from counterfoil.certification.places import (
    CityZips,
    Presence,
    SimilarStreets,
    StreetCollector,
    ZipCollector,
    checksum_of,
)
from counterfoil.core.errors import InputFault
from counterfoil.core.values import Sensitive
from counterfoil.register import Manifest
from counterfoil.register.build import open_source
from counterfoil.register.source import COLUMNS, take_fingerprint

SAMPLE_NAMES: Final = 65_536

Progress = Callable[[int, int | None, str], None]
Row = Sequence[str]


class SampledName(Sensitive, frozen=True, gc=False, array_like=True):
    """A name that the register holds, with its bearer's date of birth. `first`: the first given
    name, in capitals."""

    given: str
    middle: str
    family: str
    born: str
    first: str


class SourceSample(Sensitive, frozen=True):
    """Names in the register's own frequencies, ZIPs by city, streets that are like others, who may
    be where in which period; taxable periods held, rows of the source."""

    names: tuple[SampledName, ...]
    zips: CityZips
    streets: SimilarStreets
    presence: Presence
    periods: tuple[int, ...]
    rows: int


def check_source(source: Path, manifest: Manifest) -> None:
    """Raise InputFault `certify_source_other` unless the register was built from this very file."""
    if take_fingerprint(source).digest != manifest.source_digest:
        raise InputFault(
            "certify_source_other",
            "this is not the file that the register was built from",
            place="--source",
            cure="Name the same file, unchanged; its digest is in `counterfoil register info`.",
        )


def read_rows(source: Path) -> Iterator[Row]:
    """Every row of the source in order, cut as `register.build` cuts it. Raises InputFault."""
    for batch in open_source(source).batches():
        yield from batch.rows


def read_sample(source: Path, progress: Progress, size: int = SAMPLE_NAMES) -> SourceSample:
    """Read the source once. Names are every so-many-th row, so they have the register's
    frequencies; bounded memory."""
    names: list[SampledName] = []
    zips, streets, presence = ZipCollector(), StreetCollector(), Presence()
    years: set[str] = set()
    total, step, last = 0, 1, ("", "")
    for row in read_rows(source):
        if len(row) == len(COLUMNS):
            _, tin, given, middle, family, _, born, line1, line2, city, state, zip_code, period = (
                map(str.strip, row)
            )
            zip5 = zip_code[:5]
            if total % step == 0:
                names.append(sampled_name(given, middle, family, born))
            if (line1, zip5) != last:  # households stand together
                zips.note(line1, city, state, zip5)
                streets.note(line1, city, state, zip5)
                last = (line1, zip5)
            presence.note(checksum_of(tin, line1, line2, zip5), period)
            years.add(period)
        total += 1
        if len(names) >= 2 * size:
            names, step = names[::2], step * 2
        if total % 65_536 == 0:
            progress(total, None, "sample")
    periods = tuple(sorted(int(year) for year in years if len(year) == 4 and year.isdecimal()))
    return SourceSample(tuple(names), zips.finish(), streets.finish(), presence, periods, total)


def sampled_name(given: str, middle: str, family: str, born: str) -> SampledName:
    """One name of a sample."""
    return SampledName(given, middle, family, born, given.partition(" ")[0].upper())
