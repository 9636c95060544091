"""A row of the source, and the question that a decoy asks: the same columns about person and
address. Pure."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from operator import itemgetter
from typing import Final

from msgspec.structs import astuple, replace

from counterfoil.certification.seeded_choice import SeededChoice
from counterfoil.certification.source_sample import Row, SourceSample
from counterfoil.core.values import Sensitive
from counterfoil.register.source import COLUMNS


class PersonAtAddress(Sensitive, frozen=True, gc=False, array_like=True):
    """Person and address as source rows and questions both write them, under the columns' names."""

    given_name: str
    middle_name: str
    family_name: str
    suffix: str
    date_of_birth: str
    line1: str
    line2: str
    city: str
    state: str
    zip: str


class SourceRecord(PersonAtAddress, frozen=True, gc=False, array_like=True):
    """One source row, stripped."""

    record_ref: str
    tin: str
    taxable_period: str


class DecoyQuestion(PersonAtAddress, frozen=True, gc=False, array_like=True):
    """One question: the columns of a request file about person, address and periods."""

    taxable_periods: str

    def cells(self) -> tuple[str, ...]:
        """The values, in the order of the columns."""
        return astuple(self)


_pick: Final = itemgetter(*[COLUMNS.index(name) for name in SourceRecord.__struct_fields__])
_SHARED: Final = len(PersonAtAddress.__struct_fields__)


def read_record(row: Row) -> SourceRecord | None:
    """A source row, None where it has another number of fields."""
    return SourceRecord(*map(str.strip, _pick(row))) if len(row) == len(COLUMNS) else None


@lru_cache(maxsize=256)
def _around(period: str, periods: tuple[int, ...]) -> str:
    """The row's period and those beside it that the register holds: all of the household can be
    taken for the person."""
    return ";".join(str(other) for other in periods if abs(other - int(period)) <= 1)


def ask(record: SourceRecord, sample: SourceSample, **changes: str) -> DecoyQuestion:
    """The row's own question, with changes."""
    cells: tuple[str, ...] = (
        *astuple(record)[:_SHARED],
        _around(record.taxable_period, sample.periods),
    )
    own = DecoyQuestion(*cells)  # pyright: ignore[reportCallIssue] # as many as it has fields
    return replace(own, **changes) if changes else own


Maker = Callable[[SourceRecord, SeededChoice, SourceSample], DecoyQuestion | None]
Changer = Callable[[SourceRecord, SeededChoice, SourceSample], dict[str, str] | None]


def asks(changes: Changer) -> Maker:
    """What makes the row's own question with these changes, by the columns' names; no question
    where there are none."""

    def make(
        record: SourceRecord, chance: SeededChoice, sample: SourceSample
    ) -> DecoyQuestion | None:
        changed = changes(record, chance, sample)
        return None if changed is None else ask(record, sample, **changed)

    return make
